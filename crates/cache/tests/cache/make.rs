//! The cache that the tests of this program are about: memory alone.

use std::sync::Arc;

use cache::{Cache, Limits};

pub fn cache(limits: Limits) -> Arc<Cache> {
    Cache::new(limits)
}

pub const HAS_DISK: bool = false;
