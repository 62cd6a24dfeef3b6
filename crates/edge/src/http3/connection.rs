//! One connection over QUIC: handshake, requests, and its end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h3::error::ConnectionError;
use h3::server::{Connection, RequestResolver};
use quinn::Incoming;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::guard::Guarded;
use super::{stream, turned_true};
use crate::edge::Worker;

/// Largest header list that is read at all; between the documented limit and this the answer is 494 (E11).
const MAX_FIELD_SECTION_BYTES: u64 = 256 * 1024;
/// Longest time for a viewer to take the last replies and close the connection after it was told to.
const MAX_LINGER: Duration = Duration::from_secs(2);

type Served = Connection<Guarded, Bytes>;

/// Serves one connection until it ends, or until the replies under way when `shutdown` turns true.
pub async fn serve(
    worker: Arc<Worker>,
    incoming: Incoming,
    place: OwnedSemaphorePermit,
    shutdown: watch::Receiver<bool>,
) {
    let viewer = incoming.remote_address();
    let limit = worker.edge().settings().head_timeout;
    match timeout(limit, open(incoming)).await {
        Ok(Ok((connection, guard))) => {
            let requests = Requests { worker, viewer, guard, under_way: JoinSet::new() };
            if let Err(error) = requests.run(connection, shutdown).await {
                tracing::debug!(%viewer, %error, "connection ended early");
            }
        }
        Ok(Err(error)) => tracing::debug!(%viewer, error, "no connection over QUIC came about"),
        Err(_) => tracing::debug!(%viewer, "no connection over QUIC came about in time"),
    }
    drop(place);
}

async fn open(incoming: Incoming) -> Result<(Served, Guarded), String> {
    let connecting = incoming.accept().map_err(|error| error.to_string())?;
    let connection = connecting.await.map_err(|error| error.to_string())?;
    let guard = Guarded::new(connection);
    let served = h3::server::builder()
        .max_field_section_size(MAX_FIELD_SECTION_BYTES)
        .send_grease(false)
        .build(guard.again())
        .await
        .map_err(|error| error.to_string())?;
    Ok((served, guard))
}

/// The requests of a connection.
struct Requests {
    worker: Arc<Worker>,
    viewer: std::net::SocketAddr,
    guard: Guarded,
    /// Dropped with the connection: a viewer who leaves ends them.
    under_way: JoinSet<()>,
}

// === impl Requests ===

impl Requests {
    async fn run(
        mut self,
        mut connection: Served,
        mut shutdown: watch::Receiver<bool>,
    ) -> Result<(), ConnectionError> {
        let patience = self.worker.edge().settings().head_timeout;
        let mut idle_since = Instant::now();
        loop {
            tokio::select! {
                accepted = connection.accept() => match accepted? {
                    Some(resolver) => self.begin(resolver),
                    None => return Ok(()),
                },
                Some(_) = self.under_way.join_next() => idle_since = Instant::now(),
                () = tokio::time::sleep_until(idle_since + patience), if self.under_way.is_empty() => break,
                () = turned_true(&mut shutdown) => break,
            }
        }
        // One more stream may be on its way: it was opened before the viewer could know.
        connection.shutdown(1).await?;
        self.finish(&mut connection).await
    }

    /// Lets the requests under way finish, then gives the viewer some time to take the replies.
    async fn finish(&mut self, connection: &mut Served) -> Result<(), ConnectionError> {
        let mut idle_since = Instant::now();
        loop {
            tokio::select! {
                accepted = connection.accept() => match accepted? {
                    Some(resolver) => self.begin(resolver),
                    None => return Ok(()),
                },
                Some(_) = self.under_way.join_next() => idle_since = Instant::now(),
                () = tokio::time::sleep_until(idle_since + MAX_LINGER), if self.under_way.is_empty() => return Ok(()),
            }
        }
    }

    fn begin(&mut self, resolver: RequestResolver<Guarded, Bytes>) {
        let request = stream::serve(Arc::clone(&self.worker), resolver, self.viewer, self.guard.budgets());
        self.under_way.spawn(request);
    }
}
