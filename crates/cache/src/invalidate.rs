//! Which stored responses an invalidation has removed (group K).
//!
//! Invalidations are numbered in one sequence. Whatever asks the origin notes the latest number, its *stamp*;
//! it is covered by a later invalidation that names its path, whether it was stored before that (K18) or was
//! still on its way (K17). Nothing is searched when an invalidation arrives: entries are compared when they
//! are looked up, and each at most once per new invalidation.
//!
//! Paths are kept as hashes: a collision invalidates too much, never too little. The lists are bounded. When
//! one is full, its older half gives way to a floor: everything of the distribution that is older than the
//! floor counts as invalidated, whatever its path.
//!
//! With a disk tier the history outlives the process; `persist` writes it down and reads it back.

mod persist;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{OnceLock, RwLock};

use rules::invalidation::InvalidationPath;

use crate::sync::{read, write};
use persist::{Event, Sink};

/// Paths remembered for one distribution, exact and with a wildcard.
const MAX_EXACT: usize = 65_536;
const MAX_PREFIXES: usize = 1_024;
/// Distributions with invalidations that are remembered one by one.
const MAX_DISTRIBUTIONS: usize = 16_384;
/// Paths remembered altogether.
const MAX_PATHS: usize = 1 << 20;
/// Invalidation numbers remembered for one distribution, the highest ones.
const MAX_NUMBERS: usize = 1_024;

/// Every invalidation that may still matter.
#[derive(Debug, Default)]
pub(crate) struct Invalidations {
    /// Number of the latest one, published after it is in the lists.
    latest: AtomicU64,
    lists: RwLock<Lists>,
    /// Where each one is written down.
    sink: OnceLock<Sink>,
}

#[derive(Debug, Default)]
struct Lists {
    /// Whatever is older is covered.
    floor: u64,
    histories: HashMap<Box<str>, History>,
    paths: usize,
    /// The highest number that was given with an invalidation.
    highest: Option<u64>,
}

/// The invalidations of one distribution: hashes of paths, with the latest invalidation that named each.
#[derive(Debug, Default)]
struct History {
    floor: u64,
    latest: u64,
    exact: HashMap<u64, u64>,
    prefixes: HashMap<u64, u64>,
    /// The lengths that occur among the prefixes.
    prefix_lens: BTreeSet<usize>,
    numbers: BTreeSet<u64>,
}

impl Invalidations {
    /// The stamp of a request to the origin that begins now.
    pub(crate) fn stamp(&self) -> u64 {
        self.latest.load(Ordering::Acquire)
    }

    /// Whether something of this stamp has been invalidated since.
    pub(crate) fn covers(&self, distribution_id: &str, path_and_query: &str, stamp: u64) -> bool {
        if stamp == self.stamp() {
            return false;
        }
        let lists = read(&self.lists);
        stamp < lists.floor
            || lists
                .histories
                .get(distribution_id)
                .is_some_and(|history| history.covers(path_and_query, stamp))
    }

    /// Adds an invalidation; a number that the distribution has seen does nothing.
    pub(crate) fn add(&self, distribution_id: &str, number: u64, paths: &[InvalidationPath]) {
        self.change(&Event::Paths { distribution_id, number, paths });
    }

    /// Covers everything of a distribution.
    pub(crate) fn add_distribution(&self, distribution_id: &str) {
        self.change(&Event::Distribution(distribution_id));
    }

    /// Covers everything. Numbers that were seen stay seen, so that a repetition does not remove what is
    /// stored from now on.
    pub(crate) fn add_everything(&self) {
        self.change(&Event::Everything);
    }

    /// The highest number that was given with an invalidation.
    pub(crate) fn highest_number(&self) -> Option<u64> {
        read(&self.lists).highest
    }

    /// Changes the lists under the next sequence number, then publishes it: who sees the number sees the change, and
    /// what is written down after it was seen is written behind it.
    fn change(&self, event: &Event<'_>) {
        let mut lists = write(&self.lists);
        let sequence = self.latest.load(Ordering::Relaxed) + 1;
        if lists.apply(event, sequence) {
            if let Some(sink) = self.sink.get() {
                sink.take(event.encode(sequence));
            }
            self.latest.store(sequence, Ordering::Release);
        }
    }
}

// === impl Lists ===

