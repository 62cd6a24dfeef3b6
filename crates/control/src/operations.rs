//! The operations, one file per resource. Which operation a request asks for is the table's business (`shapes`).

mod distributions;
mod invalidations;
mod resources;
mod tags;
mod upgrade;

use bytes::Bytes;
use shapes::operations::Match;
use shapes::{
    CachePolicyConfig, CloudFrontOriginAccessIdentityConfig, ErrorCode, Operation, OriginAccessControlConfig,
    OriginRequestPolicyConfig, ResponseHeadersPolicyConfig,
};

use crate::api::Api;
use crate::error::ApiError;
use crate::http::Reply;
use crate::ids;

pub(crate) use invalidations::sweep;
pub(crate) use upgrade::upgrade;

/// The operations that do what CloudFront documents. All others are known and refused.
pub const IMPLEMENTED: &[Operation] = &[
    Operation::CreateDistribution,
    Operation::CreateDistributionWithTags,
    Operation::GetDistribution,
    Operation::GetDistributionConfig,
    Operation::UpdateDistribution,
    Operation::DeleteDistribution,
    Operation::ListDistributions,
    Operation::CreateInvalidation,
    Operation::GetInvalidation,
    Operation::ListInvalidations,
    Operation::TagResource,
    Operation::UntagResource,
    Operation::ListTagsForResource,
    Operation::CreateOriginAccessControl,
    Operation::GetOriginAccessControl,
    Operation::GetOriginAccessControlConfig,
    Operation::UpdateOriginAccessControl,
    Operation::DeleteOriginAccessControl,
    Operation::ListOriginAccessControls,
    Operation::CreateCloudFrontOriginAccessIdentity,
    Operation::GetCloudFrontOriginAccessIdentity,
    Operation::GetCloudFrontOriginAccessIdentityConfig,
    Operation::UpdateCloudFrontOriginAccessIdentity,
    Operation::DeleteCloudFrontOriginAccessIdentity,
    Operation::ListCloudFrontOriginAccessIdentities,
    Operation::CreateCachePolicy,
    Operation::GetCachePolicy,
    Operation::GetCachePolicyConfig,
    Operation::UpdateCachePolicy,
    Operation::DeleteCachePolicy,
    Operation::ListCachePolicies,
    Operation::ListDistributionsByCachePolicyId,
    Operation::CreateOriginRequestPolicy,
    Operation::GetOriginRequestPolicy,
    Operation::GetOriginRequestPolicyConfig,
    Operation::UpdateOriginRequestPolicy,
    Operation::DeleteOriginRequestPolicy,
    Operation::ListOriginRequestPolicies,
    Operation::ListDistributionsByOriginRequestPolicyId,
    Operation::CreateResponseHeadersPolicy,
    Operation::GetResponseHeadersPolicy,
    Operation::GetResponseHeadersPolicyConfig,
    Operation::UpdateResponseHeadersPolicy,
    Operation::DeleteResponseHeadersPolicy,
    Operation::ListResponseHeadersPolicies,
    Operation::ListDistributionsByResponseHeadersPolicyId,
    Operation::ListDistributionsByWebACLId,
];

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
}

