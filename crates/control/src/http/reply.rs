//! An answer: status and headers as the operation table says, a document, and what else the caller should know.

use ::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION, VARY};
use ::http::{StatusCode, header};
use axum::body::Body;
use axum::response::Response;
use compile::Problem;
use shapes::{ErrorCode, Operation, Shape, json};

use super::Form;
use crate::error::ApiError;

/// The request's id, for both sides' logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Settings that are kept but have no effect yet.
const WARNING: HeaderName = HeaderName::from_static("x-warmfront-warning");

/// Everything that is wrong with a refused configuration.
const PROBLEMS: HeaderName = HeaderName::from_static("x-warmfront-problems");

/// The most entries that a header lists.
const MAX_LISTED: usize = 20;

/// The longest header value that we write, in bytes.
const MAX_VALUE_BYTES: usize = 2000;

/// The answer of an operation that succeeded.
#[derive(Debug)]
pub(crate) struct Reply {
    operation: Operation,
    document: Option<(Form, String)>,
    etag: Option<String>,
    location: Option<String>,
    warnings: Vec<String>,
}

// === impl Reply ===

impl Reply {
    /// The operation's status, without a body.
    pub(crate) fn empty(operation: Operation) -> Self {
        Self { operation, document: None, etag: None, location: None, warnings: Vec::new() }
    }

    /// The operation's status and a document.
    pub(crate) fn document<T: Shape>(operation: Operation, form: Form, value: &T) -> Self {
        Self::written(operation, form, form.write(value))
    }

    /// The operation's status and a document that is written already.
    pub(crate) fn written(operation: Operation, form: Form, document: String) -> Self {
        Self { document: Some((form, document)), ..Self::empty(operation) }
    }

    /// With the resource's version.
    pub(crate) fn etag(self, etag: &str) -> Self {
        Self { etag: Some(etag.to_owned()), ..self }
    }

    /// With the new resource's address.
    pub(crate) fn location(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// With what the caller should know about its configuration.
    pub(crate) fn warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }

    /// The answer on the wire.
    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let status = StatusCode::from_u16(self.operation.row().status).unwrap_or(StatusCode::OK);
        let mut response = respond(status, self.document, request_id);
        set(&mut response, ETAG, self.etag.as_deref());
        set(&mut response, LOCATION, self.location.as_deref());
        set(&mut response, WARNING, listed(&self.warnings).as_deref());
        response
    }
}

/// A refusal on the wire: CloudFront's envelope, with the code's status.
pub(crate) fn refusal(error: &ApiError, form: Form, request_id: &str) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problems: Vec<_> = error.problems.iter().flat_map(|problems| problems.iter()).collect();
    let document = match form {
        Form::Xml => error.code.document(&error.message, request_id),
        Form::Json => {
            json::error(error.code, &error.message, request_id, problems.iter().copied().map(of_json))
        }
    };
    let mut response = respond(status, Some((form, document)), request_id);
    let problems: Vec<_> = problems.into_iter().map(named).collect();
    set(&mut response, PROBLEMS, listed(&problems).as_deref());
    let retry_after = error.retry_after_s.map(|wait_s| wait_s.to_string());
    set(&mut response, header::RETRY_AFTER, retry_after.as_deref());
    // An unread body makes the connection useless, and a caller that was refused for its size should stop sending.
    if error.code == ErrorCode::EntitySizeLimitExceeded {
        set(&mut response, header::CONNECTION, Some("close"));
    }
    response
}

/// A problem's code and path, and in our own words what its message does not say.
fn named(problem: &Problem) -> String {
    let Problem { code, path, message, explanation } = problem;
    if message == explanation { format!("{code} {path}") } else { format!("{code} {path}: {explanation}") }
}

/// A problem as JSON tells it: at its element, what is wrong and what would be accepted.
fn of_json(problem: &Problem) -> json::Problem<'_> {
    json::Problem { code: problem.code, path: &problem.path, message: &problem.explanation }
}

fn respond(status: StatusCode, document: Option<(Form, String)>, request_id: &str) -> Response {
    let form = document.as_ref().map(|(form, _)| form.content_type());
    let mut response = Response::new(document.map_or_else(Body::empty, |(_, text)| Body::from(text)));
    *response.status_mut() = status;
    set(&mut response, REQUEST_ID, Some(request_id));
    set(&mut response, VARY, Some("accept"));
    set(&mut response, CONTENT_TYPE, form);
    response
}

fn set(response: &mut Response, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        response.headers_mut().insert(name, value);
    }
}

/// `3; first; second; third`: how many there are, then as many as fit. `None` when there is none.
fn listed(entries: &[String]) -> Option<String> {
    if entries.is_empty() {
        return None;
    }
    let mut value = entries.len().to_string();
    for entry in entries.iter().take(MAX_LISTED) {
        if value.len() + entry.len() + 2 > MAX_VALUE_BYTES {
            break;
        }
        value.push_str("; ");
        value.extend(entry.chars().map(printable));
    }
    Some(value)
}

/// What a header value may hold, without the separator of our list.
fn printable(character: char) -> char {
    match character {
        ';' => ',',
        ' '..='~' => character,
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_a_header_is_counted_printable_and_bounded() {
        assert_eq!(listed(&[]), None);
        assert_eq!(listed(&["a;b\r\nc\u{e9}".into()]).as_deref(), Some("1; a,b??c?"));
        let many: Vec<String> = (0..500).map(|_| "x".repeat(150)).collect();
        let value = listed(&many).unwrap();
        assert!(value.starts_with("500; ") && value.len() <= MAX_VALUE_BYTES, "{}", value.len());
    }
}
