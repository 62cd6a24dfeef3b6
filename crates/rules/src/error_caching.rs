//! Which errors are remembered and for how long (B.1, B.2, B.6).
//!
//! The truth table is `docs/rules/error-responses.md`. What viewers see instead of the error is decided by
//! [`crate::error_response`].

use std::time::Duration;

use http::{Method, StatusCode};

use crate::cache_control::CacheControl;
use crate::model::{CacheBehavior, ErrorResponses, OriginKind};
use crate::{Because, Fields, Moment, ttl};

/// What an error leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Nothing: the next request asks the origin again.
    Forget(Because),
    /// The answer is replayed for `keep_for` without asking the origin (B29).
    Remember {
        /// How long.
        keep_for: Duration,
        /// Why that long.
        because: Because,
    },
}

/// Error caching minimum TTL below which an S3-type origin's errors are never kept (B26).
const S3_FLOOR: Duration = Duration::from_secs(1);

const RANGE: Because = Because::new("B04", "416 is never remembered");
const OBEYS_NO_STORE: Because = Because::new("B10", "no-store, no-cache or private");
const NEEDS_MAX_AGE: Because = Because::new("B05", "remembered only with max-age or s-maxage");
const NOT_LISTED: Because = Because::new("B09", "status is not remembered");
const ZERO: Because = Because::new("B25", "error caching minimum TTL is 0");
const MINIMUM: Because = Because::new("B20", "error caching minimum TTL");
const HEADER: Because = Because::new("B20", "lifetime sent with the error is larger");
const CAPPED: Because = Because::new("B21", "lifetime sent with the error, lowered to maximum TTL");

/// What an error is judged on. `fields` is empty when no response was received (B03).
#[derive(Debug, Clone, Copy)]
pub struct ErrorFacts<'a> {
    /// Status that the origin sent, or that the failure counts as.
    pub status: StatusCode,
    /// Header fields of the error.
    pub fields: &'a Fields,
    /// Method of the request.
    pub method: &'a Method,
    /// Behavior that the failing object's path matched (B22).
    pub behavior: &'a CacheBehavior,
    /// Kind of the origin that answered.
    pub origin: OriginKind,
    /// The distribution's custom error responses.
    pub responses: &'a ErrorResponses,
}

/// Whether and how long the error is remembered; the decision procedure B.6.
pub fn decide(error: &ErrorFacts<'_>, now: Moment) -> Memory {
    if let Some(because) = ttl::caching_is_off(error.method, error.behavior) {
        return Memory::Forget(match because.number {
            "C44" => Because::new("B01", "method is not cached"),
            "D41" => Because::new("B16", "caching disabled: all headers are forwarded"),
            _ => Because::new("B15", "caching disabled: all TTLs are 0"),
        });
    }
    let said = CacheControl::of(error.fields);
    match error.status.as_u16() {
        416 => return Memory::Forget(RANGE),
        404 | 410 | 414 | 501 if said.forbids_sharing() => return Memory::Forget(OBEYS_NO_STORE),
        404 | 410 | 414 | 500..=504 => {}
        400 | 403 | 405 | 412 | 415 if said.max_age.or(said.s_maxage).is_none() => {
            return Memory::Forget(NEEDS_MAX_AGE);
        }
        400 | 403 | 405 | 412 | 415 => {}
        _ => return Memory::Forget(NOT_LISTED),
    }
    match keep_for(error, &said, now) {
        (keep_for, _) if keep_for.is_zero() => Memory::Forget(ZERO),
        (keep_for, because) => Memory::Remember { keep_for, because },
    }
}

/// How long the origin is left alone after a failure while an expired object is served instead (B31 to B33).
pub fn hold_off(error: &ErrorFacts<'_>, now: Moment) -> Duration {
    keep_for(error, &CacheControl::of(error.fields), now).0
}

/// The larger of error caching minimum TTL and the lifetime sent with the error (B20, B21, B26).
fn keep_for(error: &ErrorFacts<'_>, said: &CacheControl, now: Moment) -> (Duration, Because) {
    let mut minimum = error.responses.caching_min_ttl(error.status);
    if error.origin == OriginKind::S3 {
        minimum = minimum.max(S3_FLOOR);
    }
    let maximum = error.behavior.caching.ttl.maximum;
    match said.lifetime(now) {
        Some((lifetime, _)) if lifetime.min(maximum) > minimum => {
            (lifetime.min(maximum), if lifetime > maximum { CAPPED } else { HEADER })
        }
        _ => (minimum, MINIMUM),
    }
}
