//! Key material: types that hold a secret and never print it.
//!
//! Where keys come from and how they are stored is decided elsewhere.

use std::fmt;

use zeroize::Zeroizing;

/// A secret access key. Its `Debug` output is always the same, whatever the key; its memory is wiped at the end.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    /// Takes ownership of the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The secret itself, for the one place that must derive a key from it or hand it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

/// What a signer needs: who signs, with which secret.
#[derive(Clone)]
pub struct Credentials {
    /// The public half, named in the `Authorization` header.
    pub access_key_id: String,
    /// The secret half.
    pub secret_key: SecretKey,
    /// Present with temporary credentials only; sent as `x-amz-security-token`. As secret as the key.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Long-term credentials, without a session token.
    pub fn new(access_key_id: impl Into<String>, secret_key: SecretKey) -> Self {
        Self { access_key_id: access_key_id.into(), secret_key, session_token: None }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_the_access_key_id_and_nothing_secret() {
        let credentials = Credentials {
            access_key_id: "WFKEYID".into(),
            secret_key: SecretKey::new("very-secret"),
            session_token: Some("token-secret".into()),
        };
        let printed = format!("{credentials:?} {:?}", credentials.secret_key);
        assert!(printed.contains("WFKEYID"));
        assert!(!printed.contains("secret\"") && !printed.contains("very-") && !printed.contains("token-"));
    }
}
