//! Request collapsing: one request to the origin per key, the others wait for its head (D50).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use crate::entry::StoredError;
use crate::permit::Permit;

/// Who asks the origin.
#[derive(Debug)]
pub enum Join {
    /// Somebody else does: wait for it.
    Follow(Waiter),
    /// The caller does.
    Lead(Permit),
}

/// How waiting ended.
#[derive(Debug, Clone)]
pub enum Settled {
    /// The answer is not for sharing, or too large to be kept: ask the origin outside collapsing (D52).
    GoAlone,
    /// Something changed under the key, or the leader is gone: look again, then join again.
    LookAgain,
    /// Patience is over (D53).
    OutOfPatience,
    /// An error that is not stored, for those who were queued already (B64).
    Shared(Arc<StoredError>),
}

/// How a leader settles its flight.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    GoAlone,
    LookAgain,
    Shared(Arc<StoredError>),
}

/// One collapsed request to the origin.
#[derive(Debug)]
pub(crate) struct Flight {
    /// The latest invalidation when it began.
    pub(crate) stamp: u64,
    outcome: OnceLock<Outcome>,
    settled: Notify,
    waiting: AtomicUsize,
}

impl Flight {
    pub(crate) fn new(stamp: u64) -> Arc<Self> {
        Arc::new(Self {
            stamp,
            outcome: OnceLock::new(),
            settled: Notify::new(),
            waiting: AtomicUsize::new(0),
        })
    }

    /// Tells the waiters; only the first outcome counts.
    pub(crate) fn settle(&self, outcome: Outcome) {
        if self.outcome.set(outcome).is_ok() {
            self.settled.notify_waiters();
        }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Waits for the one who asks the origin.
#[derive(Debug)]
pub struct Waiter {
    flight: Arc<Flight>,
}

impl Waiter {
    pub(crate) fn of(flight: &Arc<Flight>) -> Self {
        flight.waiting.fetch_add(1, Ordering::Relaxed);
        Self { flight: Arc::clone(flight) }
    }

    /// Waits until the leader has settled, `patience` of real time at most. Cancel-safe: dropping the future
    /// leaves the queue.
    pub async fn settled(self, patience: Duration) -> Settled {
        let flight = &self.flight;
        // No notification is missed from here on, so an outcome that is not there yet will be notified.
        let settled = flight.settled.notified();
        if flight.outcome.get().is_none() && tokio::time::timeout(patience, settled).await.is_err() {
            return Settled::OutOfPatience;
        }
        match flight.outcome.get() {
            None => Settled::OutOfPatience,
            Some(Outcome::GoAlone) => Settled::GoAlone,
            Some(Outcome::LookAgain) => Settled::LookAgain,
            Some(Outcome::Shared(error)) => Settled::Shared(Arc::clone(error)),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.flight.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
