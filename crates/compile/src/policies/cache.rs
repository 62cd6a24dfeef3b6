//! Cache policies: lifetimes and what belongs to the cache key (C.1, D.2, D.3).

use std::time::Duration;

use http::header::HeaderName;
use rules::model::{Caching, CachingMode, KeyParts, TtlBounds};
use shapes::{
    CachePolicyConfig, CachePolicyCookieBehavior, CachePolicyHeaderBehavior, CachePolicyQueryStringBehavior,
    ParametersInCacheKeyAndForwardedToOrigin,
};

use super::names::{Choice, check_title, check_total, drop_empty, listed};
use super::request_headers::{self, Use};
use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Problems, Report, Stage};
use crate::values;

/// Default of the default TTL, in seconds (C01).
const DEFAULT_TTL_S: i64 = 86_400;
/// Default of the maximum TTL, in seconds (C01).
const MAX_TTL_S: i64 = 31_536_000;
/// The longest TTL that can be set: 100 years, in seconds (C05).
const LONGEST_TTL_S: i64 = 3_153_600_000;

const KEY: &str = "ParametersInCacheKeyAndForwardedToOrigin";

/// Checks a new or changed cache policy.
pub fn cache_policy(config: &CachePolicyConfig, environment: &Environment) -> Problems {
    let mut report = Report::default();
    values::check(&mut report, config);
    check_title(&mut report, &config.name, config.comment.as_deref());
    check_ttls(&mut report, config);
    if let Some(key) = &config.parameters_in_cache_key_and_forwarded_to_origin {
        check_key(&mut report, key, environment);
        if ttls(config) == [0, 0, 0] {
            check_nothing_in_key(&mut report, key);
        }
    }
    report.finish()
}

/// Fills in what CloudFront shows for what was left out: TTLs that grow with what is set (C02), and a key of
/// nothing but distribution and path.
pub fn cache_policy_defaults(config: &mut CachePolicyConfig) {
    let [_, default, maximum] = ttls(config);
    config.default_ttl = Some(default);
    config.max_ttl = Some(maximum);
    let key = config.parameters_in_cache_key_and_forwarded_to_origin.get_or_insert_with(empty_key);
    key.enable_accept_encoding_brotli.get_or_insert(false);
    drop_empty(&mut key.headers_config.headers, key.headers_config.header_behavior.as_str());
    drop_empty(&mut key.cookies_config.cookies, key.cookies_config.cookie_behavior.as_str());
    drop_empty(
        &mut key.query_strings_config.query_strings,
        key.query_strings_config.query_string_behavior.as_str(),
    );
}

fn empty_key() -> ParametersInCacheKeyAndForwardedToOrigin {
    let mut key = ParametersInCacheKeyAndForwardedToOrigin::default();
    key.headers_config.header_behavior = CachePolicyHeaderBehavior::None;
    key.cookies_config.cookie_behavior = CachePolicyCookieBehavior::None;
    key.query_strings_config.query_string_behavior = CachePolicyQueryStringBehavior::None;
    key
}

/// What the edge gets of a checked policy.
pub(crate) fn compiled(config: &CachePolicyConfig) -> Caching {
    let ttls = ttls(config);
    let [minimum, default, maximum] = ttls.map(|ttl_s| Duration::from_secs(ttl_s.try_into().unwrap_or(0)));
    let mode = if ttls == [0, 0, 0] { CachingMode::Disabled } else { CachingMode::Enabled };
    let key = config.parameters_in_cache_key_and_forwarded_to_origin.as_ref();
    Caching {
        mode,
        ttl: TtlBounds { minimum, default, maximum },
        key: key.map(compiled_key).unwrap_or_default(),
    }
}

fn compiled_key(key: &ParametersInCacheKeyAndForwardedToOrigin) -> KeyParts {
    let [headers, cookies, query] = choices(key);
    KeyParts {
        query: query.selection(),
        headers: headers.header_names(),
        cookies: cookies.selection(),
        gzip: key.enable_accept_encoding_gzip,
        brotli: key.enable_accept_encoding_brotli == Some(true),
    }
}

/// Minimum, default and maximum TTL in seconds (C02).
fn ttls(config: &CachePolicyConfig) -> [i64; 3] {
    let minimum = config.min_ttl;
    let default = config.default_ttl.unwrap_or(DEFAULT_TTL_S.max(minimum));
    let maximum = config.max_ttl.unwrap_or(MAX_TTL_S.max(minimum).max(default));
    [minimum, default, maximum]
}

