//! What a request did, and what time it is.
//!
//! [`timeline`] records the steps of one viewer request with their decisions and reasons, without
//! allocating; [`clock`] is the one place where time is read. Nothing here decides anything.

pub mod clock;
pub mod timeline;

pub use clock::Clock;
pub use timeline::{OriginTimes, Step, Timeline, Value};
