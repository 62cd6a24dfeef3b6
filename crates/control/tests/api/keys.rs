//! A ring of keys that tests can change, and an API behind it with a clock that stands still.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use control::{Connection, Key, KeyRing, Role, Settings};
use observe::Clock;
use signing::keys::{Credentials, SecretKey};
use store::EmbeddedStore;
use store::embedded::History;
use tower::ServiceExt;

use crate::service::{HOST, Service, now_s, own_pair, signed};

pub const LIST: &str = "/2020-05-31/distribution";

/// Keys that come and go.
#[derive(Default)]
pub struct Ring(Mutex<Vec<(String, Key)>>);

impl KeyRing for Ring {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        let keys = self.0.lock().unwrap();
        keys.iter().find(|(id, _)| id == access_key_id).map(|(_, key)| key.clone())
    }
}

impl Ring {
    pub fn change(&self, change: impl FnOnce(&mut Vec<(String, Key)>)) {
        change(&mut self.0.lock().unwrap());
    }
}

/// An API with one admin key and one that only reads.
pub struct Guarded {
    pub service: Service,
    pub ring: Arc<Ring>,
    pub clock: Clock,
}

impl Guarded {
    pub fn start() -> Self {
        let ring = Arc::new(Ring::default());
        let key = |pair: Credentials, role, name: &str| {
            (pair.access_key_id, Key { secret: pair.secret_key, role, name: name.into(), epoch: 1 })
        };
        ring.change(|keys| {
            keys.push(key(own_pair(), Role::Admin, "own"));
            keys.push(key(reader(), Role::ReadOnly, "reader"));
        });
        let clock = Clock::standing_at_ms(now_s() * 1000);
        let store = Arc::new(EmbeddedStore::in_memory(History::default()).unwrap());
        let service = Service::guarded(store, Settings::default(), ring.clone(), clock.clone());
        Self { service, ring, clock }
    }

    /// Sends a request over a connection from this address; the answer as it is.
    pub async fn from(&self, peer: &str, mut request: Request<Body>) -> Response {
        let peer: IpAddr = peer.parse().unwrap();
        request.extensions_mut().insert(Connection { peer, is_encrypted: false });
        self.service.api.router().oneshot(request).await.unwrap()
    }

    /// The status of a signed list from this address.
    pub async fn list_from(&self, peer: &str, pair: &Credentials) -> StatusCode {
        self.from(peer, signed(pair, "GET", LIST, &[], b"", now_s())).await.status()
    }
}

/// A key pair that only reads.
pub fn reader() -> Credentials {
    Credentials::new("WFREADER", SecretKey::new("reader-secret"))
}

/// A request without a signature.
pub fn plain(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", HOST);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::from(body.to_owned())).unwrap()
}
