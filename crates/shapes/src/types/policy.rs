//! What the policies have in common: where one comes from, and which distributions use it.

use crate::{Shape, string_enum::string_enum};

macro_rules! policy_type {
    ($($name:ident),+) => {
        $(string_enum! {
            /// Where a policy comes from: CloudFront, or the account.
            $name {
                Managed = "managed",
                Custom = "custom",
            }
        })+
    };
}

policy_type!(CachePolicyType, OriginRequestPolicyType, ResponseHeadersPolicyType);

/// A page of the list of distributions that use something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct DistributionIdList {
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
    /// The distributions' ids.
    #[shape(item = "DistributionId")]
    pub items: Vec<String>,
}
