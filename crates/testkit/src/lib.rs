//! The workshop: what tests need and the product does not contain.
//!
//! [`script`] reads `.edge` scripts, [`play`] performs them: a real edge in this process, origins and viewers
//! that speak HTTP/1.1 over real sockets byte by byte, and a clock that only the script moves. [`coverage`]
//! collects which behaviours of the catalogue which test proves. `docs/testing-scripts.md` is the manual.

pub mod coverage;
pub mod play;
pub mod script;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
