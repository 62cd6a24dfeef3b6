//! Whether the secondary origin of an origin group is asked (J.1).
//!
//! Every miss starts at the primary (J04), so this is decided anew for each request and from the primary's
//! outcome only. What happens to the outcome that stays is decided elsewhere.

use http::Method;

use crate::Because;
use crate::failure::OriginFailure;
use crate::model::{Methods, StatusSet};

/// What came of asking the primary origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No usable response.
    Failed(OriginFailure),
    /// A response with this status.
    Status(u16),
}

/// Whether the secondary origin is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failover {
    /// The same request goes to the secondary origin.
    AskSecondary(Because),
    /// The primary's outcome is final.
    Stay(Because),
}

/// Decides after the primary's `outcome`, given the behavior's cached methods and the group's failover codes.
pub fn decide(
    outcome: Outcome,
    method: &Method,
    cached_methods: Methods,
    fail_over_on: StatusSet,
) -> Failover {
    if !may_fail_over(method, cached_methods) {
        return Failover::Stay(Because::new("J03", "this method does not fail over"));
    }
    let listed = |status: u16| fail_over_on.contains(status);
    match outcome {
        Outcome::Status(status) if listed(status) => ask("J02", "status is a failover code"),
        Outcome::Status(_) => stay("J07", "status is not a failover code"),
        Outcome::Failed(failure) => decide_failure(failure, listed),
    }
}

/// The conditions of today's edition: a connection failure needs 503 listed, a timeout 504 (J05).
fn decide_failure(failure: OriginFailure, listed: impl Fn(u16) -> bool) -> Failover {
    match failure {
        OriginFailure::Connect if listed(503) => ask("J05", "connection failed and 503 is a failover code"),
        OriginFailure::ConnectTimeout if listed(503) || listed(504) => {
            ask("J05", "connection timed out and 503 or 504 is a failover code")
        }
        OriginFailure::Dns | OriginFailure::Tls if listed(502) || listed(503) => {
            ask("J06", "origin was not reached and 502 or 503 is a failover code")
        }
        OriginFailure::CompletionTimeout | OriginFailure::ResponseTimeout if listed(504) => {
            ask("J05", "response timed out and 504 is a failover code")
        }
        // A broken response is a 502 in every other respect (A12, J36), so it is one here.
        OriginFailure::ClosedEarly
        | OriginFailure::ContentRangeLength
        | OriginFailure::HeaderTooBig
        | OriginFailure::InvalidResponse
        | OriginFailure::TooLarge
            if listed(502) =>
        {
            ask("J02", "response was unusable and 502 is a failover code")
        }
        OriginFailure::Dns | OriginFailure::Tls => stay("J06", "neither 502 nor 503 is a failover code"),
        OriginFailure::ClosedEarly
        | OriginFailure::CompletionTimeout
        | OriginFailure::Connect
        | OriginFailure::ConnectTimeout
        | OriginFailure::ContentRangeLength
        | OriginFailure::HeaderTooBig
        | OriginFailure::InvalidResponse
        | OriginFailure::ResponseTimeout
        | OriginFailure::TooLarge => stay("J05", "the code of this failure is not a failover code"),
    }
}

/// GET and HEAD, and OPTIONS where its answers are cached (J03).
fn may_fail_over(method: &Method, cached_methods: Methods) -> bool {
    match *method {
        Method::GET | Method::HEAD => true,
        Method::OPTIONS => cached_methods.contains(method),
        _ => false,
    }
}

const fn ask(number: &'static str, text: &'static str) -> Failover {
    Failover::AskSecondary(Because::new(number, text))
}

const fn stay(number: &'static str, text: &'static str) -> Failover {
    Failover::Stay(Because::new(number, text))
}
