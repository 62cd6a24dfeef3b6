//! Connections of viewers over TCP: accept, TLS, HTTP/1.1 or HTTP/2, drain.
//!
//! HTTP/1.1 is spoken by [`crate::h1`], HTTP/2 by [`crate::http2`], HTTP/3 by [`crate::http3`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rules::request::Scheme;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::edge::Worker;
use crate::tls::TlsAcceptor;
use crate::{h1, http2};

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
                Ok(Ok((stream, true))) => http2::serve(worker, stream, viewer, shutdown).await,
                Ok(Ok((stream, false))) => h1::serve(worker, stream, viewer, Scheme::Https, shutdown).await,
                Ok(Err(error)) => tracing::debug!(%viewer, %error, "TLS handshake failed"),
                Err(_) => tracing::debug!(%viewer, "TLS handshake took too long"),
            }
        }
    }
    drop(place);
}

/// Waits until shutdown begins; a server that is gone counts as begun.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = shutdown.wait_for(|stop| *stop).await.map(|_| ());
}
