//! Who guesses must wait, and large bodies are not read to their end.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

use crate::api::Api;
use crate::http::{self, Answer};
use crate::process::{ACCESS_KEY_ID, DEADLINE, SECRET_ACCESS_KEY, Server};

/// A connection from another address of this machine.
fn from(source: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((source, 0)).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn list(server: &Server, source: [u8; 4], secret: &str) -> Answer {
    let path = "/2020-05-31/distribution";
    let signed = Api::with(server.api, ACCESS_KEY_ID, secret).signed("GET", path, "");
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    http::exchange(from(source, server.api), "GET", path, &headers, "").unwrap()
}

#[test]
fn an_address_that_guesses_must_wait_and_another_one_need_not() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    let (attacker, owner) = ([127, 0, 0, 2], [127, 0, 0, 1]);
    let advance = |seconds: u64| {
        let body = format!("{{\"advance_seconds\": {seconds}}}");
        assert_eq!(http::post(server.api, "localhost", "/_warmfront/clock", &body).status, 200);
    };
    // Ten are free, and five more make the wait longer than anything here takes.
    for wait_s in [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16] {
        advance(wait_s);
        assert_eq!(list(&server, attacker, "guess").status, 403);
    }
    let refused = list(&server, attacker, SECRET_ACCESS_KEY);
    assert!(refused.status == 400 && refused.body.contains("<Code>Throttling</Code>"), "{refused:?}");
    let wait_s: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=32).contains(&wait_s), "{wait_s}");
    assert_eq!(list(&server, owner, SECRET_ACCESS_KEY).status, 200);
    advance(wait_s);
    assert_eq!(list(&server, attacker, SECRET_ACCESS_KEY).status, 200);
}

#[test]
fn who_guesses_at_the_bucket_server_must_wait_there_and_at_the_api() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--virtual-clock", "--buckets", "127.0.0.1:0"]);
    let buckets: SocketAddr = server.said("buckets").strip_prefix("http://").unwrap().parse().unwrap();
    let (attacker, owner) = ([127, 0, 0, 2], [127, 0, 0, 1]);
    let ask = |source: [u8; 4], secret: &str| {
        let signed = Api::with(buckets, ACCESS_KEY_ID, secret).signed_for("s3", "GET", "/", "");
        let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        http::exchange(from(source, buckets), "GET", "/", &headers, "").unwrap()
    };
    assert_eq!(ask(attacker, SECRET_ACCESS_KEY).status, 200);
    for _ in 0..10 {
        let refused = ask(attacker, "guess");
        assert!(refused.body.contains("SignatureDoesNotMatch"), "{refused:?}");
    }
    let refused = ask(attacker, SECRET_ACCESS_KEY);
    assert!(refused.status == 503 && refused.body.contains("<Code>SlowDown</Code>"), "{refused:?}");
    assert!(list(&server, attacker, SECRET_ACCESS_KEY).body.contains("<Code>Throttling</Code>"));
    assert_eq!(
        (ask(owner, SECRET_ACCESS_KEY).status, list(&server, owner, SECRET_ACCESS_KEY).status),
        (200, 200)
    );
    let moved = http::post(server.api, "localhost", "/_warmfront/clock", "{\"advance_seconds\": 2}");
    assert_eq!(moved.status, 200);
    assert_eq!(ask(attacker, SECRET_ACCESS_KEY).status, 200);
}

#[test]
fn health_and_the_movable_clock_ask_for_no_key() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    for _ in 0..20 {
        list(&server, [127, 0, 0, 1], "guess");
    }
    assert_eq!(http::get(server.api, "localhost", "/_warmfront/health").status, 200);
    let moved = http::post(server.api, "localhost", "/_warmfront/clock", "{\"advance_seconds\": 0}");
    assert_eq!(moved.status, 200);
}

#[test]
fn bodies_are_limited_for_calls_and_for_sign_ins() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    let large = "x".repeat(1024 * 1024 + 1);
    let refused = Api::of(&server).call("POST", "distribution", None, &large);
    assert!(refused.status == 413 && refused.body.contains("EntitySizeLimitExceeded"), "{refused:?}");
    let refused = http::post(server.api, "localhost", "/console/session", &"x".repeat(5000));
    assert_eq!(refused.status, 413);
}

#[test]
fn a_head_without_end_is_refused() {
    use std::io::Write;
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    let mut stream = from([127, 0, 0, 1], server.api);
    stream.write_all(b"GET /_warmfront/health HTTP/1.1\r\n").unwrap();
    let line = format!("x-more: {}\r\n", "x".repeat(1000));
    // Writing fails once the server has given up.
    let wrote = (0..10_000).take_while(|_| stream.write_all(line.as_bytes()).is_ok()).count();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(wrote < 10_000 || answer.starts_with("HTTP/1.1 431"), "{wrote} lines: {answer}");
}
