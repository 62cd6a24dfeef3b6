//! Key pairs for buckets of a store outside, each with its own: a file, because there can be many.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use signing::keys::{Credentials, SecretKey};

use crate::error::Failure;

/// The variable that names the file.
const VARIABLE: &str = "WARMFRONT_S3_CREDENTIALS_FILE";

/// The entry for buckets that have none of their own.
const ALL_OTHERS: &str = "*";

/// Key pairs by bucket.
#[derive(Debug, Default)]
pub struct S3Credentials {
    /// For one bucket each.
    pub by_bucket: BTreeMap<String, Credentials>,
    /// For all others.
    pub others: Option<Credentials>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Pair {
    access_key_id: String,
    secret_access_key: String,
}

// === impl S3Credentials ===

impl S3Credentials {
    /// Reads the file that the environment names, if it names one.
    pub fn of_environment() -> Result<Self, Failure> {
        let path = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        path.map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::file(path, error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(Failure::OpenToOthers { path: path.to_owned(), variable: VARIABLE });
        }
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        // The error says where, and nothing of what is there.
        let damaged = |error: serde_json::Error| Failure::Unreadable {
            path: path.to_owned(),
            variable: VARIABLE,
            why: format!("line {}, column {}", error.line(), error.column()),
        };
        let pairs: BTreeMap<String, Pair> = serde_json::from_str(&text).map_err(damaged)?;
        let mut by_bucket: BTreeMap<String, Credentials> =
            pairs.into_iter().map(|(bucket, pair)| (bucket, pair.into())).collect();
        let others = by_bucket.remove(ALL_OTHERS);
        Ok(Self { by_bucket, others })
    }
}

impl From<Pair> for Credentials {
    fn from(pair: Pair) -> Self {
        Self::new(pair.access_key_id, SecretKey::new(pair.secret_access_key))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s3.json");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (directory, path)
    }

    #[test]
    fn a_bucket_has_its_own_pair_or_that_of_all_others() {
        let (_directory, path) = file(
            r#"{"site": {"AccessKeyId": "A", "SecretAccessKey": "a"}, "*": {"AccessKeyId": "B", "SecretAccessKey": "b"}}"#,
            0o600,
        );
        let read = S3Credentials::read(&path).unwrap();
        assert_eq!(read.by_bucket["site"].access_key_id, "A");
        assert_eq!((read.by_bucket.len(), read.others.unwrap().access_key_id), (1, "B".into()));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_and_no_secret_is_repeated() {
        let (_directory, path) = file("{}", 0o640);
        assert!(S3Credentials::read(&path).unwrap_err().to_string().contains("chmod 600"));
        let (_directory, path) = file(r#"{"site": {"AccessKeyId": "A", "Secret": "hush"}}"#, 0o600);
        let message = S3Credentials::read(&path).unwrap_err().to_string();
        assert!(message.contains("line 1") && !message.contains("hush"), "{message}");
    }
}
