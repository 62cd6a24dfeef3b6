//! Executes the truth tables of `docs/rules/`; one module for each document.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test program: what cannot be read fails the test")]

mod admission;
mod advice;
mod behavior_match;
mod cache_key;
mod compression;
mod error_responses;
mod failover;
mod forwarded_headers;
mod freshness;
mod given;
mod range;
mod response_headers;
mod tables;
mod ttl;
