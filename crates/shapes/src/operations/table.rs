//! The 167 operations of API version 2020-05-31, one row each.
//!
//! A row reads: tier, name, method, path with the query parameters that belong to it, other parameters after `query`, root element
//! of the request after `takes`, request headers after `with`; then the status of success, the root element of the answer (`-` for
//! none, `bytes` for a function's code) and answer headers after `with`. `tests/drift.rs` compares every row with CloudFront's
//! model.

use super::{Answer, Method, Row, Tier};

macro_rules! operations {
    ($($tier:ident $name:ident: $method:ident $path:literal $(query $($query:literal)+)? $(takes $body:literal)?
        $(with $($header:literal)+)? => $status:literal $answer:tt $(with $($answer_header:literal)+)?;)+) => {
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
                        query: &[$($($query),+)?],
                        body: operations!(@body $($body)?),
                        headers: &[$($($header),+)?],
                        status: $status,
                        answer: operations!(@answer $answer),
                        answer_headers: &[$($($answer_header),+)?],
                    },)+
                }
            }
        }
    };
    (@body) => { None };
    (@body $root:literal) => { Some($root) };
    (@answer -) => { Answer::Empty };
    (@answer bytes) => { Answer::Bytes };
    (@answer $root:literal) => { Answer::Document($root) };
}

