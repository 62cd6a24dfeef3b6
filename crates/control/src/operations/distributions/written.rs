//! Entries of `ListDistributions` that are written already, so that a page is put together and not written again.
//!
//! An entry is known by its distribution's id and the commit that last wrote its record. Its status is not part of it:
//! that is what the edge serves at the moment. When the entries need more than [`MAX_BYTES`], any of them make room; a
//! walk through all pages would find none of those that were used least.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shapes::{DistributionList, DistributionSummary, Writer, xml};
use store::Revision;

use crate::deployment::Deployment;
use crate::http::{Listing, list_of};

/// The most memory of all entries, in bytes of text.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The name of an entry.
const ENTRY: &str = "DistributionSummary";
/// How an entry begins. In texts there is no such bracket.
const FIRST: &str = "<DistributionSummary>";
/// `InProgress`
const LONGEST_STATUS_BYTES: usize = 10;
/// What follows an entry's status.
const AFTER_STATUS: &str = "</Status>";

/// Entries that are written already.
#[derive(Default)]
pub(crate) struct Summaries {
    entries: Mutex<Entries>,
}

/// An entry, apart from its status.
pub(super) struct Entry {
    id: String,
    revision: Revision,
    /// The commit that the edge must serve before its status is `Deployed`.
    config_revision: Revision,
    xml: String,
    /// Where the status belongs.
    status_at: usize,
}

#[derive(Default)]
struct Entries {
    all: Vec<Arc<Entry>>,
    places: HashMap<String, usize>,
    bytes: usize,
    /// Grows with every entry that makes room, to choose the next one.
    turn: usize,
}

/// A page as a document.
pub(super) fn list(page: Listing<Arc<Entry>>, deployment: &Deployment) -> String {
    let quantity = page.quantity();
    let entries = page.items;
    let placeholder = entries.first().map(|_| DistributionSummary::default());
    let items = placeholder.into_iter().collect();
    let frame = Listing { asked: page.asked, items, next_marker: page.next_marker };
    let frame = xml::write(&DistributionList { quantity, ..list_of!(DistributionList, frame) });
    let (Some(start), Some(end)) = (frame.find(FIRST), frame.rfind("</Items>")) else { return frame };
    let bytes: usize = entries.iter().map(|entry| entry.bytes() + LONGEST_STATUS_BYTES).sum();
    let mut out = String::with_capacity(frame.len() + bytes);
    out.push_str(frame.get(..start).unwrap_or_default());
    for entry in &entries {
        entry.write(deployment.distribution_status(entry.config_revision), &mut out);
    }
    out.push_str(frame.get(end..).unwrap_or_default());
    out
}

// === impl Summaries ===

impl Summaries {
    /// The entry of a distribution as this commit wrote it.
    pub(super) fn get(&self, id: &str, revision: Revision) -> Option<Arc<Entry>> {
        let entries = self.entries();
        let entry = entries.places.get(id).and_then(|place| entries.all.get(*place));
        entry.filter(|entry| entry.revision == revision).map(Arc::clone)
    }

    /// Keeps an entry instead of an older one of its distribution.
    pub(super) fn put(&self, entry: &Arc<Entry>) {
        self.entries().put(Arc::clone(entry), MAX_BYTES);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing in here is left half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Entry ===

impl Entry {
    /// Writes a summary, whose status must be empty.
    pub(super) fn new(revision: Revision, config_revision: Revision, summary: &DistributionSummary) -> Self {
        let document = Writer::xml("Items", "", |writer| writer.entry(ENTRY, summary));
        let start = document.find(FIRST).unwrap_or_default();
        let end = document.rfind("</Items>").unwrap_or(document.len());
        let xml = document.get(start..end).unwrap_or_default().to_owned();
        let status_at = xml.find(AFTER_STATUS).unwrap_or_default();
        Self { id: summary.id.clone(), revision, config_revision, xml, status_at }
    }

    /// The entry with a status, at the end of a document.
    pub(super) fn write(&self, status: &str, out: &mut String) {
        let (before, after) = self.xml.split_at_checked(self.status_at).unwrap_or((&self.xml, ""));
        out.push_str(before);
        out.push_str(status);
        out.push_str(after);
    }

    /// How long [`Self::write`] is without the status.
    pub(super) const fn bytes(&self) -> usize {
        self.xml.len()
    }
}

// === impl Entries ===

impl Entries {
    fn put(&mut self, entry: Arc<Entry>, max_bytes: usize) {
        self.bytes += entry.bytes();
        match self.places.get(&entry.id).and_then(|place| self.all.get_mut(*place)) {
            Some(before) => {
                self.bytes -= before.bytes();
                *before = entry;
            }
            None => {
                self.places.insert(entry.id.clone(), self.all.len());
                self.all.push(entry);
            }
        }
        while self.bytes > max_bytes && !self.all.is_empty() {
            self.make_room();
        }
    }

    fn make_room(&mut self) {
        // Steps of a large prime visit places that have nothing to do with the order of pages.
        self.turn = self.turn.wrapping_add(7_368_787);
        let place = self.turn % self.all.len();
        let gone = self.all.swap_remove(place);
        self.bytes -= gone.bytes();
        self.places.remove(&gone.id);
        if let Some(moved) = self.all.get(place) {
            self.places.insert(moved.id.clone(), place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize, revision: u64) -> Arc<Entry> {
        let summary = DistributionSummary { id: format!("E{number}"), ..DistributionSummary::default() };
        Arc::new(Entry::new(Revision(revision), Revision(1), &summary))
    }

    #[test]
    fn an_entry_is_what_a_list_would_have() {
        let summary = DistributionSummary {
            id: "E1".into(),
            comment: "<Status>\">".into(),
            status: "Deployed".into(),
            ..DistributionSummary::default()
        };
        let without = DistributionSummary { status: String::new(), ..summary.clone() };
        let mut out = String::new();
        Entry::new(Revision(1), Revision(1), &without).write("Deployed", &mut out);
        let list = shapes::DistributionList { items: vec![summary], ..shapes::DistributionList::default() };
        assert!(xml::write(&list).contains(&format!("<Items>{out}</Items>")), "{out}");
    }

    #[test]
    fn an_entry_counts_only_for_the_commit_that_it_was_written_for() {
        let summaries = Summaries::default();
        summaries.put(&entry(1, 7));
        assert!(summaries.get("E1", Revision(7)).is_some());
        assert!(summaries.get("E1", Revision(8)).is_none());
        summaries.put(&entry(1, 8));
        assert!(summaries.get("E1", Revision(7)).is_none() && summaries.get("E1", Revision(8)).is_some());
    }

    #[test]
    fn entries_never_take_more_than_they_may() {
        let mut entries = Entries::default();
        let limit = entry(1000, 1).bytes() * 10;
        for number in 0..1000 {
            entries.put(entry(number, 1), limit);
            entries.put(entry(number / 2, 2), limit);
            assert!(entries.bytes <= limit);
            assert_eq!(entries.all.len(), entries.places.len());
        }
        assert_eq!(entries.bytes, entries.all.iter().map(|entry| entry.bytes()).sum::<usize>());
        for (place, entry) in entries.all.iter().enumerate() {
            assert_eq!(entries.places.get(&entry.id), Some(&place));
        }
        assert!(entries.all.len() >= 8);
    }
}
