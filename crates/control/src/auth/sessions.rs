//! The sessions of browsers: who signed in with which key, in memory only.
//!
//! A session is known by 256 random bits, of which only the hash is kept. It ends twelve hours after it began, an hour after
//! its last use, and with its key. Time is an argument.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{digest, rand};

use crate::error::ApiError;

/// Longest that a session lasts.
pub(super) const LONGEST_MS: u64 = 12 * 3_600_000;
/// Longest that a session lasts without being used.
pub(super) const LONGEST_IDLE_MS: u64 = 3_600_000;
/// Sessions at the same time; one more ends the one that was used least recently.
const MAX_SESSIONS: usize = 1000;
const TOKEN_BYTES: usize = 32;

type Hash = [u8; digest::SHA256_OUTPUT_LEN];

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    sessions: Mutex<HashMap<Hash, Session>>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// The key that was shown.
    pub(super) access_key_id: String,
    /// That key's epoch when it was shown.
    pub(super) epoch: u64,
    began_ms: u64,
    used_ms: u64,
}

// === impl Sessions ===

impl Sessions {
    /// Begins a session and answers the token that stands for it, in hexadecimal digits.
    pub(super) fn begin(&self, access_key_id: &str, epoch: u64, now_ms: u64) -> Result<String, ApiError> {
        let token = token()?;
        let session =
            Session { access_key_id: access_key_id.to_owned(), epoch, began_ms: now_ms, used_ms: now_ms };
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.ends_ms() > now_ms);
        if sessions.len() >= MAX_SESSIONS {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.used_ms).map(|(hash, _)| *hash);
            oldest.and_then(|hash| sessions.remove(&hash));
        }
        sessions.insert(hash(&token), session);
        Ok(token)
    }

    /// The session of a token, used now; `None` when there is none or it is over.
    pub(super) fn use_now(&self, token: &str, now_ms: u64) -> Option<Session> {
        let (mut sessions, hash) = (self.sessions(), hash(token));
        let session = sessions.get_mut(&hash)?;
        if session.ends_ms() <= now_ms {
            sessions.remove(&hash);
            return None;
        }
        session.used_ms = session.used_ms.max(now_ms);
        Some(session.clone())
    }

    /// Ends the session of a token, if there is one.
    pub(super) fn end(&self, token: &str) {
        self.sessions().remove(&hash(token));
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Hash, Session>> {
        // The map is whole whatever happened to another holder of the lock.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Session ===

impl Session {
    /// When it ends if it is not used again, in milliseconds since the Unix epoch.
    pub(super) fn ends_ms(&self) -> u64 {
        let (idle, longest) = (self.used_ms + LONGEST_IDLE_MS, self.began_ms + LONGEST_MS);
        idle.min(longest)
    }
}

fn token() -> Result<String, ApiError> {
    let mut bytes = [0; TOKEN_BYTES];
    rand::fill(&mut bytes).map_err(|_| ApiError::internal("the random number generator failed"))?;
    let mut token = String::with_capacity(2 * TOKEN_BYTES);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(token, "{byte:02x}");
    }
    Ok(token)
}

/// The hash under which a token is kept: looking it up in a table tells nothing about tokens.
fn hash(token: &str) -> Hash {
    let computed = digest::digest(&digest::SHA256, token.as_bytes());
    let mut hash = Hash::default();
    hash.copy_from_slice(computed.as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_000_000_000;

    #[test]
    fn a_session_ends_an_hour_after_its_last_use_and_twelve_hours_after_its_beginning() {
        let sessions = Sessions::default();
        let token = sessions.begin("KEY", 7, NOW_MS).unwrap();
        assert_eq!(token.len(), 64);
        let idle = sessions.begin("KEY", 7, NOW_MS).unwrap();
        let step_ms = LONGEST_IDLE_MS - 1;
        let mut now_ms = NOW_MS;
        while now_ms + step_ms < NOW_MS + LONGEST_MS {
            now_ms += step_ms;
            let session = sessions.use_now(&token, now_ms).unwrap();
            assert_eq!((session.access_key_id.as_str(), session.epoch), ("KEY", 7));
        }
        assert!(sessions.use_now(&token, NOW_MS + LONGEST_MS - 1).is_some());
        assert!(sessions.use_now(&token, NOW_MS + LONGEST_MS).is_none());
        assert!(sessions.use_now(&idle, NOW_MS + LONGEST_IDLE_MS).is_none());
    }

    #[test]
    fn a_session_that_was_signed_out_is_over_and_a_guess_is_none() {
        let sessions = Sessions::default();
        let (one, two) = (sessions.begin("A", 0, NOW_MS).unwrap(), sessions.begin("B", 0, NOW_MS).unwrap());
        sessions.end(&one);
        assert!(sessions.use_now(&one, NOW_MS).is_none());
        assert!(sessions.use_now(&two, NOW_MS).is_some());
        for guess in ["", "0", &"0".repeat(64), &one.to_uppercase()] {
            assert!(sessions.use_now(guess, NOW_MS).is_none());
        }
    }

    #[test]
    fn the_token_itself_is_not_kept() {
        let sessions = Sessions::default();
        let token = sessions.begin("KEY", 0, NOW_MS).unwrap();
        let bytes: Vec<u8> = token
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        assert!(sessions.sessions().keys().all(|hash| hash.as_slice() != bytes));
        assert!(!format!("{sessions:?}").contains(&token));
    }

    #[test]
    fn one_session_too_many_ends_the_one_that_was_used_least_recently() {
        let sessions = Sessions::default();
        let mut tokens: Vec<_> =
            (0..1000).map(|number| sessions.begin("KEY", 0, NOW_MS + number).unwrap()).collect();
        sessions.use_now(&tokens[0], NOW_MS + 2000).unwrap();
        tokens.push(sessions.begin("KEY", 0, NOW_MS + 2000).unwrap());
        assert_eq!(sessions.sessions().len(), MAX_SESSIONS);
        let alive = |token: &String| sessions.use_now(token, NOW_MS + 2000).is_some();
        assert!(alive(&tokens[0]) && !alive(&tokens[1]) && alive(&tokens[2]) && alive(&tokens[1000]));
    }
}
