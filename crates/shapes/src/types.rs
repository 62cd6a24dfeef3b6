//! CloudFront's structures, one file per resource, one line per member, in the order in which they are written.
//!
//! A member is `Option` when CloudFront lets a caller leave it out when something is created, even if it fills in a default or
//! wants it on update: `None` says that the caller said nothing. `tests/drift.rs` compares all of it with CloudFront's model.

mod cache_behavior;
mod cache_policy;
mod distribution;
mod error_response;
mod forwarded_values;
mod invalidation;
mod origin;
mod origin_access_control;
mod origin_access_identity;
mod origin_group;
mod origin_request_policy;
mod policy;
mod response_headers_policy;
mod signers;
mod streaming;
mod tags;
mod tenant;
mod viewer;

pub use cache_behavior::*;
pub use cache_policy::*;
pub use distribution::*;
pub use error_response::*;
pub use forwarded_values::*;
pub use invalidation::*;
pub use origin::*;
pub use origin_access_control::*;
pub use origin_access_identity::*;
pub use origin_group::*;
pub use origin_request_policy::*;
pub use policy::*;
pub use response_headers_policy::*;
pub use signers::*;
pub use streaming::*;
pub use tags::*;
pub use tenant::*;
pub use viewer::*;
