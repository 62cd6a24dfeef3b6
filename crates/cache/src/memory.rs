//! The memory tier: a sharded index of what is stored, and which of it goes when memory is short.
//!
//! A shard has a read-write lock; a hit takes it for reading and changes nothing but atomic counters. The
//! shard is chosen by a hash with a random key, so that nobody can aim at one. Removed entries are handed out
//! of the shard and dropped after its lock is released.

mod ledger;
mod queues;
mod shard;

use std::hash::{BuildHasher, RandomState};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rules::cache_key::CacheKey;

use crate::entry::Held;
use crate::invalidate::Invalidations;
use crate::sync::{read, write};
pub(crate) use ledger::{Charge, Ledger};
pub(crate) use shard::{Entry, Look, Shard};

/// Below this size of a shard its queues are too short to tell what is popular.
const MIN_SHARD_BYTES: u64 = 1 << 20;
const MAX_SHARDS: u64 = 64;
/// Queue nodes that are looked at while a shard is locked once.
const LOOKS_PER_LOCK: usize = 256;

/// The index.
#[derive(Debug)]
pub(crate) struct Memory {
    shards: Box<[RwLock<Shard>]>,
    hasher: RandomState,
    /// The shard that gives up something next.
    turn: AtomicUsize,
    evicted: AtomicU64,
}

/// Sums over the shards.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) objects: u64,
    pub(crate) errors: u64,
    pub(crate) leading: u64,
}

impl Memory {
    pub(crate) fn new(memory_bytes: u64) -> Self {
        let count = (memory_bytes / MIN_SHARD_BYTES).clamp(1, MAX_SHARDS);
        Self {
            shards: (0..count).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            turn: AtomicUsize::new(0),
            evicted: AtomicU64::new(0),
        }
    }

    /// The shard of a key.
    pub(crate) fn shard(&self, key: &CacheKey) -> &RwLock<Shard> {
        let count = self.shards.len() as u64;
        // The remainder is smaller than the number of shards, of which there is at least one.
        let at = (self.hasher.hash_one(key.hash64()) % count) as usize;
        &self.shards[at]
    }

    /// Evicts something that frees memory; `false` when everything that is left is in use.
    ///
    /// The shards take turns, so that together they age like one queue. Each round cools what it passes over,
    /// and nothing survives more than a few rounds without being used.
    ///
    /// `demote` is called with what goes, without a lock.
    pub(crate) fn evict(&self, invalidations: &Invalidations, demote: impl Fn(&CacheKey, &Held)) -> bool {
        if self.evict_in_turn(1, invalidations, &demote) {
            return true;
        }
        let longest = self.shards.iter().map(|shard| read(shard).len()).max().unwrap_or(0);
        self.evict_in_turn(2 * longest * shard::MAX_LIVES / LOOKS_PER_LOCK, invalidations, &demote)
    }

    fn evict_in_turn(
        &self,
        rounds: usize,
        invalidations: &Invalidations,
        demote: &impl Fn(&CacheKey, &Held),
    ) -> bool {
        for _ in 0..self.shards.len() * rounds {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.shards.len();
            let Some(shard) = self.shards.get(turn) else { return false };
            let removed = write(shard).evict(LOOKS_PER_LOCK, invalidations);
            if let Some((key, held)) = removed {
                demote(&key, &held);
                self.evicted.fetch_add(1, Ordering::Relaxed);
                return true;
            }
        }
        false
    }

    /// Removes every entry. What is on its way to the origin stays on its way.
    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            let removed = write(shard).clear();
            drop(removed);
        }
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    pub(crate) fn counts(&self) -> Counts {
        self.shards.iter().fold(Counts::default(), |sum, shard| {
            let counts = read(shard).counts();
            Counts {
                objects: sum.objects + counts.objects,
                errors: sum.errors + counts.errors,
                leading: sum.leading + counts.leading,
            }
        })
    }
}
