//! The cache as the edge sees it: look, join, invalidate.
//!
//! Storing begins with a [`Permit`]. Whether what is held may answer is not decided here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rules::cache_key::CacheKey;
use rules::invalidation::InvalidationPath;

use crate::body::pipe::Pipe;
use crate::collapse::{Flight, Join, Waiter};
use crate::disk::Disk;
use crate::entry::Held;
use crate::invalidate::Invalidations;
use crate::limits::{Limits, Usage};
use crate::memory::{Entry, Ledger, Look, Memory};
use crate::permit::Permit;
use crate::sync::{read, write};

/// Stored responses of all distributions, shared by all workers.
#[derive(Debug)]
pub struct Cache {
    limits: Limits,
    memory: Memory,
    invalidations: Arc<Invalidations>,
    disk: OnceLock<Disk>,
    ledger: Arc<Ledger>,
    fills: AtomicU64,
    passed_through: AtomicU64,
}

impl Cache {
    /// An empty cache.
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            memory: Memory::new(limits.memory_bytes),
            invalidations: Arc::default(),
            disk: OnceLock::new(),
            ledger: Ledger::new(limits.memory_bytes),
            fills: AtomicU64::new(0),
            passed_through: AtomicU64::new(0),
        })
    }

    /// What the key holds, without what an invalidation covers (K18). Counts as a use.
    pub fn held(&self, key: &CacheKey) -> Held {
        let shard = self.memory.shard(key);
        let look = read(shard).look(key, &self.invalidations);
        match look {
            Look::Found(held) => held,
            Look::Nothing => Held::default(),
            Look::Covered => {
                let mut shard = write(shard);
                let removed = shard.drop_covered(key, &self.invalidations);
                let look = shard.look(key, &self.invalidations);
                drop(shard);
                drop(removed);
                look.into_held()
            }
        }
    }

    /// Joins the request to the origin that is under way for the key, or begins one (D50).
    ///
    /// Between a look and a join another request may have been answered: who leads looks again before it asks
    /// the origin, and drops the permit if it finds something.
    pub fn join(self: &Arc<Self>, key: &CacheKey) -> Join {
        let mut shard = write(self.memory.shard(key));
        // Who comes after an invalidation must not get what was asked for before it.
        let current = shard.flight(key).filter(|flight| !self.covers(key, flight.stamp));
        if let Some(flight) = current {
            return Join::Follow(Waiter::of(flight));
        }
        let stamp = self.invalidations.stamp();
        let flight = Flight::new(stamp);
        shard.begin_flight(key, Arc::clone(&flight));
        drop(shard);
        Join::Lead(Permit::new(self, key, stamp, Some(flight)))
    }

    /// A permit outside collapsing: for a waiter that lost patience (D53) or was sent alone (D52), and where
    /// collapsing is off (D51). What it stores is stored like any other.
    pub fn lead_alone(self: &Arc<Self>, key: &CacheKey) -> Permit {
        Permit::new(self, key, self.invalidations.stamp(), None)
    }

    /// Whether somebody who joined is asking the origin for the key, and has not had its head yet.
    pub fn is_filling(&self, key: &CacheKey) -> bool {
        let shard = read(self.memory.shard(key));
        shard.flight(key).is_some_and(|flight| !self.covers(key, flight.stamp))
    }

    /// Removes what the paths name, stored or on its way (K17, K18). The cost depends on the number of paths
    /// only. A `number` that this distribution has had already does nothing.
    pub fn invalidate(&self, distribution_id: &str, number: u64, paths: &[InvalidationPath]) {
        self.invalidations.add(distribution_id, number, paths);
    }

    /// Removes everything of a distribution that was deleted.
    pub fn forget_distribution(&self, distribution_id: &str) {
        self.invalidations.add_distribution(distribution_id);
    }

    /// Removes everything. What is on its way is delivered to those who wait for it and not stored.
    pub fn reset(&self) {
        self.invalidations.add_everything();
        self.memory.clear();
        if let Some(tier) = self.tier() {
            tier.reset();
        }
    }

    /// What is used right now.
    pub fn usage(&self) -> Usage {
        let counts = self.memory.counts();
        Usage {
            bytes: self.ledger.bytes(),
            objects: counts.objects,
            errors: counts.errors,
            fills: self.fills.load(Ordering::Relaxed),
            leading: counts.leading,
            evicted: self.memory.evicted(),
            passed_through: self.passed_through.load(Ordering::Relaxed),
        }
    }

    /// The limits it was made with.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }
}

