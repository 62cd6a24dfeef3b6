//! Invalidations: objects that are to be fetched again.

use crate::{Counted, Shape, Timestamp};

/// What is to be fetched again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct InvalidationBatch {
    /// The paths; `*` at the end is a wildcard.
    #[shape(item = "Path")]
    pub paths: Counted<String>,
    /// The caller's own token; it makes a repeated create harmless.
    pub caller_reference: String,
}

/// An invalidation as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Invalidation {
    /// Its id: `I` and thirteen letters and digits.
    pub id: String,
    /// `InProgress` until it has reached every edge, then `Completed`.
    pub status: String,
    /// When it was asked for.
    pub create_time: Timestamp,
    /// What was asked for.
    pub invalidation_batch: InvalidationBatch,
}

/// A page of the list of a distribution's invalidations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct InvalidationList {
    /// Where this page begins: what the caller sent.
    pub marker: String,
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Whether more follow.
    pub is_truncated: bool,
    /// Entries on this page.
    pub quantity: i32,
    /// The invalidations.
    #[shape(item = "InvalidationSummary")]
    pub items: Vec<InvalidationSummary>,
}

/// An invalidation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct InvalidationSummary {
    /// Its id.
    pub id: String,
    /// When it was asked for.
    pub create_time: Timestamp,
    /// `InProgress` or `Completed`.
    pub status: String,
}
