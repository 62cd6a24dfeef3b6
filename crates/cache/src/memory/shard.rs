//! One shard of the index: the slots by key, the flights by key, and the queues of eviction.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use rules::cache_key::CacheKey;

use super::queues::{Node, Queue, Queues};
use super::{Charge, Counts, Ledger};
use crate::body::Body;
use crate::body::pipe::Pipe;
use crate::collapse::Flight;
use crate::disk::large::LargeBody;
use crate::entry::{Held, StoredError, StoredObject};
use crate::invalidate::Invalidations;

/// What a slot costs besides its key: table entry, queue node, ghost.
const SLOT_OVERHEAD: u64 = 320;
/// Uses that are counted; more make no difference.
const MAX_USED: u8 = 3;
/// Times a slot comes to the front of a queue before it goes, at most: newcomer, each use, and the last.
pub(super) const MAX_LIVES: usize = MAX_USED as usize + 2;

/// An object or an error on its way into a slot.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Error(Arc<StoredError>),
    Object(Arc<StoredObject>),
}

impl Entry {
    pub(crate) fn stamp(&self) -> u64 {
        match self {
            Self::Error(error) => error.stamp,
            Self::Object(object) => object.stamp,
        }
    }

    fn body(&self) -> &Body {
        match self {
            Self::Error(error) => &error.body,
            Self::Object(object) => &object.body,
        }
    }
}

/// Entries that left the index, to be dropped without a lock.
pub(crate) type Removed = Vec<Held>;

#[derive(Debug, Default)]
pub(crate) struct Shard {
    slots: HashMap<CacheKey, Slot>,
    flights: HashMap<CacheKey, Arc<Flight>>,
    queues: Queues,
    objects: u64,
    errors: u64,
}

#[derive(Debug)]
struct Slot {
    held: Held,
    /// The latest invalidation that is known not to cover what is held.
    checked: AtomicU64,
    used: AtomicU8,
    queue: Queue,
    ticket: u64,
    weight: u64,
    _charge: Charge,
}

/// What a look into a slot found.
#[derive(Debug)]
pub(crate) enum Look {
    /// An invalidation covers at least a part: [`Shard::drop_covered`], then look again.
    Covered,
    Found(Held),
    Nothing,
}

impl Look {
    /// What was found and is not covered.
    pub(crate) fn into_held(self) -> Held {
        match self {
            Self::Found(held) => held,
            Self::Covered | Self::Nothing => Held::default(),
        }
    }
}

impl Shard {
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether the key holds an object; no use is counted.
    pub(crate) fn has_object(&self, key: &CacheKey) -> bool {
        self.slots.get(key).is_some_and(|slot| slot.held.object.is_some())
    }

    /// The object whose body this is.
    pub(crate) fn object_of(&self, key: &CacheKey, pipe: &Arc<Pipe>) -> Option<Arc<StoredObject>> {
        self.slots.get(key)?.held.object.clone().filter(|object| object.body.is_of(pipe))
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts { objects: self.objects, errors: self.errors, leading: self.flights.len() as u64 }
    }

    /// What the key holds; counts as a use.
    pub(crate) fn look(&self, key: &CacheKey, invalidations: &Invalidations) -> Look {
        let Some(slot) = self.slots.get(key) else { return Look::Nothing };
        if slot.is_covered(key, invalidations) {
            return Look::Covered;
        }
        let used = slot.used.load(Ordering::Relaxed);
        if used < MAX_USED {
            // Two hits at once may count as one: it is an estimate.
            slot.used.store(used + 1, Ordering::Relaxed);
        }
        Look::Found(slot.held.clone())
    }

    /// Removes from the slot what an invalidation covers.
    pub(crate) fn drop_covered(&mut self, key: &CacheKey, invalidations: &Invalidations) -> Removed {
        let covers = |stamp| invalidations.covers(key.distribution_id(), key.path_and_query(), stamp);
        self.remove_parts(key, |entry| covers(entry.stamp()))
    }

    // === store ===

    /// Puts an entry in its slot. An object removes the error; an error removes the object if
    /// `drops_object`.
    pub(crate) fn store(
        &mut self,
        key: &CacheKey,
        entry: Entry,
        drops_object: bool,
        ledger: &Arc<Ledger>,
    ) -> Removed {
        let removed = match &entry {
            Entry::Error(_) => self.take_parts(key, |old| matches!(old, Entry::Error(_)) || drops_object),
            Entry::Object(_) => self.take_parts(key, |_| true),
        };
        self.put(key, entry, ledger);
        removed
    }

