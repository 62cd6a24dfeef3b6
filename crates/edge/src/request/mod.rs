//! The life of a viewer request: Receive, Route, Admit, Lookup, Fetch, Judge, ErrorPage, Deliver, Account.
//!
//! [`answer`] and [`obtain`] hold all the branching; every step is a straight function in the file of its
//! name that asks `rules` and notes the decision in the timeline. `docs/life-of-a-viewer-request.md` tells
//! the same story in prose.

use std::sync::Arc;

use cache::{Permit, StoredObject};
use http::StatusCode;
use observe::{Step, Timeline};
use rules::Because;
use rules::admit::Admission;
use rules::cache_key::Variant;
use rules::error_response::{ErrorOutcome, ErrorSource};
use rules::result_type::ResultType;
use tokio::sync::oneshot;

use crate::answer::{Answer, ErrorMark};
use crate::edge::Worker;
use crate::exchange::{Arrival, Reply};
use crate::ids::RequestId;

mod account;
mod admit;
mod asked;
mod deliver;
mod error_page;
mod fetch;
mod judge;
mod lookup;
mod note;
mod receive;
mod route;
mod store;

use asked::Asked;
use deliver::Viewed;
use lookup::Found;
use receive::Refused;

/// Answers one viewer request. Dropping the future (the viewer left) leaves fetches that others wait for
/// running.
pub async fn answer(worker: &Arc<Worker>, arrival: Arrival) -> Reply {
    let explain = receive::explain(worker, &arrival);
    let (reply, timeline) = answer_with_timeline(worker, arrival).await;
    if explain { account::explain(reply, &timeline) } else { reply }
}

/// The same, for whoever looks at the timeline.
pub async fn answer_with_timeline(worker: &Arc<Worker>, arrival: Arrival) -> (Reply, Timeline) {
    let mut timeline = Timeline::default();
    let request_id = worker.ids().next();
    let (viewed, answer) = decide(worker, arrival, &request_id, &mut timeline).await;
    let reply = deliver::run(worker, &viewed, answer, &request_id, &mut timeline);
    account::run(&viewed, &reply, &request_id, &mut timeline);
    (reply, timeline)
}

/// Fetches the page of a custom error response as after an error that is remembered for `kept_for`, and answers
/// what its behavior gives for it, before its response code is put on it. The request only says which
/// distribution it is about.
///
/// `None` when the distribution is not served or has no page for the code.
pub async fn page(
    worker: &Arc<Worker>,
    arrival: Arrival,
    error_code: StatusCode,
) -> Option<(Reply, Timeline)> {
    let mut timeline = Timeline::default();
    let request_id = worker.ids().next();
    let started_ms = worker.edge().clock().wall_ms();
    let snapshot = worker.edge().snapshot();
    let (head, _) = receive::run(worker, arrival, &mut timeline).ok()?;
    let routed = route::run(&snapshot, head, &mut timeline).ok()?;
    let response = routed.distribution.error_responses.find(error_code)?;
    let (page, kept_for) = (response.page.as_ref()?, Some(response.caching_min_ttl));
    let fetched = error_page::fetch(worker, &routed, page, kept_for, &request_id, &mut timeline).await;
    let viewed = Viewed::inside(&routed, started_ms);
    let reply = deliver::run(worker, &viewed, fetched, &request_id, &mut timeline);
    Some((reply, timeline))
}

/// The reply to a request that no parser could read: there is no head to speak of (E14).
pub fn refuse_unparsed(worker: &Worker, answer: Answer, request_id: &RequestId) -> Reply {
    let viewed = Viewed::outside(receive::nothing(), worker.edge().clock().wall_ms());
    deliver::run(worker, &viewed, answer, request_id, &mut Timeline::default())
}

