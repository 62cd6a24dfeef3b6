//! Browsers that are signed in.

use axum::http::HeaderMap;
use axum::response::Response;
use http_body_util::BodyExt;

use crate::keys::{Guarded, LIST, plain};
use crate::service::HOST;

const PATH: &str = "/console/session";
const HERE: &str = "192.0.2.1";

fn pair(id: &str, secret: &str) -> String {
    format!("{{\"accessKeyId\": \"{id}\", \"secretAccessKey\": \"{secret}\"}}")
}

/// Signs in and answers the cookie as a browser sends it back.
async fn sign_in(guarded: &Guarded, id: &str, secret: &str) -> String {
    let answer = guarded.from(HERE, plain("POST", PATH, &[], &pair(id, secret))).await;
    assert_eq!(answer.status(), 204);
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    set.split_once(';').unwrap().0.to_owned()
}

async fn call(
    guarded: &Guarded,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap, String) {
    read(guarded.from(HERE, plain(method, path, headers, "")).await).await
}

async fn read(answer: Response) -> (u16, HeaderMap, String) {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn signing_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let guarded = Guarded::start();
    let answer = guarded.from(HERE, plain("POST", PATH, &[], &pair("WFTESTKEY", "test-secret"))).await;
    let (status, headers, body) = read(answer).await;
    let set = headers["set-cookie"].to_str().unwrap();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!((status, body.as_str(), cookie.len()), (204, "", "warmfront-session=".len() + 64));
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
    assert_eq!(headers["cache-control"], "no-store");

    let over_tls = [("origin", format!("https://{HOST}"))];
    let over_tls: Vec<_> = over_tls.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = guarded.from(HERE, plain("POST", PATH, &over_tls, &pair("WFTESTKEY", "test-secret"))).await;
    assert!(answer.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn a_session_says_whose_it_is_until_it_is_signed_out() {
    let guarded = Guarded::start();
    let cookie = sign_in(&guarded, "WFREADER", "reader-secret").await;
    let (status, _, body) = call(&guarded, "GET", PATH, &[("cookie", &cookie)]).await;
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &document["accessKeyId"]), (200, &"WFREADER".into()));
    assert_eq!((&document["name"], &document["role"]), (&"reader".into(), &"read-only".into()));
    let ends = shapes::time::Timestamp::parse(document["expiresAt"].as_str().unwrap()).unwrap();
    let now_ms = i64::try_from(guarded.clock.now_ms()).unwrap();
    assert_eq!(ends.unix_milliseconds() - now_ms, 3_600_000);

    let (status, headers, _) = call(&guarded, "DELETE", PATH, &[("cookie", &cookie)]).await;
    assert_eq!(status, 204);
    assert!(headers["set-cookie"].to_str().unwrap().starts_with("warmfront-session=; "));
    assert!(headers["set-cookie"].to_str().unwrap().ends_with("Max-Age=0"));
    let (status, _, body) = call(&guarded, "GET", PATH, &[("cookie", &cookie)]).await;
    assert!(status == 401 && body.contains("\"NotSignedIn\""), "{status} {body}");
}

#[tokio::test]
async fn what_is_unknown_and_what_is_wrong_cannot_be_told_apart_and_nothing_is_repeated() {
    let guarded = Guarded::start();
    let mut said = Vec::new();
    for (id, secret) in [("WFTESTKEY", "guess"), ("WFNOBODY", "test-secret"), ("test-secret", "WFTESTKEY")] {
        let answer = guarded.from(HERE, plain("POST", PATH, &[], &pair(id, secret))).await;
        let (status, headers, body) = read(answer).await;
        assert!(status == 401 && !headers.contains_key("set-cookie") && !body.contains(id), "{body}");
        said.push(body);
    }
    assert!(said.iter().all(|body| *body == said[0]), "{said:?}");
}

#[tokio::test]
async fn other_bodies_and_methods_are_refused_with_what_would_be_accepted() {
    let guarded = Guarded::start();
    for body in ["", "{}", "[]", "{\"accessKeyId\": 7, \"secretAccessKey\": \"test-secret\"}"] {
        let (status, _, said) = read(guarded.from(HERE, plain("POST", PATH, &[], body)).await).await;
        assert!(status == 400 && said.contains("accessKeyId") && !said.contains("test-secret"), "{said}");
    }
    let (status, _, said) = read(guarded.from(HERE, plain("POST", PATH, &[], &"x".repeat(5000))).await).await;
    assert!(status == 413 && said.contains("4096"), "{said}");
    let (status, headers, _) = call(&guarded, "PUT", PATH, &[]).await;
    assert_eq!((status, &headers["allow"]), (405, &"GET, POST, DELETE".parse().unwrap()));
}

