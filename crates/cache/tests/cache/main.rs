//! The cache through its public interface.

#![cfg(test)]

mod collapsing;
mod eviction;
mod following;
mod invalidation;
mod kit;
mod make;
mod passing;
mod storing;
mod stress;
