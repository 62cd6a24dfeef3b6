//! What one worker's [`Origins`](crate::Origins) is made with.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls_pki_types::CertificateDer;
use signing::keys::Credentials;

/// Seconds since the Unix epoch: real time, because the origin compares it with its own clock.
pub type WallClock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Settings of [`Origins`](crate::Origins); everything about a single origin is in `rules::model::Origin` instead.
#[derive(Clone)]
pub struct Settings {
    /// Who signs requests to S3-type origins (G21, G27). Without it they are sent unsigned, and a protected
    /// bucket refuses them.
    pub credentials: Option<Credentials>,
    /// Certificate authorities to trust besides the system's and those in `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    pub roots: Vec<CertificateDer<'static>>,
    /// How many requests may be under way, and how many connections open, to one origin (per worker). A request
    /// above it waits for its turn within its connection timeout.
    pub max_connections_per_origin: usize,
    /// The time that signatures carry.
    pub wall_clock: WallClock,
}

// === impl Settings ===

impl Default for Settings {
    /// No credentials, the system's roots, 1,024 connections, the system's clock.
    fn default() -> Self {
        Self {
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
            .field("credentials", &self.credentials)
            .field("roots", &self.roots.len())
            .field("max_connections_per_origin", &self.max_connections_per_origin)
            .finish_non_exhaustive()
    }
}

fn system_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
