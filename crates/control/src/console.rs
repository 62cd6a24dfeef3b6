//! `/console/session`: a browser signs in with a key pair, asks who it is, and signs out.
//!
//! Everything is JSON. The cookie is all that a browser keeps; scripts cannot read it and other sites cannot send it.

use std::sync::Arc;

use ::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE};
use ::http::request::Parts;
use ::http::{Method, StatusCode};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use shapes::ErrorCode;
use shapes::time::Timestamp;
use signing::keys::SecretKey;

use crate::api::Api;
use crate::auth::browser::{self, COOKIE_NAME};
use crate::auth::{Connection, Gate};
use crate::error::ApiError;
use crate::http;

/// Where sessions are.
pub(crate) const PATH: &str = "/console/session";

/// A key pair is far smaller.
const MAX_BODY_BYTES: usize = 4 * 1024;

/// What `POST` takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignIn {
    access_key_id: String,
    secret_access_key: String,
}

/// Answers whatever is sent to [`PATH`]. May be dropped: a session that began is ended by time.
pub(crate) async fn session(api: Arc<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = match answer(&api, &parts, body).await {
        Ok(answer) => answer,
        Err(error) => refusal_of(&error),
    };
    tracing::info!(method = %parts.method, path = PATH, status = answer.status().as_u16(), "answered");
    answer
}

async fn answer(api: &Api, request: &Parts, body: Body) -> Result<Response, ApiError> {
    if !browser::is_same_origin(request, Connection::of(request).is_encrypted) {
        let sentence = "A page of another site sent this request. Accepted: pages of this address.";
        return Ok(refusal(StatusCode::FORBIDDEN, "CrossOrigin", sentence));
    }
    let token = browser::session_token(&request.headers);
    match request.method {
        Method::GET => Ok(who_is_it(api.gate(), token)),
        Method::POST => {
            let body = http::read(body, MAX_BODY_BYTES, api.settings.body_time_limit).await?;
            sign_in(api.gate(), request, &body)
        }
        Method::DELETE => Ok(sign_out(api.gate(), request, token)),
        _ => {
            let sentence = "Accepted: POST to sign in, GET to ask who is signed in, DELETE to sign out.";
            let answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", sentence);
            Ok(with(answer, ALLOW, "GET, POST, DELETE"))
        }
    }
}

fn sign_in(gate: &Gate, request: &Parts, body: &Bytes) -> Result<Response, ApiError> {
    // The reader's own message could repeat a part of the secret.
    let Ok(asked) = serde_json::from_slice::<SignIn>(body) else {
        let sentence = "Accepted: {\"accessKeyId\": \"...\", \"secretAccessKey\": \"...\"}.";
        return Ok(refusal(StatusCode::BAD_REQUEST, "MalformedRequest", sentence));
    };
    let secret = SecretKey::new(asked.secret_access_key);
    match gate.sign_in(request, &asked.access_key_id, &secret)? {
        Some(token) => Ok(with(nothing(), SET_COOKIE, &cookie(request, &token, ""))),
        None => {
            let sentence =
                "The access key id and the secret do not belong together, or the key is not in use.";
            Ok(refusal(StatusCode::UNAUTHORIZED, "InvalidCredentials", sentence))
        }
    }
}

fn who_is_it(gate: &Gate, token: Option<&str>) -> Response {
    let Some(signed_in) = token.and_then(|token| gate.session(token)) else {
        let sentence = "Nobody is signed in. Accepted: POST with a key pair.";
        return refusal(StatusCode::UNAUTHORIZED, "NotSignedIn", sentence);
    };
    let ends_ms = i64::try_from(signed_in.ends_ms).unwrap_or(i64::MAX);
    let document = json!({
        "accessKeyId": signed_in.caller.access_key_id,
        "name": signed_in.name,
        "role": signed_in.caller.role.as_str(),
        "expiresAt": Timestamp::from_unix_milliseconds(ends_ms).to_string(),
    });
    respond(StatusCode::OK, &document)
}

fn sign_out(gate: &Gate, request: &Parts, token: Option<&str>) -> Response {
    if let Some(token) = token {
        gate.sign_out(token);
    }
    with(nothing(), SET_COOKIE, &cookie(request, "", "; Max-Age=0"))
}

fn cookie(request: &Parts, token: &str, more: &str) -> String {
    let is_secure = browser::is_secure(&request.headers, Connection::of(request).is_encrypted);
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}")
}

fn refusal_of(error: &ApiError) -> Response {
    let status = match error.code {
        ErrorCode::Throttling => StatusCode::TOO_MANY_REQUESTS,
        code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let answer = refusal(status, error.code.as_str(), &error.message);
    match error.retry_after_s {
        Some(wait_s) => with(answer, RETRY_AFTER, &wait_s.to_string()),
        None => answer,
    }
}

fn refusal(status: StatusCode, code: &str, sentence: &str) -> Response {
    respond(status, &json!({ "code": code, "message": sentence }))
}

fn respond(status: StatusCode, document: &serde_json::Value) -> Response {
    let mut response = with(nothing(), CONTENT_TYPE, "application/json");
    *response.status_mut() = status;
    *response.body_mut() = Body::from(format!("{document}\n"));
    response
}

/// 204; nothing here may be kept by anybody on the way.
fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    with(response, CACHE_CONTROL, "no-store")
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
