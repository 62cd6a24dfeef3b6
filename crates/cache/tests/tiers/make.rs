//! The cache that the tests of this program are about: memory, and a disk below it.

use std::cell::RefCell;
use std::sync::Arc;

use cache::{Cache, DiskSettings, Limits};
use tempfile::TempDir;

thread_local! {
    /// Removed when the test has ended.
    static DIRS: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

pub fn cache(limits: Limits) -> Arc<Cache> {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let cache = Cache::new(limits);
    cache.open_disk(DiskSettings::new(dir.path(), 64 << 20)).expect("the disk tier opens");
    DIRS.with_borrow_mut(|dirs| dirs.push(dir));
    cache
}

pub const HAS_DISK: bool = true;
