//! The key pair of the API: from the environment, or made at the first start and kept in the data directory.

use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use signing::keys::{Credentials, SecretKey};

use crate::error::Failure;
use crate::files::{self, Readers};

/// The file of the data directory that holds the key pair, for its owner only.
const FILE: &str = "api-key.json";

/// Characters of an access key id after `WF`: no letters that look like digits.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const ID_CHARACTERS: usize = 18;

/// Characters of a secret: safe in shells, URLs and configuration files; 40 of them hold 240 bits.
const SECRET_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SECRET_CHARACTERS: usize = 40;

/// The key pair of the API.
#[derive(Debug)]
pub struct Keys {
    /// The pair.
    pub pair: Credentials,
    /// Where it comes from.
    pub source: Source,
}

/// Where a key pair comes from.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    /// The environment; whoever set it knows the secret.
    Environment,
    /// It was made right now and is kept in this file: the one time that it is shown.
    Created(PathBuf),
    /// It was kept in this file.
    Kept(PathBuf),
}

/// What the file says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stored {
    access_key_id: String,
    secret_access_key: String,
}

// === impl Keys ===

impl Keys {
    /// The pair of the environment if there is one, else the one that is kept, else a new one.
    pub fn open(directory: &Path, given: Option<Credentials>) -> Result<Self, Failure> {
        if let Some(pair) = given {
            return Ok(Self { pair, source: Source::Environment });
        }
        let path = directory.join(FILE);
        if let Some(text) = files::read(&path)? {
            let stored: Stored = serde_json::from_str(&text)
                .map_err(|error| Failure::Damaged { path: path.clone(), why: error.to_string() })?;
            return Ok(Self { pair: stored.into(), source: Source::Kept(path) });
        }
        let stored = Stored {
            access_key_id: format!("WF{}", random_text(ID_ALPHABET, ID_CHARACTERS)?),
            secret_access_key: random_text(SECRET_ALPHABET, SECRET_CHARACTERS)?,
        };
        let text = serde_json::to_string_pretty(&stored)
            .map_err(|error| Failure::Damaged { path: path.clone(), why: error.to_string() })?;
        files::write(&path, &format!("{text}\n"), Readers::Owner)?;
        Ok(Self { pair: stored.into(), source: Source::Created(path) })
    }
}

impl From<Stored> for Credentials {
    fn from(stored: Stored) -> Self {
        Self::new(stored.access_key_id, SecretKey::new(stored.secret_access_key))
    }
}

/// Text of independent characters. The alphabet's length divides 256, so that all are equally likely.
fn random_text<const N: usize>(alphabet: &[u8; N], characters: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; characters];
    rand::fill(&mut bytes).map_err(|_| Failure::Randomness)?;
    let pick = |byte: &u8| alphabet.get(usize::from(*byte) % N).copied().map(char::from);
    Ok(bytes.iter().filter_map(pick).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_pair_is_made_once_and_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let first = Keys::open(directory.path(), None).unwrap();
        assert!(matches!(first.source, Source::Created(_)));
        assert_eq!((first.pair.access_key_id.len(), first.pair.secret_key.expose().len()), (20, 40));
        let second = Keys::open(directory.path(), None).unwrap();
        assert!(matches!(second.source, Source::Kept(_)));
        assert_eq!(second.pair.access_key_id, first.pair.access_key_id);
        assert_eq!(second.pair.secret_key.expose(), first.pair.secret_key.expose());
    }

    #[test]
    fn the_environments_pair_is_used_and_not_kept() {
        let directory = tempfile::tempdir().unwrap();
        let given = Credentials::new("ID", SecretKey::new("secret"));
        let keys = Keys::open(directory.path(), Some(given)).unwrap();
        assert_eq!((keys.pair.access_key_id.as_str(), keys.source), ("ID", Source::Environment));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), "{}").unwrap();
        let message = Keys::open(directory.path(), None).unwrap_err().to_string();
        assert!(message.contains("api-key.json is damaged"), "{message}");
    }
}
