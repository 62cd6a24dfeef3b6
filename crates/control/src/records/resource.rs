//! A resource that distributions refer to, as it is kept: a configuration with an id and a version.

use compile::References;
use serde::{Deserialize, Serialize};
use shapes::{
    CachePolicyConfig, CloudFrontOriginAccessIdentityConfig, OriginAccessControlConfig,
    OriginRequestPolicyConfig, ResponseHeadersPolicyConfig, Shape, xml,
};
use store::{Document, Revision};

use super::Kind;
use super::format::{self, RecordError};

/// A configuration that is kept by itself, and that distributions refer to by id.
pub trait Referable: Shape + Clone + PartialEq + Send + Sync {
    /// What kind of resource it makes.
    const RESOURCE: Kind;

    /// What only one resource of this kind may have: its name, or its caller reference.
    fn claim(&self) -> &str;

    /// Lets configurations that compile refer to it.
    fn insert_into(self, id: String, references: &mut References);
}

/// A resource as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<C> {
    /// Its id.
    pub id: String,
    /// The version of its configuration.
    pub etag: String,
    /// When the configuration was last written, in milliseconds since the Unix epoch.
    pub last_modified_ms: i64,
    /// What the caller wrote.
    pub config: C,
    /// The commit that last wrote it: the one to compare with.
    pub revision: Revision,
}

/// A resource of whatever kind, as those see it who compile what refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Referenced {
    /// What kind it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The commit that last wrote it.
    pub revision: Revision,
    config: Config,
}

#[derive(Debug, Clone, PartialEq)]
enum Config {
    OriginAccessControl(OriginAccessControlConfig),
    OriginAccessIdentity(CloudFrontOriginAccessIdentityConfig),
    CachePolicy(CachePolicyConfig),
    OriginRequestPolicy(OriginRequestPolicyConfig),
    ResponseHeadersPolicy(ResponseHeadersPolicyConfig),
}

/// The first line of the value.
#[derive(Serialize, Deserialize)]
struct Header {
    id: String,
    etag: String,
    /// Absent in what the first version wrote.
    #[serde(default)]
    last_modified_ms: i64,
}

// === impl Record ===

impl<C: Referable> Record<C> {
    /// Reads what the store holds.
    ///
    /// # Errors
    /// When it is not a record of this kind.
    pub fn decode(document: &Document) -> Result<Self, RecordError> {
        let (header, config) = format::decode::<Header>(&document.key, &document.value)?;
        let config = xml::read(config.as_bytes())
            .map_err(|source| RecordError::Xml { key: document.key.clone(), source })?;
        let Header { id, etag, last_modified_ms } = header;
        Ok(Self { id, etag, last_modified_ms, config, revision: document.revision })
    }

    /// The value.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let header =
            Header { id: self.id.clone(), etag: self.etag.clone(), last_modified_ms: self.last_modified_ms };
        format::encode(&header, &xml::write(&self.config))
    }
}

// === impl Referenced ===

impl Referenced {
    /// Reads what the store holds.
    ///
    /// # Errors
    /// When it is not a record of this kind.
    pub fn decode(kind: Kind, document: &Document) -> Result<Self, RecordError> {
        fn read<C: Referable>(
            document: &Document,
            config: impl FnOnce(C) -> Config,
        ) -> Result<Referenced, RecordError> {
            let Record { id, revision, config: read, .. } = Record::<C>::decode(document)?;
            Ok(Referenced { kind: C::RESOURCE, id, revision, config: config(read) })
        }
        match kind {
            Kind::OriginAccessControl => read(document, Config::OriginAccessControl),
            Kind::OriginAccessIdentity => read(document, Config::OriginAccessIdentity),
            Kind::CachePolicy => read(document, Config::CachePolicy),
            Kind::OriginRequestPolicy => read(document, Config::OriginRequestPolicy),
            Kind::ResponseHeadersPolicy => read(document, Config::ResponseHeadersPolicy),
        }
    }

    /// Lets configurations that compile refer to it.
    pub fn insert_into(self, references: &mut References) {
        match self.config {
            Config::OriginAccessControl(config) => config.insert_into(self.id, references),
            Config::OriginAccessIdentity(config) => config.insert_into(self.id, references),
            Config::CachePolicy(config) => config.insert_into(self.id, references),
            Config::OriginRequestPolicy(config) => config.insert_into(self.id, references),
            Config::ResponseHeadersPolicy(config) => config.insert_into(self.id, references),
        }
    }

    /// Ends what [`Self::insert_into`] began.
    pub fn remove_from(kind: Kind, id: &str, references: &mut References) {
        match kind {
            Kind::OriginAccessControl => {
                references.origin_access_controls.remove(id);
            }
            Kind::OriginAccessIdentity => {
                if let Some(identities) = &mut references.origin_access_identities {
                    identities.remove(id);
                }
            }
            Kind::CachePolicy => {
                references.cache_policies.remove(id);
            }
            Kind::OriginRequestPolicy => {
                references.origin_request_policies.remove(id);
            }
            Kind::ResponseHeadersPolicy => {
                references.response_headers_policies.remove(id);
            }
        }
    }
}

impl Referable for OriginAccessControlConfig {
    const RESOURCE: Kind = Kind::OriginAccessControl;

    fn claim(&self) -> &str {
        &self.name
    }

    fn insert_into(self, id: String, references: &mut References) {
        references.origin_access_controls.insert(id, self);
    }
}

impl Referable for CloudFrontOriginAccessIdentityConfig {
    const RESOURCE: Kind = Kind::OriginAccessIdentity;

    fn claim(&self) -> &str {
        &self.caller_reference
    }

    /// Where every identity is taken as it is, none has to be there.
    fn insert_into(self, id: String, references: &mut References) {
        if let Some(identities) = &mut references.origin_access_identities {
            identities.insert(id);
        }
    }
}

impl Referable for CachePolicyConfig {
    const RESOURCE: Kind = Kind::CachePolicy;

    fn claim(&self) -> &str {
        &self.name
    }

    fn insert_into(self, id: String, references: &mut References) {
        references.cache_policies.insert(id, self);
    }
}

impl Referable for OriginRequestPolicyConfig {
    const RESOURCE: Kind = Kind::OriginRequestPolicy;

    fn claim(&self) -> &str {
        &self.name
    }

    fn insert_into(self, id: String, references: &mut References) {
        references.origin_request_policies.insert(id, self);
    }
}

impl Referable for ResponseHeadersPolicyConfig {
    const RESOURCE: Kind = Kind::ResponseHeadersPolicy;

    fn claim(&self) -> &str {
        &self.name
    }

    fn insert_into(self, id: String, references: &mut References) {
        references.response_headers_policies.insert(id, self);
    }
}
