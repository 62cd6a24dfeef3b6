//! What browsers get at the API's address: the console, its two questions, and previews of pages.

use serde_json::{Value, json};

use crate::api::{Api, Created, document};
use crate::http::{self, Answer, send};
use crate::origin::Origin;
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server, keys_json};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// Somebody who is signed in.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn sign_in(server: &'a Server, id: &str, secret: &str) -> Self {
        let body = json!({ "accessKeyId": id, "secretAccessKey": secret }).to_string();
        let answer = http::post(server.api, "localhost", "/console/session", &body);
        let cookie = answer.header("set-cookie").unwrap().split_once(';').unwrap().0.to_owned();
        Self { server, cookie }
    }

    fn admin(server: &'a Server) -> Self {
        Self::sign_in(server, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    }

    fn ask(&self, path: &str, body: &Value) -> (u16, Value) {
        let headers = [("host", "localhost"), ("cookie", &self.cookie), ("x-warmfront-csrf", "1")];
        told(&send(self.server.api, "POST", path, &headers, &body.to_string()))
    }

    fn config(&self, id: &str) -> Value {
        let path = format!("/2020-05-31/distribution/{id}/config");
        let cookie = ("cookie", self.cookie.as_str());
        let headers =
            [("host", "localhost"), cookie, ("x-warmfront-csrf", "1"), ("accept", "application/json")];
        told(&send(self.server.api, "GET", &path, &headers, "")).1
    }

    /// What a frame asks for: no header of its own.
    fn frame(&self, path: &str) -> Answer {
        send(self.server.api, "GET", path, &[("host", "localhost"), ("cookie", &self.cookie)], "")
    }
}

fn told(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// An origin with a page at `/errors/404.html`.
fn origin() -> Origin {
    Origin::start(|path, _| match path {
        "/errors/404.html" => (200, "<h1>Not here</h1>".into()),
        _ => (404, "nothing".into()),
    })
}

fn with_page(server: &Server, origin: &Origin) -> Created {
    let page = "<ErrorCode>404</ErrorCode><ResponsePagePath>/errors/404.html</ResponsePagePath>\
                <ResponseCode>200</ResponseCode>";
    let document = document("one", None, origin.address).replace("<ErrorCode>404</ErrorCode>", page);
    Api::of(server).create(&document)
}

#[test]
fn a_browser_that_opens_the_address_is_led_to_the_console_and_a_client_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    assert!(server.greeting.contains(&format!("http://{}/console/", server.api)), "{}", server.greeting);
    let host = ("host", "localhost");
    let led = send(server.api, "GET", "/", &[host, HTML], "");
    assert_eq!((led.status, led.header("location")), (307, Some("/console/")));
    let console = send(server.api, "GET", "/console/", &[host, HTML], "");
    assert_eq!((console.status, console.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(console.body.contains("<div id=\"root\">"), "{}", console.body);
    for (method, path, headers) in [
        ("GET", "/", &[host][..]),
        ("GET", "/", &[host, ("accept", "*/*")]),
        ("POST", "/", &[host, HTML]),
        ("GET", "/2020-05-31/nothing", &[host, HTML]),
    ] {
        let answer = send(server.api, method, path, headers, "");
        assert!(
            answer.body.contains("<Code>UnknownOperationException</Code>"),
            "{method} {path}: {answer:?}"
        );
    }
    let refused = http::get(server.api, "localhost", "/2020-05-31/distribution");
    assert!(refused.body.contains("MissingAuthenticationToken"), "{refused:?}");
}

#[test]
fn a_page_is_checked_and_can_be_looked_at_by_who_is_signed_in_for_five_minutes() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), origin());
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    let id = with_page(&server, &origin).id;
    let browser = Browser::admin(&server);
    let (status, answer) = browser.ask("/console/check-page", &json!({ "distributionId": id }));
    assert_eq!(status, 200, "{answer}");
    let page = &answer["pages"][0];
    assert_eq!((&page["errorCode"], &page["pagePath"]), (&json!(404), &json!("/errors/404.html")));
    assert_eq!(page["fetch"]["outcome"], "answered");
    assert_eq!(
        (&page["fetch"]["status"], &page["fetch"]["excerpt"]),
        (&json!(200), &json!("<h1>Not here</h1>"))
    );
    let path = page["previewUrl"].as_str().unwrap();
    let shown = browser.frame(path);
    assert_eq!((shown.status, shown.body.as_str()), (200, "<h1>Not here</h1>"));
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.starts_with("sandbox; default-src 'none';") && policy.ends_with("frame-ancestors 'self'"));
    assert_eq!(http::get(server.api, "localhost", path).status, 403);
    let from_elsewhere =
        [("host", "localhost"), ("cookie", &*browser.cookie), ("sec-fetch-site", "cross-site")];
    assert_eq!(send(server.api, "GET", path, &from_elsewhere, "").status, 403);
    assert_eq!(browser.frame("/console/preview/guess").status, 404);
    let moved = http::post(server.api, "localhost", "/_warmfront/clock", "{\"advance_seconds\": 300}");
    assert_eq!(moved.status, 200);
    assert_eq!(browser.frame(path).status, 404);
}

