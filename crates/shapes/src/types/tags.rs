//! Tags of a resource.

use crate::Shape;

/// The tags.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Tags {
    /// One entry per key; the element is written even when there is none, because clients index into it.
    #[shape(item = "Tag", keep_empty)]
    pub items: Vec<Tag>,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Tag {
    /// Its key, unique in a resource.
    pub key: String,
    /// Its value.
    pub value: Option<String>,
}

/// Keys of tags that are to go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct TagKeys {
    /// The keys.
    #[shape(item = "Key")]
    pub items: Vec<String>,
}
