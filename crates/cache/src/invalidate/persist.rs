//! The history of invalidations as bytes: one invalidation, or a picture of everything that is remembered.
//!
//! What is read back must have been written here: the disk tier compares checksums before. A picture keeps hashes of paths,
//! as memory does.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::atomic::Ordering;

use rules::invalidation::InvalidationPath;

use super::{History, Invalidations, Lists};
use crate::disk::bytes::{Reader, Writer};
use crate::sync::{read, write};

/// One change of the lists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// Everything of a distribution.
    Distribution(&'a str),
    Everything,
    Paths {
        distribution_id: &'a str,
        number: u64,
        paths: &'a [InvalidationPath],
    },
}

/// Takes invalidations to write them down; must not wait.
pub(super) struct Sink(Box<dyn Fn(Vec<u8>) + Send + Sync>);

impl Sink {
    pub(super) fn take(&self, event: Vec<u8>) {
        (self.0)(event);
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sink")
    }
}

impl Event<'_> {
    pub(super) fn encode(&self, sequence: u64) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.u64(sequence);
        match self {
            Self::Distribution(id) => writer.u8(1).text(id.as_bytes()),
            Self::Everything => writer.u8(2),
            Self::Paths { distribution_id, number, paths } => {
                writer.u8(3).text(distribution_id.as_bytes()).u64(*number).count(paths.len());
                for path in *paths {
                    match path {
                        InvalidationPath::Exact(whole) => writer.u8(1).text(whole.as_bytes()),
                        InvalidationPath::Prefix(start) => writer.u8(2).text(start.as_bytes()),
                    };
                }
                &mut writer
            }
        };
        writer.0
    }
}

// === impl Invalidations ===

impl Invalidations {
    /// From now on every invalidation is written down before anybody can see it.
    pub(crate) fn write_down(&self, sink: impl Fn(Vec<u8>) + Send + Sync + 'static) {
        let _lists = write(&self.lists);
        // There is one disk tier at most.
        let _ = self.sink.set(Sink(Box::new(sink)));
    }

    /// Everything that is remembered.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let lists = read(&self.lists);
        let mut writer = Writer::default();
        writer.u64(self.latest.load(Ordering::Acquire)).u64(lists.floor).option(lists.highest);
        writer.count(lists.histories.len());
        for (id, history) in &lists.histories {
            writer.text(id.as_bytes());
            history.write(&mut writer);
        }
        writer.0
    }

    /// Takes over a picture; `false` when it is none.
    pub(crate) fn recover_picture(&self, picture: &[u8]) -> bool {
        let Some((latest, recovered)) = Lists::read(&mut Reader(picture)) else { return false };
        *write(&self.lists) = recovered;
        self.latest.store(latest, Ordering::Release);
        true
    }

    /// Repeats an invalidation, unless the picture has it; `false` when it is none.
    pub(crate) fn recover_event(&self, event: &[u8]) -> bool {
        let mut lists = write(&self.lists);
        lists.repeat(&mut Reader(event), self.latest.load(Ordering::Relaxed)).is_some_and(|sequence| {
            self.latest.fetch_max(sequence, Ordering::Release);
            true
        })
    }
}

// === impl Lists ===

impl Lists {
    fn read(reader: &mut Reader<'_>) -> Option<(u64, Self)> {
        let (latest, floor, highest) = (reader.u64()?, reader.u64()?, reader.option()?);
        let mut lists = Self { floor, highest, ..Self::default() };
        for _ in 0..reader.count(4)? {
            let id = std::str::from_utf8(reader.text()?).ok()?;
            let history = History::read(reader)?;
            lists.paths += history.len();
            lists.histories.insert(id.into(), history);
        }
        Some((latest, lists))
    }

    fn repeat(&mut self, reader: &mut Reader<'_>, latest: u64) -> Option<u64> {
        let sequence = reader.u64()?;
        if sequence <= latest {
            return Some(sequence);
        }
        match reader.u8()? {
            1 => self.apply(&Event::Distribution(std::str::from_utf8(reader.text()?).ok()?), sequence),
            2 => self.apply(&Event::Everything, sequence),
            3 => {
                let distribution_id = std::str::from_utf8(reader.text()?).ok()?;
                let number = reader.u64()?;
                let count = reader.count(5)?;
                let paths: Vec<_> = (0..count).map(|_| read_path(reader)).collect::<Option<_>>()?;
                self.apply(&Event::Paths { distribution_id, number, paths: &paths }, sequence)
            }
            _ => return None,
        };
        Some(sequence)
    }
}

