//! AWS Signature Version 4: `AWS4-HMAC-SHA256` in the `Authorization` header.
//!
//! Both directions share one canonical form (`canonical.rs`), so that they cannot drift apart: [`sign()`] writes the
//! headers, [`verify()`] recomputes and compares. Presigned URLs (signature in the query), chunk signatures and SigV4A
//! are not covered.

mod canonical;
mod sign;
mod time;
mod verify;

pub use canonical::{s3_path, service_encodes_path_once};
pub use sign::{SignedHeaders, sign};
pub use verify::{Authorization, Incomplete, MAX_AUTHORIZATION_BYTES, MAX_SKEW_S, Refusal, Verified, verify};

use std::fmt;

use aws_lc_rs::digest;

/// The only algorithm that is signed or accepted.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Signable<'a> {
    /// The method, in upper case as on the wire.
    pub method: &'a str,
    /// The `Host` header (HTTP/2: `:authority`) exactly as sent or received.
    pub host: &'a str,
    /// The path as on the wire: percent-encoded, without the query.
    pub path: &'a str,
    /// The query as on the wire, without the question mark; empty when there is none.
    pub query: &'a str,
    /// Name and value of every other header; names in any case, repeated names in order. `host` here is ignored.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Region and service of a credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// For example `us-east-1`.
    pub region: &'a str,
    /// For example `s3`.
    pub service: &'a str,
}

/// What the signature says about the body: the value of `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadHash {
    /// The SHA-256 of the body.
    Sha256([u8; 32]),
    /// The body is not covered: `UNSIGNED-PAYLOAD`.
    Unsigned,
}

// === impl PayloadHash ===

impl PayloadHash {
    /// The hash of a body.
    pub fn of(body: &[u8]) -> Self {
        Self::Sha256(sha256(body))
    }

    /// The hash of a request without a body.
    pub fn empty() -> Self {
        Self::of(b"")
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(hash) => f.write_str(&hex(hash)),
            Self::Unsigned => f.write_str("UNSIGNED-PAYLOAD"),
        }
    }
}

/// Header names that SigV4 gives a meaning to, in lower case.
mod names {
    pub const AUTHORIZATION: &str = "authorization";
    pub const CONTENT_SHA256: &str = "x-amz-content-sha256";
    pub const DATE: &str = "x-amz-date";
    pub const HOST: &str = "host";
    pub const HTTP_DATE: &str = "date";
    pub const SECURITY_TOKEN: &str = "x-amz-security-token";
    pub const VENDOR_PREFIX: &str = "x-amz-";
}

fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest::digest(&digest::SHA256, data).as_ref()) {
        *to = *from;
    }
    hash
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}
