//! Uploads in parts. Each is a directory; completing it makes one object of its parts.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use super::record::{self, Kept, now_ms};
use super::{Draft, Error, disk, sync_directory};
use crate::limits::MAX_UPLOADS;

/// What is written about an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadRecord {
    /// The key of the object that it will be.
    pub(crate) key: String,
    /// When it was begun, in milliseconds since the Unix epoch.
    pub(crate) initiated_ms: u64,
    /// What the object will have.
    pub(crate) kept: Kept,
    /// The checksum that its parts come with, as its maker named it.
    pub(crate) checksum_algorithm: Option<String>,
}

/// What is written about a part.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartRecord {
    /// 1 to 10,000.
    pub(crate) number: i32,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// The MD5 of its bytes in hexadecimal digits.
    pub(crate) etag: String,
    /// When it was written, in milliseconds since the Unix epoch.
    pub(crate) modified_ms: u64,
}

/// An upload that was not completed yet.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// What is known about it.
    pub(crate) record: UploadRecord,
    directory: PathBuf,
    bucket: Arc<Bucket>,
}

// === impl Upload ===

impl Upload {
    /// Begins an upload and answers its id. Blocks.
    pub(crate) fn begin(
        bucket: &Bucket,
        key: &str,
        kept: Kept,
        checksum_algorithm: Option<String>,
    ) -> Result<String, Error> {
        let all = bucket.path().join("uploads");
        if fs::read_dir(&all)?.count() >= MAX_UPLOADS {
            return Err(Error::Full("uploads in parts; abort what is left over"));
        }
        let record = UploadRecord { key: key.to_owned(), initiated_ms: now_ms(), kept, checksum_algorithm };
        let draft = disk::unique(bucket.tmp());
        fs::create_dir(&draft)?;
        disk::write(bucket.tmp(), &draft.join("upload.json"), &record)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        fs::rename(&draft, all.join(&id))?;
        sync_directory(&all)?;
        Ok(id)
    }

    /// The upload `id` for `key`. Blocks.
    pub(crate) fn find(bucket: &Arc<Bucket>, id: &str, key: &str) -> Result<Self, Error> {
        // An id becomes a name: only what we made is looked for.
        let is_ours = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let directory = bucket.path().join("uploads").join(if is_ours { id } else { "none" });
        let text = match fs::read(directory.join("upload.json")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::NoSuchUpload),
            read => read?,
        };
        let record: UploadRecord = serde_json::from_slice(&text).map_err(io::Error::other)?;
        if record.key != key {
            return Err(Error::NoSuchUpload);
        }
        Ok(Self { record, directory, bucket: Arc::clone(bucket) })
    }

    /// All uploads of a bucket with their ids, by key. Blocks.
    pub(crate) fn all(bucket: &Bucket) -> Result<Vec<(String, UploadRecord)>, Error> {
        let mut found = Vec::new();
        for entry in fs::read_dir(bucket.path().join("uploads"))? {
            let entry = entry?;
            let Ok(id) = entry.file_name().into_string() else { continue };
            match fs::read(entry.path().join("upload.json")) {
                Ok(text) => found.push((id, serde_json::from_slice(&text).map_err(io::Error::other)?)),
                // It was completed at this moment.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        found.sort_by(|(a_id, a), (b_id, b): &(String, UploadRecord)| (&a.key, a_id).cmp(&(&b.key, b_id)));
        Ok(found)
    }

    /// The bucket that it is in.
    pub(crate) fn bucket(&self) -> &Arc<Bucket> {
        &self.bucket
    }

    /// Puts a part into its place, replacing an earlier one. The draft must be durable and end in the record. Blocks.
    pub(crate) fn put_part(&self, draft: Draft, number: i32) -> Result<(), Error> {
        let place = self.place_of(number);
        draft.place(&place).map_err(|error| match error.kind() {
            // It was completed or aborted in between.
            io::ErrorKind::NotFound => Error::NoSuchUpload,
            _ => error.into(),
        })?;
        Ok(sync_directory(&self.directory)?)
    }

    /// Its parts, by number. Blocks.
    pub(crate) fn parts(&self) -> Result<Vec<PartRecord>, Error> {
        let mut parts: Vec<PartRecord> = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                parts.push(record::read(&mut File::open(path)?)?);
            }
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    /// The bytes of a part. Blocks.
    pub(crate) fn part(&self, part: &PartRecord) -> Result<io::Take<File>, Error> {
        Ok(File::open(self.place_of(part.number))?.take(part.size))
    }

    /// Removes it with its parts. Blocks.
    pub(crate) fn remove(&self) -> Result<(), Error> {
        let grave = disk::unique(self.bucket.tmp());
        fs::rename(&self.directory, &grave)?;
        sync_directory(&self.bucket.path().join("uploads"))?;
        Ok(fs::remove_dir_all(&grave)?)
    }

    fn place_of(&self, number: i32) -> PathBuf {
        self.directory.join(format!("{number}.part"))
    }
}
