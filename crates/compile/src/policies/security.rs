//! The security headers of a response headers policy (M35, M50).

use http::header::HeaderName;
use rules::model::SetHeader;
use shapes::{
    ResponseHeadersPolicySecurityHeadersConfig, ResponseHeadersPolicyStrictTransportSecurity,
    ResponseHeadersPolicyXSSProtection,
};

use super::response_headers::header_value;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

const PATH: &str = "SecurityHeadersConfig";

/// The headers of the block, lower-case; no custom header can be one of them.
pub(super) const NAMES: [&str; 6] = [
    "content-security-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
];

/// Checks the block; a content security policy has at most `csp_limit` characters.
pub(super) fn check(
    report: &mut Report,
    block: &ResponseHeadersPolicySecurityHeadersConfig,
    csp_limit: usize,
) {
    if let Some(csp) = &block.content_security_policy {
        check_csp(report, &csp.content_security_policy, csp_limit);
    }
    if let Some(security) = &block.strict_transport_security {
        let path = format!("{PATH}.StrictTransportSecurity.AccessControlMaxAgeSec");
        report.range(INVALID_ARGUMENT, &path, security.access_control_max_age_sec, 0..=i64::from(i32::MAX));
    }
    if let Some(protection) = &block.xss_protection {
        check_xss(report, protection);
    }
}

fn check_csp(report: &mut Report, csp: &str, limit: usize) {
    let path = format!("{PATH}.ContentSecurityPolicy.ContentSecurityPolicy");
    let length = csp.chars().count();
    report.require(length <= limit, Stage::Limit, "TooLongCSPInResponseHeadersPolicy", &path, || {
        format!("{path} has {length} characters. Accepted: at most {limit}.")
    });
    let allowed = !csp.trim().is_empty() && header_value(csp).is_some();
    report.require(allowed, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is empty or has a character that no header value can have. Accepted: visible ASCII.")
    });
}

/// A report's address excludes `mode=block` (M50).
fn check_xss(report: &mut Report, protection: &ResponseHeadersPolicyXSSProtection) {
    let path = format!("{PATH}.XSSProtection.ReportUri");
    let Some(uri) = protection.report_uri.as_deref().filter(|uri| !uri.is_empty()) else { return };
    report.require(protection.mode_block != Some(true), Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is set and ModeBlock is true. Accepted: one of the two.")
    });
    let allowed = uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    report.require(allowed, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is {}. Accepted: an address in visible ASCII without ;.", Quoted(uri))
    });
}

/// What the edge gets of a checked block, sorted by name.
pub(super) fn compiled(block: &ResponseHeadersPolicySecurityHeadersConfig) -> Vec<SetHeader> {
    let mut headers = Vec::new();
    let mut add = |name: &'static str, value: &str, override_origin: bool| {
        // A value that is none has been reported.
        let value = header_value(value);
        headers.extend(value.map(|value| SetHeader {
            name: HeaderName::from_static(name),
            value,
            override_origin,
        }));
    };
    if let Some(csp) = &block.content_security_policy {
        add("content-security-policy", &csp.content_security_policy, csp.override_origin);
    }
    if let Some(referrer) = &block.referrer_policy {
        add("referrer-policy", referrer.referrer_policy.as_str(), referrer.override_origin);
    }
    if let Some(security) = &block.strict_transport_security {
        add("strict-transport-security", &transport_security(security), security.override_origin);
    }
    if let Some(options) = &block.content_type_options {
        add("x-content-type-options", "nosniff", options.override_origin);
    }
    if let Some(frame) = &block.frame_options {
        add("x-frame-options", frame.frame_option.as_str(), frame.override_origin);
    }
    if let Some(protection) = &block.xss_protection {
        add("x-xss-protection", &xss_protection(protection), protection.override_origin);
    }
    headers
}

fn transport_security(security: &ResponseHeadersPolicyStrictTransportSecurity) -> String {
    let mut value = format!("max-age={}", security.access_control_max_age_sec);
    if security.include_subdomains == Some(true) {
        value.push_str("; includeSubDomains");
    }
    if security.preload == Some(true) {
        value.push_str("; preload");
    }
    value
}

fn xss_protection(protection: &ResponseHeadersPolicyXSSProtection) -> String {
    if !protection.protection {
        return "0".to_owned();
    }
    match (protection.mode_block, protection.report_uri.as_deref().filter(|uri| !uri.is_empty())) {
        (Some(true), _) => "1; mode=block".to_owned(),
        (_, Some(uri)) => format!("1; report={uri}"),
        (_, None) => "1".to_owned(),
    }
}