/// Carries out the operation.
pub(crate) async fn dispatch(call: &Call<'_>) -> Result<Reply, ApiError> {
    match call.request.operation {
        Operation::CreateDistribution => distributions::create(call).await,
        Operation::CreateDistributionWithTags => distributions::create_with_tags(call).await,
        Operation::GetDistribution => distributions::read(call).await,
        Operation::GetDistributionConfig => distributions::read_config(call).await,
        Operation::UpdateDistribution => distributions::update(call).await,
        Operation::DeleteDistribution => distributions::delete(call).await,
        Operation::ListDistributions => distributions::list(call).await,
        Operation::CreateInvalidation => invalidations::create(call).await,
        Operation::GetInvalidation => invalidations::read(call).await,
        Operation::ListInvalidations => invalidations::list(call).await,
        Operation::TagResource => tags::tag(call).await,
        Operation::UntagResource => tags::untag(call).await,
        Operation::ListTagsForResource => tags::list(call).await,
        Operation::CreateOriginAccessControl => resources::create::<OriginAccessControlConfig>(call).await,
        Operation::GetOriginAccessControl => resources::read::<OriginAccessControlConfig>(call).await,
        Operation::GetOriginAccessControlConfig => {
            resources::read_config::<OriginAccessControlConfig>(call).await
        }
        Operation::UpdateOriginAccessControl => resources::update::<OriginAccessControlConfig>(call).await,
        Operation::DeleteOriginAccessControl => resources::delete::<OriginAccessControlConfig>(call).await,
        Operation::ListOriginAccessControls => resources::list::<OriginAccessControlConfig>(call).await,
        Operation::CreateCloudFrontOriginAccessIdentity => {
            resources::create::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::GetCloudFrontOriginAccessIdentity => {
            resources::read::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::GetCloudFrontOriginAccessIdentityConfig => {
            resources::read_config::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::UpdateCloudFrontOriginAccessIdentity => {
            resources::update::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::DeleteCloudFrontOriginAccessIdentity => {
            resources::delete::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::ListCloudFrontOriginAccessIdentities => {
            resources::list::<CloudFrontOriginAccessIdentityConfig>(call).await
        }
        Operation::CreateCachePolicy => resources::create::<CachePolicyConfig>(call).await,
        Operation::GetCachePolicy => resources::read::<CachePolicyConfig>(call).await,
        Operation::GetCachePolicyConfig => resources::read_config::<CachePolicyConfig>(call).await,
        Operation::UpdateCachePolicy => resources::update::<CachePolicyConfig>(call).await,
        Operation::DeleteCachePolicy => resources::delete::<CachePolicyConfig>(call).await,
        Operation::ListCachePolicies => resources::list::<CachePolicyConfig>(call).await,
        Operation::ListDistributionsByCachePolicyId => {
            resources::list_users::<CachePolicyConfig>(call, "CachePolicyId").await
        }
        Operation::CreateOriginRequestPolicy => resources::create::<OriginRequestPolicyConfig>(call).await,
        Operation::GetOriginRequestPolicy => resources::read::<OriginRequestPolicyConfig>(call).await,
        Operation::GetOriginRequestPolicyConfig => {
            resources::read_config::<OriginRequestPolicyConfig>(call).await
        }
        Operation::UpdateOriginRequestPolicy => resources::update::<OriginRequestPolicyConfig>(call).await,
        Operation::DeleteOriginRequestPolicy => resources::delete::<OriginRequestPolicyConfig>(call).await,
        Operation::ListOriginRequestPolicies => resources::list::<OriginRequestPolicyConfig>(call).await,
        Operation::ListDistributionsByOriginRequestPolicyId => {
            resources::list_users::<OriginRequestPolicyConfig>(call, "OriginRequestPolicyId").await
        }
        Operation::CreateResponseHeadersPolicy => {
            resources::create::<ResponseHeadersPolicyConfig>(call).await
        }
        Operation::GetResponseHeadersPolicy => resources::read::<ResponseHeadersPolicyConfig>(call).await,
        Operation::GetResponseHeadersPolicyConfig => {
            resources::read_config::<ResponseHeadersPolicyConfig>(call).await
        }
        Operation::UpdateResponseHeadersPolicy => {
            resources::update::<ResponseHeadersPolicyConfig>(call).await
        }
        Operation::DeleteResponseHeadersPolicy => {
            resources::delete::<ResponseHeadersPolicyConfig>(call).await
        }
        Operation::ListResponseHeadersPolicies => resources::list::<ResponseHeadersPolicyConfig>(call).await,
        Operation::ListDistributionsByResponseHeadersPolicyId => {
            resources::list_users::<ResponseHeadersPolicyConfig>(call, "ResponseHeadersPolicyId").await
        }
        Operation::ListDistributionsByWebACLId => resources::list_users_of_web_acl(call).await,
        other => Err(unsupported(other)),
    }
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
