//! Guesses at keys: which key a request claims, and whether its signature was wrong. How long who guesses must wait is
//! decided by whoever has the keys.

use http::header::AUTHORIZATION;
use http::request::Parts;
use s3s::{Body, S3Error, s3_error};
use signing::edge_identity::EdgeIdentity;

/// Longest key id that is told apart; real ones are far shorter.
const MAX_ID_BYTES: usize = 128;

/// What a wrong signature is refused with.
const WRONG: [&str; 2] = ["<Code>SignatureDoesNotMatch</Code>", "<Code>InvalidAccessKeyId</Code>"];

/// The key that a request claims to be signed with. The edge's own are not guessed at: nobody knows any.
pub(crate) fn claimed(head: &Parts) -> Option<String> {
    let header = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let of_header = || Some(header?.split_once("Credential=")?.1.to_owned());
    let of_query = || {
        let mut pairs = crate::query::pairs(head.uri.query().unwrap_or_default());
        pairs
            .find(|(name, _)| name.eq_ignore_ascii_case("X-Amz-Credential"))
            .map(|(_, value)| value.to_string())
    };
    let scope = of_header().or_else(of_query)?;
    let id = scope.split('/').next().unwrap_or_default().trim();
    let is_guess = (1..=MAX_ID_BYTES).contains(&id.len()) && EdgeIdentity::of_access_key_id(id).is_none();
    is_guess.then(|| id.to_owned())
}

/// Whether an answer says that the signature was wrong.
pub(crate) fn is_wrong(answer: &http::Response<Body>) -> bool {
    let body = answer.body().bytes().filter(|_| answer.status().is_client_error());
    let text = body.as_deref().and_then(|body| std::str::from_utf8(body).ok());
    text.is_some_and(|text| WRONG.iter().any(|code| text.contains(code)))
}

/// The refusal of who must wait.
pub(crate) fn must_wait(wait_s: u64) -> S3Error {
    s3_error!(
        SlowDown,
        "Too many requests with wrong credentials came from this address. Try again after {wait_s} seconds."
    )
}
