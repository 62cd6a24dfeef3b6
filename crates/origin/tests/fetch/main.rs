//! Fetches from a scripted origin on real sockets.
//!
//! The scripts wait for what they need to see (a request, an end, a channel) and never sleep; where a timeout is the
//! subject it is configured to a few tens of milliseconds, and where it is not, to a time that never passes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod body;
mod connection;
mod pool;
mod response;
mod signing;
mod support;
mod tls;
mod upload;
