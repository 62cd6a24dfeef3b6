//! Whether a viewer's request may proceed: before the distribution is known, and against its behavior.
//!
//! The order is that of the catalogue's section 0.1: syntax and size, chains, host, default root object, then
//! viewer protocol policy, method and body. Restricted content and geography will stand between them.

use http::{Method, StatusCode, Version};

use crate::hosts::split_authority;
use crate::limits::{MAX_REQUEST_HEAD_BYTES, MAX_STACKED_DISTRIBUTIONS, MAX_URL_BYTES};
use crate::model::{CacheBehavior, ViewerProtocolPolicy};
use crate::names::CDN_LOOP;
use crate::path_pattern::has_valid_escapes;
use crate::request::{RequestHead, Scheme};
use crate::{Because, Fields};

/// What a behavior says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It goes on to the cache.
    Proceed,
    /// The viewer is sent to the same URL with `https` (O31).
    RedirectToHttps {
        /// 301, or 307 where the method must be kept.
        status: StatusCode,
        /// Why.
        because: Because,
    },
    /// It is answered with an error of the edge.
    Refuse(Refusal),
}

/// An error answer of the edge itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Its status.
    pub status: StatusCode,
    /// Why.
    pub because: Because,
    /// Whether a custom error page may replace it (A15 to A17).
    pub page: bool,
    /// Whether the viewer's connection is closed behind it (Q01).
    pub close: bool,
    /// `x-edge-detailed-result-type` (P11).
    pub detailed: &'static str,
    /// The reason line of the built-in body (Q.2).
    pub sentence: &'static str,
}

const BAD_REQUEST: &str = "The request is malformed and was not processed.";

// === before the distribution is known ===

/// Checks syntax and size (E08, E10, E11, E14, E18, A17). `host_lines` counts `Host` fields, `url_len` is
/// measured as [`MAX_URL_BYTES`] says, `head_len` is the request line with all fields; both in bytes.
pub fn receive(
    head: &RequestHead,
    host_lines: usize,
    url_len: usize,
    head_len: usize,
) -> Result<(), Refusal> {
    if head.version == Version::HTTP_09 {
        return Err(malformed("E18", "HTTP/0.9 is not served", "InvalidRequest"));
    }
    if url_len > MAX_URL_BYTES {
        return Err(url_too_long());
    }
    if head_len > MAX_REQUEST_HEAD_BYTES {
        return Err(head_too_large());
    }
    if !is_known(&head.method) {
        return Err(malformed("A17", "unknown method", "InvalidRequestMethod"));
    }
    check_host(head, host_lines)?;
    check_target(head)
}

/// The answer to a URL longer than [`MAX_URL_BYTES`] (E10).
pub const fn url_too_long() -> Refusal {
    Refusal {
        status: StatusCode::URI_TOO_LONG,
        because: Because::new("E10", "URL longer than 8,192 bytes"),
        page: false,
        close: true,
        detailed: "InvalidRequest",
        sentence: "The URL of the request is too long.",
    }
}

/// The answer to a head larger than [`MAX_REQUEST_HEAD_BYTES`] (E11): 494, which no standard knows.
pub fn head_too_large() -> Refusal {
    Refusal {
        status: StatusCode::from_u16(494).unwrap_or(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        because: Because::new("E11", "request line and headers larger than 32,768 bytes"),
        page: false,
        close: true,
        detailed: "InvalidRequestHeader",
        sentence: "The request line and headers are too large.",
    }
}

/// The answer to a body larger than [`crate::limits::MAX_REQUEST_BODY_BYTES`] (E13).
pub const fn body_too_large() -> Refusal {
    Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        because: Because::new("E13", "request body larger than 64 GB"),
        page: false,
        close: true,
        detailed: "InvalidRequest",
        sentence: "The body of the request is too large.",
    }
}

/// The answer to a request that no HTTP parser could read (E14).
pub const fn unparsable() -> Refusal {
    malformed("E14", "request cannot be parsed", "InvalidRequest")
}

/// The answer to a request the length of whose body can be read in two ways, or in none (E14, RFC 9112 section 6.3).
pub const fn ambiguous_length() -> Refusal {
    malformed("E14", "the length of the body is not certain", "InvalidRequest")
}

/// How often a request passed through this edge before.
pub fn passes(fields: &Fields, edge_id: &str) -> usize {
    fields
        .all(&CDN_LOOP)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|entry| entry.split(|byte| *byte == b';').next())
        .filter(|id| id.trim_ascii() == edge_id.as_bytes())
        .count()
}

/// Refuses a request that already passed through this edge as often as distributions may be stacked (E20).
pub fn stacked(fields: &Fields, edge_id: &str) -> Result<(), Refusal> {
    if passes(fields, edge_id) < MAX_STACKED_DISTRIBUTIONS {
        return Ok(());
    }
    let because = Because::new("E20", "request passed through this edge twice already");
    Err(Refusal { page: false, ..forbidden(because, "InvalidRequest", "The request runs in a loop.") })
}

/// The answer for a host that belongs to no distribution, or to a disabled one (E03, E04).
pub const fn unknown_host() -> Refusal {
    let because = Because::new("E03", "no distribution answers on this host");
    Refusal {
        page: false,
        ..forbidden(because, "InvalidRequest", "No distribution answers on this host name.")
    }
}

