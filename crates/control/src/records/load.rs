//! For those who serve what is kept: everything at once, and then every change.

use store::{Revision, Store};

use super::keys;
use super::{DistributionRecord, InvalidationRecord, Kind, RecordError, Referenced};

/// Everything that snapshots are built from.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All distributions, by id.
    pub distributions: Vec<DistributionRecord>,
    /// Everything that they may refer to, by kind and id.
    pub referenced: Vec<Referenced>,
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
    /// What distributions may refer to was created or changed.
    Referenced(Box<Referenced>),
    /// What distributions could refer to was deleted: its kind and id.
    ReferencedDeleted(Kind, String),
}

/// Reads all distributions and everything that they may refer to.
///
/// Invalidations are not among them: they concern stored objects, and whoever starts has none. Cancel-safe.
///
/// # Errors
/// When the store fails.
pub async fn load_all(store: &dyn Store) -> Result<Loaded, store::Error> {
    let mut loaded = Loaded { revision: store.revision().await?, ..Loaded::default() };
    let referenced = Kind::ALL.map(keys::resources);
    for prefix in referenced.iter().map(String::as_str).chain([keys::DISTRIBUTIONS]) {
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

/// Reads the distribution with this id; there is none in the answer when it is gone. Cancel-safe.
///
/// # Errors
/// When the store fails.
pub async fn load_one(store: &dyn Store, id: &str) -> Result<Loaded, store::Error> {
    let mut loaded = Loaded { revision: store.revision().await?, ..Loaded::default() };
    store.read(&keys::distribution(id)).await?.into_iter().for_each(|document| loaded.take(document));
    Ok(loaded)
}

// === impl Loaded ===

impl Loaded {
    fn take(&mut self, document: store::Document) {
        match Change::of(&store::Change::Put(document)) {
            Ok(Some(Change::Distribution(record))) => self.distributions.push(*record),
            Ok(Some(Change::Referenced(record))) => self.referenced.push(*record),
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
            store::Change::Put(document) => match keys::resource_of(&document.key) {
                Some((kind, _)) => {
                    Referenced::decode(kind, document).map(|record| Some(Self::Referenced(record.into())))
                }
                None => Ok(None),
            },
            store::Change::Delete(key) => Ok(Self::deleted(key)),
        }
    }

    fn deleted(key: &str) -> Option<Self> {
        if let Some(id) = key.strip_prefix(keys::DISTRIBUTIONS) {
            return Some(Self::DistributionDeleted(id.to_owned()));
        }
        let (kind, id) = keys::resource_of(key)?;
        Some(Self::ReferencedDeleted(kind, id.to_owned()))
    }
}
