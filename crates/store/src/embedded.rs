//! The embedded adapter: documents in one SQLite file of one process.
//!
//! One thread owns the file. Commits that wait while another one is being made durable share the next transaction
//! and its one `fsync` (group commit); each is acknowledged only after it. Reads run on the same thread, between the
//! groups. The history that watches replay is in the same file and bounded by [`History`].

mod schema;
mod tables;
mod watch;
mod worker;

pub use schema::{DATABASE_FILE, LOCK_FILE, OpenError};

use std::fs::File;
use std::path::Path;
use std::thread::{self, JoinHandle};

use self::tables::Tables;
use self::worker::{Handle, Kind};
use crate::{Answer, CommitError, Document, Error, Known, Page, Revision, Store, Transaction, Watch, keys};

/// How much history is kept for watches. The oldest commits are forgotten first, the newest one never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The most commits.
    pub max_revisions: u64,
    /// The most octets of keys and values.
    pub max_bytes: u64,
}

/// A store in a directory, or in memory. Dropping it waits for the commits that have begun.
#[derive(Debug)]
pub struct EmbeddedStore {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
    /// Held so that no other process opens the same directory.
    _lock: Option<File>,
}

// === impl History ===

impl Default for History {
    fn default() -> Self {
        Self { max_revisions: 10_000, max_bytes: 64 * 1024 * 1024 }
    }
}

// === impl EmbeddedStore ===

impl EmbeddedStore {
    /// Opens the store in `directory`, creating both if needed. Blocks for some milliseconds.
    pub fn open(directory: &Path, history: History) -> Result<Self, OpenError> {
        let lock = schema::lock(directory)?;
        let path = directory.join(DATABASE_FILE);
        let tables = schema::open_file(directory, &path).and_then(|connection| {
            Tables::load(connection, history).map_err(|e| OpenError::database(&path, e))
        })?;
        tracing::debug!(path = %path.display(), revision = %tables.revision(), "store opened");
        Self::start(tables, Some(lock))
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory(history: History) -> Result<Self, OpenError> {
        let path = Path::new(":memory:");
        let tables = schema::open_memory().and_then(|connection| {
            Tables::load(connection, history).map_err(|e| OpenError::database(path, e))
        })?;
        Self::start(tables, None)
    }

    fn start(tables: Tables, lock: Option<File>) -> Result<Self, OpenError> {
        let (handle, worker) = worker::prepare(tables);
        let thread = thread::Builder::new().name("store".into()).spawn(move || worker.run());
        let thread = thread.map_err(OpenError::Thread)?;
        Ok(Self { handle, thread: Some(thread), _lock: lock })
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread ended with a panic");
        }
    }
}

impl Store for EmbeddedStore {
    fn read<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Document>> {
        Box::pin(async move {
            keys::check(key)?;
            let key = key.to_owned();
            self.handle.ask(Kind::Read, move |tables| tables.read(&key)).await
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, after: Option<&'a str>, limit: usize) -> Answer<'a, Page> {
        Box::pin(async move {
            keys::check_prefix(prefix)?;
            let (prefix, after) = (prefix.to_owned(), after.unwrap_or_default().to_owned());
            keys::check_prefix(&after)?;
            self.handle.ask(Kind::Read, move |tables| tables.list(&prefix, &after, limit)).await
        })
    }

    fn list_unknown<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
        known: Known,
    ) -> Answer<'a, Page> {
        Box::pin(async move {
            keys::check_prefix(prefix)?;
            let (prefix, after) = (prefix.to_owned(), after.unwrap_or_default().to_owned());
            keys::check_prefix(&after)?;
            self.handle
                .ask(Kind::Read, move |tables| tables.list_unknown(&prefix, &after, limit, &known))
                .await
        })
    }

    fn commit(&self, transaction: Transaction) -> Answer<'_, Revision, CommitError> {
        Box::pin(async move {
            transaction.check()?;
            let committed = self.handle.ask(Kind::Write, move |tables| tables.commit(&transaction)).await?;
            committed.map_err(|key| CommitError::Conflict { key })
        })
    }

    fn watch<'a>(&'a self, prefix: &'a str, from: Revision) -> Answer<'a, Watch> {
        Box::pin(async move {
            keys::check_prefix(prefix)?;
            let watch = watch::Pull::start(self.handle.clone(), prefix, from).await?;
            Ok(Box::new(watch) as Watch)
        })
    }

    fn revision(&self) -> Answer<'_, Revision> {
        Box::pin(async { self.handle.newest().ok_or(Error::Closed) })
    }
}
