//! One viewer request from accept to log.
//!
//! The edge decides nothing by itself: it asks `rules` and carries out the answer. A request takes one
//! snapshot at its first step and uses it to the end. Read [`request`] first: it holds all the branching of a
//! request, and each step is a file of the same name beside it. [`listen`] and [`http3`] speak HTTP
//! with viewers and are the only places, with [`exchange`], that know the HTTP libraries.

pub mod exchange;
pub mod http3;
pub mod listen;
pub mod rehearsal;
pub mod settings;
pub mod tls;

mod answer;
mod arrived;
mod builtin;
mod compress;
mod edge;
mod h1;
mod http2;
mod ids;
mod parts;
mod request;
mod sent;

pub use edge::{Edge, Installed, StartError, Worker};
pub use settings::Settings;
