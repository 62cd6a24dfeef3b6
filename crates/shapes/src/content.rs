//! The traits behind a shape: what an element's content is, and the metadata that tests and documents are checked with.

use crate::{Element, ReadError, Writer, inspection::Inspection};

/// What may stand between an element's tags.
pub trait Content: Sized {
    /// What it looks like on the wire.
    const KIND: Kind;

    /// Reads the content of one element.
    ///
    /// # Errors
    /// The first thing that is not as the shape declares it, with its path below `element`.
    fn read(element: Element<'_, '_>) -> Result<Self, ReadError>;

    /// Writes the content; what stands around it is the caller's.
    fn write(&self, writer: &mut Writer);

    /// Reports what reading tolerates and CloudFront does not.
    fn inspect(&self, inspection: &mut Inspection);
}

/// A list, plain (`Vec`) or with its count ([`crate::Counted`]), whose entries' element name is told by the member.
pub trait List: Sized {
    /// What it looks like on the wire.
    const KIND: Kind;

    /// Reads the list whose entries are elements named `item`.
    ///
    /// # Errors
    /// As for [`Content::read`].
    fn read(element: Element<'_, '_>, item: &str) -> Result<Self, ReadError>;

    /// Writes the entries as elements named `item`.
    fn write(&self, writer: &mut Writer, item: &str);

    /// Reports what reading tolerates and CloudFront does not.
    fn inspect(&self, inspection: &mut Inspection);
}

/// A structure of CloudFront's API. Implemented by `#[derive(Shape)]`.
pub trait Shape: Content {
    /// CloudFront's name: the element's name when it is the root of a document.
    const NAME: &'static str;

    /// The members in the order in which they are written.
    const MEMBERS: &'static [Member];

    /// Whether a member has this element name.
    #[must_use]
    fn declares(name: &str) -> bool {
        Self::MEMBERS.iter().any(|member| member.name == name)
    }
}

/// One member of a structure.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Element name. Empty for a structure whose members stand among those of this one.
    pub name: &'static str,
    /// Whether a document without it is refused when it is read.
    pub required: bool,
    /// What it holds.
    pub kind: Kind,
    /// For lists: the element name of the entries.
    pub item: Option<&'static str>,
}

/// What an element holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A 32-bit number.
    Integer,
    /// A 64-bit number.
    Long,
    /// A decimal fraction.
    Double,
    /// A moment.
    Timestamp,
    /// One of these words.
    Enumeration(&'static [&'static str]),
    /// Members.
    Structure {
        /// CloudFront's name.
        name: &'static str,
        /// The members.
        members: &'static [Member],
    },
    /// Entries directly below the element.
    Entries(&'static Kind),
    /// `Quantity` and `Items`.
    Counted(&'static Kind),
}

impl Content for String {
    const KIND: Kind = Kind::Text;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        element.text()
    }

    fn write(&self, writer: &mut Writer) {
        writer.text(self);
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl Content for bool {
    const KIND: Kind = Kind::Boolean;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        let text = element.literal("true or false")?;
        match text.trim() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(element.invalid(&text, "true or false")),
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.literal(if *self { "true" } else { "false" });
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl Content for i32 {
    const KIND: Kind = Kind::Integer;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        let text = element.literal("an integer")?;
        decimal(&text)
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| element.invalid(&text, "an integer"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.literal(&self.to_string());
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl Content for i64 {
    const KIND: Kind = Kind::Long;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        let text = element.literal("an integer")?;
        decimal(&text).ok_or_else(|| element.invalid(&text, "an integer"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.literal(&self.to_string());
    }

    fn inspect(&self, _: &mut Inspection) {}
}

impl Content for f64 {
    const KIND: Kind = Kind::Double;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        let text = element.literal("a number")?;
        let number = text.trim().parse().ok().filter(|number: &Self| number.is_finite());
        number.ok_or_else(|| element.invalid(&text, "a number"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.literal(&self.to_string());
    }

    fn inspect(&self, _: &mut Inspection) {}
}

/// Digits with an optional minus; white space around them does not count, a plus sign does.
fn decimal(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.starts_with('+') { None } else { text.parse().ok() }
}

impl<T: Content> List for Vec<T> {
    const KIND: Kind = Kind::Entries(&T::KIND);

    fn read(element: Element<'_, '_>, item: &str) -> Result<Self, ReadError> {
        let mut entries = Self::new();
        for (index, entry) in element.entries(item).enumerate() {
            entries.push(T::read(entry?).map_err(|error| error.at_index(index))?);
        }
        Ok(entries)
    }

    fn write(&self, writer: &mut Writer, item: &str) {
        for entry in self {
            writer.entry(item, entry);
        }
    }

    fn inspect(&self, inspection: &mut Inspection) {
        for (index, entry) in self.iter().enumerate() {
            inspection.entry(index, entry);
        }
    }
}
