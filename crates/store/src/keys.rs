//! What a key may be. The names of the documents and the meaning of their parts are not decided here.

use crate::Violation;

/// The longest key, and the longest prefix.
pub const MAX_KEY_BYTES: usize = 1024;

/// A key: not empty, not too long.
pub(crate) fn check(key: &str) -> Result<(), Violation> {
    if key.is_empty() { Err(Violation::EmptyKey) } else { check_prefix(key) }
}

/// A prefix may be empty: it selects everything.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), Violation> {
    let bytes = prefix.len();
    if bytes > MAX_KEY_BYTES { Err(Violation::KeyTooLong { bytes }) } else { Ok(()) }
}
