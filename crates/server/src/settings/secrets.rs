//! Secrets: they come from the environment only, because command lines are visible to everybody on a machine.

use std::path::PathBuf;

use signing::keys::{Credentials, SecretKey};

use crate::error::Failure;
use crate::keys::SealingKey;

const SEALING_KEY: &str = "WARMFRONT_SEALING_KEY";
const SEALING_KEY_FILE: &str = "WARMFRONT_SEALING_KEY_FILE";

/// Keys that the environment brings.
#[derive(Debug, Default)]
pub struct Secrets {
    /// For the API.
    pub api: Option<Credentials>,
    /// For S3 origins.
    pub s3: Option<Credentials>,
    /// What the API's keys are sealed with in the data directory.
    pub sealing: Option<SealingKey>,
}

// === impl Secrets ===

impl Secrets {
    /// Reads them from this process's environment.
    pub fn of_environment() -> Result<Self, Failure> {
        Self::of(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Who signs requests to S3 origins; `api` is a key pair of the API.
    pub fn for_s3(&self, api: Option<Credentials>) -> Option<Credentials> {
        self.s3.clone().or(api)
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
            sealing: sealing(variable(SEALING_KEY), variable(SEALING_KEY_FILE).map(PathBuf::from))?,
        })
    }
}

fn sealing(text: Option<String>, file: Option<PathBuf>) -> Result<Option<SealingKey>, Failure> {
    let (from, text) = match (text, file) {
        (Some(_), Some(_)) => return Err(Failure::TwoSealingKeys),
        (Some(text), None) => (SEALING_KEY.to_owned(), text),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
            (format!("{} ({SEALING_KEY_FILE})", path.display()), text)
        }
        (None, None) => return Ok(None),
    };
    SealingKey::parse(&text).map(Some).ok_or(Failure::NotASealingKey(from))
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

    #[test]
    fn a_sealing_key_is_in_a_variable_or_in_a_file_and_is_never_repeated() {
        let of = |text: Option<&str>, file: Option<PathBuf>| sealing(text.map(str::to_owned), file);
        assert!(of(None, None).unwrap().is_none());
        assert!(of(Some(&"a1".repeat(32)), None).unwrap().is_some());
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sealing");
        assert!(of(None, Some(file.clone())).is_err());
        std::fs::write(&file, format!("{}\n", "a1".repeat(32))).unwrap();
        assert!(of(None, Some(file.clone())).unwrap().is_some());
        assert!(of(Some(&"a1".repeat(32)), Some(file.clone())).is_err());
        std::fs::write(&file, "a-secret-that-is-too-short").unwrap();
        let message = of(None, Some(file)).unwrap_err().to_string();
        assert!(message.contains("64 hexadecimal digits") && !message.contains("a-secret"), "{message}");
    }
}
