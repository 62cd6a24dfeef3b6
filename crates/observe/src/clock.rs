//! The injected clock.
//!
//! There are two kinds of time. *Cache time* is what freshness, error TTLs and `Age` are counted in; a
//! movable clock can advance it, so that a test crosses a TTL without waiting. *Wall time* is real: signature
//! checks, deployment and log dates use it. Socket timeouts use the runtime's own timer and are real too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Reads time for the whole process. Cheap to clone; clones share one offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Milliseconds that cache time runs ahead of wall time.
    ahead_ms: Arc<AtomicU64>,
    /// A fixed base in epoch milliseconds instead of the system's, for tests that print moments.
    fixed_ms: Option<u64>,
}

impl Clock {
    /// A clock that follows the system's.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at `epoch_ms` until it is advanced.
    pub fn standing_at_ms(epoch_ms: u64) -> Self {
        Self { ahead_ms: Arc::default(), fixed_ms: Some(epoch_ms) }
    }

    /// Cache time: milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> u64 {
        let base_ms = self.fixed_ms.unwrap_or_else(wall_ms);
        base_ms.saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Wall time: whole seconds since the Unix epoch; never moved.
    pub fn wall_s(&self) -> u64 {
        wall_ms() / 1000
    }

    /// Wall time in milliseconds; never moved.
    pub fn wall_ms(&self) -> u64 {
        wall_ms()
    }

    /// Moves cache time forward by `ms` milliseconds.
    pub fn advance_ms(&self, ms: u64) {
        let moved = |ahead: u64| Some(ahead.saturating_add(ms));
        // The closure always returns `Some`, so the update cannot fail.
        let _ = self.ahead_ms.fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved);
    }

    /// Takes back every advance.
    pub fn reset(&self) {
        self.ahead_ms.store(0, Ordering::Relaxed);
    }
}

fn wall_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset_and_wall_time_does_not_move() {
        let clock = Clock::standing_at_ms(5_000);
        let twin = clock.clone();
        let wall_before_s = clock.wall_s();
        twin.advance_ms(31_000);
        assert_eq!(clock.now_ms(), 36_000);
        assert!(clock.wall_s() - wall_before_s < 31);
        clock.reset();
        assert_eq!(twin.now_ms(), 5_000);
    }

    #[test]
    fn advancing_past_the_end_of_time_stops_there() {
        let clock = Clock::standing_at_ms(1);
        clock.advance_ms(u64::MAX);
        clock.advance_ms(u64::MAX);
        assert_eq!(clock.now_ms(), u64::MAX);
    }
}
