//! Legacy settings of a behavior: `ForwardedValues` and TTLs, folded into [`Caching`] and [`Forwarding`].
//!
//! With them, whatever is forwarded is in the cache key, except headers that pass by default (F.2), the other
//! parameters when only some query parameters are chosen for the key, and cookies for a bucket (G05).

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HOST, HeaderName};
use rules::model::{
    Caching, CachingMode, Forwarding, HeaderSelection, HeaderTreatment, KeyParts, NameSelection, TtlBounds,
};
use rules::path_pattern::PathPattern;
use shapes::{CookiePreference, Counted, DefaultCacheBehavior, ForwardedValues, ItemSelection};

use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::quotas::Quotas;

/// Default of the default TTL, in seconds (C01).
const DEFAULT_TTL_S: i64 = 86_400;
/// Default of the maximum TTL, in seconds (C01).
const MAX_TTL_S: i64 = 31_536_000;
/// The longest TTL that can be set: 100 years, in seconds.
const LONGEST_TTL_S: i64 = 3_153_600_000;

/// CloudFront's words for TTLs out of order.
const TTL_ORDER: &str = "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL \
                         less than or equal to MaxTTL";

/// Headers that cannot be cached on (D23 and the rows of F.2 that say no), lower-case.
const NOT_IN_KEY: [&str; 16] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Folds the legacy settings of the behavior at `path`; `None` after a report.
pub(crate) fn compile(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    to_bucket: bool,
) -> Option<(Caching, Forwarding)> {
    let ttl = ttl(report, path, settings);
    if settings.min_ttl.is_none() {
        let path = format!("{path}.MinTTL");
        let words = "The parameter MinTTL is required.";
        let explanation =
            format!("{path} is missing. Accepted: a CachePolicyId, or ForwardedValues and MinTTL.");
        report.add_known(Stage::Required, INVALID_ARGUMENT, path, words, explanation);
    }
    let Some(values) = &settings.forwarded_values else {
        let path = format!("{path}.ForwardedValues");
        let words = "The parameter ForwardedValues is required.";
        let explanation =
            format!("{path} is missing. Accepted: a CachePolicyId, or ForwardedValues and MinTTL.");
        report.add_known(Stage::Required, INVALID_ARGUMENT, path, words, explanation);
        return None;
    };
    let path = format!("{path}.ForwardedValues");
    let (query, forwarded_query) = query(report, &path, values);
    let cookies = cookies(report, &format!("{path}.Cookies"), &values.cookies);
    let headers = headers(report, &path, values, to_bucket)?;
    // Accept-Encoding is normalised to gzip or nothing (F13), unless it is in the key as it is.
    let gzip = !headers.names.contains(&ACCEPT_ENCODING) && !headers.all;
    let mode = match (headers.all, ttl?.maximum.is_zero()) {
        (true, _) => CachingMode::ForwardsAllHeaders,
        (false, true) => CachingMode::Disabled,
        (false, false) => CachingMode::Enabled,
    };
    // A bucket ignores cookies: they may be sent, but there is one copy for all of them (G05).
    let (cookies, forwarded_cookies) =
        if to_bucket { (NameSelection::None, cookies) } else { (cookies, NameSelection::None) };
    let key = KeyParts { query, headers: headers.names, cookies, gzip, brotli: false };
    let forwarding = Forwarding {
        treatment: HeaderTreatment::Legacy,
        headers: if headers.all { HeaderSelection::AllViewer } else { HeaderSelection::None },
        query: forwarded_query,
        cookies: forwarded_cookies,
    };
    Some((Caching { mode, ttl: ttl?, key }, forwarding))
}

/// Checks how many names the legacy settings of the behavior at `path` have, and how long they are (D26).
pub(crate) fn check_quotas(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    quotas: &Quotas,
) {
    let Some(values) = &settings.forwarded_values else { return };
    let characters = |name: &String| name.chars().count();
    let keys: Vec<usize> = values.query_string_cache_keys.iter().flatten().map(characters).collect();
    let path_of_keys = format!("{path}.ForwardedValues.QueryStringCacheKeys");
    let max_keys = quotas.max_forwarded_query_strings;
    report.limit("TooManyQueryStringParameters", &path_of_keys, keys.len(), max_keys);
    let (each, all) = (quotas.max_forwarded_query_string_name, quotas.max_forwarded_query_strings_total);
    let fits = keys.iter().all(|length| (1..=each).contains(length)) && keys.iter().sum::<usize>() <= all;
    report.require(fits, Stage::Field, "InvalidQueryStringParameters", &path_of_keys, || {
        format!(
            "{path_of_keys} has a name that is empty or too long. Accepted: 1 to {each} characters each, {all} in all."
        )
    });
    let names: Vec<usize> = values.cookies.whitelisted_names.iter().flatten().map(String::len).collect();
    let path_of_names = format!("{path}.ForwardedValues.Cookies.WhitelistedNames");
    report.limit("TooManyCookieNamesInWhiteList", &path_of_names, names.len(), quotas.max_forwarded_cookies);
    let most = quotas.max_forwarded_cookie_bytes;
    let fits = names.iter().sum::<usize>() + names.len() <= most && !names.contains(&0);
    report.require(fits, Stage::Field, INVALID_ARGUMENT, &path_of_names, || {
        format!(
            "{path_of_names} has an empty name or too long ones. Accepted: {most} bytes in all, less one for each name."
        )
    });
    let headers = values.headers.as_ref().map_or(0, Counted::len);
    let path_of_headers = format!("{path}.ForwardedValues.Headers");
    report.limit("TooManyHeadersInForwardedValues", &path_of_headers, headers, quotas.max_forwarded_headers);
}

