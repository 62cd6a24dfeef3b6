//! Fetch: ask an origin, and the second one of a group when the rules say so.

use http::{Method, StatusCode};
use observe::{OriginTimes, Step, Timeline};
use rules::Because;
use rules::failover::{self, Failover, Outcome};
use rules::failure::OriginFailure;
use rules::forward::{self, Along, Asking, Validators};
use rules::limits::MAX_STORABLE_BODY_BYTES;
use rules::model::{Origin, OriginKind, Target};
use rules::range;
use rules::ttl;

use super::asked::Asked;
use super::note;
use crate::edge::Worker;

/// What came of asking.
pub struct Fetched {
    /// Kind of the origin that was asked last.
    pub origin: OriginKind,
    /// Its response, or why there is none.
    pub result: Result<origin::Response, OriginFailure>,
}

/// What goes along with a question to the origin.
#[derive(Debug, Default)]
pub struct Question {
    /// Validators of the expired copy.
    pub validators: Option<Validators>,
    /// What of the viewer's own.
    pub along: Along,
}

/// Asks the origin of the behavior, or the members of its group in order (J04).
pub async fn run(
    worker: &Worker,
    asked: &Asked,
    question: &Question,
    body: origin::RequestBody,
    timeline: &mut Timeline,
) -> Fetched {
    let (Some(first), second) = asked.origins() else {
        // `compile` has resolved every target; an index out of range cannot come from it.
        return Fetched { origin: OriginKind::Custom, result: Err(OriginFailure::Dns) };
    };
    let can_be_repeated = matches!(body, origin::RequestBody::Empty);
    let fetched = ask(worker, asked, first, question, body, timeline).await;
    let Some(second) = second.filter(|_| can_be_repeated) else { return fetched };
    match fails_over(asked, &fetched) {
        Failover::Stay(_) => fetched,
        Failover::AskSecondary(because) => {
            note::push(
                timeline,
                Step::Fetch,
                "fail-over",
                [note::text("to", &second.id), None, None],
                because,
            );
            ask(worker, asked, second, question, origin::RequestBody::Empty, timeline).await
        }
    }
}

fn fails_over(asked: &Asked, fetched: &Fetched) -> Failover {
    let behavior = asked.behavior();
    let Target::Group { fail_over_on, .. } = behavior.target else {
        return Failover::Stay(Because::new("J01", "no origin group"));
    };
    let outcome = match &fetched.result {
        Ok(response) => Outcome::Status(response.status.as_u16()),
        Err(failure) => Outcome::Failed(*failure),
    };
    failover::decide(outcome, asked.method(), behavior.cached_methods, fail_over_on)
}

async fn ask(
    worker: &Worker,
    asked: &Asked,
    origin: &Origin,
    question: &Question,
    body: origin::RequestBody,
    timeline: &mut Timeline,
) -> Fetched {
    let request = forward::to_origin(&Asking {
        distribution: &asked.distribution,
        behavior: asked.behavior(),
        origin,
        head: &asked.head,
        method: asked.method(),
        request_id: &asked.request_id,
        edge_id: &worker.edge().names().edge_id,
        purpose: asked.forward_purpose(question.validators.as_ref()),
        along: question.along,
    });
    let result = worker.fetch(origin, request, body).await;
    let result = match result {
        Ok(response) => within_limits(asked, response),
        Err(failure) => {
            tracing::debug!(
                origin = &*origin.id,
                request_id = &*asked.request_id,
                attempts = failure.attempts,
                detail = failure.detail,
                "origin failed: {:?}",
                failure.failure
            );
            Err(failure.failure)
        }
    };
    if let Ok(response) = &result {
        timeline.origin_took(times(response.took));
    }
    note_answer(origin, &result, question.validators.is_some(), timeline);
    Fetched { origin: origin.kind, result }
}

fn times(took: origin::Took) -> OriginTimes {
    let [dns_ms, connect_ms, first_byte_ms] = [took.dns, took.connect, took.first_byte]
        .map(|part| u64::try_from(part.as_millis()).unwrap_or(u64::MAX));
    OriginTimes { dns_ms, connect_ms, first_byte_ms }
}

/// A declared length beyond what may be stored is an error while caching is on (C64), a part of another length than
/// its own always (I13).
fn within_limits(asked: &Asked, response: origin::Response) -> Result<origin::Response, OriginFailure> {
    if *asked.method() == Method::HEAD {
        return Ok(response);
    }
    let length = match response.body.framing() {
        origin::Framing::Length(length) => Some(length),
        origin::Framing::Chunked | origin::Framing::None | origin::Framing::UntilClose => None,
    };
    if range::contradicts_itself(response.status, &response.fields, length) {
        return Err(OriginFailure::ContentRangeLength);
    }
    if length.is_some_and(|length| length > MAX_STORABLE_BODY_BYTES)
        && ttl::caching_is_off(asked.method(), asked.behavior()).is_none()
    {
        return Err(OriginFailure::TooLarge);
    }
    Ok(response)
}

fn note_answer(
    origin: &Origin,
    result: &Result<origin::Response, OriginFailure>,
    conditional: bool,
    timeline: &mut Timeline,
) {
    let how = conditional.then(|| note::word("with", "validators")).flatten();
    match result {
        Ok(response) => {
            let inputs = [
                note::text("origin", &origin.id),
                note::number("status", response.status.as_u16().into()),
                how,
            ];
            let because = if response.status == StatusCode::NOT_MODIFIED {
                Because::new("C52", "the stored object is still valid")
            } else {
                Because::new("", "")
            };
            note::push(timeline, Step::Fetch, "answered", inputs, because);
        }
        Err(failure) => {
            let inputs = [
                note::text("origin", &origin.id),
                note::number("counts-as", failure.status().as_u16().into()),
                note::word("type", failure.detailed_result_type()),
            ];
            note::push(timeline, Step::Fetch, "failed", inputs, failure.because());
        }
    }
}
