//! Origin access controls and identities, as origins refer to them (G.2).

use std::sync::Arc;

use rules::model::{OriginSignature, OriginSigning};
use shapes::{
    CloudFrontOriginAccessIdentityConfig, OriginAccessControlConfig, OriginAccessControlOriginTypes,
    OriginAccessControlSigningBehaviors,
};

use crate::environment::{Environment, References};
use crate::problems::{INVALID_ARGUMENT, Problems, Quoted, Report, Stage};
use crate::{s3, values};

/// Checks a new or changed origin access control.
pub fn origin_access_control(config: &OriginAccessControlConfig) -> Problems {
    let mut report = Report::default();
    values::check(&mut report, config);
    report.require(!config.name.is_empty(), Stage::Required, INVALID_ARGUMENT, "Name", || {
        "Name is empty. Accepted: 1 to 64 characters.".into()
    });
    report.length("Name", &config.name, 64);
    report.length("Description", config.description.as_deref().unwrap_or_default(), 256);
    report.finish()
}

/// Checks a new or changed origin access identity.
pub fn origin_access_identity(config: &CloudFrontOriginAccessIdentityConfig) -> Problems {
    let mut report = Report::default();
    let reference = "CallerReference";
    report.require(!config.caller_reference.is_empty(), Stage::Required, INVALID_ARGUMENT, reference, || {
        format!("{reference} is empty. Accepted: 1 to {MAX_REFERENCE} characters.")
    });
    report.length(reference, &config.caller_reference, MAX_REFERENCE);
    report.length("Comment", &config.comment, MAX_IDENTITY_COMMENT);
    report.finish()
}

/// Most characters of a caller reference.
const MAX_REFERENCE: usize = 128;
/// Most characters of an identity's comment.
const MAX_IDENTITY_COMMENT: usize = 128;

/// What precedes the id of an origin access identity.
pub(crate) const IDENTITY_PREFIX: &str = "origin-access-identity/cloudfront/";

/// Checks a reference to an origin access identity.
pub(crate) fn check_identity(
    report: &mut Report,
    path: &str,
    identity: &str,
    references: &References,
    environment: &Environment,
) {
    let id = identity.strip_prefix(IDENTITY_PREFIX);
    let well_formed =
        id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let exists = match &references.origin_access_identities {
        Some(held) => environment.lenient_references || id.is_some_and(|id| held.contains(id)),
        None => true,
    };
    report.require(well_formed && exists, Stage::Reference, "InvalidOriginAccessIdentity", path, || {
        format!(
            "{path} is {}. Accepted: {IDENTITY_PREFIX} and the id of an identity that exists.",
            Quoted(identity)
        )
    });
}

/// Origin access control signs for buckets, by their own names and not as websites (G02).
pub(crate) fn check_domain_name(report: &mut Report, path: &str, domain_name: &str, is_bucket: bool) {
    const CODE: &str = "InvalidDomainNameForOriginAccessControl";
    report.require(is_bucket && !s3::is_website(domain_name), Stage::Field, CODE, path, || {
        format!(
            "{path} is set, but the origin {} is no bucket. Accepted: <bucket>.s3.<region>....",
            Quoted(domain_name)
        )
    });
}

/// How requests are signed under the origin access control `id`.
pub(crate) fn signing(
    report: &mut Report,
    path: &str,
    id: &str,
    signature: OriginSignature,
    references: &References,
) -> OriginSigning {
    let signature = Arc::new(signature);
    let Some(control) = references.origin_access_controls.get(id) else {
        let explanation = format!(
            "{path} is {}. Accepted: the id of an origin access control that exists, or nothing.",
            Quoted(id)
        );
        report.add(Stage::Reference, "InvalidOriginAccessControl", path, explanation);
        return OriginSigning::Always(signature);
    };
    let kind = &control.origin_access_control_origin_type;
    let is_s3 = *kind == OriginAccessControlOriginTypes::S3;
    report.require(is_s3, Stage::Unsupported, INVALID_ARGUMENT, path, || {
        format!(
            "{path} is for origins of type {kind}, for which this version does not sign yet. Accepted: type s3."
        )
    });
    match control.signing_behavior {
        OriginAccessControlSigningBehaviors::Always => OriginSigning::Always(signature),
        OriginAccessControlSigningBehaviors::NoOverride => OriginSigning::NoOverride(signature),
        OriginAccessControlSigningBehaviors::Never | OriginAccessControlSigningBehaviors::Other(_) => {
            OriginSigning::Unsigned
        }
    }
}