fn check_ttls(report: &mut Report, config: &CachePolicyConfig) {
    let [minimum, default, maximum] = ttls(config);
    for (member, ttl_s) in [("MinTTL", minimum), ("DefaultTTL", default), ("MaxTTL", maximum)] {
        report.range(INVALID_ARGUMENT, member, ttl_s, 0..=LONGEST_TTL_S);
    }
    let ordered = minimum <= default && default <= maximum;
    report.require(ordered, Stage::Field, INVALID_ARGUMENT, "MinTTL", || {
        format!(
            "MinTTL is {minimum}, DefaultTTL {default}, MaxTTL {maximum}. Accepted: each at least the one before it; \
             a DefaultTTL that is left out counts as {DEFAULT_TTL_S}."
        )
    });
}

/// Headers, cookies and query parameters of the key.
fn choices(key: &ParametersInCacheKeyAndForwardedToOrigin) -> [Choice<'_>; 3] {
    let (headers, cookies) = (&key.headers_config, &key.cookies_config);
    let query = &key.query_strings_config;
    [
        Choice {
            path: format!("{KEY}.HeadersConfig"),
            behavior: "HeaderBehavior",
            list: "Headers",
            word: headers.header_behavior.as_str(),
            names: listed(headers.headers.as_ref()),
        },
        Choice {
            path: format!("{KEY}.CookiesConfig"),
            behavior: "CookieBehavior",
            list: "Cookies",
            word: cookies.cookie_behavior.as_str(),
            names: listed(cookies.cookies.as_ref()),
        },
        Choice {
            path: format!("{KEY}.QueryStringsConfig"),
            behavior: "QueryStringBehavior",
            list: "QueryStrings",
            word: query.query_string_behavior.as_str(),
            names: listed(query.query_strings.as_ref()),
        },
    ]
}

fn check_key(report: &mut Report, key: &ParametersInCacheKeyAndForwardedToOrigin, environment: &Environment) {
    let quotas = &environment.quotas;
    let [headers, cookies, query] = choices(key);
    headers.check(report, "TooManyHeadersInCachePolicy", quotas.max_cache_policy_headers);
    cookies.check(report, "TooManyCookiesInCachePolicy", quotas.max_cache_policy_cookies);
    query.check(report, "TooManyQueryStringsInCachePolicy", quotas.max_cache_policy_query_strings);
    request_headers::check(report, &headers, Use::CacheKey);
    cookies.check_names(report, b"=;,");
    query.check_names(report, b"=&#");
    check_total(report, KEY, &[&headers, &cookies, &query], quotas.max_cache_policy_names_total);
    check_accept_encoding(report, key, &headers);
}

/// D31: the two flags decide about `Accept-Encoding`, so that its name cannot.
fn check_accept_encoding(
    report: &mut Report,
    key: &ParametersInCacheKeyAndForwardedToOrigin,
    headers: &Choice<'_>,
) {
    let normalized = key.enable_accept_encoding_gzip || key.enable_accept_encoding_brotli == Some(true);
    let names = headers.names.iter().enumerate();
    for (index, name) in names.filter(|(_, name)| is_accept_encoding(name)) {
        let path = headers.item_path(index);
        report.require(!normalized, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {name}, but EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli is true. Accepted: \
                 Accept-Encoding by name only where both are false."
            )
        });
    }
}

fn is_accept_encoding(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| name == http::header::ACCEPT_ENCODING)
}

/// D42: where nothing is cached, nothing can belong to the key.
fn check_nothing_in_key(report: &mut Report, key: &ParametersInCacheKeyAndForwardedToOrigin) {
    for choice in choices(key) {
        let path = format!("{}.{}", choice.path, choice.behavior);
        // An unknown word has a problem of its own.
        let refused = ["whitelist", "allExcept", "all"].contains(&choice.word);
        report.require_known(!refused, Stage::Field, INVALID_ARGUMENT, &path, words(choice.behavior), || {
            without_caching(&path, choice.word, "none")
        });
    }
    let flags = [
        ("EnableAcceptEncodingGzip", key.enable_accept_encoding_gzip),
        ("EnableAcceptEncodingBrotli", key.enable_accept_encoding_brotli == Some(true)),
    ];
    for (member, on) in flags {
        let path = format!("{KEY}.{member}");
        report.require_known(!on, Stage::Field, INVALID_ARGUMENT, &path, words(member), || {
            without_caching(&path, "true", "false")
        });
    }
}

fn words(member: &str) -> String {
    format!("The parameter {member} is invalid for policy with caching disabled.")
}

fn without_caching(path: &str, value: &str, accepted: &str) -> String {
    format!("{path} is {value}, but all three TTLs are 0. Accepted: {accepted}, or a MaxTTL above 0.")
}
