//! Who is asking, and what they may do.
//!
//! A call shows a key by a signature over itself ([`claim`]), a browser by a session that began with one ([`sessions`]); the
//! [`gate`] leads both to a caller with a [`Role`]. Which keys exist is the [`KeyRing`]'s business.

mod attempts;
pub(crate) mod browser;
mod claim;
mod gate;
mod guesses;
mod role;
mod sessions;

use std::net::{IpAddr, Ipv4Addr};

use ::http::request::Parts;
use signing::keys::{Credentials, SecretKey};

pub(crate) use gate::{Caller, Gate};
pub use guesses::Guesses;
pub use role::{Role, UnknownRole};

/// The keys that may be shown. Asked for every request, so that a key that is withdrawn opens nothing any more.
pub trait KeyRing: Send + Sync + 'static {
    /// The key with this id, if there is one that may be used now.
    fn find(&self, access_key_id: &str) -> Option<Key>;
}

/// A key that may be used.
#[derive(Debug, Clone)]
pub struct Key {
    /// What must be known to use it.
    pub secret: SecretKey,
    /// What it may do.
    pub role: Role,
    /// What people call it; may be empty.
    pub name: String,
    /// Another number whenever the sessions that began with this key must end.
    pub epoch: u64,
}

// === impl Key ===

impl Key {
    /// A key that may do everything.
    #[must_use]
    pub fn admin(secret: SecretKey, name: &str) -> Self {
        Self { secret, role: Role::Admin, name: name.into(), epoch: 0 }
    }
}

/// One key pair is a key ring, and its key may do everything.
impl KeyRing for Credentials {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        (self.access_key_id == access_key_id).then(|| Key::admin(self.secret_key.clone(), ""))
    }
}

/// The connection of a request: an extension of it, set by whoever accepts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The address at its other end.
    pub peer: IpAddr,
    /// Whether it speaks TLS with us.
    pub is_encrypted: bool,
}

// === impl Connection ===

impl Connection {
    /// The connection of a request; of one that came over none, an address of nobody.
    pub(crate) fn of(request: &Parts) -> Self {
        let nobody = Self { peer: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_encrypted: false };
        request.extensions.get().copied().unwrap_or(nobody)
    }
}
