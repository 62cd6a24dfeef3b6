//! Settings of the whole distribution: aliases, default root object, comment, logging (E.1, E.4).

use std::collections::BTreeSet;
use std::sync::Arc;

use http::header::HeaderName;
use rules::model::DefaultRootObject;
use shapes::{DistributionConfig, HttpVersion, LoggingConfig};

use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::{s3, text};

/// Checks the aliases and gives them as the edge gets them (E02).
pub(crate) fn aliases(
    report: &mut Report,
    config: &DistributionConfig,
    environment: &Environment,
) -> Box<[Arc<str>]> {
    let list: Vec<&str> = config.aliases.iter().flatten().map(String::as_str).collect();
    report.limit("TooManyDistributionCNAMEs", "Aliases", list.len(), environment.quotas.max_aliases);
    let mut seen = BTreeSet::new();
    for (index, alias) in list.iter().enumerate() {
        let path = format!("Aliases.Items[{index}]");
        report.require(is_alias(alias), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {}. Accepted: a lower-case host name of at most 253 characters, international names as \
                 xn--..., or one whose whole leftmost label is *.",
                Quoted(alias)
            )
        });
        report.require(seen.insert(*alias), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} {} is there already. Accepted: each alternate domain name once.", Quoted(alias))
        });
    }
    list.into_iter().map(Arc::from).collect()
}

fn is_alias(alias: &str) -> bool {
    let name = alias.strip_prefix("*.").unwrap_or(alias);
    text::is_host_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Checks the default root object (E31, E34).
pub(crate) fn default_root_object(report: &mut Report, config: &DistributionConfig) -> DefaultRootObject {
    const PATH: &str = "DefaultRootObject";
    let object = config.default_root_object.as_deref().unwrap_or_default();
    let allowed = !object.starts_with('/') && object.len() <= 255 && text::is_default_root_object(object);
    report.require(allowed, Stage::Field, "InvalidDefaultRootObject", PATH, || {
        format!(
            "{PATH} is {}. Accepted: at most 255 letters, digits and _-.*$/~\"'&, without a / at the beginning.",
            Quoted(object)
        )
    });
    if object.is_empty() {
        DefaultRootObject::None
    } else {
        DefaultRootObject::Path(format!("/{object}").into())
    }
}

/// Checks texts that are only kept.
pub(crate) fn check_texts(report: &mut Report, config: &DistributionConfig, environment: &Environment) {
    report.require(
        !config.caller_reference.is_empty(),
        Stage::Required,
        INVALID_ARGUMENT,
        "CallerReference",
        || "CallerReference is empty. Accepted: a text that no other distribution has.".into(),
    );
    report.length("Comment", &config.comment, 128);
    if let Some(logging) = &config.logging {
        check_logging(report, logging, environment);
    }
    if let Some(tags) = &config.cache_tag_config {
        const PATH: &str = "CacheTagConfig.HeaderName";
        let is_name = HeaderName::from_bytes(tags.header_name.as_bytes()).is_ok();
        report.require(is_name, Stage::Field, INVALID_ARGUMENT, PATH, || {
            format!("{PATH} is {}. Accepted: the name of a response header.", Quoted(&tags.header_name))
        });
    }
}

/// The bucket that logs go to: well-formed, and one that is here, or a reference that is leniently kept.
fn check_logging(report: &mut Report, logging: &LoggingConfig, environment: &Environment) {
    const PATH: &str = "Logging.Bucket";
    const WORDS: &str = "The parameter Logging Bucket does not refer to a valid S3 bucket.";
    report.length("Logging.Prefix", logging.prefix.as_deref().unwrap_or_default(), 256);
    if logging.enabled != Some(true) {
        return;
    }
    let bucket = logging.bucket.as_deref().unwrap_or_default();
    let name = s3::bucket_name(bucket);
    report.require_known(name.is_some(), Stage::Field, INVALID_ARGUMENT, PATH, WORDS, || {
        format!("{PATH} is {}. Accepted: <bucket>.s3.amazonaws.com.", Quoted(bucket))
    });
    let Some(name) = name else { return };
    let is_here = name.is_aws && environment.s3_endpoint.is_some();
    let known = is_here || environment.lenient_references;
    report.require_known(known, Stage::Reference, INVALID_ARGUMENT, PATH, WORDS, || {
        format!(
            "{PATH} is {}, which is not here. Accepted: <bucket>.s3.amazonaws.com where a store stands in for S3, or \
             Logging that is not enabled.",
            Quoted(bucket)
        )
    });
}

/// Whether viewers may use HTTP/3 (O20).
pub(crate) fn http3(config: &DistributionConfig) -> bool {
    matches!(config.http_version, Some(HttpVersion::Http3 | HttpVersion::Http2And3))
}

/// Whether viewers may use HTTP/2 (O20).
pub(crate) fn http2(config: &DistributionConfig) -> bool {
    matches!(config.http_version, None | Some(HttpVersion::Http2 | HttpVersion::Http2And3))
}
