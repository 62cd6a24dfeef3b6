//! Memory is bounded, and what is popular stays.

use std::collections::{HashSet, VecDeque};

use cache::Limits;
use futures_util::FutureExt;

use crate::kit::*;
use crate::make;

#[test]
fn memory_stays_within_the_limit_under_random_load() {
    let limits = Limits { memory_bytes: 1 << 20, max_object_bytes: 200_000, ..LIMITS };
    let cache = make::cache(limits);
    let mut dice = Dice(1);
    let mut held = VecDeque::new();
    let mut fills = Vec::new();
    for round in 0..6_000_u64 {
        let key = key(&format!("/{}", dice.roll(500)));
        match dice.roll(10) {
            0 => cache.lead_alone(&key).hold_off(error_times(rules::freshness::Remembers::HoldOff)),
            1 => held.push_back(cache.held(&key)),
            2 => fills.push(object(cache.lead_alone(&key), round, None).1),
            3 => cache.invalidate("E1", round, &[exact(key.path_and_query())]),
            4 if !fills.is_empty() => {
                let at = dice.roll(fills.len() as u64) as usize;
                fills.swap_remove(at).complete();
            }
            5 if !fills.is_empty() => {
                let at = dice.roll(fills.len() as u64) as usize;
                drop(fills.swap_remove(at));
            }
            _ => {
                let len = if dice.roll(20) == 0 { dice.roll(200_000) } else { dice.roll(5_000) };
                let (_, mut fill) = object(cache.lead_alone(&key), round, Some(len));
                // Nobody follows: when memory is short it is refused, not waited for.
                if let Some(Ok(())) = fill.push(bytes(round, 0, len)).now_or_never() {
                    fill.complete();
                }
            }
        }
        for fill in &mut fills {
            let _ = fill.push(bytes(round, 0, dice.roll(300))).now_or_never();
        }
        while fills.len() > 50 {
            fills.swap_remove(0).complete();
        }
        while held.len() > 5 {
            held.pop_front();
        }
        let bytes = cache.usage().bytes;
        assert!(bytes <= limits.memory_bytes, "{bytes} in round {round}");
    }
    assert!(cache.usage().evicted > 100);
    drop((held, fills));
    cache.reset();
    settle(&cache);
    assert_eq!(cache.usage().bytes, 0, "every byte that was charged is given back");
}

#[test]
fn one_object_that_fills_most_of_memory_gets_its_place() {
    let cache = make::cache(Limits { max_object_bytes: 8 << 20, ..LIMITS });
    for at in 0..1_000 {
        stored(&cache, &key(&format!("/{at}")), at, 8_000);
    }
    stored(&cache, &key("/large"), 1, 7 << 20);
    assert_eq!(held_tag(&cache, &key("/large")), Some(1));
    assert!(cache.usage().bytes <= LIMITS.memory_bytes);
}

#[tokio::test]
async fn what_is_evicted_while_nobody_looks_is_read_to_its_end_by_who_looked_before() {
    let cache = make::cache(LIMITS);
    let object = stored(&cache, &key("/a"), 1, 100_000);
    let reader = object.body.reader(..);
    drop(object);
    for at in 0..2_000 {
        stored(&cache, &key(&format!("/{at}")), at, 10_000);
    }
    assert_eq!(drain(reader).await, (bytes(1, 0, 100_000).to_vec(), Ok(())));
}

#[test]
fn newcomers_in_use_do_not_keep_the_others_from_being_evicted() {
    let cache = make::cache(Limits { memory_bytes: 1 << 20, ..LIMITS });
    for at in 0..200 {
        stored(&cache, &key(&format!("/used/{at}")), at, 3_000);
        cache.held(&key(&format!("/used/{at}")));
    }
    // The hits carry them into the main queue while newcomers press.
    for at in 0..400 {
        stored(&cache, &key(&format!("/once/{at}")), at, 3_000);
    }
    let pinned: Vec<_> =
        (0..150).map(|at| stored(&cache, &key(&format!("/pinned/{at}")), at, 3_000)).collect();
    for at in 0..300 {
        stored(&cache, &key(&format!("/new/{at}")), at, 3_000);
        assert!(cache.usage().bytes <= 1 << 20);
    }
    assert_eq!(held_tag(&cache, &key("/new/299")), Some(299));
    assert!(
        pinned.iter().enumerate().all(|(at, _)| held_tag(&cache, &key(&format!("/pinned/{at}"))).is_some())
    );
}

#[test]
fn what_was_used_once_survives_any_number_of_objects_that_were_not() {
    let cache = make::cache(Limits { memory_bytes: 1 << 20, ..LIMITS });
    stored(&cache, &key("/used"), 1, 3_000);
    assert_eq!(held_tag(&cache, &key("/used")), Some(1));
    stored(&cache, &key("/unused"), 2, 3_000);
    for at in 0..2_000 {
        stored(&cache, &key(&format!("/once/{at}")), at, 3_000);
    }
    assert!(cache.usage().evicted > 1_000);
    assert_eq!(held_tag(&cache, &key("/used")), Some(1));
    assert_eq!(held_tag(&cache, &key("/unused")), None);
}

#[test]
fn popular_objects_stay_longer_than_in_a_queue() {
    const OBJECTS: usize = 20_000;
    let cache = make::cache(Limits { memory_bytes: 4 << 20, ..LIMITS });
    let mut dice = Dice(7);
    let zipf: Vec<f64> = (1..=OBJECTS)
        .scan(0.0, |sum, rank| {
            *sum += 1.0 / (rank as f64).powf(0.9);
            Some(*sum)
        })
        .collect();
    let total = zipf[OBJECTS - 1];
    let trace: Vec<usize> = (0..60_000)
        .map(|_| {
            let at = dice.roll(1 << 40) as f64 / (1_u64 << 40) as f64 * total;
            zipf.partition_point(|sum| *sum < at)
        })
        .collect();
    let mut hits = 0;
    for object in &trace {
        let key = key(&format!("/{object}"));
        match held_tag(&cache, &key) {
            Some(tag) => {
                assert_eq!(tag, *object as u64);
                hits += 1;
            }
            None => drop(stored(&cache, &key, *object as u64, 1_000)),
        }
    }
    let capacity = cache.usage().objects as usize;
    assert!(capacity > 1_000, "{capacity}");
    let queue_hits = hits_of_a_queue(&trace, capacity);
    let (ours, queue) = (hits as f64 / trace.len() as f64, queue_hits as f64 / trace.len() as f64);
    assert!(ours > queue + 0.04, "hit ratio {ours:.3}, a queue of {capacity} has {queue:.3}");
}

/// Hits of first in, first out.
fn hits_of_a_queue(trace: &[usize], capacity: usize) -> usize {
    let (mut queue, mut held) = (VecDeque::new(), HashSet::new());
    let mut hits = 0;
    for object in trace {
        if held.contains(object) {
            hits += 1;
            continue;
        }
        held.insert(*object);
        queue.push_back(*object);
        if queue.len() > capacity {
            held.remove(&queue.pop_front().unwrap());
        }
    }
    hits
}

#[test]
fn storing_and_removing_one_key_for_ever_costs_nothing() {
    let cache = make::cache(LIMITS);
    for round in 0..20_000 {
        stored(&cache, &key("/a"), round, 10);
        if round % 2 == 0 {
            cache.invalidate("E1", round, &[exact("/a")]);
            assert_eq!(held_tag(&cache, &key("/a")), None);
        }
    }
    assert!(cache.usage().bytes < 4_096);
    assert_eq!(cache.usage().objects, 1);
}
