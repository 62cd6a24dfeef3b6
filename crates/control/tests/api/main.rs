//! The API as its callers meet it, in this process: one file per subject, the caller itself in `service`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod authentication;
mod documents;
mod error_responses;
mod invalidations;
mod json_form;
mod keys;
mod lifecycle;
mod lists;
mod log;
mod origin_access_controls;
mod origin_access_identities;
mod policies;
mod quotas;
mod roles;
mod round_trip;
mod routing;
mod service;
mod sessions;
mod store_use;
mod tags;
mod throttling;
mod upgrade;
mod uses;