impl Lists {
    /// Carries out an invalidation; `false` when it was carried out before.
    fn apply(&mut self, event: &Event<'_>, sequence: u64) -> bool {
        match event {
            Event::Distribution(distribution_id) => {
                let history = self.histories.entry((*distribution_id).into()).or_default();
                let before = history.len();
                history.cover_all(sequence);
                self.paths -= before;
                self.bound(distribution_id);
            }
            Event::Everything => {
                self.floor = sequence;
                self.paths = 0;
                self.histories.values_mut().for_each(|history| history.cover_all(sequence));
            }
            Event::Paths { distribution_id, number, paths } => {
                self.highest = self.highest.max(Some(*number));
                let history = self.histories.entry((*distribution_id).into()).or_default();
                if !history.is_new(*number) {
                    return false;
                }
                let before = history.len();
                paths.iter().for_each(|path| history.add(path, sequence));
                self.paths = self.paths + history.len() - before;
                self.bound(distribution_id);
            }
        }
        true
    }

    /// Keeps the lists within their limits after `distribution_id` got more.
    fn bound(&mut self, distribution_id: &str) {
        if let Some(history) = self.histories.get_mut(distribution_id) {
            let before = history.len();
            history.bound();
            self.paths = self.paths + history.len() - before;
        }
        if self.paths > MAX_PATHS {
            self.cover_longest();
        }
        if self.histories.len() > MAX_DISTRIBUTIONS {
            self.cover_oldest();
        }
    }

    /// The longest history becomes one floor.
    fn cover_longest(&mut self) {
        if let Some(history) = self.histories.values_mut().max_by_key(|history| history.len()) {
            self.paths -= history.len();
            history.cover_all(history.latest);
        }
    }

    /// The half of the histories that was idle longest becomes the common floor.
    fn cover_oldest(&mut self) {
        let mut latest: Vec<u64> = self.histories.values().map(|history| history.latest).collect();
        latest.sort_unstable();
        let Some(middle) = latest.get(latest.len() / 2) else { return };
        self.floor = self.floor.max(*middle);
        self.histories.retain(|_, history| history.latest > *middle);
        self.paths = self.histories.values().map(History::len).sum();
    }
}

// === impl History ===

impl History {
    fn len(&self) -> usize {
        self.exact.len() + self.prefixes.len()
    }

    /// Notes the number. One that is too old to be remembered counts as new: rather invalidate twice.
    fn is_new(&mut self, number: u64) -> bool {
        let is_new = self.numbers.insert(number);
        if self.numbers.len() > MAX_NUMBERS {
            self.numbers.pop_first();
        }
        is_new
    }

    fn add(&mut self, path: &InvalidationPath, sequence: u64) {
        self.latest = sequence;
        match path {
            InvalidationPath::Exact(whole) => {
                self.exact.insert(hash(whole), sequence);
            }
            // Every path begins with a slash.
            InvalidationPath::Prefix(start) if start.len() <= 1 => self.cover_all(sequence),
            InvalidationPath::Prefix(start) => {
                self.prefixes.insert(hash(start), sequence);
                self.prefix_lens.insert(start.len());
            }
        }
    }

    fn cover_all(&mut self, sequence: u64) {
        self.latest = self.latest.max(sequence);
        self.floor = self.floor.max(sequence);
        self.exact = HashMap::new();
        self.prefixes = HashMap::new();
        self.prefix_lens = BTreeSet::new();
    }

    fn covers(&self, path_and_query: &str, stamp: u64) -> bool {
        if stamp >= self.latest {
            return false;
        }
        if stamp < self.floor {
            return true;
        }
        let named_since = |named: Option<&u64>| named.is_some_and(|sequence| stamp < *sequence);
        let bytes = path_and_query.as_bytes();
        let (mut state, mut hashed) = (HASH_START, 0);
        for len in self.prefix_lens.range(..=bytes.len()) {
            state = hash_on(state, bytes.get(hashed..*len).unwrap_or_default());
            hashed = *len;
            if named_since(self.prefixes.get(&state)) {
                return true;
            }
        }
        let whole = hash_on(state, bytes.get(hashed..).unwrap_or_default());
        named_since(self.exact.get(&whole))
    }

    /// Raises the floor to the middle of what is listed when there is too much of it.
    fn bound(&mut self) {
        if self.exact.len() <= MAX_EXACT && self.prefixes.len() <= MAX_PREFIXES {
            return;
        }
        let full = if self.exact.len() > MAX_EXACT { &self.exact } else { &self.prefixes };
        let mut sequences: Vec<u64> = full.values().copied().collect();
        sequences.sort_unstable();
        let Some(middle) = sequences.get(sequences.len() / 2).copied() else { return };
        self.floor = self.floor.max(middle);
        self.exact.retain(|_, sequence| *sequence > middle);
        // The lengths stay as they are: one too many costs a look and answers nothing. They are forgotten
        // with the last prefix, and there are no more of them than a path has bytes.
        self.prefixes.retain(|_, sequence| *sequence > middle);
        if self.prefixes.is_empty() {
            self.prefix_lens.clear();
        }
    }
}

