//! The CloudFront API: authentication, operations, ETags, persistence, deployment status.
//!
//! A request takes these stairs: limits, operation table, signature, document, version (`If-Match`), compile as the only
//! validation, one transaction, answer (`docs/life-of-an-api-call.md`). Nothing here touches a viewer: what is written is
//! picked up from the store by whoever serves it, through [`records`], and acknowledged through [`Deployment`].

mod api;
mod auth;
mod console;
mod deployment;
mod documents;
mod error;
mod http;
mod ids;
mod operations;
mod question;
mod quotas;
pub mod records;
mod settings;

pub use api::Api;
pub use auth::{Connection, Guesses, Key, KeyRing, Role, UnknownRole};
pub use deployment::Deployment;
pub use error::ApiError;
pub use operations::{IMPLEMENTED, upgrade};
pub use question::Question;
pub use settings::Settings;
