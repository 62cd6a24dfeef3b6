//! The operations, one file per resource. Which operation a request asks for is the table's business (`shapes`).

mod distributions;
mod invalidations;
mod resources;
mod streaming;
mod tags;
mod upgrade;

use bytes::Bytes;
use shapes::operations::Match;
use shapes::{
    CachePolicyConfig, CloudFrontOriginAccessIdentityConfig, ErrorCode, Operation, OriginAccessControlConfig,
    OriginRequestPolicyConfig, ResponseHeadersPolicyConfig, Shape,
};

use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Form, Reply};
use crate::{documents, ids};

pub(crate) use distributions::{Summaries, compiled, compiled_instead};
pub(crate) use invalidations::sweep;
pub use upgrade::upgrade;

/// One request whose sender is known.
pub(crate) struct Call<'a> {
    /// The API that answers.
    pub(crate) api: &'a Api,
    /// The operation with what path and query say.
    pub(crate) request: Match,
    /// The value of `If-Match`; empty when it is no text.
    pub(crate) if_match: Option<&'a str>,
    /// The body.
    pub(crate) body: Bytes,
    /// The form of the body.
    pub(crate) sent: Form,
    /// The form of the answer.
    pub(crate) wanted: Form,
}

/// Declares the operations that do what CloudFront documents. All others are known and refused.
macro_rules! implemented {
    ($($operation:ident => $carry_out:expr;)+) => {
        /// The operations that do what CloudFront documents. All others are known and refused.
        pub const IMPLEMENTED: &[Operation] = &[$(Operation::$operation),+];

        /// Carries out the operation.
        pub(crate) async fn dispatch(call: &Call<'_>) -> Result<Reply, ApiError> {
            match call.request.operation {
                $(Operation::$operation => ($carry_out)(call).await,)+
                other => Err(unsupported(other)),
            }
        }
    };
}

implemented! {
    CreateDistribution => distributions::create;
    CreateDistributionWithTags => distributions::create_with_tags;
    GetDistribution => distributions::read;
    GetDistributionConfig => distributions::read_config;
    UpdateDistribution => distributions::update;
    DeleteDistribution => distributions::delete;
    ListDistributions => distributions::list;
    CreateInvalidation => invalidations::create;
    GetInvalidation => invalidations::read;
    ListInvalidations => invalidations::list;
    TagResource => tags::tag;
    UntagResource => tags::untag;
    ListTagsForResource => tags::list;
    CreateOriginAccessControl => resources::create::<OriginAccessControlConfig>;
    GetOriginAccessControl => resources::read::<OriginAccessControlConfig>;
    GetOriginAccessControlConfig => resources::read_config::<OriginAccessControlConfig>;
    UpdateOriginAccessControl => resources::update::<OriginAccessControlConfig>;
    DeleteOriginAccessControl => resources::delete::<OriginAccessControlConfig>;
    ListOriginAccessControls => resources::list::<OriginAccessControlConfig>;
    CreateCloudFrontOriginAccessIdentity => resources::create::<CloudFrontOriginAccessIdentityConfig>;
    GetCloudFrontOriginAccessIdentity => resources::read::<CloudFrontOriginAccessIdentityConfig>;
    GetCloudFrontOriginAccessIdentityConfig => resources::read_config::<CloudFrontOriginAccessIdentityConfig>;
    UpdateCloudFrontOriginAccessIdentity => resources::update::<CloudFrontOriginAccessIdentityConfig>;
    DeleteCloudFrontOriginAccessIdentity => resources::delete::<CloudFrontOriginAccessIdentityConfig>;
    ListCloudFrontOriginAccessIdentities => resources::list::<CloudFrontOriginAccessIdentityConfig>;
    CreateCachePolicy => resources::create::<CachePolicyConfig>;
    GetCachePolicy => resources::read::<CachePolicyConfig>;
    GetCachePolicyConfig => resources::read_config::<CachePolicyConfig>;
    UpdateCachePolicy => resources::update::<CachePolicyConfig>;
    DeleteCachePolicy => resources::delete::<CachePolicyConfig>;
    ListCachePolicies => resources::list::<CachePolicyConfig>;
    ListDistributionsByCachePolicyId => |call| resources::list_users::<CachePolicyConfig>(call, "CachePolicyId");
    CreateOriginRequestPolicy => resources::create::<OriginRequestPolicyConfig>;
    GetOriginRequestPolicy => resources::read::<OriginRequestPolicyConfig>;
    GetOriginRequestPolicyConfig => resources::read_config::<OriginRequestPolicyConfig>;
    UpdateOriginRequestPolicy => resources::update::<OriginRequestPolicyConfig>;
    DeleteOriginRequestPolicy => resources::delete::<OriginRequestPolicyConfig>;
    ListOriginRequestPolicies => resources::list::<OriginRequestPolicyConfig>;
    ListDistributionsByOriginRequestPolicyId => |call| resources::list_users::<OriginRequestPolicyConfig>(call, "OriginRequestPolicyId");
    CreateResponseHeadersPolicy => resources::create::<ResponseHeadersPolicyConfig>;
    GetResponseHeadersPolicy => resources::read::<ResponseHeadersPolicyConfig>;
    GetResponseHeadersPolicyConfig => resources::read_config::<ResponseHeadersPolicyConfig>;
    UpdateResponseHeadersPolicy => resources::update::<ResponseHeadersPolicyConfig>;
    DeleteResponseHeadersPolicy => resources::delete::<ResponseHeadersPolicyConfig>;
    ListResponseHeadersPolicies => resources::list::<ResponseHeadersPolicyConfig>;
    ListDistributionsByResponseHeadersPolicyId => |call| resources::list_users::<ResponseHeadersPolicyConfig>(call, "ResponseHeadersPolicyId");
    ListDistributionsByWebACLId => resources::list_users_of_web_acl;
    ListStreamingDistributions => streaming::list;
}

