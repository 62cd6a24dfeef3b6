//! Wiring: opens what is kept, starts the edge's workers, the API and the way from one to the other, and ends them.

use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use compile::Environment;
use control::{Api, Deployment};
use edge::Edge;
use edge::http3::Ending;
use observe::Clock;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use signing::keys::Credentials;
use store::embedded::History;
use store::{EmbeddedStore, Store};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::admin::Admin;
use crate::authority::Authority;
use crate::browser;
use crate::buckets::Bound;
use crate::error::Failure;
use crate::handover::{self, Handed, Offer, Request};
use crate::keys::{Keys, Source};
use crate::listeners;
use crate::open_files;
use crate::settings::{ApiTls, S3Credentials, Secrets, Serve, Settings};
use crate::signals::Signals;
use crate::sync::Sync;
use crate::workers::{Sockets, Workers};
use crate::{api_tls, terminal, web};

/// How often it is looked whether the store has been closed, and how long.
const A_MOMENT: Duration = Duration::from_millis(2);
const CLOSING: Duration = Duration::from_secs(10);

/// Where everything listens, with real ports.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// The API.
    pub api: SocketAddr,
    /// How it is spoken to: `http` or `https`.
    pub api_scheme: &'static str,
    /// The edge in clear text.
    pub edge_http: SocketAddr,
    /// The edge with TLS.
    pub edge_https: SocketAddr,
    /// Whether HTTP/3 is spoken there too.
    pub has_http3: bool,
    /// The bucket server, if there is one.
    pub buckets: Option<SocketAddr>,
}

/// A server that serves.
pub struct Running {
    /// Where.
    pub addresses: Addresses,
    /// The keys of the API.
    pub keys: Arc<Keys>,
    /// Where the key comes from that people are greeted with.
    pub key_source: Source,
    /// The authority of the edge's certificates.
    pub authority: Arc<Authority>,
    shutdown: watch::Sender<bool>,
    handed_over: watch::Sender<bool>,
    signals: Signals,
    workers: Workers,
    control: ControlPlane,
    offer: Offer,
    cache: Arc<cache::Cache>,
}

/// `warmfront serve`: until a signal asks to end.
pub async fn serve(serve: &Serve) -> Result<(), Failure> {
    let running = Running::start(&serve.data_dir, &serve.settings, &serve.api_tls, serve.take_over).await?;
    let authority = running.authority.certificate();
    terminal::say(&terminal::welcome(&running.addresses, &running.key_source, &serve.data_dir, authority));
    terminal::say(&terminal::ready(&running.addresses, authority, ""));
    running.until_asked_to_end().await;
    Ok(())
}

// === impl Running ===

impl Running {
    /// Starts everything. When this returns, the API and the edge answer, with everything that is kept.
    pub async fn start(
        data_dir: &Path,
        settings: &Settings,
        api_tls: &ApiTls,
        take_over: bool,
    ) -> Result<Self, Failure> {
        let signals = Signals::listen()?;
        open_files::allow_all();
        let clock = Clock::system();
        let secrets = Secrets::of_environment()?;
        let (predecessor, mut handed) = match if take_over { handover::ask(data_dir)? } else { None } {
            Some((predecessor, handed)) => (Some(predecessor), handed),
            None => (None, Handed::default()),
        };
        if let Some(predecessor) = &predecessor {
            predecessor.release()?;
        }
        // First the store: its lock makes the directory ours.
        let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(data_dir, History::default())?);
        let (keys, key_source) = Keys::open(data_dir, &secrets, clock.clone())?;
        let authority = Arc::new(Authority::open(data_dir, clock.clone())?);

        let count = settings.worker_count();
        let (http, https, packets) = edge_sockets(settings, count, &mut handed)?;
        let taken = Handed::take(&mut handed.api, settings.api).pop();
        let api_socket = taken.map_or_else(|| listeners::single("--api", settings.api), Ok)?;
        let buckets = Bound::open(settings, &mut handed)?;
        let addresses = Addresses {
            api: api_socket.local_addr().map_err(Failure::Runtime)?,
            api_scheme: if api_tls.is_on() { "https" } else { "http" },
            edge_http: http.address,
            edge_https: https.address,
            has_http3: !packets.is_empty(),
            buckets: buckets.as_ref().map(|buckets| buckets.address),
        };

        let origins = of_origins(settings, secrets.for_s3(keys.admin()), buckets.as_ref())?;
        let edge = Edge::new(settings.of_edge(addresses.edge_https.port(), origins), clock.clone())?;
        if let Some(disk) = settings.of_cache_disk(data_dir) {
            match edge.cache().open_disk(disk) {
                Err(in_use @ cache::DiskError::InUse(_)) => {
                    tracing::error!(%in_use, "the cache has no disk tier")
                }
                opened => opened?,
            }
        }
        let cache = Arc::clone(edge.cache());
        let deployment = Deployment::new();
        let s3_endpoint = buckets.as_ref().map(Bound::endpoint).or_else(|| settings.s3_endpoint.clone());
        let environment = Environment { s3_endpoint, ..settings.environment() };
        let mut of_control = settings.of_control();
        of_control.environment.s3_endpoint.clone_from(&environment.s3_endpoint);
        let sync =
            Sync::start(environment, Arc::clone(&store), Arc::clone(&edge), deployment.clone()).await?;

        let (shutdown, asked_to_end) = watch::channel(false);
        let sockets = Sockets::spread(count, http.sockets, https.sockets, packets);
        let handed = Handed::of(&sockets, &api_socket, buckets.as_ref()).map_err(Failure::Runtime)?;
        let (stop_control, control_stops) = watch::channel(false);
        let (handed_over, is_handed_over) = watch::channel(false);
        let ending = Ending { shutdown: asked_to_end.clone(), handed_over: is_handed_over };
        let workers = Workers::start(&edge, authority.clone(), sockets, &ending).await?;

