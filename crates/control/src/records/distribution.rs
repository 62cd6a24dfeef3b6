//! A distribution as it is kept.

use serde::{Deserialize, Serialize};
use shapes::{DistributionConfig, Tag, xml};
use store::{Document, Revision};

use super::format::{self, RecordError};
use super::keys;

/// A distribution as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionRecord {
    /// Its id.
    pub id: String,
    /// Its Amazon resource name.
    pub arn: String,
    /// The version of its configuration.
    pub etag: String,
    /// The name that it got.
    pub domain_name: String,
    /// When the configuration was last written, in milliseconds since the Unix epoch.
    pub last_modified_ms: i64,
    /// Its tags, by key.
    pub tags: Vec<Tag>,
    /// The configuration as an XML document.
    pub config_xml: String,
    /// The commit that last wrote this record: the one to compare with.
    pub revision: Revision,
    /// The commit that last wrote the configuration: the one that must be deployed. Tags do not count.
    pub config_revision: Revision,
}

/// The first line of the value.
#[derive(Serialize, Deserialize)]
struct Header {
    id: String,
    arn: String,
    etag: String,
    domain_name: String,
    last_modified_ms: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, Option<String>)>,
    /// Absent when the commit that wrote this value also wrote the configuration: it cannot know its own revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config_revision: Option<u64>,
}

// === impl DistributionRecord ===

impl DistributionRecord {
    /// Reads what the store holds.
    ///
    /// # Errors
    /// When it is not a distribution's record. The configuration is looked at only by [`Self::config`].
    pub fn decode(document: &Document) -> Result<Self, RecordError> {
        let (header, config_xml) = format::decode::<Header>(&document.key, &document.value)?;
        Ok(Self {
            id: header.id,
            arn: header.arn,
            etag: header.etag,
            domain_name: header.domain_name,
            last_modified_ms: header.last_modified_ms,
            tags: header.tags.into_iter().map(|(key, value)| Tag { key, value }).collect(),
            config_xml,
            revision: document.revision,
            config_revision: header.config_revision.map_or(document.revision, Revision),
        })
    }

    /// The configuration.
    ///
    /// # Errors
    /// When the kept document cannot be read.
    pub fn config(&self) -> Result<DistributionConfig, RecordError> {
        xml::read(self.config_xml.as_bytes())
            .map_err(|source| RecordError::Xml { key: keys::distribution(&self.id), source })
    }

    /// The value of a commit that writes the configuration.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        format::encode(&self.header(None), &self.config_xml)
    }

    /// The value of a commit that leaves the configuration as it is.
    pub(crate) fn encode_unchanged(&self) -> Result<Vec<u8>, serde_json::Error> {
        format::encode(&self.header(Some(self.config_revision.0)), &self.config_xml)
    }

    fn header(&self, config_revision: Option<u64>) -> Header {
        Header {
            id: self.id.clone(),
            arn: self.arn.clone(),
            etag: self.etag.clone(),
            domain_name: self.domain_name.clone(),
            last_modified_ms: self.last_modified_ms,
            tags: self.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            config_revision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> DistributionRecord {
        DistributionRecord {
            id: "E1".into(),
            arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
            etag: "E2".into(),
            domain_name: "d1.cloudfront.localhost".into(),
            last_modified_ms: 1_767_323_045_000,
            tags: vec![
                Tag { key: "line\nbreak".into(), value: Some("\"quoted\"".into()) },
                Tag { key: "b".into(), value: None },
            ],
            config_xml: "<a>\n<b/>\n</a>".into(),
            revision: Revision(7),
            config_revision: Revision(7),
        }
    }

    fn stored(value: Vec<u8>, revision: u64) -> Document {
        Document { key: keys::distribution("E1"), value, revision: Revision(revision), created: Revision(1) }
    }

    #[test]
    fn a_record_comes_back_as_it_was_written() {
        let decoded = DistributionRecord::decode(&stored(record().encode().unwrap(), 7)).unwrap();
        assert_eq!(decoded, record());
    }

    #[test]
    fn a_write_that_leaves_the_configuration_alone_does_not_undeploy_it() {
        let decoded = DistributionRecord::decode(&stored(record().encode_unchanged().unwrap(), 9)).unwrap();
        assert_eq!((decoded.revision, decoded.config_revision), (Revision(9), Revision(7)));
        let written = DistributionRecord::decode(&stored(decoded.encode().unwrap(), 11)).unwrap();
        assert_eq!(written.config_revision, Revision(11));
    }

    #[test]
    fn damage_is_an_error_that_names_the_document() {
        for value in
            [b"".to_vec(), b"{}\n".to_vec(), b"no json\n<a/>".to_vec(), b"\xff\n".to_vec(), b"{}".to_vec()]
        {
            let error = DistributionRecord::decode(&stored(value, 1)).unwrap_err();
            assert!(error.to_string().contains("cloudfront/distribution/E1"), "{error}");
        }
    }
}
