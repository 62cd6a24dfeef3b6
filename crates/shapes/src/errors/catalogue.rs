//! The error codes, one row each: code and HTTP status.
//!
//! `tests/drift.rs` compares the modelled ones with CloudFront's model.

macro_rules! error_codes {
    (modelled { $($modelled:ident = $modelled_status:literal,)+ } observed { $($observed:ident = $observed_status:literal,)+ }) => {
        /// A code of an error answer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", stringify!($modelled), "`, ", stringify!($modelled_status))] $modelled,)+
            $(#[doc = concat!("`", stringify!($observed), "`, ", stringify!($observed_status), "; not in the model")] $observed,)+
        }

        impl ErrorCode {
            /// The codes that CloudFront's model declares.
            pub const MODELLED: &'static [Self] = &[$(Self::$modelled),+];

            /// The codes that it answers without declaring them.
            pub const OBSERVED: &'static [Self] = &[$(Self::$observed),+];

            /// The code as clients see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$modelled => stringify!($modelled),)+
                    $(Self::$observed => stringify!($observed),)+
                }
            }

            /// The HTTP status of the answer.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$modelled => $modelled_status,)+
                    $(Self::$observed => $observed_status,)+
                }
            }
        }
    };
}

error_codes! {
    modelled {
        AccessDenied = 403,
        BatchTooLarge = 413,
        CNAMEAlreadyExists = 409,
        CachePolicyAlreadyExists = 409,
        CachePolicyInUse = 409,
        CannotChangeImmutablePublicKeyFields = 400,
        CannotDeleteEntityWhileInUse = 409,
        CannotUpdateEntityWhileInUse = 409,
        CloudFrontOriginAccessIdentityAlreadyExists = 409,
        CloudFrontOriginAccessIdentityInUse = 409,
        ContinuousDeploymentPolicyAlreadyExists = 409,
        ContinuousDeploymentPolicyInUse = 409,
        DistributionAlreadyExists = 409,
        DistributionNotDisabled = 409,
        EntityAlreadyExists = 409,
        EntityLimitExceeded = 400,
        EntityNotFound = 404,
        EntitySizeLimitExceeded = 413,
        FieldLevelEncryptionConfigAlreadyExists = 409,
        FieldLevelEncryptionConfigInUse = 409,
        FieldLevelEncryptionProfileAlreadyExists = 409,
        FieldLevelEncryptionProfileInUse = 409,
        FieldLevelEncryptionProfileSizeExceeded = 400,
        FunctionAlreadyExists = 409,
        FunctionInUse = 409,
        FunctionSizeLimitExceeded = 413,
        IllegalDelete = 400,
        IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior = 400,
        IllegalOriginAccessConfiguration = 400,
        IllegalUpdate = 400,
        InconsistentQuantities = 400,
        InvalidArgument = 400,
        InvalidAssociation = 409,
        InvalidDefaultRootObject = 400,
        InvalidDomainNameForOriginAccessControl = 400,
        InvalidErrorCode = 400,
        InvalidForwardCookies = 400,
        InvalidFunctionAssociation = 400,
        InvalidGeoRestrictionParameter = 400,
        InvalidHeadersForS3Origin = 400,
        InvalidIfMatchVersion = 400,
        InvalidLambdaFunctionAssociation = 400,
        InvalidLocationCode = 400,
        InvalidMinimumProtocolVersion = 400,
        InvalidOrigin = 400,
        InvalidOriginAccessControl = 400,
        InvalidOriginAccessIdentity = 400,
        InvalidOriginKeepaliveTimeout = 400,
        InvalidOriginReadTimeout = 400,
        InvalidProtocolSettings = 400,
        InvalidQueryStringParameters = 400,
        InvalidRelativePath = 400,
        InvalidRequiredProtocol = 400,
        InvalidResponseCode = 400,
        InvalidTTLOrder = 400,
        InvalidTagging = 400,
        InvalidViewerCertificate = 400,
        InvalidWebACLId = 400,
        KeyGroupAlreadyExists = 409,
        MissingBody = 400,
        MonitoringSubscriptionAlreadyExists = 409,
        NoSuchCachePolicy = 404,
        NoSuchCloudFrontOriginAccessIdentity = 404,
        NoSuchContinuousDeploymentPolicy = 404,
        NoSuchDistribution = 404,
        NoSuchFieldLevelEncryptionConfig = 404,
        NoSuchFieldLevelEncryptionProfile = 404,
        NoSuchFunctionExists = 404,
        NoSuchInvalidation = 404,
        NoSuchMonitoringSubscription = 404,
        NoSuchOrigin = 404,
        NoSuchOriginAccessControl = 404,
        NoSuchOriginRequestPolicy = 404,
        NoSuchPublicKey = 404,
        NoSuchRealtimeLogConfig = 404,
        NoSuchResource = 404,
        NoSuchResponseHeadersPolicy = 404,
        NoSuchStreamingDistribution = 404,
        OriginAccessControlAlreadyExists = 409,
        OriginAccessControlInUse = 409,
        OriginRequestPolicyAlreadyExists = 409,
        OriginRequestPolicyInUse = 409,
        PreconditionFailed = 412,
        PublicKeyAlreadyExists = 409,
        PublicKeyInUse = 409,
        QueryArgProfileEmpty = 400,
        RealtimeLogConfigAlreadyExists = 409,
        RealtimeLogConfigInUse = 400,
        RealtimeLogConfigOwnerMismatch = 401,
        ResourceInUse = 409,
        ResourceNotDisabled = 409,
        ResponseHeadersPolicyAlreadyExists = 409,
        ResponseHeadersPolicyInUse = 409,
        StagingDistributionInUse = 409,
        StreamingDistributionAlreadyExists = 409,
        StreamingDistributionNotDisabled = 409,
        TestFunctionFailed = 500,
        TooLongCSPInResponseHeadersPolicy = 400,
        TooManyCacheBehaviors = 400,
        TooManyCachePolicies = 400,
        TooManyCertificates = 400,
        TooManyCloudFrontOriginAccessIdentities = 400,
        TooManyContinuousDeploymentPolicies = 400,
        TooManyCookieNamesInWhiteList = 400,
        TooManyCookiesInCachePolicy = 400,
        TooManyCookiesInOriginRequestPolicy = 400,
        TooManyCustomHeadersInResponseHeadersPolicy = 400,
        TooManyDistributionCNAMEs = 400,
        TooManyDistributions = 400,
        TooManyDistributionsAssociatedToCachePolicy = 400,
        TooManyDistributionsAssociatedToFieldLevelEncryptionConfig = 400,
        TooManyDistributionsAssociatedToKeyGroup = 400,
        TooManyDistributionsAssociatedToOriginAccessControl = 400,
        TooManyDistributionsAssociatedToOriginRequestPolicy = 400,
        TooManyDistributionsAssociatedToResponseHeadersPolicy = 400,
        TooManyDistributionsWithFunctionAssociations = 400,
        TooManyDistributionsWithLambdaAssociations = 400,
        TooManyDistributionsWithSingleFunctionARN = 400,
        TooManyFieldLevelEncryptionConfigs = 400,
        TooManyFieldLevelEncryptionContentTypeProfiles = 400,
        TooManyFieldLevelEncryptionEncryptionEntities = 400,
        TooManyFieldLevelEncryptionFieldPatterns = 400,
        TooManyFieldLevelEncryptionProfiles = 400,
        TooManyFieldLevelEncryptionQueryArgProfiles = 400,
        TooManyFunctionAssociations = 400,
        TooManyFunctions = 400,
        TooManyHeadersInCachePolicy = 400,
        TooManyHeadersInForwardedValues = 400,
        TooManyHeadersInOriginRequestPolicy = 400,
        TooManyInvalidationsInProgress = 400,
        TooManyKeyGroups = 400,
        TooManyKeyGroupsAssociatedToDistribution = 400,
        TooManyLambdaFunctionAssociations = 400,
        TooManyOriginAccessControls = 400,
        TooManyOriginCustomHeaders = 400,
        TooManyOriginGroupsPerDistribution = 400,
        TooManyOriginRequestPolicies = 400,
        TooManyOrigins = 400,
        TooManyPublicKeys = 400,
        TooManyPublicKeysInKeyGroup = 400,
        TooManyQueryStringParameters = 400,
        TooManyQueryStringsInCachePolicy = 400,
        TooManyQueryStringsInOriginRequestPolicy = 400,
        TooManyRealtimeLogConfigs = 400,
        TooManyRemoveHeadersInResponseHeadersPolicy = 400,
        TooManyResponseHeadersPolicies = 400,
        TooManyStreamingDistributionCNAMEs = 400,
        TooManyStreamingDistributions = 400,
        TooManyTrustedSigners = 400,
        TrustedKeyGroupDoesNotExist = 400,
        TrustedSignerDoesNotExist = 400,
        UnsupportedOperation = 400,
    }
    observed {
        ExpiredToken = 403,
        IncompleteSignature = 400,
        InternalFailure = 500,
        InvalidClientTokenId = 403,
        InvalidationBatchAlreadyExists = 400,
        MalformedXML = 400,
        MissingAuthenticationToken = 403,
        RequestExpired = 403,
        ServiceUnavailable = 503,
        SignatureDoesNotMatch = 403,
        Throttling = 400,
        UnknownOperationException = 404,
    }
}
