//! Versioned documents: read, list, compare-and-commit, watch.
//!
//! The contract is etcd's model, made small: one revision counts all commits of the store; a document knows the
//! revision that created it and the one that last wrote it; a transaction compares several keys and then writes several
//! keys, all or nothing; a watch yields every commit from a revision on, without gap or duplicate, or says that the
//! history is gone. What a document means is known elsewhere.
//!
//! [`embedded`] keeps documents in one directory of one process. `tests/contract.rs` is the law for every adapter.

pub mod embedded;
mod error;
mod keys;
mod transaction;
mod watch;

pub use embedded::EmbeddedStore;
pub use error::{CommitError, Error, Violation};
pub use keys::MAX_KEY_BYTES;
pub use transaction::{Compare, MAX_OPERATIONS, MAX_TRANSACTION_BYTES, MAX_VALUE_BYTES, Transaction, Write};
pub use watch::{Batch, Change, Changes, Watch};

use std::fmt;
use std::pin::Pin;

/// The most documents of one page; a larger `limit` means this one.
pub const MAX_PAGE_DOCUMENTS: usize = 1000;

/// A page ends once its values reach this size, whatever `limit` says; it always has one document if there is one.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// The future of an answer. Dropping it abandons the answer, not the work: a commit may still happen.
pub type Answer<'a, T, E = Error> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Says whether the caller has the document with this key as this revision wrote it. Answers at once.
pub type Known = Box<dyn Fn(&str, Revision) -> bool + Send>;

/// Counts the commits of a store. It only grows, also over restarts; 0 is the empty store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A value, where it is, and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its key.
    pub key: String,
    /// What was written.
    pub value: Vec<u8>,
    /// The commit that last wrote it: the one to compare with.
    pub revision: Revision,
    /// The commit that created it; a deleted and recreated document is a new one.
    pub created: Revision,
}

/// Some documents in the order of their keys (octet by octet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The documents.
    pub documents: Vec<Document>,
    /// When there are more: the key to list after for the next page.
    pub next_after: Option<String>,
    /// The store's revision when the page was read. Reading all pages and then watching from one after the *first*
    /// page's revision misses nothing; a change may be seen twice, and the larger revision wins.
    pub revision: Revision,
}

/// A store of versioned documents.
///
/// Every answer is linearizable: what was acknowledged is seen by every later call. Object-safe, so that adapters are
/// chosen at start.
pub trait Store: Send + Sync + 'static {
    /// The document at `key`, if there is one.
    fn read<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Document>>;

    /// At most `limit` documents whose keys start with `prefix` and are greater than `after`.
    fn list<'a>(&'a self, prefix: &'a str, after: Option<&'a str>, limit: usize) -> Answer<'a, Page>;

    /// As [`Store::list`], but the value of a document that is `known` may be left empty: it need not be read.
    fn list_unknown<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
        known: Known,
    ) -> Answer<'a, Page> {
        drop(known);
        self.list(prefix, after, limit)
    }

    /// If all compares hold, does all writes as one commit and answers its revision once it is durable; otherwise
    /// changes nothing. A transaction that changes nothing (no writes, or only deletes of absent keys) makes no
    /// commit and answers the current revision.
    fn commit(&self, transaction: Transaction) -> Answer<'_, Revision, CommitError>;

    /// Every commit with revision `from` or greater that touches a key starting with `prefix`. `from` may lie in the
    /// future. Fails with [`Error::Compacted`] if the history does not reach back so far.
    fn watch<'a>(&'a self, prefix: &'a str, from: Revision) -> Answer<'a, Watch>;

    /// The revision of the last commit.
    fn revision(&self) -> Answer<'_, Revision>;
}

// === impl Revision ===

impl Revision {
    /// The revision of the commit after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
