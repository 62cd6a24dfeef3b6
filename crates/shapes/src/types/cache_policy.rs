//! Cache policies: what belongs to the cache key, and how long objects stay.

use super::CachePolicyType;
use crate::{Counted, Shape, Timestamp, string_enum::string_enum};

/// A cache policy: the document that callers write.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicyConfig {
    /// A note for people.
    pub comment: Option<String>,
    /// Its name, unique in the account.
    pub name: String,
    /// Time in the cache when the origin does not say, in seconds.
    #[shape(name = "DefaultTTL")]
    pub default_ttl: Option<i64>,
    /// Most time in the cache, in seconds.
    #[shape(name = "MaxTTL")]
    pub max_ttl: Option<i64>,
    /// Least time in the cache, in seconds.
    #[shape(name = "MinTTL")]
    pub min_ttl: i64,
    /// What belongs to the cache key and, by that, reaches the origin.
    pub parameters_in_cache_key_and_forwarded_to_origin: Option<ParametersInCacheKeyAndForwardedToOrigin>,
}

/// What belongs to the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ParametersInCacheKeyAndForwardedToOrigin {
    /// Whether objects compressed with gzip are cached apart.
    pub enable_accept_encoding_gzip: bool,
    /// Whether objects compressed with brotli are cached apart.
    pub enable_accept_encoding_brotli: Option<bool>,
    /// Which headers belong to it.
    pub headers_config: CachePolicyHeadersConfig,
    /// Which cookies belong to it.
    pub cookies_config: CachePolicyCookiesConfig,
    /// Which parameters of the query string belong to it.
    pub query_strings_config: CachePolicyQueryStringsConfig,
}

/// Which headers belong to the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicyHeadersConfig {
    /// None, or those that are named.
    pub header_behavior: CachePolicyHeaderBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub headers: Option<Counted<String>>,
}

/// Which cookies belong to the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicyCookiesConfig {
    /// None, all, those that are named, or all but those.
    pub cookie_behavior: CachePolicyCookieBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub cookies: Option<Counted<String>>,
}

/// Which parameters of the query string belong to the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicyQueryStringsConfig {
    /// None, all, those that are named, or all but those.
    pub query_string_behavior: CachePolicyQueryStringBehavior,
    /// The names.
    #[shape(item = "Name")]
    pub query_strings: Option<Counted<String>>,
}

string_enum! {
    /// Which headers belong to the cache key.
    CachePolicyHeaderBehavior {
        None = "none",
        Whitelist = "whitelist",
    }
}

string_enum! {
    /// Which cookies belong to the cache key.
    CachePolicyCookieBehavior {
        None = "none",
        Whitelist = "whitelist",
        AllExcept = "allExcept",
        All = "all",
    }
}

string_enum! {
    /// Which parameters of the query string belong to the cache key.
    CachePolicyQueryStringBehavior {
        None = "none",
        Whitelist = "whitelist",
        AllExcept = "allExcept",
        All = "all",
    }
}

/// A cache policy as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicy {
    /// Its id.
    pub id: String,
    /// When it was last written.
    pub last_modified_time: Timestamp,
    /// What it says.
    pub cache_policy_config: CachePolicyConfig,
}

/// A page of the list of cache policies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicyList {
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Entries on this page.
    pub quantity: i32,
    /// The policies.
    #[shape(item = "CachePolicySummary")]
    pub items: Vec<CachePolicySummary>,
}

/// A cache policy in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CachePolicySummary {
    /// Where it comes from.
    #[shape(name = "Type")]
    pub policy_type: CachePolicyType,
    /// The policy.
    pub cache_policy: CachePolicy,
}
