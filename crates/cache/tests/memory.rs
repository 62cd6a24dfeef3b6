//! What the disk tier's index takes in memory, counted by the allocator. The only test of this program: others would
//! be counted too.

#![cfg(test)]

use std::sync::Arc;

use bytes::Bytes;
use cache::{Cache, DiskSettings, Limits};
use futures_util::FutureExt;
use http::StatusCode;
use peak_alloc::PeakAlloc;
use rules::cache_key::{CacheKey, Variant};
use rules::freshness::{ObjectTimes, StaleUse};
use rules::{Fields, Moment};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Just past a doubling of the index's tables, where an object costs most.
const OBJECTS: usize = 30_000;

fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().now_or_never() {
            Some(done) => return done,
            None => std::thread::yield_now(),
        }
    }
}

fn store(cache: &Arc<Cache>, number: usize) {
    let times = ObjectTimes {
        received_at: Moment::from_epoch_s(1),
        fresh_until: Moment::from_epoch_s(2),
        stale_limit: std::time::Duration::ZERO,
        stale_if_error: None,
        stale_while_revalidate: None,
        stale_use: StaleUse::AnyFailure,
    };
    let key = CacheKey::new("E1", Variant::Get, &format!("/objects/{number}"), b"");
    let permit = cache.lead_alone(&key);
    let (_, mut fill) = permit.store_object(StatusCode::OK, Fields::default(), times, Some(4));
    finish(fill.push(Bytes::from_static(b"body"))).expect("it is kept");
    assert!(fill.complete());
}

#[test]
fn the_index_takes_at_most_64_bytes_for_an_object() {
    let dir = tempfile::tempdir().expect("a directory");
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let settings = || DiskSettings::new(dir.path(), 64 << 20);
    let cache = Cache::new(limits);
    cache.open_disk(settings()).expect("the tier opens");
    for number in 0..OBJECTS {
        store(&cache, number);
        if number % 1_000 == 0 {
            finish(cache.written());
        }
    }
    finish(cache.written());
    drop(Arc::into_inner(cache).expect("nobody else has it"));

    let empty = tempfile::tempdir().expect("a directory");
    let without = Cache::new(limits);
    let before = ALLOCATED.current_usage();
    without.open_disk(DiskSettings::new(empty.path(), 64 << 20)).expect("the tier opens");
    let fixed = ALLOCATED.current_usage() - before;

    let cache = Cache::new(limits);
    let before = ALLOCATED.current_usage();
    cache.open_disk(settings()).expect("the tier opens");
    let taken = (ALLOCATED.current_usage() - before).saturating_sub(fixed);
    let objects = cache.disk_usage().expect("a tier").objects as usize;
    assert_eq!(objects, OBJECTS);
    eprintln!("{} bytes for each of {objects} objects", taken / objects);
    assert!(taken <= 64 * objects, "{taken} bytes for {objects} objects");
}
