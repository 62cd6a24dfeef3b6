//! Threads that serve viewers: each has its own runtime, its own sockets and its own connections to origins.

use std::io;
use std::net::{TcpListener, UdpSocket};
use std::sync::Arc;
use std::thread;

use edge::http3::{self, Ending};
use edge::listen::{self, Transport};
use edge::tls::{Certify, TlsAcceptor};
use edge::{Edge, Worker};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::error::Failure;

/// All workers of an edge.
pub struct Workers {
    /// Each thread holds a sender; when the last one is gone, all have ended.
    running: mpsc::Receiver<()>,
}

/// The sockets of one worker; usually one of each kind.
#[derive(Debug, Default)]
pub struct Sockets {
    /// For HTTP in clear text.
    pub http: Vec<TcpListener>,
    /// For HTTPS.
    pub https: Vec<TcpListener>,
    /// For HTTP/3.
    pub http3: Vec<UdpSocket>,
}

// === impl Sockets ===

impl Sockets {
    /// Gives each of `count` workers its share.
    pub fn spread(
        count: usize,
        http: Vec<TcpListener>,
        https: Vec<TcpListener>,
        http3: Vec<UdpSocket>,
    ) -> Vec<Self> {
        let mut shares: Vec<_> = (0..count.max(1)).map(|_| Self::default()).collect();
        deal(http, &mut shares, |share| &mut share.http);
        deal(https, &mut shares, |share| &mut share.https);
        deal(http3, &mut shares, |share| &mut share.http3);
        shares
    }
}

fn deal<T>(sockets: Vec<T>, shares: &mut [Sockets], of_kind: impl Fn(&mut Sockets) -> &mut Vec<T>) {
    let count = shares.len();
    for (number, socket) in sockets.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(number % count) {
            of_kind(share).push(socket);
        }
    }
}

// === impl Workers ===

impl Workers {
    /// Starts a worker for each pair of sockets and waits until all of them serve.
    pub async fn start(
        edge: &Arc<Edge>,
        certify: Arc<dyn Certify>,
        sockets: Vec<Sockets>,
        ending: &Ending,
    ) -> Result<Self, Failure> {
        let tls =
            TlsAcceptor::new(Arc::clone(edge), certify).map_err(|error| Failure::Tls(error.to_string()))?;
        let (sender, running) = mpsc::channel(1);
        let mut starting = Vec::with_capacity(sockets.len());
        for (number, sockets) in sockets.into_iter().enumerate() {
            let (started, start) = oneshot::channel();
            starting.push(start);
            let work = Work { edge: Arc::clone(edge), tls: tls.clone(), sockets, ending: ending.clone() };
            let sender = sender.clone();
            let name = format!("edge-{number}");
            let body = move || {
                work.run(started);
                drop(sender);
            };
            thread::Builder::new().name(name).spawn(body).map_err(Failure::Runtime)?;
        }
        for start in starting {
            let ended = || Failure::Runtime(io::Error::other("a worker ended while it was starting"));
            start.await.map_err(|_| ended())??;
        }
        Ok(Self { running })
    }

    /// Waits until all have drained.
    pub async fn ended(&mut self) {
        while self.running.recv().await.is_some() {}
    }
}

/// What one thread does.
struct Work {
    edge: Arc<Edge>,
    tls: TlsAcceptor,
    sockets: Sockets,
    ending: Ending,
}

// === impl Work ===

impl Work {
    fn run(self, started: oneshot::Sender<Result<(), Failure>>) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                // Whoever started us is waiting, or has failed already.
                let _ = started.send(Err(Failure::Runtime(error)));
                return;
            }
        };
        runtime.block_on(self.serve(started));
        runtime.shutdown_background();
    }

    async fn serve(self, started: oneshot::Sender<Result<(), Failure>>) {
        match self.prepare() {
            Err(failure) => drop(started.send(Err(failure))),
            Ok(mut serving) => {
                drop(started.send(Ok(())));
                while serving.join_next().await.is_some() {}
            }
        }
    }

    /// Everything that listens, each as a task.
    fn prepare(self) -> Result<JoinSet<()>, Failure> {
        let Self { edge, tls, sockets, ending } = self;
        let worker = Worker::new(edge)?;
        let mut serving = JoinSet::new();
        let listeners = sockets.http.into_iter().map(|socket| (socket, Transport::Plain));
        let secure = sockets.https.into_iter().map(|socket| (socket, Transport::Tls(tls.clone())));
        for (socket, transport) in listeners.chain(secure) {
            let listener = tokio::net::TcpListener::from_std(socket).map_err(Failure::Runtime)?;
            serving.spawn(listen::serve(Arc::clone(&worker), listener, transport, ending.shutdown.clone()));
        }
        for socket in sockets.http3 {
            let serve = http3::serve(Arc::clone(&worker), socket, &tls, ending.clone());
            serving.spawn(serve.map_err(Failure::Runtime)?);
        }
        Ok(serving)
    }
}
