//! Names of header fields that a thread has met before.
//!
//! A name that no standard knows (`sec-fetch-mode`) costs an allocation each time that it is read. Viewers send the
//! same few names again and again, so each thread remembers some of them, under the bytes as they were sent.

use std::cell::RefCell;

use http::header::{HeaderName, InvalidHeaderName};

/// Names that a thread remembers; a power of two. A name takes the place of another with the same hash.
const PLACES: usize = 256;
/// Longer names are not remembered, in bytes.
const MAX_REMEMBERED_BYTES: usize = 64;

/// A name as it was sent, and what it means.
type Place = Option<(Box<[u8]>, HeaderName)>;

thread_local! {
    static MET: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// The name that is spelled `spelled`.
///
/// # Errors
/// When it is not a token (RFC 9110 section 5.6.2).
pub fn read(spelled: &[u8]) -> Result<HeaderName, InvalidHeaderName> {
    if spelled.len() > MAX_REMEMBERED_BYTES {
        return HeaderName::from_bytes(spelled);
    }
    MET.with_borrow_mut(|met| {
        if met.is_empty() {
            met.resize_with(PLACES, || None);
        }
        let Some(place) = met.get_mut(hash(spelled)) else { return HeaderName::from_bytes(spelled) };
        match place {
            Some((held, name)) if **held == *spelled => Ok(name.clone()),
            _ => {
                let name = HeaderName::from_bytes(spelled)?;
                *place = Some((spelled.into(), name.clone()));
                Ok(name)
            }
        }
    })
}

/// FNV-1a, folded to the number of a place.
fn hash(bytes: &[u8]) -> usize {
    let mut state = 0x811c_9dc5_u32;
    for byte in bytes {
        state = (state ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    let folded = state ^ (state >> 16);
    usize::try_from(folded).unwrap_or_default() % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_often_it_is_read_and_however_it_is_spelled() {
        for spelled in ["Sec-Fetch-Mode", "sec-fetch-mode", "Sec-Fetch-Mode", "HOST", "host"] {
            let name = read(spelled.as_bytes()).unwrap();
            assert_eq!(name.as_str(), spelled.to_ascii_lowercase());
        }
        assert!(read(b"a b").is_err());
        assert!(read(b"").is_err());
    }

    #[test]
    fn more_names_than_places_are_all_read_well() {
        for round in 0..2 {
            for number in 0..PLACES * 4 {
                let spelled = format!("X-{number}");
                assert_eq!(read(spelled.as_bytes()).unwrap().as_str(), format!("x-{number}"), "{round}");
            }
        }
        let long = "x".repeat(MAX_REMEMBERED_BYTES + 1);
        assert_eq!(read(long.as_bytes()).unwrap().as_str(), long);
        let kept = MET.with_borrow(|met| met.iter().flatten().count());
        assert!(kept <= PLACES);
    }
}
