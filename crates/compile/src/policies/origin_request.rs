//! Origin request policies: what an origin gets to see beyond the cache key (D.6, F.3).

use rules::model::{Forwarding, HeaderSelection, HeaderTreatment};
use shapes::{OriginRequestPolicyConfig, OriginRequestPolicyHeaderBehavior};

use super::names::{Choice, check_title, check_total, drop_empty, listed};
use super::request_headers::{self, Use};
use crate::environment::Environment;
use crate::problems::{Problems, Report};
use crate::values;

/// Checks a new or changed origin request policy.
pub fn origin_request_policy(config: &OriginRequestPolicyConfig, environment: &Environment) -> Problems {
    let quotas = &environment.quotas;
    let mut report = Report::default();
    values::check(&mut report, config);
    check_title(&mut report, &config.name, config.comment.as_deref());
    let [headers, cookies, query] = choices(config);
    headers.check(
        &mut report,
        "TooManyHeadersInOriginRequestPolicy",
        quotas.max_origin_request_policy_headers,
    );
    cookies.check(
        &mut report,
        "TooManyCookiesInOriginRequestPolicy",
        quotas.max_origin_request_policy_cookies,
    );
    let most = quotas.max_origin_request_policy_query_strings;
    query.check(&mut report, "TooManyQueryStringsInOriginRequestPolicy", most);
    let purpose = match config.headers_config.header_behavior {
        OriginRequestPolicyHeaderBehavior::AllViewerAndWhitelistCloudFront => Use::OriginRequestGenerated,
        OriginRequestPolicyHeaderBehavior::AllExcept => Use::Except,
        _ => Use::OriginRequest,
    };
    request_headers::check(&mut report, &headers, purpose);
    cookies.check_names(&mut report, b"=;,");
    query.check_names(&mut report, b"=&#");
    let total = quotas.max_origin_request_policy_names_total;
    check_total(&mut report, "HeadersConfig", &[&headers, &cookies, &query], total);
    report.finish()
}

/// Makes the document what CloudFront shows: a list without names is left out where none are wanted.
pub fn origin_request_policy_defaults(config: &mut OriginRequestPolicyConfig) {
    let (headers, cookies) = (&mut config.headers_config, &mut config.cookies_config);
    drop_empty(&mut headers.headers, headers.header_behavior.as_str());
    drop_empty(&mut cookies.cookies, cookies.cookie_behavior.as_str());
    let query = &mut config.query_strings_config;
    drop_empty(&mut query.query_strings, query.query_string_behavior.as_str());
}

/// What the edge gets of a checked policy.
pub(crate) fn compiled(config: &OriginRequestPolicyConfig) -> Forwarding {
    let [headers, cookies, query] = choices(config);
    Forwarding {
        treatment: HeaderTreatment::Policy,
        headers: match config.headers_config.header_behavior {
            OriginRequestPolicyHeaderBehavior::AllViewer => HeaderSelection::AllViewer,
            OriginRequestPolicyHeaderBehavior::AllViewerAndWhitelistCloudFront => {
                HeaderSelection::AllViewerAnd(headers.header_names())
            }
            OriginRequestPolicyHeaderBehavior::AllExcept => {
                HeaderSelection::AllViewerExcept(headers.header_names())
            }
            OriginRequestPolicyHeaderBehavior::Whitelist => HeaderSelection::Only(headers.header_names()),
            // An unknown word has been reported.
            OriginRequestPolicyHeaderBehavior::None | OriginRequestPolicyHeaderBehavior::Other(_) => {
                HeaderSelection::None
            }
        },
        query: query.selection(),
        cookies: cookies.selection(),
    }
}

/// Headers, cookies and query parameters.
fn choices(config: &OriginRequestPolicyConfig) -> [Choice<'_>; 3] {
    let (headers, cookies) = (&config.headers_config, &config.cookies_config);
    let query = &config.query_strings_config;
    [
        Choice {
            path: "HeadersConfig".into(),
            behavior: "HeaderBehavior",
            list: "Headers",
            word: headers.header_behavior.as_str(),
            names: listed(headers.headers.as_ref()),
        },
        Choice {
            path: "CookiesConfig".into(),
            behavior: "CookieBehavior",
            list: "Cookies",
            word: cookies.cookie_behavior.as_str(),
            names: listed(cookies.cookies.as_ref()),
        },
        Choice {
            path: "QueryStringsConfig".into(),
            behavior: "QueryStringBehavior",
            list: "QueryStrings",
            word: query.query_string_behavior.as_str(),
            names: listed(query.query_strings.as_ref()),
        },
    ]
}
