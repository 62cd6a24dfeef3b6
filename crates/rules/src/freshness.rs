//! What a stored object or a remembered error may still be used for, at `now` (B.3, B.4, C.4).

use std::time::Duration;

use crate::{Because, Moment};

/// The times of a stored object, decided when it was received (C67) or last validated (C43).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectTimes {
    /// When it was received or last validated; `Age` counts from here (H32).
    pub received_at: Moment,
    /// Fresh before this moment.
    pub fresh_until: Moment,
    /// The behavior's maximum TTL: no stale use later than this after expiry (B37).
    pub stale_limit: Duration,
    /// `stale-if-error` of the response (B40).
    pub stale_if_error: Option<Duration>,
    /// `stale-while-revalidate` of the response (B45).
    pub stale_while_revalidate: Option<Duration>,
    /// Whether it may be used stale.
    pub stale_use: StaleUse,
}

/// Which failures a stale object may stand in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleUse {
    /// Received 5xx and unreachable origins (B30).
    AnyFailure,
    /// Only an unreachable origin: the response said `no-cache` (B44).
    Unreachable,
}

/// The times of a remembered error or of the hold-off after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorTimes {
    /// The status that the origin sent or that the failure counts as.
    pub status: http::StatusCode,
    /// When it was received; `Age` counts from here (B28, B62).
    pub received_at: Moment,
    /// Remembered before this moment (B29).
    pub until: Moment,
    /// The failure when no response was received.
    pub failure: Option<crate::failure::OriginFailure>,
    /// Whether the answer itself is replayed, or only the next question to the origin held off (B31, B73).
    pub remembers: Remembers,
}

/// What a failed fetch leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembers {
    /// The error answer, replayed to viewers (B29).
    Answer,
    /// Nothing but the time before which a stale object is served without asking again (B31).
    HoldOff,
}

/// What the edge does with what it holds under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The object is expired: ask the origin, with its validators (C50).
    Expired(Because),
    /// The object answers.
    Fresh(Because),
    /// The object is expired, the origin failed a moment ago: the object answers, nobody asks (B31).
    HeldOff(Because),
    /// Nothing usable: ask the origin.
    Nothing(Because),
    /// The error answers without asking the origin (B29).
    RememberedError(Because),
    /// The object answers at once and is refreshed in the background (B45).
    WhileRevalidate(Because),
}

impl Freshness {
    /// The reason.
    pub const fn because(&self) -> Because {
        match self {
            Self::Expired(because)
            | Self::Fresh(because)
            | Self::HeldOff(because)
            | Self::Nothing(because)
            | Self::RememberedError(because)
            | Self::WhileRevalidate(because) => *because,
        }
    }
}

/// What to do at `now` with the object and the error that a key holds.
pub fn decide(object: Option<&ObjectTimes>, error: Option<&ErrorTimes>, now: Moment) -> Freshness {
    if let Some(error) = error.filter(|error| now < error.until)
        && let Some(verdict) = with_error(object, error, now)
    {
        return verdict;
    }
    match object {
        None => Freshness::Nothing(Because::new("D50", "nothing is held")),
        Some(object) if now < object.fresh_until => Freshness::Fresh(Because::new("C10", "fresh")),
        Some(object) if revalidates_in_background(object, now) => {
            Freshness::WhileRevalidate(Because::new("B45", "within stale-while-revalidate"))
        }
        Some(_) => Freshness::Expired(Because::new("C50", "expired")),
    }
}

/// While an error is remembered; `None` when neither it nor the object can answer.
fn with_error(object: Option<&ObjectTimes>, error: &ErrorTimes, now: Moment) -> Option<Freshness> {
    if let Some(object) = object.filter(|_| error.status.is_server_error())
        && let Stale::Serve(_) = on_failure(object, Failure::of(error), now)
    {
        return Some(Freshness::HeldOff(Because::new("B31", "origin failed a moment ago")));
    }
    match error.remembers {
        Remembers::Answer => Some(Freshness::RememberedError(Because::new("B29", "error is remembered"))),
        Remembers::HoldOff => None,
    }
}

/// How an origin failed, as far as stale use is concerned (B44).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It sent a 5xx, or something that counts as one.
    Received5xx,
    /// It could not be reached or did not answer in time.
    Unreachable,
}

impl Failure {
    /// How the origin failed that a remembered or shared error tells of.
    pub fn of(error: &ErrorTimes) -> Self {
        match error.failure {
            Some(failure) if failure.is_unreachable() => Self::Unreachable,
            _ => Self::Received5xx,
        }
    }
}

/// Whether an expired object stands in for a failed origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// It does.
    Serve(Because),
    /// The viewer gets the error, or its page.
    Refuse(Because),
}

/// Whether the expired `object` answers at `now` in place of the failed origin (B30, B37, B40, B41, B44).
pub fn on_failure(object: &ObjectTimes, failure: Failure, now: Moment) -> Stale {
    let expired_for = now.since(object.fresh_until);
    match object.stale_if_error {
        Some(allowed) if allowed.is_zero() => Stale::Refuse(Because::new("B41", "stale-if-error=0")),
        Some(allowed) if expired_for < allowed.min(object.stale_limit) => {
            Stale::Serve(Because::new("B40", "within stale-if-error"))
        }
        Some(_) => Stale::Refuse(Because::new("B40", "stale-if-error is over")),
        None if expired_for >= object.stale_limit => {
            Stale::Refuse(Because::new("B37", "stale for longer than maximum TTL"))
        }
        None => match (object.stale_use, failure) {
            (StaleUse::Unreachable, Failure::Received5xx) => {
                Stale::Refuse(Because::new("B44", "no-cache object, origin answered"))
            }
            (StaleUse::Unreachable, Failure::Unreachable) => {
                Stale::Serve(Because::new("B44", "no-cache object, origin unreachable"))
            }
            (StaleUse::AnyFailure, _) => {
                Stale::Serve(Because::new("B30", "origin failed, stale object held"))
            }
        },
    }
}

fn revalidates_in_background(object: &ObjectTimes, now: Moment) -> bool {
    object
        .stale_while_revalidate
        .is_some_and(|allowed| now.since(object.fresh_until) < allowed.min(object.stale_limit))
}

/// Whether a 4xx answer to a refresh discards the expired object (B35): 404 and 410 say that it is gone.
pub fn is_gone(status: http::StatusCode) -> bool {
    matches!(status.as_u16(), 404 | 410)
}
