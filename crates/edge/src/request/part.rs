//! The part of an object that a viewer gets who asks for ranges (I.1), cut from what is stored or just arriving.
//!
//! Which bytes those are is decided in `rules::range`. Parts that origins send are stored under keys of their own by
//! [`super::store`]; they need no cutting.

use std::sync::Arc;

use bytes::Bytes;
use cache::{Body, StoredObject, Torn};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use rules::conditional::{self, Precondition};
use rules::range::{self, Cut, Span, Wanted};
use rules::result_type::ResultType;

use super::asked::Asked;
use crate::answer::Answer;
use crate::exchange::ReplyBody;
use crate::ids::RequestId;
use crate::parts::Parts;

/// The answer that a stored object gives to `asked`.
///
/// # Errors
/// [`Torn`] when the start of the body is gone: look again.
pub fn answer(asked: &Asked, object: &Arc<StoredObject>, result: ResultType) -> Result<Answer, Torn> {
    cut(asked, &object.body, Answer::of_object(object, result)?)
}

/// The part of `answer`, whose body is all of `body`, that was asked for. All of it when its length is not known yet
/// (I05), when `If-Range` names another version (I10), and when the viewer is going to be told 304.
///
/// # Errors
/// [`Torn`] when the start of the part is gone: look again.
pub fn cut(asked: &Asked, body: &Body, answer: Answer) -> Result<Answer, Torn> {
    if matches!(asked.wanted, Wanted::Whole) || answer.status != StatusCode::OK {
        return Ok(answer);
    }
    let (method, said) = (&asked.head.method, &asked.head.fields);
    let Some(length) = body.declared_len() else { return Ok(answer) };
    let is_told = conditional::evaluate(method, said, answer.status, &answer.fields);
    if is_told != Precondition::Deliver || !conditional::part_is_current(said, &answer.fields) {
        return Ok(answer);
    }
    match range::cut(&asked.wanted, length) {
        Cut::Whole => Ok(answer),
        Cut::Part(span) => part(answer, body, span, length),
        Cut::Parts(spans) if body.is_complete() => Ok(parts(answer, body, spans, length, &asked.request_id)),
        // Several parts of what is still arriving would make the viewer wait for each.
        Cut::Parts(_) => Ok(answer),
        Cut::Nothing => Ok(Answer::unsatisfiable(length, &asked.request_id)),
    }
}

fn part(mut answer: Answer, body: &Body, span: Span, length: u64) -> Result<Answer, Torn> {
    // The new reader is there before the old one goes: somebody follows all the time.
    let piece = match &answer.body {
        ReplyBody::Whole(bytes) => ReplyBody::Whole(slice(bytes, span)),
        _ => ReplyBody::Stored(body.attach(span.start..span.end)?),
    };
    let fields = answer.fields.to_mut();
    fields.remove(&CONTENT_LENGTH);
    fields.set(CONTENT_RANGE, span.content_range(length));
    Ok(Answer { status: StatusCode::PARTIAL_CONTENT, body: piece, length: Some(span.len()), ..answer })
}

fn slice(bytes: &Bytes, span: Span) -> Bytes {
    // The span lies within the length, which is that of these bytes.
    let part = bytes.get(span.start as usize..span.end as usize);
    part.map(|part| bytes.slice_ref(part)).unwrap_or_default()
}

/// `multipart/byteranges` (I07, RFC 9110 section 14.6).
fn parts(mut answer: Answer, body: &Body, spans: Vec<Span>, length: u64, id: &RequestId) -> Answer {
    let fields = answer.fields.to_mut();
    let boundary = boundary(id);
    let parts = Parts::new(body, &spans, length, fields.first(&CONTENT_TYPE), &boundary);
    let kind = HeaderValue::try_from(format!("multipart/byteranges; boundary={boundary}"));
    fields.remove(&CONTENT_LENGTH);
    fields.set(CONTENT_TYPE, kind.unwrap_or(const { HeaderValue::from_static("multipart/byteranges") }));
    let length = Some(parts.length());
    Answer { status: StatusCode::PARTIAL_CONTENT, body: ReplyBody::Parts(Box::new(parts)), length, ..answer }
}

/// Different for each answer, so that no object can be made to contain it: from the request's id.
fn boundary(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}
