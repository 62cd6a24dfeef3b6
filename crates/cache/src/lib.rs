//! Stored responses: lookup, fill, request collapsing, invalidation, the memory tier and the disk tier.
//!
//! [`Cache`] keeps objects and remembered errors under a [`rules::cache_key::CacheKey`] and hands out
//! [`Permit`]s, of which collapsing gives one per key. It knows no clock and no CloudFront rule: whether what
//! a key holds may answer is decided by `rules::freshness` on what [`Cache::held`] returns.
//!
//! A response is stored while it arrives: a [`Fill`] writes, any number of [`Reader`]s follow. What is too
//! large to keep passes through a window of bounded size.
//!
//! Memory is the first level. With [`Cache::open_disk`], objects are written to a second one, which memory is filled from
//! ([`Cache::recall`]) and which survives a restart.
//!
//! Lock order, outer first: a shard of the index, then the invalidation lists or one body, then a shard of the
//! disk's index, then a queue. No lock is held across an await or while a file is read or written, and wakers are
//! called after the lock is released.

mod body;
mod collapse;
mod disk;
mod entry;
mod fill;
mod invalidate;
mod limits;
mod lookup;
mod mark;
mod memory;
mod permit;
mod sync;
mod tiers;

pub use body::{Body, Extent, Reader, Torn};
pub use collapse::{Join, Settled, Waiter};
pub use disk::files::{Directory, Files, StoredFile};
pub use disk::{DiskError, DiskSettings, DiskUsage};
pub use entry::{Held, StoredError, StoredObject};
pub use fill::{Fill, Unwanted};
pub use limits::{Limits, Usage};
pub use lookup::Cache;
pub use permit::Permit;
