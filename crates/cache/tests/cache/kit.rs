//! What the tests of the cache share: keys, times, bodies whose every byte is known, and fills by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cache::{Body, Cache, Fill, Join, Limits, Permit, StoredError, StoredObject, Torn, Waiter};
use futures_util::{FutureExt, StreamExt};
use http::StatusCode;
use http::header::{ETAG, HeaderValue};
use rules::cache_key::{CacheKey, Variant};
use rules::freshness::{ErrorTimes, ObjectTimes, Remembers, StaleUse};
use rules::invalidation::InvalidationPath;
use rules::{Fields, Moment};

use crate::make;

pub const LIMITS: Limits = Limits {
    memory_bytes: 8 << 20,
    max_object_bytes: 1 << 20,
    window_bytes: 64 << 10,
    stall: Duration::from_secs(5),
};

pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn key(path: &str) -> CacheKey {
    CacheKey::new("E1", Variant::Get, path, b"")
}

pub fn times() -> ObjectTimes {
    ObjectTimes {
        received_at: Moment::from_epoch_s(1_000),
        fresh_until: Moment::from_epoch_s(2_000),
        stale_limit: Duration::from_secs(3_000),
        stale_if_error: None,
        stale_while_revalidate: None,
        stale_use: StaleUse::AnyFailure,
    }
}

pub fn error_times(remembers: Remembers) -> ErrorTimes {
    ErrorTimes {
        status: StatusCode::SERVICE_UNAVAILABLE,
        received_at: Moment::from_epoch_s(1_000),
        until: Moment::from_epoch_s(1_010),
        failure: None,
        remembers,
    }
}

/// Fields that tell one answer from another.
pub fn fields(tag: u64) -> Fields {
    [(ETAG, HeaderValue::from(tag))].into_iter().collect()
}

pub fn tag(fields: &Fields) -> u64 {
    fields.first_str(&ETAG).and_then(|text| text.parse().ok()).expect("every test answer has a tag")
}

/// Bytes `from..to` of the body of the answer with this tag.
pub fn bytes(tag: u64, from: u64, to: u64) -> Bytes {
    (from..to).map(|at| (tag.wrapping_mul(0x9e37_79b9) ^ at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
}

pub fn lead(cache: &Arc<Cache>, key: &CacheKey) -> Permit {
    match cache.join(key) {
        Join::Lead(permit) => permit,
        Join::Follow(_) => panic!("somebody leads already"),
    }
}

pub fn follow(cache: &Arc<Cache>, key: &CacheKey) -> Waiter {
    match cache.join(key) {
        Join::Lead(_) => panic!("nobody leads"),
        Join::Follow(waiter) => waiter,
    }
}

pub fn object(permit: Permit, tag: u64, declared_len: Option<u64>) -> (Arc<StoredObject>, Fill) {
    permit.store_object(StatusCode::OK, fields(tag), times(), declared_len)
}

pub fn error(permit: Permit, tag: u64) -> (Arc<StoredError>, Fill) {
    permit.store_error(error_times(Remembers::Answer), fields(tag), None, false)
}

/// Pushes a chunk where nothing may have to wait.
pub fn push(fill: &mut Fill, chunk: Bytes) {
    finish(fill.push(chunk)).expect("a fill that is kept is wanted");
}

/// What comes of something that waits for nothing, or for the disk only.
pub fn finish<T>(future: impl Future<Output = T>) -> T {
    // Not within the budget of a task, which this loop would use up.
    let mut future = std::pin::pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().now_or_never() {
            Some(done) => return done,
            None if make::HAS_DISK => std::thread::yield_now(),
            None => panic!("in memory there is nothing to wait for"),
        }
    }
}

/// Stores a complete object.
pub fn stored(cache: &Arc<Cache>, key: &CacheKey, tag: u64, len: u64) -> Arc<StoredObject> {
    let (object, mut fill) = object(cache.lead_alone(key), tag, Some(len));
    push(&mut fill, bytes(tag, 0, len));
    assert!(fill.complete());
    settle(cache);
    object
}

/// Waits until the disk, if there is one, has what it was given.
pub fn settle(cache: &Cache) {
    finish(cache.written());
}

/// The tag of the object that the key holds.
pub fn held_tag(cache: &Cache, key: &CacheKey) -> Option<u64> {
    cache.held(key).object.map(|object| tag(&object.fields))
}

/// Everything a reader of the whole body gets, and whether it ended well.
pub async fn read(body: &Body) -> (Vec<u8>, Result<(), Torn>) {
    drain(body.reader(..)).await
}

pub async fn drain(mut reader: cache::Reader) -> (Vec<u8>, Result<(), Torn>) {
    let mut got = Vec::new();
    while let Some(piece) = reader.next().await {
        match piece {
            Ok(piece) => got.extend_from_slice(&piece),
            Err(torn) => return (got, Err(torn)),
        }
    }
    (got, Ok(()))
}

pub fn exact(path: &str) -> InvalidationPath {
    InvalidationPath::Exact(path.into())
}

pub fn prefix(path: &str) -> InvalidationPath {
    InvalidationPath::Prefix(path.into())
}

/// A generator of numbers that is the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}
