//! For those who serve what is kept: everything at once, and then every change.

use store::{Revision, Store};

use super::keys;
use super::{DistributionRecord, InvalidationRecord, OriginAccessControlRecord, RecordError};

/// Everything that snapshots are built from.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All distributions, by id.
    pub distributions: Vec<DistributionRecord>,
    /// All origin access controls, by id.
    pub origin_access_controls: Vec<OriginAccessControlRecord>,
    /// Records that cannot be read; the others are served all the same.
    pub unreadable: Vec<RecordError>,
    /// The revision up to which this is complete. A watch of [`super::PREFIX`] from the next one on misses nothing; a change
    /// may be seen twice, and the larger revision wins.
    pub revision: Revision,
}

/// What one change of the store means.
#[derive(Debug)]
pub enum Change {
    /// A distribution was created or changed.
    Distribution(Box<DistributionRecord>),
    /// The distribution with this id was deleted.
    DistributionDeleted(String),
    /// Objects are to be fetched again.
    Invalidation(Box<InvalidationRecord>),
    /// An origin access control was created or changed.
    OriginAccessControl(Box<OriginAccessControlRecord>),
    /// The origin access control with this id was deleted.
    OriginAccessControlDeleted(String),
}

/// Reads all distributions and origin access controls.
///
/// Invalidations are not among them: they concern stored objects, and whoever starts has none. Cancel-safe.
///
/// # Errors
/// When the store fails.
pub async fn load_all(store: &dyn Store) -> Result<Loaded, store::Error> {
    let mut loaded = Loaded { revision: store.revision().await?, ..Loaded::default() };
    for prefix in [keys::DISTRIBUTIONS, keys::ORIGIN_ACCESS_CONTROLS] {
        let mut after: Option<String> = None;
        loop {
            let page = store.list(prefix, after.as_deref(), store::MAX_PAGE_DOCUMENTS).await?;
            page.documents.into_iter().for_each(|document| loaded.take(document));
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(loaded)
}

// === impl Loaded ===

impl Loaded {
    fn take(&mut self, document: store::Document) {
        match Change::of(&store::Change::Put(document)) {
            Ok(Some(Change::Distribution(record))) => self.distributions.push(*record),
            Ok(Some(Change::OriginAccessControl(record))) => self.origin_access_controls.push(*record),
            Ok(_) => {}
            Err(error) => self.unreadable.push(error),
        }
    }
}

// === impl Change ===

impl Change {
    /// What a change of the store means; `None` for what only the API itself looks at.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn of(change: &store::Change) -> Result<Option<Self>, RecordError> {
        match change {
            store::Change::Put(document) if document.key.starts_with(keys::DISTRIBUTIONS) => {
                DistributionRecord::decode(document).map(|record| Some(Self::Distribution(record.into())))
            }
            store::Change::Put(document) if document.key.starts_with(keys::INVALIDATIONS) => {
                InvalidationRecord::decode(document).map(|record| Some(Self::Invalidation(record.into())))
            }
            store::Change::Put(document) if document.key.starts_with(keys::ORIGIN_ACCESS_CONTROLS) => {
                OriginAccessControlRecord::decode(document)
                    .map(|record| Some(Self::OriginAccessControl(record.into())))
            }
            store::Change::Put(_) => Ok(None),
            store::Change::Delete(key) => Ok(Self::deleted(key)),
        }
    }

    fn deleted(key: &str) -> Option<Self> {
        let distribution =
            key.strip_prefix(keys::DISTRIBUTIONS).map(str::to_owned).map(Self::DistributionDeleted);
        let control = || key.strip_prefix(keys::ORIGIN_ACCESS_CONTROLS).map(str::to_owned);
        distribution.or_else(|| control().map(Self::OriginAccessControlDeleted))
    }
}
