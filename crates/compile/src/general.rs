//! Settings of the whole distribution: aliases, default root object, comment, logging (E.1, E.4).

use std::sync::Arc;

use rules::model::DefaultRootObject;
use shapes::{DistributionConfig, HttpVersion, LoggingConfig};

use crate::problems::{INVALID_ARGUMENT, Report, Stage};
use crate::{s3, text};

/// Most aliases of a distribution (E05).
const MAX_ALIASES: usize = 100;

/// Checks the aliases and gives them as the edge gets them (E02).
pub(crate) fn aliases(report: &mut Report, config: &DistributionConfig) -> Box<[Arc<str>]> {
    let list: Vec<&str> = config.aliases.iter().flatten().map(String::as_str).collect();
    report.limit("TooManyDistributionCNAMEs", "Aliases", list.len(), MAX_ALIASES);
    for (index, alias) in list.iter().enumerate() {
        let path = format!("Aliases.Items[{index}]");
        report.require(is_alias(alias), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is \"{alias}\". Accepted: a lower-case host name, or one whose whole leftmost label is *."
            )
        });
        let earlier = list.iter().take(index).any(|other| other == alias);
        report.require(!earlier, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} \"{alias}\" is there already. Accepted: each alternate domain name once.")
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
            "{PATH} is \"{object}\". Accepted: at most 255 letters, digits and _-.*$/~\"'&, without a / at the \
             beginning."
        )
    });
    if object.is_empty() {
        DefaultRootObject::None
    } else {
        DefaultRootObject::Path(format!("/{object}").into())
    }
}

/// Checks texts that are only kept.
pub(crate) fn check_texts(report: &mut Report, config: &DistributionConfig) {
    report.require(
        !config.caller_reference.is_empty(),
        Stage::Required,
        INVALID_ARGUMENT,
        "CallerReference",
        || "CallerReference is empty. Accepted: a text that no other distribution has.".into(),
    );
    report.length("Comment", &config.comment, 128);
    if let Some(logging) = &config.logging {
        check_logging(report, logging);
    }
}

fn check_logging(report: &mut Report, logging: &LoggingConfig) {
    let bucket = logging.bucket.as_deref().unwrap_or_default();
    let enabled = logging.enabled == Some(true);
    report.require(
        !enabled || s3::bucket_name(bucket).is_some(),
        Stage::Field,
        INVALID_ARGUMENT,
        "Logging.Bucket",
        || "The parameter Logging Bucket does not refer to a valid S3 bucket.".into(),
    );
    report.length("Logging.Prefix", logging.prefix.as_deref().unwrap_or_default(), 256);
}

/// Whether viewers may use HTTP/2 (O20).
pub(crate) fn http2(config: &DistributionConfig) -> bool {
    matches!(config.http_version, None | Some(HttpVersion::Http2 | HttpVersion::Http2And3))
}
