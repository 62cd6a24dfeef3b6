//! A distribution: its configuration, the resource around it, and how it is listed.

use super::{
    ActiveTrustedKeyGroups, ActiveTrustedSigners, CacheBehavior, CustomErrorResponse, DefaultCacheBehavior,
    Origin, OriginGroup, Restrictions, Tags, TenantConfig, ViewerCertificate, ViewerMtlsConfig,
};
use crate::{Counted, Shape, Timestamp, string_enum::string_enum};

/// What a distribution does: the document that callers write.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DistributionConfig {
    /// The caller's own token, once per distribution; it makes a repeated create harmless.
    pub caller_reference: String,
    /// Alternate domain names.
    #[shape(item = "CNAME")]
    pub aliases: Option<Counted<String>>,
    /// Object that answers a request for `/`, without a slash before it.
    pub default_root_object: Option<String>,
    /// Where objects come from.
    #[shape(item = "Origin")]
    pub origins: Counted<Origin>,
    /// Pairs of origins that stand in for each other.
    #[shape(item = "OriginGroup")]
    pub origin_groups: Option<Counted<OriginGroup>>,
    /// The behavior of every path that no other behavior matches.
    pub default_cache_behavior: DefaultCacheBehavior,
    /// Behaviors by path; the first that matches decides.
    #[shape(item = "CacheBehavior")]
    pub cache_behaviors: Option<Counted<CacheBehavior>>,
    /// What viewers get in place of errors, and how long errors are remembered.
    #[shape(item = "CustomErrorResponse")]
    pub custom_error_responses: Option<Counted<CustomErrorResponse>>,
    /// A note for people.
    pub comment: String,
    /// Standard access logs.
    pub logging: Option<LoggingConfig>,
    /// Which edge locations serve it.
    pub price_class: Option<PriceClass>,
    /// Whether viewers are served at all.
    pub enabled: bool,
    /// The certificate for viewers' TLS.
    pub viewer_certificate: Option<ViewerCertificate>,
    /// Who may not be served.
    pub restrictions: Option<Restrictions>,
    /// The firewall in front of it, as an ARN or a classic id.
    #[shape(name = "WebACLId")]
    pub web_acl_id: Option<String>,
    /// The newest HTTP versions that viewers may speak.
    pub http_version: Option<HttpVersion>,
    /// Whether viewers may come over IPv6.
    #[shape(name = "IsIPV6Enabled")]
    pub is_ipv6_enabled: Option<bool>,
    /// The policy that sends part of the viewers to the staging distribution.
    pub continuous_deployment_policy_id: Option<String>,
    /// Whether this is the staging half of a continuous deployment.
    pub staging: Option<bool>,
    /// The list of static addresses that it answers on.
    pub anycast_ip_list_id: Option<String>,
    /// Parameters that each tenant fills in.
    pub tenant_config: Option<TenantConfig>,
    /// Whether it serves viewers itself or only through tenants.
    pub connection_mode: Option<ConnectionMode>,
    /// Certificates that viewers must show.
    pub viewer_mtls_config: Option<ViewerMtlsConfig>,
    /// The function that judges a viewer's connection.
    pub connection_function_association: Option<ConnectionFunctionAssociation>,
    /// Tags of cached objects, taken from a response header.
    pub cache_tag_config: Option<CacheTagConfig>,
}

/// Standard access logs into a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct LoggingConfig {
    /// Whether logs are written.
    pub enabled: Option<bool>,
    /// Whether the log has a cookie field.
    pub include_cookies: Option<bool>,
    /// Domain name of the bucket.
    pub bucket: Option<String>,
    /// What the names of the log files begin with.
    pub prefix: Option<String>,
}

/// The function that judges a viewer's connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ConnectionFunctionAssociation {
    /// Id of the connection function.
    pub id: String,
}

/// Where a cached object's tags come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CacheTagConfig {
    /// The origin's response header that carries them.
    pub header_name: String,
}

string_enum! {
    /// Which edge locations serve a distribution.
    PriceClass {
        PriceClass100 = "PriceClass_100",
        PriceClass200 = "PriceClass_200",
        All = "PriceClass_All",
        None = "None",
    }
}

string_enum! {
    /// The newest HTTP versions that viewers may speak; older ones always work.
    HttpVersion {
        Http1_1 = "http1.1",
        Http2 = "http2",
        Http3 = "http3",
        Http2And3 = "http2and3",
    }
}

string_enum! {
    /// Whether a distribution serves viewers itself or only through tenants.
    ConnectionMode {
        Direct = "direct",
        TenantOnly = "tenant-only",
    }
}

