//! Response headers policies: what viewers get beyond the origin's header fields (M.4, M.5).
//!
//! Cross-origin headers are `cors`' business, the six security headers are `security`'s.

use std::collections::BTreeSet;

use http::header::{HeaderName, HeaderValue};
use rules::model::{ResponseHeadersPolicy, SetHeader};
use shapes::{
    Counted, ResponseHeadersPolicyConfig, ResponseHeadersPolicyCustomHeader,
    ResponseHeadersPolicyRemoveHeader, ResponseHeadersPolicyServerTimingHeadersConfig,
};

use super::names::check_title;
use super::{cors, security};
use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Problems, Quoted, Report, Stage};
use crate::values;

/// Most characters of a custom header's name.
const MAX_NAME: usize = 256;
/// Most characters of a custom header's value.
const MAX_VALUE: usize = 1_783;
/// Most characters of the names and values of all custom headers.
const MAX_TOTAL: usize = 10_240;

/// Headers that can be neither removed nor set (M52), lower-case.
const PROTECTED: [&str; 30] = [
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    "x-accel-buffering",
    "x-accel-charset",
    "x-accel-limit-rate",
    "x-accel-redirect",
    "x-amzn-auth",
    "x-amzn-cf-billing",
    "x-amzn-cf-id",
    "x-amzn-cf-xff",
    "x-amzn-errortype",
    "x-amzn-fle-profile",
    "x-amzn-header-count",
    "x-amzn-header-order",
    "x-amzn-lambda-integration-tag",
    "x-amzn-requestid",
    "x-forwarded-proto",
    "x-real-ip",
];

/// The same, where every name that begins so is meant.
const PROTECTED_PREFIXES: [&str; 2] = ["x-amz-cf-", "x-edge-"];

/// Checks a new or changed response headers policy.
pub fn response_headers_policy(config: &ResponseHeadersPolicyConfig, environment: &Environment) -> Problems {
    let quotas = &environment.quotas;
    let mut report = Report::default();
    values::check(&mut report, config);
    check_title(&mut report, &config.name, config.comment.as_deref());
    if let Some(block) = &config.cors_config {
        cors::check(&mut report, block, quotas.max_cors_origin_length);
    }
    if let Some(block) = &config.security_headers_config {
        security::check(&mut report, block, quotas.max_csp_length);
    }
    if let Some(timing) = &config.server_timing_headers_config {
        check_timing(&mut report, timing);
    }
    if let Some(list) = &config.custom_headers_config {
        check_custom(&mut report, list, quotas.max_response_headers_policy_custom_headers);
    }
    if let Some(list) = &config.remove_headers_config {
        check_removed(&mut report, list, quotas.max_remove_headers);
    }
    report.finish()
}

/// Makes the document what CloudFront shows: an empty address for reports is none.
pub fn response_headers_policy_defaults(config: &mut ResponseHeadersPolicyConfig) {
    let block = config.security_headers_config.as_mut();
    if let Some(protection) = block.and_then(|block| block.xss_protection.as_mut()) {
        protection.report_uri.take_if(|uri| uri.is_empty());
    }
}

/// What the edge gets of a checked policy.
pub(crate) fn compiled(id: &str, config: &ResponseHeadersPolicyConfig) -> ResponseHeadersPolicy {
    let mut set = config.security_headers_config.as_ref().map(security::compiled).unwrap_or_default();
    set.extend(config.custom_headers_config.iter().flatten().filter_map(custom));
    let removed = config.remove_headers_config.iter().flatten();
    ResponseHeadersPolicy {
        id: id.into(),
        remove: removed.filter_map(|header| header_name(&header.header)).collect(),
        cors: config.cors_config.as_ref().map(cors::compiled),
        set: set.into(),
        server_timing: config.server_timing_headers_config.as_ref().and_then(sampling),
    }
}

pub(super) fn header_name(name: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(name.as_bytes()).ok()
}

/// Visible ASCII and spaces; a value that a browser would be shown otherwise than it is written is none.
pub(super) fn header_value(value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(value).ok().filter(|value| value.to_str().is_ok())
}

// === custom and removed headers ===

fn custom(header: &ResponseHeadersPolicyCustomHeader) -> Option<SetHeader> {
    Some(SetHeader {
        name: header_name(&header.header)?,
        value: header_value(&header.value)?,
        override_origin: header.override_origin,
    })
}

