//! Request ids and the edge's own name.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

/// Bytes of a request id; base64 makes 56 characters of them that end in `==` (H31).
const REQUEST_ID_BYTES: usize = 40;

/// What they make in base64: 4 characters for each 3 bytes begun.
const REQUEST_ID_CHARACTERS: usize = REQUEST_ID_BYTES.div_ceil(3) * 4;

/// Distance between two states (the golden ratio in 64 bits).
const STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The id of a viewer's request: visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId([u8; REQUEST_ID_CHARACTERS]);

impl std::ops::Deref for RequestId {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A source of request ids: unique and unpredictable enough to tell requests apart, not a secret.
#[derive(Debug)]
pub struct Ids {
    state: AtomicU64,
}

impl Ids {
    /// A source seeded from the operating system.
    pub fn new() -> Self {
        Self { state: AtomicU64::new(seed()) }
    }

    /// A new request id.
    pub fn next(&self) -> RequestId {
        let mut bytes = [0_u8; REQUEST_ID_BYTES];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_word().to_ne_bytes()[..chunk.len()]);
        }
        let mut text = [0_u8; REQUEST_ID_CHARACTERS];
        // The slice has exactly the length that 40 bytes encode to.
        let _ = URL_SAFE.encode_slice(bytes, &mut text);
        RequestId(text)
    }

    /// A number for sampling.
    pub fn next_word(&self) -> u64 {
        mix(self.state.fetch_add(STRIDE, Ordering::Relaxed))
    }
}

/// A fresh 64-bit name in hexadecimal.
pub fn name() -> String {
    format!("{:016x}{:016x}", seed(), seed())
}

fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The finalizer of splitmix64.
const fn mix(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_has_56_characters_and_ends_in_two_equal_signs() {
        let ids = Ids::new();
        let (first, second) = (ids.next(), ids.next());
        assert_eq!(first.len(), 56);
        assert!(first.ends_with("=="));
        assert_ne!(first, second);
    }
}