    /// Puts an object back that was stored before whatever the slot holds; there is none in it.
    pub(crate) fn put_back(&mut self, key: &CacheKey, object: Arc<StoredObject>, ledger: &Arc<Ledger>) {
        self.put(key, Entry::Object(object), ledger);
    }

    fn put(&mut self, key: &CacheKey, entry: Entry, ledger: &Arc<Ledger>) {
        let stamp = entry.stamp();
        // After the removal: a refreshed object has the body of the one that it replaces.
        if let Some(pipe) = entry.body().pipe() {
            pipe.set_listed(true);
        }
        match &entry {
            Entry::Error(_) => self.errors += 1,
            Entry::Object(_) => self.objects += 1,
        }
        let Self { slots, queues, .. } = self;
        let slot = slots.entry(key.clone()).or_insert_with(|| {
            let (queue, ticket) = queues.admit(key, 0);
            let charge = Charge::new(ledger, SLOT_OVERHEAD + key.byte_len() as u64);
            Slot {
                held: Held::default(),
                checked: AtomicU64::new(stamp),
                used: AtomicU8::new(0),
                queue,
                ticket,
                weight: 0,
                _charge: charge,
            }
        });
        slot.checked.fetch_min(stamp, Ordering::Relaxed);
        match entry {
            Entry::Error(error) => slot.held.error = Some(error),
            Entry::Object(object) => slot.held.object = Some(object),
        }
        self.reweigh(key);
    }

    /// Counts the bytes of a body that has arrived.
    pub(crate) fn reweigh(&mut self, key: &CacheKey) {
        if let Some(slot) = self.slots.get_mut(key) {
            let weight = slot.held.weight() + SLOT_OVERHEAD + key.byte_len() as u64;
            self.queues.reweigh(slot.queue, slot.weight, weight);
            slot.weight = weight;
        }
    }

    // === remove ===

    /// Removes the entry whose body lies in this file.
    pub(crate) fn remove_large(&mut self, key: &CacheKey, large: &LargeBody) -> Removed {
        let is_it = |body: &Body| body.large().is_some_and(|own| std::ptr::eq(&raw const **own, large));
        self.remove_parts(key, |entry| is_it(entry.body()))
    }

    /// Removes the entry whose body this is.
    pub(crate) fn remove_body(&mut self, key: &CacheKey, pipe: &Arc<Pipe>) -> Removed {
        self.remove_parts(key, |entry| entry.body().is_of(pipe))
    }

    /// Removes everything that the key holds.
    pub(crate) fn remove(&mut self, key: &CacheKey) -> Removed {
        self.remove_parts(key, |_| true)
    }

    pub(crate) fn clear(&mut self) -> Removed {
        self.queues = Queues::default();
        (self.objects, self.errors) = (0, 0);
        let removed: Removed = self.slots.drain().map(|(_, slot)| slot.held).collect();
        removed.iter().flat_map(Held::bodies).for_each(unlist);
        removed.iter().filter_map(|held| held.object.as_ref()).for_each(|object| object.mark.supersede());
        removed
    }

    fn remove_parts(&mut self, key: &CacheKey, goes: impl Fn(&Entry) -> bool) -> Removed {
        let removed = self.take_parts(key, goes);
        if self.slots.get(key).is_some_and(|slot| slot.held.is_empty()) {
            if let Some(slot) = self.slots.remove(key) {
                self.queues.abandon(slot.queue, slot.weight);
            }
            let slots = &self.slots;
            self.queues.sweep(|node| is_alive(slots, node));
        }
        self.reweigh(key);
        removed
    }

    /// Empties parts of a slot without removing it.
    fn take_parts(&mut self, key: &CacheKey, goes: impl Fn(&Entry) -> bool) -> Removed {
        let Some(slot) = self.slots.get_mut(key) else { return Removed::new() };
        let object = slot.held.object.take_if(|object| goes(&Entry::Object(Arc::clone(object))));
        let error = slot.held.error.take_if(|error| goes(&Entry::Error(Arc::clone(error))));
        self.objects -= u64::from(object.is_some());
        self.errors -= u64::from(error.is_some());
        if let Some(object) = &object {
            object.mark.supersede();
        }
        let removed = Held { object, error };
        removed.bodies().for_each(unlist);
        vec![removed]
    }

