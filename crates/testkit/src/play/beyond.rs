//! What the edge understands and no document can say, put into the compiled distribution: a default root object
//! that cannot be used.

use rules::model::{DefaultRootObject, Distribution};

use crate::script::DistributionLines;

/// Adds what `lines` say beyond the document that they were compiled from.
pub fn add(lines: &DistributionLines, distribution: &mut Distribution) {
    if lines.unusable_root_object {
        distribution.default_root_object = DefaultRootObject::Invalid;
    }
}
