//! Why the binary ends without having served. Each sentence says what to do about it where that is not obvious.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the binary ends without having served.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The demo's own calls of the API failed.
    #[error("the demo's distribution cannot be set up: {0}")]
    Demo(String),
    /// The edge cannot start.
    #[error("the edge cannot start: {0}")]
    Edge(#[from] edge::StartError),
    /// A file in the data directory cannot be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// A file in the data directory does not hold what it should.
    #[error("{path} is damaged: {why}; restore it, or move it away to get a new one")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Only one half of a key pair is in the environment.
    #[error("{present} is set, but {missing} is not; set both or none")]
    HalfAKey {
        /// The variable that is set.
        present: &'static str,
        /// The variable that is not.
        missing: &'static str,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({flag}): {source}")]
    Listen {
        /// The flag that names the address.
        flag: &'static str,
        /// The address.
        address: SocketAddr,
        /// What went wrong.
        source: io::Error,
    },
    /// The filter of the log cannot be understood.
    #[error("the log filter {filter:?} cannot be understood: {source}")]
    LogFilter {
        /// The filter.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// No certificate can be made, or TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// A certificate file that a flag names holds no certificate.
    #[error("{path} (--origin-ca) holds no usable certificate: {why}")]
    OriginAuthority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system's source of randomness failed.
    #[error("the random number generator failed")]
    Randomness,
    /// The runtime or a thread cannot be started.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// What is kept cannot be read.
    #[error("the store failed: {0}")]
    Store(#[from] store::Error),
    /// The store cannot be opened.
    #[error(transparent)]
    StoreOpen(#[from] store::embedded::OpenError),
}

impl Failure {
    /// A file that cannot be read or written.
    pub fn file(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File { path: path.into(), source }
    }
}
