//! An origin group: two origins, and which answers of the first send a request to the second.

use crate::{Counted, Shape, string_enum::string_enum};

/// One origin group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginGroup {
    /// The name by which behaviors refer to it.
    pub id: String,
    /// When the second origin is asked.
    pub failover_criteria: OriginGroupFailoverCriteria,
    /// The two origins, the preferred one first.
    #[shape(item = "OriginGroupMember")]
    pub members: Counted<OriginGroupMember>,
    /// How the origin is chosen.
    pub selection_criteria: Option<OriginGroupSelectionCriteria>,
}

/// When the second origin of a group is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginGroupFailoverCriteria {
    /// Status codes of the first origin's answer.
    #[shape(item = "StatusCode")]
    pub status_codes: Counted<i32>,
}

/// An origin in a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginGroupMember {
    /// The origin's id.
    pub origin_id: String,
}

string_enum! {
    /// How a group chooses its origin.
    OriginGroupSelectionCriteria {
        Default = "default",
        MediaQualityBased = "media-quality-based",
    }
}
