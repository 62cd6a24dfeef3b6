//! An invalidation as it is kept.

use serde::{Deserialize, Serialize};
use shapes::{InvalidationBatch, xml};
use store::{Document, Revision};

use super::format::{self, RecordError};
use super::keys;

/// An invalidation as it is kept. It is written once and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidationRecord {
    /// The distribution whose objects are to be fetched again.
    pub distribution_id: String,
    /// Its id.
    pub id: String,
    /// Its place in lists: a later one is larger. Which of two came first in truth is told by the revisions.
    pub number: u64,
    /// When it was asked for, in milliseconds since the Unix epoch.
    pub create_time_ms: i64,
    /// What was asked for.
    pub batch: InvalidationBatch,
    /// The commit that wrote it: the one that must be deployed.
    pub revision: Revision,
}

/// The first line of the value.
#[derive(Serialize, Deserialize)]
struct Header {
    distribution_id: String,
    id: String,
    number: u64,
    create_time_ms: i64,
}

// === impl InvalidationRecord ===

impl InvalidationRecord {
    /// Reads what the store holds.
    ///
    /// # Errors
    /// When it is not an invalidation's record.
    pub fn decode(document: &Document) -> Result<Self, RecordError> {
        let (header, batch) = format::decode::<Header>(&document.key, &document.value)?;
        let batch = xml::read(batch.as_bytes())
            .map_err(|source| RecordError::Xml { key: document.key.clone(), source })?;
        Ok(Self {
            distribution_id: header.distribution_id,
            id: header.id,
            number: header.number,
            create_time_ms: header.create_time_ms,
            batch,
            revision: document.revision,
        })
    }

    /// The value.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let header = Header {
            distribution_id: self.distribution_id.clone(),
            id: self.id.clone(),
            number: self.number,
            create_time_ms: self.create_time_ms,
        };
        format::encode(&header, &xml::write(&self.batch))
    }

    /// Where it is kept.
    pub(crate) fn key(&self) -> String {
        keys::invalidation(&self.distribution_id, self.number)
    }
}
