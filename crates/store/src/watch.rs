//! Watching: the commits of a store, one after the other.
//!
//! A watch is pulled: the follower asks for the next batch when it is ready for it. An adapter buffers a bounded number
//! of batches; a follower that falls behind the kept history is told so and must list again.

use crate::{Answer, Document, Revision};

/// One change of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The document at this key was removed.
    Delete(String),
    /// This document was created or replaced.
    Put(Document),
}

/// The changes of one commit, without those outside of the watched prefix. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The commit.
    pub revision: Revision,
    /// Its changes, in the order of the transaction's writes.
    pub changes: Vec<Change>,
}

/// The commits that a watch yields.
pub trait Changes: Send {
    /// Waits for the next batch; revisions grow strictly. Cancel-safe: a batch is lost only if it was returned.
    ///
    /// [`crate::Error::Compacted`] says that the follower fell behind: it must list again and start a new watch.
    /// [`crate::Error::Closed`] says that no batch will come any more.
    fn next(&mut self) -> Answer<'_, Batch>;

    /// The next batch if it is here already, without waiting for anything. `None` does not say that there is none.
    fn ready(&mut self) -> Option<Batch> {
        None
    }
}

/// A running watch. Dropping it ends it.
pub type Watch = Box<dyn Changes>;

// === impl Change ===

impl Change {
    /// The key that changed.
    pub fn key(&self) -> &str {
        match self {
            Self::Delete(key) => key,
            Self::Put(document) => &document.key,
        }
    }
}
