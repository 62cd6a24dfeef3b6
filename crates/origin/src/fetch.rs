//! The attempts of one fetch (J20 to J38): which connection, how often, for how long in total.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use hyper::body::Incoming;
use rules::Fields;
use rules::failure::OriginFailure;
use rules::forward::OriginRequest;
use rules::model::Origin;
use rules::request::Scheme;
use tokio::time::{Instant, timeout, timeout_at};

use crate::arriving::Arriving;
use crate::body::ResponseBody;
use crate::connect::{Addresses, connect};
use crate::error::{Error, Failure};
use crate::exchange::exchange;
use crate::head::{self, Signer};
use crate::outgoing::{RequestBody, Stage as UploadStage, Upload};
use crate::pool::{Key, Lease, Pool, Turn};
use crate::retry::{Attempts, Broken, Next, Stage};
use crate::settings::Settings;
use crate::tls::Tls;

/// Fetches from origins and keeps connections to them. One per worker: its connections live on the runtime that
/// called [`Origins::fetch`], so it must be used from one runtime only.
pub struct Origins {
    settings: Settings,
    tls: Tls,
    pool: Arc<Pool>,
}

/// A response whose head has arrived.
#[derive(Debug)]
pub struct Response {
    /// 200 to 599.
    pub status: StatusCode,
    /// All header fields, hop-by-hop ones included.
    pub fields: Fields,
    /// The body, still arriving.
    pub body: ResponseBody,
    /// How often a connection was asked for or used.
    pub attempts: u8,
    /// Whether the connection had carried another request before.
    pub reused: bool,
    /// How long its parts took.
    pub took: Took,
}

/// How long the attempt that succeeded took; a connection that was there already took no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    /// Looking the name up.
    pub dns: Duration,
    /// Connecting, TLS included.
    pub connect: Duration,
    /// From the request to the first byte of the response.
    pub first_byte: Duration,
}

/// One fetch under way.
struct Fetch<'a> {
    origins: &'a Origins,
    origin: &'a Origin,
    request: OriginRequest,
    key: Key,
    upload: Option<Upload>,
    addresses: Addresses,
    completes_by: Option<Instant>,
    /// Attempts made, for the log.
    made: u8,
    /// Attempts that count against the configured number: all but the one an idle connection is to blame for.
    counted: u8,
    idle_retried: bool,
    took: Took,
}

// === impl Origins ===

impl Origins {
    /// Reads the trusted certificate authorities; opens nothing.
    pub fn new(settings: Settings) -> Result<Arc<Self>, Error> {
        let tls = Tls::new(&settings.roots)?;
        let pool = Pool::new(settings.max_connections_per_origin);
        Ok(Arc::new(Self { settings, tls, pool }))
    }

    /// Sends `request` with `body` to `origin` and waits for the head of the response.
    ///
    /// Makes as many attempts as J20 to J35 allow. The body is taken from the viewer only as fast as the origin
    /// reads it, and at most once. Must run on a tokio runtime. Dropping the future gives the request up and closes
    /// its connection.
    pub async fn fetch(
        &self,
        origin: &Origin,
        request: OriginRequest,
        body: RequestBody,
    ) -> Result<Response, Failure> {
        let mut fetch = Fetch {
            origins: self,
            origin,
            key: key(origin, &request),
            request,
            upload: Upload::of(body),
            addresses: Addresses::default(),
            completes_by: origin.completion_timeout.map(|limit| Instant::now() + limit),
            made: 0,
            counted: 0,
            idle_retried: false,
            took: Took::default(),
        };
        match fetch.completes_by {
            None => fetch.run().await,
            Some(at) => match timeout_at(at, fetch.run()).await {
                Ok(result) => result,
                Err(_) => Err(fetch.out_of_time()),
            },
        }
    }
}

impl std::fmt::Debug for Origins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origins").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn key(origin: &Origin, request: &OriginRequest) -> Key {
    let endpoint = &origin.endpoint;
    let host = Arc::clone(&endpoint.host);
    match request.scheme {
        Scheme::Http => Key {
            scheme: Scheme::Http,
            host,
            port: endpoint.http_port,
            tls_name: Arc::from(""),
            accepted_names: Arc::default(),
        },
        Scheme::Https => Key {
            scheme: Scheme::Https,
            host,
            port: endpoint.https_port,
            tls_name: Arc::clone(&request.tls_name),
            accepted_names: request.accepted_names.iter().cloned().collect(),
        },
    }
}

// === impl Fetch ===

