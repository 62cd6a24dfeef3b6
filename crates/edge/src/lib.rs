//! One viewer request from accept to log.
//!
//! The edge decides nothing by itself: it asks `rules` and carries out the answer. A request takes one
//! snapshot at its first step and uses it to the end. Read [`request`] first: it holds all the branching of a
//! request, and each step is a file of the same name beside it. [`listen`] speaks HTTP with viewers and
//! is the only place, with [`exchange`], that knows the HTTP library.

pub mod exchange;
pub mod listen;
pub mod rehearsal;
pub mod settings;
pub mod tls;

mod answer;
mod builtin;
mod edge;
mod h1;
mod ids;
mod request;
mod sent;

pub use edge::{Edge, Installed, StartError, Worker};
pub use settings::Settings;
