//! What a distribution's document refers to, by id.
//!
//! Whoever keeps policies, access controls and identities asks this: what is used cannot be deleted, and a
//! change concerns every distribution that uses it.

use std::collections::BTreeSet;

use shapes::{DefaultCacheBehavior, DistributionConfig};

use crate::access::IDENTITY_PREFIX;

/// Ids of what a distribution uses; managed policies are among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    /// Cache policies.
    pub cache_policies: BTreeSet<String>,
    /// Origin request policies.
    pub origin_request_policies: BTreeSet<String>,
    /// Response headers policies.
    pub response_headers_policies: BTreeSet<String>,
    /// Origin access controls.
    pub origin_access_controls: BTreeSet<String>,
    /// Origin access identities, without what precedes their ids in documents.
    pub origin_access_identities: BTreeSet<String>,
}

/// What `config` uses; an empty id is none.
pub fn uses(config: &DistributionConfig) -> Uses {
    let mut uses = Uses::default();
    uses.add_behavior(&config.default_cache_behavior);
    for behavior in config.cache_behaviors.iter().flatten() {
        uses.add_behavior(&behavior.settings);
    }
    for origin in &config.origins {
        add(&mut uses.origin_access_controls, origin.origin_access_control_id.as_deref());
        let identity = origin.s3_origin_config.as_ref().map(|bucket| bucket.origin_access_identity.as_str());
        add(
            &mut uses.origin_access_identities,
            identity.and_then(|identity| identity.strip_prefix(IDENTITY_PREFIX)),
        );
    }
    uses
}

impl Uses {
    fn add_behavior(&mut self, settings: &DefaultCacheBehavior) {
        add(&mut self.cache_policies, settings.cache_policy_id.as_deref());
        add(&mut self.origin_request_policies, settings.origin_request_policy_id.as_deref());
        add(&mut self.response_headers_policies, settings.response_headers_policy_id.as_deref());
    }
}

fn add(ids: &mut BTreeSet<String>, id: Option<&str>) {
    ids.extend(id.filter(|id| !id.is_empty()).map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use shapes::{CacheBehavior, Origin, S3OriginConfig};

    use super::*;

    fn settings(cache: &str, request: &str, headers: &str) -> DefaultCacheBehavior {
        DefaultCacheBehavior {
            cache_policy_id: Some(cache.into()),
            origin_request_policy_id: Some(request.into()),
            response_headers_policy_id: Some(headers.into()),
            ..DefaultCacheBehavior::default()
        }
    }

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn ids_of_every_behavior_and_origin_are_found_and_empty_ones_are_none() {
        let bucket = Origin {
            origin_access_control_id: Some("EC".into()),
            s3_origin_config: Some(S3OriginConfig {
                origin_access_identity: "origin-access-identity/cloudfront/EI".into(),
                ..S3OriginConfig::default()
            }),
            ..Origin::default()
        };
        let server = Origin { origin_access_control_id: Some(String::new()), ..Origin::default() };
        let listed = CacheBehavior { path_pattern: "/a".into(), settings: settings("c2", "", "h2") };
        let config = DistributionConfig {
            default_cache_behavior: settings("c1", "r1", "h1"),
            cache_behaviors: Some(vec![listed].into()),
            origins: vec![bucket, server].into(),
            ..DistributionConfig::default()
        };
        let expected = Uses {
            cache_policies: set(&["c1", "c2"]),
            origin_request_policies: set(&["r1"]),
            response_headers_policies: set(&["h1", "h2"]),
            origin_access_controls: set(&["EC"]),
            origin_access_identities: set(&["EI"]),
        };
        assert_eq!(uses(&config), expected);
        assert_eq!(uses(&DistributionConfig::default()), Uses::default());
    }
}
