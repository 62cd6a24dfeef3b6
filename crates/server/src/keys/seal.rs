//! Secrets are kept sealed: AES-256-GCM under a key that need not be in the data directory.
//!
//! The access key id and the role are sealed along, so that the secret of a key cannot be moved to another id, nor a key that
//! only reads become an admin, by editing the file.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use control::Role;
use signing::keys::SecretKey;
use zeroize::Zeroizing;

use crate::error::Failure;

const KEY_BYTES: usize = 32;

/// What secrets are sealed with.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; KEY_BYTES]>);

// === impl SealingKey ===

impl SealingKey {
    /// A new one.
    pub fn generate() -> Result<Self, Failure> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(bytes.as_mut()).map_err(|_| Failure::Randomness)?;
        Ok(Self(bytes))
    }

    /// Reads 64 hexadecimal digits, or 32 bytes in Base64; space around them does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = Zeroizing::new(unhex(text).or_else(|| BASE64_STANDARD.decode(text).ok())?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// How it is written into a file.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(self.0.as_slice()))
    }

    /// Seals a secret: nonce, ciphertext and tag in Base64.
    pub fn seal(&self, id: &str, role: Role, secret: &SecretKey) -> Result<String, Failure> {
        let mut sealed = secret.expose().as_bytes().to_vec();
        let nonce = self
            .cipher()
            .and_then(|key| key.seal_in_place_append_tag(context(id, role), &mut sealed).ok())
            .ok_or(Failure::Randomness)?;
        Ok(BASE64_STANDARD.encode([nonce.as_ref().as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed with this key for this id and role; `None` for anything else.
    pub fn open(&self, id: &str, role: Role, sealed: &str) -> Option<SecretKey> {
        let mut bytes = Zeroizing::new(BASE64_STANDARD.decode(sealed).ok()?);
        let (nonce, rest) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let secret = self.cipher()?.open_in_place(nonce, context(id, role), rest).ok()?;
        std::str::from_utf8(secret).ok().map(SecretKey::new)
    }

    fn cipher(&self) -> Option<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, self.0.as_slice()).ok()
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(hidden)")
    }
}

/// An id has no line break, so that no two pairs of id and role give the same text.
fn context(id: &str, role: Role) -> Aad<String> {
    Aad::from(format!("warmfront api key\n{id}\n{role}"))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &SealingKey) -> String {
        key.seal("WFKEY", Role::ReadOnly, &SecretKey::new("the secret")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_key_id_and_role_only() {
        let key = SealingKey::generate().unwrap();
        let text = sealed(&key);
        let opened = |key: &SealingKey, id, role, text: &str| {
            key.open(id, role, text).map(|secret| secret.expose().to_owned())
        };
        assert_eq!(opened(&key, "WFKEY", Role::ReadOnly, &text).as_deref(), Some("the secret"));
        assert_eq!(opened(&key, "WFKEY", Role::Admin, &text), None);
        assert_eq!(opened(&key, "WFKEZ", Role::ReadOnly, &text), None);
        assert_eq!(opened(&SealingKey::generate().unwrap(), "WFKEY", Role::ReadOnly, &text), None);
    }

    #[test]
    fn what_was_changed_or_is_nonsense_does_not_open() {
        let key = SealingKey::generate().unwrap();
        let bytes = BASE64_STANDARD.decode(sealed(&key)).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(key.open("WFKEY", Role::ReadOnly, &BASE64_STANDARD.encode(changed)).is_none(), "{at}");
        }
        for text in ["", "?", "AAAA", "AAAAAAAAAAAAAAAA"] {
            assert!(key.open("WFKEY", Role::ReadOnly, text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_never_sealed_to_the_same_text_twice() {
        let key = SealingKey::generate().unwrap();
        assert_ne!(sealed(&key), sealed(&key));
        assert!(!sealed(&key).contains("secret"));
    }

    #[test]
    fn a_sealing_key_is_written_in_hexadecimal_digits_or_base64() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        let key = SealingKey::parse(&format!(" {hex}\n")).unwrap();
        let same = SealingKey::parse(&key.to_text()).unwrap();
        assert!(same.open("WFKEY", Role::ReadOnly, &sealed(&key)).is_some());
        for wrong in ["", "short", &hex[1..], &"z".repeat(64), "AAAA"] {
            assert!(SealingKey::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "SealingKey(hidden)");
    }
}
