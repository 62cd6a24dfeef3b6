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

#[test]
fn a_fetch_and_its_response_can_run_on_any_task() {
    fn can_be_sent<T: Send>(_: &T) {}
    let (origins, origin) = (support::origins(), support::origin_at("localhost", 80));
    can_be_sent(&origins);
    can_be_sent(&origins.fetch(&origin, support::get("/"), origin::RequestBody::Empty));
    can_be_sent(&None::<origin::Response>);
}
