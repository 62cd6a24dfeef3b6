//! The account of memory: one number for the whole cache, and charges that give back what they took.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes in use against a limit.
#[derive(Debug)]
pub(crate) struct Ledger {
    bytes: AtomicU64,
    limit: u64,
}

impl Ledger {
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { bytes: AtomicU64::new(0), limit })
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.bytes() > self.limit
    }

    /// Takes `bytes` if they fit under the limit.
    pub(crate) fn try_take(&self, bytes: u64) -> bool {
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    fn take(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn give_back(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Bytes that its owner occupies; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Charge {
    ledger: Arc<Ledger>,
    bytes: u64,
}

impl Charge {
    /// Takes `bytes`, above the limit too: the caller trims afterwards.
    pub(crate) fn new(ledger: &Arc<Ledger>, bytes: u64) -> Self {
        ledger.take(bytes);
        Self { ledger: Arc::clone(ledger), bytes }
    }

    /// Makes bytes its own that were taken with [`Ledger::try_take`].
    pub(crate) fn adopt(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Changes what is occupied.
    pub(crate) fn set(&mut self, bytes: u64) {
        match bytes.checked_sub(self.bytes) {
            Some(more) => self.ledger.take(more),
            None => self.ledger.give_back(self.bytes - bytes),
        }
        self.bytes = bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.ledger.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_gives_back_exactly_what_it_took() {
        let ledger = Ledger::new(100);
        let mut charge = Charge::new(&ledger, 30);
        assert!(ledger.try_take(60));
        charge.adopt(60);
        assert!(!ledger.try_take(11));
        charge.set(10);
        assert_eq!(ledger.bytes(), 10);
        charge.set(150);
        assert!(ledger.is_over());
        drop(charge);
        assert_eq!(ledger.bytes(), 0);
    }
}
