//! How long a response that is not an error stays fresh here, and whether it is stored at all (group C).
//!
//! The truth table is `docs/rules/ttl.md`. Errors are judged by [`crate::error_caching`].

use std::time::Duration;

use http::{Method, StatusCode};

use crate::cache_control::{CacheControl, LifetimeSource, varies_on_everything};
use crate::freshness::{ObjectTimes, StaleUse};
use crate::model::{CacheBehavior, CachingMode, Methods, TtlBounds};
use crate::{Because, Fields, Moment};

/// What happens with a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// Passed to the viewer and forgotten.
    Forget(Because),
    /// Stored.
    Keep {
        /// Its times.
        times: ObjectTimes,
        /// Why it is fresh that long.
        because: Because,
    },
}

impl Ttl {
    /// The reason.
    pub const fn because(&self) -> Because {
        match self {
            Self::Forget(because) | Self::Keep { because, .. } => *because,
        }
    }

    /// How long the response is fresh; zero when it is forgotten.
    pub const fn fresh_for(&self) -> Duration {
        match self {
            Self::Forget(_) => Duration::ZERO,
            Self::Keep { times, .. } => times.fresh_until.since(times.received_at),
        }
    }
}

const DISABLED: Because = Because::new("D40", "caching disabled: all TTLs are 0");
const ALL_HEADERS: Because = Because::new("D41", "caching disabled: all headers are forwarded");
const METHOD: Because = Because::new("C44", "method is not cached");
const STATUS: Because = Because::new("C40", "status is not cacheable");
const REDIRECT: Because = Because::new("C41", "307 and 308 need Cache-Control");
const NO_STORE: Because = Because::new("C28", "no-store or private");
const NO_CACHE: Because = Because::new("C28", "no-cache: kept for validation");
const MINIMUM_OUTRANKS: Because = Because::new("C14", "minimum TTL outranks no-store, no-cache and private");
const DEFAULT: Because = Because::new("C11", "default TTL");
const MINIMUM_OVER_DEFAULT: Because = Because::new("C11", "minimum TTL is larger than default TTL");
const VARY_ALL: Because = Because::new("C53", "Vary: * is asked again every time");

/// Whether and how long the response `status` + `fields` to `method` is kept under `behavior`.
///
/// Of parts only those that were asked for are kept; that is judged before, by [`crate::range::received`].
/// After a 304 the same question is asked with the stored status and the merged header list (C43).
pub fn decide(
    status: StatusCode,
    fields: &Fields,
    method: &Method,
    behavior: &CacheBehavior,
    now: Moment,
) -> Ttl {
    if let Some(because) = not_cacheable(status, method, behavior) {
        return Ttl::Forget(because);
    }
    let said = CacheControl::of(fields);
    if status.is_redirection() && matches!(status.as_u16(), 307 | 308) && !said.present {
        return Ttl::Forget(REDIRECT);
    }
    by_lifetime(&said, varies_on_everything(fields), &behavior.caching.ttl, now)
}

/// Why nothing that `behavior` answers to `method` is stored; `None` when it caches.
pub fn caching_is_off(method: &Method, behavior: &CacheBehavior) -> Option<Because> {
    match behavior.caching.mode {
        CachingMode::Disabled => Some(DISABLED),
        CachingMode::ForwardsAllHeaders => Some(ALL_HEADERS),
        CachingMode::Enabled if !is_cached(method, behavior.cached_methods) => Some(METHOD),
        CachingMode::Enabled => None,
    }
}

fn is_cached(method: &Method, cached: Methods) -> bool {
    // `Methods::All` is no set of cached methods (E17); it would still not store what POST answers.
    matches!(*method, Method::GET | Method::HEAD)
        || (*method == Method::OPTIONS && cached == Methods::GetHeadOptions)
}

fn not_cacheable(status: StatusCode, method: &Method, behavior: &CacheBehavior) -> Option<Because> {
    caching_is_off(method, behavior).or(match status.as_u16() {
        200 | 203 | 204 | 206 | 300..=303 | 307 | 308 => None,
        _ => Some(STATUS),
    })
}

fn by_lifetime(said: &CacheControl, vary_all: bool, bounds: &TtlBounds, now: Moment) -> Ttl {
    let keep = |fresh_for: Duration, stale_use: StaleUse, because: Because| {
        let times = ObjectTimes {
            received_at: now,
            fresh_until: now.after(fresh_for),
            stale_limit: bounds.maximum,
            stale_if_error: said.stale_if_error,
            stale_while_revalidate: said.stale_while_revalidate,
            stale_use,
        };
        Ttl::Keep { times, because }
    };
    let no_minimum = bounds.minimum.is_zero();
    if said.forbids_sharing() {
        return match (no_minimum, said.no_store || said.private) {
            (false, _) => keep(bounds.minimum, StaleUse::AnyFailure, MINIMUM_OUTRANKS),
            (true, true) => Ttl::Forget(NO_STORE),
            (true, false) => asked_each_time(keep(Duration::ZERO, StaleUse::Unreachable, NO_CACHE)),
        };
    }
    if vary_all && no_minimum {
        return asked_each_time(keep(Duration::ZERO, StaleUse::AnyFailure, VARY_ALL));
    }
    let (fresh_for, because) = match said.lifetime(now) {
        None if bounds.minimum > bounds.default => (bounds.minimum, MINIMUM_OVER_DEFAULT),
        None => (bounds.default, DEFAULT),
        Some((lifetime, source)) => clamp(lifetime, source, bounds),
    };
    keep(fresh_for, StaleUse::AnyFailure, because)
}

/// What every request asks the origin for (C28, C53) does not answer while it is refreshed, whatever
/// `stale-while-revalidate` says.
fn asked_each_time(ttl: Ttl) -> Ttl {
    match ttl {
        Ttl::Keep { times, because } => {
            Ttl::Keep { times: ObjectTimes { stale_while_revalidate: None, ..times }, because }
        }
        Ttl::Forget(_) => ttl,
    }
}

fn clamp(lifetime: Duration, source: LifetimeSource, bounds: &TtlBounds) -> (Duration, Because) {
    if lifetime < bounds.minimum {
        return (bounds.minimum, Because::new("C10", "raised to minimum TTL"));
    }
    if lifetime > bounds.maximum {
        return (bounds.maximum, Because::new("C10", "lowered to maximum TTL"));
    }
    let because = match source {
        LifetimeSource::Expires => Because::new("C13", "Expires"),
        LifetimeSource::MaxAge => Because::new("C10", "max-age"),
        LifetimeSource::SMaxAge => Because::new("C12", "s-maxage"),
    };
    (lifetime, because)
}

/// Whether viewers who waited for this answer may have it (D52): not when it is fresh for no time at all.
pub fn is_shared_with_waiters(ttl: &Ttl) -> bool {
    !ttl.fresh_for().is_zero()
}
