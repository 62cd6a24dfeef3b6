//! Whether the disk does what it is asked, and what is said when it does not.
//!
//! When a write fails, nothing is written for a while; then the next write is the trial. Each episode is one line in
//! the log, and one when it is over. What is on the disk can be read all the time: each record is compared with its
//! checksum, and what is damaged is as good as not there.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::sync::lock;

#[derive(Debug)]
pub(super) struct Health {
    retry: Duration,
    is_paused: AtomicBool,
    again_at: Mutex<Option<Instant>>,
    has_told_of_reads: AtomicBool,
    has_told_of_damage: AtomicBool,
    pub(super) write_errors: AtomicU64,
    pub(super) read_errors: AtomicU64,
    pub(super) damaged: AtomicU64,
}

impl Health {
    pub(super) fn new(retry: Duration) -> Self {
        Self {
            retry,
            is_paused: AtomicBool::new(false),
            again_at: Mutex::new(None),
            has_told_of_reads: AtomicBool::new(false),
            has_told_of_damage: AtomicBool::new(false),
            write_errors: AtomicU64::new(0),
            read_errors: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
        }
    }

    /// Whether something may be written.
    pub(super) fn takes_writes(&self) -> bool {
        !self.is_paused.load(Ordering::Relaxed)
            || lock(&self.again_at).is_none_or(|again_at| Instant::now() >= again_at)
    }

    pub(super) fn write_failed(&self, error: &io::Error) {
        self.write_errors.fetch_add(1, Ordering::Relaxed);
        *lock(&self.again_at) = Some(Instant::now() + self.retry);
        if !self.is_paused.swap(true, Ordering::Relaxed) {
            let what =
                if error.kind() == io::ErrorKind::StorageFull { "is full" } else { "cannot be written" };
            tracing::error!(%error, retry = ?self.retry, "the cache's disk {what}; answers come from memory and origins");
        }
    }

    pub(super) fn write_worked(&self) {
        if self.is_paused.swap(false, Ordering::Relaxed) {
            *lock(&self.again_at) = None;
            tracing::warn!("the cache's disk can be written again");
        }
    }

    pub(super) fn read_failed(&self, error: &io::Error) {
        self.read_errors.fetch_add(1, Ordering::Relaxed);
        if !self.has_told_of_reads.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the cache's disk cannot be read; what is not in memory is asked of origins");
        }
    }

    /// Something that was read is not what was written.
    pub(super) fn found_damage(&self, segment: u32) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
        if !self.has_told_of_damage.swap(true, Ordering::Relaxed) {
            tracing::error!(
                segment,
                "the cache's disk holds damaged data; it is not used, and origins are asked"
            );
        }
    }
}
