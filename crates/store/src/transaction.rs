//! A transaction: what must hold, and what is then written. It is only data; adapters carry it out.

use std::collections::HashSet;

use crate::{Revision, Violation, keys};

/// The most compares, and the most writes, of one transaction.
pub const MAX_OPERATIONS: usize = 128;

/// The largest value of one document.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// The largest sum of all keys and values of one transaction.
pub const MAX_TRANSACTION_BYTES: usize = 1280 * 1024;

/// What must hold for a transaction to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// There is no document at this key.
    Absent(String),
    /// The document at this key was last written by this revision; revision 0 means that there is none.
    AtRevision(String, Revision),
    /// There is a document at this key.
    Exists(String),
}

/// A write of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Removes the document at this key; does nothing if there is none.
    Delete(String),
    /// Creates or replaces the document at this key.
    Put(String, Vec<u8>),
}

/// Compares and writes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// All of these must hold.
    pub compares: Vec<Compare>,
    /// Then all of these are done, in this order.
    pub writes: Vec<Write>,
}

// === impl Compare ===

impl Compare {
    /// The key that is looked at.
    pub fn key(&self) -> &str {
        match self {
            Self::Absent(key) | Self::AtRevision(key, _) | Self::Exists(key) => key,
        }
    }

    /// Whether it holds for a document that was last written by `found`.
    pub fn holds(&self, found: Option<Revision>) -> bool {
        match self {
            Self::Absent(_) => found.is_none(),
            Self::AtRevision(_, expected) => found.unwrap_or_default() == *expected,
            Self::Exists(_) => found.is_some(),
        }
    }
}

// === impl Write ===

impl Write {
    /// The key that is written.
    pub fn key(&self) -> &str {
        match self {
            Self::Delete(key) | Self::Put(key, _) => key,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Delete(key) => key.len(),
            Self::Put(key, value) => key.len() + value.len(),
        }
    }
}

// === impl Transaction ===

impl Transaction {
    /// Nothing to compare, nothing to write.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only if there is no document at `key`.
    #[must_use]
    pub fn if_absent(self, key: impl Into<String>) -> Self {
        self.comparing(Compare::Absent(key.into()))
    }

    /// Only if the document at `key` was last written by `revision`.
    #[must_use]
    pub fn if_at_revision(self, key: impl Into<String>, revision: Revision) -> Self {
        self.comparing(Compare::AtRevision(key.into(), revision))
    }

    /// Only if there is a document at `key`.
    #[must_use]
    pub fn if_exists(self, key: impl Into<String>) -> Self {
        self.comparing(Compare::Exists(key.into()))
    }

    /// Creates or replaces the document at `key`.
    #[must_use]
    pub fn put(mut self, key: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.writes.push(Write::Put(key.into(), value.into()));
        self
    }

    /// Removes the document at `key`, if there is one.
    #[must_use]
    pub fn delete(mut self, key: impl Into<String>) -> Self {
        self.writes.push(Write::Delete(key.into()));
        self
    }

    fn comparing(mut self, compare: Compare) -> Self {
        self.compares.push(compare);
        self
    }

    /// Checks every limit; every adapter does so before anything else.
    pub(crate) fn check(&self) -> Result<(), Violation> {
        let count = self.compares.len().max(self.writes.len());
        if count > MAX_OPERATIONS {
            return Err(Violation::TooManyOperations { count });
        }
        self.compares
            .iter()
            .map(Compare::key)
            .chain(self.writes.iter().map(Write::key))
            .try_for_each(keys::check)?;
        self.writes.iter().try_for_each(check_value)?;
        let compared: usize = self.compares.iter().map(|compare| compare.key().len()).sum();
        let bytes = compared + self.writes.iter().map(Write::bytes).sum::<usize>();
        if bytes > MAX_TRANSACTION_BYTES {
            return Err(Violation::TransactionTooLarge { bytes });
        }
        self.check_duplicates()
    }

    fn check_duplicates(&self) -> Result<(), Violation> {
        let mut seen = HashSet::new();
        match self.writes.iter().find(|write| !seen.insert(write.key())) {
            Some(write) => Err(Violation::DuplicateKey(write.key().to_owned())),
            None => Ok(()),
        }
    }
}

fn check_value(write: &Write) -> Result<(), Violation> {
    match write {
        Write::Put(key, value) if value.len() > MAX_VALUE_BYTES => {
            Err(Violation::ValueTooLarge { key: key.clone(), bytes: value.len() })
        }
        Write::Put(..) | Write::Delete(_) => Ok(()),
    }
}
