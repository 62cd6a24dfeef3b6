//! The fetch that serves everybody who waits for one key: ask, judge, store, and fill while it arrives.

use std::sync::Arc;

use cache::{Fill, Permit, StoredObject};
use futures_util::StreamExt;
use http::header::{DATE, HeaderValue};
use http::{Method, StatusCode};
use observe::Timeline;
use rules::conditional::{self, Precondition};
use rules::error_caching::Memory;
use rules::error_response::PageKeeping;
use rules::failure::OriginFailure;
use rules::forward::Validators;
use rules::freshness::{ErrorTimes, ObjectTimes, Remembers};
use rules::model::OriginKind;
use rules::result_type::ResultType;
use rules::ttl::Ttl;
use rules::{Fields, Moment, response_headers};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::asked::{Asked, Purpose};
use super::judge::{ErrorVerdict, Failed};
use super::{fetch, judge};
use crate::answer::{self, Answer, ErrorMark};
use crate::edge::Worker;
use crate::exchange::ReplyBody;

/// What the one who asked gets.
pub struct Pursued {
    /// The answer.
    pub answer: Result<Answer, cache::Torn>,
    /// The steps that were taken for it.
    pub timeline: Timeline,
}

/// Asks the origin under `permit`, stores what the rules say, answers `asker` as soon as the head is there,
/// and goes on filling. Runs as a task of its own and gives `place` back at its end.
pub async fn pursue(
    worker: Arc<Worker>,
    asked: Arc<Asked>,
    permit: Permit,
    expired: Option<Arc<StoredObject>>,
    asker: Option<oneshot::Sender<Pursued>>,
    place: OwnedSemaphorePermit,
) {
    let mut pursuit = Pursuit { asked, expired, timeline: Timeline::default(), asker };
    let validators = pursuit.validators();
    let fetched = fetch::run(
        &worker,
        &pursuit.asked,
        validators.as_ref(),
        origin::RequestBody::Empty,
        &mut pursuit.timeline,
    )
    .await;
    let now = worker.edge().now();
    match fetched.result {
        Err(failure) => pursuit.failed(permit, fetched.origin, failure, now),
        Ok(response) if response.status == StatusCode::NOT_MODIFIED && validators.is_some() => {
            pursuit.validated(permit, response.fields, now);
        }
        Ok(response) if response.status.as_u16() >= 400 => {
            pursuit.erred(permit, fetched.origin, response, now).await
        }
        Ok(response) => pursuit.received(permit, fetched.origin, response, now).await,
    }
    drop(place);
}

/// One fetch with everything that goes along with it.
struct Pursuit {
    asked: Arc<Asked>,
    expired: Option<Arc<StoredObject>>,
    timeline: Timeline,
    asker: Option<oneshot::Sender<Pursued>>,
}

impl Pursuit {
    /// Validators of the expired object, if a refresh may carry them (C50, C51, C53).
    fn validators(&self) -> Option<Validators> {
        Validators::for_refresh(&self.expired.as_ref()?.fields, self.asked.behavior())
    }

    /// The origin answered 304: the object goes on living with new times (C43).
    fn validated(mut self, permit: Permit, sent: Fields, now: Moment) {
        let Some(expired) = self.expired.clone() else { return };
        let fields = merge(&expired.fields, sent, &self.asked, now);
        match judge::response(&self.asked, expired.status, &fields, now, &mut self.timeline) {
            Ttl::Keep { times, .. } => {
                let object = permit.refresh(&expired, fields, times);
                self.deliver(
                    Answer::of_object(&object, ResultType::RefreshHit)
                        .map(|answer| Answer { stored_at: None, ..answer }),
                );
            }
            // Delivered to the one who asked, and kept for nobody else from now on (C28).
            Ttl::Forget(_) => {
                self.forget(permit, expired.status);
                self.deliver(Answer::of_object(&expired, ResultType::RefreshHit).map(|answer| Answer {
                    fields: fields.into(),
                    stored_at: None,
                    ..answer
                }));
            }
        }
    }

    /// Ends the permit for a response that is not kept. It displaces what is held (C52), except that a part is
    /// not the object and that a page which is not kept this time may be held for other reasons (A77).
    fn forget(&self, permit: Permit, status: StatusCode) {
        let keeps_old = matches!(status, StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED)
            || matches!(self.asked.purpose, Purpose::ErrorPage { keeping: PageKeeping::Forget(_), .. });
        if keeps_old { permit.decline() } else { permit.displace() }
    }