fn unsupported(operation: Operation) -> ApiError {
    let name = operation.row().name;
    ApiError::new(
        ErrorCode::UnsupportedOperation,
        format!(
            "The operation {name} is not supported by this version. Accepted: the operations that docs/compatibility.md lists."
        ),
    )
}

// === impl Call ===

impl Call<'_> {
    /// The operation.
    pub(crate) fn operation(&self) -> Operation {
        self.request.operation
    }

    /// The document that the caller sent.
    pub(crate) fn document<T: Shape>(&self) -> Result<T, ApiError> {
        documents::read(self.sent, &self.body)
    }

    /// The answer with a document, in the form that the caller wants.
    pub(crate) fn reply<T: Shape>(&self, value: &T) -> Reply {
        Reply::document(self.operation(), self.wanted, value)
    }

    /// A segment of the path; empty when the operation has none of this name.
    pub(crate) fn label(&self, name: &str) -> &str {
        self.request.label(name).unwrap_or_default()
    }

    /// The version that the caller wants to change: it must be named, whatever else is wrong (control plane 1.3).
    pub(crate) fn version(&self) -> Result<Version<'_>, ApiError> {
        let given = self.if_match.unwrap_or_default().trim();
        let given = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(given);
        if given.is_empty() { Err(invalid_version()) } else { Ok(Version(given)) }
    }
}

/// The version of a resource that a caller has seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version<'a>(&'a str);

// === impl Version ===

impl Version<'_> {
    /// Compares with the version that the resource has now.
    pub(crate) fn must_be(self, current: &str) -> Result<(), ApiError> {
        if self.0 == current {
            return Ok(());
        }
        if !ids::is_version(self.0) {
            return Err(invalid_version());
        }
        Err(ApiError::new(
            ErrorCode::PreconditionFailed,
            "The value of the If-Match header is not the version of the resource. Accepted: the ETag of its last read or write.",
        ))
    }
}

fn invalid_version() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidIfMatchVersion,
        "The If-Match version is missing or not valid for the resource. Accepted: the ETag of its last read or write.",
    )
    .at("If-Match")
}
