//! What browsers get: encodings, what may be kept, the one page for every address, and the headers that protect it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router: Router = Arc::new(console::embedded().expect("a pack")).router();
    router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    ask(Method::GET, path, headers).await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn body(response: Response) -> Vec<u8> {
    response.into_body().collect().await.expect("a body").to_bytes().to_vec()
}

/// The path of the application's script, as the page names it.
async fn script() -> String {
    let page = String::from_utf8(body(get("/console/", &[]).await).await).expect("text");
    let (_, rest) = page.split_once("src=\"").expect("a script");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test]
async fn every_place_in_the_application_gets_its_page() {
    let expected = body(get("/console/", &[]).await).await;
    assert!(String::from_utf8_lossy(&expected).contains("<div id=\"root\">"));
    for path in ["/console/distributions", "/console/distributions/E1/behaviors/%2F*.jpg/edit", "/console/x/"]
    {
        let response = get(path, &[]).await;
        assert_eq!(
            (response.status(), header(&response, "content-type")),
            (StatusCode::OK, "text/html; charset=utf-8")
        );
        assert_eq!(body(response).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_the_page() {
    for path in ["/console/assets/index-00000000.js", "/console/robots.txt", "/console/../Cargo.toml"] {
        assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_address_without_its_slash_leads_to_the_one_with_it() {
    let response = get("/console", &[]).await;
    assert_eq!(
        (response.status(), header(&response, "location")),
        (StatusCode::PERMANENT_REDIRECT, "/console/")
    );
}

#[tokio::test]
async fn the_same_content_comes_in_each_encoding_with_a_tag_of_its_own() {
    let script = script().await;
    let plain = get(&script, &[]).await;
    let brotli = get(&script, &[("accept-encoding", "gzip, br")]).await;
    let gzip = get(&script, &[("accept-encoding", "gzip")]).await;
    let encodings = [&plain, &brotli, &gzip].map(|response| header(response, "content-encoding").to_owned());
    assert_eq!(encodings, ["", "br", "gzip"]);
    let tags = [&plain, &brotli, &gzip].map(|response| header(response, "etag").to_owned());
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    for response in [&plain, &brotli, &gzip] {
        assert_eq!(header(response, "vary"), "accept-encoding");
    }
    let plain = body(plain).await;
    let mut from_gzip = Vec::new();
    let gzip = body(gzip).await;
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip.as_slice()), &mut from_gzip)
        .expect("gzip");
    assert!(from_gzip == plain, "gzip gives the same");
    let mut from_brotli = Vec::new();
    let brotli = body(brotli).await;
    let mut decoder = brotli_decompressor::Decompressor::new(brotli.as_slice(), 4096);
    std::io::Read::read_to_end(&mut decoder, &mut from_brotli).expect("Brotli");
    assert!(from_brotli == plain, "Brotli gives the same");
}

#[tokio::test]
async fn files_named_by_their_content_are_kept_and_the_page_is_asked_for_again() {
    let script = get(&script().await, &[]).await;
    assert_eq!(header(&script, "cache-control"), "public, max-age=31536000, immutable");
    let page = get("/console/", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&page, "cache-control"), "no-cache");
    let tag = header(&page, "etag").to_owned();
    for known in [tag.as_str(), &format!("W/{tag}"), &format!("\"other\", {tag}"), "*"] {
        let again = get("/console/", &[("accept-encoding", "br"), ("if-none-match", known)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, "etag"), tag);
        assert!(body(again).await.is_empty());
    }
    let other = get("/console/", &[("accept-encoding", "gzip"), ("if-none-match", &tag)]).await;
    assert_eq!(other.status(), StatusCode::OK, "another form of it is not known");
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_is_forbidden() {
    for path in ["/console/", "/console", "/console/assets/none.js", &script().await] {
        let response = get(path, &[]).await;
        let policy = header(&response, "content-security-policy");
        for part in
            ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn only_get_and_head_are_answered_and_head_has_no_body() {
    let response = ask(Method::POST, "/console/", &[]).await;
    assert_eq!(
        (response.status(), header(&response, "allow")),
        (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD")
    );
    let head = ask(Method::HEAD, "/console/", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_ne!(header(&head, "content-length"), "0");
    assert!(body(head).await.is_empty());
}

#[tokio::test]
async fn an_exact_route_of_somebody_else_wins() {
    let theirs = Router::new().route("/console/session", axum::routing::get(|| async { "theirs" }));
    let router = Arc::new(console::embedded().expect("a pack")).router().merge(theirs);
    let request = Request::builder().uri("/console/session").body(Body::empty()).expect("a request");
    assert_eq!(body(router.oneshot(request).await.expect("an answer")).await, b"theirs");
}
