//! The gate of the API: from a request to a [`Caller`], by signature or by session, and from a key pair to a session.
//!
//! Guessing is slowed down here for both ways ([`super::guesses`]). A key that is not known takes the way of one whose secret is
//! wrong, with a secret that nobody has; only a body is never read for it.

use std::sync::Arc;

use ::http::header::AUTHORIZATION;
use ::http::request::Parts;
use aws_lc_rs::{constant_time, digest, rand};
use observe::Clock;
use shapes::ErrorCode;
use signing::keys::SecretKey;
use signing::sigv4::Refusal;

use super::claim::{self, Claim};
use super::guesses::Guesses;
use super::sessions::Sessions;
use super::{Connection, KeyRing, Role, browser};
use crate::error::ApiError;

/// Who may come in, and who is in.
pub(crate) struct Gate {
    keys: Arc<dyn KeyRing>,
    clock: Clock,
    guesses: Arc<Guesses>,
    sessions: Sessions,
    /// A secret that nobody has, for keys that are not known.
    decoy: SecretKey,
}

/// A request that may go on to have its body read.
pub(crate) enum Entry {
    /// It claims a key that is known; whether rightly, the whole request says.
    Claimed(Claimed),
    /// It belongs to a session.
    Known(Caller),
}

/// A claim and what is needed to check it.
pub(crate) struct Claimed {
    claim: Claim,
    secret: SecretKey,
    role: Role,
}

/// Somebody who showed a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The key.
    pub(crate) access_key_id: String,
    /// What it may do.
    pub(crate) role: Role,
}

/// Somebody whose browser is signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) caller: Caller,
    /// The name of the key.
    pub(crate) name: String,
    /// When the session ends if it is not used again, in milliseconds since the Unix epoch.
    pub(crate) ends_ms: u64,
}

// === impl Gate ===

impl Gate {
    /// Lets in who holds one of `keys`.
    pub(crate) fn new(keys: Arc<dyn KeyRing>, clock: Clock) -> Self {
        let mut noise = [0_u8; 20];
        // It need not be secret: whatever is signed with it is refused.
        let _ = rand::fill(&mut noise);
        let decoy: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let guesses = Arc::new(Guesses::new(clock.clone()));
        Self { keys, clock, guesses, sessions: Sessions::default(), decoy: SecretKey::new(decoy) }
    }

    /// Who has failed how often.
    pub(crate) fn guesses(&self) -> Arc<Guesses> {
        Arc::clone(&self.guesses)
    }

    /// Checks everything that needs no body.
    pub(crate) fn enter(&self, request: &Parts) -> Result<Entry, ApiError> {
        let token = browser::session_token(&request.headers);
        match token.filter(|_| !request.headers.contains_key(AUTHORIZATION)) {
            Some(token) => self.by_session(request, token).map(Entry::Known),
            None => self.by_signature(request).map(Entry::Claimed),
        }
    }

    /// Checks what needs the whole request; answers who sent it.
    pub(crate) fn verify(&self, entry: Entry, request: &Parts, body: &[u8]) -> Result<Caller, ApiError> {
        match entry {
            Entry::Known(caller) => Ok(caller),
            Entry::Claimed(claimed) => self.verify_claim(&claimed, request, body),
        }
    }

    fn by_signature(&self, request: &Parts) -> Result<Claimed, ApiError> {
        let claim = Claim::of(request, self.clock.wall_s()).map_err(|refusal| claim::refused(&refusal))?;
        let id = claim.access_key_id();
        self.must_not_wait(request, id)?;
        match self.keys.find(id) {
            Some(key) => Ok(Claimed { claim, secret: key.secret, role: key.role }),
            None => {
                let refusal = Refusal::UnknownAccessKey(id.to_owned());
                // What comes of it does not matter; that it takes as long as with a wrong secret does.
                let _ = claim.verify(request, b"", &self.decoy);
                self.failed(request, id);
                Err(claim::refused(&refusal))
            }
        }
    }

