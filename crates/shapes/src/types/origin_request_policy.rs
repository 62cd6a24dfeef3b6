//! Origin request policies: what an origin gets to see beyond the cache key.

use super::OriginRequestPolicyType;
use crate::{Counted, Shape, Timestamp, string_enum::string_enum};

/// An origin request policy: the document that callers write.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicyConfig {
    /// A note for people.
    pub comment: Option<String>,
    /// Its name, unique in the account.
    pub name: String,
    /// Which headers reach the origin.
    pub headers_config: OriginRequestPolicyHeadersConfig,
    /// Which cookies reach the origin.
    pub cookies_config: OriginRequestPolicyCookiesConfig,
    /// Which parameters of the query string reach the origin.
    pub query_strings_config: OriginRequestPolicyQueryStringsConfig,
}

/// Which headers reach the origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicyHeadersConfig {
    /// Which of the viewer's, and whether CloudFront's own.
    pub header_behavior: OriginRequestPolicyHeaderBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub headers: Option<Counted<String>>,
}

/// Which cookies reach the origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicyCookiesConfig {
    /// None, all, those that are named, or all but those.
    pub cookie_behavior: OriginRequestPolicyCookieBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub cookies: Option<Counted<String>>,
}

/// Which parameters of the query string reach the origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicyQueryStringsConfig {
    /// None, all, those that are named, or all but those.
    pub query_string_behavior: OriginRequestPolicyQueryStringBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub query_strings: Option<Counted<String>>,
}

string_enum! {
    /// Which headers reach the origin.
    OriginRequestPolicyHeaderBehavior {
        None = "none",
        Whitelist = "whitelist",
        AllViewer = "allViewer",
        AllViewerAndWhitelistCloudFront = "allViewerAndWhitelistCloudFront",
        AllExcept = "allExcept",
    }
}

string_enum! {
    /// Which cookies reach the origin.
    OriginRequestPolicyCookieBehavior {
        None = "none",
        Whitelist = "whitelist",
        All = "all",
        AllExcept = "allExcept",
    }
}

string_enum! {
    /// Which parameters of the query string reach the origin.
    OriginRequestPolicyQueryStringBehavior {
        None = "none",
        Whitelist = "whitelist",
        All = "all",
        AllExcept = "allExcept",
    }
}

/// An origin request policy as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicy {
    /// Its id.
    pub id: String,
    /// When it was last written.
    pub last_modified_time: Timestamp,
    /// What it says.
    pub origin_request_policy_config: OriginRequestPolicyConfig,
}

/// A page of the list of origin request policies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicyList {
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Entries on this page.
    pub quantity: i32,
    /// The policies.
    #[shape(item = "OriginRequestPolicySummary")]
    pub items: Vec<OriginRequestPolicySummary>,
}

/// An origin request policy in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginRequestPolicySummary {
    /// Where it comes from.
    #[shape(name = "Type")]
    pub policy_type: OriginRequestPolicyType,
    /// The policy.
    pub origin_request_policy: OriginRequestPolicy,
}
