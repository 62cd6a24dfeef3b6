//! When a broken attempt is followed by another (J20 to J22, J31, J32, J35, J38): pure.

use http::Method;
use rules::failure::OriginFailure;

/// An attempt that brought no response head.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) failure: OriginFailure,
    pub(crate) detail: String,
    pub(crate) stage: Stage,
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No connection: nothing was sent.
    Connecting,
    /// On a new connection, or after the first bytes of an answer.
    Exchanging,
    /// On a connection that had been idle, before any byte of an answer: most likely it was closed at the very
    /// moment of sending.
    ExchangingOnIdle,
    /// The viewer's request body broke off.
    RequestBody,
}

/// What is known when an attempt breaks.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    pub(crate) method: &'a Method,
    /// The request has no body, or none of it was taken.
    pub(crate) body_untouched: bool,
    /// Attempts that counted so far, the broken one included unless it was on an idle connection.
    pub(crate) counted: u8,
    /// How many may be made (J20).
    pub(crate) allowed: u8,
    /// The retry after an idle connection was already used.
    pub(crate) idle_retried: bool,
}

/// What follows a broken attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Tell the caller.
    GiveUp,
    /// Another attempt, on a new connection.
    Retry,
    /// Another attempt, on a new connection, that the idle one is to blame for.
    RetryAfterIdle,
}

// === impl Broken ===

impl Broken {
    pub(crate) fn connecting(failure: OriginFailure, detail: String) -> Self {
        Self { failure, detail, stage: Stage::Connecting }
    }
}

// === impl Attempts ===

impl Attempts<'_> {
    /// What follows `broken`.
    pub(crate) fn after(&self, broken: &Broken) -> Next {
        let more = self.counted < self.allowed;
        let repeatable = self.body_untouched && matches!(*self.method, Method::GET | Method::HEAD);
        let again = match (broken.stage, broken.failure) {
            (Stage::Connecting, OriginFailure::Connect | OriginFailure::ConnectTimeout) => more,
            (Stage::ExchangingOnIdle, OriginFailure::ClosedEarly)
                if self.body_untouched && !self.idle_retried =>
            {
                return Next::RetryAfterIdle;
            }
            (
                Stage::Exchanging | Stage::ExchangingOnIdle,
                OriginFailure::ClosedEarly | OriginFailure::ResponseTimeout,
            ) => more && repeatable,
            _ => false,
        };
        if again { Next::Retry } else { Next::GiveUp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(method: Method, stage: Stage, failure: OriginFailure, attempts: Attempts<'_>) -> Next {
        let attempts = Attempts { method: &method, ..attempts };
        attempts.after(&Broken { failure, detail: String::new(), stage })
    }

    fn first_of_three() -> Attempts<'static> {
        Attempts { method: &Method::GET, body_untouched: true, counted: 1, allowed: 3, idle_retried: false }
    }

    #[test]
    fn a_failed_connection_is_tried_again_for_every_method_until_the_attempts_are_used_up() {
        for method in [Method::GET, Method::POST] {
            for failure in [OriginFailure::Connect, OriginFailure::ConnectTimeout] {
                let last = Attempts { counted: 3, ..first_of_three() };
                assert_eq!(after(method.clone(), Stage::Connecting, failure, first_of_three()), Next::Retry);
                assert_eq!(after(method.clone(), Stage::Connecting, failure, last), Next::GiveUp);
            }
        }
    }

    #[test]
    fn a_name_without_address_and_a_bad_certificate_are_final() {
        for failure in [OriginFailure::Dns, OriginFailure::Tls] {
            assert_eq!(after(Method::GET, Stage::Connecting, failure, first_of_three()), Next::GiveUp);
        }
    }

    #[test]
    fn only_get_and_head_are_repeated_after_a_timeout_or_an_early_close() {
        for failure in [OriginFailure::ResponseTimeout, OriginFailure::ClosedEarly] {
            for (method, next) in [
                (Method::GET, Next::Retry),
                (Method::HEAD, Next::Retry),
                (Method::OPTIONS, Next::GiveUp),
                (Method::PUT, Next::GiveUp),
                (Method::DELETE, Next::GiveUp),
            ] {
                assert_eq!(after(method, Stage::Exchanging, failure, first_of_three()), next);
            }
        }
    }

    #[test]
    fn an_idle_connection_that_closed_costs_no_attempt_but_is_forgiven_once() {
        let stage = Stage::ExchangingOnIdle;
        let only = || Attempts { counted: 0, allowed: 1, ..first_of_three() };
        let again = Attempts { counted: 1, idle_retried: true, ..only() };
        assert_eq!(after(Method::POST, stage, OriginFailure::ClosedEarly, only()), Next::RetryAfterIdle);
        assert_eq!(after(Method::POST, stage, OriginFailure::ClosedEarly, again), Next::GiveUp);
    }

    #[test]
    fn a_request_whose_body_was_started_is_never_repeated() {
        for stage in [Stage::Exchanging, Stage::ExchangingOnIdle] {
            let started = Attempts { body_untouched: false, ..first_of_three() };
            assert_eq!(after(Method::GET, stage, OriginFailure::ClosedEarly, started), Next::GiveUp);
        }
    }

    #[test]
    fn garbage_is_an_answer_and_not_asked_for_again() {
        for failure in [OriginFailure::InvalidResponse, OriginFailure::HeaderTooBig] {
            assert_eq!(after(Method::GET, Stage::Exchanging, failure, first_of_three()), Next::GiveUp);
        }
    }
}
