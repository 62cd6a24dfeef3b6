//! `/_warmfront/`: health, and for tests the movable clock and the reset. Beside the API, without a signature.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use control::Deployment;
use edge::Edge;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use store::{CommitError, Revision, Store, Transaction};

/// Bodies here are a few bytes.
const MAX_BODY_BYTES: usize = 4 * 1024;
/// Documents that one transaction of a reset deletes.
const RESET_PAGE: usize = 100;
/// Longest that a reset waits for the edge.
const RESET_WAIT: Duration = Duration::from_secs(10);
/// A clock is moved by at most this, some three hundred years.
const MAX_ADVANCE_S: f64 = 1e10;

/// What the requests here touch.
pub struct Admin {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What viewers are served from; its clock is the one that moves.
    pub edge: Arc<Edge>,
    /// How far the edge has come.
    pub deployment: Deployment,
    /// Whether the clock may be moved and everything emptied.
    pub virtual_clock: bool,
}

// === impl Admin ===

impl Admin {
    /// The routes below `/_warmfront/`.
    pub fn router(self) -> Router {
        let routes = Router::new().route("/_warmfront/health", get(health));
        let routes = if self.virtual_clock {
            routes.route("/_warmfront/clock", post(clock)).route("/_warmfront/reset", post(reset))
        } else {
            routes.route("/_warmfront/clock", any(not_virtual)).route("/_warmfront/reset", any(not_virtual))
        };
        routes
            .route("/_warmfront/{*path}", any(nothing))
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(Arc::new(self))
    }

    /// Deletes every document of the API; answers the revision that did it.
    async fn delete_everything(&self) -> Result<Revision, CommitError> {
        loop {
            let page = self.store.list(control::records::PREFIX, None, RESET_PAGE).await?;
            if page.documents.is_empty() {
                return Ok(page.revision);
            }
            let keys = page.documents.into_iter().map(|document| document.key);
            self.store.commit(keys.fold(Transaction::new(), Transaction::delete)).await?;
        }
    }

    fn now(&self) -> Response {
        answer(StatusCode::OK, &json!({ "now": self.edge.clock().now_ms() / 1000 }))
    }
}

/// What `POST /_warmfront/clock` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: f64,
}

/// The listener is opened to callers only when everything else serves, so that an answer means ready.
async fn health() -> Response {
    answer(StatusCode::OK, &json!({ "status": "ready", "version": env!("CARGO_PKG_VERSION") }))
}

async fn clock(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let asked = serde_json::from_slice::<Advance>(&body).map(|advance| advance.advance_seconds);
    let Some(seconds) = asked.ok().filter(|seconds| (0.0..=MAX_ADVANCE_S).contains(seconds)) else {
        let sentence =
            "Expected {\"advance_seconds\": N} with N from 0 to 10000000000: time only moves forward.";
        return refusal(StatusCode::BAD_REQUEST, sentence);
    };
    admin.edge.clock().advance_ms((seconds * 1000.0).round() as u64);
    admin.now()
}

async fn reset(State(admin): State<Arc<Admin>>) -> Response {
    let revision = match admin.delete_everything().await {
        Ok(revision) => revision,
        Err(error) => {
            return refusal(StatusCode::INTERNAL_SERVER_ERROR, &format!("The store failed: {error}."));
        }
    };
    if !admin.deployment.wait(revision, RESET_WAIT).await {
        return refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "Everything is deleted, but the edge has not seen it yet.",
        );
    }
    admin.edge.clock().reset();
    admin.edge.cache().reset();
    admin.now()
}

async fn not_virtual() -> Response {
    refusal(StatusCode::NOT_FOUND, "This exists only when the server is started with --virtual-clock.")
}

async fn nothing() -> Response {
    let sentence = "Nothing is here. There are /_warmfront/health and, with --virtual-clock, /_warmfront/clock and /_warmfront/reset.";
    refusal(StatusCode::NOT_FOUND, sentence)
}

fn refusal(status: StatusCode, sentence: &str) -> Response {
    answer(status, &json!({ "error": sentence }))
}

fn answer(status: StatusCode, document: &serde_json::Value) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, json)], format!("{document}\n")).into_response()
}
