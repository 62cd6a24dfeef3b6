//! Failed attempts to show a key, at every door to which it belongs: the API, sign-ins of browsers, the bucket server.

use std::net::IpAddr;

use observe::Clock;

use super::attempts::Attempts;

/// Counts failed attempts, and says who must wait.
#[derive(Debug)]
pub struct Guesses {
    attempts: Attempts,
    clock: Clock,
}

// === impl Guesses ===

impl Guesses {
    pub(super) fn new(clock: Clock) -> Self {
        Self { attempts: Attempts::default(), clock }
    }

    /// Seconds after which the address may try the key again; `None` when it may now.
    pub fn wait_s(&self, peer: IpAddr, access_key_id: &str) -> Option<u64> {
        self.attempts.wait_s(peer, access_key_id, self.clock.now_ms())
    }

    /// Counts a failure.
    pub fn failed(&self, peer: IpAddr, access_key_id: &str) {
        self.attempts.failed(peer, access_key_id, self.clock.now_ms());
    }

    /// Forgets the failures of whoever has shown that the key is theirs.
    pub fn succeeded(&self, peer: IpAddr, access_key_id: &str) {
        self.attempts.succeeded(peer, access_key_id);
    }
}
