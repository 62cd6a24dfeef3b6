//! The life of a viewer request: Receive, Route, Admit, Lookup, Fetch, Judge, ErrorPage, Deliver, Account.
//!
//! [`Life`] and [`obtain`] hold all the branching; every step is a straight function in the file of its name that
//! asks `rules` and notes the decision in the timeline. `docs/life-of-a-viewer-request.md` tells
//! the same story in prose.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cache::StoredObject;
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
mod fill;
mod heads;
mod judge;
mod lookup;
mod note;
mod part;
mod receive;
mod route;
mod store;

use asked::Asked;
use deliver::Viewed;
use fetch::Question;
use lookup::{Found, Right};
use receive::Refused;
use route::Routed;
pub use store::http_date;

/// A request that has begun.
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation for each hit")]
pub enum Begun {
    /// It was answered from what is held.
    Answered(Reply),
    /// It has to wait for something. Dropping it (the viewer left) leaves fetches that others wait for running.
    Underway(Pin<Box<dyn Future<Output = Reply> + Send>>),
}

/// Begins to answer a viewer's request. What can be answered from the cache is answered here and now, without a
/// task, a future or an allocation of its own.
pub fn begin(worker: &Arc<Worker>, arrival: Arrival) -> Begun {
    let explain = receive::explain(worker, &arrival);
    let mut life = Life::begin(worker);
    let (viewed, draft) = life.admit(worker, arrival);
    match life.answer_now(worker, draft) {
        Ok(answer) => {
            let reply = life.deliver(worker, &viewed, answer);
            heads::give_back(viewed.head);
            Begun::Answered(if explain { account::explain(reply, &life.timeline) } else { reply })
        }
        Err(draft) => {
            let worker = Arc::clone(worker);
            Begun::Underway(Box::pin(async move {
                let answer = life.answer(&worker, draft).await;
                let reply = life.deliver(&worker, &viewed, answer);
                if explain { account::explain(reply, &life.timeline) } else { reply }
            }))
        }
    }
}

