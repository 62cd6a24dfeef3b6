//! Cross-origin headers of a response headers policy (M43 to M49).
//!
//! Added only to requests with `Origin`; the fields that permit methods and headers only to preflights (M44).

use std::collections::BTreeSet;

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN, VARY,
};

use crate::Fields;
use crate::hosts::split_authority;
use crate::model::{AllowOrigins, Cors};
use crate::path_pattern::wildcard_matches;

/// The fields by which an origin shows that it answers cross-origin requests itself (M43).
const ANSWER_FIELDS: [HeaderName; 6] = [
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
];

/// Adds the block's headers to `response`. Without override, any such header of the origin keeps all of ours
/// away; with override, ours replace the origin's as a block (M43).
pub(crate) fn apply(block: &Cors, request: &Fields, request_method: &Method, response: &mut Fields) {
    let Some(origin) = request.first(&ORIGIN) else { return };
    if block.override_origin {
        response.retain(|name, _| !ANSWER_FIELDS.contains(name));
    } else if response.iter().any(|(name, _)| ANSWER_FIELDS.contains(name)) {
        return;
    }
    let Some(allowed) = allowed_origin(&block.allow_origins, origin) else { return };
    if matches!(block.allow_origins, AllowOrigins::Listed(_)) {
        vary_on_origin(response);
    }
    response.append(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if block.allow_credentials {
        response.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    if let Some(expose) = &block.expose_headers {
        response.append(ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
    }
    if *request_method == Method::OPTIONS && request.contains(&ACCESS_CONTROL_REQUEST_METHOD) {
        permit(block, request, response);
    }
}

/// The answer to a preflight.
fn permit(block: &Cors, request: &Fields, response: &mut Fields) {
    if let Some(headers) = allowed_headers(block, request) {
        response.append(ACCESS_CONTROL_ALLOW_HEADERS, headers);
    }
    if !block.allow_methods.is_empty() {
        response.append(ACCESS_CONTROL_ALLOW_METHODS, block.allow_methods.clone());
    }
    if let Some(max_age_s) = block.max_age_s {
        response.append(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(max_age_s));
    }
}

/// `Access-Control-Allow-Origin`: `*` as it is, or the request's origin echoed when one entry matches (M45).
fn allowed_origin(allowed: &AllowOrigins, origin: &HeaderValue) -> Option<HeaderValue> {
    match allowed {
        AllowOrigins::Any => Some(HeaderValue::from_static("*")),
        AllowOrigins::Listed(patterns) => {
            let text = origin.to_str().ok()?;
            patterns.iter().any(|pattern| origin_matches(pattern, text)).then(|| origin.clone())
        }
    }
}

/// Whether a request's origin matches an allowed one: `[scheme://][*.]host[:port]` with `*` in the port (M46).
/// Browsers leave out a scheme's usual port, so a pattern without port wants none.
fn origin_matches(pattern: &str, origin: &str) -> bool {
    if pattern == origin {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (wanted_scheme, wanted_authority) =
        pattern.split_once("://").map_or((None, pattern), |(scheme, rest)| (Some(scheme), rest));
    let (wanted_host, wanted_port) = match wanted_authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (wanted_authority, None),
    };
    let Some((host, _)) = split_authority(authority) else { return false };
    let port = authority.get(host.len() + 1..);
    wanted_scheme.is_none_or(|wanted| wanted.eq_ignore_ascii_case(scheme))
        && host_matches(wanted_host, host)
        && port_matches(wanted_port, port)
}

fn host_matches(wanted: &str, host: &str) -> bool {
    let (wanted, host) = (wanted.to_ascii_lowercase(), host.to_ascii_lowercase());
    match wanted.strip_prefix("*.") {
        None => wanted == host,
        Some(parent) => host
            .strip_suffix(parent)
            .and_then(|levels| levels.strip_suffix('.'))
            .is_some_and(|levels| !levels.is_empty()),
    }
}

fn port_matches(wanted: Option<&str>, port: Option<&str>) -> bool {
    match (wanted, port) {
        (None, port) => port.is_none(),
        (Some("*"), _) => true,
        (Some(wanted), Some(port)) => wildcard_matches(wanted, port),
        (Some(_), None) => false,
    }
}

/// `Access-Control-Allow-Headers`: listed names and `*` as they are; for a name with a wildcard, those names
/// that the preflight asks for and that match, because browsers know no such wildcards (M47).
fn allowed_headers(block: &Cors, request: &Fields) -> Option<HeaderValue> {
    let asked = request.joined(&ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let asked = String::from_utf8_lossy(&asked).to_ascii_lowercase();
    let mut seen = BTreeSet::new();
    let mut names: Vec<&str> = Vec::new();
    for item in &block.allow_headers {
        let is_pattern = item.contains('*') && item.len() > 1;
        let pattern = item.to_ascii_lowercase();
        let matching = asked
            .split(',')
            .map(str::trim)
            .filter(|name| is_pattern && !name.is_empty() && wildcard_matches(&pattern, name));
        let literal = (!is_pattern).then_some(&**item);
        names.extend(
            literal.into_iter().chain(matching).filter(|name| seen.insert(name.to_ascii_lowercase())),
        );
    }
    (!names.is_empty()).then(|| HeaderValue::try_from(names.join(", ")).ok()).flatten()
}

/// An echoed origin makes the answer depend on `Origin` (M45).
fn vary_on_origin(response: &mut Fields) {
    let Some(mut value) = response.joined(&VARY) else {
        return response.append(VARY, HeaderValue::from_static("Origin"));
    };
    let named = |value: &[u8]| value == b"*" || value.eq_ignore_ascii_case(b"origin");
    if value.split(|byte| *byte == b',').any(|value| named(value.trim_ascii())) {
        return;
    }
    value.extend_from_slice(b", Origin");
    if let Ok(value) = HeaderValue::try_from(value) {
        response.set(VARY, value);
    }
}
