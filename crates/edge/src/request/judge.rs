//! Judge: what a response or a failure means.

use std::time::Duration;

use cache::StoredObject;
use http::{Method, StatusCode};
use observe::{Step, Timeline};
use rules::error_caching::{self, ErrorFacts, Memory};
use rules::error_response::{self, ErrorOutcome};
use rules::failure::OriginFailure;
use rules::freshness::{self, Failure, Stale};
use rules::model::{Distribution, OriginKind};
use rules::response_headers;
use rules::result_type::ResultType;
use rules::ttl::{self, Ttl};
use rules::{Fields, Moment};

use super::asked::{Asked, Purpose};
use super::fetch::Fetched;
use super::note;
use crate::answer::{Answer, ErrorMark};
use crate::exchange::ReplyBody;

/// What to do with a response that is not an error.
pub fn response(
    asked: &Asked,
    status: StatusCode,
    fields: &Fields,
    now: Moment,
    timeline: &mut Timeline,
) -> Ttl {
    let by_headers = ttl::decide(status, fields, asked.method(), asked.behavior(), now);
    let ttl = match (&asked.purpose, status.is_success()) {
        (Purpose::ErrorPage { keeping, .. }, true) => error_response::page_ttl(*keeping, by_headers, now),
        _ => by_headers,
    };
    let decision = match ttl {
        Ttl::Forget(_) => "forget",
        Ttl::Keep { .. } => "keep",
    };
    note::push(
        timeline,
        Step::Judge,
        decision,
        [note::seconds("fresh-for", ttl.fresh_for()), None, None],
        ttl.because(),
    );
    ttl
}

/// What to do after an error or a failure.
#[derive(Debug, Clone, Copy)]
pub struct ErrorVerdict {
    /// Whether and how long the error is remembered.
    pub memory: Memory,
    /// How long the origin is left alone when a stale object answers (B31).
    pub hold_off: Duration,
    /// Whether the expired object answers instead (B30).
    pub stale: bool,
    /// Whether the expired object is discarded (B35).
    pub drops_object: bool,
}

impl ErrorVerdict {
    /// Whether the failure leaves a time in which the stale object answers without a question to the origin
    /// (B31). Without one those who waited share the failure, or each would ask in turn (B64).
    pub fn holds_off(&self) -> bool {
        self.stale && !self.hold_off.is_zero()
    }
}

/// An error that a fetch ended in.
pub struct Failed<'a> {
    /// Kind of the origin that was asked last.
    pub origin: OriginKind,
    /// The status it sent, or that the failure counts as.
    pub status: StatusCode,
    /// Header fields of the error; empty when no response was received.
    pub fields: &'a Fields,
    /// The failure when no response was received.
    pub failure: Option<OriginFailure>,
}

/// Judges how a fetch failed, with the expired object that is at hand.
pub fn error(
    asked: &Asked,
    failed: &Failed<'_>,
    expired: Option<&StoredObject>,
    now: Moment,
    timeline: &mut Timeline,
) -> ErrorVerdict {
    let &Failed { origin, status, fields, failure } = failed;
    let facts = ErrorFacts {
        status,
        fields,
        method: asked.method(),
        behavior: asked.behavior(),
        origin,
        responses: &asked.distribution.error_responses,
    };
    let memory = error_caching::decide(&facts, now);
    let hold_off = error_caching::hold_off(&facts, now);
    let stale = status.is_server_error() && stale_answers(failure, expired, hold_off, now, timeline);
    note_memory(memory, status, timeline);
    ErrorVerdict { memory, hold_off, stale, drops_object: freshness::is_gone(status) }
}

fn stale_answers(
    failure: Option<OriginFailure>,
    expired: Option<&StoredObject>,
    hold_off: Duration,
    now: Moment,
    timeline: &mut Timeline,
) -> bool {
    let Some(object) = expired else { return false };
    let how = match failure {
        Some(failure) if failure.is_unreachable() => Failure::Unreachable,
        _ => Failure::Received5xx,
    };
    match freshness::on_failure(&object.times, how, now) {
        Stale::Serve(because) => {
            note::push(
                timeline,
                Step::Judge,
                "serve-stale",
                [note::seconds("hold-off", hold_off), None, None],
                because,
            );
            true
        }
        Stale::Refuse(because) => {
            note::push(timeline, Step::Judge, "no-stale", note::NOTHING, because);
            false
        }
    }
}

fn note_memory(memory: Memory, status: StatusCode, timeline: &mut Timeline) {
    let status = note::number("status", status.as_u16().into());
    match memory {
        Memory::Forget(because) => {
            note::push(timeline, Step::Judge, "forget-error", [status, None, None], because)
        }
        Memory::Remember { keep_for, because } => {
            let inputs = [status, note::seconds("keep-for", keep_for), None];
            note::push(timeline, Step::Judge, "remember-error", inputs, because);
        }
    }
}

/// The answer to a request of which nothing is stored: passed on as it comes.
pub fn pass(asked: &Asked, fetched: Fetched, timeline: &mut Timeline) -> Answer {
    let because = ttl::caching_is_off(asked.method(), asked.behavior())
        .unwrap_or(rules::Because::new("C44", "not stored for anybody else"));
    note::push(timeline, Step::Judge, "pass", note::NOTHING, because);
    let mark = ErrorMark { source: asked.error_source(), kept_for: None };
    match fetched.result {
        Err(failure) => Answer::of_failure(failure, mark, &asked.request_id),
        Ok(response) => passing(asked, fetched.origin, response),
    }
}

/// The answer that streams an origin's response to one viewer.
pub fn passing(asked: &Asked, origin: OriginKind, response: origin::Response) -> Answer {
    let is_error = response.status.as_u16() >= 400;
    let mark = ErrorMark { source: asked.error_source(), kept_for: None };
    let bodyless = *asked.method() == Method::HEAD;
    Answer {
        status: response.status,
        fields: response_headers::receive(response.fields, asked.behavior(), origin).into(),
        length: match response.body.framing() {
            origin::Framing::Length(length) if !bodyless => Some(length),
            _ => None,
        },
        body: if bodyless { ReplyBody::Empty } else { ReplyBody::Passing(response.body) },
        result: if is_error { ResultType::Error } else { ResultType::Miss },
        stored_at: None,
        error: is_error.then_some(mark),
        close: false,
        conditional: false,
    }
}

/// What viewers get for an answer that is an error; `None` when it is none.
pub fn outcome<'a>(
    distribution: &'a Distribution,
    answer: &Answer,
    timeline: &mut Timeline,
) -> Option<ErrorOutcome<'a>> {
    let mark = answer.error?;
    let outcome = error_response::decide(answer.status, mark.source, &distribution.error_responses);
    let status = note::number("status", answer.status.as_u16().into());
    match outcome {
        ErrorOutcome::Page { page, because } => {
            let code = note::number("as", page.response_code.as_u16().into());
            note::push(
                timeline,
                Step::Judge,
                "page",
                [status, note::said("page", &page.path), code],
                because,
            );
        }
        ErrorOutcome::PassThrough(because) => {
            note::push(timeline, Step::Judge, "pass-error", [status, None, None], because);
        }
    }
    Some(outcome)
}
