//! Secrets and signatures are nowhere but where they belong: not in the log at its most talkative, not in errors and answers,
//! not in the files of the data directory.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Scope, Signable, sign};

use crate::api::{Api, document, text};
use crate::http::{self, Answer, send};
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server, command, keys};

const S3_SECRET: &str = "the-secret-of-the-bucket-store";
const GUESS: &str = "a-guess-that-somebody-may-use-elsewhere";
const SEALING_KEY: &str = "b6e1c92f5d3a48077c1e9d2b6a5f4c3db6e1c92f5d3a48077c1e9d2b6a5f4c3d";

/// A store that answers everything and remembers the signatures that it was shown.
fn store() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let signatures = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            for line in lines.take_while(|line| !line.is_empty()) {
                signatures.lock().unwrap().extend(signature(&line));
            }
            let head = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 4\r\n\r\ngone";
            (&stream).write_all(head.as_bytes()).unwrap();
        }
    });
    (address, seen)
}

fn signature(line: &str) -> Option<String> {
    Some(line.split_once("Signature=")?.1.trim().to_owned())
}

/// A signed request; its signature joins the others.
fn call(server: &Server, id: &str, secret: &str, signatures: &mut Vec<String>) -> Answer {
    let path = "/2020-05-31/distribution";
    let signed = Api::with(server.api, id, secret).signed("GET", path, "");
    signatures.extend(signed.iter().filter_map(|(_, value)| signature(value)));
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    send(server.api, "GET", path, &headers, "")
}

fn sign_in(server: &Server, body: &str) -> Answer {
    http::post(server.api, "localhost", "/console/session", body)
}

/// An object of a bucket with an origin access control, with its timeline.
fn ask_the_edge(server: &Server) -> Answer {
    let api = Api::of(server);
    let control = "<OriginAccessControlConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Name>one</Name>\
                   <SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior>\
                   <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>";
    let control = api.call("POST", "origin-access-control", None, control);
    let custom = document("first", None, server.api);
    let (start, rest) = custom.split_once("<Origin>").unwrap();
    let (_, end) = rest.split_once("</Origin>").unwrap();
    let bucket = format!(
        "{start}<Origin><Id>origin</Id><DomainName>photos.s3.eu-west-1.amazonaws.com</DomainName>\
         <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>\
         <OriginAccessControlId>{id}</OriginAccessControlId></Origin>{end}",
        id = text(&control.body, "Id"),
    );
    let host = api.create(&bucket).domain_name;
    send(server.edge_http, "GET", "/a.jpg", &[("host", &host), ("x-warmfront-explain", "1")], "")
}

/// Everything below a directory, as it lies on the disk.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| match path.is_dir() {
        true => files(&path),
        // Such as the socket of a handover: nothing lies on the disk.
        false if !path.is_file() => Vec::new(),
        false => vec![(path.display().to_string(), std::fs::read(&path).unwrap())],
    };
    entries.flat_map(read).collect()
}