    /// The origin sent something that is not an error.
    async fn received(mut self, permit: Permit, origin: OriginKind, response: origin::Response, now: Moment) {
        let ttl = judge::response(&self.asked, response.status, &response.fields, now, &mut self.timeline);
        let Ttl::Keep { times, .. } = ttl else {
            self.forget(permit, response.status);
            let answer = judge::passing(&self.asked, origin, response);
            return self.deliver(Ok(answer));
        };
        let fields = dated(response_headers::receive(response.fields, self.asked.behavior(), origin), now);
        let storable = response_headers::storable(&fields, self.asked.behavior());
        let length = self.body_length(&response.body);
        let wanted = Wanted::Object { for_viewers: self.reads_alone(&permit, response.status, &fields) };
        let (object, fill) = permit.store_object(response.status, storable, times, length);
        let answer = Answer::of_object(&object, ResultType::Miss).map(|answer| {
            self.with_length(Answer { fields: fields.into(), stored_at: None, ..answer }, length)
        });
        drop(object);
        self.deliver(answer);
        self::fill(fill, response.body, wanted).await;
    }

    /// The origin sent an error.
    async fn erred(mut self, permit: Permit, origin: OriginKind, response: origin::Response, now: Moment) {
        let (status, asked) = (response.status, Arc::clone(&self.asked));
        let expired = self.expired.clone();
        let failed = Failed { origin, status, fields: &response.fields, failure: None };
        let verdict = judge::error(&asked, &failed, expired.as_deref(), now, &mut self.timeline);
        if let Some(expired) = self.unseen_refusal(status, &verdict) {
            let times = ObjectTimes { stale_while_revalidate: None, ..expired.times };
            permit.refresh(expired, expired.fields.clone(), times);
            return;
        }
        let fields = dated(response_headers::receive(response.fields, asked.behavior(), origin), now);
        let storable = response_headers::storable(&fields, asked.behavior());
        let length = self.body_length(&response.body);
        let times = error_times(status, None, &verdict, now);
        let (error, fill) = match verdict.memory {
            Memory::Remember { .. } => permit.store_error(times, storable, length, verdict.drops_object),
            Memory::Forget(_) if verdict.holds_off() => {
                permit.hold_off(times);
                return self.deliver_stale();
            }
            Memory::Forget(_) => permit.share_error(times, storable, length, verdict.drops_object),
        };
        if verdict.stale {
            drop(error);
            self.deliver_stale();
        } else {
            let mark = ErrorMark { source: asked.error_source(), kept_for: kept_for(&verdict) };
            let answer = answer::read(&error.body).map(|body| {
                let answer = Answer {
                    status,
                    fields: fields.into(),
                    length: None,
                    body,
                    result: ResultType::Error,
                    stored_at: None,
                    error: Some(mark),
                    close: false,
                    conditional: false,
                };
                self.with_length(answer, length)
            });
            drop(error);
            self.deliver(answer);
        }
        self::fill(fill, response.body, Wanted::Error).await;
    }

    /// The object that answers no more while it is refreshed, because a refresh in the background was told a 4xx
    /// that is not remembered: the next request has to ask for itself to see it (B47).
    fn unseen_refusal(&self, status: StatusCode, verdict: &ErrorVerdict) -> Option<&Arc<StoredObject>> {
        let is_forgotten = matches!(verdict.memory, Memory::Forget(_)) && !verdict.drops_object;
        let is_unseen = self.asker.is_none() && status.is_client_error() && is_forgotten;
        self.expired.as_ref().filter(|_| is_unseen)
    }

    /// The origin sent no usable response: counts as 502 or 504 (A12).
    fn failed(mut self, permit: Permit, origin: OriginKind, failure: OriginFailure, now: Moment) {
        let status = failure.status();
        let nothing = Fields::default();
        let failed = Failed { origin, status, fields: &nothing, failure: Some(failure) };
        let verdict = judge::error(&self.asked, &failed, self.expired.as_deref(), now, &mut self.timeline);
        let times = error_times(status, Some(failure), &verdict, now);
        let fill = match verdict.memory {
            Memory::Remember { .. } => Some(permit.store_error(times, nothing, Some(0), false)),
            Memory::Forget(_) if verdict.holds_off() => {
                permit.hold_off(times);
                None
            }
            Memory::Forget(_) => Some(permit.share_error(times, nothing, Some(0), false)),
        };
        if let Some((_, fill)) = fill {
            fill.complete();
        }
        if verdict.stale {
            return self.deliver_stale();
        }
        let mark = ErrorMark { source: self.asked.error_source(), kept_for: kept_for(&verdict) };
        let answer = Answer::of_failure(failure, mark, &self.asked.request_id);
        self.deliver(Ok(answer));
    }

    /// The expired object answers in place of the origin; a hit in every stale case (H35).
    fn deliver_stale(&mut self) {
        if let Some(expired) = self.expired.clone() {
            self.deliver(Answer::of_object(&expired, ResultType::Hit));
        }
    }

