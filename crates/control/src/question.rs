//! Questions about a configuration, kept or not yet: who may ask, and what is compiled for the answer.
//!
//! The caller shows a key or a session as for an operation. Asking changes nothing, so every role may ask about what is kept;
//! origins are really asked for an answer, so only who could save a configuration may bring one. How a question is
//! answered is not decided here. Questions and refusals are JSON (`console/README.md`).

use std::sync::Arc;

use ::http::Method;
use ::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use ::http::request::Parts;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use rules::model::Distribution;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shapes::{DistributionConfig, ErrorCode};

use crate::api::{Api, Authorized};
use crate::auth::{Connection, browser};
use crate::documents;
use crate::error::ApiError;
use crate::http::{self, Form};
use crate::operations::{compiled, compiled_instead};

/// Questions that are answered at the same time.
pub(crate) const MAX_QUESTIONS: usize = 8;

/// The members that say what the question is about.
const ID: &str = "distributionId";
const CONFIG: &str = "distributionConfig";

/// A question of somebody who may ask it.
#[derive(Debug)]
pub struct Question {
    /// What it is about, compiled.
    pub distribution: Arc<Distribution>,
    rest: Map<String, Value>,
}

// === impl Question ===

impl Question {
    /// What is asked: every other member of the body.
    ///
    /// # Errors
    /// When it is not what `T` is read from.
    pub fn asked<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_value(Value::Object(self.rest.clone()))
            .map_err(|error| ApiError::invalid(format!("The question cannot be read: {error}.")))
    }
}

impl Api {
    /// Answers a question with what `answer` makes of it, or with a refusal. May be dropped: nothing is kept.
    pub async fn question<T: Serialize>(
        &self,
        request: Request,
        answer: impl AsyncFnOnce(Question) -> Result<T, ApiError>,
    ) -> Response {
        let (parts, body) = request.into_parts();
        let request_id = crate::ids::uuid().unwrap_or_default();
        let (method, path) = (&parts.method, parts.uri.path());
        match self.answered(&parts, body, answer).await {
            Ok(told) => {
                tracing::info!(id = request_id, %method, path, "answered");
                told
            }
            Err(error) => {
                tracing::info!(id = request_id, %method, path, code = %error.code, "refused");
                refusal(&error, method, &request_id)
            }
        }
    }

    /// Whether a browser that is signed in sends this, for a page of this address. For what frames show: they cannot send the
    /// header that calls need.
    pub fn is_signed_in(&self, request: &Parts) -> bool {
        let is_ours = browser::is_same_origin(request, Connection::of(request).is_encrypted);
        let token = browser::session_token(&request.headers);
        is_ours && token.is_some_and(|token| self.gate().session(token).is_some())
    }

    async fn answered<T: Serialize>(
        &self,
        parts: &Parts,
        body: Body,
        answer: impl AsyncFnOnce(Question) -> Result<T, ApiError>,
    ) -> Result<Response, ApiError> {
        if parts.method != Method::POST {
            let text = format!("The method is {}. Accepted: POST.", parts.method);
            return Err(ApiError::new(ErrorCode::UnknownOperationException, text));
        }
        let Authorized { caller, body, .. } = &self.authorize(parts, body).await?;
        let mut rest: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
            ApiError::invalid(format!("The question cannot be read: {error}. Accepted: one JSON object."))
        })?;
        let id = rest.remove(ID);
        let id = id.as_ref().and_then(Value::as_str).ok_or_else(|| {
            let text = format!("{ID} is missing. Accepted: the Id of a distribution, as a text.");
            ApiError::invalid(text).at(ID)
        })?;
        let config = rest.remove(CONFIG).filter(|config| !config.is_null());
        if config.is_some() {
            caller.role.must_allow("UpdateDistribution", &caller.access_key_id)?;
        }
        let _place = self.questions.try_acquire().map_err(|_| too_many())?;
        let distribution = match config {
            None => compiled(self, id).await?,
            Some(config) => {
                let config: DistributionConfig = documents::read(Form::Json, config.to_string().as_bytes())?;
                compiled_instead(self, id, config).await?
            }
        };
        told(&answer(Question { distribution: Arc::new(distribution), rest }).await?)
    }
}

fn too_many() -> ApiError {
    let text = format!("{MAX_QUESTIONS} questions are being answered. Try again in a moment.");
    ApiError { retry_after_s: Some(1), ..ApiError::new(ErrorCode::ServiceUnavailable, text) }
}

fn told(answer: &impl Serialize) -> Result<Response, ApiError> {
    let text = serde_json::to_string(answer).map_err(ApiError::internal)?;
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn refusal(error: &ApiError, method: &Method, request_id: &str) -> Response {
    let mut response = http::refusal(error, Form::Json, request_id);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if method != Method::POST {
        *response.status_mut() = ::http::StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}