operations! {
    // What a distribution that serves needs: distributions, invalidations, tags, origin access, policies.
    T1 CreateDistribution: POST "/distribution" takes "DistributionConfig" => 201 "Distribution" with "Location" "ETag";
    T1 CreateDistributionWithTags: POST "/distribution?WithTags" takes "DistributionConfigWithTags" => 201 "Distribution" with "Location" "ETag";
    T1 GetDistribution: GET "/distribution/{Id}" => 200 "Distribution" with "ETag";
    T1 GetDistributionConfig: GET "/distribution/{Id}/config" => 200 "DistributionConfig" with "ETag";
    T1 UpdateDistribution: PUT "/distribution/{Id}/config" takes "DistributionConfig" with "If-Match" => 200 "Distribution" with "ETag";
    T1 DeleteDistribution: DELETE "/distribution/{Id}" with "If-Match" => 204 -;
    T1 ListDistributions: GET "/distribution" query "Marker" "MaxItems" => 200 "DistributionList";
    T1 CreateInvalidation: POST "/distribution/{DistributionId}/invalidation" takes "InvalidationBatch" => 201 "Invalidation" with "Location";
    T1 GetInvalidation: GET "/distribution/{DistributionId}/invalidation/{Id}" => 200 "Invalidation";
    T1 ListInvalidations: GET "/distribution/{DistributionId}/invalidation" query "Marker" "MaxItems" => 200 "InvalidationList";
    T1 TagResource: POST "/tagging?Operation=Tag" query "Resource" takes "Tags" => 204 -;
    T1 UntagResource: POST "/tagging?Operation=Untag" query "Resource" takes "TagKeys" => 204 -;
    T1 ListTagsForResource: GET "/tagging" query "Resource" => 200 "Tags";
    T1 CreateOriginAccessControl: POST "/origin-access-control" takes "OriginAccessControlConfig" => 201 "OriginAccessControl" with "Location" "ETag";
    T1 GetOriginAccessControl: GET "/origin-access-control/{Id}" => 200 "OriginAccessControl" with "ETag";
    T1 GetOriginAccessControlConfig: GET "/origin-access-control/{Id}/config" => 200 "OriginAccessControlConfig" with "ETag";
    T1 UpdateOriginAccessControl: PUT "/origin-access-control/{Id}/config" takes "OriginAccessControlConfig" with "If-Match" => 200 "OriginAccessControl" with "ETag";
    T1 DeleteOriginAccessControl: DELETE "/origin-access-control/{Id}" with "If-Match" => 204 -;
    T1 ListOriginAccessControls: GET "/origin-access-control" query "Marker" "MaxItems" => 200 "OriginAccessControlList";
    T1 CreateCloudFrontOriginAccessIdentity: POST "/origin-access-identity/cloudfront" takes "CloudFrontOriginAccessIdentityConfig" => 201 "CloudFrontOriginAccessIdentity" with "Location" "ETag";
    T1 GetCloudFrontOriginAccessIdentity: GET "/origin-access-identity/cloudfront/{Id}" => 200 "CloudFrontOriginAccessIdentity" with "ETag";
    T1 GetCloudFrontOriginAccessIdentityConfig: GET "/origin-access-identity/cloudfront/{Id}/config" => 200 "CloudFrontOriginAccessIdentityConfig" with "ETag";
    T1 UpdateCloudFrontOriginAccessIdentity: PUT "/origin-access-identity/cloudfront/{Id}/config" takes "CloudFrontOriginAccessIdentityConfig" with "If-Match" => 200 "CloudFrontOriginAccessIdentity" with "ETag";
    T1 DeleteCloudFrontOriginAccessIdentity: DELETE "/origin-access-identity/cloudfront/{Id}" with "If-Match" => 204 -;
    T1 ListCloudFrontOriginAccessIdentities: GET "/origin-access-identity/cloudfront" query "Marker" "MaxItems" => 200 "CloudFrontOriginAccessIdentityList";
    T1 CreateCachePolicy: POST "/cache-policy" takes "CachePolicyConfig" => 201 "CachePolicy" with "Location" "ETag";
    T1 GetCachePolicy: GET "/cache-policy/{Id}" => 200 "CachePolicy" with "ETag";
    T1 GetCachePolicyConfig: GET "/cache-policy/{Id}/config" => 200 "CachePolicyConfig" with "ETag";
    T1 UpdateCachePolicy: PUT "/cache-policy/{Id}" takes "CachePolicyConfig" with "If-Match" => 200 "CachePolicy" with "ETag";
    T1 DeleteCachePolicy: DELETE "/cache-policy/{Id}" with "If-Match" => 204 -;
    T1 ListCachePolicies: GET "/cache-policy" query "Type" "Marker" "MaxItems" => 200 "CachePolicyList";
    T1 ListDistributionsByCachePolicyId: GET "/distributionsByCachePolicyId/{CachePolicyId}" query "Marker" "MaxItems" => 200 "DistributionIdList";
    T1 CreateOriginRequestPolicy: POST "/origin-request-policy" takes "OriginRequestPolicyConfig" => 201 "OriginRequestPolicy" with "Location" "ETag";
    T1 GetOriginRequestPolicy: GET "/origin-request-policy/{Id}" => 200 "OriginRequestPolicy" with "ETag";
    T1 GetOriginRequestPolicyConfig: GET "/origin-request-policy/{Id}/config" => 200 "OriginRequestPolicyConfig" with "ETag";
    T1 UpdateOriginRequestPolicy: PUT "/origin-request-policy/{Id}" takes "OriginRequestPolicyConfig" with "If-Match" => 200 "OriginRequestPolicy" with "ETag";
    T1 DeleteOriginRequestPolicy: DELETE "/origin-request-policy/{Id}" with "If-Match" => 204 -;
    T1 ListOriginRequestPolicies: GET "/origin-request-policy" query "Type" "Marker" "MaxItems" => 200 "OriginRequestPolicyList";
    T1 ListDistributionsByOriginRequestPolicyId: GET "/distributionsByOriginRequestPolicyId/{OriginRequestPolicyId}" query "Marker" "MaxItems" => 200 "DistributionIdList";
    T1 CreateResponseHeadersPolicy: POST "/response-headers-policy" takes "ResponseHeadersPolicyConfig" => 201 "ResponseHeadersPolicy" with "Location" "ETag";
    T1 GetResponseHeadersPolicy: GET "/response-headers-policy/{Id}" => 200 "ResponseHeadersPolicy" with "ETag";
    T1 GetResponseHeadersPolicyConfig: GET "/response-headers-policy/{Id}/config" => 200 "ResponseHeadersPolicyConfig" with "ETag";
    T1 UpdateResponseHeadersPolicy: PUT "/response-headers-policy/{Id}" takes "ResponseHeadersPolicyConfig" with "If-Match" => 200 "ResponseHeadersPolicy" with "ETag";
    T1 DeleteResponseHeadersPolicy: DELETE "/response-headers-policy/{Id}" with "If-Match" => 204 -;
    T1 ListResponseHeadersPolicies: GET "/response-headers-policy" query "Type" "Marker" "MaxItems" => 200 "ResponseHeadersPolicyList";
    T1 ListDistributionsByResponseHeadersPolicyId: GET "/distributionsByResponseHeadersPolicyId/{ResponseHeadersPolicyId}" query "Marker" "MaxItems" => 200 "DistributionIdList";

    // What serving grows into: functions, keys, logs, continuous deployment.
    T2 CreateFunction: POST "/function" takes "CreateFunctionRequest" => 201 "FunctionSummary" with "Location" "ETag";
    T2 DescribeFunction: GET "/function/{Name}/describe" query "Stage" => 200 "FunctionSummary" with "ETag";
    T2 GetFunction: GET "/function/{Name}" query "Stage" => 200 bytes with "ETag" "Content-Type";
    T2 UpdateFunction: PUT "/function/{Name}" takes "UpdateFunctionRequest" with "If-Match" => 200 "FunctionSummary" with "ETtag";
    T2 DeleteFunction: DELETE "/function/{Name}" with "If-Match" => 204 -;
    T2 ListFunctions: GET "/function" query "Marker" "MaxItems" "Stage" => 200 "FunctionList";
    T2 PublishFunction: POST "/function/{Name}/publish" with "If-Match" => 200 "FunctionSummary";
    T2 TestFunction: POST "/function/{Name}/test" takes "TestFunctionRequest" with "If-Match" => 200 "TestResult";
    T2 CreateKeyValueStore: POST "/key-value-store" takes "CreateKeyValueStoreRequest" => 201 "KeyValueStore" with "ETag" "Location";
    T2 DescribeKeyValueStore: GET "/key-value-store/{Name}" => 200 "KeyValueStore" with "ETag";
    T2 ListKeyValueStores: GET "/key-value-store" query "Marker" "MaxItems" "Status" => 200 "KeyValueStoreList";
    T2 UpdateKeyValueStore: PUT "/key-value-store/{Name}" takes "UpdateKeyValueStoreRequest" with "If-Match" => 200 "KeyValueStore" with "ETag";
    T2 DeleteKeyValueStore: DELETE "/key-value-store/{Name}" with "If-Match" => 204 -;
    T2 CreatePublicKey: POST "/public-key" takes "PublicKeyConfig" => 201 "PublicKey" with "Location" "ETag";
    T2 GetPublicKey: GET "/public-key/{Id}" => 200 "PublicKey" with "ETag";
    T2 GetPublicKeyConfig: GET "/public-key/{Id}/config" => 200 "PublicKeyConfig" with "ETag";
    T2 UpdatePublicKey: PUT "/public-key/{Id}/config" takes "PublicKeyConfig" with "If-Match" => 200 "PublicKey" with "ETag";
    T2 DeletePublicKey: DELETE "/public-key/{Id}" with "If-Match" => 204 -;
    T2 ListPublicKeys: GET "/public-key" query "Marker" "MaxItems" => 200 "PublicKeyList";
    T2 CreateKeyGroup: POST "/key-group" takes "KeyGroupConfig" => 201 "KeyGroup" with "Location" "ETag";
    T2 GetKeyGroup: GET "/key-group/{Id}" => 200 "KeyGroup" with "ETag";
    T2 GetKeyGroupConfig: GET "/key-group/{Id}/config" => 200 "KeyGroupConfig" with "ETag";
    T2 UpdateKeyGroup: PUT "/key-group/{Id}" takes "KeyGroupConfig" with "If-Match" => 200 "KeyGroup" with "ETag";
    T2 DeleteKeyGroup: DELETE "/key-group/{Id}" with "If-Match" => 204 -;
    T2 ListKeyGroups: GET "/key-group" query "Marker" "MaxItems" => 200 "KeyGroupList";
    T2 ListDistributionsByKeyGroup: GET "/distributionsByKeyGroupId/{KeyGroupId}" query "Marker" "MaxItems" => 200 "DistributionIdList";
    T2 CreateRealtimeLogConfig: POST "/realtime-log-config" takes "CreateRealtimeLogConfigRequest" => 201 "CreateRealtimeLogConfigResult";
    T2 GetRealtimeLogConfig: POST "/get-realtime-log-config" takes "GetRealtimeLogConfigRequest" => 200 "GetRealtimeLogConfigResult";
    T2 UpdateRealtimeLogConfig: PUT "/realtime-log-config" takes "UpdateRealtimeLogConfigRequest" => 200 "UpdateRealtimeLogConfigResult";
    T2 DeleteRealtimeLogConfig: POST "/delete-realtime-log-config" takes "DeleteRealtimeLogConfigRequest" => 204 -;
    T2 ListRealtimeLogConfigs: GET "/realtime-log-config" query "MaxItems" "Marker" => 200 "RealtimeLogConfigs";
    T2 ListDistributionsByRealtimeLogConfig: POST "/distributionsByRealtimeLogConfig" takes "ListDistributionsByRealtimeLogConfigRequest" => 200 "DistributionList";
    T2 CreateContinuousDeploymentPolicy: POST "/continuous-deployment-policy" takes "ContinuousDeploymentPolicyConfig" => 201 "ContinuousDeploymentPolicy" with "Location" "ETag";
    T2 GetContinuousDeploymentPolicy: GET "/continuous-deployment-policy/{Id}" => 200 "ContinuousDeploymentPolicy" with "ETag";
    T2 GetContinuousDeploymentPolicyConfig: GET "/continuous-deployment-policy/{Id}/config" => 200 "ContinuousDeploymentPolicyConfig" with "ETag";
    T2 UpdateContinuousDeploymentPolicy: PUT "/continuous-deployment-policy/{Id}" takes "ContinuousDeploymentPolicyConfig" with "If-Match" => 200 "ContinuousDeploymentPolicy" with "ETag";
    T2 DeleteContinuousDeploymentPolicy: DELETE "/continuous-deployment-policy/{Id}" with "If-Match" => 204 -;
    T2 ListContinuousDeploymentPolicies: GET "/continuous-deployment-policy" query "Marker" "MaxItems" => 200 "ContinuousDeploymentPolicyList";
    T2 CopyDistribution: POST "/distribution/{PrimaryDistributionId}/copy" takes "CopyDistributionRequest" with "Staging" "If-Match" => 201 "Distribution" with "Location" "ETag";
    T2 UpdateDistributionWithStagingConfig: PUT "/distribution/{Id}/promote-staging-config" query "StagingDistributionId" with "If-Match" => 200 "Distribution" with "ETag";
    T2 CreateMonitoringSubscription: POST "/distributions/{DistributionId}/monitoring-subscription" takes "MonitoringSubscription" => 200 "MonitoringSubscription";
    T2 GetMonitoringSubscription: GET "/distributions/{DistributionId}/monitoring-subscription" => 200 "MonitoringSubscription";
    T2 DeleteMonitoringSubscription: DELETE "/distributions/{DistributionId}/monitoring-subscription" => 200 -;
    T2 AssociateAlias: PUT "/distribution/{TargetDistributionId}/associate-alias" query "Alias" => 200 -;
    T2 ListConflictingAliases: GET "/conflicting-alias" query "DistributionId" "Alias" "Marker" "MaxItems" => 200 "ConflictingAliasesList";

    // Tenants, private networks, field-level encryption, streaming and what else there is.
    T3 AssociateDistributionTenantWebACL: PUT "/distribution-tenant/{Id}/associate-web-acl" takes "AssociateDistributionTenantWebACLRequest" with "If-Match" => 200 "AssociateDistributionTenantWebACLResult" with "ETag";
    T3 AssociateDistributionWebACL: PUT "/distribution/{Id}/associate-web-acl" takes "AssociateDistributionWebACLRequest" with "If-Match" => 200 "AssociateDistributionWebACLResult" with "ETag";
    T3 CreateAnycastIpList: POST "/anycast-ip-list" takes "CreateAnycastIpListRequest" => 202 "AnycastIpList" with "ETag";
    T3 CreateConnectionFunction: POST "/connection-function" takes "CreateConnectionFunctionRequest" => 201 "ConnectionFunctionSummary" with "Location" "ETag";
    T3 CreateConnectionGroup: POST "/connection-group" takes "CreateConnectionGroupRequest" => 201 "ConnectionGroup" with "ETag";
    T3 CreateDistributionTenant: POST "/distribution-tenant" takes "CreateDistributionTenantRequest" => 201 "DistributionTenant" with "ETag";
    T3 CreateFieldLevelEncryptionConfig: POST "/field-level-encryption" takes "FieldLevelEncryptionConfig" => 201 "FieldLevelEncryption" with "Location" "ETag";
    T3 CreateFieldLevelEncryptionProfile: POST "/field-level-encryption-profile" takes "FieldLevelEncryptionProfileConfig" => 201 "FieldLevelEncryptionProfile" with "Location" "ETag";
    T3 CreateInvalidationForDistributionTenant: POST "/distribution-tenant/{Id}/invalidation" takes "InvalidationBatch" => 201 "Invalidation" with "Location";
    T3 CreateStreamingDistribution: POST "/streaming-distribution" takes "StreamingDistributionConfig" => 201 "StreamingDistribution" with "Location" "ETag";
    T3 CreateStreamingDistributionWithTags: POST "/streaming-distribution?WithTags" takes "StreamingDistributionConfigWithTags" => 201 "StreamingDistribution" with "Location" "ETag";
    T3 CreateTrustStore: POST "/trust-store" takes "CreateTrustStoreRequest" => 201 "TrustStore" with "ETag";
    T3 CreateVpcOrigin: POST "/vpc-origin" takes "CreateVpcOriginRequest" => 202 "VpcOrigin" with "Location" "ETag";
    T3 DeleteAnycastIpList: DELETE "/anycast-ip-list/{Id}" with "If-Match" => 204 -;
    T3 DeleteConnectionFunction: DELETE "/connection-function/{Id}" with "If-Match" => 204 -;
    T3 DeleteConnectionGroup: DELETE "/connection-group/{Id}" with "If-Match" => 204 -;
    T3 DeleteDistributionTenant: DELETE "/distribution-tenant/{Id}" with "If-Match" => 204 -;
    T3 DeleteFieldLevelEncryptionConfig: DELETE "/field-level-encryption/{Id}" with "If-Match" => 204 -;
    T3 DeleteFieldLevelEncryptionProfile: DELETE "/field-level-encryption-profile/{Id}" with "If-Match" => 204 -;
    T3 DeleteResourcePolicy: POST "/delete-resource-policy" takes "DeleteResourcePolicyRequest" => 200 -;
    T3 DeleteStreamingDistribution: DELETE "/streaming-distribution/{Id}" with "If-Match" => 204 -;
    T3 DeleteTrustStore: DELETE "/trust-store/{Id}" with "If-Match" => 204 -;
    T3 DeleteVpcOrigin: DELETE "/vpc-origin/{Id}" with "If-Match" => 202 "VpcOrigin" with "ETag";
    T3 DescribeConnectionFunction: GET "/connection-function/{Identifier}/describe" query "Stage" => 200 "ConnectionFunctionSummary" with "ETag";
    T3 DisassociateDistributionTenantWebACL: PUT "/distribution-tenant/{Id}/disassociate-web-acl" with "If-Match" => 200 "DisassociateDistributionTenantWebACLResult" with "ETag";
    T3 DisassociateDistributionWebACL: PUT "/distribution/{Id}/disassociate-web-acl" with "If-Match" => 200 "DisassociateDistributionWebACLResult" with "ETag";
    T3 GetAnycastIpList: GET "/anycast-ip-list/{Id}" => 200 "AnycastIpList" with "ETag";
    T3 GetConnectionFunction: GET "/connection-function/{Identifier}" query "Stage" => 200 bytes with "ETag" "Content-Type";
    T3 GetConnectionGroup: GET "/connection-group/{Identifier}" => 200 "ConnectionGroup" with "ETag";
    T3 GetConnectionGroupByRoutingEndpoint: GET "/connection-group" query "RoutingEndpoint" => 200 "ConnectionGroup" with "ETag";
    T3 GetDistributionTenant: GET "/distribution-tenant/{Identifier}" => 200 "DistributionTenant" with "ETag";
    T3 GetDistributionTenantByDomain: GET "/distribution-tenant" query "domain" => 200 "DistributionTenant" with "ETag";
    T3 GetFieldLevelEncryption: GET "/field-level-encryption/{Id}" => 200 "FieldLevelEncryption" with "ETag";
    T3 GetFieldLevelEncryptionConfig: GET "/field-level-encryption/{Id}/config" => 200 "FieldLevelEncryptionConfig" with "ETag";
    T3 GetFieldLevelEncryptionProfile: GET "/field-level-encryption-profile/{Id}" => 200 "FieldLevelEncryptionProfile" with "ETag";
    T3 GetFieldLevelEncryptionProfileConfig: GET "/field-level-encryption-profile/{Id}/config" => 200 "FieldLevelEncryptionProfileConfig" with "ETag";
    T3 GetInvalidationForDistributionTenant: GET "/distribution-tenant/{DistributionTenantId}/invalidation/{Id}" => 200 "Invalidation";
    T3 GetManagedCertificateDetails: GET "/managed-certificate/{Identifier}" => 200 "ManagedCertificateDetails";
    T3 GetResourcePolicy: POST "/get-resource-policy" takes "GetResourcePolicyRequest" => 200 "GetResourcePolicyResult";
    T3 GetStreamingDistribution: GET "/streaming-distribution/{Id}" => 200 "StreamingDistribution" with "ETag";
    T3 GetStreamingDistributionConfig: GET "/streaming-distribution/{Id}/config" => 200 "StreamingDistributionConfig" with "ETag";
    T3 GetTrustStore: GET "/trust-store/{Identifier}" => 200 "TrustStore" with "ETag";
    T3 GetVpcOrigin: GET "/vpc-origin/{Id}" => 200 "VpcOrigin" with "ETag";
    T3 ListAnycastIpLists: GET "/anycast-ip-list" query "Marker" "MaxItems" => 200 "AnycastIpListCollection";
    T3 ListConnectionFunctions: POST "/connection-functions" takes "ListConnectionFunctionsRequest" => 200 "ListConnectionFunctionsResult";
    T3 ListConnectionGroups: POST "/connection-groups" takes "ListConnectionGroupsRequest" => 200 "ListConnectionGroupsResult";
    T3 ListDistributionTenants: POST "/distribution-tenants" takes "ListDistributionTenantsRequest" => 200 "ListDistributionTenantsResult";
    T3 ListDistributionTenantsByCustomization: POST "/distribution-tenants-by-customization" takes "ListDistributionTenantsByCustomizationRequest" => 200 "ListDistributionTenantsByCustomizationResult";
    T3 ListDistributionsByAnycastIpListId: GET "/distributionsByAnycastIpListId/{AnycastIpListId}" query "Marker" "MaxItems" => 200 "DistributionList";
    T3 ListDistributionsByConnectionFunction: GET "/distributionsByConnectionFunction" query "Marker" "MaxItems" "ConnectionFunctionIdentifier" => 200 "DistributionList";
    T3 ListDistributionsByConnectionMode: GET "/distributionsByConnectionMode/{ConnectionMode}" query "Marker" "MaxItems" => 200 "DistributionList";
    T3 ListDistributionsByOwnedResource: GET "/distributionsByOwnedResource/{ResourceArn}" query "Marker" "MaxItems" => 200 "DistributionIdOwnerList";
    T3 ListDistributionsByTrustStore: GET "/distributionsByTrustStore" query "TrustStoreIdentifier" "Marker" "MaxItems" => 200 "DistributionList";
    T3 ListDistributionsByVpcOriginId: GET "/distributionsByVpcOriginId/{VpcOriginId}" query "Marker" "MaxItems" => 200 "DistributionIdList";
    T3 ListDistributionsByWebACLId: GET "/distributionsByWebACLId/{WebACLId}" query "Marker" "MaxItems" => 200 "DistributionList";
    T3 ListDomainConflicts: POST "/domain-conflicts" takes "ListDomainConflictsRequest" => 200 "ListDomainConflictsResult";
    T3 ListFieldLevelEncryptionConfigs: GET "/field-level-encryption" query "Marker" "MaxItems" => 200 "FieldLevelEncryptionList";
    T3 ListFieldLevelEncryptionProfiles: GET "/field-level-encryption-profile" query "Marker" "MaxItems" => 200 "FieldLevelEncryptionProfileList";
    T3 ListInvalidationsForDistributionTenant: GET "/distribution-tenant/{Id}/invalidation" query "Marker" "MaxItems" => 200 "InvalidationList";
    T3 ListStreamingDistributions: GET "/streaming-distribution" query "Marker" "MaxItems" => 200 "StreamingDistributionList";
    T3 ListTrustStores: POST "/trust-stores" takes "ListTrustStoresRequest" => 200 "ListTrustStoresResult";
    T3 ListVpcOrigins: GET "/vpc-origin" query "Marker" "MaxItems" => 200 "VpcOriginList";
    T3 PublishConnectionFunction: POST "/connection-function/{Id}/publish" with "If-Match" => 200 "ConnectionFunctionSummary";
    T3 PutResourcePolicy: POST "/put-resource-policy" takes "PutResourcePolicyRequest" => 200 "PutResourcePolicyResult";
    T3 TestConnectionFunction: POST "/connection-function/{Id}/test" takes "TestConnectionFunctionRequest" with "If-Match" => 200 "ConnectionFunctionTestResult";
    T3 UpdateAnycastIpList: PUT "/anycast-ip-list/{Id}" takes "UpdateAnycastIpListRequest" with "If-Match" => 200 "AnycastIpList" with "ETag";
    T3 UpdateConnectionFunction: PUT "/connection-function/{Id}" takes "UpdateConnectionFunctionRequest" with "If-Match" => 200 "ConnectionFunctionSummary" with "ETag";
    T3 UpdateConnectionGroup: PUT "/connection-group/{Id}" takes "UpdateConnectionGroupRequest" with "If-Match" => 200 "ConnectionGroup" with "ETag";
    T3 UpdateDistributionTenant: PUT "/distribution-tenant/{Id}" takes "UpdateDistributionTenantRequest" with "If-Match" => 200 "DistributionTenant" with "ETag";
    T3 UpdateDomainAssociation: POST "/domain-association" takes "UpdateDomainAssociationRequest" with "If-Match" => 200 "UpdateDomainAssociationResult" with "ETag";
    T3 UpdateFieldLevelEncryptionConfig: PUT "/field-level-encryption/{Id}/config" takes "FieldLevelEncryptionConfig" with "If-Match" => 200 "FieldLevelEncryption" with "ETag";
    T3 UpdateFieldLevelEncryptionProfile: PUT "/field-level-encryption-profile/{Id}/config" takes "FieldLevelEncryptionProfileConfig" with "If-Match" => 200 "FieldLevelEncryptionProfile" with "ETag";
    T3 UpdateStreamingDistribution: PUT "/streaming-distribution/{Id}/config" takes "StreamingDistributionConfig" with "If-Match" => 200 "StreamingDistribution" with "ETag";
    T3 UpdateTrustStore: PUT "/trust-store/{Id}" takes "CaCertificatesBundleSource" with "UseClientCertificateOCSPEndpoint" "If-Match" => 200 "TrustStore" with "ETag";
    T3 UpdateVpcOrigin: PUT "/vpc-origin/{Id}" takes "VpcOriginEndpointConfig" with "If-Match" => 202 "VpcOrigin" with "ETag";
    T3 VerifyDnsConfiguration: POST "/verify-dns-configuration" takes "VerifyDnsConfigurationRequest" => 200 "VerifyDnsConfigurationResult";
}
