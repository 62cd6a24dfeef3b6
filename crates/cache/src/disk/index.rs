//! Where each stored object is on disk: a hash of its key leads to a segment and an offset.
//!
//! Not more than 64 bytes for an object, however many there are; keys are compared with what the disk holds. Two keys
//! with one hash displace each other. A place tells nothing about whether the object may still answer.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::sync::{read, write};

const SHARDS: usize = 64;
/// Records begin and end at multiples of this.
pub(super) const UNIT: u64 = 32;

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Number of the segment or of the file.
    pub(super) segment: u32,
    /// Offset in units of [`UNIT`].
    pub(super) offset: u32,
    /// Length in units of [`UNIT`]; zero for an object with a file of its own.
    pub(super) units: u16,
}

impl Place {
    pub(super) const fn alone(segment: u32) -> Self {
        Self { segment, offset: 0, units: 0 }
    }

    pub(super) const fn is_alone(self) -> bool {
        self.units == 0
    }

    pub(super) const fn start(self) -> u64 {
        self.offset as u64 * UNIT
    }

    pub(super) const fn len(self) -> u64 {
        self.units as u64 * UNIT
    }
}

/// A hash of a key, in halves so that a slot needs no more than four bytes of alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Hash([u32; 2]);

impl Hash {
    const fn of(hash: u64) -> Self {
        Self([hash as u32, (hash >> 32) as u32])
    }
}

/// A place, with its parts beside each other so that they fill what they take.
#[derive(Debug)]
struct Slot {
    segment: u32,
    offset: u32,
    units: u16,
    /// Whether it was read since it was written: then it survives the reclaiming of its segment.
    used: AtomicU8,
}

impl Slot {
    const fn of(place: Place) -> Self {
        let Place { segment, offset, units } = place;
        Self { segment, offset, units, used: AtomicU8::new(0) }
    }

    const fn place(&self) -> Place {
        Place { segment: self.segment, offset: self.offset, units: self.units }
    }
}

type Shard = RwLock<HashMap<Hash, Slot, RandomState>>;

/// The index of the disk tier.
#[derive(Debug)]
pub(super) struct Index {
    shards: Box<[Shard]>,
    hasher: RandomState,
}

impl Index {
    pub(super) fn new() -> Self {
        let hasher = RandomState::new();
        let shard = |_| RwLock::new(HashMap::with_hasher(hasher.clone()));
        Self { shards: (0..SHARDS).map(shard).collect(), hasher: RandomState::new() }
    }

    fn shard(&self, hash: u64) -> &Shard {
        // Not the bits that the table uses: its hasher has another key.
        &self.shards[self.hasher.hash_one(hash) as usize % SHARDS]
    }

    pub(super) fn find(&self, hash: u64) -> Option<Place> {
        read(self.shard(hash)).get(&Hash::of(hash)).map(|slot| slot.place())
    }

    /// Notes that it was read.
    pub(super) fn touch(&self, hash: u64) {
        if let Some(slot) = read(self.shard(hash)).get(&Hash::of(hash)) {
            slot.used.store(1, Ordering::Relaxed);
        }
    }

    /// Puts a place there if `still` says so while nobody else can change it; answers the place before, and
    /// whether it was put.
    pub(super) fn put(&self, hash: u64, place: Place, still: impl FnOnce() -> bool) -> (Option<Place>, bool) {
        let mut shard = write(self.shard(hash));
        if !still() {
            return (None, false);
        }
        (shard.insert(Hash::of(hash), Slot::of(place)).map(|old| old.place()), true)
    }

    /// Puts `to` where `from` is, if it is there; then it counts as not used.
    pub(super) fn relocate(&self, hash: u64, from: Place, to: Place) -> bool {
        match write(self.shard(hash)).get_mut(&Hash::of(hash)) {
            Some(slot) if slot.place() == from => {
                *slot = Slot::of(to);
                true
            }
            _ => false,
        }
    }

    pub(super) fn remove(&self, hash: u64) -> Option<Place> {
        write(self.shard(hash)).remove(&Hash::of(hash)).map(|slot| slot.place())
    }

    /// Removes it only if it is at this place.
    pub(super) fn remove_at(&self, hash: u64, place: Place) -> bool {
        let mut shard = write(self.shard(hash));
        let is_there = shard.get(&Hash::of(hash)).is_some_and(|slot| slot.place() == place);
        is_there && shard.remove(&Hash::of(hash)).is_some()
    }

    /// Removes everything of a segment whose table cannot be read.
    pub(super) fn remove_segment(&self, segment: u32) {
        self.shards.iter().for_each(|shard| write(shard).retain(|_, slot| slot.place().segment != segment));
    }

    /// Whether it is there, and used since it was written.
    pub(super) fn is_used(&self, hash: u64, place: Place) -> Option<bool> {
        let shard = read(self.shard(hash));
        let slot = shard.get(&Hash::of(hash)).filter(|slot| slot.place() == place)?;
        Some(slot.used.load(Ordering::Relaxed) != 0)
    }

    pub(super) fn clear(&self) {
        self.shards.iter().for_each(|shard| *write(shard) = HashMap::with_hasher(RandomState::new()));
    }

    pub(super) fn len(&self) -> u64 {
        self.shards.iter().map(|shard| read(shard).len() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_takes_twenty_bytes() {
        assert_eq!(size_of::<(Hash, Slot)>(), 20);
    }

    #[test]
    fn only_what_is_still_there_is_moved_or_removed() {
        let index = Index::new();
        let (first, second) = (Place { segment: 1, offset: 4, units: 9 }, Place::alone(2));
        assert_eq!(index.put(7, first, || true), (None, true));
        assert_eq!(index.put(7, second, || false), (None, false));
        index.touch(7);
        assert_eq!(index.is_used(7, first), Some(true));
        assert!(!index.relocate(7, second, first));
        assert!(index.relocate(7, first, second));
        assert_eq!(index.is_used(7, second), Some(false), "what was moved has to be used again");
        assert!(!index.remove_at(7, first));
        assert_eq!((index.len(), index.find(7)), (1, Some(second)));
        index.remove_segment(2);
        assert_eq!(index.len(), 0);
    }
}
