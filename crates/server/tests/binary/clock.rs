//! The movable clock and the reset.

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::Server;

fn advance(server: &Server, body: &str) -> (u16, String) {
    let answer = http::post(server.api, "localhost", "/_warmfront/clock", body);
    (answer.status, answer.body)
}

fn now(body: &str) -> u64 {
    serde_json::from_str::<serde_json::Value>(body).unwrap()["now"].as_u64().unwrap()
}

#[test]
fn the_clock_crosses_the_lifetimes_of_objects_and_errors() {
    let directory = tempfile::tempdir().unwrap();
    let origin =
        Origin::start(|path, number| (if path == "/missing" { 404 } else { 200 }, number.to_string()));
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let ask = |path: &str| http::get(server.edge_http, &host, path).body;

    // Objects live for 60 seconds, 404s for 30.
    assert_eq!((ask("/a"), ask("/missing")), ("1".into(), "2".into()));
    let (status, before) = advance(&server, "{\"advance_seconds\": 25}");
    assert_eq!(status, 200);
    assert_eq!((ask("/a"), ask("/missing")), ("1".into(), "2".into()));
    advance(&server, "{\"advance_seconds\": 10}");
    assert_eq!((ask("/a"), ask("/missing")), ("1".into(), "3".into()));
    let (_, after) = advance(&server, "{\"advance_seconds\": 30}");
    assert_eq!(ask("/a"), "4");
    let moved = now(&after) - now(&before);
    assert!((40..60).contains(&moved), "{moved}");
}

#[test]
fn the_clock_takes_numbers_that_lead_forward_only() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    for wrong in [
        "",
        "{}",
        "{\"advance_seconds\": -1}",
        "{\"advance_seconds\": \"1\"}",
        "[]",
        "{\"advance_seconds\": 1e300}",
    ] {
        let (status, body) = advance(&server, wrong);
        assert_eq!(status, 400, "{wrong}");
        assert!(body.contains("advance_seconds"), "{body}");
    }
    assert_eq!(advance(&server, "{\"advance_seconds\": 0.5}").0, 200);
    assert_eq!(http::get(server.api, "localhost", "/_warmfront/clock").status, 405);
    assert_eq!(advance(&server, &" ".repeat(100_000)).0, 413);
}

#[test]
fn a_reset_takes_back_distributions_cache_and_clock() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    let api = Api::of(&server);
    let body = document("first", Some("www.example.com"), origin.address);
    let first = api.create(&body);
    assert_eq!(http::get(server.edge_http, "www.example.com", "/a").body, "/a 1");
    let (_, ahead) = advance(&server, "{\"advance_seconds\": 1000000}");

    let answer = http::post(server.api, "localhost", "/_warmfront/reset", "");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(now(&answer.body) + 900_000 < now(&ahead));
    assert_eq!(http::get(server.edge_http, "www.example.com", "/a").status, 403);
    assert_eq!(api.call("GET", &format!("distribution/{}", first.id), None, "").status, 404);

    // Neither the caller reference nor the alias is taken any more.
    let second = api.create(&body);
    assert_ne!(second.id, first.id);
    assert_eq!(http::get(server.edge_http, "www.example.com", "/a").body, "/a 2");
}
