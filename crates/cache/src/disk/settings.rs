//! What the disk tier may use.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::files::{Directory, Files};

/// Fewer bytes are not worth a tier.
const MIN_BYTES: u64 = 8 << 20;
/// A segment is this part of everything, within limits.
const SEGMENTS: u64 = 128;
const MIN_SEGMENT_BYTES: u64 = 512 << 10;
const MAX_SEGMENT_BYTES: u64 = 1 << 30;
/// A longer body gets a file of its own.
const LARGE_BYTES: u64 = 1 << 20;

/// What the disk tier may use.
#[derive(Debug, Clone)]
pub struct DiskSettings {
    /// The directory, of which everything belongs to the tier; created if needed. One process uses it at a time.
    pub dir: PathBuf,
    /// Bytes that its files may take.
    pub bytes: u64,
    /// Bytes of a segment: what is reclaimed at once.
    pub segment_bytes: u64,
    /// A longer body gets a file of its own and is read from there in pieces; a shorter one is read as a whole.
    pub large_bytes: u64,
    /// Bytes that may wait to be written, and never more than an eighth of the memory; what does not fit is not
    /// written for now.
    pub queue_bytes: u64,
    /// How long nothing is written after a write failed.
    pub retry: Duration,
    /// Threads that read.
    pub readers: usize,
    /// The files, when they are not those of `dir`.
    pub files: Option<Arc<dyn Files>>,
}

/// Why the disk tier cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The directory cannot be used.
    #[error("the cache's directory {dir} cannot be used: {source}", dir = .dir.display())]
    Unusable {
        /// The directory.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process uses the directory, such as one that is ending.
    #[error("the cache's directory {dir} is in use by another process", dir = .0.display())]
    InUse(PathBuf),
    /// There is one already.
    #[error("the cache has a disk tier already")]
    Twice,
    /// It is too small.
    #[error("{0} bytes are too few for the cache's disk tier; it needs {MIN_BYTES} at least")]
    TooSmall(u64),
}

impl DiskSettings {
    /// `bytes` below `dir`, with segments of a 128th of that (512 KiB to 1 GiB), objects above 1 MiB in files of their own, 32 MiB
    /// that wait, a new trial 30 seconds after a failure, and 4 reading threads.
    pub fn new(dir: impl Into<PathBuf>, bytes: u64) -> Self {
        let segment_bytes = (bytes / SEGMENTS).clamp(MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
        Self {
            dir: dir.into(),
            bytes,
            segment_bytes,
            large_bytes: LARGE_BYTES.min(segment_bytes / 4),
            queue_bytes: 32 << 20,
            retry: Duration::from_secs(30),
            readers: 4,
            files: None,
        }
    }

    /// Within what the formats can say.
    pub(super) fn checked(mut self) -> Result<Self, DiskError> {
        if self.bytes < MIN_BYTES {
            return Err(DiskError::TooSmall(self.bytes));
        }
        self.segment_bytes = self.segment_bytes.clamp(64 << 10, self.bytes / 8).min(MAX_SEGMENT_BYTES);
        self.large_bytes = self.large_bytes.min(self.segment_bytes / 4).min(LARGE_BYTES);
        self.readers = self.readers.clamp(1, 64);
        Ok(self)
    }

    pub(super) fn open_files(&self) -> Result<Arc<dyn Files>, DiskError> {
        match &self.files {
            Some(files) => Ok(Arc::clone(files)),
            None => match Directory::open(&self.dir) {
                Ok(directory) => Ok(Arc::new(directory)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Err(DiskError::InUse(self.dir.clone()))
                }
                Err(source) => Err(DiskError::Unusable { dir: self.dir.clone(), source }),
            },
        }
    }
}
