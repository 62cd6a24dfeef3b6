//! Who is let in, and what everybody else is told.

use crate::log;
use crate::service::{HOST, Service, minimal, now_s, signed};
use axum::body::Body;
use axum::http::Request;
use control::Settings;
use shapes::OriginCustomHeader;
use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Scope, Signable, sign};

const LIST: &str = "/2020-05-31/distribution";

#[tokio::test]
async fn a_signed_request_of_any_region_is_answered() {
    let service = Service::start();
    assert_eq!(service.get("/distribution").await.status, 200);
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let request = Request::get(LIST).header("host", HOST).body(Body::empty()).unwrap();
    Service::start().send(request).await.refused(403, "MissingAuthenticationToken");
}

#[tokio::test]
async fn an_unreadable_signature_is_incomplete() {
    for header in ["Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256"] {
        let request = Request::get(LIST).header("host", HOST).header("authorization", header);
        let answer = Service::start().send(request.body(Body::empty()).unwrap()).await;
        answer.refused(400, "IncompleteSignature");
    }
}

#[tokio::test]
async fn an_unknown_key_is_refused_by_its_name() {
    let service = Service::start();
    let stranger = Credentials::new("STRANGER", SecretKey::new("test-secret"));
    let answer = service.send(signed(&stranger, "GET", LIST, &[], b"", now_s())).await;
    answer.refused(403, "InvalidClientTokenId");
}

#[tokio::test]
async fn a_wrong_secret_does_not_match_and_is_not_repeated() {
    let service = Service::start();
    let forger = Credentials::new("WFTESTKEY", SecretKey::new("guessed-secret"));
    let answer = service.send(signed(&forger, "GET", LIST, &[], b"", now_s())).await;
    answer.refused(403, "SignatureDoesNotMatch");
    assert!(!answer.body.contains("secret\"") && !answer.body.contains("test-secret"), "{}", answer.body);
}

#[tokio::test]
async fn a_clock_sixteen_minutes_off_is_refused_in_both_directions() {
    let service = Service::start();
    for at_s in [now_s() - 16 * 60, now_s() + 16 * 60] {
        let answer = service.send(signed(&service.credentials, "GET", LIST, &[], b"", at_s)).await;
        answer.refused(403, "RequestExpired");
    }
}

#[tokio::test]
async fn a_signature_for_another_service_is_refused() {
    let service = Service::start();
    let signable = Signable { method: "GET", host: HOST, path: LIST, query: "", headers: &[] };
    let scope = Scope { region: "us-east-1", service: "s3" };
    let own = sign(&signable, &service.credentials, scope, PayloadHash::empty(), now_s());
    let request = own
        .iter()
        .fold(Request::get(LIST).header("host", HOST), |so_far, (name, value)| so_far.header(name, value));
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    answer.refused(403, "SignatureDoesNotMatch").says("cloudfront");
}

#[tokio::test]
async fn a_body_query_method_or_if_match_changed_on_the_way_is_noticed() {
    let service = Service::start();
    let original = || {
        signed(&service.credentials, "PUT", "/2020-05-31/distribution/E1/config?a=b", &[], b"<a/>", now_s())
    };

    let mut other_body = original();
    *other_body.body_mut() = Body::from("<b/>");
    let mut other_query = original();
    *other_query.uri_mut() = "/2020-05-31/distribution/E1/config?a=c".parse().unwrap();
    let mut other_path = original();
    *other_path.uri_mut() = "/2020-05-31/distribution/E2/config?a=b".parse().unwrap();
    let mut other_host = original();
    other_host.headers_mut().insert("host", "other.example".parse().unwrap());
    let mut unsigned_header = original();
    unsigned_header.headers_mut().insert("x-amz-extra", "1".parse().unwrap());
    for request in [other_body, other_query, other_path, other_host, unsigned_header] {
        service.send(request).await.refused(403, "SignatureDoesNotMatch");
    }
}

#[tokio::test]
async fn a_strangers_body_is_not_read() {
    let service = Service::start();
    let body =
        Body::from_stream(futures_util::stream::pending::<Result<axum::body::Bytes, std::io::Error>>());
    // The test would hang if anything waited for the body.
    let answer = service.send(Request::post(LIST).header("host", HOST).body(body).unwrap()).await;
    answer.refused(403, "MissingAuthenticationToken");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_kept() {
    let service = Service::with(Settings { max_body_bytes: 1000, ..Settings::default() });
    let answer = service.call("POST", "/distribution", &[], &[b'x'; 1001]).await;
    answer.refused(413, "EntitySizeLimitExceeded").says("1000");
    let answer = service.call("POST", "/distribution", &[], &[b'x'; 1000]).await;
    answer.refused(400, "MalformedXML");
}

#[tokio::test]
async fn requests_beyond_the_number_that_fits_in_memory_are_told_to_come_back() {
    let service = Service::with(Settings { max_bodies: 0, ..Settings::default() });
    let answer = service.get("/distribution").await;
    assert_eq!((answer.status.as_u16(), answer.text("Code").as_str()), (503, "ServiceUnavailable"));
}

#[tokio::test]
async fn the_log_says_who_asked_what_and_the_code_and_nothing_secret() {
    let service = Service::start();
    let forger = Credentials::new("WFTESTKEY", SecretKey::new("guessed-secret"));
    let request = signed(&forger, "GET", LIST, &[], b"", now_s());
    let signature =
        request.headers()["authorization"].to_str().unwrap().rsplit_once('=').unwrap().1.to_owned();
    service.send(request).await.refused(403, "SignatureDoesNotMatch");

    let mut config = minimal("one");
    let header = OriginCustomHeader { header_name: "Host".into(), header_value: "header-secret\u{7}".into() };
    config.origins.items[0].custom_headers = Some(vec![header].into());
    service.post("/distribution", &config).await.refused(400, "InvalidArgument");

    let text = log::text();
    assert!(text.contains(LIST) && text.contains("SignatureDoesNotMatch"), "{text}");
    assert!(text.contains("Origins.Items[0].CustomHeaders"), "{text}");
    for secret in ["guessed-secret", "test-secret", "header-secret", signature.as_str()] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