/// A distribution as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Distribution {
    /// Its id: `E` and twelve or thirteen letters and digits.
    pub id: String,
    /// Its Amazon resource name.
    #[shape(name = "ARN")]
    pub arn: String,
    /// `InProgress` until every edge has the configuration, then `Deployed`.
    pub status: String,
    /// When the configuration was last written.
    pub last_modified_time: Timestamp,
    /// Invalidations that have not reached every edge.
    pub in_progress_invalidation_batches: i32,
    /// The name that CloudFront gave it.
    pub domain_name: String,
    /// The accounts whose signatures are accepted now, and their keys.
    pub active_trusted_signers: Option<ActiveTrustedSigners>,
    /// The key groups whose signatures are accepted now, and their keys.
    pub active_trusted_key_groups: Option<ActiveTrustedKeyGroups>,
    /// What it does.
    pub distribution_config: DistributionConfig,
    /// Registration state of the alternate domain names in China.
    #[shape(name = "AliasICPRecordals", item = "AliasICPRecordal")]
    pub alias_icp_recordals: Vec<AliasICPRecordal>,
}

/// Registration state of an alternate domain name in China.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct AliasICPRecordal {
    /// The alternate domain name.
    #[shape(name = "CNAME")]
    pub cname: Option<String>,
    /// Its state.
    #[shape(name = "ICPRecordalStatus")]
    pub icp_recordal_status: Option<ICPRecordalStatus>,
}

string_enum! {
    /// Registration state in China.
    ICPRecordalStatus {
        Approved = "APPROVED",
        Suspended = "SUSPENDED",
        Pending = "PENDING",
    }
}

/// What is created by one call: a configuration and the resource's tags.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DistributionConfigWithTags {
    /// What the distribution does.
    pub distribution_config: DistributionConfig,
    /// Its tags.
    pub tags: Tags,
}

/// A page of the list of distributions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DistributionList {
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
    /// The distributions.
    #[shape(item = "DistributionSummary")]
    pub items: Vec<DistributionSummary>,
}

/// A distribution in a list: parts of its configuration beside what CloudFront knows about it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DistributionSummary {
    /// Its id.
    pub id: String,
    /// Its Amazon resource name.
    #[shape(name = "ARN")]
    pub arn: String,
    /// The version of its configuration.
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    /// `InProgress` or `Deployed`.
    pub status: String,
    /// When the configuration was last written.
    pub last_modified_time: Timestamp,
    /// The name that CloudFront gave it.
    pub domain_name: String,
    /// Alternate domain names.
    #[shape(item = "CNAME")]
    pub aliases: Counted<String>,
    /// Where objects come from.
    #[shape(item = "Origin")]
    pub origins: Counted<Origin>,
    /// Pairs of origins that stand in for each other.
    #[shape(item = "OriginGroup")]
    pub origin_groups: Option<Counted<OriginGroup>>,
    /// The behavior of every path that no other behavior matches.
    pub default_cache_behavior: DefaultCacheBehavior,
    /// Behaviors by path.
    #[shape(item = "CacheBehavior")]
    pub cache_behaviors: Counted<CacheBehavior>,
    /// What viewers get in place of errors.
    #[shape(item = "CustomErrorResponse")]
    pub custom_error_responses: Counted<CustomErrorResponse>,
    /// A note for people.
    pub comment: String,
    /// Which edge locations serve it.
    pub price_class: PriceClass,
    /// Whether viewers are served at all.
    pub enabled: bool,
    /// The certificate for viewers' TLS.
    pub viewer_certificate: ViewerCertificate,
    /// Who may not be served.
    pub restrictions: Restrictions,
    /// The firewall in front of it; empty for none.
    #[shape(name = "WebACLId")]
    pub web_acl_id: String,
    /// The newest HTTP versions that viewers may speak.
    pub http_version: HttpVersion,
    /// Whether viewers may come over IPv6.
    #[shape(name = "IsIPV6Enabled")]
    pub is_ipv6_enabled: bool,
    /// Registration state of the alternate domain names in China.
    #[shape(name = "AliasICPRecordals", item = "AliasICPRecordal")]
    pub alias_icp_recordals: Vec<AliasICPRecordal>,
    /// Whether this is the staging half of a continuous deployment.
    pub staging: bool,
    /// Whether it serves viewers itself or only through tenants.
    pub connection_mode: Option<ConnectionMode>,
    /// The list of static addresses that it answers on.
    pub anycast_ip_list_id: Option<String>,
    /// Certificates that viewers must show.
    pub viewer_mtls_config: Option<ViewerMtlsConfig>,
    /// The function that judges a viewer's connection.
    pub connection_function_association: Option<ConnectionFunctionAssociation>,
}
