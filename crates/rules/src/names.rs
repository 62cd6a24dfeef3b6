//! Names of header fields that the rules mention and the HTTP library has no constant for.

use http::header::HeaderName;

/// Names the chain of content delivery networks (RFC 8586); ours is appended (E20).
pub const CDN_LOOP: HeaderName = HeaderName::from_static("cdn-loop");
/// Path of the failed object, sent with error page requests (A35).
pub const CLOUDFRONT_ERROR_URI: HeaderName = HeaderName::from_static("cloudfront-error-uri");
/// Query of the failed object, sent with error page requests (A35).
pub const CLOUDFRONT_ERROR_ARGS: HeaderName = HeaderName::from_static("cloudfront-error-args");
/// An old name of `Range` (F17).
pub const REQUEST_RANGE: HeaderName = HeaderName::from_static("request-range");
/// Timing metrics for the viewer (M61).
pub const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// The request's id (F20, H31).
pub const X_AMZ_CF_ID: HeaderName = HeaderName::from_static("x-amz-cf-id");
/// The viewer's address behind those that the viewer itself reported (F20).
pub const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whether `name` is one of the request headers that only the edge may set (F22).
pub fn is_generated(name: &HeaderName) -> bool {
    name.as_str().starts_with("cloudfront-")
}
