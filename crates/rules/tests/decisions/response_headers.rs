//! Executes `docs/rules/response-headers.md`.

use std::sync::Arc;

use http::Method;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN};
use rules::Fields;
use rules::model::{AllowOrigins, Cors, OriginKind, ResponseHeadersPolicy, SetHeader};
use rules::names::SERVER_TIMING;
use rules::response_headers::{OriginTiming, ServerTiming, apply_policy, receive, storable};
use rules::result_type::ResultType;

use crate::{given, tables};

#[test]
fn every_row_of_response_headers_holds() {
    for row in tables::read("response-headers.md") {
        if row.has("origin sends") {
            receives(&row);
        } else if row.has("stored") {
            stores(&row);
        } else if row.has("policy") {
            applies(&row);
        } else if row.has("allowed") {
            matches_origin(&row);
        } else {
            tells_timing(&row);
        }
    }
}

fn receives(row: &tables::Row) {
    let kind = match row.cell("origin") {
        "bucket" => OriginKind::S3,
        "server" => OriginKind::Custom,
        _ => row.unreadable("origin"),
    };
    let behavior = given::behavior_with(&row.lines("behavior"));
    let received = receive(given::fields(&row.lines("origin sends")), &behavior, kind);
    assert_eq!(given::lines(&received), row.lines("viewers get"));
}

fn stores(row: &tables::Row) {
    let behavior = given::behavior_with(&row.lines("behavior"));
    let stored = storable(&given::fields(&row.lines("received")), &behavior);
    assert_eq!(given::lines(&stored), row.lines("stored"));
}

fn applies(row: &tables::Row) {
    let request = given::request(&row.lines("request"));
    let mut response = given::fields(&row.lines("response"));
    let policy = policy(&row.lines("policy"));
    apply_policy(&policy, &request.fields, &request.method, &mut response, &timing(ResultType::Miss), false);
    assert_eq!(given::lines(&response), row.lines("viewers get"));
}

fn matches_origin(row: &tables::Row) {
    let policy = policy(&[format!("allow origins {}", row.text("allowed"))]);
    let origin = HeaderValue::from_str(row.text("request origin")).unwrap();
    let request: Fields = [(ORIGIN, origin.clone())].into_iter().collect();
    let mut response = Fields::default();
    apply_policy(&policy, &request, &Method::GET, &mut response, &timing(ResultType::Miss), false);
    let echoed = response.first(&ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(echoed, row.yes("matches").then_some(&origin));
}

fn tells_timing(row: &tables::Row) {
    let policy = ResponseHeadersPolicy {
        server_timing: row.yes("enabled").then_some(0),
        ..ResponseHeadersPolicy::default()
    };
    let result = match row.cell("result") {
        "Error" => ResultType::Error,
        "Hit" => ResultType::Hit,
        "Miss" => ResultType::Miss,
        "RefreshHit" => ResultType::RefreshHit,
        _ => row.unreadable("result"),
    };
    let held: Vec<String> =
        row.lines("origin's value").iter().map(|value| format!("server-timing: {value}")).collect();
    let mut response = given::fields(&held);
    let request = given::request(&row.lines("request"));
    apply_policy(&policy, &request.fields, &request.method, &mut response, &timing(result), row.yes("drawn"));
    assert_eq!(response.first_str(&SERVER_TIMING).unwrap_or_default(), row.text("`Server-Timing`"));
}

fn timing(result: ResultType) -> ServerTiming<'static> {
    let origin = OriginTiming { dns_ms: 1, connect_ms: 2, first_byte_ms: 5 };
    ServerTiming {
        result,
        pop: "LOC1-C1",
        request_id: "r7",
        first_byte_ms: 12,
        origin: (result != ResultType::Hit).then_some(origin),
    }
}

/// A policy from phrases such as `remove X-A`, `set X-A: 1`, `allow origins https://a.org`, `override cors`.
fn policy(phrases: &[String]) -> ResponseHeadersPolicy {
    let mut policy = ResponseHeadersPolicy::default();
    for phrase in phrases {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        match words.as_slice() {
            ["remove", names @ ..] => {
                policy.remove = names.iter().map(|name| given::header_name(name)).collect()
            }
            ["override", "cors"] => cors(&mut policy).override_origin = true,
            [how @ ("set" | "override"), name, value @ ..] => {
                let header = SetHeader {
                    name: given::header_name(name.trim_end_matches(':')),
                    value: HeaderValue::from_str(&value.join(" ")).unwrap(),
                    override_origin: *how == "override",
                };
                policy.set = policy.set.iter().cloned().chain([header]).collect();
            }
            ["allow", "origins", "*"] => cors(&mut policy).allow_origins = AllowOrigins::Any,
            ["allow", "origins", listed @ ..] => {
                let listed = listed.iter().map(|origin| Arc::from(*origin)).collect();
                cors(&mut policy).allow_origins = AllowOrigins::Listed(listed);
            }
            ["allow", "methods", methods @ ..] => {
                cors(&mut policy).allow_methods = HeaderValue::from_str(&methods.join(" ")).unwrap();
            }
            ["allow", "headers", names @ ..] => {
                cors(&mut policy).allow_headers = names.iter().map(|name| Arc::from(*name)).collect();
            }
            ["expose", "headers", names @ ..] => {
                cors(&mut policy).expose_headers = Some(HeaderValue::from_str(&names.join(", ")).unwrap());
            }
            ["allow", "credentials"] => cors(&mut policy).allow_credentials = true,
            ["max", "age", seconds] => cors(&mut policy).max_age_s = Some(seconds.parse().unwrap()),
            _ => panic!("unknown setting of a policy: {phrase}"),
        }
    }
    policy
}

fn cors(policy: &mut ResponseHeadersPolicy) -> &mut Cors {
    policy.cors.get_or_insert_with(|| Cors {
        override_origin: false,
        allow_origins: AllowOrigins::Any,
        allow_headers: Box::default(),
        allow_methods: HeaderValue::from_static(""),
        allow_credentials: false,
        expose_headers: None,
        max_age_s: None,
    })
}
