//! Sessions of browsers, over real connections.

use crate::http::{self, Answer, send};
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server, keys_json};

const PATH: &str = "/console/session";
const LIST: &str = "/2020-05-31/distribution";

fn sign_in(server: &Server, id: &str, secret: &str) -> Answer {
    let body = serde_json::json!({ "accessKeyId": id, "secretAccessKey": secret }).to_string();
    http::post(server.api, "localhost", PATH, &body)
}

fn cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, 204, "{answer:?}");
    answer.header("set-cookie").unwrap().split_once(';').unwrap().0.to_owned()
}

fn ask(server: &Server, method: &str, path: &str, cookie: &str) -> Answer {
    let headers = [("host", "localhost"), ("cookie", cookie), ("x-warmfront-csrf", "1")];
    send(server.api, method, path, &headers, "")
}

#[test]
fn a_browser_signs_in_asks_and_signs_out() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    assert_eq!(sign_in(&server, ACCESS_KEY_ID, "guess").status, 401);
    let cookie = cookie(&sign_in(&server, ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    let who: serde_json::Value = serde_json::from_str(&ask(&server, "GET", PATH, &cookie).body).unwrap();
    assert_eq!((&who["accessKeyId"], &who["role"]), (&ACCESS_KEY_ID.into(), &"admin".into()));
    assert_eq!(ask(&server, "GET", LIST, &cookie).status, 200);
    assert_eq!(ask(&server, "DELETE", PATH, &cookie).status, 204);
    assert_eq!(ask(&server, "GET", PATH, &cookie).status, 401);
    assert_eq!(ask(&server, "GET", LIST, &cookie).status, 403);
}

#[test]
fn a_session_ends_an_hour_after_its_last_use() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--virtual-clock"]);
    let cookie = cookie(&sign_in(&server, ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    for (seconds, status) in [(3000, 200), (3000, 200), (3600, 401)] {
        let body = format!("{{\"advance_seconds\": {seconds}}}");
        assert_eq!(http::post(server.api, "localhost", "/_warmfront/clock", &body).status, 200);
        assert_eq!(ask(&server, "GET", PATH, &cookie).status, status);
    }
}

#[test]
fn a_session_ends_when_its_key_is_disabled_deleted_or_rotated_away() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &[]);
    for word in ["disable", "delete", "rotate"] {
        let made = keys_json(directory.path(), &["create", "--role", "read-only"]);
        let (id, secret) = (made["accessKeyId"].as_str().unwrap(), made["secretAccessKey"].as_str().unwrap());
        let cookie = cookie(&sign_in(&server, id, secret));
        assert_eq!(ask(&server, "GET", LIST, &cookie).status, 200);
        assert_eq!(ask(&server, "POST", LIST, &cookie).status, 403, "it only reads");
        keys_json(directory.path(), &[word, id]);
        if word == "disable" {
            keys_json(directory.path(), &["enable", id]);
        }
        assert_eq!(ask(&server, "GET", LIST, &cookie).status, 403, "{word}");
        assert_eq!(ask(&server, "GET", PATH, &cookie).status, 401, "{word}");
    }
}
