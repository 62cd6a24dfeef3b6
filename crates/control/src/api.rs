//! The stairs that every request takes, and what all operations share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ::http::header::IF_MATCH;
use ::http::request::Parts;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use observe::Clock;
use shapes::{API_VERSION, ErrorCode, operations};
use store::{Document, Revision, Store};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::auth::{Caller, Gate, Guesses, KeyRing};
use crate::console;
use crate::deployment::Deployment;
use crate::error::ApiError;
use crate::http::{self, Form, Reply};
use crate::operations::{Call, Summaries, dispatch};
use crate::question::MAX_QUESTIONS;
use crate::quotas::Counts;
use crate::settings::Settings;

/// The longest path and query that are looked at, in bytes.
const MAX_URI_BYTES: usize = 16 * 1024;

/// The longest id that is looked for. Longer ones name nothing.
const MAX_ID_BYTES: usize = 64;

/// Places of invalidations within one second, as a power of two.
const PLACES_PER_SECOND_BITS: u32 = 20;

/// The API over one store.
pub struct Api {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) deployment: Deployment,
    gate: Gate,
    clock: Clock,
    /// One permit for each body that may be in memory.
    bodies: Semaphore,
    /// One permit for each question that may be answered.
    pub(crate) questions: Semaphore,
    /// The last place given to an invalidation.
    last_place: AtomicU64,
    /// How many resources there are.
    pub(crate) counts: Counts,
    /// Entries of lists that are written already.
    pub(crate) summaries: Arc<Summaries>,
    /// Set once everything is kept as this version keeps it.
    is_prepared: OnceCell<()>,
}

// === impl Api ===

impl Api {
    /// An API that keeps everything in `store` and learns from `deployment` what is served.
    #[must_use]
    pub fn new(
        mut settings: Settings,
        store: Arc<dyn Store>,
        keys: Arc<dyn KeyRing>,
        clock: Clock,
        deployment: Deployment,
    ) -> Arc<Self> {
        settings.environment.account_id.clone_from(&settings.account_id);
        let bodies = Semaphore::new(settings.max_bodies);
        let gate = Gate::new(keys, clock.clone());
        Arc::new(Self {
            settings,
            store,
            deployment,
            gate,
            clock,
            bodies,
            questions: Semaphore::new(MAX_QUESTIONS),
            last_place: AtomicU64::new(0),
            counts: Counts::default(),
            summaries: Arc::default(),
            is_prepared: OnceCell::new(),
        })
    }

    /// Answers every request, whatever its method and path, with a document of CloudFront's; only sessions of browsers
    /// (`/console/session`) are apart.
    pub fn router(self: &Arc<Self>) -> Router {
        let (api, of_sessions) = (Arc::clone(self), Arc::clone(self));
        let sessions = move |request: Request| console::session(Arc::clone(&of_sessions), request);
        Router::new().route(console::PATH, any(sessions)).fallback(move |request: Request| {
            let api = Arc::clone(&api);
            async move { api.answer(request).await }
        })
    }

    /// Failed attempts to show a key, for other doors to which the same keys belong.
    pub fn guesses(&self) -> Arc<Guesses> {
        self.gate.guesses()
    }

    /// Brings what an earlier version kept into the form of this one, and finishes what a stop in the middle of a delete
    /// has left over; worth calling at start. Cancel-safe: what is not finished is found again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self) -> Result<(), ApiError> {
        self.prepare().await?;
        crate::operations::sweep(self).await
    }

    /// To be called before what may depend on indexes that an earlier version did not write. Does something only once.
    pub(crate) async fn prepare(&self) -> Result<(), ApiError> {
        self.is_prepared.get_or_try_init(|| crate::operations::upgrade(&*self.store)).await.copied()
    }

    async fn answer(&self, request: Request) -> Response {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        // Without randomness nothing can be created, but a refusal can still be sent.
        let request_id = crate::ids::uuid().unwrap_or_default();
        let outcome = self.handle(&parts, body).await;
        log(&parts, &request_id, &outcome, started);
        match outcome {
            Ok(reply) => reply.into_response(&request_id),
            Err(error) => http::refusal(&error, Form::wanted(&parts.headers), &request_id),
        }
    }

    async fn handle(&self, parts: &Parts, body: Body) -> Result<Reply, ApiError> {
        let (path, query) = (parts.uri.path(), parts.uri.query());
        if path.len() + query.map_or(0, str::len) > MAX_URI_BYTES {
            return Err(ApiError::invalid(format!(
                "The address is too long. Accepted: at most {MAX_URI_BYTES} bytes."
            )));
        }
        let request = operations::find(parts.method.as_str(), path, query).ok_or_else(unknown_operation)?;
        let Authorized { caller, body, .. } = &self.authorize(parts, body).await?;
        caller.role.must_allow(request.operation.row().name, &caller.access_key_id)?;
        let if_match = parts.headers.get(IF_MATCH).map(|value| value.to_str().unwrap_or_default());
        let (sent, wanted) = (Form::sent(&parts.headers), Form::wanted(&parts.headers));
        let body = body.clone();
        dispatch(&Call { api: self, request, if_match, body, sent, wanted }).await
    }

    /// Finds out who sends the request, and reads its body when they may send one.
    pub(crate) async fn authorize(&self, parts: &Parts, body: Body) -> Result<Authorized<'_>, ApiError> {
        let entry = self.gate.enter(parts)?;
        let place = self.bodies.try_acquire().map_err(|_| too_busy())?;
        let body = http::read(body, self.settings.max_body_bytes, self.settings.body_time_limit).await?;
        let caller = self.gate.verify(entry, parts, &body)?;
        Ok(Authorized { caller, body, _place: place })
    }
}

