//! Many threads at once: fills that break off, invalidations, refreshes and readers. No wrong byte, nothing
//! that was invalidated, every byte of memory given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cache::{Cache, Held, Join, Limits, Permit, Settled, StoredObject};
use futures_util::StreamExt;
use rules::cache_key::CacheKey;
use rules::freshness::Remembers;

use crate::kit::*;
use crate::make;

const KEYS: u64 = 6;
const WORKERS: u64 = 12;
const ROUNDS: u64 = 250;
const LENGTHS: u64 = 200_000;

struct World {
    cache: Arc<Cache>,
    /// What the origin serves now: a tag holds the generation and the length.
    generation: AtomicU64,
    /// The generation whose invalidation has returned.
    invalidated: AtomicU64,
}

impl World {
    fn next_tag(&self, dice: &mut Dice) -> u64 {
        self.generation.load(Ordering::SeqCst) * (1 << 24) + dice.roll(LENGTHS)
    }
}

fn generation_of(tag: u64) -> u64 {
    tag >> 24
}

fn len_of(tag: u64) -> u64 {
    tag & ((1 << 24) - 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wrong_byte_is_read_and_nothing_invalidated_is_found() {
    let world = Arc::new(World {
        cache: make::cache(Limits { memory_bytes: 1 << 20, max_object_bytes: 150_000, ..LIMITS }),
        generation: AtomicU64::new(1),
        invalidated: AtomicU64::new(0),
    });
    let mut workers: Vec<_> =
        (0..WORKERS).map(|worker| tokio::spawn(work(Arc::clone(&world), Dice(worker * 7_919 + 1)))).collect();
    workers.push(tokio::spawn(change(Arc::clone(&world))));
    for worker in workers {
        worker.await.unwrap();
    }
    world.cache.reset();
    // What waits to be written to disk is still in memory.
    world.cache.written().await;
    let usage = world.cache.usage();
    assert_eq!((usage.bytes, usage.objects, usage.errors, usage.fills, usage.leading), (0, 0, 0, 0, 0));
}

/// The origin changes, then everything is invalidated.
async fn change(world: Arc<World>) {
    for number in 1..400 {
        let generation = world.generation.fetch_add(1, Ordering::SeqCst) + 1;
        match number % 50 {
            0 => world.cache.reset(),
            _ => world.cache.invalidate("E1", number, &[prefix("/k"), exact("/other")]),
        }
        world.invalidated.store(generation, Ordering::SeqCst);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

async fn work(world: Arc<World>, mut dice: Dice) {
    for _ in 0..ROUNDS {
        let key = key(&format!("/k{}", dice.roll(KEYS)));
        let oldest = world.invalidated.load(Ordering::SeqCst);
        let held = world.cache.held(&key);
        if let Some(object) = &held.object {
            assert!(generation_of(tag(&object.fields)) >= oldest, "an invalidated object was found");
        }
        if let Some(error) = held.error.as_ref().filter(|error| error.times.remembers == Remembers::Answer) {
            assert!(generation_of(tag(&error.fields)) >= oldest, "an invalidated error was found");
            check(&error.body, tag(&error.fields), &mut dice).await;
        }
        match &held.object {
            Some(object) if dice.roll(4) != 0 => check(&object.body, tag(&object.fields), &mut dice).await,
            _ => ask(&world, &key, held, &mut dice).await,
        }
    }
}

async fn ask(world: &Arc<World>, key: &CacheKey, held: Held, dice: &mut Dice) {
    let permit = match world.cache.join(key) {
        Join::Lead(permit) => permit,
        Join::Follow(waiter) => match waiter.settled(PATIENCE).await {
            Settled::GoAlone => world.cache.lead_alone(key),
            Settled::LookAgain => return,
            Settled::OutOfPatience => panic!("nobody settled in half a minute"),
            Settled::Shared(error) => return check(&error.body, tag(&error.fields), dice).await,
        },
    };
    tokio::task::yield_now().await;
    answer(world, permit, held.object, dice).await;
}

async fn answer(world: &World, permit: Permit, old: Option<Arc<StoredObject>>, dice: &mut Dice) {
    let new = world.next_tag(dice);
    let declared = (dice.roll(2) == 0).then_some(len_of(new));
    let times = error_times(Remembers::Answer);
    let (body, fill) = match (dice.roll(12), old) {
        (0, _) => return drop(permit),
        (1, _) => return permit.decline(),
        (2, _) => return permit.hold_off(times),
        (3, _) => {
            let (error, fill) = permit.store_error(times, fields(new), declared, dice.roll(2) == 0);
            (error.body.clone(), fill)
        }
        (4, _) => {
            let (error, fill) = permit.share_error(times, fields(new), declared, dice.roll(2) == 0);
            (error.body.clone(), fill)
        }
        (5 | 6, Some(old)) => {
            let refreshed = permit.refresh(&old, old.fields.clone(), old.times);
            return check(&refreshed.body, tag(&old.fields), dice).await;
        }
        _ => {
            let (object, fill) = object(permit, new, declared);
            (object.body.clone(), fill)
        }
    };
    let pump = tokio::spawn(pump(fill, new, dice.roll(5) == 0, Dice(dice.roll(1 << 30) + 1)));
    if dice.roll(8) != 0 {
        check(&body, new, dice).await;
    }
    drop(body);
    pump.await.unwrap();
}

/// Writes the body, or a part of it.
async fn pump(mut fill: cache::Fill, tag: u64, breaks_off: bool, mut dice: Dice) {
    let (len, mut at) = (len_of(tag), 0);
    while at < len {
        if breaks_off && dice.roll(6) == 0 {
            return fill.tear();
        }
        let to = len.min(at + 1 + dice.roll(40_000));
        if fill.push(bytes(tag, at, to)).await.is_err() {
            return;
        }
        at = to;
        tokio::task::yield_now().await;
    }
    assert!(fill.complete());
}

/// Reads a range and compares every byte. Breaking off is allowed, ending early is not.
async fn check(body: &cache::Body, tag: u64, dice: &mut Dice) {
    let from = if dice.roll(2) == 0 { 0 } else { dice.roll(LENGTHS) };
    let to = if dice.roll(2) == 0 { LENGTHS } else { from + dice.roll(LENGTHS) };
    let mut reader = body.reader(from..to);
    let mut at = from;
    while let Some(piece) = reader.next().await {
        let Ok(piece) = piece else { return };
        assert_eq!(piece, bytes(tag, at, at + piece.len() as u64), "at {at} of {tag}");
        at += piece.len() as u64;
        if dice.roll(30) == 0 {
            return;
        }
    }
    assert_eq!(at, to.min(len_of(tag)).max(from), "the reader of {tag} ended early");
}
