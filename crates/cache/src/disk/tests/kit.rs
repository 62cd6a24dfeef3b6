//! What the tests of the disk tier share.

use std::sync::Arc;
use std::time::Duration;

use ::bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http::StatusCode;
use http::header::{ETAG, HeaderValue};
use rules::cache_key::{CacheKey, Variant};
use rules::freshness::{ObjectTimes, StaleUse};
use rules::{Fields, Moment};

use crate::disk::broken::Broken;
use crate::{Body, Cache, DiskSettings, Fill, Limits, StoredObject, Torn};

pub(super) const LARGE: u64 = 16 << 10;

pub(super) fn settings(files: &Arc<Broken>) -> DiskSettings {
    let files: Arc<dyn crate::Files> = Arc::clone(files) as _;
    DiskSettings {
        segment_bytes: 64 << 10,
        large_bytes: LARGE,
        retry: Duration::ZERO,
        readers: 2,
        files: Some(files),
        ..DiskSettings::new("in-memory", 8 << 20)
    }
}

pub(super) fn cache_with(settings: DiskSettings, memory_bytes: u64) -> Arc<Cache> {
    let cache = Cache::new(Limits { memory_bytes, ..Limits::default() });
    cache.open_disk(settings).expect("the tier opens");
    cache
}

pub(super) fn cache(files: &Arc<Broken>) -> Arc<Cache> {
    cache_with(settings(files), 16 << 20)
}

/// Ends a cache so that what it wrote is all there is.
pub(super) fn close(cache: Arc<Cache>) {
    drop(Arc::into_inner(cache).expect("nobody else has the cache"));
}

pub(super) fn key(path: &str) -> CacheKey {
    CacheKey::new("E1", Variant::Get, path, b"")
}

pub(super) fn content(tag: u64, len: u64) -> Bytes {
    (0..len).map(|at| (tag.wrapping_mul(0x9e37_79b9) ^ at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
}

pub(super) fn fields(tag: u64) -> Fields {
    [(ETAG, HeaderValue::from(tag))].into_iter().collect()
}

pub(super) fn times() -> ObjectTimes {
    ObjectTimes {
        received_at: Moment::from_epoch_s(1_000),
        fresh_until: Moment::from_epoch_s(2_000),
        stale_limit: Duration::from_secs(3_000),
        stale_if_error: Some(Duration::from_secs(5)),
        stale_while_revalidate: None,
        stale_use: StaleUse::Unreachable,
    }
}

/// Polls until it is done: what it waits for happens on the tier's threads.
pub(super) fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().now_or_never() {
            Some(done) => return done,
            None => std::thread::yield_now(),
        }
    }
}

pub(super) fn settle(cache: &Cache) {
    finish(cache.written());
}

pub(super) fn begin(cache: &Arc<Cache>, path: &str, tag: u64, len: Option<u64>) -> (Arc<StoredObject>, Fill) {
    cache.lead_alone(&key(path)).store_object(StatusCode::OK, fields(tag), times(), len)
}

/// Stores an object and waits until the disk has it, or has refused it.
pub(super) fn store(cache: &Arc<Cache>, path: &str, tag: u64, len: u64) {
    let (object, mut fill) = begin(cache, path, tag, Some(len));
    for piece in content(tag, len).chunks(10_000) {
        finish(fill.push(Bytes::copy_from_slice(piece))).expect("it is wanted");
    }
    assert!(fill.complete());
    drop(object);
    settle(cache);
}

pub(super) fn read(body: &Body) -> Result<Vec<u8>, Torn> {
    finish(async {
        let (mut reader, mut got) = (body.reader(..), Vec::new());
        while let Some(piece) = reader.next().await {
            got.extend_from_slice(&piece?);
        }
        Ok(got)
    })
}

/// What a look finds, after the disk was asked: tag and body. It must be one that was stored, whole and unchanged.
pub(super) fn look(cache: &Arc<Cache>, path: &str) -> Option<(u64, Result<usize, Torn>)> {
    finish(cache.recall(&key(path)));
    let object = cache.held(&key(path)).object?;
    let tag = object.fields.first_str(&ETAG).and_then(|text| text.parse().ok()).expect("a tag");
    assert_eq!((object.status, object.times), (StatusCode::OK, times()));
    let len = object.body.declared_len().expect("a complete body");
    let body = read(&object.body);
    if let Ok(body) = &body {
        assert!(*body == content(tag, len), "a wrong byte of {path}");
    }
    Some((tag, body.map(|body| body.len())))
}