impl Fetch<'_> {
    async fn run(&mut self) -> Result<Response, Failure> {
        loop {
            let broken = match self.attempt().await {
                Ok(response) => return Ok(response),
                Err(broken) => broken,
            };
            let next = self.attempts().after(&broken);
            tracing::debug!(
                origin = %self.origin.id, attempt = self.made, failure = ?broken.failure, ?next,
                detail = broken.detail, "an attempt to fetch from an origin broke"
            );
            match next {
                Next::GiveUp => return Err(self.failure(broken)),
                Next::Retry => {}
                Next::RetryAfterIdle => {
                    self.counted = self.counted.saturating_sub(1);
                    self.idle_retried = true;
                }
            }
        }
    }

    /// One attempt: a connection, an exchange, and a look at the response head.
    async fn attempt(&mut self) -> Result<Response, Broken> {
        self.made = self.made.saturating_add(1);
        self.counted = self.counted.saturating_add(1);
        let (mut lease, reused) = self.connection().await?;
        let settings = &self.origins.settings;
        let signature = self.request.sign.as_deref();
        let credentials = signature.and_then(|signature| settings.credentials_for(self.origin, signature));
        let signer =
            credentials.as_deref().map(|credentials| Signer { credentials, at_s: (settings.wall_clock)() });
        let request =
            head::outgoing(&self.request, self.upload.as_ref(), signer.as_ref()).map_err(unusable)?;
        let limit = self.origin.response_timeout;
        let asked_at = Instant::now();
        let response = exchange(lease.link(), request, self.upload.as_ref(), limit, reused).await?;
        self.took.first_byte = asked_at.elapsed();
        self.response(response, lease, reused)
    }

    /// An idle connection for the first attempt, a new one for all others.
    async fn connection(&mut self) -> Result<(Lease, bool), Broken> {
        let limit = self.origin.connection_timeout;
        let turn = timeout(limit, self.origins.pool.turn(&self.key)).await.map_err(|_| {
            let detail = format!("{} has no connection to spare within {limit:?}", self.key.host);
            Broken::connecting(OriginFailure::ConnectTimeout, detail)
        })?;
        if let Some(link) = self.idle_link(&turn) {
            return Ok((turn.lease(link, self.origin.keepalive_timeout), true));
        }
        let began_at = Instant::now();
        let link = connect(&self.key, &mut self.addresses, &self.origins.tls, limit).await?;
        self.took.dns = self.addresses.looked_up();
        self.took.connect = began_at.elapsed().saturating_sub(self.took.dns);
        Ok((turn.lease(link, self.origin.keepalive_timeout), false))
    }

    fn idle_link(&self, turn: &Turn) -> Option<crate::link::Link> {
        if self.made == 1 { turn.idle_link() } else { None }
    }

    fn response(
        &self,
        response: http::Response<Incoming>,
        lease: Lease,
        reused: bool,
    ) -> Result<Response, Broken> {
        let (parts, incoming) = response.into_parts();
        let status = parts.status;
        let mut fields = head::fields(parts.headers);
        let framing = head::framing(&self.request.method, status, &fields).map_err(unusable)?;
        head::state_length_once(&mut fields, framing);
        let body = Arriving::new(
            incoming,
            framing,
            lease,
            self.upload.clone(),
            self.origin.response_timeout,
            self.completes_by,
        );
        Ok(Response { status, fields, body: body.into(), attempts: self.made, reused, took: self.took })
    }

    fn attempts(&self) -> Attempts<'_> {
        Attempts {
            method: self.method(),
            body_untouched: self
                .upload
                .as_ref()
                .is_none_or(|upload| upload.stage() == UploadStage::Untouched),
            counted: self.counted,
            allowed: self.origin.connection_attempts,
            idle_retried: self.idle_retried,
        }
    }

    fn method(&self) -> &Method {
        &self.request.method
    }

    fn failure(&self, broken: Broken) -> Failure {
        Failure {
            failure: broken.failure,
            attempts: self.made,
            detail: broken.detail,
            request_body_broke_off: broken.stage == Stage::RequestBody,
        }
    }

    fn out_of_time(&self) -> Failure {
        Failure {
            failure: OriginFailure::CompletionTimeout,
            attempts: self.made,
            detail: "the response completion timeout ran out before a response head came".to_owned(),
            request_body_broke_off: false,
        }
    }
}

/// A head that cannot be sent or understood: asking again would not change it.
fn unusable(why: &'static str) -> Broken {
    Broken { failure: OriginFailure::InvalidResponse, detail: why.to_owned(), stage: Stage::Exchanging }
}
