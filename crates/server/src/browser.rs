//! What browsers get at the API's address: the console's files, its two questions with the pages fetched for them, and the
//! way from `/` to it. Everything else is the API's.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get};
use console::Console;
use control::{Api, ApiError, Question};
use edge::Edge;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, Method, StatusCode};
use rehearsal::{Preview, Stage, Unanswerable};
use shapes::ErrorCode;

use crate::error::Failure;

/// A fetched page may look like itself in a frame of ours, and do nothing.
const PREVIEW_HEADERS: [(HeaderName, &str); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "SAMEORIGIN"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What questions are answered with.
struct Asked {
    api: Arc<Api>,
    stage: Stage,
}

/// The routes of `api`, and those for browsers.
///
/// # Errors
/// When the console's files are damaged, or origins cannot be asked.
pub fn router(api: &Arc<Api>, edge: &Arc<Edge>) -> Result<Router, Failure> {
    let files = Arc::new(console::embedded().map_err(|error| Failure::Console(error.to_string()))?);
    let stage = Stage::new(Arc::clone(edge))?;
    let asked = Arc::new(Asked { api: Arc::clone(api), stage });
    let questions = Router::new()
        .route("/console/check-page", any(check_page))
        .route("/console/try", any(try_requests))
        .route("/console/preview/{token}", get(preview))
        .with_state(asked);
    let all = api.router().merge(Console::router(&files)).merge(questions);
    Ok(all.layer(middleware::from_fn(lead_browsers)))
}

/// Whoever opens the address in a browser means the console.
async fn lead_browsers(request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    if !(request.uri().path() == "/" && is_read && wants_a_page(request.headers())) {
        return next.run(request).await;
    }
    let mut response = empty(StatusCode::TEMPORARY_REDIRECT);
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(console::PATH));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    response
}

fn wants_a_page(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.any(|line| line.to_ascii_lowercase().contains("text/html"))
}

async fn check_page(State(asked): State<Arc<Asked>>, request: Request) -> Response {
    let answer = async |question: Question| {
        let pages = question.asked()?;
        asked.stage.check_pages(&question.distribution, &pages).await.map_err(refused)
    };
    asked.api.question(request, answer).await
}

async fn try_requests(State(asked): State<Arc<Asked>>, request: Request) -> Response {
    let answer = async |question: Question| {
        let requests = question.asked()?;
        asked.stage.try_requests(&question.distribution, &requests).await.map_err(refused)
    };
    asked.api.question(request, answer).await
}

fn refused(why: Unanswerable) -> ApiError {
    match why {
        Unanswerable::Invalid(sentence) => ApiError::invalid(sentence),
        Unanswerable::TooSlow(_) => ApiError::new(ErrorCode::ServiceUnavailable, why.to_string()),
        Unanswerable::Internal => ApiError::internal(why),
    }
}

/// A page that was fetched a moment ago. A frame asks for it, so the cookie alone must do.
async fn preview(State(asked): State<Arc<Asked>>, Path(token): Path<String>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    if !asked.api.is_signed_in(&request) {
        return empty(StatusCode::FORBIDDEN);
    }
    asked.stage.preview(&token).map_or_else(|| empty(StatusCode::NOT_FOUND), shown)
}

fn shown(preview: Preview) -> Response {
    let mut response = empty(StatusCode::OK);
    *response.body_mut() = Body::from(preview.body);
    if let Ok(kind) = HeaderValue::from_str(&preview.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    for (name, value) in PREVIEW_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