#[tokio::test]
async fn a_session_calls_the_api_with_its_keys_role() {
    let guarded = Guarded::start();
    let cookie = sign_in(&guarded, "WFREADER", "reader-secret").await;
    let headers = [("cookie", cookie.as_str()), ("x-warmfront-csrf", "1")];
    assert_eq!(call(&guarded, "GET", LIST, &headers).await.0, 200);
    let (status, _, body) = call(&guarded, "POST", LIST, &headers).await;
    assert!(status == 403 && body.contains("<Code>AccessDenied</Code>"), "{body}");
    assert!(body.contains("read-only") && body.contains("CreateDistribution"), "{body}");
}

#[tokio::test]
async fn a_cookie_alone_or_from_another_site_opens_nothing() {
    let guarded = Guarded::start();
    let cookie = sign_in(&guarded, "WFTESTKEY", "test-secret").await;
    let ours = format!("http://{HOST}");
    let csrf = ("x-warmfront-csrf", "1");
    let refused: [&[(&str, &str)]; 6] = [
        &[],
        &[("x-warmfront-csrf", "0")],
        &[csrf, ("origin", "http://evil.example")],
        &[csrf, ("origin", "null")],
        &[csrf, ("sec-fetch-site", "cross-site")],
        &[csrf, ("origin", ours.as_str()), ("sec-fetch-site", "same-site")],
    ];
    for more in refused {
        let headers: Vec<_> = [("cookie", cookie.as_str())].iter().chain(more).copied().collect();
        let (status, _, body) = call(&guarded, "GET", LIST, &headers).await;
        assert!(status == 403 && body.contains("<Code>AccessDenied</Code>"), "{more:?}: {body}");
    }
    let headers =
        [("cookie", cookie.as_str()), csrf, ("origin", ours.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(call(&guarded, "GET", LIST, &headers).await.0, 200);
    let (status, _, body) =
        call(&guarded, "DELETE", PATH, &[("cookie", &cookie), ("origin", "http://evil.example")]).await;
    assert!(status == 403 && body.contains("CrossOrigin"), "{body}");
}

#[tokio::test]
async fn a_signature_goes_before_a_cookie() {
    let guarded = Guarded::start();
    let cookie = sign_in(&guarded, "WFTESTKEY", "test-secret").await;
    let headers =
        [("cookie", cookie.as_str()), ("x-warmfront-csrf", "1"), ("authorization", "AWS4-HMAC-SHA256")];
    let (status, _, body) = call(&guarded, "GET", LIST, &headers).await;
    assert!(status == 400 && body.contains("IncompleteSignature"), "{body}");
}

#[tokio::test]
async fn a_session_ends_with_time() {
    let guarded = Guarded::start();
    let cookie = sign_in(&guarded, "WFTESTKEY", "test-secret").await;
    let headers = [("cookie", cookie.as_str()), ("x-warmfront-csrf", "1")];
    guarded.clock.advance_ms(3_599_999);
    assert_eq!(call(&guarded, "GET", LIST, &headers).await.0, 200, "which is a use");
    guarded.clock.advance_ms(3_600_000);
    let (status, _, body) = call(&guarded, "GET", LIST, &headers).await;
    assert!(status == 403 && body.contains("<Code>ExpiredToken</Code>"), "{body}");
}

#[tokio::test]
async fn a_session_ends_with_its_key_even_when_the_key_comes_back() {
    let headers = |cookie: &str| [("cookie", cookie.to_owned()), ("x-warmfront-csrf", "1".to_owned())];
    let guarded = Guarded::start();
    let (deleted, disabled) = (
        sign_in(&guarded, "WFREADER", "reader-secret").await,
        sign_in(&guarded, "WFTESTKEY", "test-secret").await,
    );
    // Disabled and enabled again between two requests.
    guarded.ring.change(|keys| keys.iter_mut().for_each(|(_, key)| key.epoch += 1));
    guarded.ring.change(|keys| keys.retain(|(id, _)| id != "WFREADER"));
    for cookie in [deleted, disabled] {
        let headers = headers(&cookie);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(call(&guarded, "GET", LIST, &headers).await.0, 403);
        assert_eq!(call(&guarded, "GET", PATH, &headers).await.0, 401);
    }
}
