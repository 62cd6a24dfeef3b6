//! Executes `docs/rules/forwarded-headers.md`.

use http::header::{AUTHORIZATION, HeaderValue};
use http::{Method, header};
use proptest::prelude::*;
use rules::forward::{Along, Asking, OriginRequest, Purpose, Validators, to_origin};
use rules::request::RequestHead;

use crate::{given, tables};

/// The fields of "What every origin request carries".
const ALWAYS: [&str; 6] = ["connection", "user-agent", "via", "x-forwarded-for", "x-amz-cf-id", "cdn-loop"];

#[test]
fn every_row_of_forwarded_headers_holds() {
    for row in tables::read("forwarded-headers.md") {
        if row.has("target") {
            aims(&row);
        } else if row.has("origin receives") {
            forwards(&row);
        } else if row.has("signed") {
            signs(&row);
        } else {
            always_carries(&row);
        }
    }
}

fn ask(row: &tables::Row) -> OriginRequest {
    let origin = given::origin_with(&if row.has("origin") { row.lines("origin") } else { Vec::new() });
    let behavior = given::behavior_with(&row.lines("behavior"));
    let purpose = if row.has("purpose") { row.cell("purpose") } else { "viewer" };
    origin_request(origin, behavior, &given::request(&row.lines("request")), purpose)
}

fn origin_request(
    origin: rules::model::Origin,
    behavior: rules::model::CacheBehavior,
    head: &RequestHead,
    purpose: &str,
) -> OriginRequest {
    let held = Validators {
        etag: Some(HeaderValue::from_static("\"v1\"")),
        last_modified: Some(HeaderValue::from_static("Mon, 06 Nov 2023 08:00:00 GMT")),
    };
    let distribution = given::distribution(origin, behavior);
    to_origin(&Asking {
        distribution: &distribution,
        behavior: &distribution.behaviors.default,
        origin: &distribution.origins[0],
        head,
        method: &head.method,
        request_id: "request-7",
        edge_id: "edge1",
        purpose: match purpose {
            "page" => {
                Purpose::ErrorPage { failed_path: "/broken", failed_query: Some("why=1"), validators: None }
            }
            "refresh" | "refresh of a part" => Purpose::Refresh(&held),
            "viewer" | "cold viewer" | "viewer for a part" => Purpose::Viewer,
            _ => panic!("unknown purpose: {purpose}"),
        },
        along: Along { range: purpose.ends_with("part"), conditions: purpose == "cold viewer" },
    })
}

fn aims(row: &tables::Row) {
    let asked = ask(row);
    assert_eq!(asked.target, row.text("target"));
    assert_eq!(asked.host, row.text("host"));
    assert_eq!(asked.scheme.as_str(), row.cell("scheme"));
    assert_eq!(&*asked.tls_name, row.text("TLS name"));
    assert!(asked.accepted_names.contains(&asked.tls_name));
}

fn forwards(row: &tables::Row) {
    let mut asked = ask(row);
    asked.fields.retain(|name, _| !ALWAYS.contains(&name.as_str()));
    assert_eq!(given::lines(&asked.fields), row.lines("origin receives"));
}

fn always_carries(row: &tables::Row) {
    let asked = ask(row);
    let name = given::header_name(row.cell("field"));
    let values: Vec<&HeaderValue> = asked.fields.all(&name).collect();
    assert_eq!(values, [row.text("value")]);
}

fn signs(row: &tables::Row) {
    let asked = ask(row);
    assert_eq!(asked.sign.is_some(), row.yes("signed"));
    assert_eq!(asked.fields.first_str(&AUTHORIZATION).unwrap_or_default(), row.text("authorization"));
    assert!(asked.sign.is_none_or(|signature| *signature.region == *"eu-west-1"));
}

#[test]
fn a_certificate_may_match_the_origin_or_the_forwarded_host() {
    let behavior = given::behavior_with(&["sends headers all viewer".to_owned()]);
    let head = given::request(&["host: www.example.com:444".to_owned()]);
    let asked = origin_request(given::origin(), behavior, &head, "viewer");
    assert_eq!(
        asked.accepted_names.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["origin.example.net", "www.example.com"]
    );
}

#[test]
fn an_error_page_is_fetched_with_get_and_without_query() {
    let head = given::request(&["POST /error.html?x=1".to_owned()]);
    let behavior = given::behavior_with(&["key query all".to_owned()]);
    let asked = origin_request(given::origin(), behavior, &head, "page");
    assert_eq!((asked.method, &*asked.target), (Method::GET, "/error.html"));
}

#[test]
fn an_ipv4_viewer_on_an_ipv6_socket_is_named_by_its_ipv4_address() {
    let mut head = given::request(&[]);
    head.viewer_ip = "::ffff:192.0.2.9".parse().unwrap();
    let asked = origin_request(given::origin(), given::behavior(), &head, "viewer");
    assert_eq!(asked.fields.first_str(&rules::names::X_FORWARDED_FOR), Some("192.0.2.9"));
}

#[test]
fn what_varies_on_everything_is_refreshed_whole_only_without_a_minimum_ttl() {
    let stored = given::fields(&["etag: \"v\"".to_owned(), "vary: *".to_owned()]);
    let mut behavior = given::behavior();
    assert_eq!(Validators::for_refresh(&stored, &behavior), None, "C53");
    behavior.caching.ttl.minimum = std::time::Duration::from_secs(1);
    assert_eq!(Validators::for_refresh(&stored, &behavior), Validators::of(&stored), "C54");
    assert_eq!(Validators::of(&given::fields(&["vary: *".to_owned()])), None);
}

proptest! {
    #[test]
    fn whatever_viewers_send_nothing_of_one_connection_or_forgeable_gets_through(
        headers in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "connection", "te", "upgrade", "keep-alive", "proxy-x", "transfer-encoding", "x-edge-y",
                    "cloudfront-viewer-country", "x-real-ip", "x-a",
                ]),
                "[a-z-]{0,12}",
            ),
            0..8,
        ),
        legacy in any::<bool>(),
    ) {
        let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut phrases = vec!["sends headers all viewer".to_owned()];
        phrases.extend(legacy.then(|| "legacy settings".to_owned()));
        let head = given::request(&lines);
        let asked = origin_request(given::origin(), given::behavior_with(&phrases), &head, "viewer");
        for (name, value) in asked.fields.iter() {
            prop_assert!(
                *name == "x-a" || *name == header::CONNECTION && value == "Keep-Alive"
                    || ALWAYS[1..].contains(&name.as_str()),
                "{name}"
            );
        }
    }
}
