//! The 167 operations of API version 2020-05-31, one row each.
//!
//! A row reads: tier, name, method, path with the query parameters that belong to it, other query parameters, root element of the
//! request (`-` for none), request headers, success status, root element of the answer (`-` for none, `raw` for bytes), answer
//! headers. `tests/drift.rs` compares every row with CloudFront's model.

use super::{Answer, Method, Row, Tier};

macro_rules! operations {
    ($($tier:ident $name:ident: $method:ident $path:literal [$($query:literal),*] $body:tt [$($header:literal),*]
        => $status:literal $answer:tt [$($answer_header:literal),*];)+) => {
        /// An operation of CloudFront's API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation {
            $(#[doc = concat!("`", stringify!($method), " ", $path, "`")] $name,)+
        }

        impl Operation {
            /// All operations, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The operation's row of the table.
            #[must_use]
            pub const fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &Row {
                        name: stringify!($name),
                        tier: Tier::$tier,
                        method: Method::$method,
                        path: $path,
                        query: &[$($query),*],
                        body: operations!(@body $body),
                        headers: &[$($header),*],
                        status: $status,
                        answer: operations!(@answer $answer),
                        answer_headers: &[$($answer_header),*],
                    },)+
                }
            }
        }
    };
    (@body -) => { None };
    (@body $root:literal) => { Some($root) };
    (@answer -) => { Answer::Empty };
    (@answer raw) => { Answer::Bytes };
    (@answer $root:literal) => { Answer::Document($root) };
}

