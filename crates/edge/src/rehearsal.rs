//! What would happen if: the code that serves viewers, with a cache and a clock of its own, and with origins that do
//! what they are told.
//!
//! A rehearsal answers questions about one distribution, stored or not: what a viewer would get while an origin
//! fails, what of it later, and why. Nothing that viewers are served from is touched. Origins without a part in
//! the script are really asked.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use observe::{Clock, Timeline};
use rules::Fields;
use rules::failure::OriginFailure;
use rules::model::{Distribution, Snapshot};

use crate::edge::{Edge, StartError, Worker};
use crate::exchange::{Arrival, Reply};
use crate::request;
use crate::sent;

/// Memory of a rehearsal's cache, in bytes: what one question needs.
const CACHE_BYTES: u64 = 32 << 20;
/// Larger objects are not kept during a rehearsal, in bytes.
const MAX_OBJECT_BYTES: u64 = 8 << 20;
/// Requests under way in a rehearsal.
const MAX_CONNECTIONS: usize = 16;

/// What an origin is taken to do.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It answers.
    Answers {
        /// 200 to 599.
        status: StatusCode,
        /// The header fields.
        fields: Fields,
        /// The body.
        body: Bytes,
    },
    /// It sends no usable response.
    Fails(OriginFailure),
}

/// What the origins of a rehearsal are taken to do, by their ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Arc<Mutex<BTreeMap<Arc<str>, Outcome>>>);

impl Script {
    /// What an origin does; `None` when it is really asked.
    pub(crate) fn outcome(&self, origin_id: &str) -> Option<Result<origin::Response, origin::Failure>> {
        let outcomes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.get(origin_id).cloned().map(Outcome::happen)
    }
}

impl Outcome {
    fn happen(self) -> Result<origin::Response, origin::Failure> {
        match self {
            Self::Answers { status, fields, body } => Ok(origin::Response {
                status,
                fields,
                body: origin::ResponseBody::made_up(body),
                attempts: 1,
                reused: false,
                took: origin::Took::default(),
            }),
            Self::Fails(failure) => Err(origin::Failure {
                failure,
                attempts: 1,
                detail: "rehearsed".into(),
                request_body_broke_off: false,
            }),
        }
    }
}

/// A stage for one distribution.
pub struct Rehearsal {
    worker: Arc<Worker>,
    clock: Clock,
    script: Script,
}

/// What came of a rehearsed request.
#[derive(Debug)]
pub struct Rehearsed {
    /// The status that the viewer would get.
    pub status: StatusCode,
    /// The header fields.
    pub fields: Fields,
    /// The body, as far as it was wanted.
    pub body: Bytes,
    /// How the body ended.
    pub body_end: BodyEnd,
    /// Every step with its reason.
    pub timeline: Timeline,
}

/// How the body of a rehearsed answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// It is whole.
    Whole,
    /// There is more of it than was wanted.
    Cut,
    /// Its origin broke off.
    BrokenOff,
}

// === impl Rehearsal ===

impl Rehearsal {
    /// A stage for `distribution` with the settings of `edge`. Its cache is empty and its clock stands still.
    /// Origins that are really asked are asked through `origins`, on the runtime that those belong to.
    ///
    /// # Errors
    /// As [`Edge::new`].
    pub fn new(
        edge: &Edge,
        origins: Arc<origin::Origins>,
        distribution: Arc<Distribution>,
    ) -> Result<Self, StartError> {
        let clock = Clock::standing_at_ms(edge.clock().now_ms());
        let cache = cache::Limits {
            memory_bytes: CACHE_BYTES,
            max_object_bytes: MAX_OBJECT_BYTES,
            ..cache::Limits::default()
        };
        let settings = crate::Settings { cache, max_connections: MAX_CONNECTIONS, ..edge.settings().clone() };
        let stage = Edge::new(settings, clock.clone())?;
        let mut snapshot = Snapshot { generation: 1, ..Snapshot::default() };
        snapshot.put(0, distribution);
        stage.install(Arc::new(snapshot));
        let script = Script::default();
        let worker = Worker::rehearsing(stage, origins, script.clone());
        Ok(Self { worker, clock, script })
    }

    /// Tells the origin `id` what to do from now on; `None` lets it be itself.
    pub fn direct(&self, id: &Arc<str>, outcome: Option<Outcome>) {
        let mut outcomes = self.script.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Some(outcome) => outcomes.insert(Arc::clone(id), outcome),
            None => outcomes.remove(id),
        };
    }

    /// Lets time pass.
    pub fn wait(&self, time: Duration) {
        self.clock.advance_ms(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    /// What a viewer gets now; at most `body_limit` bytes of the body are read.
    pub async fn ask(&self, arrival: Arrival, body_limit: usize) -> Rehearsed {
        let (reply, timeline) = request::answer_with_timeline(&self.worker, arrival).await;
        collect(reply, timeline, body_limit).await
    }

    /// What the page for `error_code` answers now, before its response code is put on it. `arrival` names the
    /// distribution by its host; `None` when it has no page for that code.
    pub async fn page(
        &self,
        arrival: Arrival,
        error_code: StatusCode,
        body_limit: usize,
    ) -> Option<Rehearsed> {
        let (reply, timeline) = request::page(&self.worker, arrival, error_code).await?;
        Some(collect(reply, timeline, body_limit).await)
    }
}

async fn collect(reply: Reply, timeline: Timeline, limit: usize) -> Rehearsed {
    let Reply { status, fields, own, mut body } = reply;
    let fields = sent::joined(fields, &own);
    let mut read = Vec::new();
    let body_end = loop {
        match std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            None => break BodyEnd::Whole,
            Some(Err(_)) => break BodyEnd::BrokenOff,
            Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap_or_default()),
        }
        if read.len() > limit {
            read.truncate(limit);
            break BodyEnd::Cut;
        }
    };
    Rehearsed { status, fields, body: read.into(), body_end, timeline }
}
