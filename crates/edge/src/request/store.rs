//! The fetch that serves everybody who waits for one key: ask, judge, store, and fill while it arrives.

use std::sync::Arc;

use cache::{Permit, StoredObject};
use http::header::{DATE, HeaderValue};
use http::{Method, StatusCode};
use observe::{Step, Timeline};
use rules::compression::{self, Coding, Compress};
use rules::conditional::{self, Precondition};
use rules::error_caching::Memory;
use rules::error_response::PageKeeping;
use rules::failure::OriginFailure;
use rules::forward::Validators;
use rules::freshness::{ErrorTimes, ObjectTimes, Remembers};
use rules::model::{Compression, OriginKind};
use rules::range;
use rules::result_type::ResultType;
use rules::ttl::Ttl;
use rules::{Because, Fields, Moment, response_headers};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::asked::{Asked, Purpose};
use super::fetch::Question;
use super::fill::{Incoming, Wanted};
use super::judge::{ErrorVerdict, Failed};
use super::lookup::Right;
use super::{fetch, fill, judge, note, part};
use crate::answer::{self, Answer, ErrorMark};
use crate::compress::Compressor;
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
    right: Right,
    expired: Option<Arc<StoredObject>>,
    asker: Option<oneshot::Sender<Pursued>>,
    place: OwnedSemaphorePermit,
) {
    let timeline = Timeline::default();
    let mut pursuit = Pursuit { worker: Arc::clone(&worker), asked, expired, timeline, asker };
    let question = Question { validators: pursuit.validators(), along: right.along };
    let nothing = origin::RequestBody::Empty;
    let fetched = fetch::run(&worker, &pursuit.asked, &question, nothing, &mut pursuit.timeline).await;
    let now = worker.edge().now();
    let origin = fetched.origin;
    match fetched.result {
        Err(failure) => pursuit.failed(right, origin, failure, now),
        Ok(response) if response.status == StatusCode::NOT_MODIFIED && question.validators.is_some() => {
            pursuit.validated(right.permit, response.fields, now);
        }
        Ok(response) if response.status.as_u16() >= 400 => pursuit.erred(right, origin, response, now).await,
        Ok(response) if response.status == StatusCode::PARTIAL_CONTENT => {
            pursuit.received_part(right, origin, response, now).await;
        }
        Ok(response) => pursuit.received(right, origin, response, now).await,
    }
    drop(place);
}

/// The permit for what concerns all of the object, and the other one, for which others may be waiting.
fn for_whole(right: Right) -> (Permit, Option<Permit>) {
    match right.whole {
        Some(whole) => (whole, Some(right.permit)),
        None => (right.permit, None),
    }
}

