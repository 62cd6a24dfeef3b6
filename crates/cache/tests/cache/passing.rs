//! Bodies that are too large to be kept pass through a window of bounded size.

use std::time::Duration;

use bytes::Bytes;
use cache::{Settled, Torn, Unwanted};
use futures_util::{FutureExt, StreamExt};
use rules::freshness::Remembers;

use crate::kit::*;
use crate::make;

const CHUNK: u64 = 16 << 10;

/// What a window may hold: its size, a chunk on top, and the account of pieces and heads.
const WINDOW_AND_CHUNK: u64 = LIMITS.window_bytes as u64 + CHUNK + (4 << 10);

#[tokio::test]
async fn an_object_of_any_size_passes_in_bounded_memory() {
    let cache = make::cache(LIMITS);
    let key = key("/large");
    let total = 2_000 * CHUNK;
    assert!(total > 3 * LIMITS.memory_bytes);
    let permit = lead(&cache, &key);
    let waiter = follow(&cache, &key);
    let (passing, mut fill) = object(permit, 1, Some(total));
    assert!(matches!(waiter.settled(PATIENCE).await, Settled::GoAlone));
    assert!(!fill.is_kept());
    assert!(cache.held(&key).object.is_none());
    let readers = [passing.body.reader(..), passing.body.reader(..), passing.body.reader(CHUNK * 7 + 5..)];
    drop(passing);
    let [quick, slow, part] = readers.map(|mut reader| {
        let pace = reader.position() % 3;
        tokio::spawn(async move {
            let mut at = reader.position();
            while let Some(piece) = reader.next().await {
                let piece = piece.unwrap();
                assert_eq!(piece, bytes(1, at, at + piece.len() as u64));
                at += piece.len() as u64;
                for _ in 0..pace {
                    tokio::task::yield_now().await;
                }
            }
            at
        })
    });
    let mut peak = 0;
    for at in 0..total / CHUNK {
        fill.push(bytes(1, at * CHUNK, (at + 1) * CHUNK)).await.unwrap();
        peak = peak.max(cache.usage().bytes);
    }
    assert!(fill.complete());
    for reader in [quick, slow, part] {
        assert_eq!(reader.await.unwrap(), total);
    }
    assert!(peak <= WINDOW_AND_CHUNK, "{peak}");
    assert_eq!((cache.usage().bytes, cache.usage().passed_through), (0, 1));
}

#[tokio::test]
async fn a_fill_that_outgrows_what_can_be_kept_goes_on_for_those_who_follow() {
    let cache = make::cache(LIMITS);
    let key = key("/growing");
    let (growing, mut fill) = object(lead(&cache, &key), 1, None);
    let follower = tokio::spawn(drain(growing.body.reader(..)));
    let total = 3 * LIMITS.max_object_bytes;
    let mut was_kept = false;
    for at in 0..total / CHUNK {
        was_kept |= fill.is_kept();
        fill.push(bytes(1, at * CHUNK, (at + 1) * CHUNK)).await.unwrap();
        if !fill.is_kept() {
            assert!(cache.held(&key).object.is_none());
            assert!(cache.usage().bytes <= WINDOW_AND_CHUNK);
        }
        tokio::task::yield_now().await;
    }
    assert!(was_kept && !fill.is_kept());
    // What has been written to the disk stays there for those who know of it.
    let late = growing.body.attach(..).err();
    assert_eq!(late, (!make::HAS_DISK).then_some(Torn), "who looked before and attaches now is too late");
    assert!(fill.complete());
    assert_eq!(follower.await.unwrap(), (bytes(1, 0, total).to_vec(), Ok(())));
    assert_eq!(growing.body.whole(), None);
}

#[tokio::test]
async fn a_fill_that_finds_no_memory_passes_instead() {
    let cache = make::cache(LIMITS);
    let len = LIMITS.max_object_bytes;
    let pinned: Vec<_> = (0..7).map(|at| stored(&cache, &key(&format!("/{at}")), at, len - 4_096)).collect();
    let (stored, mut fill) = object(lead(&cache, &key("/a")), 100, None);
    let (other, mut other_fill) = object(lead(&cache, &key("/b")), 200, None);
    let follower = tokio::spawn(drain(stored.body.reader(..)));
    let other_follower = tokio::spawn(drain(other.body.reader(..)));
    let chunks = len / CHUNK;
    for at in 0..chunks {
        for (tag, fill) in [(100, &mut fill), (200, &mut other_fill)] {
            fill.push(bytes(tag, at * CHUNK, (at + 1) * CHUNK)).await.unwrap();
            assert!(cache.usage().bytes <= LIMITS.memory_bytes + 2 * WINDOW_AND_CHUNK);
        }
    }
    assert!(make::HAS_DISK || !fill.is_kept() || !other_fill.is_kept());
    assert!(fill.complete() && other_fill.complete());
    assert_eq!(follower.await.unwrap(), (bytes(100, 0, len).to_vec(), Ok(())));
    assert_eq!(other_follower.await.unwrap(), (bytes(200, 0, len).to_vec(), Ok(())));
    assert!(pinned.iter().all(|object| object.body.is_complete()));
    assert_eq!(cache.usage().evicted, 0, "evicting what is in use frees nothing");
}

