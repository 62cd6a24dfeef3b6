//! HTTP/2 with viewers (RFC 9113), by hyper: limits on everything that a viewer can make large or slow.
//!
//! The library bounds heads, streams and resets; [`progress`] finds viewers who take nothing of what they asked for, and
//! [`patient`] those who do not send what they announced.

mod patient;
mod progress;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rules::limits::MAX_REQUEST_BODY_BYTES;
use rules::request::Scheme;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::arrived;
use crate::edge::Worker;
use crate::exchange::{Arrival, Reply, ReplyBody};
use crate::request::{self, Begun};
use crate::sent;
use patient::Patient;
use progress::{Progress, State, Tracked};

/// Largest header list that is read at all; between the documented limit and this the answer is 494 (E11).
const MAX_HEADER_LIST_BYTES: u32 = 256 * 1024;
/// Requests that one connection may have under way.
const MAX_CONCURRENT_STREAMS: u32 = 128;
/// Requests that a viewer may take back before they were looked at; with more the connection ends (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 32;
/// Streams that may break the protocol; with more the connection ends.
const MAX_BROKEN_STREAMS: usize = 256;
/// What the library holds of a reply that the viewer does not take.
const MAX_SEND_BUFFER_BYTES: usize = 128 * 1024;
/// What a viewer may have sent of one request's body without anybody having read it.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// The same for all requests of a connection.
const WINDOW_BYTES: u32 = 1024 * 1024;
/// How often a silent viewer is asked whether it is still there, and how long it may take to answer.
const PING: Duration = Duration::from_secs(30);
const PONG: Duration = Duration::from_secs(20);

/// Serves one connection until it ends, or until the replies under way when `shutdown` turns true.
pub async fn serve<S>(worker: Arc<Worker>, stream: S, viewer: SocketAddr, mut shutdown: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let patience = worker.edge().settings().head_timeout;
    let progress = Arc::new(Progress::default());
    let tracked = Arc::clone(&progress);
    let service = service_fn(move |request| {
        respond(Arc::clone(&worker), request, viewer, Arc::clone(&tracked), patience)
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(PING))
        .keep_alive_timeout(PONG)
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_BROKEN_STREAMS)
        .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let mut ending_since = None;
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            () = stopped(&mut shutdown), if ending_since.is_none() => {}
            () = tokio::time::sleep(patience / 2) => match progress.state(patience) {
                State::Moving => continue,
                State::Stalled => return tracing::debug!(%viewer, "a viewer takes nothing of its answers"),
                State::Idle if ending_since.is_none_or(|since: Instant| since.elapsed() < patience) => {}
                State::Idle => return tracing::debug!(%viewer, "a viewer does not take what is left for it"),
            },
        }
        if ending_since.is_none() {
            ending_since = Some(Instant::now());
            connection.as_mut().graceful_shutdown();
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%viewer, %error, "connection ended early");
    }
}

/// Waits until shutdown begins; a server that is gone counts as begun.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = shutdown.wait_for(|stop| *stop).await.map(|_| ());
}

async fn respond(
    worker: Arc<Worker>,
    request: hyper::Request<Incoming>,
    viewer: SocketAddr,
    progress: Arc<Progress>,
    patience: Duration,
) -> Result<hyper::Response<Tracked>, Infallible> {
    let under_way = Progress::begin(&progress);
    let reply = match request::begin(&worker, arrival(request, viewer, patience)) {
        Begun::Answered(reply) => reply,
        Begun::Underway(answering) => answering.await,
    };
    Ok(response(reply, |body| Tracked::new(body, under_way)))
}

/// What hyper read, in our words.
fn arrival(request: hyper::Request<Incoming>, viewer: SocketAddr, patience: Duration) -> Arrival {
    let (parts, body) = request.into_parts();
    let mut arrival = arrived::of_parts(parts, viewer, Scheme::Https);
    arrival.body_length = body.size_hint().exact();
    if !body.is_end_stream() {
        let limit = usize::try_from(MAX_REQUEST_BODY_BYTES).unwrap_or(usize::MAX);
        let body = Limited::new(Patient::new(body, patience), limit);
        arrival.body = origin::RequestBody::Streaming(body.boxed_unsync());
    }
    arrival
}

/// Our reply, as hyper writes it.
fn response(reply: Reply, tracked: impl FnOnce(ReplyBody) -> Tracked) -> hyper::Response<Tracked> {
    let mut response = hyper::Response::new(tracked(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let fields = sent::joined(reply.fields, &reply.own);
    headers.reserve(fields.len());
    for (name, value) in fields {
        headers.append(name, value);
    }
    response
}