/// One fetch with everything that goes along with it.
struct Pursuit {
    worker: Arc<Worker>,
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
                let answer = part::answer(&self.asked, &object, ResultType::RefreshHit);
                self.deliver(answer.map(|answer| Answer { stored_at: None, ..answer }));
            }
            // Delivered to the one who asked, and kept for nobody else from now on (C28).
            Ttl::Forget(_) => {
                self.forget(permit, expired.status);
                let answer = Answer::of_object(&expired, ResultType::RefreshHit)
                    .map(|answer| Answer { fields: fields.into(), stored_at: None, ..answer })
                    .and_then(|answer| part::cut(&self.asked, &expired.body, answer));
                self.deliver(answer);
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

    /// The origin sent a part, or several: what was asked for is kept (I03), anything else is for this viewer only.
    async fn received_part(
        mut self,
        right: Right,
        origin: OriginKind,
        response: origin::Response,
        now: Moment,
    ) {
        let asked_for = if right.along.range { self.asked.wanted.clone() } else { range::Wanted::Whole };
        let length = self.body_length(&response.body);
        let because = match range::received(&asked_for, &response.fields, length) {
            range::Received::AsAsked => {
                // Nothing that concerns the whole can come of it.
                let right = Right { whole: None, ..right };
                return self.received(right, origin, response, now).await;
            }
            range::Received::Other(because) => because,
            range::Received::Contradiction => Because::new("I13", "lengths contradict each other"),
        };
        note::push(&mut self.timeline, Step::Judge, "pass", note::NOTHING, because);
        right.permit.decline();
        self.deliver(Ok(judge::passing(&self.asked, origin, response)));
    }

    /// The origin sent something that is not an error: the object, or the part that was asked for.
    async fn received(mut self, right: Right, origin: OriginKind, response: origin::Response, now: Moment) {
        let is_as_asked = right.along.range;
        let (permit, waited_for) = for_whole(right);
        let ttl = judge::response(&self.asked, response.status, &response.fields, now, &mut self.timeline);
        let packing = self.packing(response.status, &response.fields, &response.body);
        let Ttl::Keep { times, .. } = ttl else {
            self.forget(permit, response.status);
            waited_for.into_iter().for_each(Permit::decline);
            return self.pass(origin, response, packing).await;
        };
        let fields = dated(response_headers::receive(response.fields, self.asked.behavior(), origin), now);
        let declared = self.body_length(&response.body);
        let length = declared.filter(|_| packing.is_none());
        let (fields, compressor) = packed(fields, packing);
        let storable = response_headers::storable(&fields, self.asked.behavior());
        let waiting = permit.waiting() + waited_for.as_ref().map_or(0, Permit::waiting);
        let alone = waiting == 0 && self.reads_body(response.status, &fields);
        let wanted = Wanted::Object { for_viewers: alone };
        let (object, fill) = permit.store_object(response.status, storable, times, length);
        // They look again, and find the object.
        drop(waited_for);
        let answer = Answer::of_object(&object, ResultType::Miss).map(|answer| {
            self.with_length(Answer { fields: fields.into(), stored_at: None, ..answer }, length)
        });
        // An origin that was asked for a part and sends all of it has its way (I04).
        let answer = match is_as_asked {
            true => answer,
            false => answer.and_then(|answer| part::cut(&self.asked, &object.body, answer)),
        };
        drop(object);
        self.deliver(answer);
        fill::run(fill, Incoming::new(response.body, compressor, declared), wanted).await;
    }

    /// Gives a response that is not kept to the one who asked.
    async fn pass(mut self, origin: OriginKind, response: origin::Response, packing: Option<Packing>) {
        let mut answer = judge::passing(&self.asked, origin, response);
        let Some((coding, compressor)) = packing else { return self.deliver(Ok(answer)) };
        let body = std::mem::replace(&mut answer.body, ReplyBody::Empty);
        let ReplyBody::Passing(body) = body else { return self.deliver(Ok(answer)) };
        let fields = compression::encoded(std::mem::take(answer.fields.to_mut()), coding);
        let declared = self.body_length(&body);
        let (sender, receiver) = fill::pipe();
        let body_for_viewer = ReplyBody::Piped(receiver);
        self.deliver(Ok(Answer { fields: fields.into(), body: body_for_viewer, length: None, ..answer }));
        fill::run_for_one(sender, Incoming::new(body, Some(compressor), declared)).await;
    }

    /// How the body is compressed on its way, if it is (I30); not while as many are as may be (I38).
    fn packing(
        &mut self,
        status: StatusCode,
        fields: &Fields,
        body: &origin::ResponseBody,
    ) -> Option<Packing> {
        let asked = &self.asked;
        let length = self.body_length(body);
        let decided = compression::decide(&compression::Facts {
            behavior: asked.behavior(),
            origin: asked.origins().0,
            head: &asked.head,
            method: asked.method(),
            status,
            fields,
            length,
        });
        let begun = match decided {
            Compress::As(coding, because) => {
                let compressor = self.worker.edge().compressors().begin(coding, length.unwrap_or_default());
                compressor
                    .map(|compressor| (coding, compressor, because))
                    .ok_or(Because::new("I38", "as many bodies are being compressed as may be"))
            }
            Compress::Not(because) => Err(because),
        };
        let compresses = asked.behavior().compression != Compression::default();
        match begun {
            Ok((coding, compressor, because)) => {
                let inputs = [note::word("as", coding.as_str()), None, None];
                note::push(&mut self.timeline, Step::Judge, "compress", inputs, because);
                Some((coding, compressor))
            }
            Err(because) => {
                if compresses {
                    note::push(&mut self.timeline, Step::Judge, "leave-plain", note::NOTHING, because);
                }
                None
            }
        }
    }

    /// The origin sent an error.
    async fn erred(mut self, right: Right, origin: OriginKind, response: origin::Response, now: Moment) {
        let (status, asked) = (response.status, Arc::clone(&self.asked));
        let expired = self.expired.clone();
        let failed = Failed { origin, status, fields: &response.fields, failure: None };
        let verdict = judge::error(&asked, &failed, expired.as_deref(), now, &mut self.timeline);
        if let Some(expired) = self.unseen_refusal(status, &verdict) {
            let times = ObjectTimes { stale_while_revalidate: None, ..expired.times };
            right.permit.refresh(expired, expired.fields.clone(), times);
            return;
        }
        let packing = self.packing(status, &response.fields, &response.body);
        let fields = dated(response_headers::receive(response.fields, asked.behavior(), origin), now);
        let declared = self.body_length(&response.body);
        let length = declared.filter(|_| packing.is_none());
        let (fields, compressor) = packed(fields, packing);
        let storable = response_headers::storable(&fields, asked.behavior());
        let times = error_times(status, None, &verdict, now);
        let (error, fill) = match verdict.memory {
            Memory::Remember { .. } => {
                let (permit, part) = for_error(right, &verdict);
                let stored = permit.store_error(times, storable, length, verdict.drops_object);
                give_up(part, &verdict);
                stored
            }
            Memory::Forget(_) if verdict.holds_off() => {
                right.permit.hold_off(times);
                return self.deliver_stale();
            }
            Memory::Forget(_) => right.permit.share_error(times, storable, length, verdict.drops_object),
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
        fill::run(fill, Incoming::new(response.body, compressor, declared), Wanted::Error).await;
    }

    /// The object that answers no more while it is refreshed, because a refresh in the background was told a 4xx
    /// that is not remembered: the next request has to ask for itself to see it (B47).
    fn unseen_refusal(&self, status: StatusCode, verdict: &ErrorVerdict) -> Option<&Arc<StoredObject>> {
        let is_forgotten = matches!(verdict.memory, Memory::Forget(_)) && !verdict.drops_object;
        let is_unseen = self.asker.is_none() && status.is_client_error() && is_forgotten;
        self.expired.as_ref().filter(|_| is_unseen)
    }

    /// The origin sent no usable response: counts as 502 or 504 (A12).
    fn failed(mut self, right: Right, origin: OriginKind, failure: OriginFailure, now: Moment) {
        let status = failure.status();
        let nothing = Fields::default();
        let failed = Failed { origin, status, fields: &nothing, failure: Some(failure) };
        let verdict = judge::error(&self.asked, &failed, self.expired.as_deref(), now, &mut self.timeline);
        let times = error_times(status, Some(failure), &verdict, now);
        let fill = match verdict.memory {
            Memory::Remember { .. } => {
                let (permit, part) = for_error(right, &verdict);
                let stored = permit.store_error(times, nothing, Some(0), false);
                give_up(part, &verdict);
                Some(stored)
            }
            Memory::Forget(_) if verdict.holds_off() => {
                right.permit.hold_off(times);
                None
            }
            Memory::Forget(_) => Some(right.permit.share_error(times, nothing, Some(0), false)),
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
            self.deliver(part::answer(&self.asked, &expired, ResultType::Hit));
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

    /// Whether there is a viewer who reads the body: if nobody else waits for it, it is dropped when that viewer leaves
    /// (H44). One whose condition holds is told 304 and has not left, only has no use for the body (I20).
    fn reads_body(&self, status: StatusCode, fields: &Fields) -> bool {
        let head = &self.asked.head;
        let answered = conditional::evaluate(&head.method, &head.fields, status, fields);
        self.asker.is_some() && answered == Precondition::Deliver
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

/// A compressor that has begun, and its coding.
type Packing = (Coding, Compressor);

fn packed(fields: Fields, packing: Option<Packing>) -> (Fields, Option<Compressor>) {
    match packing {
        Some((coding, compressor)) => (compression::encoded(fields, coding), Some(compressor)),
        None => (fields, None),
    }
}

/// Under which key an error is remembered: the object's, whatever part was asked for (I12), unless a part that is held
/// stands in for it.
fn for_error(right: Right, verdict: &ErrorVerdict) -> (Permit, Option<Permit>) {
    if verdict.stale { (right.permit, None) } else { for_whole(right) }
}

/// Ends the permit for a part after an error that is remembered for the object. Who waits looks again.
fn give_up(part: Option<Permit>, verdict: &ErrorVerdict) {
    if let Some(part) = part.filter(|_| verdict.drops_object) {
        part.displace();
    }
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
