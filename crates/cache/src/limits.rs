//! What the cache may use, and what it uses.

use std::time::Duration;

/// What the cache may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory for everything: keys, heads, bodies, running fills, bodies that are still being read
    /// although they left the index. Only the windows of fills that are not kept may exceed it.
    pub memory_bytes: u64,
    /// A body that is longer passes through and is not kept.
    pub max_object_bytes: u64,
    /// How far a fill that is not kept may run ahead of its slowest follower, in bytes.
    pub window_bytes: usize,
    /// How long a follower of a fill that is not kept may take nothing while another one waits for it.
    pub stall: Duration,
}

impl Default for Limits {
    /// 1 GiB of memory, objects up to 256 MiB, a window of 1 MiB, 10 seconds.
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            max_object_bytes: 256 << 20,
            window_bytes: 1 << 20,
            stall: Duration::from_secs(10),
        }
    }
}

/// What the cache uses at one moment. The parts are read one after the other, not as one picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes that count against [`Limits::memory_bytes`].
    pub bytes: u64,
    /// Stored objects, with those that an invalidation covers but nobody has asked for since.
    pub objects: u64,
    /// Remembered errors and hold-offs, counted like objects.
    pub errors: u64,
    /// Bodies that are being filled.
    pub fills: u64,
    /// Keys for which a collapsing permit is out.
    pub leading: u64,
    /// Keys evicted since the start.
    pub evicted: u64,
    /// Fills that were not kept from the beginning or outgrew what can be kept, since the start.
    pub passed_through: u64,
}
