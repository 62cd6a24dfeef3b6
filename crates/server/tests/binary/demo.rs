//! `demo`: a newcomer's first minutes.

use crate::http::{self, Answer};
use crate::process::{Server, command};

fn demo(directory: &std::path::Path) -> Server {
    Server::spawn(&mut command("demo", directory, &["--virtual-clock"]))
}

fn get(server: &Server, path: &str) -> Answer {
    http::get(server.edge_http, "demo.localhost", path)
}

fn turn(server: &Server, state: &str) {
    let answer = http::post(server.edge_http, "demo.localhost", &format!("/_demo/{state}"), "");
    assert!(answer.status == 200 && answer.body.starts_with(state), "{answer:?}");
}

fn forget_errors(server: &Server) {
    let moved = http::post(server.api, "localhost", "/_warmfront/clock", "{\"advance_seconds\": 30}");
    assert_eq!(moved.status, 200);
}

#[test]
fn errors_become_the_sites_own_pages() {
    let directory = tempfile::tempdir().unwrap();
    let server = demo(directory.path());
    assert!(server.said("demo").starts_with("http://demo.localhost:"));
    for (path, status, title) in [
        ("/", 200, "Warmfront demo"),
        ("/no-such-page", 404, "Page not found"),
        ("/forbidden", 403, "Not for everybody"),
        ("/broken", 500, "Something broke"),
        ("/busy", 200, "Back soon"),
        ("/hang", 504, "That took too long"),
        ("/refused", 502, "We cannot reach the site"),
    ] {
        let answer = get(&server, path);
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.body.contains(&format!("<title>{title}</title>")), "{path}: {}", answer.body);
        assert!(!answer.body.contains("raw "), "{path}");
    }
}

#[test]
fn what_was_seen_survives_the_site_and_the_rest_gets_a_page() {
    let directory = tempfile::tempdir().unwrap();
    let server = demo(directory.path());
    assert_eq!(get(&server, "/").status, 200);
    turn(&server, "down");
    forget_errors(&server);
    let stale = get(&server, "/");
    assert_eq!((stale.status, stale.header("x-cache")), (200, Some("Hit from cloudfront")));
    let never_seen = get(&server, "/busy");
    assert_eq!(never_seen.status, 502);
    assert!(never_seen.body.contains("<title>We cannot reach the site</title>"), "{}", never_seen.body);
    turn(&server, "up");
    forget_errors(&server);
    assert_eq!(get(&server, "/").header("x-cache"), Some("Miss from cloudfront"));
    assert_eq!(get(&server, "/busy").status, 200);
}

#[test]
fn a_second_start_finds_the_distribution_and_points_it_at_the_new_ports() {
    let directory = tempfile::tempdir().unwrap();
    let server = demo(directory.path());
    let id = server.said("distribution").to_owned();
    server.kill();
    let server = demo(directory.path());
    assert_eq!(server.said("distribution"), id);
    assert_eq!(get(&server, "/").status, 200);
    assert_eq!(get(&server, "/no-such-page").status, 404);
}
