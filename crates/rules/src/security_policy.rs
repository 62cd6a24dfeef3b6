//! Security policies of viewer certificates: which TLS a viewer may speak (O10 to O15, O18).
//!
//! CloudFront has nine; the policies that differ only in TLS 1.0 and 1.1, plain RSA and CBC suites are one here, because
//! the TLS library speaks none of those. Which suites make up a policy is known where connections are accepted.

/// What a viewer's TLS has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SecurityPolicy {
    /// TLS 1.2 and 1.3 with the suites of `TLSv1.2_2021`; every older policy is this one (O18).
    #[default]
    Tls12From2021,
    /// TLS 1.2 and 1.3 with AES-GCM only: `TLSv1.2_2025` (O11, O12).
    Tls12From2025,
    /// TLS 1.3: `TLSv1.3_2025`.
    Tls13From2025,
}

impl SecurityPolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Tls12From2021, Self::Tls12From2025, Self::Tls13From2025];

    /// The CloudFront policy that it is.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls12From2021 => "TLSv1.2_2021",
            Self::Tls12From2025 => "TLSv1.2_2025",
            Self::Tls13From2025 => "TLSv1.3_2025",
        }
    }
}
