//! What an edge is told at start.

use std::sync::Arc;
use std::time::Duration;

/// Settings of an edge; the server room fills them from its flags.
#[derive(Clone)]
pub struct Settings {
    /// Limits of the cache.
    pub cache: cache::Limits,
    /// How origins are reached.
    pub origins: origin::Settings,
    /// Whether a request with `x-warmfront-explain` gets its timeline in a response header.
    pub explain: bool,
    /// The code in `X-Amz-Cf-Pop` (H31).
    pub pop: Arc<str>,
    /// The HTTPS port that viewers know, for redirects (O32).
    pub public_https_port: u16,
    /// Time limit of a viewer for its TLS handshake and for each request head.
    pub head_timeout: Duration,
    /// How long connections may finish their requests after shutdown has begun.
    pub drain_timeout: Duration,
    /// Connections that one worker holds at the same time; more are refused. Also how many fetches for the
    /// cache it has under way: a fetch may outlive its viewer (B69), so it is counted on its own.
    pub max_connections: usize,
    /// Bodies that are being compressed at the same time, over all workers; more are left as they are (I38).
    pub max_compressions: usize,
}
