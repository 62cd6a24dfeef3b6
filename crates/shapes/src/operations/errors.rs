//! Which codes an operation of tier T1 may answer, as CloudFront's model declares them.
//!
//! The codes that every operation may answer without declaring them (signatures, malformed documents, ...) are
//! [`ErrorCode::OBSERVED`]. Which code an operation does answer is decided elsewhere; `tests/drift.rs` compares each row
//! with the model.

use super::Operation;
use crate::ErrorCode;

macro_rules! declared {
    ($($operation:ident: $($code:ident)+;)+) => {
        impl Operation {
            /// The codes that the model declares for this operation, by name; empty for operations beyond T1.
            #[must_use]
            pub const fn errors(self) -> &'static [ErrorCode] {
                match self {
                    $(Self::$operation => &[$(ErrorCode::$code),+],)+
                    _ => &[],
                }
            }
        }
    };
}

declared! {
    CreateDistribution: AccessDenied CNAMEAlreadyExists ContinuousDeploymentPolicyInUse
        DistributionAlreadyExists EntityLimitExceeded EntityNotFound
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior IllegalOriginAccessConfiguration
        InconsistentQuantities InvalidArgument InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl InvalidErrorCode InvalidForwardCookies
        InvalidFunctionAssociation InvalidGeoRestrictionParameter InvalidHeadersForS3Origin
        InvalidLambdaFunctionAssociation InvalidLocationCode InvalidMinimumProtocolVersion InvalidOrigin
        InvalidOriginAccessControl InvalidOriginAccessIdentity InvalidOriginKeepaliveTimeout
        InvalidOriginReadTimeout InvalidProtocolSettings InvalidQueryStringParameters InvalidRelativePath
        InvalidRequiredProtocol InvalidResponseCode InvalidTTLOrder InvalidViewerCertificate InvalidWebACLId
        MissingBody NoSuchCachePolicy NoSuchContinuousDeploymentPolicy NoSuchFieldLevelEncryptionConfig
        NoSuchOrigin NoSuchOriginRequestPolicy NoSuchRealtimeLogConfig NoSuchResponseHeadersPolicy
        RealtimeLogConfigOwnerMismatch TooManyCacheBehaviors TooManyCertificates
        TooManyCookieNamesInWhiteList TooManyDistributionCNAMEs TooManyDistributions
        TooManyDistributionsAssociatedToCachePolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig TooManyDistributionsAssociatedToKeyGroup
        TooManyDistributionsAssociatedToOriginAccessControl
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyDistributionsAssociatedToResponseHeadersPolicy TooManyDistributionsWithFunctionAssociations
        TooManyDistributionsWithLambdaAssociations TooManyDistributionsWithSingleFunctionARN
        TooManyFunctionAssociations TooManyHeadersInForwardedValues TooManyKeyGroupsAssociatedToDistribution
        TooManyLambdaFunctionAssociations TooManyOriginCustomHeaders TooManyOriginGroupsPerDistribution
        TooManyOrigins TooManyQueryStringParameters TooManyTrustedSigners TrustedKeyGroupDoesNotExist
        TrustedSignerDoesNotExist;
    CreateDistributionWithTags: AccessDenied CNAMEAlreadyExists ContinuousDeploymentPolicyInUse
        DistributionAlreadyExists EntityNotFound
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior IllegalOriginAccessConfiguration
        InconsistentQuantities InvalidArgument InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl InvalidErrorCode InvalidForwardCookies
        InvalidFunctionAssociation InvalidGeoRestrictionParameter InvalidHeadersForS3Origin
        InvalidLambdaFunctionAssociation InvalidLocationCode InvalidMinimumProtocolVersion InvalidOrigin
        InvalidOriginAccessControl InvalidOriginAccessIdentity InvalidOriginKeepaliveTimeout
        InvalidOriginReadTimeout InvalidProtocolSettings InvalidQueryStringParameters InvalidRelativePath
        InvalidRequiredProtocol InvalidResponseCode InvalidTTLOrder InvalidTagging InvalidViewerCertificate
        InvalidWebACLId MissingBody NoSuchCachePolicy NoSuchContinuousDeploymentPolicy
        NoSuchFieldLevelEncryptionConfig NoSuchOrigin NoSuchOriginRequestPolicy NoSuchRealtimeLogConfig
        NoSuchResponseHeadersPolicy RealtimeLogConfigOwnerMismatch TooManyCacheBehaviors TooManyCertificates
        TooManyCookieNamesInWhiteList TooManyDistributionCNAMEs TooManyDistributions
        TooManyDistributionsAssociatedToCachePolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig TooManyDistributionsAssociatedToKeyGroup
        TooManyDistributionsAssociatedToOriginAccessControl
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyDistributionsAssociatedToResponseHeadersPolicy TooManyDistributionsWithFunctionAssociations
        TooManyDistributionsWithLambdaAssociations TooManyDistributionsWithSingleFunctionARN
        TooManyFunctionAssociations TooManyHeadersInForwardedValues TooManyKeyGroupsAssociatedToDistribution
        TooManyLambdaFunctionAssociations TooManyOriginCustomHeaders TooManyOriginGroupsPerDistribution
        TooManyOrigins TooManyQueryStringParameters TooManyTrustedSigners TrustedKeyGroupDoesNotExist
        TrustedSignerDoesNotExist;
    GetDistribution: AccessDenied NoSuchDistribution;
    GetDistributionConfig: AccessDenied NoSuchDistribution;
    UpdateDistribution: AccessDenied CNAMEAlreadyExists ContinuousDeploymentPolicyInUse EntityNotFound
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior IllegalOriginAccessConfiguration
        IllegalUpdate InconsistentQuantities InvalidArgument InvalidDefaultRootObject
        InvalidDomainNameForOriginAccessControl InvalidErrorCode InvalidForwardCookies
        InvalidFunctionAssociation InvalidGeoRestrictionParameter InvalidHeadersForS3Origin
        InvalidIfMatchVersion InvalidLambdaFunctionAssociation InvalidLocationCode
        InvalidMinimumProtocolVersion InvalidOriginAccessControl InvalidOriginAccessIdentity
        InvalidOriginKeepaliveTimeout InvalidOriginReadTimeout InvalidQueryStringParameters
        InvalidRelativePath InvalidRequiredProtocol InvalidResponseCode InvalidTTLOrder
        InvalidViewerCertificate InvalidWebACLId MissingBody NoSuchCachePolicy
        NoSuchContinuousDeploymentPolicy NoSuchDistribution NoSuchFieldLevelEncryptionConfig NoSuchOrigin
        NoSuchOriginRequestPolicy NoSuchRealtimeLogConfig NoSuchResponseHeadersPolicy PreconditionFailed
        RealtimeLogConfigOwnerMismatch StagingDistributionInUse TooManyCacheBehaviors TooManyCertificates
        TooManyCookieNamesInWhiteList TooManyDistributionCNAMEs TooManyDistributionsAssociatedToCachePolicy
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig TooManyDistributionsAssociatedToKeyGroup
        TooManyDistributionsAssociatedToOriginAccessControl
        TooManyDistributionsAssociatedToOriginRequestPolicy
        TooManyDistributionsAssociatedToResponseHeadersPolicy TooManyDistributionsWithFunctionAssociations
        TooManyDistributionsWithLambdaAssociations TooManyDistributionsWithSingleFunctionARN
        TooManyFunctionAssociations TooManyHeadersInForwardedValues TooManyKeyGroupsAssociatedToDistribution
        TooManyLambdaFunctionAssociations TooManyOriginCustomHeaders TooManyOriginGroupsPerDistribution
        TooManyOrigins TooManyQueryStringParameters TooManyTrustedSigners TrustedKeyGroupDoesNotExist
        TrustedSignerDoesNotExist;
    DeleteDistribution: AccessDenied DistributionNotDisabled InvalidIfMatchVersion NoSuchDistribution
        PreconditionFailed ResourceInUse;
    ListDistributions: InvalidArgument;
    CreateInvalidation: AccessDenied BatchTooLarge InconsistentQuantities InvalidArgument MissingBody
        NoSuchDistribution TooManyInvalidationsInProgress;
    GetInvalidation: AccessDenied NoSuchDistribution NoSuchInvalidation;
    ListInvalidations: AccessDenied InvalidArgument NoSuchDistribution;
    TagResource: AccessDenied InvalidArgument InvalidTagging NoSuchResource;
    UntagResource: AccessDenied InvalidArgument InvalidTagging NoSuchResource;
    ListTagsForResource: AccessDenied InvalidArgument InvalidTagging NoSuchResource;
    CreateOriginAccessControl: InvalidArgument OriginAccessControlAlreadyExists TooManyOriginAccessControls;
    GetOriginAccessControl: AccessDenied NoSuchOriginAccessControl;
    GetOriginAccessControlConfig: AccessDenied NoSuchOriginAccessControl;
    UpdateOriginAccessControl: AccessDenied IllegalUpdate InvalidArgument InvalidIfMatchVersion
        NoSuchOriginAccessControl OriginAccessControlAlreadyExists PreconditionFailed;
    DeleteOriginAccessControl: AccessDenied InvalidIfMatchVersion NoSuchOriginAccessControl
        OriginAccessControlInUse PreconditionFailed;
    ListOriginAccessControls: InvalidArgument;
    CreateCloudFrontOriginAccessIdentity: CloudFrontOriginAccessIdentityAlreadyExists InconsistentQuantities
        InvalidArgument MissingBody TooManyCloudFrontOriginAccessIdentities;
    GetCloudFrontOriginAccessIdentity: AccessDenied NoSuchCloudFrontOriginAccessIdentity;
    GetCloudFrontOriginAccessIdentityConfig: AccessDenied NoSuchCloudFrontOriginAccessIdentity;
    UpdateCloudFrontOriginAccessIdentity: AccessDenied IllegalUpdate InconsistentQuantities InvalidArgument
        InvalidIfMatchVersion MissingBody NoSuchCloudFrontOriginAccessIdentity PreconditionFailed;
    DeleteCloudFrontOriginAccessIdentity: AccessDenied CloudFrontOriginAccessIdentityInUse
        InvalidIfMatchVersion NoSuchCloudFrontOriginAccessIdentity PreconditionFailed;
    ListCloudFrontOriginAccessIdentities: InvalidArgument;
    CreateCachePolicy: AccessDenied CachePolicyAlreadyExists InconsistentQuantities InvalidArgument
        TooManyCachePolicies TooManyCookiesInCachePolicy TooManyHeadersInCachePolicy
        TooManyQueryStringsInCachePolicy;
    GetCachePolicy: AccessDenied NoSuchCachePolicy;
    GetCachePolicyConfig: AccessDenied NoSuchCachePolicy;
    UpdateCachePolicy: AccessDenied CachePolicyAlreadyExists IllegalUpdate InconsistentQuantities
        InvalidArgument InvalidIfMatchVersion NoSuchCachePolicy PreconditionFailed
        TooManyCookiesInCachePolicy TooManyHeadersInCachePolicy TooManyQueryStringsInCachePolicy;
    DeleteCachePolicy: AccessDenied CachePolicyInUse IllegalDelete InvalidIfMatchVersion NoSuchCachePolicy
        PreconditionFailed;
    ListCachePolicies: AccessDenied InvalidArgument NoSuchCachePolicy;
    ListDistributionsByCachePolicyId: AccessDenied InvalidArgument NoSuchCachePolicy;
    CreateOriginRequestPolicy: AccessDenied InconsistentQuantities InvalidArgument
        OriginRequestPolicyAlreadyExists TooManyCookiesInOriginRequestPolicy
        TooManyHeadersInOriginRequestPolicy TooManyOriginRequestPolicies
        TooManyQueryStringsInOriginRequestPolicy;
    GetOriginRequestPolicy: AccessDenied NoSuchOriginRequestPolicy;
    GetOriginRequestPolicyConfig: AccessDenied NoSuchOriginRequestPolicy;
    UpdateOriginRequestPolicy: AccessDenied IllegalUpdate InconsistentQuantities InvalidArgument
        InvalidIfMatchVersion NoSuchOriginRequestPolicy OriginRequestPolicyAlreadyExists PreconditionFailed
        TooManyCookiesInOriginRequestPolicy TooManyHeadersInOriginRequestPolicy
        TooManyQueryStringsInOriginRequestPolicy;
    DeleteOriginRequestPolicy: AccessDenied IllegalDelete InvalidIfMatchVersion NoSuchOriginRequestPolicy
        OriginRequestPolicyInUse PreconditionFailed;
    ListOriginRequestPolicies: AccessDenied InvalidArgument NoSuchOriginRequestPolicy;
    ListDistributionsByOriginRequestPolicyId: AccessDenied InvalidArgument NoSuchOriginRequestPolicy;
    CreateResponseHeadersPolicy: AccessDenied InconsistentQuantities InvalidArgument
        ResponseHeadersPolicyAlreadyExists TooLongCSPInResponseHeadersPolicy
        TooManyCustomHeadersInResponseHeadersPolicy TooManyRemoveHeadersInResponseHeadersPolicy
        TooManyResponseHeadersPolicies;
    GetResponseHeadersPolicy: AccessDenied NoSuchResponseHeadersPolicy;
    GetResponseHeadersPolicyConfig: AccessDenied NoSuchResponseHeadersPolicy;
    UpdateResponseHeadersPolicy: AccessDenied IllegalUpdate InconsistentQuantities InvalidArgument
        InvalidIfMatchVersion NoSuchResponseHeadersPolicy PreconditionFailed
        ResponseHeadersPolicyAlreadyExists TooLongCSPInResponseHeadersPolicy
        TooManyCustomHeadersInResponseHeadersPolicy TooManyRemoveHeadersInResponseHeadersPolicy;
    DeleteResponseHeadersPolicy: AccessDenied IllegalDelete InvalidIfMatchVersion
        NoSuchResponseHeadersPolicy PreconditionFailed ResponseHeadersPolicyInUse;
    ListResponseHeadersPolicies: AccessDenied InvalidArgument NoSuchResponseHeadersPolicy;
    ListDistributionsByResponseHeadersPolicyId: AccessDenied InvalidArgument NoSuchResponseHeadersPolicy;
}