#[test]
fn what_viewers_would_get_is_told_without_touching_what_they_get() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), origin());
    let server = Server::start(directory.path(), &[]);
    let created = with_page(&server, &origin);
    let browser = Browser::admin(&server);
    let answers = |status: u16| json!({ "*": { "kind": "answers", "status": status, "body": "made up" } });
    let question = json!({ "distributionId": created.id, "requests": [
        { "url": "/a", "origins": answers(200) }, { "url": "/b" } ] });
    let (status, told) = browser.ask("/console/try", &question);
    assert_eq!(status, 200, "{told}");
    let first = &told["answers"][0];
    assert_eq!((&first["status"], &first["body"]["text"]), (&json!(200), &json!("made up")));
    assert_eq!(told["answers"][1]["body"]["text"], "<h1>Not here</h1>", "{told}");
    // Nothing of it is in the cache that viewers are answered from.
    assert_eq!(http::get(server.edge_http, &created.domain_name, "/a").body, "<h1>Not here</h1>");
}

#[test]
fn a_configuration_that_is_not_saved_is_judged_like_an_update_and_nothing_is_written() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), origin());
    let server = Server::start(directory.path(), &[]);
    let created = with_page(&server, &origin);
    let browser = Browser::admin(&server);
    let mut config = browser.config(&created.id);
    config["CustomErrorResponses"]["Items"][0]["ResponsePagePath"] = json!("/errors/none.html");
    let ask = |config: &Value| {
        browser.ask(
            "/console/check-page",
            &json!({ "distributionId": created.id, "distributionConfig": config }),
        )
    };
    let (status, told) = ask(&config);
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["pages"][0]["warnings"][0]["code"], "page-missing", "{told}");
    config["CustomErrorResponses"]["Items"][0]["ErrorCode"] = json!(418);
    let (status, told) = ask(&config);
    assert_eq!((status, &told["Error"]["Code"]), (400, &json!("InvalidErrorCode")), "{told}");
    assert_eq!(told["Problems"][0]["Path"], "CustomErrorResponses.Items[0].ErrorCode");
    config["CallerReference"] = json!("another");
    assert_eq!(ask(&config).1["Error"]["Code"], "IllegalUpdate");
    assert_eq!(ask(&json!({ "Nonsense": 1 })).1["Problems"][0]["Path"], "Nonsense");
    let kept = Api::of(&server).call("GET", &format!("distribution/{}", created.id), None, "");
    assert_eq!(kept.header("etag"), Some(created.etag.as_str()));
}

