//! A bucket behind `--s3-endpoint`, protected by an origin access control.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{SystemTime, UNIX_EPOCH};

use signing::keys::SecretKey;
use signing::sigv4::{Signable, verify};

use crate::api::{Api, document, text};
use crate::http;
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server, command};

/// A store that gives objects to those who sign for `id` only; the body of an answer is what was asked for.
fn protected_store(id: &'static str, secret: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let (status, body) = judge(&head, id, secret);
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            (&stream).write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    address
}

fn judge(head: &[String], id: &str, secret: &str) -> (u16, String) {
    let mut words = head[0].split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let headers: Vec<(&str, &[u8])> = head[1..]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.trim().as_bytes()))
        .collect();
    let host = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host")).unwrap().1;
    let host = std::str::from_utf8(host).unwrap();
    let request = Signable { method, host, path, query: "", headers: &headers };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    match verify(&request, b"", "s3", now_s, |known| (known == id).then(|| SecretKey::new(secret))) {
        Ok(verified) => (200, format!("{path} in {}", verified.region)),
        Err(refusal) => (403, refusal.to_string()),
    }
}

fn served(server: &Server, signed: bool) -> http::Answer {
    let api = Api::of(server);
    let control = "<OriginAccessControlConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Name>one</Name>\
                   <SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior>\
                   <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>";
    let control = api.call("POST", "origin-access-control", None, control);
    assert_eq!(control.status, 201, "{control:?}");
    let id = if signed { text(&control.body, "Id") } else { "" };
    let custom = document("first", None, server.api);
    let (start, rest) = custom.split_once("<Origin>").unwrap();
    let (_, end) = rest.split_once("</Origin>").unwrap();
    let bucket = format!(
        "{start}<Origin><Id>origin</Id><DomainName>photos.s3.eu-west-1.amazonaws.com</DomainName>\
         <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>\
         <OriginAccessControlId>{id}</OriginAccessControlId></Origin>{end}"
    );
    let host = api.create(&bucket).domain_name;
    http::get(server.edge_http, &host, "/summer/1.jpg")
}

#[test]
fn a_protected_bucket_answers_path_style_to_the_signature_of_the_api_key() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{}", protected_store(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    let server = Server::start(directory.path(), &["--s3-endpoint", &endpoint]);
    let answer = served(&server, true);
    assert_eq!((answer.status, answer.body.as_str()), (200, "/photos/summer/1.jpg in eu-west-1"));
}

#[test]
fn a_bucket_may_have_a_key_pair_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{}", protected_store("STOREKEYID", "store-secret"));
    let mut command = command("serve", directory.path(), &["--s3-endpoint", &endpoint]);
    command
        .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    command
        .env("WARMFRONT_S3_ACCESS_KEY_ID", "STOREKEYID")
        .env("WARMFRONT_S3_SECRET_ACCESS_KEY", "store-secret");
    let answer = served(&Server::spawn(&mut command), true);
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn without_an_origin_access_control_nothing_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{}", protected_store(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    let server = Server::start(directory.path(), &["--s3-endpoint", &endpoint]);
    assert_eq!(served(&server, false).status, 403);
}
