//! New ids, versions and digests. The only randomness of the API, from the cryptographic library's generator.

use std::fmt::Write as _;

use aws_lc_rs::{digest, rand};

use crate::error::ApiError;
use crate::records::Kind;

/// The characters of ids.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Characters after the letter that tells what an id names.
const ID_CHARACTERS: usize = 13;

/// The id of a new distribution or origin access control, and a new version (ETag): `E` and thirteen characters.
pub(crate) fn id() -> Result<String, ApiError> {
    named('E')
}

/// The id of a new invalidation: `I` and thirteen characters.
pub(crate) fn invalidation_id() -> Result<String, ApiError> {
    named('I')
}

/// The id of a new resource.
pub(crate) fn of_kind(kind: Kind) -> Result<String, ApiError> {
    match kind {
        Kind::OriginAccessControl | Kind::OriginAccessIdentity => id(),
        Kind::CachePolicy | Kind::OriginRequestPolicy | Kind::ResponseHeadersPolicy => uuid(),
    }
}

/// The version of something that never changes.
pub(crate) fn version_of(id: &str) -> String {
    let digits = digest(id).to_ascii_uppercase();
    format!("E{}", digits.get(..ID_CHARACTERS).unwrap_or_default())
}

/// A new request id, or the id of a new policy, in the form of a random UUID (RFC 9562 5.4).
pub(crate) fn uuid() -> Result<String, ApiError> {
    let bits = u128::from_be_bytes(random()?);
    let bits = (bits & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
    let digits = format!("{bits:032x}");
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// Whether the text has the form of a version. CloudFront's own are one character shorter at times.
pub(crate) fn is_version(text: &str) -> bool {
    let rest = text.strip_prefix('E').unwrap_or_default();
    (ID_CHARACTERS - 1..=ID_CHARACTERS).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A name of fixed length for a text of any length: its SHA-256 in hexadecimal digits.
pub(crate) fn digest(text: &str) -> String {
    let mut digits = String::new();
    for byte in digest::digest(&digest::SHA256, text.as_bytes()).as_ref() {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn named(letter: char) -> Result<String, ApiError> {
    // 128 bits for less than 68: every character is as likely as another to one part in 2^60.
    let mut bits = u128::from_be_bytes(random()?);
    let mut id = String::from(letter);
    for _ in 0..ID_CHARACTERS {
        let at = usize::try_from(bits % 36).unwrap_or_default();
        id.extend(ALPHABET.get(at).map(|byte| char::from(*byte)));
        bits /= 36;
    }
    Ok(id)
}

fn random() -> Result<[u8; 16], ApiError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| ApiError::internal("the random number generator failed"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_have_their_form_and_do_not_repeat() {
        let ids: HashSet<String> = (0..1000).map(|_| id().unwrap()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 14 && is_version(id)));
        assert!(invalidation_id().unwrap().starts_with('I'));
    }

    #[test]
    fn a_uuid_is_one_of_version_four() {
        let id = uuid().unwrap();
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }

    #[test]
    fn what_is_derived_from_an_id_has_its_form_and_differs_between_ids() {
        assert!(is_version(&version_of("658327ea-f89d-4fab-a63d-7e88639e58f6")));
        assert_ne!(version_of("one"), version_of("two"));
    }

    #[test]
    fn a_version_is_e_and_twelve_or_thirteen_capitals_and_digits() {
        assert!(is_version("E2QWRUHEXAMPLE") && is_version("E2QWRUHEXAMPL"));
        for text in
            ["", "E", "garbage", "e2qwruhexample", "F2QWRUHEXAMPLE", "E2QWRUHEXAMPLEXX", "\"E2QWRUHEXAMPLE\""]
        {
            assert!(!is_version(text), "{text}");
        }
    }
}
