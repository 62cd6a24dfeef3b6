//! A small S3-compatible bucket server: somewhere to put a site and its error pages on one machine.
//!
//! The S3 library (`s3s`) reads requests, verifies signatures and writes answers; here is what it leaves open: what is
//! refused at once (`guard`), who may do what (`access`, `policy`), the operations (`api`), and the files (`store`).
//! The edge proves on whose behalf it asks with keys that follow from a shared master key
//! ([`signing::edge_identity`]), so that policies can name distributions and origin access identities.
//!
//! It keeps no versions and no ACLs, and does nothing that CloudFront does not need of a bucket; what is missing is
//! answered with S3's `NotImplemented`. Why it is so: `docs/decisions/0007-buckets.md`.

mod access;
mod api;
mod error;
mod guard;
mod guesses;
mod limits;
mod policy;
mod query;
mod receive;
mod serve;
mod service;
mod store;

pub use access::{Key, Keys, Role};
pub use serve::serve;
pub use service::{Buckets, Settings};
pub use store::OpenError;
