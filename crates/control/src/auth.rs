//! Who is asking: SigV4 for the service `cloudfront`, in any region (SDKs sign for their own region as soon as they are
//! given an endpoint).
//!
//! What needs no body is checked before the body is read, so that a stranger cannot make us keep or hash one. Which keys
//! exist is the [`KeyRing`]'s business; what a key may do is not decided here, every key may do everything.

use ::http::header::HOST;
use ::http::request::Parts;
use shapes::ErrorCode;
use signing::keys::SecretKey;
use signing::sigv4::{Authorization, Refusal, Signable};

use crate::error::ApiError;

/// The service that requests must be signed for.
const SERVICE: &str = "cloudfront";

/// The keys that may sign requests.
pub trait KeyRing: Send + Sync + 'static {
    /// The secret that belongs to an access key id.
    fn secret_of(&self, access_key_id: &str) -> Option<SecretKey>;
}

/// One key pair is a key ring.
impl KeyRing for signing::keys::Credentials {
    fn secret_of(&self, access_key_id: &str) -> Option<SecretKey> {
        (self.access_key_id == access_key_id).then(|| self.secret_key.clone())
    }
}

/// Somebody who claims to hold a key that we know, for a request whose body is not read yet.
#[derive(Debug)]
pub(crate) struct Claim {
    authorization: Authorization,
    secret: SecretKey,
}

// === impl Claim ===

impl Claim {
    /// Checks everything that needs no body: the header, the service, the time, the key.
    pub(crate) fn of(request: &Parts, keys: &dyn KeyRing, now_s: u64) -> Result<Self, ApiError> {
        let headers = headers(request);
        let signable = signable(request, &headers);
        let authorization = Authorization::of(&signable).map_err(refused)?;
        authorization.check_scope(&signable, SERVICE, now_s).map_err(refused)?;
        let id = &authorization.access_key_id;
        let secret = keys.secret_of(id).ok_or_else(|| refused(Refusal::UnknownAccessKey(id.clone())))?;
        Ok(Self { authorization, secret })
    }

    /// Checks the signature over the request and its body; answers the access key id.
    pub(crate) fn verify(self, request: &Parts, body: &[u8]) -> Result<String, ApiError> {
        let headers = headers(request);
        let signable = signable(request, &headers);
        self.authorization.check_signature(&signable, body, &self.secret).map_err(refused)?;
        Ok(self.authorization.access_key_id)
    }
}

fn headers(request: &Parts) -> Vec<(&str, &[u8])> {
    request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

fn signable<'a>(request: &'a Parts, headers: &'a [(&'a str, &'a [u8])]) -> Signable<'a> {
    // HTTP/2 carries the host in the authority.
    let authority = request.uri.authority().map(http::uri::Authority::as_str);
    let host = request.headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority);
    Signable {
        method: request.method.as_str(),
        host: host.unwrap_or_default(),
        path: request.uri.path(),
        query: request.uri.query().unwrap_or_default(),
        headers,
    }
}

/// The refusal as the caller sees it. It says nothing that the caller did not send or could not know.
fn refused(refusal: Refusal) -> ApiError {
    let code = match &refusal {
        Refusal::IncompleteSignature(_) => ErrorCode::IncompleteSignature,
        Refusal::MissingAuthenticationToken => ErrorCode::MissingAuthenticationToken,
        Refusal::NotYetValid { .. } | Refusal::RequestExpired { .. } => ErrorCode::RequestExpired,
        Refusal::UnknownAccessKey(_) => ErrorCode::InvalidClientTokenId,
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
