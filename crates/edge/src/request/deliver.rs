//! Deliver: what the viewer gets. Conditional requests, response headers policy, and the edge's own headers.

use std::sync::Arc;

use http::header::{
    AGE, ALT_SVC, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue, SERVER,
};
use http::{Method, StatusCode, Version};
use observe::{OriginTimes, Step, Timeline};
use rules::Because;
use rules::conditional::{self, Precondition};
use rules::model::{BehaviorIndex, Distribution, ResponseHeadersPolicy};
use rules::request::{RequestHead, Scheme};
use rules::response_headers::{self, OriginTiming, ServerTiming};
use rules::result_type::ResultType;

use super::note;
use super::route::Routed;
use crate::answer::Answer;
use crate::edge::Worker;
use crate::exchange::{Reply, ReplyBody};
use crate::ids::RequestId;
use crate::sent::{self, AnswerFields, OwnFields};

/// The viewer's side of a request, as far as it is needed to deliver.
pub struct Viewed {
    /// The head.
    pub head: Arc<RequestHead>,
    /// When the request arrived, in wall milliseconds.
    pub started_ms: u64,
    /// Distribution and behavior; `None` when the request was refused before routing.
    pub place: Option<(Arc<Distribution>, BehaviorIndex)>,
}

impl Viewed {
    /// A request that found its behavior.
    pub fn inside(routed: &Routed, started_ms: u64) -> Self {
        Self {
            head: Arc::clone(&routed.head),
            started_ms,
            place: Some((Arc::clone(&routed.distribution), routed.behavior)),
        }
    }

    /// A request that was refused before routing.
    pub fn outside(head: RequestHead, started_ms: u64) -> Self {
        Self { head: Arc::new(head), started_ms, place: None }
    }

    fn policy(&self) -> Option<&Arc<ResponseHeadersPolicy>> {
        let (distribution, behavior) = self.place.as_ref()?;
        distribution.behaviors.at(*behavior).response_headers.as_ref()
    }
}

