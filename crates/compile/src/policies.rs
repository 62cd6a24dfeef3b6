//! A behavior's policies, or its legacy settings, folded into one model (C01, D.2, D.6, M).
//!
//! Managed policies are documents like those of an account and take the same way; see [`crate::managed`].

mod cache;
mod cors;
mod names;
mod origin_request;
mod request_headers;
mod response_headers;
mod security;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use http::header::HOST;
use rules::model::{
    Caching, Forwarding, HeaderSelection, HeaderTreatment, NameSelection, ResponseHeadersPolicy,
};
use shapes::DefaultCacheBehavior;

use crate::environment::References;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::{legacy, managed};

pub use cache::{cache_policy, cache_policy_defaults};
pub use origin_request::{origin_request_policy, origin_request_policy_defaults};
pub use response_headers::{response_headers_policy, response_headers_policy_defaults};

/// What policies or legacy settings say together.
pub(crate) struct Policies {
    pub(crate) caching: Caching,
    pub(crate) forwarding: Forwarding,
    pub(crate) response_headers: Option<Arc<ResponseHeadersPolicy>>,
}

/// Folds the settings of the behavior at `path`; `None` after a report.
pub(crate) fn compile(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    to_bucket: bool,
    references: &References,
) -> Option<Policies> {
    let response_headers = compile_response_headers(report, path, settings, references);
    let (caching, forwarding) = match given(settings.cache_policy_id.as_ref()) {
        Some(id) => {
            check_no_legacy(report, path, settings);
            let caching = compile_cache(report, path, id, to_bucket, references);
            let forwarding = compile_origin_request(report, path, settings, references);
            (caching?, forwarding?)
        }
        None => {
            check_no_origin_request_policy(report, path, settings);
            legacy::compile(report, path, settings, to_bucket)?
        }
    };
    Some(Policies { caching, forwarding, response_headers: response_headers? })
}

/// An empty id is no id.
fn given(id: Option<&String>) -> Option<&str> {
    id.map(String::as_str).filter(|id| !id.is_empty())
}

/// Legacy settings beside a cache policy are refused; TTLs of 0, which some clients always write, are not.
fn check_no_legacy(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let is_set = |ttl: Option<i64>| ttl.is_some_and(|ttl| ttl != 0);
    let present = [
        ("ForwardedValues", settings.forwarded_values.is_some()),
        ("MinTTL", is_set(settings.min_ttl)),
        ("DefaultTTL", is_set(settings.default_ttl)),
        ("MaxTTL", is_set(settings.max_ttl)),
    ];
    for (member, _) in present.into_iter().filter(|(_, present)| *present) {
        let path = format!("{path}.{member}");
        let words = format!(
            "The parameter {member} cannot be used when a cache policy is associated to the cache behavior."
        );
        let explanation = format!("{path} is set beside a CachePolicyId. Accepted: one of them.");
        report.add_known(Stage::Field, INVALID_ARGUMENT, path, words, explanation);
    }
}

/// The managed policy `id`, or the account's.
fn find<'a, T: Clone>(id: &str, managed: Option<T>, kept: &'a BTreeMap<String, T>) -> Option<Cow<'a, T>> {
    managed.map(Cow::Owned).or_else(|| kept.get(id).map(Cow::Borrowed))
}

fn compile_cache(
    report: &mut Report,
    path: &str,
    id: &str,
    to_bucket: bool,
    references: &References,
) -> Option<Caching> {
    let path = format!("{path}.CachePolicyId");
    let policy = find(id, managed::cache_policy(id), &references.cache_policies);
    report.require(policy.is_some(), Stage::Reference, "NoSuchCachePolicy", &path, || {
        match managed::withheld_cache_policy(id) {
            Some(name) => format!(
                "{path} names the managed policy {name}, whose values are not public. Accepted: another cache \
                 policy, or ForwardedValues."
            ),
            None => format!("{path} is {}. Accepted: the id of a cache policy that exists.", Quoted(id)),
        }
    });
    let policy = policy?;
    let caching = cache::compiled(&policy);
    let keys_host = caching.key.headers.contains(&HOST);
    report.require(!(to_bucket && keys_host), Stage::Field, "InvalidHeadersForS3Origin", &path, || {
        format!(
            "{path} names {}, which caches on Host. Accepted for a bucket: a policy that does not.",
            policy.name
        )
    });
    Some(caching)
}

