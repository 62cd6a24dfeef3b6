//! Verifying the signature of a request to the management API.
//!
//! The order of the checks: is there an `Authorization` header, does it read well, is it for this service and this
//! time, do we know the key, does it sign what must be signed, does the signature agree, does the body agree. The
//! body is hashed last, so that a stranger cannot make us hash. Error names become API errors elsewhere.

use aws_lc_rs::{constant_time, hmac};

use super::canonical::{request_hash, signing_key, string_to_sign};
use super::{ALGORITHM, PayloadHash, Scope, Signable, names, time};
use crate::keys::SecretKey;

/// How far the signer's clock may be from ours, in either direction.
pub const MAX_SKEW_S: u64 = 15 * 60;

/// The longest `Authorization` header that is read.
pub const MAX_AUTHORIZATION_BYTES: usize = 8 * 1024;

/// Why a request is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The `Authorization` header, or the date, cannot be used.
    #[error("the request's authorization is incomplete: {0}")]
    IncompleteSignature(#[from] Incomplete),
    /// There is no `Authorization` header.
    #[error("the request is missing an authentication token")]
    MissingAuthenticationToken,
    /// The signer's clock, or a replay, is too far ahead.
    #[error("the signature is not yet valid: {signed_at_s} is more than 15 minutes after {now_s}")]
    NotYetValid {
        /// When it was signed, in seconds since the Unix epoch.
        signed_at_s: u64,
        /// When it was checked.
        now_s: u64,
    },
    /// The body is not the one that was signed.
    #[error("the x-amz-content-sha256 header does not match what was computed")]
    PayloadMismatch,
    /// The signature is too old.
    #[error("the signature expired: {signed_at_s} is more than 15 minutes before {now_s}")]
    RequestExpired {
        /// When it was signed, in seconds since the Unix epoch.
        signed_at_s: u64,
        /// When it was checked.
        now_s: u64,
    },
    /// The recomputed signature is another one: wrong secret, or the request was changed.
    #[error("the request signature does not match; check the secret access key and the signing method")]
    SignatureDoesNotMatch,
    /// No such access key.
    #[error("the access key id {0} is not known")]
    UnknownAccessKey(String),
    /// A header that must be signed is not.
    #[error("the header {0} must be a signed header")]
    UnsignedHeader(String),
    /// The day in the credential scope is not the day of the request's date.
    #[error("the day in the credential scope is not the day of the request")]
    WrongDay,
    /// Signed for another service.
    #[error("the credential should be scoped to service {expected}, not {given}")]
    WrongService {
        /// The service that was asked for.
        expected: String,
        /// The service in the credential scope.
        given: String,
    },
}

/// What is missing or unreadable in an `Authorization` header, or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// Not `AWS4-HMAC-SHA256`.
    #[error("only the algorithm AWS4-HMAC-SHA256 is supported")]
    Algorithm,
    /// Not `key/day/region/service/aws4_request`.
    #[error("Credential must be <key>/<YYYYMMDD>/<region>/<service>/aws4_request")]
    Credential,
    /// Neither `x-amz-date` nor `date`, or unreadable.
    #[error("a valid X-Amz-Date or Date header is required")]
    Date,
    /// Longer than [`MAX_AUTHORIZATION_BYTES`], repeated, or not text.
    #[error("the Authorization header cannot be read")]
    Header,
    /// `SignedHeaders` is absent or empty.
    #[error("SignedHeaders is required")]
    SignedHeaders,
    /// `Signature` is absent or not 64 hexadecimal digits.
    #[error("a Signature of 64 hexadecimal digits is required")]
    Signature,
}

/// Who signed a request that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The access key that signed.
    pub access_key_id: String,
    /// The region it was signed for; any is accepted.
    pub region: String,
}

/// A parsed `Authorization` header, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The access key that claims to have signed.
    pub access_key_id: String,
    /// The day in the credential scope, `YYYYMMDD`.
    pub day: String,
    /// The region in the credential scope.
    pub region: String,
    /// The service in the credential scope.
    pub service: String,
    /// Names of the signed headers: lower case, sorted, each once.
    signed_headers: Vec<String>,
    signature: [u8; 32],
}

