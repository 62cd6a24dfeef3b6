//! Signing and verifying agree, whatever the request; and what was signed cannot be changed.

use proptest::prelude::*;
use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Refusal, Scope, Signable, sign, verify};

const SECRET: &str = "round/trip";

/// A request as it would arrive after signing.
struct Sent<'a> {
    request: Signable<'a>,
    service: &'a str,
    at_s: u64,
}

impl Sent<'_> {
    fn check(&self, body: &[u8]) -> Result<(), Refusal> {
        let secret_of = |_: &str| Some(SecretKey::new(SECRET));
        verify(&self.request, body, self.service, self.at_s, secret_of).map(drop)
    }
}

fn signed_then(
    request: &Signable<'_>,
    service: &str,
    payload: PayloadHash,
    at_s: u64,
    judge: impl FnOnce(&Sent<'_>) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut credentials = Credentials::new("KEY", SecretKey::new(SECRET));
    credentials.session_token = Some("token".into());
    let signed = sign(request, &credentials, Scope { region: "eu-west-1", service }, payload, at_s);
    let own = signed.iter().map(|(name, value)| (name, value.as_bytes()));
    let kept = request.headers.iter().copied().filter(|(name, _)| signed.iter().all(|(own, _)| own != *name));
    let headers: Vec<(&str, &[u8])> = kept.chain(own).collect();
    judge(&Sent { request: Signable { headers: &headers, ..*request }, service, at_s })
}

proptest! {
    #[test]
    fn what_was_signed_is_accepted(
        path in "(/[ -~é]{0,9}){0,4}",
        query in "([a-z%+]{0,4}=?[ -~é]{0,6}&?){0,4}",
        value in proptest::collection::vec(any::<u8>(), 0..12),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        service in prop_oneof![Just("s3"), Just("cloudfront")],
        whole_body in any::<bool>(),
        at_s in 0_u64..4_000_000_000,
    ) {
        let headers: [(&str, &[u8]); 3] = [("x-amz-meta-a", &value), ("x-amz-date", b"stale"), ("x-amz-meta-a", b"2")];
        let request = Signable { method: "PUT", host: "bucket.example", path: &path, query: &query, headers: &headers };
        let payload = if whole_body { PayloadHash::of(&body) } else { PayloadHash::Unsigned };
        signed_then(&request, service, payload, at_s, |sent| {
            prop_assert_eq!(sent.check(&body), Ok(()));
            Ok(())
        })?;
    }

    #[test]
    fn what_was_changed_after_signing_is_refused(path in "/[a-z]{1,9}", body in "[a-z]{1,9}") {
        let request = Signable { method: "PUT", host: "bucket.example", path: &path, query: "", headers: &[] };
        signed_then(&request, "s3", PayloadHash::of(body.as_bytes()), 1_000, |sent| {
            let other_path = format!("{path}x");
            let moved = Sent { request: Signable { path: &other_path, ..sent.request }, ..*sent };
            prop_assert_eq!(moved.check(body.as_bytes()), Err(Refusal::SignatureDoesNotMatch));
            prop_assert_eq!(sent.check(b"another body"), Err(Refusal::PayloadMismatch));
            Ok(())
        })?;
    }

    #[test]
    fn no_authorization_header_makes_the_parser_panic(value in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text: Vec<u8> = b"AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,".iter().chain(&value).copied().collect();
        for value in [&value, &text] {
            let headers: [(&str, &[u8]); 2] = [("authorization", value), ("x-amz-date", value)];
            let request = Signable { method: "GET", host: "h", path: "/", query: "", headers: &headers };
            prop_assert!(verify(&request, b"", "cloudfront", 0, |_| None).is_err());
        }
    }
}
