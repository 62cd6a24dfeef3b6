//! Distributions for tenants (`ConnectionMode` tenant-only): which settings only a direct distribution has.

use shapes::{ConnectionMode, Counted, DefaultCacheBehavior, DistributionConfig, PriceClass};

use crate::problems::{INVALID_ARGUMENT, Report, Stage};

/// Checks that the settings belong to the kind of distribution.
pub(crate) fn check(report: &mut Report, config: &DistributionConfig) {
    if config.connection_mode != Some(ConnectionMode::TenantOnly) {
        report.require(
            config.tenant_config.is_none(),
            Stage::Field,
            INVALID_ARGUMENT,
            "TenantConfig",
            || "TenantConfig is set. Accepted: only when ConnectionMode is tenant-only.".into(),
        );
        return;
    }
    let is_given = |text: Option<&String>| text.is_some_and(|text| !text.is_empty());
    let certificate = config.viewer_certificate.as_ref();
    refuse(report, config.aliases.as_ref().is_some_and(|list| !list.is_empty()), "Aliases");
    refuse(report, config.price_class.as_ref().is_some_and(|class| *class != PriceClass::All), "PriceClass");
    refuse(report, config.staging == Some(true), "Staging");
    refuse(report, is_given(config.anycast_ip_list_id.as_ref()), "AnycastIpListId");
    let iam = certificate.and_then(|certificate| certificate.iam_certificate_id.as_ref());
    refuse(report, is_given(iam), "ViewerCertificate.IAMCertificateId");
    check_behavior(report, "DefaultCacheBehavior", &config.default_cache_behavior);
    for (index, behavior) in config.cache_behaviors.iter().flat_map(Counted::iter).enumerate() {
        check_behavior(report, &format!("CacheBehaviors.Items[{index}]"), &behavior.settings);
    }
}

fn check_behavior(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let signers = settings.trusted_signers.as_ref().is_some_and(|signers| signers.enabled);
    refuse(report, signers, &format!("{path}.TrustedSigners"));
    refuse(report, settings.smooth_streaming == Some(true), &format!("{path}.SmoothStreaming"));
    refuse(report, settings.forwarded_values.is_some(), &format!("{path}.ForwardedValues"));
}

fn refuse(report: &mut Report, given: bool, path: &str) {
    report.require(!given, Stage::Field, INVALID_ARGUMENT, path, || {
        format!(
            "{path} is set, but ConnectionMode is tenant-only. Accepted: only when ConnectionMode is direct."
        )
    });
}