/// Verifies a request that was received at `now_s` seconds since the Unix epoch.
///
/// `secret_of` finds the secret of an access key id; `body` is the whole body.
pub fn verify(
    request: &Signable<'_>,
    body: &[u8],
    service: &str,
    now_s: u64,
    secret_of: impl FnOnce(&str) -> Option<SecretKey>,
) -> Result<Verified, Refusal> {
    let authorization = Authorization::of(request)?;
    authorization.check_scope(request, service, now_s)?;
    let secret = secret_of(&authorization.access_key_id)
        .ok_or_else(|| Refusal::UnknownAccessKey(authorization.access_key_id.clone()))?;
    authorization.check_signature(request, body, &secret)?;
    Ok(Verified { access_key_id: authorization.access_key_id, region: authorization.region })
}

// === impl Authorization ===

impl Authorization {
    /// Finds and parses the `Authorization` header of a request.
    pub fn of(request: &Signable<'_>) -> Result<Self, Refusal> {
        let mut values = all(request, names::AUTHORIZATION);
        let value = values.next().ok_or(Refusal::MissingAuthenticationToken)?;
        if values.next().is_some() {
            return Err(Incomplete::Header.into());
        }
        let text = std::str::from_utf8(value).map_err(|_| Incomplete::Header)?;
        Ok(Self::parse(text)?)
    }

    /// Parses the value of an `Authorization` header; spaces around commas and equals signs do not matter.
    pub fn parse(value: &str) -> Result<Self, Incomplete> {
        if value.len() > MAX_AUTHORIZATION_BYTES {
            return Err(Incomplete::Header);
        }
        let rest = value.trim().strip_prefix(ALGORITHM).ok_or(Incomplete::Algorithm)?;
        if !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Err(if rest.is_empty() { Incomplete::Credential } else { Incomplete::Algorithm });
        }
        let (access_key_id, day, region, service) =
            credential(field(rest, "Credential")).ok_or(Incomplete::Credential)?;
        Ok(Self {
            access_key_id,
            day,
            region,
            service,
            signed_headers: signed_headers(field(rest, "SignedHeaders")).ok_or(Incomplete::SignedHeaders)?,
            signature: field(rest, "Signature").and_then(unhex).ok_or(Incomplete::Signature)?,
        })
    }

    /// Checks everything that needs no key: the service, the time and the day.
    pub fn check_scope(&self, request: &Signable<'_>, service: &str, now_s: u64) -> Result<(), Refusal> {
        if self.service != service {
            return Err(Refusal::WrongService { expected: service.into(), given: self.service.clone() });
        }
        let signed_at_s = date(request).ok_or(Incomplete::Date)?;
        if now_s.saturating_sub(signed_at_s) > MAX_SKEW_S {
            return Err(Refusal::RequestExpired { signed_at_s, now_s });
        }
        if signed_at_s.saturating_sub(now_s) > MAX_SKEW_S {
            return Err(Refusal::NotYetValid { signed_at_s, now_s });
        }
        if self.day != time::day(&time::basic(signed_at_s)) { Err(Refusal::WrongDay) } else { Ok(()) }
    }

    /// Checks the signature with the signer's secret, then the body. The comparison takes constant time.
    pub fn check_signature(
        &self,
        request: &Signable<'_>,
        body: &[u8],
        secret: &SecretKey,
    ) -> Result<(), Refusal> {
        self.check_signed_headers(request)?;
        let claimed = one(request, names::CONTENT_SHA256);
        let payload = claimed.map_or_else(|| PayloadHash::of(body).to_string().into_bytes(), <[u8]>::to_vec);
        let names: Vec<&str> = self.signed_headers.iter().map(String::as_str).collect();
        let date = time::basic(date(request).ok_or(Incomplete::Date)?);
        let scope = Scope { region: &self.region, service: &self.service };

        let hash = request_hash(request, &self.service, &names, &payload);
        let text = string_to_sign(&date, scope, &hash);
        hmac::verify(&signing_key(secret, &date, scope), text.as_bytes(), &self.signature)
            .map_err(|_| Refusal::SignatureDoesNotMatch)?;
        claimed.map_or(Ok(()), |claimed| check_body(claimed, body))
    }

    /// `host` and every `x-amz-*` header must be signed, else somebody on the way could add or change one.
    fn check_signed_headers(&self, request: &Signable<'_>) -> Result<(), Refusal> {
        let present = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut required =
            present.filter(|name| name.starts_with(names::VENDOR_PREFIX)).chain([names::HOST.to_owned()]);
        match required.find(|name| !self.signed_headers.contains(name)) {
            Some(name) => Err(Refusal::UnsignedHeader(name)),
            None => Ok(()),
        }
    }
}

