//! How often memory has what is asked for, against least recently used, which is what nginx does. On requests that are the
//! same in every run, so that the table of `docs/benchmarks.md` can be checked: `cargo test -p cache --test policy -- --nocapture`.

#![cfg(test)]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use cache::{Cache, Limits};
use futures_util::FutureExt;
use http::StatusCode;
use rules::cache_key::{CacheKey, Variant};
use rules::freshness::{ObjectTimes, StaleUse};
use rules::{Fields, Moment};

const OBJECTS: u64 = 20_000;
const REQUESTS: usize = 120_000;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn fraction(&mut self) -> f64 {
        (self.roll() % (1 << 40)) as f64 / (1_u64 << 40) as f64
    }
}

/// Requests whose popularity falls with the rank to the power of `skew`.
fn zipf(skew: f64, seed: u64) -> Vec<u64> {
    let mut dice = Dice(seed);
    let sums: Vec<f64> = (1..=OBJECTS)
        .scan(0.0, |sum, rank| {
            *sum += 1.0 / (rank as f64).powf(skew);
            Some(*sum)
        })
        .collect();
    let total = sums[sums.len() - 1];
    let draw = |_| {
        let at = dice.fraction() * total;
        sums.partition_point(|sum| *sum < at) as u64
    };
    (0..REQUESTS).map(draw).collect()
}

/// The same with a walk through objects that nobody asks for otherwise, `length` at a time.
fn with_scans(trace: &[u64], length: usize) -> Vec<u64> {
    let scans =
        (0..).map(|scan: u64| (0..length as u64).map(move |at| (1 << 32) + (scan % 2) * 100_000 + at));
    trace.chunks(4 * length).zip(scans).flat_map(|(usual, scan)| usual.iter().copied().chain(scan)).collect()
}

/// The same where every other request is for something that is never asked for again.
fn with_one_hit_wonders(trace: &[u64]) -> Vec<u64> {
    (1 << 33..).zip(trace).flat_map(|(once, usual)| [*usual, once]).collect()
}

fn ours(trace: &[u64], memory_bytes: u64) -> (f64, usize) {
    let cache = Cache::new(Limits { memory_bytes, ..Limits::default() });
    let (mut hits, mut most) = (0, 0);
    for object in trace {
        let key = CacheKey::new("E1", Variant::Get, &format!("/{object}"), b"");
        match cache.held(&key).object {
            Some(_) => hits += 1,
            None => store(&cache, &key),
        }
        most = most.max(cache.usage().objects);
    }
    (f64::from(hits) / trace.len() as f64, most as usize)
}

fn store(cache: &Arc<Cache>, key: &CacheKey) {
    let times = ObjectTimes {
        received_at: Moment::from_epoch_s(1),
        fresh_until: Moment::from_epoch_s(2),
        stale_limit: std::time::Duration::ZERO,
        stale_if_error: None,
        stale_while_revalidate: None,
        stale_use: StaleUse::AnyFailure,
    };
    let permit = cache.lead_alone(key);
    let (_, mut fill) = permit.store_object(StatusCode::OK, Fields::default(), times, Some(1_000));
    fill.push(Bytes::from_static(&[0; 1_000])).now_or_never().expect("it does not wait").expect("it is kept");
    assert!(fill.complete());
}

/// What a cache of `capacity` objects has that drops what was used longest ago.
fn least_recently_used(trace: &[u64], capacity: usize) -> f64 {
    let (mut used_at, mut order, mut hits) = (HashMap::new(), BTreeMap::new(), 0);
    for (now, object) in trace.iter().enumerate() {
        if let Some(before) = used_at.insert(*object, now) {
            hits += 1;
            order.remove(&before);
        } else if used_at.len() > capacity
            && let Some((_, oldest)) = order.pop_first()
        {
            used_at.remove(&oldest);
        }
        order.insert(now, *object);
    }
    f64::from(hits) / trace.len() as f64
}

#[test]
fn memory_has_what_is_asked_for_at_least_as_often_as_least_recently_used() {
    let traces = [
        ("Zipf 0.8", zipf(0.8, 7)),
        ("Zipf 1.0", zipf(1.0, 8)),
        ("Zipf 0.8 and scans", with_scans(&zipf(0.8, 9), 2_000)),
        ("Zipf 1.0 and scans", with_scans(&zipf(1.0, 10), 2_000)),
        ("Zipf 0.8, half one-hit wonders", with_one_hit_wonders(&zipf(0.8, 11))),
        ("Zipf 1.0, half one-hit wonders", with_one_hit_wonders(&zipf(1.0, 12))),
    ];
    eprintln!("| requests | objects that fit | Warmfront | least recently used |\n| --- | --: | --: | --: |");
    for (name, trace) in &traces {
        for memory_bytes in [2 << 20, 8 << 20] {
            let (ours, capacity) = ours(trace, memory_bytes);
            let theirs = least_recently_used(trace, capacity);
            eprintln!("| {name} | {capacity} | {:.1} % | {:.1} % |", ours * 100.0, theirs * 100.0);
            assert!(ours > theirs, "{name}, {capacity} objects: {ours:.4} against {theirs:.4}");
        }
    }
}