fn read_path(reader: &mut Reader<'_>) -> Option<InvalidationPath> {
    let kind = reader.u8()?;
    let text = std::str::from_utf8(reader.text()?).ok()?;
    match kind {
        1 => Some(InvalidationPath::Exact(text.into())),
        2 => Some(InvalidationPath::Prefix(text.into())),
        _ => None,
    }
}

// === impl History ===

impl History {
    fn write(&self, writer: &mut Writer) {
        writer.u64(self.floor).u64(self.latest);
        for pairs in [&self.exact, &self.prefixes] {
            writer.count(pairs.len());
            for (hash, sequence) in pairs {
                writer.u64(*hash).u64(*sequence);
            }
        }
        writer.count(self.prefix_lens.len());
        for len in &self.prefix_lens {
            writer.u64(*len as u64);
        }
        writer.count(self.numbers.len());
        for number in &self.numbers {
            writer.u64(*number);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (floor, latest) = (reader.u64()?, reader.u64()?);
        let (exact, prefixes) = (read_pairs(reader)?, read_pairs(reader)?);
        let lens = reader.count(8)?;
        let prefix_lens: BTreeSet<usize> =
            (0..lens).map(|_| usize::try_from(reader.u64()?).ok()).collect::<Option<_>>()?;
        let count = reader.count(8)?;
        let numbers = (0..count).map(|_| reader.u64()).collect::<Option<_>>()?;
        Some(Self { floor, latest, exact, prefixes, prefix_lens, numbers })
    }
}

fn read_pairs(reader: &mut Reader<'_>) -> Option<HashMap<u64, u64>> {
    let count = reader.count(16)?;
    (0..count).map(|_| Some((reader.u64()?, reader.u64()?))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::sync::lock;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_history_that_was_read_back_covers_what_it_covered(
            batches in prop::collection::vec(
                ("E[12]", prop::collection::vec((any::<bool>(), "/[ab]{0,3}(/[ab]{0,2})?"), 0..4)), 0..10),
            picture_after in 0_usize..10,
            asked in prop::collection::vec(("E[12]", "/[ab]{0,3}(/[ab]{0,2})?", 0_u64..12), 1..20),
        ) {
            let (before, after) = (Invalidations::default(), Invalidations::default());
            let events = Arc::new(Mutex::new(Vec::new()));
            let sink = Arc::clone(&events);
            before.write_down(move |event| lock(&sink).push(event));
            let mut picture = before.picture();
            for (at, (id, batch)) in batches.iter().enumerate() {
                let path = |(whole, text): &(bool, String)| match whole {
                    true => InvalidationPath::Exact(text.as_str().into()),
                    false => InvalidationPath::Prefix(text.as_str().into()),
                };
                match batch.len() {
                    0 => before.add_distribution(id),
                    _ => before.add(id, at as u64, &batch.iter().map(path).collect::<Vec<_>>()),
                }
                if at == picture_after {
                    picture = before.picture();
                }
            }
            prop_assert!(after.recover_picture(&picture));
            lock(&events).iter().for_each(|event| assert!(after.recover_event(event)));
            prop_assert_eq!(after.stamp(), before.stamp());
            prop_assert_eq!(after.highest_number(), before.highest_number());
            for (id, path, stamp) in &asked {
                prop_assert_eq!(after.covers(id, path, *stamp), before.covers(id, path, *stamp));
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let invalidations = Invalidations::default();
            invalidations.recover_picture(&bytes);
            invalidations.recover_event(&bytes);
        }
    }

    #[test]
    fn a_number_that_was_seen_before_the_restart_works_no_second_time() {
        let (before, after) = (Invalidations::default(), Invalidations::default());
        before.add("E1", 7, &[InvalidationPath::Exact("/a".into())]);
        assert!(after.recover_picture(&before.picture()));
        let stamp = after.stamp();
        after.add("E1", 7, &[InvalidationPath::Exact("/a".into())]);
        assert!(!after.covers("E1", "/a", stamp));
        assert_eq!(after.highest_number(), Some(7));
    }
}
