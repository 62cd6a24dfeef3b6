//! An origin access control as it is kept.

use serde::{Deserialize, Serialize};
use shapes::{OriginAccessControlConfig, xml};
use store::{Document, Revision};

use super::format::{self, RecordError};

/// An origin access control as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginAccessControlRecord {
    /// Its id.
    pub id: String,
    /// The version of its configuration.
    pub etag: String,
    /// How requests are signed.
    pub config: OriginAccessControlConfig,
    /// The commit that last wrote it: the one to compare with.
    pub revision: Revision,
}

/// The first line of the value.
#[derive(Serialize, Deserialize)]
struct Header {
    id: String,
    etag: String,
}

// === impl OriginAccessControlRecord ===

impl OriginAccessControlRecord {
    /// Reads what the store holds.
    ///
    /// # Errors
    /// When it is not an origin access control's record.
    pub fn decode(document: &Document) -> Result<Self, RecordError> {
        let (header, config) = format::decode::<Header>(&document.key, &document.value)?;
        let config = xml::read(config.as_bytes())
            .map_err(|source| RecordError::Xml { key: document.key.clone(), source })?;
        Ok(Self { id: header.id, etag: header.etag, config, revision: document.revision })
    }

    /// The value.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let header = Header { id: self.id.clone(), etag: self.etag.clone() };
        format::encode(&header, &xml::write(&self.config))
    }
}
