//! The header fields of responses: what is taken from an origin (group H), what of it is stored, and the
//! response headers policy applied at delivery (M.4, M.5).
//!
//! Truth table: `docs/rules/response-headers.md`. Cross-origin answers are decided in [`crate::cors`]; fields
//! that the edge writes on every answer (`Via`, `X-Cache`, `Age`, ...) belong to the edge.

use http::Method;
use http::header::{
    AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName,
    HeaderValue, PRAGMA, SET_COOKIE, USER_AGENT, VARY, VIA,
};

use crate::Fields;
use crate::compression;
use crate::cors;
use crate::generated::every_policy_header;
use crate::hop_by_hop::{is_hop_by_hop, named_by_connection};
use crate::model::{CacheBehavior, HeaderSelection, OriginKind, ResponseHeadersPolicy, SetHeader};
use crate::names::SERVER_TIMING;
use crate::result_type::ResultType;

// === from the origin ===

/// What of an origin's header fields goes on to viewers: everything but hop-by-hop fields (H01, H04), `Via`
/// and `Age`, which the edge writes itself (H03, C30), ids of the store (G09), `Set-Cookie` where no cookie is
/// forwarded (H10), and values of `Vary` that the origin could not see (H20).
pub fn receive(mut fields: Fields, behavior: &CacheBehavior, kind: OriginKind) -> Fields {
    let named_by_connection = named_by_connection(&fields);
    let keeps_cookies = behavior.forwards_cookies();
    fields.retain(|name, _| {
        let withheld = match *name {
            AGE | VIA => true,
            SET_COOKIE => !keeps_cookies,
            _ => is_hop_by_hop(name) || kind == OriginKind::S3 && is_store_id(name),
        };
        !withheld && !named_by_connection.contains(name)
    });
    narrow_vary(&mut fields, behavior);
    fields
}

fn is_store_id(name: &HeaderName) -> bool {
    matches!(name.as_str(), "x-amz-id-2" | "x-amz-request-id")
}

/// Drops the values of `Vary` that name nothing the behavior forwards; an emptied field goes (H20).
fn narrow_vary(fields: &mut Fields, behavior: &CacheBehavior) {
    let Some(joined) = fields.joined(&VARY) else { return };
    let values =
        || joined.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|value| !value.is_empty());
    if values().all(|value| keeps_vary(value, behavior)) {
        return;
    }
    let kept: Vec<&[u8]> = values().filter(|value| keeps_vary(value, behavior)).collect();
    match HeaderValue::try_from(kept.join(&b", "[..])) {
        Ok(value) if !value.is_empty() => fields.set(VARY, value),
        _ => {
            fields.remove(&VARY);
        }
    }
}

fn keeps_vary(value: &[u8], behavior: &CacheBehavior) -> bool {
    if value == b"*" {
        return true; // H22
    }
    let Ok(name) = HeaderName::from_bytes(value) else { return false };
    matches!(name.as_str(), "accept-encoding" | "cookie")
        || behavior.forwards_header(&name)
        || name == USER_AGENT && forwards_device(behavior)
}

/// Whether the origin is told about the viewer's device (H20).
fn forwards_device(behavior: &CacheBehavior) -> bool {
    let is_device = |name: &HeaderName| name.as_str().starts_with("cloudfront-is-");
    behavior.caching.key.headers.iter().any(is_device)
        || match &behavior.forwarding.headers {
            HeaderSelection::AllViewer | HeaderSelection::None => false,
            HeaderSelection::AllViewerAnd(names) | HeaderSelection::Only(names) => {
                names.iter().any(is_device)
            }
            HeaderSelection::AllViewerExcept(names) => {
                every_policy_header().any(|name| is_device(&name) && !names.contains(&name))
            }
        }
}

// === into the cache ===

/// What of received fields may be stored: not those that `no-cache="..."` or `private="..."` name (H12, C23),
/// and no `Set-Cookie` that answers cookies outside the cache key (H13).
pub fn storable(fields: &Fields, behavior: &CacheBehavior) -> Fields {
    let qualified = qualified_names(fields);
    let private_cookies = behavior.forwards_cookies_outside_key();
    let mut stored = fields.clone();
    stored.retain(|name, _| !(qualified.contains(name) || private_cookies && *name == SET_COOKIE));
    stored
}

/// The field names listed in `no-cache="..."` and `private="..."` of `Cache-Control`.
fn qualified_names(fields: &Fields) -> Vec<HeaderName> {
    let mut names = Vec::new();
    for line in fields.all(&CACHE_CONTROL) {
        // Odd pieces of a split at quotes are quoted; the directive stands at the end of the piece before.
        let pieces: Vec<&[u8]> = line.as_bytes().split(|byte| *byte == b'"').collect();
        for pair in pieces.chunks_exact(2) {
            if let [before, quoted] = pair
                && names_fields(before)
            {
                let listed = quoted.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
                names.extend(listed.filter_map(|name| HeaderName::from_bytes(name).ok()));
            }
        }
    }
    names
}

