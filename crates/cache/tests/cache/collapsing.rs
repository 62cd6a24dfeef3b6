//! One request to the origin per key (D50 to D53, B64).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache::{Join, Settled};
use rules::freshness::Remembers;
use tokio::task::JoinSet;

use crate::kit::*;
use crate::make;

#[tokio::test]
async fn a_thousand_waiters_share_one_permit_and_the_object_that_it_stores() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let permit = lead(&cache, &key);
    let mut waiters = JoinSet::new();
    for _ in 0..1_000 {
        let (waiter, cache, key) = (follow(&cache, &key), Arc::clone(&cache), key.clone());
        waiters.spawn(async move {
            assert!(matches!(waiter.settled(PATIENCE).await, Settled::LookAgain));
            let object = cache.held(&key).object.expect("the object is visible before waiters wake");
            read(&object.body).await
        });
    }
    tokio::task::yield_now().await;
    assert_eq!(permit.waiting(), 1_000);
    let (_, mut fill) = object(permit, 1, Some(10));
    assert_eq!(cache.usage().leading, 0);
    push(&mut fill, bytes(1, 0, 6));
    tokio::task::yield_now().await;
    push(&mut fill, bytes(1, 6, 10));
    assert!(fill.complete());
    while let Some(read) = waiters.join_next().await {
        assert_eq!(read.unwrap(), (bytes(1, 0, 10).to_vec(), Ok(())));
    }
}

#[tokio::test]
async fn when_the_leader_dies_exactly_one_waiter_leads() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let permit = lead(&cache, &key);
    let origin_requests = Arc::new(AtomicUsize::new(0));
    let mut waiters = JoinSet::new();
    for _ in 0..100 {
        let (mut waiter, cache, key) = (follow(&cache, &key), Arc::clone(&cache), key.clone());
        let origin_requests = Arc::clone(&origin_requests);
        waiters.spawn(async move {
            loop {
                assert!(matches!(waiter.settled(PATIENCE).await, Settled::LookAgain));
                if cache.held(&key).object.is_some() {
                    return;
                }
                match cache.join(&key) {
                    Join::Follow(next) => waiter = next,
                    Join::Lead(_) if cache.held(&key).object.is_some() => return,
                    Join::Lead(permit) => {
                        origin_requests.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                        let (_, fill) = object(permit, 1, None);
                        assert!(fill.complete());
                        return;
                    }
                }
            }
        });
    }
    tokio::task::yield_now().await;
    drop(permit);
    while let Some(done) = waiters.join_next().await {
        done.unwrap();
    }
    assert_eq!(origin_requests.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn after_a_declined_answer_waiters_go_alone_and_store_nothing_twice() {
    let cache = make::cache(LIMITS);
    let waiting = (lead(&cache, &key("/a")), follow(&cache, &key("/a")));
    waiting.0.decline();
    assert!(matches!(waiting.1.settled(PATIENCE).await, Settled::GoAlone));
    assert!(!cache.is_filling(&key("/a")));
}

#[tokio::test]
async fn a_shared_error_reaches_those_who_were_queued_and_nobody_else() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let permit = lead(&cache, &key);
    let waiter = follow(&cache, &key);
    let (_, mut fill) = permit.share_error(error_times(Remembers::Answer), fields(7), None, false);
    push(&mut fill, bytes(7, 0, 5));
    let Settled::Shared(error) = waiter.settled(PATIENCE).await else { panic!("not shared") };
    assert!(!fill.is_kept());
    push(&mut fill, bytes(7, 5, 9));
    assert!(fill.complete());
    assert_eq!(read(&error.body).await, (bytes(7, 0, 9).to_vec(), Ok(())));
    assert!(cache.held(&key).error.is_none());
    assert!(matches!(cache.join(&key), Join::Lead(_)), "later requests go to the origin");
    drop(error);
    assert_eq!(cache.usage().bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_and_the_leader_goes_on() {
    let cache = make::cache(LIMITS);
    let permit = lead(&cache, &key("/a"));
    let waiter = follow(&cache, &key("/a"));
    assert!(matches!(waiter.settled(Duration::from_secs(30)).await, Settled::OutOfPatience));
    assert_eq!(permit.waiting(), 0);
    assert!(cache.is_filling(&key("/a")));
}

#[tokio::test]
async fn a_waiter_that_comes_after_the_outcome_does_not_miss_it() {
    let cache = make::cache(LIMITS);
    let permit = lead(&cache, &key("/a"));
    let waiter = follow(&cache, &key("/a"));
    permit.hold_off(error_times(Remembers::HoldOff));
    assert!(matches!(waiter.settled(Duration::ZERO).await, Settled::LookAgain));
}

#[test]
fn who_comes_after_an_invalidation_does_not_wait_for_what_was_asked_before_it() {
    let cache = make::cache(LIMITS);
    let early = lead(&cache, &key("/a"));
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert!(!cache.is_filling(&key("/a")));
    let late = lead(&cache, &key("/a"));
    drop(early);
    assert!(cache.is_filling(&key("/a")), "the early flight's end does not end the late one");
    drop(late);
    assert!(!cache.is_filling(&key("/a")));
}
