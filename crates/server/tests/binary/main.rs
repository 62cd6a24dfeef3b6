//! The real binary, from outside: processes, sockets, signals. Every port is free at the time, nothing sleeps.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod api;
mod capacity;
mod clock;
mod demo;
mod durability;
mod http;
mod origin;
mod process;
mod s3;
mod serve;
mod shutdown;
mod tls;
