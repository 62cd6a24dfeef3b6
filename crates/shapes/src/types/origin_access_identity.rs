//! Origin access identities: the older way to sign requests to a bucket.

use crate::Shape;

/// An identity: the document that callers write.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CloudFrontOriginAccessIdentityConfig {
    /// The caller's own token; it makes a repeated create harmless.
    pub caller_reference: String,
    /// A note for people.
    pub comment: String,
}

/// An identity as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CloudFrontOriginAccessIdentity {
    /// Its id.
    pub id: String,
    /// The user to whom a bucket's access list grants.
    pub s3_canonical_user_id: String,
    /// What the caller wrote.
    pub cloud_front_origin_access_identity_config: Option<CloudFrontOriginAccessIdentityConfig>,
}

/// A page of the list of identities.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CloudFrontOriginAccessIdentityList {
    /// Where this page begins: what the caller sent.
    pub marker: String,
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Whether more follow.
    pub is_truncated: bool,
    /// Entries on this page.
    pub quantity: i32,
    /// The identities.
    #[shape(item = "CloudFrontOriginAccessIdentitySummary")]
    pub items: Vec<CloudFrontOriginAccessIdentitySummary>,
}

/// An identity in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CloudFrontOriginAccessIdentitySummary {
    /// Its id.
    pub id: String,
    /// The user to whom a bucket's access list grants.
    pub s3_canonical_user_id: String,
    /// A note for people.
    pub comment: String,
}
