//! What one worker's [`Origins`](crate::Origins) is made with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rules::model::{Origin, OriginSignature};
use rustls_pki_types::CertificateDer;
use signing::edge_identity::MasterKey;
use signing::keys::Credentials;

/// Seconds since the Unix epoch: real time, because the origin compares it with its own clock.
pub type WallClock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Settings of [`Origins`](crate::Origins); everything about a single origin is in `rules::model::Origin` instead.
#[derive(Clone)]
pub struct Settings {
    /// The bucket server of this process, if there is one.
    pub own_buckets: Option<OwnBuckets>,
    /// Who signs requests to S3-type origins elsewhere, by bucket (G21, G27).
    pub bucket_credentials: BTreeMap<String, Credentials>,
    /// Who signs requests to all other buckets. Without it they are sent unsigned, and a protected bucket refuses
    /// them.
    pub credentials: Option<Credentials>,
    /// Certificate authorities to trust besides the system's and those in `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    pub roots: Vec<CertificateDer<'static>>,
    /// How many requests may be under way, and how many connections open, to one origin (per worker). A request
    /// above it waits for its turn within its connection timeout.
    pub max_connections_per_origin: usize,
    /// The time that signatures carry.
    pub wall_clock: WallClock,
}

/// The bucket server that runs in this process: it believes the edge when the edge says on whose behalf it asks.
#[derive(Debug, Clone)]
pub struct OwnBuckets {
    /// The host of its endpoint, as `rules::model::Endpoint` has it.
    pub host: String,
    /// The port of its endpoint.
    pub port: u16,
    /// What both sides make the secrets from.
    pub master: MasterKey,
}

// === impl Settings ===

impl Settings {
    /// Who signs requests to `origin`; `None` when nobody can.
    pub(crate) fn credentials_for(
        &self,
        origin: &Origin,
        signature: &OriginSignature,
    ) -> Option<Cow<'_, Credentials>> {
        let is_own =
            |own: &&OwnBuckets| own.host == *origin.endpoint.host && own.port == origin.endpoint.http_port;
        if let Some(own) = self.own_buckets.as_ref().filter(is_own) {
            return Some(Cow::Owned(own.master.credentials(&signature.identity)));
        }
        let of_bucket = self.bucket_credentials.get(&*signature.bucket);
        of_bucket.or(self.credentials.as_ref()).map(Cow::Borrowed)
    }
}

impl Default for Settings {
    /// No credentials, the system's roots, 1,024 connections, the system's clock.
    fn default() -> Self {
        Self {
            own_buckets: None,
            bucket_credentials: BTreeMap::new(),
            credentials: None,
            roots: Vec::new(),
            max_connections_per_origin: 1024,
            wall_clock: Arc::new(system_clock),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("own_buckets", &self.own_buckets)
            .field("bucket_credentials", &self.bucket_credentials)
            .field("credentials", &self.credentials)
            .field("roots", &self.roots.len())
            .field("max_connections_per_origin", &self.max_connections_per_origin)
            .finish_non_exhaustive()
    }
}

fn system_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
