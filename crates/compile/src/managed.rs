//! Managed policies: the constant ones that every account has (M.1 to M.3, M15).
//!
//! One table each for cache policies, origin request policies and response headers policies; from a row comes
//! the document that the API shows, and from the document what the edge gets, as for an account's own policies.
//! Ids whose values are not public (M08 to M11) are known by name only and cannot be used.

mod cache;
mod headers;
mod origin_request;

use shapes::{CachePolicyConfig, Counted, OriginRequestPolicyConfig, ResponseHeadersPolicyConfig};

/// The managed cache policy `id`.
pub fn cache_policy(id: &str) -> Option<CachePolicyConfig> {
    cache::POLICIES.iter().find(|policy| policy.id == id).map(cache::Policy::config)
}

/// Every managed cache policy with its id.
pub fn cache_policies() -> impl Iterator<Item = (&'static str, CachePolicyConfig)> {
    cache::POLICIES.iter().map(|policy| (policy.id, policy.config()))
}

/// The managed origin request policy `id`.
pub fn origin_request_policy(id: &str) -> Option<OriginRequestPolicyConfig> {
    origin_request::POLICIES.iter().find(|policy| policy.id == id).map(origin_request::Policy::config)
}

/// Every managed origin request policy with its id.
pub fn origin_request_policies() -> impl Iterator<Item = (&'static str, OriginRequestPolicyConfig)> {
    origin_request::POLICIES.iter().map(|policy| (policy.id, policy.config()))
}

/// The managed response headers policy `id`.
pub fn response_headers_policy(id: &str) -> Option<ResponseHeadersPolicyConfig> {
    headers::POLICIES.iter().find(|policy| policy.id == id).map(headers::Policy::config)
}

/// Every managed response headers policy with its id.
pub fn response_headers_policies() -> impl Iterator<Item = (&'static str, ResponseHeadersPolicyConfig)> {
    headers::POLICIES.iter().map(|policy| (policy.id, policy.config()))
}

/// The name of the managed cache policy `id` when its values are not public (M08 to M11).
pub fn withheld_cache_policy(id: &str) -> Option<&'static str> {
    cache::WITHHELD.iter().find(|(withheld, _)| *withheld == id).map(|(_, name)| *name)
}

/// As the API shows a managed policy's name (M15).
fn shown_name(name: &str) -> String {
    format!("Managed-{name}")
}

/// Which cookies or query parameters a managed policy chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    None,
    All,
    Only(&'static [&'static str]),
}

impl Names {
    /// The word, and the list beside it.
    fn config(self) -> (&'static str, Option<Counted<String>>) {
        match self {
            Self::None => ("none", None),
            Self::All => ("all", None),
            Self::Only(names) => ("whitelist", Some(counted(names))),
        }
    }
}

fn counted(names: &[&str]) -> Counted<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shapes::OriginRequestPolicyHeaderBehavior;

    use super::*;
    use crate::{Environment, Quotas};

    fn environment() -> Environment {
        // Managed policies do not count for quotas (M15); one names 21 headers.
        let quotas = Quotas { max_origin_request_policy_headers: 21, ..Quotas::default() };
        Environment { quotas, ..Environment::default() }
    }

    #[test]
    fn every_managed_policy_has_its_own_id_and_name() {
        let mut ids: Vec<&str> = cache_policies().map(|(id, _)| id).collect();
        ids.extend(origin_request_policies().map(|(id, _)| id));
        ids.extend(response_headers_policies().map(|(id, _)| id));
        ids.extend(cache::WITHHELD.iter().map(|(id, _)| *id));
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (24, 24));
        for (id, config) in cache_policies() {
            assert!(config.name.starts_with("Managed-"), "{}", config.name);
            assert_eq!(cache_policy(id), Some(config));
        }
    }

    #[test]
    fn managed_policies_are_what_the_checks_of_custom_ones_accept() {
        for (id, config) in cache_policies() {
            assert!(crate::cache_policy(&config, &environment()).is_empty(), "{id}");
            let mut shown = config.clone();
            crate::cache_policy_defaults(&mut shown);
            assert_eq!(shown, config, "{id} is complete");
        }
        for (id, config) in origin_request_policies() {
            let total_fits = config.headers_config.header_behavior
                != OriginRequestPolicyHeaderBehavior::AllViewerAndWhitelistCloudFront;
            let problems = crate::origin_request_policy(&config, &environment());
            assert!(problems.is_empty() || !total_fits, "{id}: {problems}");
        }
        for (id, config) in response_headers_policies() {
            let problems = crate::response_headers_policy(&config, &environment());
            // What the guide does not tell about them stays empty.
            let untold = ["CorsConfig.AccessControlAllowHeaders", "CorsConfig.AccessControlAllowMethods"];
            let other = problems.iter().find(|problem| !untold.contains(&problem.path.as_str()));
            assert_eq!(other, None, "{id}");
        }
    }
}
