//! Secrets: they come from the environment only, because command lines are visible to everybody on a machine.

use signing::keys::{Credentials, SecretKey};

use crate::error::Failure;

/// Key pairs that the environment brings.
#[derive(Debug, Default)]
pub struct Secrets {
    /// For the API.
    pub api: Option<Credentials>,
    /// For S3 origins.
    pub s3: Option<Credentials>,
}

// === impl Secrets ===

impl Secrets {
    /// Reads them from this process's environment.
    pub fn of_environment() -> Result<Self, Failure> {
        Self::of(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Who signs requests to S3 origins; `api` is the key pair of the API.
    pub fn for_s3(&self, api: &Credentials) -> Credentials {
        self.s3.clone().unwrap_or_else(|| api.clone())
    }

    fn of(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, Failure> {
        let pair = |id, secret| match (variable(id), variable(secret)) {
            (Some(id), Some(secret)) => Ok(Some(Credentials::new(id, SecretKey::new(secret)))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Failure::HalfAKey { present: id, missing: secret }),
            (None, Some(_)) => Err(Failure::HalfAKey { present: secret, missing: id }),
        };
        Ok(Self {
            api: pair("WARMFRONT_ACCESS_KEY_ID", "WARMFRONT_SECRET_ACCESS_KEY")?,
            s3: pair("WARMFRONT_S3_ACCESS_KEY_ID", "WARMFRONT_S3_SECRET_ACCESS_KEY")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_pair_needs_both_halves() {
        let secrets = Secrets::of(|name| name.starts_with("WARMFRONT_S3").then(|| name.to_owned())).unwrap();
        assert!(secrets.api.is_none());
        assert_eq!(secrets.s3.unwrap().access_key_id, "WARMFRONT_S3_ACCESS_KEY_ID");
        let half = Secrets::of(|name| (name == "WARMFRONT_SECRET_ACCESS_KEY").then(|| "secret".to_owned()));
        let message = half.unwrap_err().to_string();
        assert!(message.contains("WARMFRONT_ACCESS_KEY_ID is not"), "{message}");
    }
}