    fn verify_claim(&self, claimed: &Claimed, request: &Parts, body: &[u8]) -> Result<Caller, ApiError> {
        let id = claimed.claim.access_key_id();
        // Many requests may have come this far before the first of them failed.
        self.must_not_wait(request, id)?;
        let verified = claimed.claim.verify(request, body, &claimed.secret);
        match &verified {
            Ok(()) => self.guesses.succeeded(peer(request), id),
            Err(Refusal::SignatureDoesNotMatch) => self.failed(request, id),
            Err(_) => {}
        }
        verified.map_err(|refusal| claim::refused(&refusal))?;
        Ok(Caller { access_key_id: id.to_owned(), role: claimed.role })
    }

    fn by_session(&self, request: &Parts, token: &str) -> Result<Caller, ApiError> {
        let denied = |sentence: &str| ApiError::new(ErrorCode::AccessDenied, sentence);
        if !browser::has_csrf_header(&request.headers) {
            let name = browser::CSRF_HEADER;
            return Err(denied(&format!(
                "A request with the cookie of a session needs the header {name}: 1. Accepted: that header, or a signature."
            )));
        }
        if !browser::is_same_origin(request, Connection::of(request).is_encrypted) {
            return Err(denied("A page of another site sent this request. Accepted: pages of this address."));
        }
        let signed_in = self.session(token).ok_or_else(|| {
            let text = "The session is over. Accepted: the cookie of a new sign-in, or a signature.";
            ApiError::new(ErrorCode::ExpiredToken, text)
        })?;
        Ok(signed_in.caller)
    }

    fn must_not_wait(&self, request: &Parts, access_key_id: &str) -> Result<(), ApiError> {
        match self.guesses.wait_s(peer(request), access_key_id) {
            Some(wait_s) => Err(ApiError::throttled(wait_s)),
            None => Ok(()),
        }
    }

    fn failed(&self, request: &Parts, access_key_id: &str) {
        self.guesses.failed(peer(request), access_key_id);
    }
}

/// Sessions.
impl Gate {
    /// Begins a session for whoever shows a key pair; answers its token. What is not known and what is wrong cannot be told
    /// apart.
    pub(crate) fn sign_in(
        &self,
        request: &Parts,
        id: &str,
        secret: &SecretKey,
    ) -> Result<Option<String>, ApiError> {
        self.must_not_wait(request, id)?;
        let key = self.keys.find(id);
        let expected = key.as_ref().map_or(&self.decoy, |key| &key.secret);
        let is_right = is_same(expected, secret);
        let Some(key) = key.filter(|_| is_right) else {
            self.failed(request, id);
            return Ok(None);
        };
        self.guesses.succeeded(peer(request), id);
        self.sessions.begin(id, key.epoch, self.clock.now_ms()).map(Some)
    }

    /// Who is signed in with this token. Asking counts as a use.
    pub(crate) fn session(&self, token: &str) -> Option<SignedIn> {
        let session = self.sessions.use_now(token, self.clock.now_ms())?;
        let Some(key) = self.keys.find(&session.access_key_id).filter(|key| key.epoch == session.epoch)
        else {
            self.sessions.end(token);
            return None;
        };
        let ends_ms = session.ends_ms();
        let caller = Caller { access_key_id: session.access_key_id, role: key.role };
        Some(SignedIn { caller, name: key.name, ends_ms })
    }

    /// Ends the session of a token.
    pub(crate) fn sign_out(&self, token: &str) {
        self.sessions.end(token);
    }
}

/// Compares hashes of equal length in constant time, so that nothing is told about lengths either.
fn is_same(expected: &SecretKey, given: &SecretKey) -> bool {
    let [expected, given] =
        [expected, given].map(|secret| digest::digest(&digest::SHA256, secret.expose().as_bytes()));
    constant_time::verify_slices_are_equal(expected.as_ref(), given.as_ref()).is_ok()
}

fn peer(request: &Parts) -> std::net::IpAddr {
    Connection::of(request).peer
}
