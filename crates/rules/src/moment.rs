//! A point in time as the cache and the rules see it.

use std::time::Duration;

/// Milliseconds since the Unix epoch. Always an argument, never read from a clock in this room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// The moment `epoch_ms` milliseconds after the Unix epoch.
    pub const fn from_epoch_ms(epoch_ms: u64) -> Self {
        Self(epoch_ms)
    }

    /// The moment `epoch_s` seconds after the Unix epoch.
    pub const fn from_epoch_s(epoch_s: u64) -> Self {
        Self(epoch_s.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn epoch_ms(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch.
    pub const fn epoch_s(self) -> u64 {
        self.0 / 1000
    }

    /// This moment plus `duration`; stops at the end of time instead of wrapping.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Time that has passed since `earlier`; zero if `earlier` lies in the future.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