fn check_no_origin_request_policy(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let id = given(settings.origin_request_policy_id.as_ref());
    let path = format!("{path}.OriginRequestPolicyId");
    report.require(id.is_none(), Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is set. Accepted: only beside a CachePolicyId.")
    });
}

fn compile_origin_request(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    references: &References,
) -> Option<Forwarding> {
    let Some(id) = given(settings.origin_request_policy_id.as_ref()) else {
        return Some(Forwarding {
            treatment: HeaderTreatment::Policy,
            headers: HeaderSelection::None,
            query: NameSelection::None,
            cookies: NameSelection::None,
        });
    };
    let policy = find(id, managed::origin_request_policy(id), &references.origin_request_policies);
    let path = format!("{path}.OriginRequestPolicyId");
    report.require(policy.is_some(), Stage::Reference, "NoSuchOriginRequestPolicy", &path, || {
        format!("{path} is {}. Accepted: the id of an origin request policy that exists.", Quoted(id))
    });
    Some(origin_request::compiled(policy.as_deref()?))
}

/// The outer `None` is a report, the inner one no policy.
#[expect(clippy::option_option, reason = "failed, none and some are three answers")]
fn compile_response_headers(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    references: &References,
) -> Option<Option<Arc<ResponseHeadersPolicy>>> {
    let Some(id) = given(settings.response_headers_policy_id.as_ref()) else { return Some(None) };
    let policy = find(id, managed::response_headers_policy(id), &references.response_headers_policies);
    let path = format!("{path}.ResponseHeadersPolicyId");
    report.require(policy.is_some(), Stage::Reference, "NoSuchResponseHeadersPolicy", &path, || {
        format!("{path} is {}. Accepted: the id of a response headers policy that exists.", Quoted(id))
    });
    Some(Some(Arc::new(response_headers::compiled(id, policy.as_deref()?))))
}

#[cfg(test)]
mod tests {
    use shapes::CachePolicyConfig;

    use super::*;

    fn problems(config: CachePolicyConfig, to_bucket: bool) -> Vec<&'static str> {
        let references =
            References { cache_policies: [("mine".to_owned(), config)].into(), ..References::default() };
        let settings =
            DefaultCacheBehavior { cache_policy_id: Some("mine".into()), ..DefaultCacheBehavior::default() };
        let mut report = Report::default();
        compile(&mut report, "DefaultCacheBehavior", &settings, to_bucket, &references);
        report.finish().iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn a_custom_policy_that_caches_on_host_is_refused_for_a_bucket_only() {
        let mut config = CachePolicyConfig { name: "mine".into(), ..CachePolicyConfig::default() };
        assert_eq!(problems(config.clone(), true), Vec::<&str>::new());
        let key = config.parameters_in_cache_key_and_forwarded_to_origin.get_or_insert_default();
        key.headers_config.header_behavior = "whitelist".into();
        key.headers_config.headers = Some(vec!["HOST".to_owned()].into());
        assert_eq!(problems(config.clone(), true), ["InvalidHeadersForS3Origin"]);
        assert_eq!(problems(config, false), Vec::<&str>::new());
    }

    #[test]
    fn a_managed_policy_cannot_be_replaced_by_one_of_the_account_with_its_id() {
        let (id, managed) = managed::cache_policies().next().unwrap();
        let own = CachePolicyConfig { name: "own".into(), ..CachePolicyConfig::default() };
        let kept = [(id.to_owned(), own)].into();
        let found = find(id, managed::cache_policy(id), &kept).map(Cow::into_owned);
        assert_eq!(found, Some(managed));
    }
}
