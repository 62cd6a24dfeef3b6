//! What compiling needs besides the document: who the distribution is, what it may refer to, where it runs.

use std::collections::{BTreeMap, BTreeSet};

use rules::model::OriginScheme;
use shapes::{
    CachePolicyConfig, OriginAccessControlConfig, OriginRequestPolicyConfig, ResponseHeadersPolicyConfig,
};

use crate::quotas::Quotas;

/// Who the distribution is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `E...` id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Version of the document.
    pub etag: String,
    /// The assigned domain name.
    pub domain_name: String,
}

/// What exists beside the distribution. Managed policies are built in.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// Origin access controls by id.
    pub origin_access_controls: BTreeMap<String, OriginAccessControlConfig>,
    /// Ids of origin access identities; `None` when nobody keeps them, then every well-formed id is taken.
    pub origin_access_identities: Option<BTreeSet<String>>,
    /// The account's cache policies by id.
    pub cache_policies: BTreeMap<String, CachePolicyConfig>,
    /// The account's origin request policies by id.
    pub origin_request_policies: BTreeMap<String, OriginRequestPolicyConfig>,
    /// The account's response headers policies by id.
    pub response_headers_policies: BTreeMap<String, ResponseHeadersPolicyConfig>,
}

/// Where the product runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The store that stands in for S3: origins named `<bucket>.s3.<region>.amazonaws.com` are asked there,
    /// path-style. `None`: they are asked by their own names.
    pub s3_endpoint: Option<S3Endpoint>,
    /// Whether references to what this product does not hold (web ACLs, functions, encryption settings,
    /// unknown origin access controls) are kept instead of refused.
    pub lenient_references: bool,
    /// The account, 12 digits; as a trusted signer it means the same as `self`.
    pub account_id: String,
    /// How many and how much there may be.
    pub quotas: Quotas,
}

/// An S3-compatible store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Endpoint {
    /// HTTP or HTTPS, as its URL says.
    pub scheme: OriginScheme,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}