/// Answers a request, for whoever looks at the timeline.
pub async fn answer_with_timeline(worker: &Arc<Worker>, arrival: Arrival) -> (Reply, Timeline) {
    let mut life = Life::begin(worker);
    let (viewed, draft) = life.admit(worker, arrival);
    let answer = life.answer(worker, draft).await;
    let reply = life.deliver(worker, &viewed, answer);
    (reply, life.timeline)
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

/// One request from its first step to its last.
struct Life {
    request_id: RequestId,
    started_ms: u64,
    timeline: Timeline,
}

/// How far a request has come when it is admitted, or not.
enum Draft {
    /// It is answered, and no page replaces the answer.
    Final(Answer),
    /// It is refused; a page may replace the refusal.
    Refused(Routed, Answer),
    /// Its object is to be obtained.
    Admitted(Routed, origin::RequestBody),
}

// === impl Life ===

impl Life {
    fn begin(worker: &Worker) -> Self {
        let started_ms = worker.edge().clock().wall_ms();
        Self { request_id: worker.ids().next(), started_ms, timeline: Timeline::default() }
    }

    /// Receive, Route and Admit.
    fn admit(&mut self, worker: &Worker, arrival: Arrival) -> (Viewed, Draft) {
        // One snapshot for the whole request.
        let snapshot = worker.edge().snapshot();
        let received = receive::run(worker, arrival, &mut self.timeline);
        let (head, body) = match received {
            Ok(received) => received,
            Err(refused) => return self.outside(*refused),
        };
        let routed = match route::run(&snapshot, head, &mut self.timeline) {
            Ok(routed) => routed,
            Err(refused) => return self.outside(*refused),
        };
        let viewed = Viewed::inside(&routed, self.started_ms);
        let draft = match admit::run(&routed, &body, &mut self.timeline) {
            Admission::RedirectToHttps { status, .. } => {
                Draft::Final(admit::redirect(worker, &routed, status))
            }
            Admission::Refuse(refusal) => {
                let answer = Answer::of_refusal(&refusal, &self.request_id);
                Draft::Refused(routed, answer)
            }
            Admission::Proceed => match routed.refusal {
                Some(refusal) => {
                    let answer = Answer::of_refusal(&refusal, &self.request_id);
                    Draft::Refused(routed, answer)
                }
                None => Draft::Admitted(routed, body),
            },
        };
        (viewed, draft)
    }

    fn outside(&self, refused: Refused) -> (Viewed, Draft) {
        let answer = Answer::of_refusal(&refused.refusal, &self.request_id);
        (Viewed::outside(refused.head, self.started_ms), Draft::Final(answer))
    }

    /// The answer from what is held, page included; the draft again when something has to be waited for.
    #[expect(clippy::result_large_err, reason = "a box would be an allocation for each hit")]
    fn answer_now(&mut self, worker: &Arc<Worker>, draft: Draft) -> Result<Answer, Draft> {
        let mark = self.timeline.mark();
        let draft = match draft {
            Draft::Final(answer) => return Ok(answer),
            Draft::Refused(routed, answer) => {
                match judge::outcome(&routed.distribution, &answer, &mut self.timeline) {
                    Some(ErrorOutcome::Page { .. }) => Draft::Refused(routed, answer),
                    Some(ErrorOutcome::PassThrough(_)) | None => return Ok(answer),
                }
            }
            Draft::Admitted(routed, body) => match self.held(worker, &routed, &body) {
                Some(answer) => return Ok(answer),
                None => Draft::Admitted(routed, body),
            },
        };
        // Whoever waits looks again, and tells what it finds then.
        self.timeline.back_to(mark);
        Err(draft)
    }

    fn held(&mut self, worker: &Arc<Worker>, routed: &Routed, body: &origin::RequestBody) -> Option<Answer> {
        if !matches!(body, origin::RequestBody::Empty) {
            return None;
        }
        let asked = Asked::by_viewer(routed, &self.request_id);
        let answer = lookup::held(worker, &asked, &mut self.timeline)?;
        match judge::outcome(&routed.distribution, &answer, &mut self.timeline) {
            Some(ErrorOutcome::Page { page, .. }) => {
                error_page::held(worker, routed, page, answer, &self.request_id, &mut self.timeline)
            }
            Some(ErrorOutcome::PassThrough(_)) | None => Some(answer),
        }
    }

    /// Lookup, Fetch, Judge and ErrorPage: everything up to the answer.
    async fn answer(&mut self, worker: &Arc<Worker>, draft: Draft) -> Answer {
        let (routed, answer) = match draft {
            Draft::Final(answer) => return answer,
            Draft::Refused(routed, answer) => (routed, answer),
            Draft::Admitted(routed, body) => {
                let asked = Arc::new(Asked::by_viewer(&routed, &self.request_id));
                let answer = obtain(worker, asked, body, &mut self.timeline).await;
                (routed, answer)
            }
        };
        match judge::outcome(&routed.distribution, &answer, &mut self.timeline) {
            Some(ErrorOutcome::Page { page, .. }) => {
                error_page::run(worker, &routed, page, answer, &self.request_id, &mut self.timeline).await
            }
            Some(ErrorOutcome::PassThrough(_)) | None => answer,
        }
    }

    /// Deliver and Account.
    fn deliver(&mut self, worker: &Worker, viewed: &Viewed, answer: Answer) -> Reply {
        let reply = deliver::run(worker, viewed, answer, &self.request_id, &mut self.timeline);
        account::run(viewed, &reply, &self.request_id, &mut self.timeline);
        reply
    }
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
        let found = lookup::run(worker, &asked, timeline).await;
        let held = found.answer(&asked);
        let held = match found {
            Found::Ask { permit, expired } => Some(lead(worker, &asked, permit, expired, timeline).await),
            Found::Pass => break,
            Found::WhileRevalidate { object, variant, permit } => {
                refresh_in_background(worker, &asked, &object, variant, permit);
                held
            }
            Found::Fresh(_) | Found::Stale(_) | Found::Remembered(_) | Found::Shared(_) => held,
        };
        // A body that turned out too large to be kept can slip away between looking and reading.
        if let Some(Ok(answer)) = held {
            return answer;
        }
    }
    // Boxed: a hit should not carry the room that a fetch needs.
    let fetched = Box::pin(fetch::run(worker, &asked, &Question::default(), body, timeline)).await;
    judge::pass(&asked, fetched, timeline)
}

/// Fetches for everybody who waits for the key, in a task of its own that outlives a viewer who leaves (B69).
async fn lead(
    worker: &Arc<Worker>,
    asked: &Arc<Asked>,
    permit: Right,
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
    permit: Option<Right>,
) {
    // At capacity nobody refreshes; the next viewer tries again.
    if let (Some(permit), Some(place)) = (permit, worker.place_for_fetch()) {
        let refresh = Arc::new(asked.as_background_refresh(variant, object));
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
