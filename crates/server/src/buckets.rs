//! The bucket server of this process: its address, its callers, and its own thread.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::rand;
use buckets::{Buckets, Key, Role};
use compile::S3Endpoint;
use control::{Guesses, KeyRing};
use rules::model::OriginScheme;
use signing::edge_identity::MasterKey;
use tokio::sync::{oneshot, watch};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::handover::Handed;
use crate::keys::Keys;
use crate::listeners;
use crate::settings::{BucketsFlag, Settings};

/// Where the buckets are when nobody says where.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090);

/// A bucket server that has its address and does not serve yet.
pub struct Bound {
    /// Where it listens.
    pub address: SocketAddr,
    socket: TcpListener,
    master: MasterKey,
    secret: Zeroizing<[u8; 32]>,
}

// === impl Bound ===

impl Bound {
    /// Takes the address, if possible from what was handed over; `None` when there is to be no bucket server.
    pub fn open(settings: &Settings, handed: &mut Handed) -> Result<Option<Self>, Failure> {
        let socket = match (&settings.buckets, &settings.s3_endpoint) {
            (Some(BucketsFlag::Off), _) | (None, Some(_)) => return Ok(None),
            (Some(BucketsFlag::At(_)), Some(_)) => return Err(Failure::TwoStores),
            (Some(BucketsFlag::At(address)), None) => {
                let taken = Handed::take(&mut handed.buckets, *address).pop();
                taken.map_or_else(|| listeners::single("--buckets", *address), Ok)?
            }
            (None, None) => handed.buckets.pop().map_or_else(|| usual_or_any(USUAL), Ok)?,
        };
        let address = socket.local_addr().map_err(Failure::Runtime)?;
        let secret = match handed.bucket_secret.take() {
            Some(secret) => secret,
            None => {
                let mut random = Zeroizing::new([0; 32]);
                rand::fill(&mut *random).map_err(|_| Failure::Randomness)?;
                random
            }
        };
        Ok(Some(Self { address, socket, master: MasterKey::new(&secret), secret }))
    }

    /// Its socket and its secret, for the process that comes after this one.
    pub fn to_hand_over(&self) -> io::Result<(TcpListener, Zeroizing<[u8; 32]>)> {
        Ok((self.socket.try_clone()?, self.secret.clone()))
    }

    /// How it is reached from here.
    pub fn endpoint(&self) -> S3Endpoint {
        let host = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            address => address,
        };
        S3Endpoint { scheme: OriginScheme::HttpOnly, host: host.to_string(), port: self.address.port() }
    }

    /// What lets the edge say on whose behalf it asks.
    pub fn for_origins(&self) -> origin::OwnBuckets {
        let S3Endpoint { host, port, .. } = self.endpoint();
        origin::OwnBuckets { host, port, master: self.master.clone() }
    }

    /// Reads what is kept and serves until `shutdown`. What is returned ends when the server has.
    pub fn start(
        self,
        data_dir: &Path,
        settings: &Settings,
        (keys, guesses): (Arc<Keys>, Arc<Guesses>),
        shutdown: watch::Receiver<bool>,
    ) -> Result<oneshot::Receiver<()>, Failure> {
        let buckets = Buckets::open(buckets::Settings {
            directory: data_dir.join("buckets"),
            account: settings.account_id.clone(),
            keys: Arc::new(Callers { keys, guesses }),
            master: self.master,
        })?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(self.socket).map_err(Failure::Runtime)?
        };
        let (ended, end) = oneshot::channel();
        let drain = settings.drain();
        // Large bodies are hashed here, and hold up neither the API nor viewers.
        let serve = move || {
            runtime.block_on(buckets::serve(listener, buckets, drain, shutdown));
            runtime.shutdown_background();
            // Nobody may be waiting any more.
            let _ = ended.send(());
        };
        thread::Builder::new().name("buckets".into()).spawn(serve).map_err(Failure::Runtime)?;
        Ok(end)
    }
}

/// The usual address, or any free port beside it: several servers on one machine need no flags.
fn usual_or_any(usual: SocketAddr) -> Result<TcpListener, Failure> {
    match listeners::single("--buckets", usual) {
        Err(Failure::Listen { source, .. }) if source.kind() == std::io::ErrorKind::AddrInUse => {
            let socket = listeners::single("--buckets", SocketAddr::new(usual.ip(), 0))?;
            let address = socket.local_addr().map_err(Failure::Runtime)?;
            tracing::warn!(%address, "port {} is taken, so the buckets are at another", usual.port());
            Ok(socket)
        }
        tried => tried,
    }
}

/// The API's keys are the buckets' too, and so is who guesses at them.
struct Callers {
    keys: Arc<Keys>,
    guesses: Arc<Guesses>,
}

impl buckets::Keys for Callers {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        let key = KeyRing::find(&*self.keys, access_key_id)?;
        let role = match key.role {
            control::Role::Admin => Role::Administrator,
            control::Role::ReadOnly => Role::Reader,
        };
        Some(Key { secret: key.secret, role })
    }

    fn wait_s(&self, peer: IpAddr, access_key_id: &str) -> Option<u64> {
        self.guesses.wait_s(peer, access_key_id)
    }

    fn failed(&self, peer: IpAddr, access_key_id: &str) {
        self.guesses.failed(peer, access_key_id);
    }

    fn succeeded(&self, peer: IpAddr, access_key_id: &str) {
        self.guesses.succeeded(peer, access_key_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_gives_way_to_a_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = taken.local_addr().unwrap();
        let other = usual_or_any(address).unwrap().local_addr().unwrap();
        assert_ne!(other.port(), address.port());
        drop(taken);
        assert_eq!(usual_or_any(address).unwrap().local_addr().unwrap(), address);
    }
}
