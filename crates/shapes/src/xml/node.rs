//! What an element is in XML: a node of the document, its text, its place, its namespace.

use roxmltree::Node;

use crate::{
    NAMESPACE,
    read_error::{Position, ReadError, ReadErrorKind},
};

/// The text of a node, exactly as sent. Comments do not interrupt it. An element inside is the error.
pub fn text<'a, 'input>(node: Node<'a, 'input>) -> Result<String, Fault<'a, 'input>> {
    let mut text = String::new();
    for child in node.children() {
        if child.is_element() {
            return Err(Fault::Inside(child));
        }
        if child.is_text() {
            text.push_str(child.text().unwrap_or_default());
        }
    }
    // roxmltree reads a reference to what is no character (`&#xD800;`) as U+FFFD; XML calls it malformed.
    if text.contains(char::REPLACEMENT_CHARACTER) && refers_to_no_character(source(node)) {
        return Err(Fault::NoCharacter);
    }
    Ok(text)
}

/// Why a node has no text.
pub enum Fault<'a, 'input> {
    /// An element is inside of it.
    Inside(Node<'a, 'input>),
    /// A reference to what is no character.
    NoCharacter,
}

/// Text between elements that is more than white space.
pub fn stray_text<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    if !node.is_text() {
        return None;
    }
    node.text().map(str::trim).filter(|text| !text.is_empty())
}

/// CloudFront's namespace or none.
pub fn check_namespace(node: Node<'_, '_>) -> Result<(), ReadErrorKind> {
    match node.tag_name().namespace() {
        None | Some("" | NAMESPACE) => Ok(()),
        Some(other) => Err(ReadErrorKind::WrongNamespace(crate::element::shorten(other))),
    }
}

/// Where a node begins.
pub fn position(node: Node<'_, '_>) -> Position {
    node.document().text_pos_at(node.range().start).into()
}

/// An error at a node.
pub fn fault(node: Node<'_, '_>, kind: ReadErrorKind) -> ReadError {
    ReadError::new(kind).at(Some(position(node)))
}

fn source<'a>(node: Node<'a, '_>) -> &'a str {
    node.document().input_text().get(node.range()).unwrap_or_default()
}

fn refers_to_no_character(source: &str) -> bool {
    let references = source.split("&#").skip(1).filter_map(|rest| rest.split_once(';'));
    references.map(|(digits, _)| digits).any(|digits| {
        let number = match digits.strip_prefix('x') {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => digits.parse(),
        };
        number.is_ok_and(|number| char::from_u32(number).is_none())
    })
}