#[tokio::test]
async fn a_push_waits_for_the_first_follower_and_stops_when_none_can_come() {
    let cache = make::cache(LIMITS);
    let window = LIMITS.window_bytes as u64;
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(u64::MAX));
    let pump = tokio::spawn(async move {
        fill.push(bytes(1, 0, window)).await?;
        fill.push(bytes(1, window, 2 * window)).await?;
        fill.push(bytes(1, 2 * window, 3 * window)).await
    });
    tokio::task::yield_now().await;
    let mut reader = passing.body.reader(..);
    assert_eq!(reader.next().await, Some(Ok(bytes(1, 0, window))));
    assert_eq!(reader.next().await, Some(Ok(bytes(1, window, 2 * window))));
    assert!(!pump.is_finished());
    drop(reader);
    assert_eq!(pump.await.unwrap(), Err(Unwanted));

    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(u64::MAX));
    drop(passing);
    assert_eq!(fill.push(Bytes::from_static(b"x")).await, Err(Unwanted));
    fill.unfollowed().await;
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_stalls_while_another_waits_is_cut_off() {
    let cache = make::cache(LIMITS);
    let total = 20 * LIMITS.window_bytes as u64;
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(total.max(2 << 20)));
    let total = total.max(2 << 20);
    let mut stalled = passing.body.reader(..);
    let quick = tokio::spawn(drain(passing.body.reader(..)));
    let began = tokio::time::Instant::now();
    for at in 0..total / CHUNK {
        fill.push(bytes(1, at * CHUNK, (at + 1) * CHUNK)).await.unwrap();
    }
    assert_eq!(fill.followers(), 1);
    let _in_its_seat = passing.body.attach(total..).unwrap();
    assert_eq!(stalled.next().now_or_never(), Some(Some(Err(Torn))));
    assert!(fill.complete());
    assert_eq!(quick.await.unwrap(), (bytes(1, 0, total).to_vec(), Ok(())));
    assert_eq!(stalled.next().await, None);
    let took = began.elapsed();
    assert!(took >= LIMITS.stall && took < LIMITS.stall + Duration::from_secs(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_catches_up_late_does_not_wait_for_a_stalled_one_for_ever() {
    let cache = make::cache(LIMITS);
    let total = 2 << 20;
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(total));
    let _stalled = passing.body.reader(..);
    let mut reader = passing.body.reader(..);
    let steady = tokio::spawn(async move {
        let mut got = 0;
        while let Some(piece) = reader.next().await {
            got += piece.unwrap().len() as u64;
            // The writer finds nobody waiting, and has to be told when that changes.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
        got
    });
    for at in 0..total / CHUNK {
        fill.push(bytes(1, at * CHUNK, (at + 1) * CHUNK)).await.unwrap();
    }
    assert!(fill.complete());
    assert_eq!(steady.await.unwrap(), total);
}

#[tokio::test(start_paused = true)]
async fn time_before_a_fill_stopped_being_kept_does_not_count_as_stalling() {
    let cache = make::cache(LIMITS);
    let (growing, mut fill) = object(cache.lead_alone(&key("/a")), 1, None);
    let calm = growing.body.reader(..);
    let quick = tokio::spawn(drain(growing.body.reader(..)));
    let total = LIMITS.max_object_bytes + CHUNK;
    fill.push(bytes(1, 0, LIMITS.max_object_bytes)).await.unwrap();
    tokio::time::advance(LIMITS.stall * 10).await;
    let pump = tokio::spawn(async move {
        fill.push(bytes(1, LIMITS.max_object_bytes, total)).await.unwrap();
        fill.complete()
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let expected = (bytes(1, 0, total).to_vec(), Ok(()));
    assert!(drain(calm).await == expected, "the calm one is not cut off");
    assert!(quick.await.unwrap() == expected);
    assert!(pump.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_slow_follower_that_holds_up_nobody_is_waited_for() {
    let cache = make::cache(LIMITS);
    let window = LIMITS.window_bytes as u64;
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(u64::MAX));
    let mut reader = passing.body.reader(..);
    let pump = tokio::spawn(async move { fill.push(bytes(1, 0, window)).await.map(|()| fill) });
    tokio::time::advance(LIMITS.stall * 100).await;
    assert!(!pump.is_finished());
    assert_eq!(reader.next().await, Some(Ok(bytes(1, 0, window))));
    assert!(pump.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_push_that_is_cancelled_while_it_waits_has_added_its_chunk() {
    let cache = make::cache(LIMITS);
    let window = LIMITS.window_bytes as u64;
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(2 << 20));
    let reader = passing.body.reader(..);
    assert!(fill.push(bytes(1, 0, window)).now_or_never().is_none());
    assert_eq!(fill.received(), window);
    drop(fill);
    assert_eq!(drain(reader).await, (bytes(1, 0, window).to_vec(), Err(Torn)));
}

#[tokio::test]
async fn one_byte_chunks_do_not_stretch_the_window() {
    let cache = make::cache(LIMITS);
    let (passing, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(u64::MAX));
    let _reader = passing.body.reader(..);
    let mut pushed = 0;
    while fill.push(bytes(1, pushed, pushed + 1)).now_or_never().is_some() {
        pushed += 1;
        assert!(pushed < LIMITS.window_bytes as u64);
    }
    assert!(cache.usage().bytes <= WINDOW_AND_CHUNK);
}

#[test]
fn an_error_too_large_to_be_remembered_leaves_a_hold_off() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let times = error_times(Remembers::Answer);
    let declared = cache.lead_alone(&key).store_error(times, fields(1), Some(u64::MAX), false);
    let left = cache.held(&key).error.expect("a hold-off is left");
    assert_eq!(left.times.remembers, Remembers::HoldOff);
    drop(declared);
    let (_, mut grown) = error(cache.lead_alone(&key), 2);
    assert_eq!(cache.held(&key).error.map(|error| error.times.remembers), Some(Remembers::Answer));
    let pushed = grown.push(vec![0; 2 << 20].into()).now_or_never();
    assert_eq!(pushed, Some(Err(Unwanted)), "nobody follows");
    assert_eq!(cache.held(&key).error.map(|error| error.times.remembers), Some(Remembers::HoldOff));
}
