//! Stored responses: lookup, fill, request collapsing, invalidation, the memory tier.
//!
//! [`Cache`] keeps objects and remembered errors under a [`rules::cache_key::CacheKey`] and hands out
//! [`Permit`]s, of which collapsing gives one per key. It knows no clock and no CloudFront rule: whether what
//! a key holds may answer is decided by `rules::freshness` on what [`Cache::held`] returns.
//!
//! A response is stored while it arrives: a [`Fill`] writes, any number of [`Reader`]s follow. What is too
//! large to keep passes through a window of bounded size.
//!
//! Lock order, outer first: a shard of the index, then the invalidation lists or one body. No lock is held
//! across an await, and wakers are called after the lock is released.

mod body;
mod collapse;
mod entry;
mod fill;
mod invalidate;
mod limits;
mod lookup;
mod memory;
mod permit;
mod sync;

pub use body::{Body, Reader, Torn};
pub use collapse::{Join, Settled, Waiter};
pub use entry::{Held, StoredError, StoredObject};
pub use fill::{Fill, Unwanted};
pub use limits::{Limits, Usage};
pub use lookup::Cache;
pub use permit::Permit;
