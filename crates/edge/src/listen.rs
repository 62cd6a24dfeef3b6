//! Connections of viewers: accept, TLS, HTTP/1.1 and HTTP/2, drain.
//!
//! HTTP/1.1 is spoken by [`crate::h1`]. For HTTP/2 this is the only place besides [`crate::exchange`] that knows
//! the HTTP library: it turns what hyper read into an [`Arrival`] and a reply into what hyper writes.

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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::arrived;
use crate::edge::Worker;
use crate::exchange::{Arrival, Reply, ReplyBody};
use crate::h1;
use crate::request::{self, Begun};
use crate::sent;
use crate::tls::TlsAcceptor;

/// Largest header list that is read at all; between the documented limit and this the answer is 494 (E11).
const MAX_HEADER_LIST_BYTES: u32 = 256 * 1024;
/// Requests that one HTTP/2 connection may have under way.
const MAX_CONCURRENT_STREAMS: u32 = 128;

/// How viewers reach a listener.
#[derive(Clone)]
pub enum Transport {
    /// HTTP/1.1 in clear text (O21: no HTTP/2 without TLS).
    Plain,
    /// TLS with HTTP/1.1 or HTTP/2 by ALPN.
    Tls(TlsAcceptor),
}

/// Serves viewers on `listener` until `shutdown` turns true, then lets requests under way finish, for as
/// long as the settings allow.
pub async fn serve(
    worker: Arc<Worker>,
    listener: TcpListener,
    transport: Transport,
    mut shutdown: watch::Receiver<bool>,
) {
    let settings = worker.edge().settings();
    let (limit, drain) = (settings.max_connections, settings.drain_timeout);
    let places = Arc::new(Semaphore::new(limit));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut shutdown) => break,
        };
        match accepted {
            Ok((stream, viewer)) => {
                // Without a free place the connection is closed at once: it costs nothing further.
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let transport = transport.clone();
                    tokio::spawn(connection(
                        Arc::clone(&worker),
                        stream,
                        viewer,
                        transport,
                        place,
                        shutdown.clone(),
                    ));
                }
            }
            Err(error) => {
                // Out of file descriptors, or the viewer was gone already: others must not suffer.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    drop(listener);
    let everybody = places.acquire_many(u32::try_from(limit).unwrap_or(u32::MAX));
    if tokio::time::timeout(drain, everybody).await.is_err() {
        tracing::warn!("connections were still busy after {drain:?} and are cut off");
    }
}

async fn connection(
    worker: Arc<Worker>,
    stream: TcpStream,
    viewer: SocketAddr,
    transport: Transport,
    place: OwnedSemaphorePermit,
    shutdown: watch::Receiver<bool>,
) {
    // A viewer that cannot be told "no delay" is served all the same.
    let _ = stream.set_nodelay(true);
    match transport {
        Transport::Plain => h1::serve(worker, stream, viewer, Scheme::Http, shutdown).await,
        Transport::Tls(acceptor) => {
            let limit = worker.edge().settings().head_timeout;
            match tokio::time::timeout(limit, acceptor.accept(stream)).await {
                Ok(Ok((stream, true))) => http2(worker, stream, viewer, shutdown).await,
                Ok(Ok((stream, false))) => h1::serve(worker, stream, viewer, Scheme::Https, shutdown).await,
                Ok(Err(error)) => tracing::debug!(%viewer, %error, "TLS handshake failed"),
                Err(_) => tracing::debug!(%viewer, "TLS handshake took too long"),
            }
        }
    }
    drop(place);
}

async fn http2<S>(worker: Arc<Worker>, stream: S, viewer: SocketAddr, mut shutdown: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| respond(Arc::clone(&worker), request, viewer, Scheme::Https));
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut shutdown) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    note_end(viewer, ended);
}

/// Waits until shutdown begins; a server that is gone counts as begun.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = shutdown.wait_for(|stop| *stop).await.map(|_| ());
}

fn note_end(viewer: SocketAddr, ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%viewer, %error, "connection ended early");
    }
}

async fn respond(
    worker: Arc<Worker>,
    request: hyper::Request<Incoming>,
    viewer: SocketAddr,
    scheme: Scheme,
) -> Result<hyper::Response<ReplyBody>, Infallible> {
    let reply = match request::begin(&worker, arrival(request, viewer, scheme)) {
        Begun::Answered(reply) => reply,
        Begun::Underway(answering) => answering.await,
    };
    Ok(response(reply))
}

/// What hyper read, in our words.
fn arrival(request: hyper::Request<Incoming>, viewer: SocketAddr, scheme: Scheme) -> Arrival {
    let (parts, body) = request.into_parts();
    let mut arrival = arrived::of_parts(parts, viewer, scheme);
    arrival.body_length = body.size_hint().exact();
    if !body.is_end_stream() {
        arrival.body = streaming(body);
    }
    arrival
}

fn streaming(body: Incoming) -> origin::RequestBody {
    let limit = usize::try_from(MAX_REQUEST_BODY_BYTES).unwrap_or(usize::MAX);
    origin::RequestBody::Streaming(Limited::new(body, limit).boxed_unsync())
}

/// Our reply, as hyper writes it.
fn response(reply: Reply) -> hyper::Response<ReplyBody> {
    let mut response = hyper::Response::new(reply.body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let fields = sent::joined(reply.fields, &reply.own);
    headers.reserve(fields.len());
    for (name, value) in fields {
        headers.append(name, value);
    }
    response
}
