//! The two error types of this room: what can go wrong while it is set up, and a fetch that failed.

use rules::failure::OriginFailure;

/// [`Origins`](crate::Origins) could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The TLS library refused its own parameters.
    #[error("TLS to origins cannot be set up: {0}")]
    Tls(#[source] rustls::Error),
    /// A certificate given in [`Settings::roots`](crate::Settings::roots) cannot be a certificate authority.
    #[error("a configured certificate authority cannot be used: {0}")]
    UnusableRoot(#[source] rustls::Error),
    /// No verifier can be made of the trusted certificates.
    #[error("the trusted certificate authorities cannot be used: {0}")]
    Verifier(#[source] rustls::server::VerifierBuilderError),
}

/// A fetch that brought no response head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure:?} after {attempts} attempt(s): {detail}")]
pub struct Failure {
    /// What it counts as; of the last attempt when there were several.
    pub failure: OriginFailure,
    /// How often a connection was asked for or used, the last time included.
    pub attempts: u8,
    /// For the log: which step failed, at which address, and the library's words. Holds no header and no key.
    pub detail: String,
    /// The request's body broke off on the viewer's side; the origin is not to blame.
    pub request_body_broke_off: bool,
}
