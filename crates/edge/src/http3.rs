//! HTTP/3 with viewers (RFC 9114): quinn speaks QUIC, h3 the frames; no other module knows either.
//!
//! One endpoint for each worker on sockets that share a port: the kernel hands all packets of a viewer's address to the
//! same one, so viewers are asked not to change theirs. [`connection`] has the life of a connection, [`stream`] that of
//! a request.

mod body;
mod connection;
mod guard;
mod stream;

use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

use quinn::{Endpoint, EndpointConfig, IdleTimeout, Incoming, ServerConfig, TransportConfig, VarInt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::edge::Worker;
use crate::tls::TlsAcceptor;

/// Requests that one connection may have under way.
const MAX_STREAMS: u32 = 128;
/// Streams in one direction only that a viewer may open: control, two of QPACK, and some that mean nothing.
const MAX_UNI_STREAMS: u32 = 16;
/// What a viewer may have sent of one request's body without anybody having read it.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// The same for all requests of a connection.
const WINDOW_BYTES: u32 = 1024 * 1024;
/// What is kept of replies until the viewer has acknowledged it.
const SEND_WINDOW_BYTES: u64 = 1024 * 1024;
/// Connections that are not accepted yet, and what of their first packets is kept.
const MAX_INCOMING: usize = 1024;
const MAX_INCOMING_BYTES: u64 = 64 * 1024;
const MAX_ALL_INCOMING_BYTES: u64 = 8 * 1024 * 1024;
/// How often a viewer is asked whether it is still there while it waits for an answer.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// A viewer that says nothing for so long is gone.
const GONE_AFTER: VarInt = VarInt::from_u32(30_000);
/// `H3_NO_ERROR` (RFC 9114 section 8.1).
const NO_ERROR: VarInt = VarInt::from_u32(0x100);
/// Time for the farewell to viewers whose connections end with this process's part in the socket.
const FAREWELL: Duration = Duration::from_millis(50);

/// How serving ends.
#[derive(Clone)]
pub struct Ending {
    /// Turns true when shutdown begins: requests under way finish.
    pub shutdown: watch::Receiver<bool>,
    /// Turns true when another process reads the socket from now on: connections end at once, because packets
    /// would go to either.
    pub handed_over: watch::Receiver<bool>,
}

/// Serves viewers on `socket` until the end.
///
/// # Errors
/// When the socket cannot be used by the runtime.
pub fn serve(
    worker: Arc<Worker>,
    socket: UdpSocket,
    tls: &TlsAcceptor,
    ending: Ending,
) -> io::Result<impl Future<Output = ()> + use<>> {
    let runtime = Arc::new(quinn::TokioRuntime);
    let endpoint = Endpoint::new(EndpointConfig::default(), Some(config(tls)), socket, runtime)?;
    worker.edge().announce_http3();
    Ok(run(worker, endpoint, ending))
}

fn config(tls: &TlsAcceptor) -> ServerConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(MAX_STREAMS.into())
        .max_concurrent_uni_streams(MAX_UNI_STREAMS.into())
        .stream_receive_window(STREAM_WINDOW_BYTES.into())
        .receive_window(WINDOW_BYTES.into())
        .send_window(SEND_WINDOW_BYTES)
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_idle_timeout(Some(IdleTimeout::from(GONE_AFTER)))
        .datagram_receive_buffer_size(None);
    let mut config = ServerConfig::with_crypto(tls.over_quic());
    config
        .transport_config(Arc::new(transport))
        .migration(false)
        .max_incoming(MAX_INCOMING)
        .incoming_buffer_size(MAX_INCOMING_BYTES)
        .incoming_buffer_size_total(MAX_ALL_INCOMING_BYTES);
    config
}

async fn run(worker: Arc<Worker>, endpoint: Endpoint, ending: Ending) {
    let settings = worker.edge().settings();
    let (limit, drain) = (settings.max_connections, settings.drain_timeout);
    let places = Arc::new(Semaphore::new(limit));
    let (mut shutdown, mut handed_over) = (ending.shutdown.clone(), ending.handed_over);
    loop {
        let incoming = tokio::select! {
            incoming = endpoint.accept() => incoming,
            () = turned_true(&mut shutdown) => break,
        };
        let Some(incoming) = incoming else { break };
        // Without a free place the connection is refused at once: it costs nothing further.
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => admit(&worker, incoming, place, &places, limit, &ending.shutdown),
            Err(_) => incoming.refuse(),
        }
    }
    endpoint.set_server_config(None);
    let everybody = places.acquire_many(u32::try_from(limit).unwrap_or(u32::MAX));
    tokio::select! {
        drained = tokio::time::timeout(drain, everybody) => if drained.is_err() {
            tracing::warn!("connections over QUIC were still busy after {drain:?} and are cut off");
        },
        () = turned_true(&mut handed_over) => {}
    }
    endpoint.close(NO_ERROR, b"");
    // Cut short: who takes over gets the packets.
    let _ = tokio::time::timeout(FAREWELL, endpoint.wait_idle()).await;
    leave_socket(&endpoint);
}

fn admit(
    worker: &Arc<Worker>,
    incoming: Incoming,
    place: OwnedSemaphorePermit,
    places: &Semaphore,
    limit: usize,
    shutdown: &watch::Receiver<bool>,
) {
    // With half of the places taken, viewers first have to show that their address is theirs (RFC 9000 section 8.1.2).
    let is_busy = places.available_permits() < limit / 2;
    if is_busy && incoming.may_retry() && !incoming.remote_address_validated() {
        // It was just asked whether it may be done.
        let _ = incoming.retry();
        return;
    }
    tokio::spawn(connection::serve(Arc::clone(worker), incoming, place, shutdown.clone()));
}

/// Stops reading the socket, which another process may read from now on.
fn leave_socket(endpoint: &Endpoint) {
    let other = endpoint.local_addr().and_then(|address| UdpSocket::bind((address.ip(), 0)));
    if let Err(error) = other.and_then(|other| endpoint.rebind(other)) {
        tracing::warn!(%error, "packets of new connections may be lost until this process ends");
    }
}

/// Waits for it; an owner that is gone counts.
async fn turned_true(signal: &mut watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = signal.wait_for(|it| *it).await.map(|_| ());
}
