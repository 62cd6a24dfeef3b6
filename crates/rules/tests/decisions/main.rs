//! Executes the truth tables of `docs/rules/` that decide without a clock; one module for each document.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test program: what cannot be read fails the test")]

mod admission;
mod behavior_match;
mod cache_key;
mod failover;
mod forwarded_headers;
mod given;
mod response_headers;
#[path = "../tables/mod.rs"]
mod tables;
