//! A behavior's policies, or its legacy settings, folded into one model (C01, D.2, D.6, M).

use std::sync::Arc;

use rules::model::{
    Caching, Forwarding, HeaderSelection, HeaderTreatment, NameSelection, ResponseHeadersPolicy,
};
use shapes::DefaultCacheBehavior;

use crate::legacy;
use crate::managed::{
    ManagedCachePolicy, ManagedOriginRequestPolicy, ManagedResponseHeadersPolicy, WITHHELD_CACHE_POLICIES,
};
use crate::problems::{INVALID_ARGUMENT, Report, Stage};

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
) -> Option<Policies> {
    let response_headers = response_headers(report, path, settings);
    let (caching, forwarding) = match given(settings.cache_policy_id.as_ref()) {
        Some(id) => {
            check_no_legacy(report, path, settings);
            let caching = cache_policy(report, path, id, to_bucket);
            let forwarding = origin_request_policy(report, path, settings);
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
        report.add(
            Stage::Field,
            INVALID_ARGUMENT,
            format!("{path}.{member}"),
            format!("The parameter {member} cannot be used when a cache policy is associated to the cache behavior."),
        );
    }
}

fn cache_policy(report: &mut Report, path: &str, id: &str, to_bucket: bool) -> Option<Caching> {
    let path = format!("{path}.CachePolicyId");
    let policy = ManagedCachePolicy::find(id);
    report.require(policy.is_some(), Stage::Reference, "NoSuchCachePolicy", &path, || {
        match WITHHELD_CACHE_POLICIES.iter().find(|(withheld, _)| *withheld == id) {
            Some((_, name)) => format!(
                "{path} names the managed policy {name}, whose values are not public. Accepted: another managed \
                 cache policy, or ForwardedValues."
            ),
            None => format!("{path} is \"{id}\". Accepted: the id of a managed cache policy."),
        }
    });
    let policy = policy?;
    let keys_host = policy.headers.contains(&"host");
    report.require(!(to_bucket && keys_host), Stage::Field, "InvalidHeadersForS3Origin", &path, || {
        format!(
            "{path} names {}, which caches on Host. Accepted for a bucket: a policy that does not.",
            policy.name
        )
    });
    Some(policy.caching())
}

fn check_no_origin_request_policy(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) {
    let id = given(settings.origin_request_policy_id.as_ref());
    let path = format!("{path}.OriginRequestPolicyId");
    report.require(id.is_none(), Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is set. Accepted: only beside a CachePolicyId.")
    });
}

fn origin_request_policy(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
) -> Option<Forwarding> {
    let Some(id) = given(settings.origin_request_policy_id.as_ref()) else {
        return Some(Forwarding {
            treatment: HeaderTreatment::Policy,
            headers: HeaderSelection::None,
            query: NameSelection::None,
            cookies: NameSelection::None,
        });
    };
    let policy = ManagedOriginRequestPolicy::find(id);
    let path = format!("{path}.OriginRequestPolicyId");
    report.require(policy.is_some(), Stage::Reference, "NoSuchOriginRequestPolicy", &path, || {
        format!("{path} is \"{id}\". Accepted: the id of a managed origin request policy.")
    });
    policy.map(|policy| Forwarding {
        treatment: HeaderTreatment::Policy,
        headers: policy.header_selection(),
        query: policy.query.selection(),
        cookies: policy.cookies.selection(),
    })
}

/// The outer `None` is a report, the inner one no policy.
#[expect(clippy::option_option, reason = "failed, none and some are three answers")]
fn response_headers(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
) -> Option<Option<Arc<ResponseHeadersPolicy>>> {
    let Some(id) = given(settings.response_headers_policy_id.as_ref()) else { return Some(None) };
    let policy = ManagedResponseHeadersPolicy::find(id);
    let path = format!("{path}.ResponseHeadersPolicyId");
    report.require(policy.is_some(), Stage::Reference, "NoSuchResponseHeadersPolicy", &path, || {
        format!("{path} is \"{id}\". Accepted: the id of a managed response headers policy.")
    });
    policy.map(|policy| Some(Arc::new(policy.compiled())))
}
