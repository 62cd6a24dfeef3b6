//! Signing a request to an origin.
//!
//! Signs `host`, `x-amz-date`, `x-amz-content-sha256` and every `x-amz-*` header that is present; all other headers
//! may still change on the way. Whether a request is signed at all is decided by the caller.

use aws_lc_rs::hmac;

use super::canonical::{request_hash, scope_text, signing_key, string_to_sign};
use super::{ALGORITHM, PayloadHash, Scope, Signable, hex, names, time};
use crate::keys::Credentials;

/// The headers that make a request a signed one. They replace headers of the same names.
#[derive(Clone)]
pub struct SignedHeaders {
    /// `authorization`.
    pub authorization: String,
    /// `x-amz-date`.
    pub date: String,
    /// `x-amz-content-sha256`.
    pub content_sha256: String,
    /// `x-amz-security-token`, with temporary credentials only.
    pub security_token: Option<String>,
}

/// Signs `request` at `at_s` seconds since the Unix epoch.
///
/// `request.headers` are the headers that will be sent; entries that [`SignedHeaders`] replaces are ignored. S3 wants
/// the path that is sent to be [`super::s3_path`] of itself.
pub fn sign(
    request: &Signable<'_>,
    credentials: &Credentials,
    scope: Scope<'_>,
    payload: PayloadHash,
    at_s: u64,
) -> SignedHeaders {
    let mut signed = SignedHeaders {
        authorization: String::new(),
        date: time::basic(at_s),
        content_sha256: payload.to_string(),
        security_token: credentials.session_token.clone(),
    };
    let headers = with_own_headers(request, &signed);
    let request = Signable { headers: &headers, ..*request };
    let lowercase: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let names = names_to_sign(&lowercase);

    let hash = request_hash(&request, scope.service, &names, signed.content_sha256.as_bytes());
    let text = string_to_sign(&signed.date, scope, &hash);
    let signature = hmac::sign(&signing_key(&credentials.secret_key, &signed.date, scope), text.as_bytes());
    signed.authorization = format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={}",
        credentials.access_key_id,
        scope_text(&signed.date, scope),
        names.join(";"),
        hex(signature.as_ref()),
    );
    signed
}

/// The headers as they will be on the wire: ours instead of any of the same name.
fn with_own_headers<'a>(request: &Signable<'a>, own: &'a SignedHeaders) -> Vec<(&'a str, &'a [u8])> {
    let theirs = request.headers.iter().copied().filter(|(name, _)| !is_own(name));
    let ours = own.iter().filter(|(name, _)| *name != names::AUTHORIZATION);
    theirs.chain(ours.map(|(name, value)| (name, value.as_bytes()))).collect()
}

fn is_own(name: &str) -> bool {
    [names::AUTHORIZATION, names::CONTENT_SHA256, names::DATE, names::SECURITY_TOKEN]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

fn names_to_sign(lowercase: &[String]) -> Vec<&str> {
    let vendor = lowercase.iter().map(String::as_str).filter(|name| name.starts_with(names::VENDOR_PREFIX));
    let mut names: Vec<&str> = vendor.chain([names::HOST]).collect();
    names.sort_unstable();
    names.dedup();
    names
}

// === impl SignedHeaders ===

impl SignedHeaders {
    /// Name (in lower case) and value of each header to set.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            Some((names::AUTHORIZATION, self.authorization.as_str())),
            Some((names::DATE, self.date.as_str())),
            Some((names::CONTENT_SHA256, self.content_sha256.as_str())),
            self.security_token.as_deref().map(|token| (names::SECURITY_TOKEN, token)),
        ]
        .into_iter()
        .flatten()
    }
}
