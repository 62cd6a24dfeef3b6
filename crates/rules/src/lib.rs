//! The brain: the compiled model of a configuration and every CloudFront decision on it.
//!
//! Everything here is a pure function or a plain value. Nothing awaits, reads a clock, does I/O or draws a
//! random number: time is the argument `now`, and a decision is returned as an enum or a value together with
//! its reason ([`Because`]). The edge carries out what is decided here; `compile` builds the model.
//!
//! Start with [`model::Snapshot`], then `ttl` and `error_caching`, whose truth tables are in `docs/rules/`.

pub mod admit;
pub mod advice;
pub mod because;
pub mod cache_control;
pub mod cache_key;
pub mod compression;
pub mod conditional;
mod cors;
pub mod error_caching;
pub mod error_response;
pub mod failover;
pub mod failure;
pub mod fields;
pub mod forward;
pub mod freshness;
mod generated;
pub mod hop_by_hop;
pub mod hosts;
pub mod invalidation;
pub mod limits;
pub mod model;
pub mod moment;
pub mod names;
pub mod path_pattern;
pub mod range;
pub mod request;
pub mod response_headers;
pub mod result_type;
pub mod security_policy;
mod selection;
mod snapshot;
pub mod ttl;

pub use because::Because;
pub use fields::Fields;
pub use moment::Moment;
