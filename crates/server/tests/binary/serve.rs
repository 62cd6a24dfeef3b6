//! `serve`: what is written through the API is served, at once and after a restart.

use std::time::Instant;

use crate::api::{Api, document, text};
use crate::http;
use crate::origin::Origin;
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server, command, complaint};

#[test]
fn an_empty_directory_is_ready_and_serves_what_the_api_was_told() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(&directory.path().join("not/yet/there"), &[]);
    let api = Api::of(&server);
    let created = api.create(&document("first", None, origin.address));
    assert_eq!(api.status(&created.id), "Deployed");
    let answer = http::get(server.edge_http, &created.domain_name, "/a");
    assert_eq!((answer.status, answer.body.as_str()), (200, "/a 1"));
    assert_eq!(http::get(server.edge_http, "nobody.example", "/a").status, 403);
}

#[test]
fn a_variable_that_is_empty_counts_as_absent() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::spawn(
        command("serve", directory.path(), &[])
            .env("WARMFRONT_VIRTUAL_CLOCK", "")
            .env("WARMFRONT_S3_ENDPOINT", "")
            .env("WARMFRONT_WORKERS", "")
            .env("WARMFRONT_ACCESS_KEY_ID", "")
            .env("WARMFRONT_SECRET_ACCESS_KEY", ""),
    );
    assert_eq!(http::get(server.edge_http, "nobody.example", "/a").status, 403);
}

#[test]
fn a_restart_finds_everything_again() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let created = Api::of(&server).create(&document("first", Some("www.example.com"), origin.address));
    let authority = std::fs::read(server.said("ca")).unwrap();
    server.kill();
    let server = Server::start(directory.path(), &[]);
    for host in [created.domain_name.as_str(), "www.example.com"] {
        assert_eq!(http::get(server.edge_http, host, "/a").body, "/a 1", "{host}");
    }
    let answer = Api::of(&server).call("GET", &format!("distribution/{}", created.id), None, "");
    assert_eq!(answer.header("etag"), Some(created.etag.as_str()));
    assert_eq!(text(&answer.body, "Status"), "Deployed");
    assert_eq!(std::fs::read(server.said("ca")).unwrap(), authority);
}

#[test]
fn a_change_is_live_when_the_api_has_answered() {
    let directory = tempfile::tempdir().unwrap();
    let (one, two) = (Origin::start(|_, _| (200, "one".into())), Origin::start(|_, _| (200, "two".into())));
    let server = Server::start(directory.path(), &["--lenient-updates"]);
    let api = Api::of(&server);
    let created = api.create(&document("first", None, one.address));
    assert_eq!(http::get(server.edge_http, &created.domain_name, "/a").body, "one");

    let path = format!("distribution/{}/config", created.id);
    let updated = api.call("PUT", &path, Some(&created.etag), &document("first", None, two.address));
    assert_eq!(updated.status, 200, "{updated:?}");
    assert_eq!(http::get(server.edge_http, &created.domain_name, "/b").body, "two");
    assert_eq!(
        http::get(server.edge_http, &created.domain_name, "/a").body,
        "one",
        "an update empties no cache"
    );

    let batch = "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>1</Quantity>\
                 <Items><Path>/a</Path></Items></Paths><CallerReference>one</CallerReference></InvalidationBatch>";
    let answer = api.call("POST", &format!("distribution/{}/invalidation", created.id), None, batch);
    assert_eq!((answer.status, text(&answer.body, "Status")), (201, "InProgress"), "{answer:?}");
    let read = format!("distribution/{}/invalidation/{}", created.id, text(&answer.body, "Id"));
    assert_eq!(text(&api.call("GET", &read, None, "").body, "Status"), "Completed");
    assert_eq!(http::get(server.edge_http, &created.domain_name, "/a").body, "two");
}

#[test]
fn a_new_key_pair_is_shown_once_and_opens_the_api() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::spawn(&mut command("serve", directory.path(), &[]));
    let shown = |name: &str| {
        let start = server.greeting.find(&format!("{name}=")).unwrap() + name.len() + 1;
        server.greeting[start..].split_whitespace().next().unwrap().to_owned()
    };
    let (id, secret) = (shown("AWS_ACCESS_KEY_ID"), shown("AWS_SECRET_ACCESS_KEY"));
    assert_eq!(Api::with(server.api, &id, &secret).call("GET", "distribution", None, "").status, 200);
    assert_eq!(Api::with(server.api, &id, "another").call("GET", "distribution", None, "").status, 403);
    server.kill();
    let server = Server::spawn(&mut command("serve", directory.path(), &[]));
    assert!(server.greeting.contains(&id) && !server.greeting.contains(&secret), "{}", server.greeting);
    assert_eq!(Api::with(server.api, &id, &secret).call("GET", "distribution", None, "").status, 200);
}