// === what permits and fills need ===

impl Cache {
    pub(crate) const fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(crate) const fn invalidations(&self) -> &Arc<Invalidations> {
        &self.invalidations
    }

    pub(crate) const fn disk(&self) -> &OnceLock<Disk> {
        &self.disk
    }

    pub(crate) const fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Whether something asked for at `stamp` has been invalidated since.
    pub(crate) fn covers(&self, key: &CacheKey, stamp: u64) -> bool {
        self.invalidations.covers(key.distribution_id(), key.path_and_query(), stamp)
    }

    /// Whether a body of `len` bytes can be kept.
    pub(crate) fn can_keep(&self, len: u64) -> bool {
        let is_held =
            len <= self.limits.memory_bytes || self.tier().is_some_and(|tier| tier.takes_large(len));
        len <= self.limits.max_object_bytes && is_held
    }

    /// Takes memory, evicting as necessary.
    pub(crate) fn reserve(&self, bytes: u64) -> bool {
        if bytes > self.limits.memory_bytes {
            return false;
        }
        loop {
            if self.ledger.try_take(bytes) {
                return true;
            }
            if !self.evict() {
                return false;
            }
        }
    }

    fn evict(&self) -> bool {
        self.memory.evict(&self.invalidations, |key, held| self.demote(key, held))
    }

    /// Evicts until the limit is kept or everything is in use.
    pub(crate) fn trim(&self) {
        while self.ledger.is_over() && self.evict() {}
    }

    /// Puts an entry under a key, unless an invalidation covers it already (K17).
    pub(crate) fn store(&self, key: &CacheKey, entry: Entry, drops_object: bool) {
        let mut shard = write(self.memory.shard(key));
        if self.covers(key, entry.stamp()) {
            return;
        }
        if drops_object || matches!(entry, Entry::Object(_)) {
            self.replace_on_disk(key, &entry);
        }
        let removed = shard.store(key, entry.clone(), drops_object, &self.ledger);
        drop(shard);
        drop(removed);
        self.offer(key, &entry);
        self.trim();
    }

    /// Removes what the key holds in favor of an answer of this `stamp` that is not kept.
    pub(crate) fn remove(&self, key: &CacheKey, stamp: u64) {
        let mut shard = write(self.memory.shard(key));
        if !self.covers(key, stamp) {
            let removed = shard.remove(key);
            if let Some(tier) = self.tier() {
                tier.forget(key);
            }
            drop(shard);
            drop(removed);
        }
    }

    /// Removes the entry with this body, if it is still there; then `remains` takes its place.
    pub(crate) fn replace_body(&self, key: &CacheKey, pipe: &Arc<Pipe>, remains: Option<Entry>) {
        let mut shard = write(self.memory.shard(key));
        let removed = shard.remove_body(key, pipe);
        let was_there = removed.iter().any(|held| !held.is_empty());
        let replaced = match remains {
            Some(remains) if was_there && !self.covers(key, remains.stamp()) => {
                shard.store(key, remains, false, &self.ledger)
            }
            Some(_) | None => Vec::new(),
        };
        drop(shard);
        drop((removed, replaced));
    }

    /// A body has arrived: counts it in the queues, and frees it at once if it was invalidated meanwhile. The disk
    /// gets it otherwise.
    pub(crate) fn arrived(&self, key: &CacheKey, stamp: u64, pipe: &Arc<Pipe>) {
        let mut shard = write(self.memory.shard(key));
        let removed = match self.covers(key, stamp) {
            true => shard.drop_covered(key, &self.invalidations),
            false => Vec::new(),
        };
        shard.reweigh(key);
        let object = shard.object_of(key, pipe);
        drop(shard);
        drop(removed);
        self.write_arrived(key, object.as_ref(), pipe);
    }

    pub(crate) fn end_flight(&self, key: &CacheKey, flight: &Arc<Flight>) {
        write(self.memory.shard(key)).end_flight(key, flight);
    }

    pub(crate) const fn fills(&self) -> &AtomicU64 {
        &self.fills
    }

    pub(crate) fn count_passing(&self) {
        self.passed_through.fetch_add(1, Ordering::Relaxed);
    }
}
