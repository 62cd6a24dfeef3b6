//! Which part of a list is asked for, `Marker` and `MaxItems`, and the part itself (control plane 1.5).
//!
//! The marker is the id of the last entry of the page before.

use shapes::operations::Match;
use store::{Document, Known, Store};

use crate::error::ApiError;
use crate::records::keys;

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

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Listing<T> {
    /// What was asked for.
    pub(crate) asked: PageRequest,
    /// The entries.
    pub(crate) items: Vec<T>,
    /// The id after which the next page begins; `None` on the last.
    pub(crate) next_marker: Option<String>,
}

/// Writes a [`Listing`] as one of CloudFront's lists.
macro_rules! list_of {
    ($list:ident, $listing:expr) => {{
        let listing = $listing;
        shapes::$list {
            is_truncated: listing.next_marker.is_some(),
            quantity: listing.quantity(),
            marker: listing.asked.marker,
            max_items: listing.asked.max_items,
            next_marker: listing.next_marker,
            items: listing.items,
        }
    }};
}

/// Writes a [`Listing`] as one of CloudFront's lists of policies, which say less.
macro_rules! policy_list_of {
    ($list:ident, $listing:expr) => {{
        let listing = $listing;
        shapes::$list {
            quantity: listing.quantity(),
            max_items: listing.asked.max_items,
            next_marker: listing.next_marker,
            items: listing.items,
        }
    }};
}

pub(crate) use {list_of, policy_list_of};

// === impl PageRequest ===

impl PageRequest {
    /// What the query says.
    pub(crate) fn of(request: &Match) -> Result<Self, ApiError> {
        let marker = request.query("Marker").unwrap_or_default();
        if marker.len() > MAX_MARKER_BYTES {
            return Err(ApiError::invalid(
                "The parameter Marker is not the id of a list's entry. Accepted: the NextMarker of a page.",
            )
            .at("Marker"));
        }
        Ok(Self { marker: marker.to_owned(), max_items: max_items(request.query("MaxItems"))? })
    }

    /// The first page, as large as it may be.
    pub(crate) const fn first() -> Self {
        Self { marker: String::new(), max_items: MAX_ITEMS }
    }

    /// The most entries, as a length.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(self.max_items).unwrap_or_default()
    }

    /// The page of the documents whose keys are `prefix` and the id of an entry.
    pub(crate) async fn read(self, store: &dyn Store, prefix: &str) -> Result<Listing<Document>, ApiError> {
        self.read_unknown(store, prefix, Box::new(|_, _| false)).await
    }

    /// As [`Self::read`]; the value of a document that is `known` may be empty.
    pub(crate) async fn read_unknown(
        self,
        store: &dyn Store,
        prefix: &str,
        known: Known,
    ) -> Result<Listing<Document>, ApiError> {
        let after = format!("{prefix}{}", self.marker);
        let page = store.list_unknown(prefix, Some(&after), self.limit(), known).await?;
        let next_marker = page.next_after.as_deref().map(|key| keys::last_part(key).to_owned());
        Ok(Listing { asked: self, items: page.documents, next_marker })
    }
}

// === impl Listing ===

impl<T> Listing<T> {
    /// How many entries there are.
    pub(crate) fn quantity(&self) -> i32 {
        i32::try_from(self.items.len()).unwrap_or(i32::MAX)
    }

    /// Other entries for these; `None` leaves one out.
    pub(crate) fn filter_map<U>(self, entry: impl FnMut(T) -> Option<U>) -> Listing<U> {
        let Self { asked, items, next_marker } = self;
        Listing { asked, items: items.into_iter().filter_map(entry).collect(), next_marker }
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
        .at("MaxItems")
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
