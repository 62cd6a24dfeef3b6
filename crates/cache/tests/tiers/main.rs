//! What holds for the cache in memory holds with a disk below it; and what the disk adds.

#![cfg(test)]

#[path = "../cache/collapsing.rs"]
mod collapsing;
#[path = "../cache/eviction.rs"]
mod eviction;
#[path = "../cache/following.rs"]
mod following;
#[path = "../cache/invalidation.rs"]
mod invalidation;
#[path = "../cache/kit.rs"]
mod kit;
mod make;
#[path = "../cache/passing.rs"]
mod passing;
#[path = "../cache/storing.rs"]
mod storing;
#[path = "../cache/stress.rs"]
mod stress;
