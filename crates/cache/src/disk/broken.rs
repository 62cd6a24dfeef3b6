//! Files in memory that can be made to fail: what tests of the disk tier run on.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use super::files::{Files, StoredFile};
use crate::sync::{lock, read, write};

/// A directory in memory. Clones are the same directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Broken(Arc<State>);

#[derive(Debug, Default)]
struct State {
    files: Mutex<HashMap<String, Arc<RwLock<Vec<u8>>>>>,
    faults: Arc<Faults>,
}

/// What goes wrong.
#[derive(Debug)]
pub(crate) struct Faults {
    /// Bytes that may still be written; then the disk is full. What fits is written before the error.
    room: AtomicU64,
    reads_fail: AtomicBool,
    writes_fail: AtomicBool,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            room: AtomicU64::new(u64::MAX),
            reads_fail: AtomicBool::new(false),
            writes_fail: AtomicBool::new(false),
        }
    }
}

impl Broken {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn set_room(&self, bytes: u64) {
        self.0.faults.room.store(bytes, Ordering::SeqCst);
    }

    pub(crate) fn fail_reads(&self, fail: bool) {
        self.0.faults.reads_fail.store(fail, Ordering::SeqCst);
    }

    pub(crate) fn fail_writes(&self, fail: bool) {
        self.0.faults.writes_fail.store(fail, Ordering::SeqCst);
    }

    /// What the disk holds if the process ends now.
    pub(crate) fn copy(&self) -> Arc<Self> {
        let copied = Self::default();
        for (name, content) in lock(&self.0.files).iter() {
            lock(&copied.0.files).insert(name.clone(), Arc::new(RwLock::new(read(content).clone())));
        }
        Arc::new(copied)
    }

    /// Changes a file behind everybody's back.
    pub(crate) fn damage(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let content = Arc::clone(lock(&self.0.files).get(name).expect("the file is there"));
        change(&mut write(&content));
    }

    pub(crate) fn content(&self, name: &str) -> Vec<u8> {
        read(lock(&self.0.files).get(name).expect("the file is there")).clone()
    }

    pub(crate) fn bytes(&self) -> u64 {
        lock(&self.0.files).values().map(|content| read(content).len() as u64).sum()
    }

    fn handle(&self, content: &Arc<RwLock<Vec<u8>>>) -> Arc<dyn StoredFile> {
        Arc::new(BrokenFile { content: Arc::clone(content), faults: Arc::clone(&self.0.faults) })
    }
}

impl Files for Broken {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(lock(&self.0.files).keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn StoredFile>> {
        if self.0.faults.writes_fail.load(Ordering::SeqCst) {
            return Err(io::Error::other("made up"));
        }
        let content = Arc::default();
        lock(&self.0.files).insert(name.to_owned(), Arc::clone(&content));
        Ok(self.handle(&content))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn StoredFile>> {
        let content = lock(&self.0.files).get(name).cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok(self.handle(&content))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = lock(&self.0.files);
        let content = files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        lock(&self.0.files).remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[derive(Debug)]
struct BrokenFile {
    content: Arc<RwLock<Vec<u8>>>,
    faults: Arc<Faults>,
}

impl StoredFile for BrokenFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        if self.faults.reads_fail.load(Ordering::SeqCst) {
            return Err(io::Error::other("made up"));
        }
        let content = read(&self.content);
        let from = offset as usize;
        let found = content.get(from..from + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(found);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.faults.writes_fail.load(Ordering::SeqCst) {
            return Err(io::Error::other("made up"));
        }
        let room = self.faults.room.load(Ordering::SeqCst);
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        if room != u64::MAX {
            self.faults.room.fetch_sub(fits as u64, Ordering::SeqCst);
        }
        let mut content = write(&self.content);
        let (from, to) = (offset as usize, offset as usize + fits);
        if content.len() < to {
            content.resize(to, 0);
        }
        content[from..to].copy_from_slice(&bytes[..fits]);
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(read(&self.content).len() as u64)
    }

    fn plain(&self) -> Option<Arc<File>> {
        None
    }
}