    // === evict ===

    /// Removes the next slot that nobody needs, after at most `looks` looks.
    pub(super) fn evict(&mut self, looks: usize, invalidations: &Invalidations) -> Option<(CacheKey, Held)> {
        for look in 0..looks {
            let (queue, node) = self.queues.pop(look > looks / 2)?;
            let fate = match self.slots.get_mut(&node.key).filter(|slot| slot.ticket == node.ticket) {
                None => {
                    self.queues.bury();
                    continue;
                }
                Some(slot) => slot.fate(&node.key, invalidations),
            };
            match fate {
                Fate::Stay(to) => self.requeue(queue, to.unwrap_or(queue), node),
                Fate::Go => {
                    let held = self.evict_slot(queue, &node.key, invalidations);
                    return Some((node.key, held));
                }
            }
        }
        None
    }

    fn requeue(&mut self, from: Queue, to: Queue, node: Node) {
        if let Some(slot) = self.slots.get_mut(&node.key) {
            slot.queue = to;
            self.queues.subtract(from, slot.weight);
            self.queues.push(to, node, slot.weight);
        }
    }

    fn evict_slot(&mut self, queue: Queue, key: &CacheKey, invalidations: &Invalidations) -> Held {
        let Some(slot) = self.slots.remove(key) else { return Held::default() };
        self.queues.subtract(queue, slot.weight);
        if queue == Queue::Small && !slot.is_covered(key, invalidations) {
            self.queues.haunt(key, self.slots.len());
        }
        self.objects -= u64::from(slot.held.object.is_some());
        self.errors -= u64::from(slot.held.error.is_some());
        slot.held.bodies().for_each(unlist);
        slot.held
    }

    // === collapse ===

    pub(crate) fn flight(&self, key: &CacheKey) -> Option<&Arc<Flight>> {
        self.flights.get(key)
    }

    pub(crate) fn begin_flight(&mut self, key: &CacheKey, flight: Arc<Flight>) {
        self.flights.insert(key.detached(), flight);
    }

    /// Ends this flight, not one that has taken its place.
    pub(crate) fn end_flight(&mut self, key: &CacheKey, flight: &Arc<Flight>) {
        if self.flights.get(key).is_some_and(|current| Arc::ptr_eq(current, flight)) {
            self.flights.remove(key);
        }
    }
}

/// What becomes of a slot at the front of a queue.
enum Fate {
    Go,
    /// It goes to the back of this queue, or of its own.
    Stay(Option<Queue>),
}

// === impl Slot ===

impl Slot {
    /// Whether an invalidation covers a part of it. After an answer of no, the same invalidations are not
    /// asked again.
    fn is_covered(&self, key: &CacheKey, invalidations: &Invalidations) -> bool {
        let latest = invalidations.stamp();
        if self.checked.load(Ordering::Relaxed) >= latest {
            return false;
        }
        let covers = |stamp| invalidations.covers(key.distribution_id(), key.path_and_query(), stamp);
        let is_covered = self.held.object.as_ref().is_some_and(|object| covers(object.stamp))
            || self.held.error.as_ref().is_some_and(|error| covers(error.stamp));
        if !is_covered {
            self.checked.fetch_max(latest, Ordering::Relaxed);
        }
        is_covered
    }

    fn fate(&mut self, key: &CacheKey, invalidations: &Invalidations) -> Fate {
        if self.held.is_in_use() {
            // Evicting it would free nothing while it is being read or filled.
            return Fate::Stay(None);
        }
        let used = *self.used.get_mut();
        if used == 0 || self.is_covered(key, invalidations) {
            return Fate::Go;
        }
        match self.queue {
            Queue::Main => *self.used.get_mut() = used - 1,
            Queue::Small => *self.used.get_mut() = 0,
        }
        Fate::Stay(Some(Queue::Main))
    }
}

fn unlist(body: &Body) {
    if let Some(pipe) = body.pipe() {
        pipe.set_listed(false);
    }
}

fn is_alive(slots: &HashMap<CacheKey, Slot>, node: &Node) -> bool {
    slots.get(&node.key).is_some_and(|slot| slot.ticket == node.ticket)
}
