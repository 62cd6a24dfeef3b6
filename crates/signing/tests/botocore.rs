//! Requests that botocore signed (`signed_by_botocore/generate.py`) are accepted, and refused after any change.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use signing::keys::SecretKey;
use signing::sigv4::{Refusal, Signable, Verified, verify};

/// 2026-03-01T12:00:00Z, the moment at which the requests were signed.
const AT_S: u64 = 1_772_366_400;
const ACCESS_KEY_ID: &str = "WFTESTKEY0000000001";
const SECRET: &str = "warmfront/test+secret/of/no/value/00000001";

macro_rules! recorded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("signed_by_botocore/", $name, ".http")))),*]
    };
}

const RECORDED: &[(&str, &[u8])] = recorded![
    "create-with-tags",
    "get-distribution",
    "list-distributions-page",
    "path-with-a-space",
    "tag-resource",
    "update-if-match",
];

/// A request as received. Every field can be changed by a test.
#[derive(Clone)]
struct Request {
    method: String,
    path: String,
    query: String,
    host: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn read(file: &[u8]) -> Self {
        let end = file.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&file[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap().split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(String, String)> =
            lines.map(|line| line.split_once(": ").unwrap()).map(|(n, v)| (n.into(), v.into())).collect();
        let host = headers.iter().find(|(name, _)| name == "Host").unwrap().1.clone();
        let (method, path, query) = (method.into(), path.into(), query.into());
        Self { method, path, query, host, headers, body: file[end + 4..].to_vec() }
    }

    fn recorded(name: &str) -> Self {
        Self::read(RECORDED.iter().find(|(other, _)| *other == name).unwrap().1)
    }

    fn check(&self, now_s: u64) -> Result<Verified, Refusal> {
        self.check_with(SECRET, now_s)
    }

    fn check_with(&self, secret: &str, now_s: u64) -> Result<Verified, Refusal> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request = Signable {
            method: &self.method,
            host: &self.host,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        };
        let secret_of = |id: &str| (id == ACCESS_KEY_ID).then(|| SecretKey::new(secret));
        verify(&request, &self.body, "cloudfront", now_s, secret_of)
    }

    fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(name)).unwrap().1
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}

#[test]
fn each_recorded_request_is_accepted_in_its_region() {
    for (name, file) in RECORDED {
        let region =
            if name.contains("create") || name.contains("update") { "eu-west-1" } else { "us-east-1" };
        let verified = Request::read(file).check(AT_S);
        assert_eq!(
            verified,
            Ok(Verified { access_key_id: ACCESS_KEY_ID.into(), region: region.into() }),
            "{name}"
        );
    }
}

#[test]
fn a_request_that_was_changed_in_one_place_is_refused() {
    for (name, file) in RECORDED {
        let request = Request::read(file);
        let region = if request.header_text("Authorization").contains("eu-west-1") {
            "eu-west-1"
        } else {
            "us-east-1"
        };
        let changes = [
            ("method", request.with(|r| r.method = "DELETE".into())),
            ("path", request.with(|r| r.path.push('x'))),
            ("query", request.with(|r| r.query.push_str("&Dry=1"))),
            ("host", request.with(|r| r.host = "localhost:4511".into())),
            ("body", request.with(|r| r.body.push(b' '))),
            ("second", request.with(|r| *r.header("X-Amz-Date") = "20260301T120001Z".into())),
            (
                "region",
                request.with(|r| *r.header("Authorization") = r.header("Authorization").replace(region, "x")),
            ),
            ("signature", request.with(|r| r.change_last_digit())),
        ];
        for (what, changed) in changes {
            assert_eq!(changed.check(AT_S), Err(Refusal::SignatureDoesNotMatch), "{name}: {what}");
        }
        assert_eq!(
            request.check_with("another", AT_S),
            Err(Refusal::SignatureDoesNotMatch),
            "{name}: secret"
        );
    }
}

#[test]
fn a_change_to_the_signed_if_match_header_is_refused() {
    let request = Request::recorded("update-if-match");
    let other = request.with(|r| *r.header("If-Match") = "*".into());
    assert_eq!(other.check(AT_S), Err(Refusal::SignatureDoesNotMatch));
    let absent = request.with(|r| r.headers.retain(|(name, _)| name != "If-Match"));
    assert_eq!(absent.check(AT_S), Err(Refusal::SignatureDoesNotMatch));
}

#[test]
fn a_change_to_an_unsigned_header_does_not_matter() {
    let request = Request::recorded("create-with-tags");
    let changed = request.with(|r| r.headers.push(("Via".into(), "1.1 proxy".into())));
    assert!(changed.check(AT_S).is_ok());
}

#[test]
fn an_added_vendor_header_must_be_signed() {
    let request = Request::recorded("get-distribution");
    let changed = request.with(|r| r.headers.push(("X-Amz-Meta".into(), "x".into())));
    assert_eq!(changed.check(AT_S), Err(Refusal::UnsignedHeader("x-amz-meta".into())));
}

#[test]
fn the_host_must_be_signed() {
    let request = Request::recorded("get-distribution");
    let changed =
        request.with(|r| *r.header("Authorization") = r.header("Authorization").replace("host;", ""));
    assert_eq!(changed.check(AT_S), Err(Refusal::UnsignedHeader("host".into())));
}

#[test]
fn a_signature_lives_fifteen_minutes_in_both_directions() {
    let request = Request::recorded("get-distribution");
    for now_s in [AT_S - 900, AT_S + 900] {
        assert!(request.check(now_s).is_ok(), "{now_s}");
    }
    let (early_s, late_s) = (AT_S - 901, AT_S + 901);
    assert_eq!(request.check(late_s), Err(Refusal::RequestExpired { signed_at_s: AT_S, now_s: late_s }));
    assert_eq!(request.check(early_s), Err(Refusal::NotYetValid { signed_at_s: AT_S, now_s: early_s }));
}

#[test]
fn each_other_reason_has_its_own_name() {
    use signing::sigv4::Incomplete;
    let request = Request::recorded("get-distribution");
    let authorization = |from: &str, to: &str| {
        request.with(|r| *r.header("Authorization") = r.header("Authorization").replace(from, to)).check(AT_S)
    };
    let without = |name: &str| request.with(|r| r.headers.retain(|(other, _)| other != name)).check(AT_S);

    assert_eq!(without("Authorization"), Err(Refusal::MissingAuthenticationToken));
    assert_eq!(without("X-Amz-Date"), Err(Refusal::IncompleteSignature(Incomplete::Date)));
    assert_eq!(authorization("0001/", "0002/"), Err(Refusal::UnknownAccessKey("WFTESTKEY0000000002".into())));
    assert_eq!(authorization("20260301/", "20260302/"), Err(Refusal::WrongDay));
    assert_eq!(
        authorization("/cloudfront/", "/s3/"),
        Err(Refusal::WrongService { expected: "cloudfront".into(), given: "s3".into() })
    );
    let twice = request.with(|r| r.headers.push(("authorization".into(), "AWS4-HMAC-SHA256".into())));
    assert_eq!(twice.check(AT_S), Err(Refusal::IncompleteSignature(Incomplete::Header)));
}

impl Request {
    fn header_text(&self, name: &str) -> &str {
        &self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).unwrap().1
    }

    fn change_last_digit(&mut self) {
        let value = self.header("Authorization");
        let last = value.pop();
        value.push(if last == Some('0') { '1' } else { '0' });
    }
}
