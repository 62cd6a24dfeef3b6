//! A signature of SigV4 for the service `cloudfront`, in any region (SDKs sign for their own region as soon as they are given
//! an endpoint). What can be checked without the body is checked before it is read.

use ::http::header::HOST;
use ::http::request::Parts;
use shapes::ErrorCode;
use signing::keys::SecretKey;
use signing::sigv4::{Authorization, Refusal, Signable};

use crate::error::ApiError;

/// The service that requests must be signed for.
const SERVICE: &str = "cloudfront";

/// Somebody who claims to hold a key, for a request whose body is not read yet.
#[derive(Debug)]
pub(super) struct Claim {
    authorization: Authorization,
}

// === impl Claim ===

impl Claim {
    /// Checks everything that needs neither body nor key: the header, the service, the time.
    pub(super) fn of(request: &Parts, now_s: u64) -> Result<Self, Refusal> {
        let headers = headers(request);
        let signable = signable(request, &headers);
        let authorization = Authorization::of(&signable)?;
        authorization.check_scope(&signable, SERVICE, now_s)?;
        Ok(Self { authorization })
    }

    /// The key that is claimed.
    pub(super) fn access_key_id(&self) -> &str {
        &self.authorization.access_key_id
    }

    /// Checks the signature over the request and its body.
    pub(super) fn verify(&self, request: &Parts, body: &[u8], secret: &SecretKey) -> Result<(), Refusal> {
        let headers = headers(request);
        let signable = signable(request, &headers);
        self.authorization.check_signature(&signable, body, secret)
    }
}

fn headers(request: &Parts) -> Vec<(&str, &[u8])> {
    request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

fn signable<'a>(request: &'a Parts, headers: &'a [(&'a str, &'a [u8])]) -> Signable<'a> {
    // HTTP/2 carries the host in the authority.
    let authority = request.uri.authority().map(::http::uri::Authority::as_str);
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority);
    Signable {
        method: request.method.as_str(),
        host: host.unwrap_or_default(),
        path: request.uri.path(),
        query: request.uri.query().unwrap_or_default(),
        headers,
    }
}

/// The refusal as the caller sees it. It says nothing that the caller could not know.
pub(super) fn refused(refusal: &Refusal) -> ApiError {
    let code = match refusal {
        Refusal::IncompleteSignature(_) => ErrorCode::IncompleteSignature,
        Refusal::MissingAuthenticationToken => ErrorCode::MissingAuthenticationToken,
        Refusal::NotYetValid { .. } | Refusal::RequestExpired { .. } => ErrorCode::RequestExpired,
        Refusal::UnknownAccessKey(_) => {
            // The id is not repeated: people paste their secret into its place.
            let text = "The access key id of the request is not known, disabled, or has ended.";
            return ApiError::new(ErrorCode::InvalidClientTokenId, text);
        }
        Refusal::PayloadMismatch
        | Refusal::SignatureDoesNotMatch
        | Refusal::UnsignedHeader(_)
        | Refusal::WrongDay
        | Refusal::WrongService { .. } => ErrorCode::SignatureDoesNotMatch,
    };
    ApiError::new(code, sentence(&refusal.to_string()))
}

/// A message that begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}
