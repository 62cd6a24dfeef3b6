//! An element that is being read: its name, its text, its children, and the errors that belong to it.

use std::fmt::Display;

use roxmltree::{Document, Node};

use super::error::{Position, ReadError, ReadErrorKind};
use crate::{
    NAMESPACE,
    content::{Content, List},
};

/// How much of a wrong value an error repeats, in characters.
const SHOWN_CHARACTERS: usize = 100;

/// One element. Copies are cheap.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a, 'input> {
    node: Node<'a, 'input>,
    /// Names of children that belong to a surrounding structure (see `without`).
    hidden: &'static [&'static str],
}

impl<'a, 'input> Element<'a, 'input> {
    fn of(node: Node<'a, 'input>) -> Self {
        Self { node, hidden: &[] }
    }

    /// The root, if it has the expected name and an accepted namespace.
    pub(super) fn root(document: &'a Document<'input>, expected: &'static str) -> Result<Self, ReadError> {
        let root = Self::of(document.root_element());
        root.check_namespace()?;
        if root.name() != expected {
            let kind = ReadErrorKind::WrongRoot { expected, found: shorten(root.name()) };
            return Err(root.fault(kind));
        }
        Ok(root)
    }

    /// The name without a prefix.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    /// The child elements in document order.
    #[must_use]
    pub fn children(self) -> Children<'a, 'input> {
        Children { next: self.node.first_child(), hidden: self.hidden }
    }

    /// This element as a structure sees it whose members stand among those of another: without the other's.
    #[must_use]
    pub fn without(self, names: &'static [&'static str]) -> Self {
        Self { hidden: names, ..self }
    }

    /// The text, exactly as sent. Comments do not interrupt it.
    ///
    /// # Errors
    /// When there is an element inside.
    pub fn text(self) -> Result<String, ReadError> {
        let mut text = String::new();
        for child in self.node.children() {
            if child.is_element() {
                return Err(Self::of(child).unknown());
            }
            if child.is_text() {
                text.push_str(child.text().unwrap_or_default());
            }
        }
        // roxmltree reads a reference to what is no character (`&#xD800;`) as U+FFFD; XML calls it malformed.
        if text.contains(char::REPLACEMENT_CHARACTER) && refers_to_no_character(self.source()) {
            return Err(
                self.fault(ReadErrorKind::Malformed("a reference to what is no character".to_owned()))
            );
        }
        Ok(text)
    }

    fn source(self) -> &'a str {
        self.node.document().input_text().get(self.node.range()).unwrap_or_default()
    }

    /// Reads this element as a member.
    ///
    /// # Errors
    /// When the member was read before, or its content is wrong.
    pub fn read_into<T: Content>(self, slot: &mut Option<T>) -> Result<(), ReadError> {
        self.fill(slot, T::read)
    }

    /// Reads this element as a member that is a list.
    ///
    /// # Errors
    /// When the member was read before, or its content is wrong.
    pub fn read_list_into<L: List>(self, slot: &mut Option<L>, item: &str) -> Result<(), ReadError> {
        self.fill(slot, |element| L::read(element, item))
    }

    fn fill<T>(
        self,
        slot: &mut Option<T>,
        read: impl FnOnce(Self) -> Result<T, ReadError>,
    ) -> Result<(), ReadError> {
        if slot.is_some() {
            return Err(self.fault(ReadErrorKind::Duplicate).within(self.name()));
        }
        *slot = Some(read(self).map_err(|error| error.within(self.name()))?);
        Ok(())
    }

    /// The member that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn require<T>(self, member: &str, value: Option<T>) -> Result<T, ReadError> {
        value.ok_or_else(|| self.fault(ReadErrorKind::MissingMember).within(member))
    }

    /// This element does not belong here.
    #[must_use]
    pub fn unknown(self) -> ReadError {
        self.fault(ReadErrorKind::UnknownElement).within(&shorten(self.name()))
    }

    /// This element's text is not what belongs here.
    #[must_use]
    pub fn invalid(self, value: &str, expected: &'static str) -> ReadError {
        self.fault(ReadErrorKind::InvalidValue { value: shorten(value), expected })
    }

    fn check_namespace(self) -> Result<(), ReadError> {
        match self.node.tag_name().namespace() {
            None | Some("" | NAMESPACE) => Ok(()),
            Some(other) => Err(self.fault(ReadErrorKind::WrongNamespace(shorten(other)))),
        }
    }

    fn fault(self, kind: ReadErrorKind) -> ReadError {
        ReadError::new(kind).at(Some(position(self.node)))
    }
}

/// The child elements; text between them is an error unless it is white space.
#[derive(Debug, Clone)]
pub struct Children<'a, 'input> {
    next: Option<Node<'a, 'input>>,
    hidden: &'static [&'static str],
}

impl<'a, 'input> Iterator for Children<'a, 'input> {
    type Item = Result<Element<'a, 'input>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = self.next?;
            self.next = node.next_sibling();
            if node.is_element() {
                let element = Element::of(node);
                if self.hidden.contains(&element.name()) {
                    continue;
                }
                return Some(
                    element.check_namespace().map_err(|error| error.within(element.name())).map(|()| element),
                );
            }
            if let Some(text) = stray_text(node) {
                let kind = ReadErrorKind::InvalidValue { value: shorten(text), expected: "an element" };
                return Some(Err(ReadError::new(kind).at(Some(position(node)))));
            }
        }
    }
}

fn stray_text<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    if !node.is_text() {
        return None;
    }
    node.text().map(str::trim).filter(|text| !text.is_empty())
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

fn position(node: Node<'_, '_>) -> Position {
    node.document().text_pos_at(node.range().start).into()
}

fn shorten(text: &(impl Display + ?Sized)) -> String {
    text.to_string().chars().take(SHOWN_CHARACTERS).collect()
}
