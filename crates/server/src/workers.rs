//! Threads that serve viewers: each has its own runtime, its own sockets and its own connections to origins.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use edge::listen::{self, Transport};
use edge::tls::{Certify, TlsAcceptor};
use edge::{Edge, Worker};
use tokio::sync::{mpsc, oneshot, watch};

use crate::error::Failure;

/// All workers of an edge.
pub struct Workers {
    /// Each thread holds a sender; when the last one is gone, all have ended.
    running: mpsc::Receiver<()>,
}

/// The sockets of one worker.
pub struct Sockets {
    /// For HTTP in clear text.
    pub http: TcpListener,
    /// For HTTPS.
    pub https: TcpListener,
}

// === impl Workers ===

impl Workers {
    /// Starts a worker for each pair of sockets and waits until all of them serve.
    pub async fn start(
        edge: &Arc<Edge>,
        certify: Arc<dyn Certify>,
        sockets: Vec<Sockets>,
        shutdown: &watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        let tls =
            TlsAcceptor::new(Arc::clone(edge), certify).map_err(|error| Failure::Tls(error.to_string()))?;
        let (sender, running) = mpsc::channel(1);
        let mut starting = Vec::with_capacity(sockets.len());
        for (number, sockets) in sockets.into_iter().enumerate() {
            let (started, start) = oneshot::channel();
            starting.push(start);
            let work = Work { edge: Arc::clone(edge), tls: tls.clone(), sockets, shutdown: shutdown.clone() };
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
    shutdown: watch::Receiver<bool>,
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
        let Self { edge, tls, sockets, shutdown } = self;
        match prepare(edge, sockets) {
            Err(failure) => drop(started.send(Err(failure))),
            Ok((worker, http, https)) => {
                let plain = listen::serve(Arc::clone(&worker), http, Transport::Plain, shutdown.clone());
                let secure = listen::serve(worker, https, Transport::Tls(tls), shutdown);
                drop(started.send(Ok(())));
                tokio::join!(plain, secure);
            }
        }
    }
}

type Prepared = (Arc<Worker>, tokio::net::TcpListener, tokio::net::TcpListener);

fn prepare(edge: Arc<Edge>, sockets: Sockets) -> Result<Prepared, Failure> {
    let listener = |socket| tokio::net::TcpListener::from_std(socket).map_err(Failure::Runtime);
    Ok((Worker::new(edge)?, listener(sockets.http)?, listener(sockets.https)?))
}
