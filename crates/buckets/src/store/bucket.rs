//! One bucket: its policy, its objects, and what happens to them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use s3s::crypto::{Checksum as _, Sha256};
use serde::{Deserialize, Serialize};

use super::listing::{self, Page};
use super::record::{self, ObjectRecord};
use super::{Draft, Error, OpenError, count_one, disk, sync_directory};
use crate::policy::Policy;

/// What is written about a bucket.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BucketRecord {
    pub(super) created_ms: u64,
    pub(super) region: String,
    pub(super) policy: Option<String>,
}

/// A bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    name: String,
    path: PathBuf,
    tmp: PathBuf,
    record: RwLock<BucketRecord>,
    policy: RwLock<Option<Arc<Policy>>>,
    objects: RwLock<Objects>,
    /// Objects of all buckets.
    count: Arc<AtomicUsize>,
}

/// The objects of a bucket by key.
#[derive(Debug, Default)]
struct Objects {
    listed: BTreeMap<String, listing::Listed>,
    /// The bucket was deleted: nothing more gets in.
    closed: bool,
}

/// An object that was opened for reading: it stays as it is, whatever happens to its key.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its bytes, and the record behind them.
    pub(crate) file: File,
    /// What is known about it.
    pub(crate) record: ObjectRecord,
}

// === impl Bucket ===

impl Bucket {
    pub(super) fn new(
        name: &str,
        path: PathBuf,
        tmp: PathBuf,
        record: BucketRecord,
        count: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            path,
            tmp,
            record: RwLock::new(record),
            policy: RwLock::new(None),
            objects: RwLock::default(),
            count,
        }
    }

    pub(super) fn open(
        name: &str,
        path: PathBuf,
        tmp: PathBuf,
        count: Arc<AtomicUsize>,
    ) -> Result<Self, OpenError> {
        let file = path.join("bucket.json");
        let damaged = |why: String| OpenError::Damaged { path: file.clone(), why };
        let text = fs::read(&file).map_err(|source| OpenError::File { path: file.clone(), source })?;
        let record: BucketRecord =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        let policy = record.policy.as_deref().map(|text| Policy::parse(text, name)).transpose();
        let policy = policy.map_err(|error| damaged(error.to_string()))?;
        let bucket = Self::new(name, path.clone(), tmp, record, count);
        *bucket.policy.write().unwrap_or_else(PoisonError::into_inner) = policy.map(Arc::new);
        bucket.find_objects().map_err(|source| OpenError::File { path, source })?;
        Ok(bucket)
    }

    /// Reads which objects are there.
    fn find_objects(&self) -> io::Result<()> {
        let mut objects = self.lock_objects();
        for folder in fs::read_dir(self.path.join("objects"))? {
            for entry in fs::read_dir(folder?.path())? {
                let path = entry?.path();
                match File::open(&path).and_then(|mut file| record::read::<ObjectRecord>(&mut file)) {
                    Ok(record) => {
                        self.count.fetch_add(1, Ordering::Relaxed);
                        objects.listed.insert(record.key.clone(), listing::Listed::of(&record));
                    }
                    Err(error) => {
                        tracing::warn!(%error, file = %path.display(), "a damaged object is left out");
                    }
                }
            }
        }
        Ok(())
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The directory for what is being written.
    pub(crate) fn tmp(&self) -> &Path {
        &self.tmp
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// When it was made, in milliseconds since the Unix epoch.
    pub(crate) fn created_ms(&self) -> u64 {
        self.record.read().unwrap_or_else(PoisonError::into_inner).created_ms
    }

    /// The region that its maker named.
    pub(crate) fn region(&self) -> String {
        self.record.read().unwrap_or_else(PoisonError::into_inner).region.clone()
    }

    /// Its policy.
    pub(crate) fn policy(&self) -> Option<Arc<Policy>> {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces or removes its policy. Blocks.
    pub(crate) fn set_policy(&self, policy: Option<Policy>) -> Result<(), Error> {
        let mut record = self.record.write().unwrap_or_else(PoisonError::into_inner);
        let changed =
            BucketRecord { policy: policy.as_ref().map(|policy| policy.text().to_owned()), ..record.clone() };
        disk::write(&self.tmp, &self.path.join("bucket.json"), &changed)?;
        *record = changed;
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy.map(Arc::new);
        Ok(())
    }

    /// Opens the object `key`; `None` when there is none. Blocks.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Found>, Error> {
        if !self.objects.read().unwrap_or_else(PoisonError::into_inner).listed.contains_key(key) {
            return Ok(None);
        }
        match File::open(self.place_of(key)) {
            Ok(mut file) => {
                let record = record::read(&mut file)?;
                Ok(Some(Found { file, record }))
            }
            // It was deleted at this moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts an object into its place when `condition` still holds for what is there; answers whether it did. The draft
    /// must be durable and end in the record. Blocks.
    pub(crate) fn put(
        &self,
        draft: Draft,
        record: &ObjectRecord,
        condition: impl FnOnce(Option<&str>) -> bool,
    ) -> Result<bool, Error> {
        let place = self.place_of(&record.key);
        let folder = place.parent().unwrap_or(&self.path).to_owned();
        let mut objects = self.lock_objects();
        if objects.closed {
            return Err(Error::NoSuchBucket);
        }
        let current = objects.listed.get(&record.key);
        if !condition(current.map(|listed| &*listed.etag)) {
            return Ok(false);
        }
        let is_new = current.is_none();
        if is_new {
            count_one(&self.count)?;
        }
        let placed = fs::create_dir_all(&folder).and_then(|()| draft.place(&place));
        if let Err(error) = placed {
            if is_new {
                self.count.fetch_sub(1, Ordering::Relaxed);
            }
            return Err(error.into());
        }
        objects.listed.insert(record.key.clone(), listing::Listed::of(record));
        drop(objects);
        sync_directory(&folder)?;
        sync_directory(&self.path.join("objects"))?;
        Ok(true)
    }

    /// Deletes an object, if it is there. Blocks.
    pub(crate) fn delete(&self, key: &str) -> Result<(), Error> {
        let place = self.place_of(key);
        let mut objects = self.lock_objects();
        if !objects.listed.contains_key(key) {
            return Ok(());
        }
        fs::remove_file(&place)?;
        objects.listed.remove(key);
        self.count.fetch_sub(1, Ordering::Relaxed);
        drop(objects);
        Ok(place.parent().map_or(Ok(()), sync_directory)?)
    }

    /// A page of its objects.
    pub(crate) fn list(&self, asked: &listing::Asked<'_>) -> Page {
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        listing::page(&objects.listed, asked)
    }

    pub(super) fn close_if_empty(&self) -> Result<(), Error> {
        let mut objects = self.lock_objects();
        if !objects.listed.is_empty() {
            return Err(Error::BucketNotEmpty);
        }
        objects.closed = true;
        Ok(())
    }

    fn lock_objects(&self) -> RwLockWriteGuard<'_, Objects> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keys are hashed: a file's name can have neither their length nor their characters.
    fn place_of(&self, key: &str) -> PathBuf {
        let hash: String =
            Sha256::checksum(key.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let (folder, name) = hash.split_at(2);
        self.path.join("objects").join(folder).join(name)
    }
}