#[test]
fn who_only_reads_may_ask_about_what_is_kept_and_nobody_asks_without_a_key() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), origin());
    let server = Server::start(directory.path(), &[]);
    let id = with_page(&server, &origin).id;
    let config = Browser::admin(&server).config(&id);
    let made = keys_json(directory.path(), &["create", "--role", "read-only"]);
    let (key, secret) = (made["accessKeyId"].as_str().unwrap(), made["secretAccessKey"].as_str().unwrap());
    let reader = Browser::sign_in(&server, key, secret);
    let stored = json!({ "distributionId": id });
    assert_eq!(reader.ask("/console/check-page", &stored).0, 200);
    let unsaved = json!({ "distributionId": id, "distributionConfig": config });
    let (status, told) = reader.ask("/console/check-page", &unsaved);
    assert_eq!((status, &told["Error"]["Code"]), (403, &json!("AccessDenied")), "{told}");
    let asked = origin.requests();
    for path in ["/console/check-page", "/console/try"] {
        let answer = http::post(server.api, "localhost", path, &stored.to_string());
        assert_eq!(told_code(&answer), (403, "MissingAuthenticationToken".into()));
        let headers = [("host", "localhost"), ("cookie", &*reader.cookie)];
        let answer = send(server.api, "POST", path, &headers, &stored.to_string());
        assert_eq!(told_code(&answer), (403, "AccessDenied".into()), "without the header that pages set");
        assert_eq!(http::get(server.api, "localhost", path).status, 405);
    }
    assert_eq!(origin.requests(), asked);
    // A key works as well as a session.
    let body = stored.to_string();
    let signed = Api::of(&server).signed("POST", "/console/check-page", &body);
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(send(server.api, "POST", "/console/check-page", &headers, &body).status, 200);
}

fn told_code(answer: &Answer) -> (u16, String) {
    let (status, told) = told(answer);
    (status, told["Error"]["Code"].as_str().unwrap().to_owned())
}

#[test]
fn a_question_that_is_none_is_refused_with_what_would_be_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    let id = with_page(&server, &origin()).id;
    let browser = Browser::admin(&server);
    for (path, question, code, says) in [
        ("/console/check-page", json!([]), "InvalidArgument", "one JSON object"),
        ("/console/check-page", json!({}), "InvalidArgument", "distributionId is missing"),
        ("/console/check-page", json!({ "distributionId": "E0" }), "NoSuchDistribution", "does not exist"),
        (
            "/console/check-page",
            json!({ "distributionId": id, "codes": [] }),
            "InvalidArgument",
            "errorCodes",
        ),
        (
            "/console/check-page",
            json!({ "distributionId": id, "errorCodes": [500] }),
            "InvalidArgument",
            "404",
        ),
        ("/console/try", json!({ "distributionId": id }), "InvalidArgument", "requests"),
        ("/console/try", json!({ "distributionId": id, "requests": [] }), "InvalidArgument", "1 to 5"),
    ] {
        let (status, told) = browser.ask(path, &question);
        let message = told["Error"]["Message"].as_str().unwrap_or_default();
        assert_eq!(told["Error"]["Code"], code, "{question}: {told}");
        assert!((400..500).contains(&status) && message.contains(says), "{question}: {message}");
    }
}

#[test]
fn a_page_that_cannot_be_had_is_told_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    let id = {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let page = "<ErrorCode>404</ErrorCode><ResponsePagePath>/errors/404.html</ResponsePagePath>\
                    <ResponseCode>404</ResponseCode>";
        let document = document("one", None, nobody).replace("<ErrorCode>404</ErrorCode>", page);
        Api::of(&server).create(&document).id
    };
    let browser = Browser::admin(&server);
    // A code that is asked for twice is checked once.
    let (_, told) =
        browser.ask("/console/check-page", &json!({ "distributionId": id, "errorCodes": [404, 404] }));
    let pages = told["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 1, "{told}");
    assert_eq!(pages[0]["fetch"]["outcome"], "failed", "{told}");
    assert_eq!(
        (&pages[0]["previewUrl"], &pages[0]["warnings"][0]["code"]),
        (&Value::Null, &json!("page-fails"))
    );
    let mut config = browser.config(&id);
    config["Enabled"] = json!(false);
    let (_, told) =
        browser.ask("/console/check-page", &json!({ "distributionId": id, "distributionConfig": config }));
    assert_eq!(told["pages"][0]["fetch"]["reason"], "the distribution is disabled", "{told}");
}
