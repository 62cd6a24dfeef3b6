//! From CloudFront's documents to the compiled model; the only validator of the product.
//!
//! A document takes these steps: [`defaults()`] and [`normalize()`] make it what CloudFront stores and shows,
//! [`check_update`] refuses an incomplete replacement, and [`distribution()`] checks everything else and compiles
//! it for the edge. The control plane and every edge call the same function, so what the API accepts is what
//! the edge can serve.
//!
//! Everything here is pure: no I/O, no clock, no state. What this version keeps without obeying it is listed in
//! [`support`].

mod access;
mod behavior;
mod countries;
mod custom_headers;
mod defaults;
mod distribution;
mod environment;
mod error_responses;
mod functions;
mod general;
mod invalidation;
mod legacy;
pub mod managed;
mod normalize;
mod origin;
mod origin_group;
mod policies;
mod print;
mod problems;
mod protection;
mod quotas;
mod s3;
pub mod support;
mod tags;
mod tenants;
mod text;
mod update;
mod uses;
mod values;
mod viewer_certificate;

pub use access::{origin_access_control, origin_access_identity};
pub use defaults::defaults;
pub use distribution::{distribution, snapshot};
pub use environment::{Environment, Identity, References, S3Endpoint};
pub use error_responses::{DEFAULT_MIN_TTL_S, ERROR_CODES};
pub use invalidation::invalidation_batch;
pub use normalize::normalize;
pub use policies::{
    cache_policy, cache_policy_defaults, origin_request_policy, origin_request_policy_defaults,
    response_headers_policy, response_headers_policy_defaults,
};
pub use print::print;
pub use problems::{Problem, Problems};
pub use protection::is_web_acl;
pub use quotas::{Quota, Quotas, UnknownQuota};
pub use tags::tags;
pub use update::check_update;
pub use uses::{Uses, uses};