/// The answer to `/` when the default root object cannot be used (E33, Q11).
pub const fn invalid_default_root_object() -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        because: Because::new("E33", "InvalidDefaultRootObject"),
        page: true,
        close: false,
        detailed: "InvalidRequest",
        sentence: "InvalidDefaultRootObject: the default root object of this distribution cannot be used.",
    }
}

/// HTTP/1.1 needs exactly one `Host` (RFC 9112 section 3.2); later versions name the host in `:authority`.
fn check_host(head: &RequestHead, host_lines: usize) -> Result<(), Refusal> {
    let header = "InvalidRequestHeader";
    if host_lines > 1 {
        return Err(malformed("E08", "more than one Host", header));
    }
    if host_lines == 0 && head.version == Version::HTTP_11 {
        return Err(malformed("E08", "no Host", header));
    }
    if !head.authority.is_empty() && split_authority(&head.authority).is_none() {
        return Err(malformed("E14", "Host is not a host with an optional port", header));
    }
    Ok(())
}

/// CONNECT has no path; its turn comes with the behavior's methods (E16).
fn check_target(head: &RequestHead) -> Result<(), Refusal> {
    if head.method != Method::CONNECT && !head.path.starts_with('/') {
        return Err(malformed("E14", "path does not begin with a slash", "InvalidRequest"));
    }
    if !has_valid_escapes(&head.path) {
        return Err(malformed("E14", "invalid percent-encoding in the path", "InvalidRequest"));
    }
    let blank = |text: &str| text.bytes().any(|byte| byte <= b' ' || byte == 0x7f);
    if blank(&head.path) || head.query.as_deref().is_some_and(blank) {
        return Err(malformed("E14", "control byte in the URL", "InvalidRequest"));
    }
    Ok(())
}

/// Whether RFC 9110 or RFC 5789 define the method.
const fn is_known(method: &Method) -> bool {
    matches!(
        *method,
        Method::CONNECT
            | Method::DELETE
            | Method::GET
            | Method::HEAD
            | Method::OPTIONS
            | Method::PATCH
            | Method::POST
            | Method::PUT
            | Method::TRACE
    )
}

// === against the behavior ===

/// Applies the viewer protocol policy (O30), then the allowed methods (E16), then the rule that GET and HEAD
/// have no body (E15). `has_body` is false for `Content-Length: 0`.
pub fn decide(head: &RequestHead, behavior: &CacheBehavior, has_body: bool) -> Admission {
    match (head.scheme, behavior.viewer_protocol_policy) {
        (Scheme::Https, _) | (Scheme::Http, ViewerProtocolPolicy::AllowAll) => {
            decide_method(head, behavior, has_body)
        }
        (Scheme::Http, ViewerProtocolPolicy::HttpsOnly) => {
            refuse_plain_http(Because::new("O30", "this behavior answers HTTPS only"))
        }
        (Scheme::Http, ViewerProtocolPolicy::RedirectToHttps) => redirect(head),
    }
}

fn redirect(head: &RequestHead) -> Admission {
    let because = Because::new("O30", "redirected to HTTPS");
    match head.method {
        Method::GET | Method::HEAD => {
            Admission::RedirectToHttps { status: StatusCode::MOVED_PERMANENTLY, because }
        }
        _ if head.version >= Version::HTTP_11 => {
            Admission::RedirectToHttps { status: StatusCode::TEMPORARY_REDIRECT, because }
        }
        _ => refuse_plain_http(Because::new("O30", "HTTP/1.0 has no redirect that keeps the method")),
    }
}

const fn refuse_plain_http(because: Because) -> Admission {
    Admission::Refuse(forbidden(because, "InvalidRequest", "This content is served over HTTPS only."))
}

fn decide_method(head: &RequestHead, behavior: &CacheBehavior, has_body: bool) -> Admission {
    if !behavior.allowed_methods.contains(&head.method) {
        let refusal = forbidden(
            Because::new("E16", "method is not among the allowed methods"),
            "InvalidRequestMethod",
            "This distribution is not configured to allow the HTTP method of the request; \
             only cachable requests are supported here.",
        );
        // A page may be shown as 200, and 2xx would tell who asked for a tunnel that there is one (RFC 9110
        // section 9.3.6).
        let is_tunnel = head.method == Method::CONNECT;
        return Admission::Refuse(Refusal { page: refusal.page && !is_tunnel, close: is_tunnel, ..refusal });
    }
    if has_body && matches!(head.method, Method::GET | Method::HEAD) {
        return Admission::Refuse(forbidden(
            Because::new("E15", "GET or HEAD with a body"),
            "InvalidRequest",
            "A GET or HEAD request must not have a body.",
        ));
    }
    Admission::Proceed
}

/// A 403 of the edge; the custom error page of 403 may replace it (A15).
const fn forbidden(because: Because, detailed: &'static str, sentence: &'static str) -> Refusal {
    Refusal { status: StatusCode::FORBIDDEN, because, page: true, close: false, detailed, sentence }
}

/// A 400 for a request that is unsafe to process: never a custom page, and the connection ends (A16, Q01).
const fn malformed(number: &'static str, text: &'static str, detailed: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        because: Because::new(number, text),
        page: false,
        close: true,
        detailed,
        sentence: BAD_REQUEST,
    }
}
