//! The edge that all workers share, and a worker: one runtime's part of it.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use http::HeaderValue;
use observe::Clock;
use rules::Moment;
use rules::forward::OriginRequest;
use rules::model::{Origin, Snapshot};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::compress::Compressors;
use crate::ids::{self, Ids};
use crate::rehearsal::Script;
use crate::settings::Settings;

/// Shared by all workers: snapshot, cache, clock and settings.
pub struct Edge {
    settings: Settings,
    clock: Clock,
    cache: Arc<cache::Cache>,
    compressors: Compressors,
    snapshot: ArcSwap<Snapshot>,
    names: Names,
    /// `Alt-Svc` (H34), once a worker listens for HTTP/3.
    alt_svc: OnceLock<HeaderValue>,
}

/// Header values that never change while the edge lives.
pub(crate) struct Names {
    /// The name in `CDN-Loop` (E20).
    pub edge_id: Box<str>,
    /// `Via` of answers over HTTP/1.0, 1.1, 2 and 3 (H03).
    pub via: [HeaderValue; 4],
    /// `X-Amz-Cf-Pop`.
    pub pop: HeaderValue,
}

/// What became of a snapshot that was to be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// Requests that start now use it.
    Yes,
    /// A newer generation is in use already; generations only grow.
    Older,
}

/// Why an edge or a worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The origin side cannot start.
    #[error("origins cannot be reached: {0}")]
    Origins(#[source] origin::Error),
    /// The POP code does not fit into a header.
    #[error("the POP code {0:?} is not visible ASCII")]
    Pop(Arc<str>),
}

impl Edge {
    /// An edge without distributions.
    ///
    /// # Errors
    /// [`StartError::Pop`] when the POP code cannot be a header value.
    pub fn new(settings: Settings, clock: Clock) -> Result<Arc<Self>, StartError> {
        let edge_name = ids::name();
        let via = |version: &str| format!("{version} {edge_name}.cloudfront.net (CloudFront)");
        let as_value =
            |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("warmfront"));
        let pop = HeaderValue::from_str(&settings.pop).map_err(|_| StartError::Pop(settings.pop.clone()))?;
        let names = Names {
            via: [as_value(via("1.0")), as_value(via("1.1")), as_value(via("2.0")), as_value(via("3.0"))],
            edge_id: format!("warmfront-{edge_name}").into(),
            pop,
        };
        Ok(Arc::new(Self {
            cache: cache::Cache::new(settings.cache),
            compressors: Compressors::new(settings.max_compressions),
            snapshot: ArcSwap::from_pointee(Snapshot::default()),
            settings,
            clock,
            names,
            alt_svc: OnceLock::new(),
        }))
    }

    /// Puts `snapshot` into use unless a newer one is; requests under way keep theirs.
    pub fn install(&self, snapshot: Arc<Snapshot>) -> Installed {
        let previous = self.snapshot.rcu(|current| {
            if current.generation > snapshot.generation { Arc::clone(current) } else { Arc::clone(&snapshot) }
        });
        if previous.generation > snapshot.generation { Installed::Older } else { Installed::Yes }
    }

    /// The snapshot in use.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The cache.
    pub const fn cache(&self) -> &Arc<cache::Cache> {
        &self.cache
    }

    pub(crate) const fn compressors(&self) -> &Compressors {
        &self.compressors
    }

    /// The clock.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    /// From now on viewers are told about HTTP/3.
    pub(crate) fn announce_http3(&self) {
        let port = self.settings.public_https_port;
        if let Ok(value) = HeaderValue::try_from(format!("h3=\":{port}\"; ma=86400")) {
            // Another worker may have said so already.
            let _ = self.alt_svc.set(value);
        }
    }

    /// `Alt-Svc` (H34); `None` while nobody listens for HTTP/3.
    pub(crate) fn alt_svc(&self) -> Option<&HeaderValue> {
        self.alt_svc.get()
    }

    /// Cache time.
    pub(crate) fn now(&self) -> Moment {
        Moment::from_epoch_ms(self.clock.now_ms())
    }
}

/// One runtime's part of an edge: its connections to origins and its request ids.
pub struct Worker {
    edge: Arc<Edge>,
    origins: Arc<origin::Origins>,
    ids: Ids,
    /// Places for fetches that may outlive their viewers.
    fetches: Arc<Semaphore>,
    /// What origins are taken to do; `None` outside of rehearsals.
    script: Option<Script>,
}

impl Worker {
    /// A worker of `edge`; create it inside the runtime that it will serve on.
    ///
    /// # Errors
    /// [`StartError::Origins`] when certificates or settings of the origin side cannot be used.
    pub fn new(edge: Arc<Edge>) -> Result<Arc<Self>, StartError> {
        let origins = origin::Origins::new(edge.settings.origins.clone()).map_err(StartError::Origins)?;
        Ok(Arc::new(Self::with(edge, origins, None)))
    }

    /// A worker whose origins do what the script says.
    pub(crate) fn rehearsing(edge: Arc<Edge>, origins: Arc<origin::Origins>, script: Script) -> Arc<Self> {
        Arc::new(Self::with(edge, origins, Some(script)))
    }

    fn with(edge: Arc<Edge>, origins: Arc<origin::Origins>, script: Option<Script>) -> Self {
        let fetches = Arc::new(Semaphore::new(edge.settings.max_connections));
        Self { edge, origins, ids: Ids::new(), fetches, script }
    }

    /// The edge that this worker belongs to.
    pub const fn edge(&self) -> &Arc<Edge> {
        &self.edge
    }

    /// Asks `origin`, or in a rehearsal answers as the script says.
    pub(crate) async fn fetch(
        &self,
        origin: &Origin,
        request: OriginRequest,
        body: origin::RequestBody,
    ) -> Result<origin::Response, origin::Failure> {
        if let Some(scripted) = self.script.as_ref().and_then(|script| script.outcome(&origin.id)) {
            return scripted;
        }
        self.origins.fetch(origin, request, body).await
    }

    /// A place for one more fetch; `None` when as many are under way as there may be connections (A93).
    pub(crate) fn place_for_fetch(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.fetches).try_acquire_owned().ok()
    }

    pub(crate) const fn ids(&self) -> &Ids {
        &self.ids
    }
}
