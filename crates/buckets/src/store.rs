//! Buckets on disk.
//!
//! ```text
//! <directory>/tmp/                      what is being written; emptied at the start
//! <directory>/by-name/<bucket>/bucket.json           when it was made, its region, its policy
//! <directory>/by-name/<bucket>/objects/<xx>/<xx...>  one file for each object, named by the hash of its key
//! <directory>/by-name/<bucket>/uploads/<id>/         an upload in parts: upload.json, and one file for each part
//! ```
//!
//! Everything is written in `tmp`, made durable, and renamed into its place, so that a crash leaves the old or the new.
//! The names of objects are kept in memory, read from the files at the start; no other file says what is there.
//! Nothing of what a caller says becomes part of a file's name but the name of a bucket, which S3's rules make harmless.

mod bucket;
mod disk;
mod listing;
mod record;
mod uploads;

pub(crate) use bucket::{Bucket, Found};
pub(crate) use disk::{Draft, blocking, sync_directory};
pub(crate) use listing::{Asked as ListAsked, Entry};
pub(crate) use record::{Kept, ObjectRecord, now_ms, trailer};
pub(crate) use uploads::{PartRecord, Upload};

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bucket::BucketRecord;

use crate::limits::{MAX_BUCKETS, MAX_OBJECTS};

/// Why something cannot be stored or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the bucket is there already")]
    BucketExists,
    #[error("the bucket has objects")]
    BucketNotEmpty,
    #[error("there is no such bucket")]
    NoSuchBucket,
    #[error("there is no such upload")]
    NoSuchUpload,
    #[error("there is no room for another bucket")]
    TooManyBuckets,
    #[error("there is no room for more {0}")]
    Full(&'static str),
    #[error("the disk failed: {0}")]
    Disk(#[from] io::Error),
}

/// Why the buckets cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file does not hold what it should.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file or directory cannot be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// All buckets.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    buckets: RwLock<BTreeMap<String, Arc<Bucket>>>,
    objects: Arc<AtomicUsize>,
}

// === impl Store ===

impl Store {
    /// Reads what is there, and makes the directory if it is not. Blocks.
    pub(crate) fn open(directory: &Path) -> Result<Self, OpenError> {
        let file_error = |source| OpenError::File { path: directory.to_owned(), source };
        let tmp = directory.join("tmp");
        if tmp.exists() {
            fs::remove_dir_all(&tmp).map_err(file_error)?;
        }
        let by_name = directory.join("by-name");
        fs::create_dir_all(&tmp).and_then(|()| fs::create_dir_all(&by_name)).map_err(file_error)?;
        sync_directory(directory).map_err(file_error)?;
        let objects = Arc::new(AtomicUsize::new(0));
        let mut buckets = BTreeMap::new();
        for entry in fs::read_dir(&by_name).map_err(file_error)? {
            let entry = entry.map_err(file_error)?;
            if let Ok(name) = entry.file_name().into_string() {
                let bucket = Bucket::open(&name, entry.path(), tmp.clone(), Arc::clone(&objects))?;
                buckets.insert(name, Arc::new(bucket));
            }
        }
        Ok(Self { directory: directory.to_owned(), buckets: RwLock::new(buckets), objects })
    }

    /// The bucket of that name.
    pub(crate) fn bucket(&self, name: &str) -> Result<Arc<Bucket>, Error> {
        let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
        buckets.get(name).cloned().ok_or(Error::NoSuchBucket)
    }

    /// All buckets, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Bucket>> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Makes a bucket. Blocks.
    pub(crate) fn create(&self, name: &str, region: &str) -> Result<(), Error> {
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        if buckets.contains_key(name) {
            return Err(Error::BucketExists);
        }
        if buckets.len() >= MAX_BUCKETS {
            return Err(Error::TooManyBuckets);
        }
        let tmp = self.directory.join("tmp");
        let draft = disk::unique(&tmp);
        let path = self.directory.join("by-name").join(name);
        fs::create_dir_all(draft.join("objects"))?;
        fs::create_dir_all(draft.join("uploads"))?;
        let record = BucketRecord { created_ms: now_ms(), region: region.to_owned(), policy: None };
        disk::write(&tmp, &draft.join("bucket.json"), &record)?;
        fs::rename(&draft, &path)?;
        sync_directory(&self.directory.join("by-name"))?;
        let bucket = Bucket::new(name, path, tmp, record, Arc::clone(&self.objects));
        buckets.insert(name.to_owned(), Arc::new(bucket));
        Ok(())
    }

    /// Deletes an empty bucket. Uploads that were not completed are deleted with it. Blocks.
    pub(crate) fn delete(&self, name: &str) -> Result<(), Error> {
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.get(name).ok_or(Error::NoSuchBucket)?;
        bucket.close_if_empty()?;
        let grave = disk::unique(&self.directory.join("tmp"));
        fs::rename(self.directory.join("by-name").join(name), &grave)?;
        buckets.remove(name);
        drop(buckets);
        sync_directory(&self.directory.join("by-name"))?;
        // What is left of it is removed at the next start at the latest.
        if let Err(error) = fs::remove_dir_all(&grave) {
            tracing::warn!(%error, "left-overs of a deleted bucket stay for now");
        }
        Ok(())
    }
}

/// Counts one object more, if there is room for it.
fn count_one(objects: &AtomicUsize) -> Result<(), Error> {
    let room = |count| (count < MAX_OBJECTS).then_some(count + 1);
    objects
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
        .map(drop)
        .map_err(|_| Error::Full("objects"))
}

#[cfg(test)]
mod tests;
