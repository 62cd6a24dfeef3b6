//! Fuzz targets of SigV4: what is signed is accepted, any change of a signed part is refused, and whatever stands in the headers of a
//! request is an answer, never a panic. `fuzz` says how targets run.

use fuzz::{Unstructured, arbitrary};
use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{Authorization, PayloadHash, Scope, Signable, sign, verify};

const SERVICES: [&str; 2] = ["cloudfront", "s3"];
const SECRET: &str = "a secret of this test";

/// A request that can be changed.
#[derive(Debug, Clone)]
struct Request {
    method: String,
    host: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// Text of pieces that canonical forms treat differently.
fn text(bytes: &mut Unstructured<'_>, pieces: &[&str]) -> arbitrary::Result<String> {
    let count = bytes.int_in_range(0..=12)?;
    (0..count).map(|_| bytes.choose(pieces).copied()).collect()
}

impl Request {
    fn any(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Self> {
        let path = [
            "/", "a", "B", ".", "..", "%2F", "%2f", "%25", "%", "%zz", "+", "~", "*", "é", "%C3%A9", " ",
            "//", ":",
        ];
        let query = [
            "a", "b", "=", "&", "%3D", "%26", "+", "%20", "%", "%zz", "WithTags", "Marker", "&&", "==", "/",
            "é", "~",
        ];
        let values = ["a", " ", "  ", "\t", ",", ";", "\"", "é", ":", "\r", "\u{0}"];
        let mut headers = Vec::new();
        for _ in 0..bytes.int_in_range(0..=4)? {
            let name = *bytes.choose(&[
                "x-amz-meta-a",
                "X-Amz-Acl",
                "x-amz-meta-a",
                "if-match",
                "content-type",
                "host",
            ])?;
            headers.push((name.to_owned(), text(bytes, &values)?.into_bytes()));
        }
        Ok(Self {
            method: (*bytes.choose(&["GET", "POST", "PUT", "DELETE"])?).to_owned(),
            host: (*bytes.choose(&["127.0.0.1:9080", "cloudfront.amazonaws.com", "[::1]:1", "A.example"])?)
                .to_owned(),
            path: format!("/{}", text(bytes, &path)?),
            query: text(bytes, &query)?,
            headers,
            body: bytes.arbitrary()?,
        })
    }

    fn with<T>(&self, look: impl FnOnce(&Signable<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        look(&Signable {
            method: &self.method,
            host: &self.host,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        })
    }

    fn signed(&self, scope: Scope<'_>, payload: PayloadHash, now_s: u64) -> Self {
        let pair = Credentials::new("KEY", SecretKey::new(SECRET));
        let own = self.with(|request| sign(request, &pair, scope, payload, now_s));
        let mut signed = self.clone();
        signed.headers.retain(|(name, _)| own.iter().all(|(own, _)| !name.eq_ignore_ascii_case(own)));
        signed.headers.extend(own.iter().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())));
        signed
    }

    fn is_accepted(&self, service: &str, now_s: u64) -> bool {
        let secret_of = |id: &str| (id == "KEY").then(|| SecretKey::new(SECRET));
        self.with(|request| verify(request, &self.body, service, now_s, secret_of)).is_ok()
    }

    /// Changes one signed part so that it means something else; says what.
    fn change(&mut self, bytes: &mut Unstructured<'_>) -> arbitrary::Result<&'static str> {
        Ok(match bytes.int_in_range(0..=7)? {
            0 => {
                self.method = if self.method == "GET" { "PUT" } else { "GET" }.to_owned();
                "method"
            }
            1 => {
                self.host.push('0');
                "host"
            }
            2 if bytes.arbitrary()? && !self.path.contains("..") => {
                self.path.insert_str(0, "/a");
                "the beginning of the path"
            }
            2 => {
                self.path.push('x');
                "the end of the path"
            }
            3 if bytes.arbitrary()? => {
                self.query.push('x');
                "the end of the query"
            }
            3 => {
                self.query.push_str("&added=1");
                "a parameter"
            }
            4 => {
                let at = bytes.int_in_range(0..=self.body.len())?;
                self.body.insert(at, bytes.arbitrary()?);
                "body"
            }
            5 => {
                self.headers.push(("x-amz-added".into(), b"1".to_vec()));
                "a header that must be signed"
            }
            6 => {
                let vendor =
                    self.headers.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-"));
                let at = bytes.choose_index(vendor.count())?;
                let mut vendor = self
                    .headers
                    .iter_mut()
                    .filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-"));
                let (_, value) = vendor.nth(at).expect("there is the date at least");
                value.push(b'0');
                "the value of a signed header"
            }
            _ => {
                let header = self.headers.iter_mut().find(|(name, _)| name == "authorization");
                let (_, value) = header.expect("it is signed");
                // One digit of the signature, the last thing in the header.
                let at = value.len() - 1 - bytes.choose_index(64)?;
                value[at] = if value[at] == b'0' { b'1' } else { b'0' };
                "the signature"
            }
        })
    }
}

#[test]
fn what_is_signed_is_accepted_and_any_change_of_it_is_refused() {
    fuzz::run(|bytes| {
        let request = Request::any(bytes)?;
        let service = *bytes.choose(&SERVICES)?;
        let now_s = bytes.int_in_range(0..=4_000_000_000)?;
        let scope = Scope { region: "eu-west-1", service };
        let signed = request.signed(scope, PayloadHash::of(&request.body), now_s);
        assert!(signed.is_accepted(service, now_s), "{signed:?}");
        let mut changed = signed.clone();
        let what = changed.change(bytes)?;
        assert!(!changed.is_accepted(service, now_s), "{what} was changed: {changed:?}");
        assert!(!signed.is_accepted(service, now_s + 901), "15 minutes and a second later");
        Ok(())
    });
}

#[test]
fn whatever_the_headers_say_is_an_answer() {
    let good = "AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=";
    let pieces = [
        good,
        "AWS4-HMAC-SHA256",
        "Credential=",
        "SignedHeaders=",
        "Signature=",
        "/",
        ";",
        ",",
        "=",
        " ",
        "host",
        "aws4_request",
        "20260101",
        "0123456789abcdef",
        "é",
        "\u{0}",
        "\t",
    ];
    fuzz::run(|bytes| {
        let mut request = Request::any(bytes)?;
        let authorization = text(bytes, &pieces)?;
        // No signature can be guessed, so none of these may be accepted.
        let refused = Authorization::parse(&authorization).is_err();
        request.headers.push(("authorization".into(), authorization.into_bytes()));
        let date = text(
            bytes,
            &["20260101T000000Z", "Thu, 01 Jan 2026 00:00:00 GMT", "2026", "T", "Z", "9", "-", " "],
        )?;
        request.headers.push((if refused { "date" } else { "x-amz-date" }.into(), date.into_bytes()));
        let noise: Vec<u8> = bytes.arbitrary()?;
        request.headers.push(("x-amz-content-sha256".into(), noise));
        assert!(!request.is_accepted("s3", 1_767_225_600), "{request:?}");
        Ok(())
    });
}
