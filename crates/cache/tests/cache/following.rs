//! Bodies that are followed while they arrive (C60 to C62, B73).

use std::sync::Arc;

use bytes::Bytes;
use cache::{Body, Torn};
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rules::freshness::Remembers;
use tokio::task::JoinSet;

use crate::kit::*;
use crate::make;

#[tokio::test]
async fn fast_slow_and_late_readers_get_the_same_bytes() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, None);
    let mut readers = JoinSet::new();
    for pace in 0..20 {
        let mut reader = stored.body.reader(..);
        readers.spawn(async move {
            let mut got = Vec::new();
            while let Some(piece) = reader.next().await {
                got.extend_from_slice(&piece.unwrap());
                for _ in 0..pace {
                    tokio::task::yield_now().await;
                }
            }
            got
        });
    }
    assert_eq!(fill.followers(), 20);
    let mut at = 0;
    for step in 0..200 {
        let to = at + 1 + step * 37 % 4_000;
        push(&mut fill, bytes(1, at, to));
        at = to;
        tokio::task::yield_now().await;
    }
    let late = stored.body.reader(..);
    assert_eq!(fill.received(), at);
    assert!(fill.complete());
    while let Some(got) = readers.join_next().await {
        assert_eq!(got.unwrap(), bytes(1, 0, at));
    }
    assert_eq!(drain(late).await, (bytes(1, 0, at).to_vec(), Ok(())));
    assert_eq!(stored.body.declared_len(), Some(at));
}

#[tokio::test]
async fn a_complete_small_body_is_at_hand_in_one_piece() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(30));
    assert_eq!(stored.body.declared_len(), Some(30));
    for at in 0..3 {
        push(&mut fill, bytes(1, at * 10, at * 10 + 10));
    }
    assert_eq!(stored.body.whole(), None);
    assert!(!stored.body.is_complete());
    assert!(fill.complete());
    assert!(stored.body.is_complete());
    assert_eq!(stored.body.whole(), Some(bytes(1, 0, 30)));
}

#[tokio::test]
async fn a_torn_body_gives_followers_what_came_and_new_lookups_nothing() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let (stored, mut fill) = object(cache.lead_alone(&key), 1, None);
    let follower = tokio::spawn(drain(stored.body.reader(..)));
    push(&mut fill, bytes(1, 0, 100));
    assert!(cache.held(&key).object.is_some());
    fill.tear();
    assert!(cache.held(&key).object.is_none());
    assert_eq!(follower.await.unwrap(), (bytes(1, 0, 100).to_vec(), Err(Torn)));
    assert_eq!(stored.body.attach(..).err(), Some(Torn));
    assert_eq!(read(&stored.body).await, (vec![], Err(Torn)));
    drop(stored);
    assert_eq!(cache.usage().bytes, 0);
}

#[tokio::test]
async fn a_fill_that_is_dropped_unfinished_is_torn() {
    let cache = make::cache(LIMITS);
    let (stored, fill) = object(cache.lead_alone(&key("/a")), 1, Some(0));
    let reader = stored.body.reader(..);
    drop(fill);
    assert_eq!(drain(reader).await.1, Err(Torn));
    assert_eq!((cache.usage().objects, cache.usage().fills), (0, 0));
}

#[tokio::test]
async fn a_body_shorter_than_declared_is_delivered_and_not_stored() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(11));
    let reader = stored.body.reader(..);
    push(&mut fill, bytes(1, 0, 10));
    assert!(!fill.complete());
    assert_eq!(drain(reader).await, (bytes(1, 0, 10).to_vec(), Err(Torn)));
    assert!(cache.held(&key("/a")).object.is_none());
}

#[tokio::test]
async fn a_body_longer_than_declared_ends_where_it_was_declared_and_is_not_stored() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(9));
    let reader = stored.body.reader(..);
    push(&mut fill, bytes(1, 0, 10));
    assert!(!fill.complete());
    assert_eq!(drain(reader).await, (bytes(1, 0, 9).to_vec(), Err(Torn)));
    assert!(cache.held(&key("/a")).object.is_none());
}