operations! {
    // What a distribution that serves needs: distributions, invalidations, tags, origin access, policies.
    T1 CreateDistribution: POST "/distribution" [] "DistributionConfig" [] => 201 "Distribution" ["Location", "ETag"];
    T1 CreateDistributionWithTags: POST "/distribution?WithTags" [] "DistributionConfigWithTags" [] => 201 "Distribution" ["Location", "ETag"];
    T1 GetDistribution: GET "/distribution/{Id}" [] - [] => 200 "Distribution" ["ETag"];
    T1 GetDistributionConfig: GET "/distribution/{Id}/config" [] - [] => 200 "DistributionConfig" ["ETag"];
    T1 UpdateDistribution: PUT "/distribution/{Id}/config" [] "DistributionConfig" ["If-Match"] => 200 "Distribution" ["ETag"];
    T1 DeleteDistribution: DELETE "/distribution/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListDistributions: GET "/distribution" ["Marker", "MaxItems"] - [] => 200 "DistributionList" [];
    T1 CreateInvalidation: POST "/distribution/{DistributionId}/invalidation" [] "InvalidationBatch" [] => 201 "Invalidation" ["Location"];
    T1 GetInvalidation: GET "/distribution/{DistributionId}/invalidation/{Id}" [] - [] => 200 "Invalidation" [];
    T1 ListInvalidations: GET "/distribution/{DistributionId}/invalidation" ["Marker", "MaxItems"] - [] => 200 "InvalidationList" [];
    T1 TagResource: POST "/tagging?Operation=Tag" ["Resource"] "Tags" [] => 204 - [];
    T1 UntagResource: POST "/tagging?Operation=Untag" ["Resource"] "TagKeys" [] => 204 - [];
    T1 ListTagsForResource: GET "/tagging" ["Resource"] - [] => 200 "Tags" [];
    T1 CreateOriginAccessControl: POST "/origin-access-control" [] "OriginAccessControlConfig" [] => 201 "OriginAccessControl" ["Location", "ETag"];
    T1 GetOriginAccessControl: GET "/origin-access-control/{Id}" [] - [] => 200 "OriginAccessControl" ["ETag"];
    T1 GetOriginAccessControlConfig: GET "/origin-access-control/{Id}/config" [] - [] => 200 "OriginAccessControlConfig" ["ETag"];
    T1 UpdateOriginAccessControl: PUT "/origin-access-control/{Id}/config" [] "OriginAccessControlConfig" ["If-Match"] => 200 "OriginAccessControl" ["ETag"];
    T1 DeleteOriginAccessControl: DELETE "/origin-access-control/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListOriginAccessControls: GET "/origin-access-control" ["Marker", "MaxItems"] - [] => 200 "OriginAccessControlList" [];
    T1 CreateCloudFrontOriginAccessIdentity: POST "/origin-access-identity/cloudfront" [] "CloudFrontOriginAccessIdentityConfig" [] => 201 "CloudFrontOriginAccessIdentity" ["Location", "ETag"];
    T1 GetCloudFrontOriginAccessIdentity: GET "/origin-access-identity/cloudfront/{Id}" [] - [] => 200 "CloudFrontOriginAccessIdentity" ["ETag"];
    T1 GetCloudFrontOriginAccessIdentityConfig: GET "/origin-access-identity/cloudfront/{Id}/config" [] - [] => 200 "CloudFrontOriginAccessIdentityConfig" ["ETag"];
    T1 UpdateCloudFrontOriginAccessIdentity: PUT "/origin-access-identity/cloudfront/{Id}/config" [] "CloudFrontOriginAccessIdentityConfig" ["If-Match"] => 200 "CloudFrontOriginAccessIdentity" ["ETag"];
    T1 DeleteCloudFrontOriginAccessIdentity: DELETE "/origin-access-identity/cloudfront/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListCloudFrontOriginAccessIdentities: GET "/origin-access-identity/cloudfront" ["Marker", "MaxItems"] - [] => 200 "CloudFrontOriginAccessIdentityList" [];
    T1 CreateCachePolicy: POST "/cache-policy" [] "CachePolicyConfig" [] => 201 "CachePolicy" ["Location", "ETag"];
    T1 GetCachePolicy: GET "/cache-policy/{Id}" [] - [] => 200 "CachePolicy" ["ETag"];
    T1 GetCachePolicyConfig: GET "/cache-policy/{Id}/config" [] - [] => 200 "CachePolicyConfig" ["ETag"];
    T1 UpdateCachePolicy: PUT "/cache-policy/{Id}" [] "CachePolicyConfig" ["If-Match"] => 200 "CachePolicy" ["ETag"];
    T1 DeleteCachePolicy: DELETE "/cache-policy/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListCachePolicies: GET "/cache-policy" ["Type", "Marker", "MaxItems"] - [] => 200 "CachePolicyList" [];
    T1 ListDistributionsByCachePolicyId: GET "/distributionsByCachePolicyId/{CachePolicyId}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdList" [];
    T1 CreateOriginRequestPolicy: POST "/origin-request-policy" [] "OriginRequestPolicyConfig" [] => 201 "OriginRequestPolicy" ["Location", "ETag"];
    T1 GetOriginRequestPolicy: GET "/origin-request-policy/{Id}" [] - [] => 200 "OriginRequestPolicy" ["ETag"];
    T1 GetOriginRequestPolicyConfig: GET "/origin-request-policy/{Id}/config" [] - [] => 200 "OriginRequestPolicyConfig" ["ETag"];
    T1 UpdateOriginRequestPolicy: PUT "/origin-request-policy/{Id}" [] "OriginRequestPolicyConfig" ["If-Match"] => 200 "OriginRequestPolicy" ["ETag"];
    T1 DeleteOriginRequestPolicy: DELETE "/origin-request-policy/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListOriginRequestPolicies: GET "/origin-request-policy" ["Type", "Marker", "MaxItems"] - [] => 200 "OriginRequestPolicyList" [];
    T1 ListDistributionsByOriginRequestPolicyId: GET "/distributionsByOriginRequestPolicyId/{OriginRequestPolicyId}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdList" [];
    T1 CreateResponseHeadersPolicy: POST "/response-headers-policy" [] "ResponseHeadersPolicyConfig" [] => 201 "ResponseHeadersPolicy" ["Location", "ETag"];
    T1 GetResponseHeadersPolicy: GET "/response-headers-policy/{Id}" [] - [] => 200 "ResponseHeadersPolicy" ["ETag"];
    T1 GetResponseHeadersPolicyConfig: GET "/response-headers-policy/{Id}/config" [] - [] => 200 "ResponseHeadersPolicyConfig" ["ETag"];
    T1 UpdateResponseHeadersPolicy: PUT "/response-headers-policy/{Id}" [] "ResponseHeadersPolicyConfig" ["If-Match"] => 200 "ResponseHeadersPolicy" ["ETag"];
    T1 DeleteResponseHeadersPolicy: DELETE "/response-headers-policy/{Id}" [] - ["If-Match"] => 204 - [];
    T1 ListResponseHeadersPolicies: GET "/response-headers-policy" ["Type", "Marker", "MaxItems"] - [] => 200 "ResponseHeadersPolicyList" [];
    T1 ListDistributionsByResponseHeadersPolicyId: GET "/distributionsByResponseHeadersPolicyId/{ResponseHeadersPolicyId}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdList" [];

    // What serving grows into: functions, keys, logs, continuous deployment.
    T2 CreateFunction: POST "/function" [] "CreateFunctionRequest" [] => 201 "FunctionSummary" ["Location", "ETag"];
    T2 DescribeFunction: GET "/function/{Name}/describe" ["Stage"] - [] => 200 "FunctionSummary" ["ETag"];
    T2 GetFunction: GET "/function/{Name}" ["Stage"] - [] => 200 raw ["ETag", "Content-Type"];
    T2 UpdateFunction: PUT "/function/{Name}" [] "UpdateFunctionRequest" ["If-Match"] => 200 "FunctionSummary" ["ETtag"];
    T2 DeleteFunction: DELETE "/function/{Name}" [] - ["If-Match"] => 204 - [];
    T2 ListFunctions: GET "/function" ["Marker", "MaxItems", "Stage"] - [] => 200 "FunctionList" [];
    T2 PublishFunction: POST "/function/{Name}/publish" [] - ["If-Match"] => 200 "FunctionSummary" [];
    T2 TestFunction: POST "/function/{Name}/test" [] "TestFunctionRequest" ["If-Match"] => 200 "TestResult" [];
    T2 CreateKeyValueStore: POST "/key-value-store" [] "CreateKeyValueStoreRequest" [] => 201 "KeyValueStore" ["ETag", "Location"];
    T2 DescribeKeyValueStore: GET "/key-value-store/{Name}" [] - [] => 200 "KeyValueStore" ["ETag"];
    T2 ListKeyValueStores: GET "/key-value-store" ["Marker", "MaxItems", "Status"] - [] => 200 "KeyValueStoreList" [];
    T2 UpdateKeyValueStore: PUT "/key-value-store/{Name}" [] "UpdateKeyValueStoreRequest" ["If-Match"] => 200 "KeyValueStore" ["ETag"];
    T2 DeleteKeyValueStore: DELETE "/key-value-store/{Name}" [] - ["If-Match"] => 204 - [];
    T2 CreatePublicKey: POST "/public-key" [] "PublicKeyConfig" [] => 201 "PublicKey" ["Location", "ETag"];
    T2 GetPublicKey: GET "/public-key/{Id}" [] - [] => 200 "PublicKey" ["ETag"];
    T2 GetPublicKeyConfig: GET "/public-key/{Id}/config" [] - [] => 200 "PublicKeyConfig" ["ETag"];
    T2 UpdatePublicKey: PUT "/public-key/{Id}/config" [] "PublicKeyConfig" ["If-Match"] => 200 "PublicKey" ["ETag"];
    T2 DeletePublicKey: DELETE "/public-key/{Id}" [] - ["If-Match"] => 204 - [];
    T2 ListPublicKeys: GET "/public-key" ["Marker", "MaxItems"] - [] => 200 "PublicKeyList" [];
    T2 CreateKeyGroup: POST "/key-group" [] "KeyGroupConfig" [] => 201 "KeyGroup" ["Location", "ETag"];
    T2 GetKeyGroup: GET "/key-group/{Id}" [] - [] => 200 "KeyGroup" ["ETag"];
    T2 GetKeyGroupConfig: GET "/key-group/{Id}/config" [] - [] => 200 "KeyGroupConfig" ["ETag"];
    T2 UpdateKeyGroup: PUT "/key-group/{Id}" [] "KeyGroupConfig" ["If-Match"] => 200 "KeyGroup" ["ETag"];
    T2 DeleteKeyGroup: DELETE "/key-group/{Id}" [] - ["If-Match"] => 204 - [];
    T2 ListKeyGroups: GET "/key-group" ["Marker", "MaxItems"] - [] => 200 "KeyGroupList" [];
    T2 ListDistributionsByKeyGroup: GET "/distributionsByKeyGroupId/{KeyGroupId}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdList" [];
    T2 CreateRealtimeLogConfig: POST "/realtime-log-config" [] "CreateRealtimeLogConfigRequest" [] => 201 "CreateRealtimeLogConfigResult" [];
    T2 GetRealtimeLogConfig: POST "/get-realtime-log-config" [] "GetRealtimeLogConfigRequest" [] => 200 "GetRealtimeLogConfigResult" [];
    T2 UpdateRealtimeLogConfig: PUT "/realtime-log-config" [] "UpdateRealtimeLogConfigRequest" [] => 200 "UpdateRealtimeLogConfigResult" [];
    T2 DeleteRealtimeLogConfig: POST "/delete-realtime-log-config" [] "DeleteRealtimeLogConfigRequest" [] => 204 - [];
    T2 ListRealtimeLogConfigs: GET "/realtime-log-config" ["MaxItems", "Marker"] - [] => 200 "RealtimeLogConfigs" [];
    T2 ListDistributionsByRealtimeLogConfig: POST "/distributionsByRealtimeLogConfig" [] "ListDistributionsByRealtimeLogConfigRequest" [] => 200 "DistributionList" [];
    T2 CreateContinuousDeploymentPolicy: POST "/continuous-deployment-policy" [] "ContinuousDeploymentPolicyConfig" [] => 201 "ContinuousDeploymentPolicy" ["Location", "ETag"];
    T2 GetContinuousDeploymentPolicy: GET "/continuous-deployment-policy/{Id}" [] - [] => 200 "ContinuousDeploymentPolicy" ["ETag"];
    T2 GetContinuousDeploymentPolicyConfig: GET "/continuous-deployment-policy/{Id}/config" [] - [] => 200 "ContinuousDeploymentPolicyConfig" ["ETag"];
    T2 UpdateContinuousDeploymentPolicy: PUT "/continuous-deployment-policy/{Id}" [] "ContinuousDeploymentPolicyConfig" ["If-Match"] => 200 "ContinuousDeploymentPolicy" ["ETag"];
    T2 DeleteContinuousDeploymentPolicy: DELETE "/continuous-deployment-policy/{Id}" [] - ["If-Match"] => 204 - [];
    T2 ListContinuousDeploymentPolicies: GET "/continuous-deployment-policy" ["Marker", "MaxItems"] - [] => 200 "ContinuousDeploymentPolicyList" [];
    T2 CopyDistribution: POST "/distribution/{PrimaryDistributionId}/copy" [] "CopyDistributionRequest" ["Staging", "If-Match"] => 201 "Distribution" ["Location", "ETag"];
    T2 UpdateDistributionWithStagingConfig: PUT "/distribution/{Id}/promote-staging-config" ["StagingDistributionId"] - ["If-Match"] => 200 "Distribution" ["ETag"];
    T2 CreateMonitoringSubscription: POST "/distributions/{DistributionId}/monitoring-subscription" [] "MonitoringSubscription" [] => 200 "MonitoringSubscription" [];
    T2 GetMonitoringSubscription: GET "/distributions/{DistributionId}/monitoring-subscription" [] - [] => 200 "MonitoringSubscription" [];
    T2 DeleteMonitoringSubscription: DELETE "/distributions/{DistributionId}/monitoring-subscription" [] - [] => 200 - [];
    T2 AssociateAlias: PUT "/distribution/{TargetDistributionId}/associate-alias" ["Alias"] - [] => 200 - [];
    T2 ListConflictingAliases: GET "/conflicting-alias" ["DistributionId", "Alias", "Marker", "MaxItems"] - [] => 200 "ConflictingAliasesList" [];

    // Tenants, private networks, field-level encryption, streaming and what else there is.
    T3 AssociateDistributionTenantWebACL: PUT "/distribution-tenant/{Id}/associate-web-acl" [] "AssociateDistributionTenantWebACLRequest" ["If-Match"] => 200 "AssociateDistributionTenantWebACLResult" ["ETag"];
    T3 AssociateDistributionWebACL: PUT "/distribution/{Id}/associate-web-acl" [] "AssociateDistributionWebACLRequest" ["If-Match"] => 200 "AssociateDistributionWebACLResult" ["ETag"];
    T3 CreateAnycastIpList: POST "/anycast-ip-list" [] "CreateAnycastIpListRequest" [] => 202 "AnycastIpList" ["ETag"];
    T3 CreateConnectionFunction: POST "/connection-function" [] "CreateConnectionFunctionRequest" [] => 201 "ConnectionFunctionSummary" ["Location", "ETag"];
    T3 CreateConnectionGroup: POST "/connection-group" [] "CreateConnectionGroupRequest" [] => 201 "ConnectionGroup" ["ETag"];
    T3 CreateDistributionTenant: POST "/distribution-tenant" [] "CreateDistributionTenantRequest" [] => 201 "DistributionTenant" ["ETag"];
    T3 CreateFieldLevelEncryptionConfig: POST "/field-level-encryption" [] "FieldLevelEncryptionConfig" [] => 201 "FieldLevelEncryption" ["Location", "ETag"];
    T3 CreateFieldLevelEncryptionProfile: POST "/field-level-encryption-profile" [] "FieldLevelEncryptionProfileConfig" [] => 201 "FieldLevelEncryptionProfile" ["Location", "ETag"];
    T3 CreateInvalidationForDistributionTenant: POST "/distribution-tenant/{Id}/invalidation" [] "InvalidationBatch" [] => 201 "Invalidation" ["Location"];
    T3 CreateStreamingDistribution: POST "/streaming-distribution" [] "StreamingDistributionConfig" [] => 201 "StreamingDistribution" ["Location", "ETag"];
    T3 CreateStreamingDistributionWithTags: POST "/streaming-distribution?WithTags" [] "StreamingDistributionConfigWithTags" [] => 201 "StreamingDistribution" ["Location", "ETag"];
    T3 CreateTrustStore: POST "/trust-store" [] "CreateTrustStoreRequest" [] => 201 "TrustStore" ["ETag"];
    T3 CreateVpcOrigin: POST "/vpc-origin" [] "CreateVpcOriginRequest" [] => 202 "VpcOrigin" ["Location", "ETag"];
    T3 DeleteAnycastIpList: DELETE "/anycast-ip-list/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteConnectionFunction: DELETE "/connection-function/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteConnectionGroup: DELETE "/connection-group/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteDistributionTenant: DELETE "/distribution-tenant/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteFieldLevelEncryptionConfig: DELETE "/field-level-encryption/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteFieldLevelEncryptionProfile: DELETE "/field-level-encryption-profile/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteResourcePolicy: POST "/delete-resource-policy" [] "DeleteResourcePolicyRequest" [] => 200 - [];
    T3 DeleteStreamingDistribution: DELETE "/streaming-distribution/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteTrustStore: DELETE "/trust-store/{Id}" [] - ["If-Match"] => 204 - [];
    T3 DeleteVpcOrigin: DELETE "/vpc-origin/{Id}" [] - ["If-Match"] => 202 "VpcOrigin" ["ETag"];
    T3 DescribeConnectionFunction: GET "/connection-function/{Identifier}/describe" ["Stage"] - [] => 200 "ConnectionFunctionSummary" ["ETag"];
    T3 DisassociateDistributionTenantWebACL: PUT "/distribution-tenant/{Id}/disassociate-web-acl" [] - ["If-Match"] => 200 "DisassociateDistributionTenantWebACLResult" ["ETag"];
    T3 DisassociateDistributionWebACL: PUT "/distribution/{Id}/disassociate-web-acl" [] - ["If-Match"] => 200 "DisassociateDistributionWebACLResult" ["ETag"];
    T3 GetAnycastIpList: GET "/anycast-ip-list/{Id}" [] - [] => 200 "AnycastIpList" ["ETag"];
    T3 GetConnectionFunction: GET "/connection-function/{Identifier}" ["Stage"] - [] => 200 raw ["ETag", "Content-Type"];
    T3 GetConnectionGroup: GET "/connection-group/{Identifier}" [] - [] => 200 "ConnectionGroup" ["ETag"];
    T3 GetConnectionGroupByRoutingEndpoint: GET "/connection-group" ["RoutingEndpoint"] - [] => 200 "ConnectionGroup" ["ETag"];
    T3 GetDistributionTenant: GET "/distribution-tenant/{Identifier}" [] - [] => 200 "DistributionTenant" ["ETag"];
    T3 GetDistributionTenantByDomain: GET "/distribution-tenant" ["domain"] - [] => 200 "DistributionTenant" ["ETag"];
    T3 GetFieldLevelEncryption: GET "/field-level-encryption/{Id}" [] - [] => 200 "FieldLevelEncryption" ["ETag"];
    T3 GetFieldLevelEncryptionConfig: GET "/field-level-encryption/{Id}/config" [] - [] => 200 "FieldLevelEncryptionConfig" ["ETag"];
    T3 GetFieldLevelEncryptionProfile: GET "/field-level-encryption-profile/{Id}" [] - [] => 200 "FieldLevelEncryptionProfile" ["ETag"];
    T3 GetFieldLevelEncryptionProfileConfig: GET "/field-level-encryption-profile/{Id}/config" [] - [] => 200 "FieldLevelEncryptionProfileConfig" ["ETag"];
    T3 GetInvalidationForDistributionTenant: GET "/distribution-tenant/{DistributionTenantId}/invalidation/{Id}" [] - [] => 200 "Invalidation" [];
    T3 GetManagedCertificateDetails: GET "/managed-certificate/{Identifier}" [] - [] => 200 "ManagedCertificateDetails" [];
    T3 GetResourcePolicy: POST "/get-resource-policy" [] "GetResourcePolicyRequest" [] => 200 "GetResourcePolicyResult" [];
    T3 GetStreamingDistribution: GET "/streaming-distribution/{Id}" [] - [] => 200 "StreamingDistribution" ["ETag"];
    T3 GetStreamingDistributionConfig: GET "/streaming-distribution/{Id}/config" [] - [] => 200 "StreamingDistributionConfig" ["ETag"];
    T3 GetTrustStore: GET "/trust-store/{Identifier}" [] - [] => 200 "TrustStore" ["ETag"];
    T3 GetVpcOrigin: GET "/vpc-origin/{Id}" [] - [] => 200 "VpcOrigin" ["ETag"];
    T3 ListAnycastIpLists: GET "/anycast-ip-list" ["Marker", "MaxItems"] - [] => 200 "AnycastIpListCollection" [];
    T3 ListConnectionFunctions: POST "/connection-functions" [] "ListConnectionFunctionsRequest" [] => 200 "ListConnectionFunctionsResult" [];
    T3 ListConnectionGroups: POST "/connection-groups" [] "ListConnectionGroupsRequest" [] => 200 "ListConnectionGroupsResult" [];
    T3 ListDistributionTenants: POST "/distribution-tenants" [] "ListDistributionTenantsRequest" [] => 200 "ListDistributionTenantsResult" [];
    T3 ListDistributionTenantsByCustomization: POST "/distribution-tenants-by-customization" [] "ListDistributionTenantsByCustomizationRequest" [] => 200 "ListDistributionTenantsByCustomizationResult" [];
    T3 ListDistributionsByAnycastIpListId: GET "/distributionsByAnycastIpListId/{AnycastIpListId}" ["Marker", "MaxItems"] - [] => 200 "DistributionList" [];
    T3 ListDistributionsByConnectionFunction: GET "/distributionsByConnectionFunction" ["Marker", "MaxItems", "ConnectionFunctionIdentifier"] - [] => 200 "DistributionList" [];
    T3 ListDistributionsByConnectionMode: GET "/distributionsByConnectionMode/{ConnectionMode}" ["Marker", "MaxItems"] - [] => 200 "DistributionList" [];
    T3 ListDistributionsByOwnedResource: GET "/distributionsByOwnedResource/{ResourceArn}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdOwnerList" [];
    T3 ListDistributionsByTrustStore: GET "/distributionsByTrustStore" ["TrustStoreIdentifier", "Marker", "MaxItems"] - [] => 200 "DistributionList" [];
    T3 ListDistributionsByVpcOriginId: GET "/distributionsByVpcOriginId/{VpcOriginId}" ["Marker", "MaxItems"] - [] => 200 "DistributionIdList" [];
    T3 ListDistributionsByWebACLId: GET "/distributionsByWebACLId/{WebACLId}" ["Marker", "MaxItems"] - [] => 200 "DistributionList" [];
    T3 ListDomainConflicts: POST "/domain-conflicts" [] "ListDomainConflictsRequest" [] => 200 "ListDomainConflictsResult" [];
    T3 ListFieldLevelEncryptionConfigs: GET "/field-level-encryption" ["Marker", "MaxItems"] - [] => 200 "FieldLevelEncryptionList" [];
    T3 ListFieldLevelEncryptionProfiles: GET "/field-level-encryption-profile" ["Marker", "MaxItems"] - [] => 200 "FieldLevelEncryptionProfileList" [];
    T3 ListInvalidationsForDistributionTenant: GET "/distribution-tenant/{Id}/invalidation" ["Marker", "MaxItems"] - [] => 200 "InvalidationList" [];
    T3 ListStreamingDistributions: GET "/streaming-distribution" ["Marker", "MaxItems"] - [] => 200 "StreamingDistributionList" [];
    T3 ListTrustStores: POST "/trust-stores" [] "ListTrustStoresRequest" [] => 200 "ListTrustStoresResult" [];
    T3 ListVpcOrigins: GET "/vpc-origin" ["Marker", "MaxItems"] - [] => 200 "VpcOriginList" [];
    T3 PublishConnectionFunction: POST "/connection-function/{Id}/publish" [] - ["If-Match"] => 200 "ConnectionFunctionSummary" [];
    T3 PutResourcePolicy: POST "/put-resource-policy" [] "PutResourcePolicyRequest" [] => 200 "PutResourcePolicyResult" [];
    T3 TestConnectionFunction: POST "/connection-function/{Id}/test" [] "TestConnectionFunctionRequest" ["If-Match"] => 200 "ConnectionFunctionTestResult" [];
    T3 UpdateAnycastIpList: PUT "/anycast-ip-list/{Id}" [] "UpdateAnycastIpListRequest" ["If-Match"] => 200 "AnycastIpList" ["ETag"];
    T3 UpdateConnectionFunction: PUT "/connection-function/{Id}" [] "UpdateConnectionFunctionRequest" ["If-Match"] => 200 "ConnectionFunctionSummary" ["ETag"];
    T3 UpdateConnectionGroup: PUT "/connection-group/{Id}" [] "UpdateConnectionGroupRequest" ["If-Match"] => 200 "ConnectionGroup" ["ETag"];
    T3 UpdateDistributionTenant: PUT "/distribution-tenant/{Id}" [] "UpdateDistributionTenantRequest" ["If-Match"] => 200 "DistributionTenant" ["ETag"];
    T3 UpdateDomainAssociation: POST "/domain-association" [] "UpdateDomainAssociationRequest" ["If-Match"] => 200 "UpdateDomainAssociationResult" ["ETag"];
    T3 UpdateFieldLevelEncryptionConfig: PUT "/field-level-encryption/{Id}/config" [] "FieldLevelEncryptionConfig" ["If-Match"] => 200 "FieldLevelEncryption" ["ETag"];
    T3 UpdateFieldLevelEncryptionProfile: PUT "/field-level-encryption-profile/{Id}/config" [] "FieldLevelEncryptionProfileConfig" ["If-Match"] => 200 "FieldLevelEncryptionProfile" ["ETag"];
    T3 UpdateStreamingDistribution: PUT "/streaming-distribution/{Id}/config" [] "StreamingDistributionConfig" ["If-Match"] => 200 "StreamingDistribution" ["ETag"];
    T3 UpdateTrustStore: PUT "/trust-store/{Id}" [] "CaCertificatesBundleSource" ["UseClientCertificateOCSPEndpoint", "If-Match"] => 200 "TrustStore" ["ETag"];
    T3 UpdateVpcOrigin: PUT "/vpc-origin/{Id}" [] "VpcOriginEndpointConfig" ["If-Match"] => 202 "VpcOrigin" ["ETag"];
    T3 VerifyDnsConfiguration: POST "/verify-dns-configuration" [] "VerifyDnsConfigurationRequest" [] => 200 "VerifyDnsConfigurationResult" [];
}