/// A request whose sender is known.
pub(crate) struct Authorized<'a> {
    /// Who.
    pub(crate) caller: Caller,
    /// What they sent.
    pub(crate) body: Bytes,
    /// Free again when the body is not needed any more.
    _place: SemaphorePermit<'a>,
}

/// What operations ask for.
impl Api {
    /// Who may come in.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The document at a key that ends with an id from a caller; `None` also for what cannot be an id.
    pub(crate) async fn find(
        &self,
        key: impl FnOnce(&str) -> String,
        id: &str,
    ) -> Result<Option<Document>, ApiError> {
        if !is_id(id) {
            return Ok(None);
        }
        Ok(self.store.read(&key(id)).await?)
    }

    /// The revision that last wrote a key; 0 when there is nothing.
    pub(crate) async fn revision_of(&self, key: &str) -> Result<Revision, ApiError> {
        Ok(self.store.read(key).await?.map(|document| document.revision).unwrap_or_default())
    }

    /// Gives the edges a moment to serve what was written, so that whoever reads the answer finds it done.
    pub(crate) async fn let_it_deploy(&self, revision: Revision) {
        if !self.deployment.wait(revision, self.settings.deployment_wait).await {
            tracing::debug!(%revision, "answered before the edge serves it");
        }
    }

    /// The moment for a new record, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        i64::try_from(self.clock.wall_s()).unwrap_or(i64::MAX).saturating_mul(1000)
    }

    /// A place for a new invalidation: after every other of this process, and after those of earlier seconds.
    pub(crate) fn next_place(&self) -> u64 {
        let floor = self.clock.wall_s() << PLACES_PER_SECOND_BITS;
        let next = |last: u64| Some(floor.max(last.saturating_add(1)));
        let last = self.last_place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        // The closure always answers, so the place is the one that it wrote.
        next(last.unwrap_or_else(|last| last)).unwrap_or(floor)
    }

    /// The address of a resource, from the path below the API version.
    pub(crate) fn location(&self, path: &str) -> String {
        format!("{}/{API_VERSION}/{path}", self.settings.location_base)
    }
}

/// Whether a text of a caller has the form of an id; policies have UUIDs.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn unknown_operation() -> ApiError {
    let text = format!(
        "No operation has this method and path. Accepted: the operations of the API version {API_VERSION}, below /{API_VERSION}/."
    );
    ApiError::new(ErrorCode::UnknownOperationException, text)
}

fn too_busy() -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, "Too many requests are being answered. Try again.")
}

/// One line for each request. Signatures, documents and messages, which may repeat parts of documents, are not in it.
fn log(request: &Parts, id: &str, outcome: &Result<Reply, ApiError>, started: Instant) {
    let (method, path) = (&request.method, request.uri.path());
    let took_us = started.elapsed().as_micros();
    match outcome {
        Ok(_) => tracing::info!(id, %method, path, took_us, "answered"),
        Err(error) if error.code.status() < 500 => {
            let first = error.problems.as_ref().and_then(|problems| problems.first());
            let member = first.map(|problem| problem.path.as_str());
            tracing::info!(id, %method, path, took_us, code = %error.code, member, "refused");
        }
        Err(error) => {
            let source = error.source.as_deref().map(tracing::field::display);
            tracing::error!(id, %method, path, took_us, code = %error.code, source, "failed");
        }
    }
}