fn check_custom(report: &mut Report, list: &Counted<ResponseHeadersPolicyCustomHeader>, limit: usize) {
    const PATH: &str = "CustomHeadersConfig";
    report.limit("TooManyCustomHeadersInResponseHeadersPolicy", PATH, list.len(), limit);
    check_names(report, PATH, list.iter().map(|header| header.header.as_str()));
    for (index, header) in list.iter().enumerate() {
        let path = format!("{PATH}.Items[{index}].Header");
        report.length(&path, &header.header, MAX_NAME);
        check_custom_name(report, &path, &header.header);
        let path = format!("{PATH}.Items[{index}].Value");
        report.length(&path, &header.value, MAX_VALUE);
        report.require(header_value(&header.value).is_some(), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} has a character that no header value can have. Accepted: visible ASCII.")
        });
    }
    let total: usize = list.iter().map(|header| header.header.len() + header.value.len()).sum();
    report.require(total <= MAX_TOTAL, Stage::Field, INVALID_ARGUMENT, PATH, || {
        format!("{PATH} has {total} characters in names and values. Accepted: at most {MAX_TOTAL}.")
    });
}

/// Headers with a block of their own are no custom headers, and neither is what no policy may touch (M52).
fn check_custom_name(report: &mut Report, path: &str, name: &str) {
    let lower = name.to_ascii_lowercase();
    if security::NAMES.contains(&lower.as_str()) {
        refuse_custom(report, path, name, "a security header", "SecurityHeadersConfig");
    } else if lower.starts_with("access-control-") && name.len() <= MAX_NAME {
        refuse_custom(report, path, name, "a CORS header", "CorsConfig");
    }
    report.require(!is_protected(&lower), Stage::Field, INVALID_ARGUMENT, path, || {
        format!(
            "{path} is {}, which no policy can set. Accepted: a header that is not of the connection or \
             CloudFront's own.",
            Quoted(name)
        )
    });
}

fn refuse_custom(report: &mut Report, path: &str, name: &str, kind: &str, block: &str) {
    let words = format!(
        "The parameter CustomHeaders contains {name} that is {kind} and cannot be set as custom header."
    );
    let explanation = format!("{path} is {name}. Accepted: any other name; {name} has its place in {block}.");
    report.add_known(Stage::Field, INVALID_ARGUMENT, path, words, explanation);
}

fn check_removed(report: &mut Report, list: &Counted<ResponseHeadersPolicyRemoveHeader>, limit: usize) {
    const PATH: &str = "RemoveHeadersConfig";
    report.limit("TooManyRemoveHeadersInResponseHeadersPolicy", PATH, list.len(), limit);
    check_names(report, PATH, list.iter().map(|header| header.header.as_str()));
    for (index, header) in list.iter().enumerate() {
        let path = format!("{PATH}.Items[{index}].Header");
        let protected = is_protected(&header.header.to_ascii_lowercase());
        report.require(!protected, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {}, which no policy can remove. Accepted: a header that is not of the connection or \
                 CloudFront's own.",
                Quoted(&header.header)
            )
        });
    }
}

/// Whether a policy can neither remove nor set the header `name`, which is lower-case.
fn is_protected(name: &str) -> bool {
    PROTECTED.contains(&name) || PROTECTED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Reports what is no header name, and what stands in the list before.
fn check_names<'a>(report: &mut Report, list: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        let path = format!("{list}.Items[{index}].Header");
        report.require(header_name(name).is_some(), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} is {}. Accepted: letters, digits and !#$%&'*+-.^_`|~.", Quoted(name))
        });
        let is_new = seen.insert(name.to_ascii_lowercase());
        report.require(is_new, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} {} is there already. Accepted: each name once.", Quoted(name))
        });
    }
}

// === Server-Timing ===

/// Sampled answers per million: a percentage with four decimals (M60).
const PER_PERCENT: f64 = 10_000.0;

/// The rate in units of 1/10,000 percent; without one only those get the header who ask for it (M60).
fn sampling(timing: &ResponseHeadersPolicyServerTimingHeadersConfig) -> Option<u32> {
    timing.enabled.then(|| {
        let units = (timing.sampling_rate.unwrap_or_default() * PER_PERCENT).round();
        // A float becomes the nearest number that there is; a checked one is 0 to 1,000,000.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
        let units = units as u32;
        units.min(1_000_000)
    })
}

fn check_timing(report: &mut Report, timing: &ResponseHeadersPolicyServerTimingHeadersConfig) {
    const PATH: &str = "ServerTimingHeadersConfig.SamplingRate";
    let Some(rate) = timing.sampling_rate else { return };
    let units = rate * PER_PERCENT;
    let allowed = (0.0..=100.0).contains(&rate) && (units - units.round()).abs() < 1e-6;
    report.require(allowed, Stage::Value, INVALID_ARGUMENT, PATH, || {
        format!("{PATH} is {rate}. Accepted: 0 to 100 with at most four decimals.")
    });
}
