//! Why a store did not do what it was asked.

use std::sync::Arc;

use crate::{MAX_KEY_BYTES, MAX_OPERATIONS, MAX_TRANSACTION_BYTES, MAX_VALUE_BYTES, Revision};

/// A read, list or watch failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The store is closing or has stopped.
    #[error("the store is closed")]
    Closed,
    /// The history that a watch needs is gone, or the watch fell behind it: list again and watch from there.
    #[error("the history before revision {oldest} is gone")]
    Compacted {
        /// The oldest revision that a watch can start from.
        oldest: Revision,
    },
    /// The call breaks a rule of the contract.
    #[error(transparent)]
    Refused(#[from] Violation),
    /// The engine below failed.
    #[error("the store's engine failed: {0}")]
    Storage(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// A commit did not happen, or it is not known whether it did.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// A compare did not hold; nothing was changed.
    #[error("the document {key} is not as expected")]
    Conflict {
        /// The key of the first compare that did not hold.
        key: String,
    },
    /// No answer from the engine. The commit may have happened: read to find out.
    #[error(transparent)]
    Failed(#[from] Error),
    /// The transaction breaks a rule of the contract; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Violation),
}

/// A rule of the contract that a call breaks. The limits leave room below those of an etcd server's defaults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// One transaction may write a key once.
    #[error("the key {0} is written twice in one transaction")]
    DuplicateKey(String),
    /// A key has at least one octet.
    #[error("a key must not be empty")]
    EmptyKey,
    /// A key or prefix is too long.
    #[error("a key of {bytes} bytes is longer than {MAX_KEY_BYTES}")]
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A transaction has too many compares, or too many writes.
    #[error("a transaction of {count} compares or writes has more than {MAX_OPERATIONS}")]
    TooManyOperations {
        /// The larger of the two numbers.
        count: usize,
    },
    /// All keys and values of a transaction together are too large.
    #[error("a transaction of {bytes} bytes is larger than {MAX_TRANSACTION_BYTES}")]
    TransactionTooLarge {
        /// Their size.
        bytes: usize,
    },
    /// A value is too large.
    #[error("the value of {key} has {bytes} bytes, more than {MAX_VALUE_BYTES}")]
    ValueTooLarge {
        /// Where it was to be written.
        key: String,
        /// Its size.
        bytes: usize,
    },
}

// === impl Error ===

impl Error {
    /// An error of the engine below.
    pub(crate) fn storage(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Storage(Arc::new(source))
    }
}
