//! Cache key and forwarding of a behavior that names no policies (legacy).

use crate::{Counted, Shape, string_enum::string_enum};

/// What reaches the origin and, by that, belongs to the cache key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ForwardedValues {
    /// Whether the query string does.
    pub query_string: bool,
    /// Which cookies do.
    pub cookies: CookiePreference,
    /// Which headers do; `*` is all of them and no caching.
    #[shape(item = "Name")]
    pub headers: Option<Counted<String>>,
    /// Which parameters of the query string belong to the cache key.
    #[shape(item = "Name")]
    pub query_string_cache_keys: Option<Counted<String>>,
}

/// Which cookies reach the origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CookiePreference {
    /// None, all, or those that are named.
    pub forward: ItemSelection,
    /// The names; `*` and `?` are wildcards.
    #[shape(item = "Name")]
    pub whitelisted_names: Option<Counted<String>>,
}

string_enum! {
    /// None, all, or those that are named.
    ItemSelection {
        None = "none",
        Whitelist = "whitelist",
        All = "all",
    }
}
