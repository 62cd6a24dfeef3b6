//! Streaming distributions, which served media over RTMP until CloudFront ended them. There are none, and tools ask for them.

use crate::Shape;

/// A page of the list of streaming distributions. It never has entries, so there is no shape for them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct StreamingDistributionList {
    /// Where this page begins: what the caller sent.
    pub marker: String,
    /// The most entries of a page.
    pub max_items: i32,
    /// Whether more follow.
    pub is_truncated: bool,
    /// Entries on this page.
    pub quantity: i32,
}
