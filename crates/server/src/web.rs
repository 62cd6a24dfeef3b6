//! HTTP for whoever is not a viewer: the API, the health check, the demo's own site. HTTP/1.1 in clear text; HTTP/1.1 and
//! HTTP/2 over TLS.
//!
//! A bounded number of connections, a time limit for each handshake and request head, and a drain at the end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Connections at the same time; further ones wait in the kernel.
const MAX_CONNECTIONS: usize = 1024;

/// Longest that a request head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// HTTP/2 requests under way on one connection.
const MAX_STREAMS: u32 = 128;
/// The largest head of an HTTP/2 request, in bytes.
const MAX_HEAD_BYTES: u32 = 32 * 1024;
/// An HTTP/2 connection on which nothing happens is asked whether somebody is there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Serves `router` in clear text until `shutdown` turns true; then requests under way may go on for `drain`.
pub async fn serve(listener: TcpListener, router: Router, drain: Duration, shutdown: watch::Receiver<bool>) {
    serve_with(listener, None, router, drain, shutdown).await;
}

/// The same, over TLS if there is a configuration of it.
pub async fn serve_with(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    drain: Duration,
    mut shutdown: watch::Receiver<bool>,
) {
    let tls = tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next() => continue,
            () = stopped(&mut shutdown) => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (router, tls, shutdown) = (router.clone(), tls.clone(), shutdown.clone());
        connections.spawn(async move {
            connection(stream, tls, Service::new(router, peer), shutdown).await;
            drop(place);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(drain, all).await.is_err() {
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer.ip(), place)),
        Err(error) => {
            // Out of file descriptors, or the caller was gone already: others must not suffer.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(5)).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    service: Service,
    shutdown: watch::Receiver<bool>,
) {
    // A caller that cannot be told "no delay" is served all the same.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return http1(stream, service, shutdown).await };
    let stream = match tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "no TLS connection came about"),
        Err(_) => return tracing::debug!("no TLS connection came about in time"),
    };
    let service = Service { is_encrypted: true, ..service };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2(stream, service, shutdown).await;
    } else {
        http1(stream, service, shutdown).await;
    }
}

async fn http1(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    service: Service,
    mut shutdown: watch::Receiver<bool>,
) {
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stopped(&mut shutdown) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    report(ended);
}

async fn http2(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    service: Service,
    mut shutdown: watch::Receiver<bool>,
) {
    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES)
        .keep_alive_interval(KEEP_ALIVE)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stopped(&mut shutdown) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    report(ended);
}

fn report(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Answers the requests of one connection; each brings along what is known of it.
struct Service {
    router: TowerToHyperService<Router>,
    peer: IpAddr,
    is_encrypted: bool,
}

// === impl Service ===

impl Service {
    fn new(router: Router, peer: IpAddr) -> Self {
        Self { router: TowerToHyperService::new(router), peer, is_encrypted: false }
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response;
    type Error = Infallible;
    type Future = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let connection = control::Connection { peer: self.peer, is_encrypted: self.is_encrypted };
        request.extensions_mut().insert(connection);
        self.router.call(request)
    }
}

/// Waits for the order to stop; nobody left who could give it is one too.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    drop(shutdown.wait_for(|stop| *stop).await);
}
