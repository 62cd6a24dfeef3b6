//! Why the binary ends without having served. Each sentence says what to do about it where that is not obvious.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the binary ends without having served.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The cache's disk tier cannot be opened.
    #[error(transparent)]
    CacheDisk(#[from] cache::DiskError),
    /// The console's files are not what they should be.
    #[error("the console cannot be served: {0}")]
    Console(String),
    /// The demo's own calls of the API failed.
    #[error("the demo's distribution cannot be set up: {0}")]
    Demo(String),
    /// The edge cannot start.
    #[error("the edge cannot start: {0}")]
    Edge(#[from] edge::StartError),
    /// Origins cannot be asked for the console.
    #[error("origins cannot be reached: {0}")]
    Origins(#[from] origin::Error),
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
    /// The buckets cannot be opened.
    #[error(
        "the buckets cannot be opened: {0}; restore what is damaged, or serve without with --buckets off"
    )]
    Buckets(#[from] buckets::OpenError),
    /// A store outside and the bucket server.
    #[error("--buckets and --s3-endpoint are both set; set one: origins of buckets are asked at one place")]
    TwoStores,
    /// A file with secrets that others can read.
    #[error("{path} ({variable}) can be read by others; `chmod 600` it")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// What names it.
        variable: &'static str,
    },
    /// A file that does not say what it should.
    #[error(
        "{path} ({variable}) cannot be understood ({why}); \
         expected {{\"BUCKET\": {{\"AccessKeyId\": \"...\", \"SecretAccessKey\": \"...\"}}}}"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What names it.
        variable: &'static str,
        /// Where it stops making sense.
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
    /// The keys cannot be changed like this.
    #[error(transparent)]
    Keys(#[from] crate::keys::Refusal),
    /// No key may change anything.
    #[error("there is no enabled key with the role admin; make one with `warmfront keys create`")]
    NoAdminKey,
    /// There is nothing that keys could be kept in.
    #[error("{0} is no directory; say with --data-dir where the server keeps its data")]
    NoDataDirectory(PathBuf),
    /// What opens the keys is not there.
    #[error(
        "the keys in {0} are sealed, and the sealing key is not here; set WARMFRONT_SEALING_KEY or WARMFRONT_SEALING_KEY_FILE to the one that they were sealed with"
    )]
    NoSealingKey(PathBuf),
    /// Something else than a sealing key.
    #[error("{0} is no sealing key; expected 64 hexadecimal digits, or 32 bytes in Base64")]
    NotASealingKey(String),
    /// A key does not open.
    #[error(
        "the key {id} in {path} does not open with this sealing key; use the one that it was sealed with, or restore the file"
    )]
    Sealed {
        /// The key.
        id: String,
        /// The file.
        path: PathBuf,
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
    /// The process that runs does not hand over.
    #[error("cannot take over from the process that runs: {0}; end it, and start this one again")]
    Handover(#[source] io::Error),
    /// An address cannot be listened on for HTTP/3.
    #[error("cannot listen on {address} for HTTP/3 ({flag}, by UDP): {source}; --no-http3 does without")]
    ListenForPackets {
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
    /// The environment says two things.
    #[error("WARMFRONT_SEALING_KEY and WARMFRONT_SEALING_KEY_FILE are both set; set one of them")]
    TwoSealingKeys,
    /// A file with a certificate or its private key cannot be used for the API.
    #[error("{path} ({flag}) cannot be used: {why}")]
    ApiCertificate {
        /// The flag that names the file.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
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
