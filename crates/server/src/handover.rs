//! A new process takes over the listening sockets of one that runs on the same data directory.
//!
//! The sockets themselves go from process to process, so a connection that arrives in between waits in their queues and
//! none is refused. The steps, each a message on a socket in the data directory ([`wire`]):
//!
//! 1. the new process asks, the running one sends its sockets and goes on;
//! 2. the new one asks for the data: the running one ends its API and its bucket server and closes the store;
//! 3. the new one serves and says so: the running one finishes the requests under way and ends.
//!
//! When the new one fails between 2 and 3, the running one goes on with viewers, without API and buckets, and can be asked
//! again.

mod wire;

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::buckets::Bound;
use crate::error::Failure;
use crate::workers::Sockets;
use wire::{Message, Peer};

/// Where a running process is asked, in the data directory.
const SOCKET_FILE: &str = "handover.sock";

/// Every listening socket of a process, and what the next one needs to go on with them.
#[derive(Debug, Default)]
pub struct Handed {
    /// The edge in clear text.
    pub http: Vec<TcpListener>,
    /// The edge with TLS.
    pub https: Vec<TcpListener>,
    /// The edge over QUIC.
    pub http3: Vec<UdpSocket>,
    /// The API.
    pub api: Vec<TcpListener>,
    /// The bucket server.
    pub buckets: Vec<TcpListener>,
    /// What requests to the bucket server are signed with: those of a process that ends are answered by the next one.
    pub bucket_secret: Option<Zeroizing<[u8; 32]>>,
}

// === impl Handed ===

impl Handed {
    /// Other handles on these sockets.
    pub fn of(sockets: &[Sockets], api: &TcpListener, buckets: Option<&Bound>) -> io::Result<Self> {
        let mut handed = Self::default();
        for share in sockets {
            for socket in &share.http {
                handed.http.push(socket.try_clone()?);
            }
            for socket in &share.https {
                handed.https.push(socket.try_clone()?);
            }
            for socket in &share.http3 {
                handed.http3.push(socket.try_clone()?);
            }
        }
        handed.api.push(api.try_clone()?);
        if let Some(buckets) = buckets {
            let (socket, secret) = buckets.to_hand_over()?;
            handed.buckets.push(socket);
            handed.bucket_secret = Some(secret);
        }
        Ok(handed)
    }

    /// Takes the sockets of a kind that are on `address`; port 0 stands for any. The others are closed.
    pub fn take(kind: &mut Vec<TcpListener>, address: SocketAddr) -> Vec<TcpListener> {
        let mut sockets = std::mem::take(kind);
        sockets.retain(|socket| socket.local_addr().is_ok_and(|at| is_wanted(at, address)));
        sockets
    }

    /// The same for packets.
    pub fn take_packets(kind: &mut Vec<UdpSocket>, address: SocketAddr) -> Vec<UdpSocket> {
        let mut sockets = std::mem::take(kind);
        sockets.retain(|socket| socket.local_addr().is_ok_and(|at| is_wanted(at, address)));
        sockets
    }

    fn by_kind(&self) -> [(&'static str, Vec<BorrowedFd<'_>>); 5] {
        fn borrowed<T: AsFd>(sockets: &[T]) -> Vec<BorrowedFd<'_>> {
            sockets.iter().map(AsFd::as_fd).collect()
        }
        [
            ("http", borrowed(&self.http)),
            ("https", borrowed(&self.https)),
            ("http3", borrowed(&self.http3)),
            ("api", borrowed(&self.api)),
            ("buckets", borrowed(&self.buckets)),
        ]
    }

    fn put(&mut self, kind: &str, sockets: Vec<OwnedFd>) {
        let listeners = match kind {
            "http" => &mut self.http,
            "https" => &mut self.https,
            "api" => &mut self.api,
            "buckets" => &mut self.buckets,
            "http3" => return self.http3.extend(sockets.into_iter().map(UdpSocket::from)),
            // A later version may have more kinds; they are closed.
            _ => return,
        };
        listeners.extend(sockets.into_iter().map(TcpListener::from));
    }
}

fn is_wanted(at: SocketAddr, asked: SocketAddr) -> bool {
    at.ip() == asked.ip() && (asked.port() == 0 || at.port() == asked.port())
}

/// The process that ends, as the one that begins sees it.
pub struct Predecessor(Peer);

