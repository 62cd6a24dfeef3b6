//! Settings that guard content but that this version does not enforce.
//!
//! Serving such content openly would be worse than not serving it, so these documents are refused with a clear
//! sentence. Country restrictions are checked and kept: no viewer's country is known here, and CloudFront lets
//! viewers of unknown origin in (L41). References to what lives outside (web ACLs, encryption, real-time logs) are
//! refused as unknown, which is also CloudFront's answer, unless [`Environment::lenient_references`] says to keep
//! them. Functions are refused in any case: they may be what decides who gets in. Decision record 0005 has the list.

use shapes::{DefaultCacheBehavior, DistributionConfig, GeoRestriction, GeoRestrictionType, ViewerMtlsMode};

use crate::countries;
use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

/// Checks what guards one behavior.
pub(crate) fn check_behavior(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    check_signers(report, path, settings, environment);
    check_key_groups(report, path, settings, environment);
    check_real_time_logs(report, path, settings, environment);
    let encryption = settings.field_level_encryption_id.as_deref().unwrap_or_default();
    report.require(
        encryption.is_empty() || environment.lenient_references,
        Stage::Reference,
        "NoSuchFieldLevelEncryptionConfig",
        &format!("{path}.FieldLevelEncryptionId"),
        || {
            format!(
                "{path}.FieldLevelEncryptionId is {}, which does not exist. Accepted: nothing.",
                Quoted(encryption)
            )
        },
    );
}

fn check_signers(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    let Some(signers) = &settings.trusted_signers else { return };
    let path = format!("{path}.TrustedSigners");
    check_presence(report, &path, signers.enabled, signers.items.len());
    report.limit("TooManyTrustedSigners", &path, signers.items.len(), environment.quotas.max_trusted_signers);
    for (index, account) in signers.items.iter().enumerate() {
        let known = account == "self" || *account == environment.account_id;
        let path = format!("{path}.Items[{index}]");
        report.require(known, Stage::Reference, "TrustedSignerDoesNotExist", &path, || {
            format!("{path} is {}. Accepted: self or the number of this account.", Quoted(account))
        });
    }
    report.require(!signers.enabled, Stage::Unsupported, INVALID_ARGUMENT, &path, || {
        format!(
            "{path} demands signed URLs or cookies, which this version does not check yet; it will not serve the \
             content to everyone instead. Accepted: Enabled false."
        )
    });
}

fn check_key_groups(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    let Some(groups) = &settings.trusted_key_groups else { return };
    let path = format!("{path}.TrustedKeyGroups");
    let code = "TooManyKeyGroupsAssociatedToDistribution";
    check_presence(report, &path, groups.enabled, groups.items.len());
    report.limit(code, &path, groups.items.len(), environment.quotas.max_key_groups);
    for (index, group) in groups.items.iter().enumerate() {
        let path = format!("{path}.Items[{index}]");
        let message = format!(
            "{path} is {}, which does not exist: this version has no key groups and does not check signed URLs yet. \
             Accepted: Enabled false without items.",
            Quoted(group)
        );
        report.add(Stage::Reference, "TrustedKeyGroupDoesNotExist", path, message);
    }
}

fn check_presence(report: &mut Report, path: &str, enabled: bool, count: usize) {
    report.require(enabled != (count == 0), Stage::Field, INVALID_ARGUMENT, path, || {
        format!(
            "{path} has Enabled {enabled} and {count} items. Accepted: items when enabled, none otherwise."
        )
    });
}

fn check_real_time_logs(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    let arn = settings.realtime_log_config_arn.as_deref().unwrap_or_default();
    let path = format!("{path}.RealtimeLogConfigArn");
    let known = arn.is_empty() || environment.lenient_references;
    report.require(known, Stage::Reference, "NoSuchRealtimeLogConfig", &path, || {
        format!(
            "{path} is {}, which does not exist: there are no real-time logs. Accepted: nothing.",
            Quoted(arn)
        )
    });
}

/// Checks what guards the whole distribution.
pub(crate) fn check_distribution(
    report: &mut Report,
    config: &DistributionConfig,
    environment: &Environment,
) {
    let acl = config.web_acl_id.as_deref().unwrap_or_default();
    report.require(
        acl.is_empty() || environment.lenient_references,
        Stage::Reference,
        "InvalidWebACLId",
        "WebACLId",
        || {
            let acl = Quoted(acl);
            format!(
                "WebACLId is {acl}, which does not exist: this version has no web ACLs. Accepted: nothing."
            )
        },
    );
    report.require(is_web_acl(acl), Stage::Field, "InvalidWebACLId", "WebACLId", || {
        format!(
            "WebACLId is {}. Accepted: nothing, the id of an AWS WAF Classic ACL, or the ARN of a web ACL whose scope \
             is global.",
            Quoted(acl)
        )
    });
    let policy = config.continuous_deployment_policy_id.as_deref().unwrap_or_default();
    let path = "ContinuousDeploymentPolicyId";
    report.require(policy.is_empty(), Stage::Reference, "NoSuchContinuousDeploymentPolicy", path, || {
        let policy = Quoted(policy);
        format!(
            "{path} is {policy}, which does not exist: this version has no such policies. Accepted: nothing."
        )
    });
    if let Some(restrictions) = &config.restrictions {
        check_geo_restriction(report, &restrictions.geo_restriction);
    }
    let mode = config.viewer_mtls_config.as_ref().and_then(|mtls| mtls.mode.as_ref());
    report.require(
        mode != Some(&ViewerMtlsMode::Required),
        Stage::Unsupported,
        INVALID_ARGUMENT,
        "ViewerMtlsConfig.Mode",
        || {
            "ViewerMtlsConfig.Mode is required, but this version does not ask viewers for certificates yet; it will \
             not serve the content to everyone instead. Accepted: optional, passthrough, or no ViewerMtlsConfig."
                .into()
        },
    );
}

/// Whether a text can be a distribution's web ACL: nothing, an id, or an ARN. Regional web ACLs are for other services.
pub fn is_web_acl(acl: &str) -> bool {
    match acl.split(':').collect::<Vec<_>>()[..] {
        [id] => id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        ["arn", _, "wafv2", _, _, resource] => resource.starts_with("global/webacl/"),
        _ => false,
    }
}

fn check_geo_restriction(report: &mut Report, restriction: &GeoRestriction) {
    const PATH: &str = "Restrictions.GeoRestriction";
    let is_none = restriction.restriction_type == GeoRestrictionType::None;
    let count = restriction.items.len();
    report.require(
        is_none == (count == 0),
        Stage::Field,
        "InvalidGeoRestrictionParameter",
        PATH,
        || {
            format!(
                "{PATH} has RestrictionType {} and {count} locations. Accepted: none without locations, blacklist or \
                 whitelist with some.",
                restriction.restriction_type
            )
        },
    );
    for (index, country) in restriction.items.iter().enumerate() {
        let path = format!("{PATH}.Items[{index}]");
        report.require(countries::is_country(country), Stage::Field, "InvalidLocationCode", &path, || {
            format!(
                "{path} is {}. Accepted: a country's two upper-case letters (ISO 3166-1).",
                Quoted(country)
            )
        });
    }
}
