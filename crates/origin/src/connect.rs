//! One connection attempt: an address, TCP, TLS, all within the connection timeout (J20 to J24).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rules::failure::OriginFailure;
use rules::request::Scheme;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::link::Link;
use crate::names;
use crate::pool::Key;
use crate::retry::Broken;
use crate::tls::Tls;
use crate::wire::Wire;

/// The addresses of one origin during one fetch: each attempt takes the next (J21), except that one that
/// accepted a connection is kept to.
#[derive(Default)]
pub(crate) struct Addresses {
    found: Vec<SocketAddr>,
    taken: usize,
    looked_up: Duration,
}

// === impl Addresses ===

impl Addresses {
    async fn next(&mut self, key: &Key) -> io::Result<SocketAddr> {
        if self.found.is_empty() {
            let began_at = Instant::now();
            self.found = names::addresses(&key.host, key.port).await?;
            self.looked_up = began_at.elapsed();
        }
        let next = self.found.iter().cycle().nth(self.taken % self.found.len().max(1)).copied();
        self.taken += 1;
        next.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
    }

    /// How long looking the name up took; asked again after another attempt, nothing.
    pub(crate) fn looked_up(&mut self) -> Duration {
        std::mem::take(&mut self.looked_up)
    }

    /// The address taken last accepted: a slow answer is no reason to look elsewhere.
    const fn keep(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// Connects to the next address. One that refuses says so at once, so the ones after it are asked in the
    /// same attempt; the last refusal counts.
    async fn connect(&mut self, key: &Key) -> Result<(TcpStream, SocketAddr), Broken> {
        let mut asked = 0;
        loop {
            let address = self.next(key).await.map_err(|error| {
                Broken::connecting(OriginFailure::Dns, format!("no address for {}: {error}", key.host))
            })?;
            asked += 1;
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    self.keep();
                    return Ok((stream, address));
                }
                Err(error) if asked < self.found.len() => {
                    tracing::debug!(%address, %error, "an address of an origin does not accept");
                }
                Err(error) => {
                    let detail = format!("cannot connect to {address}: {error}");
                    return Err(Broken::connecting(of_connect_error(&error), detail));
                }
            }
        }
    }
}

/// Connects once, within `timeout` from the look-up of the name to the end of the TLS handshake.
pub(crate) async fn connect(
    key: &Key,
    addresses: &mut Addresses,
    tls: &Tls,
    timeout: Duration,
) -> Result<Link, Broken> {
    let wire = tokio::time::timeout(timeout, open(key, addresses, tls)).await.unwrap_or_else(|_| {
        let detail = format!("no connection to {}:{} within {timeout:?}", key.host, key.port);
        Err(Broken::connecting(OriginFailure::ConnectTimeout, detail))
    })?;
    Link::start(wire)
        .await
        .map_err(|error| Broken::connecting(OriginFailure::Connect, format!("cannot start HTTP: {error}")))
}

async fn open(key: &Key, addresses: &mut Addresses, tls: &Tls) -> Result<Wire, Broken> {
    let (stream, address) = addresses.connect(key).await?;
    // A request is written in one piece; waiting to fill segments would only delay it. Failing is harmless.
    let _ = stream.set_nodelay(true);
    match key.scheme {
        Scheme::Http => Ok(Wire::plain(stream)),
        Scheme::Https => {
            let secured = tls.handshake(stream, &key.tls_name, &key.accepted_names).await;
            secured.map(Wire::tls).map_err(|error| {
                let detail = format!("no TLS with {address} as {}: {error}", key.tls_name);
                Broken::connecting(OriginFailure::Tls, detail)
            })
        }
    }
}

fn of_connect_error(error: &io::Error) -> OriginFailure {
    match error.kind() {
        io::ErrorKind::TimedOut => OriginFailure::ConnectTimeout,
        _ => OriginFailure::Connect,
    }
}
