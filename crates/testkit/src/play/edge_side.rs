//! The edge of a script: one worker on this thread, and the snapshot that the script's distributions make.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use edge::listen::Transport;
use edge::{Edge, Settings, Worker};
use rules::invalidation::InvalidationPath;
use rules::model::Distribution;
use signing::keys::{Credentials, SecretKey};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::configuration::{self, Ports};
use super::policies::Policies;
use super::stage::Stage;
use crate::script::{DistributionLines, PolicyLines};

/// Bytes of the cache unless the script says otherwise.
pub const MEMORY_BYTES: u64 = 256 << 20;

/// The edge and what was installed on it.
pub struct EdgeSide {
    edge: Arc<Edge>,
    address: SocketAddr,
    stage: Rc<Stage>,
    ports: Ports,
    policies: Policies,
    distributions: BTreeMap<String, Arc<Distribution>>,
    generation: u64,
    invalidations: u64,
    /// Dropping it would let the edge shut down.
    _shutdown: watch::Sender<bool>,
}

impl EdgeSide {
    /// Starts an edge without distributions on a free port.
    pub async fn start(stage: &Rc<Stage>, memory_bytes: u64) -> io::Result<Self> {
        let edge = Edge::new(settings(memory_bytes), stage.clock.clone()).map_err(io::Error::other)?;
        let worker = Worker::new(Arc::clone(&edge)).map_err(io::Error::other)?;
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (shutdown, stop) = watch::channel(false);
        tokio::task::spawn_local(edge::listen::serve(worker, listener, Transport::Plain, stop));
        // A distribution may name the edge itself as its origin.
        let ports = Ports::from([("edge".to_owned(), address.port())]);
        stage.name("edge.port", address.port().to_string());
        Ok(Self {
            edge,
            address,
            stage: Rc::clone(stage),
            ports,
            policies: Policies::default(),
            distributions: BTreeMap::new(),
            generation: 0,
            invalidations: 0,
            _shutdown: shutdown,
        })
    }

    /// Where viewers connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Distributions may name this origin from now on.
    pub fn knows_origin(&mut self, name: &str, port: u16) {
        self.ports.insert(name.to_owned(), port);
    }

    /// Distributions that are installed from now on may name this policy.
    pub fn learn_policy(&mut self, policy: &PolicyLines) -> Result<(), String> {
        self.policies.learn(policy)
    }

    /// Compiles a distribution and installs a snapshot with it and all others.
    pub fn install(&mut self, lines: &DistributionLines) -> Result<(), String> {
        self.generation += 1;
        let distribution = configuration::compiled(lines, self.generation, &self.ports, &self.policies)?;
        self.stage.name(&lines.name, configuration::domain_name(&lines.name));
        self.distributions.insert(lines.name.clone(), distribution);
        let distributions = self.distributions.values().cloned().collect();
        self.edge.install(Arc::new(compile::snapshot(self.generation, distributions)));
        self.stage.say(format!("   snapshot {} installed", self.generation));
        Ok(())
    }

    /// Applies an invalidation.
    pub fn invalidate(&mut self, distribution: &str, paths: &[String]) -> Result<(), String> {
        let parse =
            |path: &String| InvalidationPath::parse(path).map_err(|error| format!("{path}: {error:?}"));
        let paths = paths.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        self.invalidations += 1;
        self.edge.cache().invalidate(distribution, self.invalidations, &paths);
        self.stage.say(format!("   invalidation {} of {distribution}", self.invalidations));
        Ok(())
    }
}

fn settings(memory_bytes: u64) -> Settings {
    let credentials = Credentials::new("AKIDSCRIPT", SecretKey::new("script"));
    Settings {
        cache: cache::Limits { memory_bytes, ..cache::Limits::default() },
        origins: origin::Settings { credentials: Some(credentials), ..origin::Settings::default() },
        explain: true,
        pop: "LHR1-C1".into(),
        public_https_port: 443,
        head_timeout: Duration::from_secs(10),
        drain_timeout: Duration::from_secs(1),
        max_connections: 4096,
        max_compressions: 2,
    }
}
