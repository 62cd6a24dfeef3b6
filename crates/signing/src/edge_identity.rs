//! Who the edge is when it asks a bucket of this product, and the keys that prove it.
//!
//! The edge and the bucket server of one process share a random [`MasterKey`]. An access key id says on whose behalf
//! a request is made, and its secret follows from the two, so that nothing needs to be written down or handed out:
//! whoever does not have the master key cannot sign for anybody.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::{digest, hmac};

use crate::keys::{Credentials, SecretKey};

/// What the access key id of a distribution begins with.
const DISTRIBUTION: &str = "cloudfront.";

/// What the access key id of an origin access identity begins with.
const ORIGIN_ACCESS_IDENTITY: &str = "origin-access-identity.";

/// On whose behalf the edge asks a bucket (G21, G27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeIdentity {
    /// A distribution with an origin access control; its `E...` id.
    Distribution(Arc<str>),
    /// An origin access identity; its `E...` id.
    OriginAccessIdentity(Arc<str>),
}

/// What all secrets of edge identities are made from.
#[derive(Clone)]
pub struct MasterKey(hmac::Key);

// === impl EdgeIdentity ===

impl EdgeIdentity {
    /// The access key id that stands for it.
    pub fn access_key_id(&self) -> String {
        match self {
            Self::Distribution(id) => format!("{DISTRIBUTION}{id}"),
            Self::OriginAccessIdentity(id) => format!("{ORIGIN_ACCESS_IDENTITY}{id}"),
        }
    }

    /// Whom an access key id stands for; `None` when it is not the edge's.
    pub fn of_access_key_id(access_key_id: &str) -> Option<Self> {
        let distribution = access_key_id.strip_prefix(DISTRIBUTION);
        let identity = access_key_id.strip_prefix(ORIGIN_ACCESS_IDENTITY);
        let known = distribution.map(|id| Self::Distribution(id.into()));
        known.or_else(|| identity.map(|id| Self::OriginAccessIdentity(id.into())))
    }
}

/// The canonical user id of an origin access identity, by which bucket policies may name it: 64 hexadecimal digits,
/// always the same for an id.
pub fn canonical_user_id(identity: &str) -> String {
    let path = format!("origin-access-identity/cloudfront/{identity}");
    crate::sigv4::hex(digest::digest(&digest::SHA256, path.as_bytes()).as_ref())
}

// === impl MasterKey ===

impl MasterKey {
    /// A key of 32 random bytes.
    pub fn new(random: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, random))
    }

    /// The secret of an access key id.
    pub fn secret_of(&self, access_key_id: &str) -> SecretKey {
        SecretKey::new(crate::sigv4::hex(hmac::sign(&self.0, access_key_id.as_bytes()).as_ref()))
    }

    /// What the edge signs with on somebody's behalf.
    pub fn credentials(&self, identity: &EdgeIdentity) -> Credentials {
        let access_key_id = identity.access_key_id();
        let secret = self.secret_of(&access_key_id);
        Credentials::new(access_key_id, secret)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_id_says_on_whose_behalf_a_request_is_made() {
        for identity in
            [EdgeIdentity::Distribution("E1".into()), EdgeIdentity::OriginAccessIdentity("E2".into())]
        {
            assert_eq!(EdgeIdentity::of_access_key_id(&identity.access_key_id()), Some(identity));
        }
        assert_eq!(EdgeIdentity::of_access_key_id("WFKEY"), None);
    }

    #[test]
    fn every_identity_and_every_master_key_has_its_own_secret() {
        let secret = |byte, id: &str| MasterKey::new(&[byte; 32]).secret_of(id).expose().to_owned();
        assert_eq!(secret(1, "cloudfront.E1"), secret(1, "cloudfront.E1"));
        assert_ne!(secret(1, "cloudfront.E1"), secret(1, "cloudfront.E2"));
        assert_ne!(secret(1, "cloudfront.E1"), secret(2, "cloudfront.E1"));
        assert_eq!(format!("{:?}", MasterKey::new(&[7; 32])), "MasterKey(hidden)");
    }

    #[test]
    fn a_canonical_user_id_has_64_hexadecimal_digits_and_belongs_to_one_identity() {
        let id = canonical_user_id("E2QWRUHAPOMQZL");
        assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert_ne!(id, canonical_user_id("E2QWRUHAPOMQZM"));
    }
}