fn has(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn secrets_and_signatures_are_in_no_log_answer_or_file() {
    let (directory, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, origin_signatures) = store();
    let log = outside.path().join("log");
    let endpoint = format!("http://{store}");
    let flags = ["--log", "trace", "--explain", "--s3-endpoint", &endpoint];
    let server = Server::spawn(
        command("serve", directory.path(), &flags)
            .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .env("WARMFRONT_S3_ACCESS_KEY_ID", "STOREKEYID")
            .env("WARMFRONT_S3_SECRET_ACCESS_KEY", S3_SECRET)
            .env("WARMFRONT_SEALING_KEY", SEALING_KEY)
            .stderr(std::fs::File::create(&log).unwrap()),
    );
    let made = keys(directory.path(), &["create", "--json"])
        .env("WARMFRONT_SEALING_KEY", SEALING_KEY)
        .output()
        .unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let (id, secret) = (made["accessKeyId"].as_str().unwrap(), made["secretAccessKey"].as_str().unwrap());

    let mut signatures = Vec::new();
    let mut answers = vec![
        call(&server, ACCESS_KEY_ID, SECRET_ACCESS_KEY, &mut signatures),
        call(&server, id, secret, &mut signatures),
        call(&server, id, GUESS, &mut signatures),
        // As whoever mixes the two up.
        call(&server, secret, id, &mut signatures),
    ];
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 403, 403]);
    for pair in [(id, GUESS), (secret, id)] {
        let body = serde_json::json!({ "accessKeyId": pair.0, "secretAccessKey": pair.1 }).to_string();
        answers.push(sign_in(&server, &body));
    }
    answers.push(sign_in(&server, &format!("{{\"accessKeyId\": 1, \"secretAccessKey\": \"{secret}\"}}")));
    answers.push(sign_in(&server, &format!("{secret} {GUESS}")));
    let right = serde_json::json!({ "accessKeyId": id, "secretAccessKey": secret }).to_string();
    let signed_in = sign_in(&server, &right);
    let cookie = signed_in.header("set-cookie").unwrap().split_once(';').unwrap().0.to_owned();
    let token = cookie.split_once('=').unwrap().1.to_owned();
    let headers = [("host", "localhost"), ("cookie", cookie.as_str()), ("x-warmfront-csrf", "1")];
    answers.push(send(server.api, "GET", "/2020-05-31/distribution", &headers, ""));
    answers.push(send(server.api, "GET", "/console/session", &headers, ""));
    let object = ask_the_edge(&server);
    assert!(object.header("x-warmfront-timeline").is_some(), "{object:?}");
    answers.push(object);

    let of_origin = origin_signatures.lock().unwrap().clone();
    assert!(!of_origin.is_empty() && signatures.len() == 4, "{of_origin:?} {signatures:?}");
    let greeting = [server.greeting.clone(), server.ready.clone()].concat();
    server.kill();

    let mut hidden: Vec<String> =
        [SECRET_ACCESS_KEY, secret, GUESS, S3_SECRET, SEALING_KEY, &token].map(str::to_owned).into();
    hidden.extend(signatures.into_iter().chain(of_origin));
    let mut places = files(directory.path());
    places.push(("the log".into(), talkative(&log)));
    places.push(("the greeting".into(), greeting.into_bytes()));
    places.extend(answers.iter().map(|answer| ("an answer".into(), format!("{answer:?}").into_bytes())));
    must_be_nowhere(&hidden, &places);
}

/// The log, which must not be empty.
fn talkative(path: &Path) -> Vec<u8> {
    let log = std::fs::read(path).unwrap();
    assert!(has(&log, "DEBUG") && has(&log, "/2020-05-31/distribution"), "the log says something");
    log
}

fn must_be_nowhere(hidden: &[String], places: &[(String, Vec<u8>)]) {
    for (place, bytes) in places {
        for secret in hidden {
            assert!(!has(bytes, secret), "{secret} is in {place}");
        }
    }
}

/// A signed request to the buckets of this machine; its signature and the right one join the others.
fn call_bucket(server: &Server, method: &str, path: &str, secret: &str, hidden: &mut Vec<String>) -> Answer {
    let address: SocketAddr = server.said("buckets").strip_prefix("http://").unwrap().parse().unwrap();
    let host = address.to_string();
    let signable = Signable { method, host: &host, path, query: "", headers: &[] };
    let scope = Scope { region: "us-east-1", service: "s3" };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let sign_with = |secret: &str| {
        let pair = Credentials::new(ACCESS_KEY_ID, SecretKey::new(secret));
        sign(&signable, &pair, scope, PayloadHash::empty(), now_s)
    };
    let signed = sign_with(secret);
    // Whoever reads the right signature in a log of wrong ones can use it.
    for shown in [&signed, &sign_with(SECRET_ACCESS_KEY)] {
        hidden.extend(shown.iter().filter_map(|(_, value)| signature(value)));
    }
    let headers: Vec<_> = signed.iter().chain([("host", host.as_str())]).collect();
    send(address, method, path, &headers, "")
}

#[test]
fn buckets_of_this_machine_tell_nothing_either() {
    let (directory, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = outside.path().join("log");
    let server = Server::spawn(
        command("serve", directory.path(), &["--log", "trace", "--explain", "--buckets", "127.0.0.1:0"])
            .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .stderr(std::fs::File::create(&log).unwrap()),
    );
    // No signature at all may be in the log: the edge's own are among them, which nobody out here knows.
    let mut hidden = vec![SECRET_ACCESS_KEY.to_owned(), GUESS.to_owned()];
    let answers = [
        call_bucket(&server, "PUT", "/photos", SECRET_ACCESS_KEY, &mut hidden),
        call_bucket(&server, "GET", "/photos", GUESS, &mut hidden),
        call_bucket(&server, "GET", "/photos/none.jpg", SECRET_ACCESS_KEY, &mut hidden),
        ask_the_edge(&server),
    ];
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 403, 404, 403]);
    server.kill();
    let mut places = files(directory.path());
    places.extend(answers.iter().map(|answer| ("an answer".into(), format!("{answer:?}").into_bytes())));
    let log = talkative(&log);
    assert!(!has(&log, "Signature="), "a signature is in the log");
    places.push(("the log".into(), log));
    must_be_nowhere(&hidden, &places);
}
