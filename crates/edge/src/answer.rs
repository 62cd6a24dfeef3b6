//! An answer on its way to the viewer: what was found or fetched, before the viewer's side is added.

use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderValue};
use http::{Method, StatusCode};
use rules::admit::Refusal;
use rules::error_response::ErrorSource;
use rules::failure::OriginFailure;
use rules::range;
use rules::result_type::ResultType;
use rules::{Fields, Moment};
use std::time::Duration;

use crate::builtin;
use crate::exchange::ReplyBody;
use crate::sent::AnswerFields;

/// An answer before Deliver.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Fields as received from the origin, rewritten by group H; without what Deliver adds.
    pub fields: AnswerFields,
    /// The body.
    pub body: ReplyBody,
    /// Length of the body when it is known.
    pub length: Option<u64>,
    /// What kind of result it is (H30).
    pub result: ResultType,
    /// When the origin sent it, if it comes from the cache; `Age` counts from there (H32).
    pub stored_at: Option<Moment>,
    /// What kind of error it is, if it is one.
    pub error: Option<ErrorMark>,
    /// Whether the connection is closed afterwards.
    pub close: bool,
    /// Whether the viewer's conditional headers may be answered from it (I20).
    pub conditional: bool,
}

/// What is known about an error beyond its status.
#[derive(Debug, Clone, Copy)]
pub struct ErrorMark {
    /// Who made it.
    pub source: ErrorSource,
    /// How long it is remembered, if it is (A70).
    pub kept_for: Option<Duration>,
}

impl Answer {
    /// The answer that a stored object gives.
    ///
    /// # Errors
    /// [`cache::Torn`] when the start of the body is gone: look again.
    pub fn of_object(object: &Arc<cache::StoredObject>, result: ResultType) -> Result<Self, cache::Torn> {
        Ok(Self {
            status: object.status,
            fields: AnswerFields::of_object(object),
            length: object.body.declared_len(),
            body: read(&object.body)?,
            result,
            stored_at: Some(object.times.received_at),
            error: None,
            close: false,
            conditional: true,
        })
    }

    /// The answer that a remembered error gives (B60); a failure without a response gets the built-in body.
    ///
    /// # Errors
    /// [`cache::Torn`] when the start of the body is gone: look again.
    pub fn of_error(
        error: &Arc<cache::StoredError>,
        source: ErrorSource,
        request_id: &str,
    ) -> Result<Self, cache::Torn> {
        let kept_for = error.times.until.since(error.times.received_at);
        let mark = ErrorMark { source, kept_for: (!kept_for.is_zero()).then_some(kept_for) };
        let mut answer = match error.times.failure {
            Some(failure) => Self::of_failure(failure, mark, request_id),
            None => Self {
                status: error.times.status,
                fields: AnswerFields::of_error(error),
                length: error.body.declared_len(),
                body: read(&error.body)?,
                result: ResultType::Error,
                stored_at: None,
                error: Some(mark),
                close: false,
                conditional: false,
            },
        };
        answer.stored_at = Some(error.times.received_at);
        Ok(answer)
    }

    /// The built-in answer for an origin that sent no usable response (Q24, Q27).
    pub fn of_failure(failure: OriginFailure, mark: ErrorMark, request_id: &str) -> Self {
        Self::built_in(failure.status(), builtin::failure_sentence(failure), request_id, Some(mark), false)
    }

    /// The built-in answer for a request that the edge refuses (Q.2).
    pub fn of_refusal(refusal: &Refusal, request_id: &str) -> Self {
        let source = if refusal.page { ErrorSource::EdgeWithPage } else { ErrorSource::EdgeWithoutPage };
        let mark = ErrorMark { source, kept_for: None };
        Self::built_in(refusal.status, refusal.sentence, request_id, Some(mark), refusal.close)
    }

    /// The answer to a viewer who asks for a part that an object of `length` bytes does not have (I08, Q23).
    pub fn unsatisfiable(length: u64, request_id: &str) -> Self {
        let mark = ErrorMark { source: ErrorSource::EdgeWithPage, kept_for: None };
        let sentence = "The object does not have the part that the request asks for.";
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        let mut answer = Self::built_in(status, sentence, request_id, Some(mark), false);
        answer.fields.to_mut().append(CONTENT_RANGE, range::unsatisfied(length));
        answer
    }

    /// An answer with a body of our own.
    pub fn built_in(
        status: StatusCode,
        sentence: &str,
        request_id: &str,
        error: Option<ErrorMark>,
        close: bool,
    ) -> Self {
        let body = builtin::body(status, sentence, request_id);
        let mut fields = Fields::with_capacity(12);
        fields.append(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        Self {
            status,
            fields: fields.into(),
            length: Some(body.len() as u64),
            body: ReplyBody::Whole(body),
            result: ResultType::Error,
            stored_at: None,
            error,
            close,
            conditional: false,
        }
    }

    /// The length that the head declares: the one the origin named, which a stored body is known to have (C60);
    /// else that of the body. What HEAD learned has no body to measure (D03).
    pub fn declared_length(&self, method: &Method) -> Option<u64> {
        let counted = self.length.filter(|length| *method != Method::HEAD || *length > 0);
        let named = self.fields.first_str(&CONTENT_LENGTH).and_then(|text| text.parse().ok());
        named.or(counted)
    }
}

/// A body to send: in one piece when it is complete, otherwise following its fill.
///
/// # Errors
/// [`cache::Torn`] when the start of the body is gone: look again.
pub fn read(body: &cache::Body) -> Result<ReplyBody, cache::Torn> {
    Ok(match body.whole() {
        Some(whole) if whole.is_empty() => ReplyBody::Empty,
        Some(whole) => ReplyBody::Whole(whole),
        None => ReplyBody::Stored(body.attach(..)?),
    })
}