    /// Gives the answer to the one who asked. One whose body is gone already, torn before it was read, is not
    /// an answer: the asker looks again.
    fn deliver(&mut self, answer: Result<Answer, cache::Torn>) {
        if let Some(asker) = self.asker.take() {
            // A viewer who left does not take the answer; what is stored stays.
            let _ = asker.send(Pursued { answer, timeline: std::mem::take(&mut self.timeline) });
        }
    }

    /// Whether nobody but the viewer who asked wants the body, so that it is dropped when that viewer leaves
    /// (H44). One whose condition holds is told 304 and has not left, only has no use for the body (I20).
    fn reads_alone(&self, permit: &Permit, status: StatusCode, fields: &Fields) -> bool {
        let head = &self.asked.head;
        let answered = conditional::evaluate(&head.method, &head.fields, status, fields);
        self.asker.is_some() && permit.waiting() == 0 && answered == Precondition::Deliver
    }

    /// Length of the body that will arrive; a HEAD answer has none.
    fn body_length(&self, body: &origin::ResponseBody) -> Option<u64> {
        match body.framing() {
            _ if *self.asked.method() == Method::HEAD => Some(0),
            origin::Framing::Length(length) => Some(length),
            origin::Framing::None => Some(0),
            origin::Framing::Chunked | origin::Framing::UntilClose => None,
        }
    }

    /// A HEAD answer declares the length that the origin named, not that of its absent body.
    fn with_length(&self, answer: Answer, length: Option<u64>) -> Answer {
        if *self.asked.method() == Method::HEAD {
            return Answer { length: None, body: ReplyBody::Empty, ..answer };
        }
        Answer { length, ..answer }
    }
}

/// What a fill is for.
#[derive(Clone, Copy)]
enum Wanted {
    /// An object; dropped when its only viewer leaves early (H44), unless nobody asked in the first place.
    Object { for_viewers: bool },
    /// An error; kept whether or not the viewer stays (B69).
    Error,
}

/// Share of a body of known length after which the rest is fetched even if the viewer has left (H44).
const WORTH_FINISHING_PERCENT: u64 = 90;

/// Moves the body from the origin into the cache, as fast as the followers of an unkept fill allow.
async fn fill(mut fill: Fill, mut body: origin::ResponseBody, wanted: Wanted) {
    loop {
        let may_stop = matches!(wanted, Wanted::Object { for_viewers: true }) && !is_worth_finishing(&fill);
        let next = tokio::select! {
            next = body.next() => next,
            // Whoever attaches at this very moment finds the body torn and looks again.
            () = fill.unfollowed(), if may_stop => return fill.tear(),
        };
        match next {
            None => break,
            Some(Err(_)) => return fill.tear(),
            Some(Ok(chunk)) => {
                if fill.push(chunk).await.is_err() {
                    return;
                }
            }
        }
    }
    // A body of another length than declared is torn by this (C60).
    fill.complete();
}

fn is_worth_finishing(fill: &Fill) -> bool {
    fill.declared_len().is_some_and(|length| {
        fill.received().saturating_mul(100) >= length.saturating_mul(WORTH_FINISHING_PERCENT)
    })
}

fn kept_for(verdict: &ErrorVerdict) -> Option<std::time::Duration> {
    match verdict.memory {
        Memory::Remember { keep_for, .. } => Some(keep_for),
        Memory::Forget(_) => None,
    }
}

fn error_times(
    status: StatusCode,
    failure: Option<OriginFailure>,
    verdict: &ErrorVerdict,
    now: Moment,
) -> ErrorTimes {
    let (lasts, remembers) = match verdict.memory {
        Memory::Remember { keep_for, .. } => (keep_for, Remembers::Answer),
        Memory::Forget(_) if verdict.stale => (verdict.hold_off, Remembers::HoldOff),
        Memory::Forget(_) => (std::time::Duration::ZERO, Remembers::Answer),
    };
    ErrorTimes { status, received_at: now, until: now.after(lasts), failure, remembers }
}

/// Every stored head has a date, so that `Age` and `Date` agree (H06, H33).
fn dated(mut fields: Fields, now: Moment) -> Fields {
    if !fields.contains(&DATE) {
        fields.append(DATE, http_date(now));
    }
    fields
}

/// A moment as an HTTP date.
pub fn http_date(now: Moment) -> HeaderValue {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(now.epoch_s());
    HeaderValue::try_from(httpdate::fmt_http_date(at)).unwrap_or(HeaderValue::from_static(""))
}

/// The stored head after a 304, whose own head counts like that of any response (C43).
fn merge(stored: &Fields, sent: Fields, asked: &Asked, now: Moment) -> Fields {
    let origin = asked.origins().0.map_or(OriginKind::Custom, |origin| origin.kind);
    let sent = dated(response_headers::receive(sent, asked.behavior(), origin), now);
    response_headers::validated(stored, response_headers::storable(&sent, asked.behavior()))
}