/// Everything up to the answer: the only place where a request branches.
async fn decide(
    worker: &Arc<Worker>,
    arrival: Arrival,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> (Viewed, Answer) {
    let started_ms = worker.edge().clock().wall_ms();
    // One snapshot for the whole request.
    let snapshot = worker.edge().snapshot();
    let (head, body) = match receive::run(worker, arrival, timeline) {
        Ok(received) => received,
        Err(refused) => return outside(*refused, started_ms, request_id),
    };
    let routed = match route::run(&snapshot, head, timeline) {
        Ok(routed) => routed,
        Err(refused) => return outside(*refused, started_ms, request_id),
    };
    let viewed = Viewed::inside(&routed, started_ms);
    let answer = match admit::run(&routed, &body, timeline) {
        Admission::RedirectToHttps { status, .. } => {
            return (viewed, admit::redirect(worker, &routed, status));
        }
        Admission::Refuse(refusal) => Answer::of_refusal(&refusal, request_id),
        Admission::Proceed => match routed.refusal {
            Some(refusal) => Answer::of_refusal(&refusal, request_id),
            None => obtain(worker, Arc::new(Asked::by_viewer(&routed, request_id)), body, timeline).await,
        },
    };
    let answer = match judge::outcome(&routed.distribution, &answer, timeline) {
        Some(ErrorOutcome::Page { page, .. }) => {
            error_page::run(worker, &routed, page, answer, request_id, timeline).await
        }
        Some(ErrorOutcome::PassThrough(_)) | None => answer,
    };
    (viewed, answer)
}

fn outside(refused: Refused, started_ms: u64, request_id: &RequestId) -> (Viewed, Answer) {
    let answer = Answer::of_refusal(&refused.refusal, request_id);
    (Viewed::outside(refused.head, started_ms), answer)
}

/// Looks that a request takes at a key whose body keeps slipping away before it fetches for itself.
const MAX_LOOKS: usize = 3;

/// Lookup, Fetch and Judge for one object: the viewer's, or an error page.
async fn obtain(
    worker: &Arc<Worker>,
    asked: Arc<Asked>,
    body: origin::RequestBody,
    timeline: &mut Timeline,
) -> Answer {
    // What a body asks for is nobody else's answer: an OPTIONS that has one, since GET and HEAD have none (E15).
    let looks = if matches!(body, origin::RequestBody::Empty) { MAX_LOOKS } else { 0 };
    for _ in 0..looks {
        let held = match lookup::run(worker, &asked, timeline).await {
            Found::Ask { permit, expired } => lead(worker, &asked, permit, expired, timeline).await,
            Found::Pass => break,
            Found::Fresh(object) | Found::Stale(object) => Answer::of_object(&object, ResultType::Hit),
            Found::WhileRevalidate { object, variant, permit } => {
                refresh_in_background(worker, &asked, &object, variant, permit);
                Answer::of_object(&object, ResultType::Hit)
            }
            Found::Remembered(error) | Found::Shared(error) => {
                Answer::of_error(&error, asked.error_source(), &asked.request_id)
            }
        };
        // A body that turned out too large to be kept can slip away between looking and reading.
        if let Ok(answer) = held {
            return answer;
        }
    }
    // Boxed: a hit should not carry the room that a fetch needs.
    let fetched = Box::pin(fetch::run(worker, &asked, None, body, timeline)).await;
    judge::pass(&asked, fetched, timeline)
}

/// Fetches for everybody who waits for the key, in a task of its own that outlives a viewer who leaves (B69).
async fn lead(
    worker: &Arc<Worker>,
    asked: &Arc<Asked>,
    permit: Permit,
    expired: Option<Arc<StoredObject>>,
    timeline: &mut Timeline,
) -> Result<Answer, cache::Torn> {
    let Some(place) = worker.place_for_fetch() else { return Ok(at_capacity(asked, timeline)) };
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(store::pursue(Arc::clone(worker), Arc::clone(asked), permit, expired, Some(sender), place));
    match receiver.await {
        Ok(pursued) => {
            timeline.absorb(pursued.timeline);
            pursued.answer
        }
        // The task ends without an answer only when the runtime shuts down.
        Err(_) => Ok(shutting_down(asked, timeline)),
    }
}

/// Refreshes an object while viewers get the stale one (B45); without a permit somebody else does.
fn refresh_in_background(
    worker: &Arc<Worker>,
    asked: &Asked,
    object: &Arc<StoredObject>,
    variant: Variant,
    permit: Option<Permit>,
) {
    // At capacity nobody refreshes; the next viewer tries again.
    if let (Some(permit), Some(place)) = (permit, worker.place_for_fetch()) {
        let refresh = Arc::new(asked.as_background_refresh(variant));
        tokio::spawn(store::pursue(
            Arc::clone(worker),
            refresh,
            permit,
            Some(Arc::clone(object)),
            None,
            place,
        ));
    }
}

/// The answer when no further fetch can be begun (A93, Q25); no page replaces it (A18).
fn at_capacity(asked: &Asked, timeline: &mut Timeline) -> Answer {
    let because = Because::new("A93", "as many fetches under way as there may be");
    note::push(timeline, Step::Fetch, "at-capacity", note::NOTHING, because);
    let answer = unavailable(asked, "The edge has reached its capacity.");
    Answer { result: ResultType::CapacityExceeded, close: false, ..answer }
}

fn shutting_down(asked: &Asked, timeline: &mut Timeline) -> Answer {
    let because = Because::new("A18", "the edge is shutting down");
    note::push(timeline, Step::Fetch, "abandoned", note::NOTHING, because);
    unavailable(asked, "The edge is shutting down.")
}

/// A 503 of the edge's own, which no page replaces (A18).
fn unavailable(asked: &Asked, sentence: &str) -> Answer {
    let mark = ErrorMark { source: ErrorSource::EdgeWithoutPage, kept_for: None };
    Answer::built_in(StatusCode::SERVICE_UNAVAILABLE, sentence, &asked.request_id, Some(mark), true)
}
