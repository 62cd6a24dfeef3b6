//! Fixed limits of requests and responses. Each belongs to one behaviour number and is not configurable.

/// Longest URL of a request in bytes, counted as scheme, `://`, host, path, `?` and query; longer is 414 (E10).
pub const MAX_URL_BYTES: usize = 8192;

/// Largest request line and header fields together, in bytes; larger is 494 (E11).
pub const MAX_REQUEST_HEAD_BYTES: usize = 32_768;

/// Largest header block that an origin may send, in bytes; larger is 502 (C68).
pub const MAX_RESPONSE_HEAD_BYTES: usize = 32_768;

/// Largest body that may be stored, in bytes: 50 GB. A longer declared length is an error where caching is on
/// and passes through where it is off (C64).
pub const MAX_STORABLE_BODY_BYTES: u64 = 50_000_000_000;

/// Largest request body in bytes: 64 GB; larger is 413 (E13).
pub const MAX_REQUEST_BODY_BYTES: u64 = 64_000_000_000;

/// Most ranges that one request may ask for; with more it gets the whole object (I06).
pub const MAX_RANGES: usize = 64;

/// How many distributions may be stacked in the path of one request (E20).
pub const MAX_STACKED_DISTRIBUTIONS: usize = 2;

/// Longest `CloudFront-Viewer-Header-Order` in bytes; names beyond are cut off (F62).
pub const MAX_HEADER_ORDER_BYTES: usize = 7680;

/// Longest path of an invalidation in bytes (K02).
pub const MAX_INVALIDATION_PATH_BYTES: usize = 4000;
