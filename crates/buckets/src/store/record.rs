//! What is kept with the bytes of an object: a record at the end of the same file, so that one rename replaces both.
//!
//! ```text
//! bytes of the object | record (JSON) | length of the record (4 bytes, big endian) | "WFOBJ001"
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The last bytes of every file with a record.
const MAGIC: &[u8; 8] = b"WFOBJ001";

/// Length and magic.
const TRAILER_BYTES: u64 = 12;

/// The longest record, in bytes: far more than the limits on keys, metadata and headers allow, with escapes.
const MAX_RECORD_BYTES: u32 = 256 * 1024;

/// What is known about an object besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectRecord {
    /// Its key.
    pub(crate) key: String,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// Its entity tag, without quotes.
    pub(crate) etag: String,
    /// When it was written, in milliseconds since the Unix epoch.
    pub(crate) modified_ms: u64,
    /// What its writer gave along.
    pub(crate) kept: Kept,
    /// Checksums in Base64, by the name of their header.
    #[serde(default)]
    pub(crate) checksums: BTreeMap<String, String>,
}

/// What the writer of an object gives along, and every reader gets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Kept {
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_type: Option<String>,
    /// In milliseconds since the Unix epoch.
    pub(crate) expires_ms: Option<i64>,
    /// User metadata, without `x-amz-meta-`.
    pub(crate) metadata: BTreeMap<String, String>,
}

// === impl Kept ===

impl Kept {
    /// Bytes of user metadata, names and values.
    pub(crate) fn metadata_bytes(&self) -> usize {
        self.metadata.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// Bytes of everything else.
    pub(crate) fn header_bytes(&self) -> usize {
        [
            &self.cache_control,
            &self.content_disposition,
            &self.content_encoding,
            &self.content_language,
            &self.content_type,
        ]
        .into_iter()
        .flatten()
        .map(String::len)
        .sum()
    }
}

/// The time, in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What follows the bytes in the file.
pub(crate) fn trailer(record: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(record).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(MAGIC);
    Ok(bytes)
}

/// Reads the record of a file. `InvalidData` when it has none. Blocks.
pub(crate) fn read<T: DeserializeOwned>(file: &mut File) -> io::Result<T> {
    let damaged = |why: &'static str| io::Error::new(io::ErrorKind::InvalidData, why);
    let end = file.seek(SeekFrom::End(0))?;
    let Some(at) = end.checked_sub(TRAILER_BYTES) else { return Err(damaged("it is too short")) };
    file.seek(SeekFrom::Start(at))?;
    let mut length = [0; 4];
    let mut magic = [0; 8];
    file.read_exact(&mut length)?;
    file.read_exact(&mut magic)?;
    let length = u32::from_be_bytes(length);
    let start = at.checked_sub(length.into()).filter(|_| length <= MAX_RECORD_BYTES && magic == *MAGIC);
    let Some(start) = start else { return Err(damaged("it does not end in a record")) };
    file.seek(SeekFrom::Start(start))?;
    let mut text = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact(&mut text)?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
