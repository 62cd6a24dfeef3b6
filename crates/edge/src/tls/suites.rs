//! What each security policy means in cipher suites and groups (O11, O12, O15), as far as the TLS library has them.
//!
//! The library has no CBC suites, no plain RSA and no protocol before TLS 1.2 (O18).

use rules::security_policy::SecurityPolicy;
use rustls::crypto::aws_lc_rs::{self, cipher_suite as suite, kx_group as group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion, version};

const FROM_2021: &[SupportedCipherSuite] = &[
    suite::TLS13_AES_128_GCM_SHA256,
    suite::TLS13_AES_256_GCM_SHA384,
    suite::TLS13_CHACHA20_POLY1305_SHA256,
    suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

const TLS12_FROM_2025: &[SupportedCipherSuite] = &[
    suite::TLS13_AES_128_GCM_SHA256,
    suite::TLS13_AES_256_GCM_SHA384,
    suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

const TLS13_FROM_2025: &[SupportedCipherSuite] = &[
    suite::TLS13_AES_128_GCM_SHA256,
    suite::TLS13_AES_256_GCM_SHA384,
    suite::TLS13_CHACHA20_POLY1305_SHA256,
];

/// The hybrids with ML-KEM are for TLS 1.3; the library leaves them out of TLS 1.2.
const GROUPS: &[&dyn SupportedKxGroup] =
    &[group::X25519MLKEM768, group::SECP256R1MLKEM768, group::X25519, group::SECP256R1, group::SECP384R1];

/// The suites of a policy, the preferred one first (O13).
pub const fn suites(policy: SecurityPolicy) -> &'static [SupportedCipherSuite] {
    match policy {
        SecurityPolicy::Tls12From2021 => FROM_2021,
        SecurityPolicy::Tls12From2025 => TLS12_FROM_2025,
        SecurityPolicy::Tls13From2025 => TLS13_FROM_2025,
    }
}

const FROM_TLS12: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
const TLS13_ONLY: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// The protocols of a policy (O10).
pub const fn versions(policy: SecurityPolicy) -> &'static [&'static SupportedProtocolVersion] {
    match policy {
        SecurityPolicy::Tls12From2021 | SecurityPolicy::Tls12From2025 => FROM_TLS12,
        SecurityPolicy::Tls13From2025 => TLS13_ONLY,
    }
}

/// The crypto library, bound to a policy.
pub fn provider(policy: SecurityPolicy) -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites(policy).to_vec(),
        kx_groups: GROUPS.to_vec(),
        ..aws_lc_rs::default_provider()
    }
}