fn names_fields(before_quote: &[u8]) -> bool {
    let directive = before_quote.rsplit(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
    directive.eq_ignore_ascii_case(b"no-cache=") || directive.eq_ignore_ascii_case(b"private=")
}

/// The stored fields updated by those of a 304 (C43, RFC 9111 section 4.3.4): what it sends replaces what is
/// stored, except for the fields that describe the body. A tag that is weak, since the stored body may be compressed,
/// stays weak (I34), and an encoded body goes on varying on `Accept-Encoding` if it did (H23).
pub fn validated(stored: &Fields, sent: Fields) -> Fields {
    let mut merged = stored.clone();
    merged.retain(|name, _| describes_body(name) || !sent.contains(name));
    let was_weak = stored.first(&ETAG).is_some_and(|tag| tag.as_bytes().starts_with(b"W/"));
    for (name, value) in sent {
        let value = match name {
            ETAG if was_weak => compression::weak(&value),
            _ => Some(value),
        };
        if let Some(value) = value.filter(|_| !describes_body(&name)) {
            merged.append(name, value);
        }
    }
    if compression::is_encoded(stored) && stored.all(&VARY).any(names_encoding) {
        compression::vary_on_encoding(&mut merged);
    }
    merged
}

fn names_encoding(vary: &HeaderValue) -> bool {
    let mut names = vary.as_bytes().split(|byte| *byte == b',');
    names.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"accept-encoding"))
}

fn describes_body(name: &HeaderName) -> bool {
    [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE].contains(name)
        || compression::is_checksum(name)
}

// === to the viewer ===

/// What `Server-Timing` tells (M61).
#[derive(Debug, Clone, Copy)]
pub struct ServerTiming<'a> {
    /// How the request ended.
    pub result: ResultType,
    /// Name of this edge location.
    pub pop: &'a str,
    /// The request's id.
    pub request_id: &'a str,
    /// Time from receiving the request to the first byte of the answer, in milliseconds.
    pub first_byte_ms: u64,
    /// The origin's part; `None` when it was not asked.
    pub origin: Option<OriginTiming>,
}

/// How long an origin took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginTiming {
    /// Name resolution; 0 on a reused connection.
    pub dns_ms: u64,
    /// Connection and TLS; 0 on a reused connection.
    pub connect_ms: u64,
    /// From the request to the first byte of the response.
    pub first_byte_ms: u64,
}

/// Applies a response headers policy to the answer for a viewer (M40): removes, then adds cross-origin,
/// security and custom headers, then `Server-Timing` (M41). `sampled` says whether this request was drawn;
/// the viewer's `Pragma: server-timing` forces it (M60).
pub fn apply_policy(
    policy: &ResponseHeadersPolicy,
    request: &Fields,
    request_method: &Method,
    response: &mut Fields,
    timing: &ServerTiming<'_>,
    sampled: bool,
) {
    if !policy.remove.is_empty() {
        response.retain(|name, _| !policy.remove.contains(name));
    }
    if let Some(block) = &policy.cors {
        cors::apply(block, request, request_method, response);
    }
    for header in &policy.set {
        set(header, response);
    }
    if policy.server_timing.is_some() {
        add_server_timing(response, timing, sampled || forces_timing(request));
    }
}

/// M42.
fn set(header: &SetHeader, response: &mut Fields) {
    if header.override_origin || !response.contains(&header.name) {
        response.set(header.name.clone(), header.value.clone());
    }
}

fn forces_timing(request: &Fields) -> bool {
    request
        .all(&PRAGMA)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|value| value.trim_ascii().eq_ignore_ascii_case(b"server-timing"))
}

/// Merges the metrics with the origin's on a miss; a stored value of the origin tells of another request and
/// is dropped (M62).
fn add_server_timing(response: &mut Fields, timing: &ServerTiming<'_>, wanted: bool) {
    let from_cache = matches!(timing.result, ResultType::Hit | ResultType::RefreshHit);
    let origin_value = response.joined(&SERVER_TIMING).filter(|_| !from_cache);
    if from_cache {
        response.remove(&SERVER_TIMING);
    }
    if !wanted {
        return;
    }
    let mut value = origin_value.unwrap_or_default();
    if !value.is_empty() {
        value.extend_from_slice(b", ");
    }
    value.extend_from_slice(metrics(timing).as_bytes());
    if let Ok(value) = HeaderValue::try_from(value) {
        response.set(SERVER_TIMING, value);
    }
}

fn metrics(timing: &ServerTiming<'_>) -> String {
    let outcome = match timing.result {
        ResultType::Hit => "cdn-cache-hit, ",
        ResultType::RefreshHit => "cdn-cache-refresh, ",
        ResultType::Miss => "cdn-cache-miss, ",
        ResultType::CapacityExceeded
        | ResultType::Error
        | ResultType::LimitExceeded
        | ResultType::Redirect => "",
    };
    let layer = if timing.result == ResultType::Hit { ", cdn-hit-layer;desc=\"EDGE\"" } else { "" };
    let origin = timing.origin.map_or_else(String::new, |origin| {
        format!(
            "cdn-upstream-layer;desc=\"EDGE\", cdn-upstream-dns;dur={}, cdn-upstream-connect;dur={}, \
             cdn-upstream-fbl;dur={}, ",
            origin.dns_ms, origin.connect_ms, origin.first_byte_ms
        )
    });
    format!(
        "{origin}{outcome}cdn-pop;desc=\"{}\", cdn-rid;desc=\"{}\"{layer}, cdn-downstream-fbl;dur={}",
        timing.pop, timing.request_id, timing.first_byte_ms
    )
}