#[tokio::test]
async fn a_torn_error_leaves_a_hold_off_with_its_times_and_keeps_the_object() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    let (shown, mut fill) = error(cache.lead_alone(&key), 2);
    push(&mut fill, bytes(2, 0, 10));
    assert_eq!(cache.held(&key).error.map(|error| tag(&error.fields)), Some(2));
    let reader = shown.body.reader(..);
    fill.tear();
    let held = cache.held(&key);
    let left = held.error.expect("a hold-off is left");
    assert_eq!(left.times, error_times(Remembers::HoldOff));
    assert_eq!(left.body.whole(), Some(Bytes::new()));
    assert_eq!(held.object.map(|object| tag(&object.fields)), Some(1));
    assert_eq!(drain(reader).await, (bytes(2, 0, 10).to_vec(), Err(Torn)));
}

#[tokio::test]
async fn a_torn_fill_does_not_take_a_later_object_with_it() {
    let cache = make::cache(LIMITS);
    let (_, early) = object(cache.lead_alone(&key("/a")), 1, None);
    stored(&cache, &key("/a"), 2, 10);
    early.tear();
    assert_eq!(held_tag(&cache, &key("/a")), Some(2));
}

#[tokio::test]
async fn who_pumps_the_origin_learns_that_the_last_follower_left() {
    let cache = make::cache(LIMITS);
    let (stored, fill) = object(cache.lead_alone(&key("/a")), 1, None);
    assert!(fill.unfollowed().now_or_never().is_none(), "nobody came so far");
    let (first, second) = (stored.body.reader(..), stored.body.reader(..));
    drop(first);
    assert!(fill.unfollowed().now_or_never().is_none());
    let told = tokio::spawn(async move { fill.unfollowed().await });
    tokio::task::yield_now().await;
    assert!(!told.is_finished());
    drop(second);
    told.await.unwrap();
}

#[tokio::test]
async fn a_kept_fill_goes_on_without_followers() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, None);
    drop(stored.body.reader(..));
    drop(stored);
    push(&mut fill, bytes(1, 0, 10));
    assert!(fill.is_kept());
    assert!(fill.complete());
    assert_eq!(held_tag(&cache, &key("/a")), Some(1));
}

#[tokio::test]
async fn a_body_at_hand_is_read_in_ranges_too() {
    let body = Body::from_bytes(bytes(1, 0, 100));
    assert_eq!(drain(body.reader(10..20)).await.0, bytes(1, 10, 20));
    assert_eq!(drain(body.reader(90..=200)).await.0, bytes(1, 90, 100));
    assert_eq!(drain(body.reader(100..)).await.0, bytes(1, 0, 0));
    assert_eq!(read(&Body::empty()).await, (vec![], Ok(())));
}

proptest! {
    #[test]
    fn any_range_of_any_chunking_gives_the_same_bytes_at_any_moment_of_the_fill(
        chunks in prop::collection::vec(prop_oneof![0u64..50, 0u64..70_000], 1..12),
        attach_before in 0usize..12,
        from in 0u64..300_000,
        len in 0u64..300_000,
    ) {
        let cache = make::cache(LIMITS);
        let total: u64 = chunks.iter().sum();
        let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, Some(total));
        let mut early = None;
        let mut at = 0;
        for (step, chunk) in chunks.iter().enumerate() {
            if step == attach_before {
                early = Some(stored.body.reader(from..from + len));
            }
            push(&mut fill, bytes(1, at, at + chunk));
            at += chunk;
        }
        prop_assert!(fill.complete());
        let to = (from + len).min(total);
        let expected = (bytes(1, from.min(to), to).to_vec(), Ok(()));
        for reader in early.into_iter().chain([stored.body.reader(from..from + len)]) {
            prop_assert_eq!(finish(drain(reader)), expected.clone());
        }
    }
}

#[tokio::test]
async fn a_reader_that_was_cancelled_between_polls_loses_nothing() {
    let cache = make::cache(LIMITS);
    let (stored, mut fill) = object(cache.lead_alone(&key("/a")), 1, None);
    let mut reader = stored.body.reader(..);
    assert!(reader.next().now_or_never().is_none());
    push(&mut fill, bytes(1, 0, 10));
    assert_eq!(reader.next().now_or_never(), Some(Some(Ok(bytes(1, 0, 10)))));
    assert_eq!(reader.position(), 10);
    assert!(reader.next().now_or_never().is_none());
    assert!(fill.complete());
    assert_eq!(reader.next().await, None);
    settle(&cache);
    assert_eq!(Arc::strong_count(&stored), 2, "the index and this test");
}
