//! Which part of a list is asked for: `Marker` and `MaxItems` (control plane 1.5).
//!
//! The marker is the id of the last entry of the page before.

use shapes::operations::Match;

use crate::error::ApiError;

/// The most entries of a page, and the number when none is asked for.
const MAX_ITEMS: i32 = 100;

/// The longest marker that is looked for; ids are far shorter.
const MAX_MARKER_BYTES: usize = 128;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// The id after which the page begins; empty for the first page.
    pub(crate) marker: String,
    /// The most entries.
    pub(crate) max_items: i32,
}

// === impl PageRequest ===

impl PageRequest {
    /// What the query says.
    pub(crate) fn of(request: &Match) -> Result<Self, ApiError> {
        let marker = request.query("Marker").unwrap_or_default();
        if marker.len() > MAX_MARKER_BYTES {
            return Err(ApiError::invalid("The parameter Marker is not the id of a list's entry."));
        }
        Ok(Self { marker: marker.to_owned(), max_items: max_items(request.query("MaxItems"))? })
    }

    /// The most entries, as a length.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(self.max_items).unwrap_or_default()
    }
}

fn max_items(text: Option<&str>) -> Result<i32, ApiError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(MAX_ITEMS) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (1..=MAX_ITEMS).contains(number));
    number.ok_or_else(|| {
        ApiError::invalid(format!(
            "The parameter MaxItems is not accepted. Accepted: a number from 1 to {MAX_ITEMS}."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_items_is_a_number_from_one_to_one_hundred() {
        assert_eq!(max_items(None).unwrap(), 100);
        assert_eq!(max_items(Some("7")).unwrap(), 7);
        for text in ["0", "-1", "+5", "101", "many", "99999999999999999999", " 5"] {
            assert!(max_items(Some(text)).is_err(), "{text}");
        }
    }
}
