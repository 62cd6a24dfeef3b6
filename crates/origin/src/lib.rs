//! Fetches from an origin: names, connections, TLS, attempts, timeouts, signing.
//!
//! [`Origins::fetch`] takes a finished request head (what the origin gets to see is decided in `rules::forward`)
//! and carries it out: it finds a connection, sends, waits, tries again where the rules of attempts allow it
//! (groups J.2 and J.3), and hands back the response head with its body as a stream. It does not cache, follow
//! redirects, fail over to another origin, or judge a status.
//!
//! Read `fetch.rs` first (the attempts), then `exchange.rs` (one try) and `body.rs` (the stream).

mod arriving;
mod body;
mod connect;
mod error;
mod exchange;
mod fetch;
mod head;
mod link;
mod names;
mod outgoing;
mod pool;
mod retry;
mod settings;
mod tls;
mod trust;
mod wire;

pub use body::{Framing, ResponseBody};
pub use error::{Error, Failure};
pub use fetch::{Origins, Response, Took};
pub use outgoing::{BoxError, BoxedBody, RequestBody};
pub use settings::{OwnBuckets, Settings, WallClock};
