//! SigV4 signing and verification; no I/O and no clock.
//!
//! [`sigv4::sign()`] signs requests to an origin that is protected by an origin access control, [`sigv4::verify()`]
//! checks requests to the management API. Time is always an argument, in seconds since the Unix epoch, and HTTP
//! comes in as plain slices, so that no HTTP library shows through.
//!
//! Keys live in [`keys`]: nothing that is secret can be printed with `{:?}`.

pub mod edge_identity;
pub mod keys;
pub mod sigv4;
