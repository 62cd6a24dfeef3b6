//! REST-XML documents: bytes to a shape, a shape to text.
//!
//! Reading accepts CloudFront's namespace or none, members in any order, and nothing that the shape does not declare. A document
//! type declaration is refused, so there are no entities to expand; nesting and attributes are bounded by `guard`, the number of
//! nodes by [`MAX_NODES`]. How many bytes to accept is the caller's decision ([`MAX_DOCUMENT_BYTES`]).

mod guard;
pub(crate) mod node;

use std::borrow::Cow;

use roxmltree::{Document, ParsingOptions};

use crate::{Element, NAMESPACE, ReadError, Shape, Writer};

/// The largest request document worth reading, in bytes: an invalidation batch of 3,000 long paths fits.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// The most nodes (elements, texts, comments) of a document that is read.
pub const MAX_NODES: u32 = 200_000;

/// Reads a document whose root is the shape's element.
///
/// # Errors
/// The first fault, with the path of the element below the root.
pub fn read<T: Shape>(document: &[u8]) -> Result<T, ReadError> {
    let text = std::str::from_utf8(document).map_err(|error| ReadError::malformed(&error))?;
    let text = line_feeds(text.trim_start_matches('\u{feff}'));
    guard::check(&text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options)
        .map_err(|error| ReadError::malformed(&error).at(Some(error.pos().into())))?;
    let root = Element::root_of_xml(&document, T::NAME)?;
    T::read(root)
}

/// Line ends as XML wants them before anything is looked at (XML 1.0, 2.11). The parser does it too, except for a carriage return
/// right before a section of characters.
fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// Writes the document whose root is the shape's element, with declaration and namespace.
#[must_use]
pub fn write<T: Shape>(value: &T) -> String {
    write_as(T::NAME, value)
}

/// Writes a document whose root has a name of its own.
#[must_use]
pub fn write_as<T: Shape>(root: &str, value: &T) -> String {
    Writer::xml(root, NAMESPACE, |writer| value.write(writer))
}
