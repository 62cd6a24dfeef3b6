//! The kinds of resources that distributions refer to by id, and everything about a kind that is only a fact: names,
//! places and error codes. One row each.

use std::collections::BTreeSet;
use std::fmt;

use compile::Uses;
use shapes::ErrorCode;

/// A kind of resource that distributions refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// How requests to an origin are signed.
    OriginAccessControl,
    /// The older way to sign requests to a bucket.
    OriginAccessIdentity,
    /// What belongs to the cache key, and how long objects stay.
    CachePolicy,
    /// What an origin gets to see beyond the cache key.
    OriginRequestPolicy,
    /// Headers that viewers get beyond the origin's.
    ResponseHeadersPolicy,
}

/// What the table says about a kind.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name for people.
    pub(crate) noun: &'static str,
    /// Its part of the keys in the store.
    pub(crate) segment: &'static str,
    /// Where new ones are created, below the API version.
    pub(crate) path: &'static str,
    /// What only one resource of the account may have.
    pub(crate) claim: Claim,
    /// No resource has this id.
    pub(crate) missing: ErrorCode,
    /// The claim is taken.
    pub(crate) taken: ErrorCode,
    /// A distribution refers to it.
    pub(crate) in_use: ErrorCode,
    /// The account has as many as it may have.
    pub(crate) too_many: ErrorCode,
    /// As many distributions as may refer to one resource do so; `None` when any number may.
    pub(crate) too_many_users: Option<ErrorCode>,
}

/// What only one resource of a kind may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// A name. It may change.
    Name,
    /// A caller reference. It never changes, and a create that is repeated with it does no harm.
    CallerReference,
}

// === impl Kind ===

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::OriginAccessControl,
        Self::OriginAccessIdentity,
        Self::CachePolicy,
        Self::OriginRequestPolicy,
        Self::ResponseHeadersPolicy,
    ];

    /// The table.
    pub(crate) const fn row(self) -> &'static Row {
        match self {
            Self::OriginAccessControl => &Row {
                noun: "origin access control",
                segment: "origin-access-control",
                path: "origin-access-control",
                claim: Claim::Name,
                missing: ErrorCode::NoSuchOriginAccessControl,
                taken: ErrorCode::OriginAccessControlAlreadyExists,
                in_use: ErrorCode::OriginAccessControlInUse,
                too_many: ErrorCode::TooManyOriginAccessControls,
                too_many_users: Some(ErrorCode::TooManyDistributionsAssociatedToOriginAccessControl),
            },
            Self::OriginAccessIdentity => &Row {
                noun: "origin access identity",
                segment: "origin-access-identity",
                path: "origin-access-identity/cloudfront",
                claim: Claim::CallerReference,
                missing: ErrorCode::NoSuchCloudFrontOriginAccessIdentity,
                taken: ErrorCode::CloudFrontOriginAccessIdentityAlreadyExists,
                in_use: ErrorCode::CloudFrontOriginAccessIdentityInUse,
                too_many: ErrorCode::TooManyCloudFrontOriginAccessIdentities,
                too_many_users: None,
            },
            Self::CachePolicy => &Row {
                noun: "cache policy",
                segment: "cache-policy",
                path: "cache-policy",
                claim: Claim::Name,
                missing: ErrorCode::NoSuchCachePolicy,
                taken: ErrorCode::CachePolicyAlreadyExists,
                in_use: ErrorCode::CachePolicyInUse,
                too_many: ErrorCode::TooManyCachePolicies,
                too_many_users: Some(ErrorCode::TooManyDistributionsAssociatedToCachePolicy),
            },
            Self::OriginRequestPolicy => &Row {
                noun: "origin request policy",
                segment: "origin-request-policy",
                path: "origin-request-policy",
                claim: Claim::Name,
                missing: ErrorCode::NoSuchOriginRequestPolicy,
                taken: ErrorCode::OriginRequestPolicyAlreadyExists,
                in_use: ErrorCode::OriginRequestPolicyInUse,
                too_many: ErrorCode::TooManyOriginRequestPolicies,
                too_many_users: Some(ErrorCode::TooManyDistributionsAssociatedToOriginRequestPolicy),
            },
            Self::ResponseHeadersPolicy => &Row {
                noun: "response headers policy",
                segment: "response-headers-policy",
                path: "response-headers-policy",
                claim: Claim::Name,
                missing: ErrorCode::NoSuchResponseHeadersPolicy,
                taken: ErrorCode::ResponseHeadersPolicyAlreadyExists,
                in_use: ErrorCode::ResponseHeadersPolicyInUse,
                too_many: ErrorCode::TooManyResponseHeadersPolicies,
                too_many_users: Some(ErrorCode::TooManyDistributionsAssociatedToResponseHeadersPolicy),
            },
        }
    }

    /// The ids of this kind among what a configuration uses.
    #[must_use]
    pub fn ids_in(self, uses: &Uses) -> &BTreeSet<String> {
        match self {
            Self::OriginAccessControl => &uses.origin_access_controls,
            Self::OriginAccessIdentity => &uses.origin_access_identities,
            Self::CachePolicy => &uses.cache_policies,
            Self::OriginRequestPolicy => &uses.origin_request_policies,
            Self::ResponseHeadersPolicy => &uses.response_headers_policies,
        }
    }

    /// Whether every account has the resource with this id, without anybody having created it.
    pub(crate) fn is_managed(self, id: &str) -> bool {
        match self {
            Self::OriginAccessControl | Self::OriginAccessIdentity => false,
            Self::CachePolicy => compile::managed::cache_policy(id).is_some(),
            Self::OriginRequestPolicy => compile::managed::origin_request_policy(id).is_some(),
            Self::ResponseHeadersPolicy => compile::managed::response_headers_policy(id).is_some(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().noun)
    }
}

// === impl Claim ===

impl Claim {
    /// The member that holds it.
    pub(crate) const fn member(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::CallerReference => "CallerReference",
        }
    }
}
