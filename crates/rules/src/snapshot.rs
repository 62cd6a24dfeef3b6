//! What an edge serves at one moment: names that lead to distributions.
//!
//! A copy shares everything with its original; changing one distribution copies a small part of it, so that the next
//! snapshot costs the same with ten distributions and with ten thousand. What a distribution is, is in [`crate::model`].

use std::sync::Arc;

use crate::hosts::HostTable;
use crate::model::Distribution;

/// How many distributions are copied with a changed one.
const CHUNK: usize = 64;

/// Everything an edge needs to answer viewers.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Grows with every change; an edge refuses an older one.
    pub generation: u64,
    /// Domain names and aliases of the distributions that are enabled (E04).
    pub hosts: HostTable,
    /// By what [`HostTable::find`] answers.
    pub distributions: Distributions,
}

/// Distributions by index. Where one was taken out there is a gap.
#[derive(Debug, Clone, Default)]
pub struct Distributions {
    chunks: Vec<Arc<[Option<Arc<Distribution>>; CHUNK]>>,
    quantity: usize,
}

// === impl Snapshot ===

impl Snapshot {
    /// Puts a distribution in the place `index`, instead of the one that is there. Indices should be small numbers, because
    /// the places between are kept. A disabled one is kept too, but no host leads to it (E04).
    pub fn put(&mut self, index: usize, distribution: Arc<Distribution>) {
        let before = self.distributions.set(index, Some(Arc::clone(&distribution)));
        if before.as_deref().is_some_and(|before| is_reached_alike(before, &distribution)) {
            return;
        }
        before.into_iter().for_each(|before| self.unlist(index, &before));
        for name in names(&distribution) {
            self.hosts.insert(name, index);
        }
    }

    /// Leaves a gap in the place `index`.
    pub fn remove(&mut self, index: usize) {
        if let Some(before) = self.distributions.set(index, None) {
            self.unlist(index, &before);
        }
    }

    fn unlist(&mut self, index: usize, distribution: &Distribution) {
        for name in names(distribution) {
            self.hosts.remove(name, index);
        }
    }
}

fn is_reached_alike(one: &Distribution, other: &Distribution) -> bool {
    one.enabled == other.enabled && one.domain_name == other.domain_name && one.aliases == other.aliases
}

/// The names that lead to a distribution.
fn names(distribution: &Distribution) -> impl Iterator<Item = &Arc<str>> {
    let all = std::iter::once(&distribution.domain_name).chain(&distribution.aliases);
    all.filter(|_| distribution.enabled)
}

// === impl Distributions ===

impl Distributions {
    /// The distribution with this index.
    pub fn get(&self, index: usize) -> Option<&Arc<Distribution>> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)?.as_ref()
    }

    /// All of them, by ascending index.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Distribution>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().flatten())
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.quantity
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.quantity == 0
    }

    /// Answers what was there.
    fn set(&mut self, index: usize, to: Option<Arc<Distribution>>) -> Option<Arc<Distribution>> {
        if to.is_none() && self.get(index).is_none() {
            return None;
        }
        let last = index / CHUNK;
        while self.chunks.len() <= last {
            self.chunks.push(Arc::new([const { None }; CHUNK]));
        }
        let place =
            self.chunks.get_mut(last).and_then(|chunk| Arc::make_mut(chunk).get_mut(index % CHUNK))?;
        self.quantity += usize::from(to.is_some());
        let before = std::mem::replace(place, to);
        self.quantity -= usize::from(before.is_some());
        before
    }
}