/// Asks the process that runs on `data_dir` for its sockets; `None` when there is none.
pub fn ask(data_dir: &Path) -> Result<Option<(Predecessor, Handed)>, Failure> {
    let path = data_dir.join(SOCKET_FILE);
    let peer = match Peer::connect(&path) {
        Ok(peer) => peer,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(source) => return Err(Failure::File { path, source }),
    };
    let handed = receive(&peer).map_err(Failure::Handover)?;
    Ok(Some((Predecessor(peer), handed)))
}

fn receive(peer: &Peer) -> io::Result<Handed> {
    peer.send(&Message::Ask)?;
    let mut handed = Handed::default();
    loop {
        match peer.receive()? {
            (Message::Sockets(kind), sockets) => handed.put(&kind, sockets),
            (Message::ThatIsAll(secret), _) => {
                handed.bucket_secret = secret;
                return Ok(handed);
            }
            _ => return Err(io::Error::other("the running process answers something else")),
        }
    }
}

// === impl Predecessor ===

impl Predecessor {
    /// Has it close what only one process may use; waits until that is done.
    pub fn release(&self) -> Result<(), Failure> {
        self.0.send(&Message::Release).map_err(Failure::Handover)?;
        match self.0.receive().map_err(Failure::Handover)? {
            (Message::Released, _) => Ok(()),
            _ => Err(Failure::Handover(io::Error::other("the running process does not release its data"))),
        }
    }

    /// Tells it that it is no longer needed.
    pub fn dismiss(self) {
        if let Err(error) = self.0.send(&Message::Serving) {
            tracing::warn!(%error, "the process before this one could not be told to end");
        }
    }
}

/// What the process that runs is asked to do.
#[derive(Debug)]
pub enum Request {
    /// To close what only one process may use, and to say when that is done.
    Release(oneshot::Sender<()>),
    /// To end.
    End,
}

/// What other processes can have, as long as it is offered.
pub struct Offer {
    handed: Arc<Mutex<Option<Handed>>>,
    requests: mpsc::Receiver<Request>,
}

impl Offer {
    /// What is asked next; `None` when nobody can ask any more. Cancel-safe.
    pub async fn next(&mut self) -> Option<Request> {
        self.requests.recv().await
    }

    /// Closes the sockets here. Another process that has them already keeps them.
    pub fn withdraw(&self) {
        lock(&self.handed).take();
    }
}

fn lock(handed: &Mutex<Option<Handed>>) -> MutexGuard<'_, Option<Handed>> {
    handed.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets another process of the same user take over from now on.
pub fn offer(data_dir: &Path, handed: Handed) -> Offer {
    let (sender, requests) = mpsc::channel(1);
    let handed = Arc::new(Mutex::new(Some(handed)));
    let offered = Arc::clone(&handed);
    let path = data_dir.join(SOCKET_FILE);
    match wire::listen(&path) {
        Ok(listener) => {
            let serve = move || {
                while let Some(peer) = wire::accept(&listener) {
                    match give(&peer, &offered, &sender) {
                        Ok(true) => return,
                        Ok(false) => {}
                        Err(error) => tracing::warn!(%error, "a process that wanted to take over has failed"),
                    }
                }
            };
            let started = thread::Builder::new().name("handover".into()).spawn(serve);
            if let Err(error) = started {
                tracing::warn!(%error, "no other process can take over from this one");
            }
        }
        // Such as a directory whose name is too long for a socket.
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "no other process can take over from this one")
        }
    }
    Offer { handed, requests }
}

/// Carries one process through the steps; whether it has taken over.
fn give(peer: &Peer, handed: &Mutex<Option<Handed>>, requests: &mpsc::Sender<Request>) -> io::Result<bool> {
    let ends = || io::Error::other("this process ends already");
    let (Message::Ask, _) = peer.receive()? else { return Ok(false) };
    send_sockets(peer, lock(handed).as_ref().ok_or_else(ends)?)?;
    let (Message::Release, _) = peer.receive()? else { return Ok(false) };
    let (released, is_released) = oneshot::channel();
    requests.blocking_send(Request::Release(released)).map_err(|_| ends())?;
    is_released.blocking_recv().map_err(|_| ends())?;
    peer.send(&Message::Released)?;
    let (Message::Serving, _) = peer.receive()? else { return Ok(false) };
    requests.blocking_send(Request::End).map_err(|_| ends())?;
    Ok(true)
}

fn send_sockets(peer: &Peer, handed: &Handed) -> io::Result<()> {
    for (kind, sockets) in handed.by_kind() {
        for some in sockets.chunks(wire::MAX_SOCKETS) {
            peer.send_sockets(&Message::Sockets(kind.to_owned()), some)?;
        }
    }
    peer.send(&Message::ThatIsAll(handed.bucket_secret.clone()))
}
