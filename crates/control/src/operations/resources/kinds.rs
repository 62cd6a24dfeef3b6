//! What is different about each kind.

use compile::{Environment, Problems, managed};
use shapes::{
    CachePolicy, CachePolicyConfig, CachePolicyList, CachePolicySummary, CachePolicyType,
    CloudFrontOriginAccessIdentity, CloudFrontOriginAccessIdentityConfig, CloudFrontOriginAccessIdentityList,
    CloudFrontOriginAccessIdentitySummary, OriginAccessControl, OriginAccessControlConfig,
    OriginAccessControlList, OriginAccessControlSummary, OriginRequestPolicy, OriginRequestPolicyConfig,
    OriginRequestPolicyList, OriginRequestPolicySummary, OriginRequestPolicyType, ResponseHeadersPolicy,
    ResponseHeadersPolicyConfig, ResponseHeadersPolicyList, ResponseHeadersPolicySummary,
    ResponseHeadersPolicyType, Timestamp,
};
use signing::edge_identity::canonical_user_id;

use super::Resource;
use crate::http::{Listing, list_of, policy_list_of};
use crate::records::{Record, Referable};

impl Resource for OriginAccessControlConfig {
    type Shown = OriginAccessControl;
    type Summary = OriginAccessControlSummary;
    type List = OriginAccessControlList;

    fn complete(&mut self) {
        self.description.get_or_insert_default();
    }

    fn check(&self, _: &Environment) -> Problems {
        compile::origin_access_control(self)
    }

    fn shown(record: Record<Self>) -> OriginAccessControl {
        OriginAccessControl { id: record.id, origin_access_control_config: Some(record.config) }
    }

    fn summary(record: Record<Self>) -> OriginAccessControlSummary {
        let config = record.config;
        OriginAccessControlSummary {
            id: record.id,
            description: config.description.unwrap_or_default(),
            name: config.name,
            signing_protocol: config.signing_protocol,
            signing_behavior: config.signing_behavior,
            origin_access_control_origin_type: config.origin_access_control_origin_type,
        }
    }

    fn list(page: Listing<OriginAccessControlSummary>) -> OriginAccessControlList {
        list_of!(OriginAccessControlList, page)
    }
}

impl Resource for CloudFrontOriginAccessIdentityConfig {
    type Shown = CloudFrontOriginAccessIdentity;
    type Summary = CloudFrontOriginAccessIdentitySummary;
    type List = CloudFrontOriginAccessIdentityList;

    fn complete(&mut self) {}

    fn check(&self, _: &Environment) -> Problems {
        compile::origin_access_identity(self)
    }

    fn shown(record: Record<Self>) -> CloudFrontOriginAccessIdentity {
        CloudFrontOriginAccessIdentity {
            s3_canonical_user_id: canonical_user_id(&record.id),
            id: record.id,
            cloud_front_origin_access_identity_config: Some(record.config),
        }
    }

    fn summary(record: Record<Self>) -> CloudFrontOriginAccessIdentitySummary {
        CloudFrontOriginAccessIdentitySummary {
            s3_canonical_user_id: canonical_user_id(&record.id),
            id: record.id,
            comment: record.config.comment,
        }
    }

    fn list(page: Listing<CloudFrontOriginAccessIdentitySummary>) -> CloudFrontOriginAccessIdentityList {
        list_of!(CloudFrontOriginAccessIdentityList, page)
    }
}

/// The three kinds of policies differ in nothing but names.
macro_rules! policy {
    ($config:ty, $shown:ident { $shown_config:ident }, $summary:ident { $summary_shown:ident }, $list:ident, $origin:ident,
     $complete:path, $check:path, $managed:path) => {
        impl Resource for $config {
            type Shown = $shown;
            type Summary = $summary;
            type List = $list;

            fn complete(&mut self) {
                $complete(self);
            }

            fn check(&self, environment: &Environment) -> Problems {
                $check(self, environment)
            }

            fn shown(record: Record<Self>) -> $shown {
                $shown {
                    id: record.id,
                    last_modified_time: Timestamp::from_unix_milliseconds(record.last_modified_ms),
                    $shown_config: record.config,
                }
            }

            fn summary(record: Record<Self>) -> $summary {
                let is_managed = Self::RESOURCE.is_managed(&record.id);
                $summary {
                    policy_type: if is_managed { $origin::Managed } else { $origin::Custom },
                    $summary_shown: Self::shown(record),
                }
            }

            fn list(page: Listing<$summary>) -> $list {
                policy_list_of!($list, page)
            }

            fn managed() -> Vec<(&'static str, Self)> {
                $managed().collect()
            }
        }
    };
}

policy! {
    CachePolicyConfig, CachePolicy { cache_policy_config }, CachePolicySummary { cache_policy }, CachePolicyList,
    CachePolicyType, compile::cache_policy_defaults, compile::cache_policy, managed::cache_policies
}

policy! {
    OriginRequestPolicyConfig, OriginRequestPolicy { origin_request_policy_config },
    OriginRequestPolicySummary { origin_request_policy }, OriginRequestPolicyList, OriginRequestPolicyType,
    compile::origin_request_policy_defaults, compile::origin_request_policy, managed::origin_request_policies
}

policy! {
    ResponseHeadersPolicyConfig, ResponseHeadersPolicy { response_headers_policy_config },
    ResponseHeadersPolicySummary { response_headers_policy }, ResponseHeadersPolicyList, ResponseHeadersPolicyType,
    compile::response_headers_policy_defaults, compile::response_headers_policy, managed::response_headers_policies
}
