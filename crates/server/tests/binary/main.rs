//! The real binary, from outside: processes, sockets, signals. Every port is free at the time, nothing sleeps.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod api;
mod api_tls;
mod browsers;
mod capacity;
mod clock;
mod demo;
mod durability;
mod guessing;
mod handover;
mod http;
mod keys;
mod origin;
mod process;
mod s3;
mod secrets;
mod serve;
mod sessions;
mod shutdown;
mod tls;