/// Turns an answer into the reply for this viewer.
pub fn run(
    worker: &Worker,
    viewed: &Viewed,
    mut answer: Answer,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> Reply {
    precondition(viewed, &mut answer, timeline);
    // Before the policy: no configured header may contradict the body that is sent.
    let length = answer.declared_length(&viewed.head.method).filter(|_| may_have_body(answer.status));
    if !answer.fields.is_shared() {
        answer.fields.to_mut().retain(|name, _| !sent::is_own(name));
    }
    let mut own = own_fields(worker, viewed, &answer, request_id, length);
    if let Some(policy) = viewed.policy() {
        hand_over_removable(&mut own, &mut answer.fields);
        apply_policy(worker, viewed, policy, &mut answer, request_id, timeline.origin());
        answer.fields.to_mut().retain(|name, _| !is_untouchable(name));
    }
    if own.alt_svc.is_some() && answer.fields.contains(&ALT_SVC) {
        answer.fields.to_mut().remove(&ALT_SVC);
    }
    own.server = !answer.fields.is_shared() && !answer.fields.contains(&SERVER);
    own.date = (!answer.fields.contains(&DATE)).then(|| worker.edge().now());
    let bodyless = viewed.head.method == Method::HEAD || !may_have_body(answer.status);
    let inputs = [
        note::number("status", answer.status.as_u16().into()),
        note::word("result", answer.result.as_str()),
        None,
    ];
    note::push(
        timeline,
        Step::Deliver,
        match (bodyless, answer.status) {
            (true, _) => "head",
            (false, StatusCode::PARTIAL_CONTENT) => "part",
            (false, _) => "whole",
        },
        inputs,
        Because::new("", ""),
    );
    let body = if bodyless { ReplyBody::Empty } else { answer.body };
    Reply { status: answer.status, fields: answer.fields, own, body }
}

/// 204, 304 and 1xx never have a body (RFC 9110 section 6.4.1).
fn may_have_body(status: StatusCode) -> bool {
    status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED && !status.is_informational()
}

/// Answers a conditional request from what is stored or was just received (I20, I22).
fn precondition(viewed: &Viewed, answer: &mut Answer, timeline: &mut Timeline) {
    if !answer.conditional {
        return;
    }
    let head = &viewed.head;
    match conditional::evaluate(&head.method, &head.fields, answer.status, &answer.fields) {
        Precondition::Deliver => {}
        Precondition::NotModified(because) => {
            note::push(timeline, Step::Deliver, "not-modified", note::NOTHING, because);
            answer.status = StatusCode::NOT_MODIFIED;
            answer.body = ReplyBody::Empty;
            answer.length = None;
            answer.fields.to_mut().retain(|name, _| *name != CONTENT_TYPE && *name != CONTENT_LENGTH);
        }
    }
}

fn apply_policy(
    worker: &Worker,
    viewed: &Viewed,
    policy: &ResponseHeadersPolicy,
    answer: &mut Answer,
    request_id: &RequestId,
    origin: Option<OriginTimes>,
) {
    let timing = ServerTiming {
        result: answer.result,
        pop: worker.edge().names().pop.to_str().unwrap_or_default(),
        request_id,
        first_byte_ms: worker.edge().clock().wall_ms().saturating_sub(viewed.started_ms),
        origin: origin.map(|times| OriginTiming {
            dns_ms: times.dns_ms,
            connect_ms: times.connect_ms,
            first_byte_ms: times.first_byte_ms,
        }),
    };
    // One in a million is the finest rate that four decimals of a percentage can ask for (M60).
    let sampled = policy
        .server_timing
        .is_some_and(|rate| u32::try_from(worker.ids().next_word() % 1_000_000).unwrap_or(u32::MAX) < rate);
    response_headers::apply_policy(
        policy,
        &viewed.head.fields,
        &viewed.head.method,
        answer.fields.to_mut(),
        &timing,
        sampled,
    );
}

/// The fields that the edge sets itself (H.4, Q01).
fn own_fields(
    worker: &Worker,
    viewed: &Viewed,
    answer: &Answer,
    request_id: &RequestId,
    length: Option<u64>,
) -> OwnFields {
    let (edge, names) = (worker.edge(), worker.edge().names());
    OwnFields {
        age_s: answer.stored_at.map(|stored_at| edge.now().since(stored_at).as_secs()),
        x_cache: Some(answer.result.x_cache()),
        server: false,
        date: None,
        via: sent::via(&names.via, viewed.head.version),
        pop: names.pop.clone(),
        id: *request_id,
        alt_svc: alt_svc(worker, viewed),
        length,
        connection: connection(&viewed.head, answer),
    }
}

/// Those of them that a policy may remove or replace become fields of the answer (H30, H32, M52).
fn hand_over_removable(own: &mut OwnFields, fields: &mut AnswerFields) {
    let fields = fields.to_mut();
    if let Some(age_s) = own.age_s.take() {
        fields.append(AGE, HeaderValue::from(age_s));
    }
    if let Some(x_cache) = own.x_cache.take() {
        fields.append(sent::X_CACHE.clone(), HeaderValue::from_static(x_cache));
    }
}

/// Whether the edge sets a field whatever a policy says.
fn is_untouchable(name: &HeaderName) -> bool {
    sent::is_own(name) && *name != AGE && *name != sent::X_CACHE
}

/// Where else viewers over TLS find the distribution (H34).
fn alt_svc(worker: &Worker, viewed: &Viewed) -> Option<HeaderValue> {
    let (distribution, _) = viewed.place.as_ref()?;
    let is_told = distribution.http3 && viewed.head.scheme == Scheme::Https;
    if is_told { worker.edge().alt_svc().cloned() } else { None }
}

/// The connection decision of error answers (A52, H40). Other versions than HTTP/1.1 have none, and a viewer that
/// closes the connection itself is not told that it stays.
fn connection(head: &RequestHead, answer: &Answer) -> Option<&'static str> {
    if head.version >= Version::HTTP_2 {
        return None;
    }
    match (answer.close, answer.result) {
        (true, _) => Some("close"),
        (false, ResultType::Error) if !viewer_closes(head) => Some("keep-alive"),
        (false, _) => None,
    }
}

/// Whether the viewer's connection ends with this request (RFC 9112 section 9.3).
fn viewer_closes(head: &RequestHead) -> bool {
    let says = |option: &[u8]| {
        let mut options =
            head.fields.all(&CONNECTION).flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
        options.any(|said| said.trim_ascii().eq_ignore_ascii_case(option))
    };
    says(b"close") || head.version < Version::HTTP_11 && !says(b"keep-alive")
}
