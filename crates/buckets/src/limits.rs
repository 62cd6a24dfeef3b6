//! What others can make large, and how large.

use std::time::Duration;

/// Most buckets.
pub(crate) const MAX_BUCKETS: usize = 100;

/// Most objects in all buckets together: their names are kept in memory.
pub(crate) const MAX_OBJECTS: usize = 1_000_000;

/// Largest object, in bytes, also when it comes in parts.
pub(crate) const MAX_OBJECT_BYTES: u64 = 5 << 30;

/// Longest key, in bytes of UTF-8.
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// Most user metadata of an object, names and values, in bytes.
pub(crate) const MAX_METADATA_BYTES: usize = 2 * 1024;

/// Most bytes in the other headers that are kept with an object.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;

/// Uploads that have not been completed, per bucket.
pub(crate) const MAX_UPLOADS: usize = 1000;

/// Parts of an upload.
pub(crate) const MAX_PARTS: i32 = 10_000;

/// Smallest part that is not the last, in bytes.
pub(crate) const MIN_PART_BYTES: u64 = 5 << 20;

/// Most entries of a page of a list, and keys in one DeleteObjects.
pub(crate) const MAX_KEYS: usize = 1000;

/// Largest XML document that is read, in bytes.
pub(crate) const MAX_XML_BYTES: usize = 2 << 20;

/// Bodies that are written to disk at the same time.
pub(crate) const MAX_WRITERS: usize = 32;

/// Connections at the same time; further ones wait in the kernel.
pub(crate) const MAX_CONNECTIONS: usize = 512;

/// Largest head of a request, in bytes.
pub(crate) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Longest that a request head may take, and each gap in a body.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