#[test]
fn neither_directory_nor_port_is_shared_with_another_server() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    let second = complaint(&mut command("serve", directory.path(), &[]));
    assert!(second.contains("in use by another process"), "{second}");
    let elsewhere = tempfile::tempdir().unwrap();
    for (flag, address) in
        [("--api", server.api), ("--edge-http", server.edge_http), ("--edge-https", server.edge_https)]
    {
        let address = address.to_string();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_warmfront"));
        let others = ["--api", "--edge-http", "--edge-https"].into_iter().filter(|other| *other != flag);
        command.arg("serve").arg("--data-dir").arg(elsewhere.path()).args([flag, &address]);
        for other in others {
            command.args([other, "127.0.0.1:0"]);
        }
        let text = complaint(&mut command);
        assert!(text.contains(flag) && text.contains(&address), "{text}");
    }
}

#[test]
fn half_a_key_pair_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let text =
        complaint(command("serve", directory.path(), &[]).env("WARMFRONT_ACCESS_KEY_ID", "AKIDEXAMPLE"));
    assert!(text.contains("WARMFRONT_SECRET_ACCESS_KEY is not"), "{text}");
}

#[test]
fn health_says_ready_and_the_clock_stands_fast_without_its_flag() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    assert_eq!(http::get(server.api, "localhost", "/_warmfront/health").status, 200);
    for path in ["/_warmfront/clock", "/_warmfront/reset"] {
        let answer = http::post(server.api, "localhost", path, "{\"advance_seconds\": 1}");
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains("--virtual-clock"), "{}", answer.body);
    }
    assert_eq!(http::get(server.api, "localhost", "/_warmfront/other").status, 404);
}

#[test]
fn a_hundred_distributions_are_all_served_after_a_restart() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let api = Api::of(&server);
    for number in 0..100 {
        let (reference, alias) = (format!("r{number}"), format!("site-{number}.example.com"));
        api.create(&document(&reference, Some(&alias), origin.address));
    }
    drop(server);
    let started = Instant::now();
    let server = Server::start(directory.path(), &[]);
    let took = started.elapsed();
    assert!(took.as_secs() < 10, "{took:?}");
    for number in 0..100 {
        let host = format!("site-{number}.example.com");
        assert_eq!(http::get(server.edge_http, &host, "/a").status, 200, "{host}");
    }
}

#[test]
fn an_answer_explains_itself_when_flag_and_header_ask_for_it() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &["--explain", "--pop", "LIS50-C1"]);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let headers = [("host", host.as_str()), ("x-warmfront-explain", "1")];
    let answer = http::send(server.edge_http, "GET", "/a", &headers, "");
    let timeline = answer.header("x-warmfront-timeline").unwrap();
    for step in ["receive:", "route:", "admit:", "lookup:", "fetch:", "judge:", "deliver:", "account:"] {
        assert!(timeline.contains(step), "{step} {timeline}");
    }
    assert_eq!(answer.header("x-amz-cf-pop"), Some("LIS50-C1"));
    assert_eq!(http::get(server.edge_http, &host, "/a").header("x-warmfront-timeline"), None);
}

#[test]
fn a_switch_may_be_turned_on_by_its_variable() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::spawn(command("serve", directory.path(), &[]).env("WARMFRONT_VIRTUAL_CLOCK", "1"));
    assert_eq!(http::post(server.api, "localhost", "/_warmfront/reset", "").status, 200);
}

#[test]
fn more_viewers_may_be_connected_than_the_shell_allows_files() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    // What a login shell allows by default is too little for the viewers alone.
    let mut limited = std::process::Command::new("sh");
    limited.args([
        "-c",
        "ulimit -Sn 256 && exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_warmfront"),
        "serve",
        "--data-dir",
    ]);
    limited.arg(directory.path()).args(["--workers", "2"]);
    limited.args(["--api", "127.0.0.1:0", "--edge-http", "127.0.0.1:0", "--edge-https", "127.0.0.1:0"]);
    limited
        .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    let server = Server::spawn(&mut limited);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let viewers: Vec<_> = (0..400).map(|_| std::net::TcpStream::connect(server.edge_http).unwrap()).collect();
    for viewer in viewers.iter().chain(&viewers) {
        let mut viewer = viewer;
        std::io::Write::write_all(
            &mut viewer,
            format!("HEAD /a HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes(),
        )
        .unwrap();
        let mut start = [0; 12];
        std::io::Read::read_exact(&mut viewer, &mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        let mut rest = Vec::new();
        while !rest.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            std::io::Read::read_exact(&mut viewer, &mut byte).unwrap();
            rest.push(byte[0]);
        }
    }
    assert_eq!(origin.requests(), 1);
}
