//! Managed policies: the constant ones that every account has (M.1 to M.3).
//!
//! One table each for cache policies, origin request policies and response headers policies. Ids whose values
//! are not public (M08 to M11) are known by name only and cannot be used.

mod cache;
mod headers;
mod origin_request;

pub use cache::{CACHE_POLICIES, ManagedCachePolicy, WITHHELD_CACHE_POLICIES};
pub use headers::{MANAGED_RESPONSE_HEADERS_POLICIES, ManagedCors, ManagedResponseHeadersPolicy};
pub use origin_request::{ManagedHeaders, ManagedOriginRequestPolicy, ORIGIN_REQUEST_POLICIES};

use std::sync::Arc;

use http::header::HeaderName;
use rules::model::NameSelection;

/// Which cookies or query parameters a managed policy chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagedNames {
    /// None.
    None,
    /// Every one.
    All,
    /// Only these.
    Only(&'static [&'static str]),
}

impl ManagedNames {
    /// As the model says it.
    pub(crate) fn selection(self) -> NameSelection {
        match self {
            Self::None => NameSelection::None,
            Self::All => NameSelection::All,
            Self::Only(names) => NameSelection::Only(names.iter().map(|name| Arc::from(*name)).collect()),
        }
    }
}

/// Lower-case constants as header names, sorted.
pub(crate) fn header_names(names: &[&'static str]) -> Box<[HeaderName]> {
    let mut names: Vec<_> = names.iter().map(|name| HeaderName::from_static(name)).collect();
    names.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    names.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_managed_policy_compiles_and_has_its_own_id() {
        let mut ids: Vec<&str> = Vec::new();
        for policy in CACHE_POLICIES {
            policy.caching();
            ids.push(policy.id);
        }
        for policy in ORIGIN_REQUEST_POLICIES {
            policy.header_selection();
            ids.push(policy.id);
        }
        for policy in MANAGED_RESPONSE_HEADERS_POLICIES {
            policy.compiled();
            ids.push(policy.id);
        }
        ids.extend(WITHHELD_CACHE_POLICIES.iter().map(|(id, _)| *id));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), count), (24, 24));
    }
}
