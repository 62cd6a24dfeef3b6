//! The cross-origin block of a response headers policy (M43 to M49).

use std::sync::Arc;

use http::header::HeaderValue;
use rules::model::{AllowOrigins, Cors};
use shapes::{
    Counted, ResponseHeadersPolicyAccessControlAllowMethodsValues as AllowedMethod,
    ResponseHeadersPolicyCorsConfig,
};

use super::response_headers::{header_name, header_value};
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::text;

const PATH: &str = "CorsConfig";
/// What `ALL` stands for (M48).
const ALL_METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// Checks the block; allowed origins have at most `origin_limit` characters.
pub(super) fn check(report: &mut Report, block: &ResponseHeadersPolicyCorsConfig, origin_limit: usize) {
    check_origins(report, &block.access_control_allow_origins, origin_limit);
    check_not_empty(report, "AccessControlAllowOrigins", block.access_control_allow_origins.len());
    check_not_empty(report, "AccessControlAllowHeaders", block.access_control_allow_headers.len());
    check_not_empty(report, "AccessControlAllowMethods", block.access_control_allow_methods.len());
    check_headers(report, "AccessControlAllowHeaders", &block.access_control_allow_headers);
    if let Some(exposed) = &block.access_control_expose_headers {
        check_headers(report, "AccessControlExposeHeaders", exposed);
    }
    let any = block.access_control_allow_origins.iter().any(|origin| origin == "*");
    let path = format!("{PATH}.AccessControlAllowCredentials");
    report.require(
        !(any && block.access_control_allow_credentials),
        Stage::Field,
        INVALID_ARGUMENT,
        &path,
        || format!("{path} is true, but AccessControlAllowOrigins has *. Accepted: true only with origins by name."),
    );
    let path = format!("{PATH}.AccessControlMaxAgeSec");
    report.range(
        INVALID_ARGUMENT,
        &path,
        block.access_control_max_age_sec.unwrap_or(0),
        0..=i64::from(i32::MAX),
    );
}

fn check_not_empty(report: &mut Report, member: &str, count: usize) {
    let path = format!("{PATH}.{member}");
    report.require(count > 0, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is empty. Accepted: at least one entry.")
    });
}

fn check_headers(report: &mut Report, member: &str, list: &Counted<String>) {
    for (index, name) in list.iter().enumerate() {
        let path = format!("{PATH}.{member}.Items[{index}]");
        report.require(header_name(name).is_some(), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} is {}. Accepted: the name of a header, or * for several.", Quoted(name))
        });
    }
}

fn check_origins(report: &mut Report, list: &Counted<String>, limit: usize) {
    for (index, origin) in list.iter().enumerate() {
        let path = format!("{PATH}.AccessControlAllowOrigins.Items[{index}]");
        report.length(&path, origin, limit);
        report.require(is_origin(origin), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {}. Accepted: *, or [scheme://]host[:port] where the whole leftmost label of the \
                 host and any digits of the port may be *, without a path.",
                Quoted(origin)
            )
        });
    }
}

/// Whether an allowed origin has one of the forms of M46: `*` may stand for the whole leftmost label and for
/// digits of the port, nowhere else.
fn is_origin(origin: &str) -> bool {
    if origin == "*" {
        return true;
    }
    let (scheme, authority) = origin.split_once("://").unwrap_or(("http", origin));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let name = host.strip_prefix("*.").unwrap_or(host);
    is_scheme(scheme) && (text::is_host_name(name) || is_ipv6(host)) && port.is_none_or(is_port)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_ipv6(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.len() <= 6 && port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*')
}

/// What the edge gets of a checked block.
pub(super) fn compiled(block: &ResponseHeadersPolicyCorsConfig) -> Cors {
    let origins = &block.access_control_allow_origins;
    let any = origins.iter().any(|origin| origin == "*");
    let exposed: Vec<&str> =
        block.access_control_expose_headers.iter().flatten().map(String::as_str).collect();
    Cors {
        override_origin: block.origin_override,
        allow_origins: if any {
            AllowOrigins::Any
        } else {
            AllowOrigins::Listed(origins.iter().map(|origin| Arc::from(origin.as_str())).collect())
        },
        allow_headers: block
            .access_control_allow_headers
            .iter()
            .map(|name| Arc::from(name.as_str()))
            .collect(),
        allow_methods: methods(&block.access_control_allow_methods),
        allow_credentials: block.access_control_allow_credentials,
        expose_headers: header_value(&exposed.join(", ")).filter(|value| !value.is_empty()),
        max_age_s: block.access_control_max_age_sec.and_then(|age_s| age_s.try_into().ok()),
    }
}

fn methods(list: &Counted<AllowedMethod>) -> HeaderValue {
    if list.items.contains(&AllowedMethod::All) {
        return HeaderValue::from_static(ALL_METHODS);
    }
    let words: Vec<&str> = list.iter().map(AllowedMethod::as_str).collect();
    header_value(&words.join(", ")).unwrap_or(const { HeaderValue::from_static("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_a_wildcard_only_where_it_can_match() {
        for right in [
            "*",
            "http://*.example.org",
            "*.example.org",
            "example.org",
            "http://example.org:*",
            "http://example.org:1*3",
            "*.example.org:1*",
            "https://[::1]:8080",
            "capacitor://localhost",
            "null",
        ] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "",
            "example.*",
            "test.*.example.org",
            "*test.example.org",
            "exa*mple.org",
            "https://",
            "https://a.org/",
            "https://a.org/path",
            "://a.org",
            "*://a.org",
            "http://a.org:",
            "http://a.org:8x",
            "a b",
            "*.",
            "**",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
