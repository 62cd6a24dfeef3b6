//! Settings that guard content but that this version does not enforce.
//!
//! Serving such content openly would be worse than not serving it, so these documents are refused with a clear
//! sentence. Country restrictions are checked and kept: no viewer's country is known here, and CloudFront lets
//! viewers of unknown origin in (L41). References to what this product does not hold (web ACLs, functions, encryption) are refused as
//! unknown, which is also CloudFront's answer, unless [`Environment::lenient_references`] says to keep them.
//! Decision record 0005 has the list.

use shapes::{
    DefaultCacheBehavior, DistributionConfig, EventType, GeoRestriction, GeoRestrictionType, ViewerMtlsMode,
};

use crate::countries;
use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Report, Stage};

/// Most trusted signers or key groups of a behavior.
const MAX_SIGNERS: usize = 4;

/// Checks what guards one behavior.
pub(crate) fn check_behavior(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    check_signers(report, path, settings, environment);
    check_key_groups(report, path, settings);
    check_functions(report, path, settings, environment);
    let encryption = settings.field_level_encryption_id.as_deref().unwrap_or_default();
    report.require(
        encryption.is_empty() || environment.lenient_references,
        Stage::Reference,
        "NoSuchFieldLevelEncryptionConfig",
        &format!("{path}.FieldLevelEncryptionId"),
        || {
            format!(
                "{path}.FieldLevelEncryptionId is \"{encryption}\", which does not exist. Accepted: nothing."
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
    check_presence(report, &path, signers.enabled, signers.items.len(), "TooManyTrustedSigners");
    for (index, account) in signers.items.iter().enumerate() {
        let known = account == "self" || *account == environment.account_id;
        let path = format!("{path}.Items[{index}]");
        report.require(known, Stage::Reference, "TrustedSignerDoesNotExist", &path, || {
            format!("{path} is \"{account}\". Accepted: self or the number of this account.")
        });
    }
    report.require(!signers.enabled, Stage::Unsupported, INVALID_ARGUMENT, &path, || {
        format!(
            "{path} demands signed URLs or cookies, which this version does not check yet; it will not serve the \
             content to everyone instead. Accepted: Enabled false."
        )
    });
}

fn check_key_groups(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let Some(groups) = &settings.trusted_key_groups else { return };
    let path = format!("{path}.TrustedKeyGroups");
    let code = "TooManyKeyGroupsAssociatedToDistribution";
    check_presence(report, &path, groups.enabled, groups.items.len(), code);
    for (index, group) in groups.items.iter().enumerate() {
        let path = format!("{path}.Items[{index}]");
        let message = format!(
            "{path} is \"{group}\", which does not exist: this version has no key groups and does not check signed \
             URLs yet. Accepted: Enabled false without items."
        );
        report.add(Stage::Reference, "TrustedKeyGroupDoesNotExist", path, message);
    }
}

fn check_presence(report: &mut Report, path: &str, enabled: bool, count: usize, too_many: &'static str) {
    report.require(enabled != (count == 0), Stage::Field, INVALID_ARGUMENT, path, || {
        format!(
            "{path} has Enabled {enabled} and {count} items. Accepted: items when enabled, none otherwise."
        )
    });
    report.limit(too_many, path, count, MAX_SIGNERS);
}

fn check_functions(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    environment: &Environment,
) {
    for (index, function) in settings.function_associations.iter().flatten().enumerate() {
        let code = "InvalidFunctionAssociation";
        let path = format!("{path}.FunctionAssociations.Items[{index}]");
        let at_origin = [EventType::OriginRequest, EventType::OriginResponse].contains(&function.event_type);
        report.require(!at_origin, Stage::Field, code, &format!("{path}.EventType"), || {
            format!("{path}.EventType is {}. Accepted: viewer-request, viewer-response.", function.event_type)
        });
        check_function(report, code, &format!("{path}.FunctionARN"), &function.function_arn, environment);
    }
    for (index, function) in settings.lambda_function_associations.iter().flatten().enumerate() {
        let code = "InvalidLambdaFunctionAssociation";
        let path = format!("{path}.LambdaFunctionAssociations.Items[{index}].LambdaFunctionARN");
        check_function(report, code, &path, &function.lambda_function_arn, environment);
    }
}

/// A function may be what decides who gets in.
fn check_function(report: &mut Report, code: &'static str, path: &str, arn: &str, environment: &Environment) {
    report.require(environment.lenient_references, Stage::Reference, code, path, || {
        format!("{path} is \"{arn}\", which does not exist: this version runs no functions. Accepted: no function.")
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
        || format!("WebACLId is \"{acl}\", which does not exist: this version has no web ACLs. Accepted: nothing."),
    );
    let function = config.connection_function_association.as_ref().map(|association| association.id.as_str());
    if let Some(id) = function {
        let path = "ConnectionFunctionAssociation.Id";
        check_function(report, "InvalidFunctionAssociation", path, id, environment);
    }
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
            format!("{path} is \"{country}\". Accepted: a country's two upper-case letters (ISO 3166-1).")
        });
    }
}