fn check_body(claimed: &[u8], body: &[u8]) -> Result<(), Refusal> {
    if claimed == PayloadHash::Unsigned.to_string().as_bytes() {
        return Ok(());
    }
    let computed = PayloadHash::of(body).to_string();
    let claimed = claimed.to_ascii_lowercase();
    constant_time::verify_slices_are_equal(&claimed, computed.as_bytes())
        .map_err(|_| Refusal::PayloadMismatch)
}

/// The moment of signing: `x-amz-date`, or else `date`.
fn date(request: &Signable<'_>) -> Option<u64> {
    let text = |name| one(request, name).and_then(|value| std::str::from_utf8(value).ok()).map(str::trim);
    match one(request, names::DATE) {
        Some(_) => time::parse_basic(text(names::DATE)?),
        None => time::parse_date_header(text(names::HTTP_DATE)?),
    }
}

fn all<'a>(request: &Signable<'a>, name: &str) -> impl Iterator<Item = &'a [u8]> {
    request.headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

fn one<'a>(request: &Signable<'a>, name: &str) -> Option<&'a [u8]> {
    all(request, name).next().map(<[u8]>::trim_ascii)
}

/// The value of `name=value` in a list that is separated by commas.
fn field<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    list.split(',')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, v)| v.trim())
}

/// `key/day/region/service/aws4_request`, read from the end because a key may contain slashes.
fn credential(text: Option<&str>) -> Option<(String, String, String, String)> {
    let mut parts = text?.rsplitn(5, '/');
    let terminator = parts.next()?;
    let (service, region, day, key) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let filled = [key, day, region, service].iter().all(|part| !part.is_empty());
    (filled && terminator == "aws4_request").then(|| (key.into(), day.into(), region.into(), service.into()))
}

fn signed_headers(text: Option<&str>) -> Option<Vec<String>> {
    let mut names: Vec<String> = text?.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|n| u8::try_from(n).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() % 2 == 1 {
        return None;
    }
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";

    fn header(credential: &str, signed: &str, signature: &str) -> String {
        format!("{ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}")
    }

    #[test]
    fn spacing_in_the_authorization_header_does_not_matter() {
        let spaced = Authorization::parse(&header(
            "KEY/20260101/eu-west-1/cloudfront/aws4_request",
            "host;x-amz-date",
            DIGITS,
        ));
        let tight = format!(
            " {ALGORITHM}   Credential =KEY/20260101/eu-west-1/cloudfront/aws4_request,SignedHeaders=x-amz-date;Host ,Signature={DIGITS} "
        );
        assert_eq!(Authorization::parse(&tight), spaced);
        assert_eq!(spaced.map(|a| (a.region, a.day)), Ok(("eu-west-1".into(), "20260101".into())));
    }

    #[test]
    fn each_unreadable_part_is_named() {
        let good = "KEY/20260101/eu-west-1/cloudfront/aws4_request";
        for (value, refusal) in [
            ("Basic dXNlcjpwYXNz".to_owned(), Incomplete::Algorithm),
            ("AWS4-HMAC-SHA256-NEW Credential=x".to_owned(), Incomplete::Algorithm),
            (ALGORITHM.to_owned(), Incomplete::Credential),
            (header("KEY/20260101/eu-west-1/cloudfront", "host", DIGITS), Incomplete::Credential),
            (header("/20260101/eu-west-1/cloudfront/aws4_request", "host", DIGITS), Incomplete::Credential),
            (
                header("KEY/20260101/eu-west-1/cloudfront/aws5_request", "host", DIGITS),
                Incomplete::Credential,
            ),
            (header(good, "", DIGITS), Incomplete::SignedHeaders),
            (header(good, "host;;date", DIGITS), Incomplete::SignedHeaders),
            (header(good, "host", "abc"), Incomplete::Signature),
            (header(good, "host", &DIGITS.replace('0', "g")), Incomplete::Signature),
            (header(good, "host", &format!("{DIGITS}0")), Incomplete::Signature),
            ("x".repeat(MAX_AUTHORIZATION_BYTES + 1), Incomplete::Header),
        ] {
            assert_eq!(Authorization::parse(&value), Err(refusal), "{value}");
        }
    }

    #[test]
    fn a_key_may_contain_slashes() {
        let parsed = Authorization::parse(&header("a/b/20260101/r/s/aws4_request", "host", DIGITS));
        assert_eq!(parsed.map(|a| a.access_key_id), Ok("a/b".into()));
    }
}