/// Minimum, default and maximum TTL in seconds, with defaults that grow with what is set (C02).
pub(crate) fn ttl_defaults(settings: &DefaultCacheBehavior) -> [i64; 3] {
    let minimum = settings.min_ttl.unwrap_or(0);
    let default = settings.default_ttl.unwrap_or(DEFAULT_TTL_S.max(minimum));
    let maximum = settings.max_ttl.unwrap_or(MAX_TTL_S.max(minimum).max(default));
    [minimum, default, maximum]
}

fn ttl(report: &mut Report, path: &str, settings: &DefaultCacheBehavior) -> Option<TtlBounds> {
    let [minimum, default, maximum] = ttl_defaults(settings);
    for (member, ttl_s) in [("MinTTL", minimum), ("DefaultTTL", default), ("MaxTTL", maximum)] {
        report.range(INVALID_ARGUMENT, &format!("{path}.{member}"), ttl_s, 0..=LONGEST_TTL_S);
    }
    let ordered = minimum <= default && default <= maximum;
    report.require_known(ordered, Stage::Field, "InvalidTTLOrder", path, TTL_ORDER, || {
        format!(
            "{path} has MinTTL {minimum}, DefaultTTL {default}, MaxTTL {maximum}. Accepted: each at least the one \
             before it."
        )
    });
    let seconds = |ttl_s: i64| u64::try_from(ttl_s).ok().map(Duration::from_secs);
    Some(TtlBounds { minimum: seconds(minimum)?, default: seconds(default)?, maximum: seconds(maximum)? })
}

/// Query parameters of the key, and those forwarded beyond it.
fn query(report: &mut Report, path: &str, values: &ForwardedValues) -> (NameSelection, NameSelection) {
    let names: Vec<&str> = values.query_string_cache_keys.iter().flatten().map(String::as_str).collect();
    let path = format!("{path}.QueryStringCacheKeys");
    report.require(
        names.is_empty() || values.query_string,
        Stage::Field,
        "InvalidQueryStringParameters",
        &path,
        || {
            format!(
                "{path} has names, but QueryString is false. Accepted: names only when QueryString is true."
            )
        },
    );
    match (values.query_string, names.is_empty()) {
        (false, _) => (NameSelection::None, NameSelection::None),
        (true, true) => (NameSelection::All, NameSelection::None),
        (true, false) => {
            (NameSelection::Only(names.into_iter().map(Arc::from).collect()), NameSelection::All)
        }
    }
}

fn cookies(report: &mut Report, path: &str, cookies: &CookiePreference) -> NameSelection {
    let names: Vec<&str> = cookies.whitelisted_names.iter().flatten().map(String::as_str).collect();
    let path = format!("{path}.WhitelistedNames");
    let whitelist = cookies.forward == ItemSelection::Whitelist;
    report.require(whitelist != names.is_empty(), Stage::Field, "InvalidForwardCookies", &path, || {
        format!(
            "{path} has {} names, but Forward is {}. Accepted: names with whitelist, and only with it.",
            names.len(),
            cookies.forward
        )
    });
    match cookies.forward {
        ItemSelection::All => NameSelection::All,
        ItemSelection::None | ItemSelection::Other(_) => NameSelection::None,
        ItemSelection::Whitelist => {
            NameSelection::OnlyMatching(names.into_iter().map(PathPattern::new).collect())
        }
    }
}

/// Headers of the key.
struct Headers {
    names: Box<[HeaderName]>,
    /// `*`: every header reaches the origin and nothing is cached (D41).
    all: bool,
}

fn headers(report: &mut Report, path: &str, values: &ForwardedValues, to_bucket: bool) -> Option<Headers> {
    let listed: Vec<&str> = values.headers.iter().flatten().map(String::as_str).collect();
    let path = format!("{path}.Headers");
    let all = listed.contains(&"*");
    report.require(!all || listed.len() == 1, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} has * and other names. Accepted: * alone, or names without it.")
    });
    let mut names = Vec::new();
    for (index, name) in listed.iter().enumerate().filter(|_| !all) {
        names.extend(header(report, &format!("{path}.Items[{index}]"), name));
    }
    // The store refuses requests that carry a foreign Host (G04).
    let has_host = all || names.contains(&HOST);
    report.require(!(to_bucket && has_host), Stage::Field, "InvalidHeadersForS3Origin", &path, || {
        format!("{path} forwards Host to a bucket. Accepted for a bucket: neither * nor Host.")
    });
    names.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    names.dedup();
    Some(Headers { names: names.into(), all })
}

fn header(report: &mut Report, path: &str, name: &str) -> Option<HeaderName> {
    let parsed = HeaderName::from_bytes(name.as_bytes()).ok();
    let allowed = parsed.as_ref().is_some_and(|name| !is_not_in_key(name.as_str()));
    report.require(allowed, Stage::Field, INVALID_ARGUMENT, path, || {
        format!(
            "{path} is {}. Accepted: the name of a header that can be part of the cache key, so none of {} and none \
             that begins with x-edge-.",
            Quoted(name),
            NOT_IN_KEY.join(", ")
        )
    });
    parsed
}

fn is_not_in_key(name: &str) -> bool {
    NOT_IN_KEY.contains(&name) || name.starts_with("x-edge-")
}
