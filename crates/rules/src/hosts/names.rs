//! Names with indices, of which a changed copy shares all but what has changed with the original.
//!
//! A name is hashed once. The upper bits of the hash choose one of many small lists, which is sorted by hash; a change
//! copies one list and the array of lists. What a name may look like is decided by the caller.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// How many lists there are, as a power of two: at ten thousand distributions a list has a few dozen names.
const LISTS_BITS: u32 = 10;

/// Names with indices.
#[derive(Debug, Clone)]
pub(super) struct Names {
    hasher: RandomState,
    lists: Arc<[Arc<Vec<Entry>>]>,
    quantity: usize,
}

/// A name in its list; the order is that of hash, name, index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    hash: u64,
    name: Arc<str>,
    index: usize,
}

// === impl Names ===

impl Names {
    /// Whether there is no name.
    pub(super) const fn is_empty(&self) -> bool {
        self.quantity == 0
    }

    /// The smallest index of `name`.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(name);
        let list = self.lists.get(list_of(hash))?;
        let first = list.partition_point(|entry| entry.hash < hash);
        let mut same = list.get(first..)?.iter().take_while(|entry| entry.hash == hash);
        same.find(|entry| &*entry.name == name).map(|entry| entry.index)
    }

    /// Adds `name` with `index`, beside other indices of the same name.
    pub(super) fn insert(&mut self, name: Arc<str>, index: usize) {
        let entry = Entry { hash: self.hasher.hash_one(&*name), name, index };
        let Some(list) = Arc::make_mut(&mut self.lists).get_mut(list_of(entry.hash)) else { return };
        if let Err(place) = list.binary_search(&entry) {
            Arc::make_mut(list).insert(place, entry);
            self.quantity += 1;
        }
    }

    /// Takes out `name` with `index`, if it is there.
    pub(super) fn remove(&mut self, name: Arc<str>, index: usize) {
        let entry = Entry { hash: self.hasher.hash_one(&*name), name, index };
        let Some(list) = Arc::make_mut(&mut self.lists).get_mut(list_of(entry.hash)) else { return };
        if let Ok(place) = list.binary_search(&entry) {
            Arc::make_mut(list).remove(place);
            self.quantity -= 1;
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        let empty = Arc::new(Vec::new());
        let lists = std::iter::repeat_n(empty, 1 << LISTS_BITS).collect();
        Self { hasher: RandomState::new(), lists, quantity: 0 }
    }
}

const fn list_of(hash: u64) -> usize {
    (hash >> (u64::BITS - LISTS_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> Arc<str> {
        format!("d{number}.cloudfront.localhost").into()
    }

    #[test]
    fn a_change_of_a_copy_leaves_the_original_as_it_is_and_shares_the_rest() {
        let mut original = Names::default();
        (0..5000).for_each(|number| original.insert(name(number), number));
        let mut copy = original.clone();
        copy.remove(name(17), 17);
        copy.insert(name(18), 3);
        assert_eq!((original.find(&name(17)), copy.find(&name(17))), (Some(17), None));
        assert_eq!((original.find(&name(18)), copy.find(&name(18))), (Some(18), Some(3)));
        let pairs = original.lists.iter().zip(&*copy.lists);
        assert!(pairs.filter(|(one, other)| !Arc::ptr_eq(one, other)).count() <= 2);
        assert!((19..5000).all(|number| copy.find(&name(number)) == Some(number)));
    }

    #[test]
    fn when_the_first_holder_of_a_name_goes_the_next_one_has_it() {
        let mut names = Names::default();
        names.insert(name(1), 7);
        names.insert(name(1), 4);
        names.insert(name(1), 4);
        assert_eq!(names.find(&name(1)), Some(4));
        names.remove(name(1), 4);
        assert_eq!(names.find(&name(1)), Some(7));
        names.remove(name(1), 4);
        names.remove(name(1), 7);
        assert!(names.is_empty() && names.find(&name(1)).is_none());
    }
}
