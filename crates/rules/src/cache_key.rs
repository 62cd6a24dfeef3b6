//! What identifies a stored object: the cache key (group D).
//!
//! Default: distribution and path (D01). A cache policy or legacy settings add query parameters, headers and
//! cookies (D10). The viewer's host, scheme and the origin are never part of it (D02, D06).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Which answers a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// GET; also answers HEAD (D03, B66).
    Get,
    /// Learned by HEAD: answers HEAD only (D03, B66).
    HeadOnly,
    /// OPTIONS as a cached method is kept apart (D04).
    Options,
}

/// Identifies a stored object. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CacheKey {
    bytes: Arc<[u8]>,
    hash: u64,
    distribution_end: u32,
    path_end: u32,
}

impl CacheKey {
    /// A key of its parts. `path_and_query` is the path plus `?` and those query parameters that are in the
    /// key; `rest` is everything else, unambiguously encoded.
    pub fn new(distribution_id: &str, variant: Variant, path_and_query: &str, rest: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(distribution_id.len() + path_and_query.len() + rest.len() + 2);
        bytes.extend_from_slice(distribution_id.as_bytes());
        let distribution_end = bytes.len();
        bytes.push(match variant {
            Variant::Get => b'G',
            Variant::HeadOnly => b'H',
            Variant::Options => b'O',
        });
        bytes.extend_from_slice(path_and_query.as_bytes());
        let path_end = bytes.len();
        bytes.push(0);
        bytes.extend_from_slice(rest);
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self {
            hash: hasher.finish(),
            bytes: bytes.into(),
            distribution_end: u32::try_from(distribution_end).unwrap_or(u32::MAX),
            path_end: u32::try_from(path_end).unwrap_or(u32::MAX),
        }
    }

    /// The distribution's id.
    pub fn distribution_id(&self) -> &str {
        self.text(0, self.distribution_end as usize)
    }

    /// Path and the query parameters that are in the key: what invalidation paths are compared with (K05).
    pub fn path_and_query(&self) -> &str {
        self.text(self.distribution_end as usize + 1, self.path_end as usize)
    }

    /// A hash of the whole key, equal for equal keys within one process.
    pub const fn hash64(&self) -> u64 {
        self.hash
    }

    /// Bytes that the key occupies.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    fn text(&self, from: usize, to: usize) -> &str {
        self.bytes.get(from..to).and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default()
    }
}

impl PartialEq for CacheKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.bytes == other.bytes
    }
}

impl Eq for CacheKey {}

impl Hash for CacheKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}
