//! What the disk tier knows of an object in memory.

use std::sync::atomic::{AtomicU8, Ordering};

const NEW: u8 = 0;
const KNOWN: u8 = 1;
const SUPERSEDED: u8 = 2;

/// What the disk tier knows of an object in memory.
#[derive(Debug, Default)]
pub(crate) struct DiskMark(AtomicU8);

impl DiskMark {
    /// Of an object that was read from the disk.
    pub(crate) const fn known() -> Self {
        Self(AtomicU8::new(KNOWN))
    }

    /// It is to be written; `false` when it was, will be, or must not be.
    pub(crate) fn queue(&self) -> bool {
        self.turn(NEW, KNOWN)
    }

    /// It was written, or not.
    pub(crate) fn settle(&self, is_written: bool) {
        if !is_written {
            self.turn(KNOWN, NEW);
        }
    }

    /// The disk has it no longer.
    pub(crate) fn renew(&self) {
        self.turn(KNOWN, NEW);
    }

    /// Something else has taken its place: it must not be found on the disk from now on.
    pub(crate) fn supersede(&self) {
        self.0.store(SUPERSEDED, Ordering::Release);
    }

    pub(crate) fn is_superseded(&self) -> bool {
        self.0.load(Ordering::Acquire) == SUPERSEDED
    }

    fn turn(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}