        let tls = api_tls::configuration(api_tls, addresses.api.ip(), &authority)?;
        terminal::warn_of_exposure(&addresses);
        let api = Api::new(of_control, Arc::clone(&store), keys.clone(), clock, deployment.clone());
        let callers = || (Arc::clone(&keys), api.guesses());
        let start = |buckets: Bound| buckets.start(data_dir, settings, callers(), control_stops.clone());
        let buckets = buckets.map(start).transpose()?;
        let router = browser::router(&api, &edge)?;
        let kept = Arc::downgrade(&store);
        let admin = Admin { store, edge, deployment, virtual_clock: settings.virtual_clock };
        let router = admin.router().merge(router);
        // Goes on while the last calls of the API wait for their deployment, and ends with the runtime.
        let mut on_store = JoinSet::new();
        on_store.spawn(sync.run());
        on_store.spawn(sweep(api));
        let api_socket = TcpListener::from_std(api_socket).map_err(Failure::Runtime)?;
        let api = tokio::spawn(web::serve_with(api_socket, tls, router, settings.drain(), control_stops));
        let control = ControlPlane { stop: stop_control, api: Some(api), buckets, on_store, store: kept };
        let offer = handover::offer(data_dir, handed);
        if let Some(predecessor) = predecessor {
            predecessor.dismiss();
        }
        Ok(Self {
            addresses,
            keys,
            key_source,
            authority,
            shutdown,
            handed_over,
            signals,
            workers,
            control,
            offer,
            cache,
        })
    }

    /// Serves until the first signal, or until another process has taken over, then lets requests under way finish; a
    /// further signal cuts them off.
    pub async fn until_asked_to_end(mut self) {
        loop {
            tokio::select! {
                () = self.signals.next() => break,
                Some(request) = self.offer.next() => match request {
                    Request::Release(released) => {
                        tracing::info!("another process takes over: the API ends");
                        self.control.end().await;
                        // Whoever asked may have failed since.
                        let _ = released.send(());
                    }
                    Request::End => {
                        self.handed_over.send_replace(true);
                        break;
                    }
                },
            }
        }
        tracing::info!("ending after the requests under way");
        self.offer.withdraw();
        self.shutdown.send_replace(true);
        let drained = async {
            tokio::join!(self.workers.ended(), self.control.end());
            // What the last answers have brought is for the next start too.
            self.cache.written().await;
        };
        tokio::select! {
            () = drained => {}
            () = self.signals.next() => tracing::warn!("requests under way are cut off"),
        }
    }
}

/// What writes to the data directory.
struct ControlPlane {
    stop: watch::Sender<bool>,
    api: Option<JoinHandle<()>>,
    buckets: Option<oneshot::Receiver<()>>,
    /// What goes on behind the API.
    on_store: JoinSet<()>,
    store: Weak<dyn Store>,
}

// === impl ControlPlane ===

impl ControlPlane {
    /// Lets its requests under way finish, then closes the store.
    async fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(api) = self.api.take() {
            // A task that failed has ended too.
            let _ = api.await;
        }
        if let Some(buckets) = self.buckets.take() {
            let _ = buckets.await;
        }
        self.on_store.shutdown().await;
        let closed = async {
            while self.store.strong_count() > 0 {
                tokio::time::sleep(A_MOMENT).await;
            }
        };
        if tokio::time::timeout(CLOSING, closed).await.is_err() {
            tracing::error!("the store is still in use and stays open");
        }
    }
}

/// The sockets of the edge: those that were handed over, as far as they are where the settings want them.
fn edge_sockets(
    settings: &Settings,
    count: usize,
    handed: &mut Handed,
) -> Result<(listeners::Shared, listeners::Shared, Vec<UdpSocket>), Failure> {
    let taken = Handed::take(&mut handed.http, settings.edge_http);
    let http = listeners::shared("--edge-http", settings.edge_http, count, taken)?;
    let taken = Handed::take(&mut handed.https, settings.edge_https);
    if settings.no_http3 {
        return Ok((http, listeners::shared("--edge-https", settings.edge_https, count, taken)?, Vec::new()));
    }
    let packets = Handed::take_packets(&mut handed.http3, settings.edge_https);
    let handed = (taken, packets);
    let (https, packets) =
        listeners::shared_with_packets("--edge-https", settings.edge_https, count, handed)?;
    Ok((http, https, packets))
}

/// Finishes what a stop in the middle of a delete has left over.
async fn sweep(api: Arc<Api>) {
    if let Err(error) = api.sweep().await {
        tracing::warn!(message = error.message, "left-overs of deleted distributions stay for now");
    }
}

fn of_origins(
    settings: &Settings,
    credentials: Option<Credentials>,
    buckets: Option<&Bound>,
) -> Result<origin::Settings, Failure> {
    let roots = settings.origin_ca.as_deref().map_or(Ok(Vec::new()), certificates)?;
    let S3Credentials { by_bucket, others } = S3Credentials::of_environment()?;
    Ok(origin::Settings {
        own_buckets: buckets.map(Bound::for_origins),
        bucket_credentials: by_bucket,
        credentials: others.or(credentials),
        roots,
        ..origin::Settings::default()
    })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let unusable = |why: String| Failure::OriginAuthority { path: path.to_owned(), why };
    let read = CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let found = read.collect::<Result<Vec<_>, _>>().map_err(|error| unusable(error.to_string()))?;
    if found.is_empty() { Err(unusable("it has no CERTIFICATE section".into())) } else { Ok(found) }
}
