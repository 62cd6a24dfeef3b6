//! Requests to protected buckets (G20 to G24), checked as the bucket would check them.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::Method;
use origin::{Origins, OwnBuckets, RequestBody, Settings};
use rules::forward::OriginRequest;
use rules::model::{EdgeIdentity, OriginSignature};
use signing::edge_identity::MasterKey;
use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{self, Refusal, Signable, Verified};
use tokio::join;

use crate::support::{Head, Peer, fields, get, request, streaming};

const NOW_S: u64 = 1_900_000_000;

fn signing_origins() -> Arc<Origins> {
    let credentials = Credentials::new("WFKEYID", SecretKey::new("a secret"));
    let settings =
        Settings { credentials: Some(credentials), wall_clock: Arc::new(|| NOW_S), ..Settings::default() };
    Origins::new(settings).unwrap()
}

fn signed(request: OriginRequest) -> OriginRequest {
    let signature = OriginSignature {
        region: "eu-central-1".into(),
        bucket: "site".into(),
        identity: EdgeIdentity::Distribution("E1EXAMPLE".into()),
    };
    OriginRequest { sign: Some(Arc::new(signature)), ..request }
}

/// What arrives at the bucket.
async fn received(origins: &Origins, request: OriginRequest, body: RequestBody) -> Head {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, head) = join!(origins.fetch(&origin, request, body), async {
        let mut conversation = peer.accept().await;
        let head = conversation.request().await;
        conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        head
    });
    result.unwrap();
    head
}

fn verify(head: &Head, body: &[u8]) -> Result<Verified, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        head.fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let (path, query) = head.target().split_once('?').unwrap_or((head.target(), ""));
    let method = head.line.split(' ').next().unwrap();
    let host = head.field("host").unwrap();
    let signable = Signable { method, host, path, query, headers: &headers };
    sigv4::verify(&signable, body, "s3", NOW_S, |_| Some(SecretKey::new("a secret")))
}

#[tokio::test]
async fn a_bucket_accepts_the_signature_of_every_path() {
    let origins = signing_origins();
    for target in [
        "/",
        "/plain.txt",
        "/with%20space.txt",
        "/a+b",
        "/caf%C3%A9/%e2%82%ac",
        "/a//b/../c/./d",
        "/~tilde-_.x",
        "/(brackets)!*'$&=:@,;",
        "/lower%2fcase",
        "/list?list-type=2&prefix=a%2Fb&empty=&bare",
        "/q?x=a+b%20c&x=%E2%82%AC&a=1",
    ] {
        let head = received(&origins, signed(get(target)), RequestBody::Empty).await;
        let verified = verify(&head, b"").unwrap_or_else(|refusal| panic!("{target}: {refusal}"));
        assert_eq!((verified.access_key_id.as_str(), verified.region.as_str()), ("WFKEYID", "eu-central-1"));
    }
}

#[tokio::test]
async fn a_signed_path_goes_out_in_the_one_spelling_that_every_store_signs_and_the_query_as_it_came() {
    let target = "/caf%c3%a9/a+b (1)?x=%2f&y=a+b".replace(' ', "%20");
    let head = received(&signing_origins(), signed(get(&target)), RequestBody::Empty).await;
    assert_eq!(head.target(), "/caf%C3%A9/a%2Bb%20%281%29?x=%2f&y=a+b");
}

#[tokio::test]
async fn a_viewer_s_authorization_is_overwritten() {
    let mut request = signed(get("/"));
    request.fields = fields(&[("authorization", "Basic dXNlcjpwYXNz"), ("x-amz-date", "never")]);
    let head = received(&signing_origins(), request, RequestBody::Empty).await;
    assert_eq!(head.fields.iter().filter(|(name, _)| name == "authorization").count(), 1);
    assert!(verify(&head, b"").is_ok());
}

#[tokio::test]
async fn the_hash_of_a_streamed_body_is_left_out() {
    let body = streaming(stream::iter([Ok(Bytes::from_static(b"hello"))]), Some(5));
    let head = received(&signing_origins(), signed(request(Method::PUT, "/new")), body).await;
    assert_eq!(head.field("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
    assert!(verify(&head, b"hello").is_ok());
}

#[tokio::test]
async fn a_signature_is_of_the_moment_of_sending() {
    let head = received(&signing_origins(), signed(get("/")), RequestBody::Empty).await;
    assert_eq!(head.field("x-amz-date"), Some("20300317T174640Z"));
}

#[tokio::test]
async fn a_request_that_is_not_to_be_signed_is_left_as_it_is() {
    let mut request = get("/caf%c3%a9");
    request.fields = fields(&[("authorization", "Basic dXNlcjpwYXNz")]);
    let head = received(&signing_origins(), request, RequestBody::Empty).await;
    assert_eq!(head.target(), "/caf%c3%a9");
    assert_eq!(head.field("authorization"), Some("Basic dXNlcjpwYXNz"));
    assert_eq!(head.field("x-amz-date"), None);
}

/// The access key id that a request was signed with.
fn signer(head: &Head) -> String {
    let authorization = head.field("authorization").unwrap();
    let (_, credential) = authorization.split_once("Credential=").unwrap();
    credential.split('/').next().unwrap().to_owned()
}

fn pair(id: &str) -> Credentials {
    Credentials::new(id, SecretKey::new("a secret"))
}

#[tokio::test]
async fn a_bucket_with_credentials_of_its_own_is_asked_with_them() {
    for (bucket, expected) in [("site", "OF-SITE"), ("another", "OF-ALL")] {
        let settings = Settings {
            bucket_credentials: [(bucket.to_owned(), pair("OF-SITE"))].into(),
            credentials: Some(pair("OF-ALL")),
            ..Settings::default()
        };
        let origins = Origins::new(settings).unwrap();
        let head = received(&origins, signed(get("/")), RequestBody::Empty).await;
        assert_eq!(signer(&head), expected);
    }
}

#[tokio::test]
async fn the_bucket_server_of_this_process_is_told_on_whose_behalf_it_is_asked() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let own =
        |port| OwnBuckets { host: origin.endpoint.host.to_string(), port, master: MasterKey::new(&[1; 32]) };
    for (port, expected) in [(origin.endpoint.http_port, "cloudfront.E1EXAMPLE"), (1, "OF-ALL")] {
        let settings = Settings {
            own_buckets: Some(own(port)),
            credentials: Some(pair("OF-ALL")),
            ..Settings::default()
        };
        let origins = Origins::new(settings).unwrap();
        let (result, head) = join!(origins.fetch(&origin, signed(get("/")), RequestBody::Empty), async {
            let mut conversation = peer.accept().await;
            let head = conversation.request().await;
            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
            head
        });
        result.unwrap();
        assert_eq!(signer(&head), expected);
    }
}

#[test]
fn settings_print_no_secret() {
    let credentials = Credentials::new("WFKEYID", SecretKey::new("hush"));
    let settings = Settings { credentials: Some(credentials), ..Settings::default() };
    assert!(!format!("{settings:?}").contains("hush"));
}