/// FNV-1a, 64 bits: the hash of a longer text continues that of its beginning. It need not withstand chosen
/// texts: who provokes a collision only makes an object be fetched once more.
const HASH_START: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(text: &str) -> u64 {
    hash_on(HASH_START, text.as_bytes())
}

fn hash_on(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(path: &str) -> InvalidationPath {
        InvalidationPath::Exact(path.into())
    }

    fn prefix(path: &str) -> InvalidationPath {
        InvalidationPath::Prefix(path.into())
    }

    proptest! {
        #[test]
        fn lists_agree_with_each_path_compared_one_by_one(
            batches in prop::collection::vec(
                prop::collection::vec((any::<bool>(), "/[ab]{0,3}(/[ab]{0,2})?([?]x=[12])?"), 0..4), 0..8),
            path in "/[ab]{0,3}(/[ab]{0,2})?([?]x=[12])?",
            stamp in 0u64..8,
        ) {
            let invalidations = Invalidations::default();
            let mut covered = false;
            for (at, batch) in batches.iter().enumerate() {
                let paths: Vec<_> =
                    batch.iter().map(|(whole, text)| if *whole { exact(text) } else { prefix(text) }).collect();
                invalidations.add("E1", at as u64, &paths);
                covered |= stamp < at as u64 + 1 && paths.iter().any(|named| named.covers(&path));
            }
            prop_assert_eq!(invalidations.covers("E1", &path, stamp), covered);
            prop_assert!(!invalidations.covers("E2", &path, stamp));
        }
    }

    #[test]
    fn a_full_list_covers_more_than_was_named_but_never_less() {
        let invalidations = Invalidations::default();
        let count = MAX_EXACT as u64 * 3 / 2;
        for number in 0..count {
            invalidations.add("E1", number, &[exact(&format!("/{number}"))]);
        }
        assert!(read(&invalidations.lists).paths <= MAX_EXACT);
        assert!((0..count).all(|number| invalidations.covers("E1", &format!("/{number}"), number)));
        assert!(invalidations.covers("E1", "/other", 0), "older than the floor");
        assert!(!invalidations.covers("E1", "/other", count - 1), "younger than the floor");
        assert!(!invalidations.covers("E2", "/0", 0), "another distribution");
    }

    #[test]
    fn many_prefixes_of_many_lengths_stay_bounded() {
        let invalidations = Invalidations::default();
        for number in 0..3_000 {
            invalidations.add(
                "E1",
                number,
                &[prefix(&format!("/{}", "x".repeat(1 + number as usize % 900)))],
            );
            invalidations.add("E1", 10_000 + number, &[prefix(&format!("/{number}"))]);
        }
        assert!(read(&invalidations.lists).paths <= MAX_PREFIXES);
        assert!(invalidations.covers("E1", "/2999/a", 0));
    }

    #[test]
    fn too_many_distributions_raise_the_common_floor() {
        let invalidations = Invalidations::default();
        let count = MAX_DISTRIBUTIONS as u64 + 1;
        for number in 0..count {
            invalidations.add(&format!("E{number}"), 1, &[exact("/a")]);
        }
        assert!(read(&invalidations.lists).histories.len() <= MAX_DISTRIBUTIONS);
        assert!((0..count).all(|number| invalidations.covers(&format!("E{number}"), "/a", number)));
        assert!(!invalidations.covers("another", "/a", count - 1));
    }

    #[test]
    fn a_number_works_once_even_after_everything_was_emptied() {
        let invalidations = Invalidations::default();
        invalidations.add("E1", 7, &[exact("/a")]);
        let stamp = invalidations.stamp();
        invalidations.add("E1", 7, &[exact("/a")]);
        assert!(!invalidations.covers("E1", "/a", stamp));
        invalidations.add_everything();
        assert!(invalidations.covers("E1", "/b", stamp));
        let stamp = invalidations.stamp();
        invalidations.add("E1", 7, &[exact("/a")]);
        assert!(!invalidations.covers("E1", "/a", stamp));
    }
}
