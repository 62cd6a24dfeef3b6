//! What is being read: an element of an XML document or a member of a JSON object, its name, its text, what is below it,
//! and the errors that belong to it.
//!
//! A shape is read from it without knowing which of the two it is. They differ in three things: JSON tells texts from numbers
//! and truth values, its lists have no names for their entries, and a member that is `null` is as if it were absent.

use std::{fmt::Display, slice};

use roxmltree::{Document, Node};

use crate::{
    content::{Content, List},
    json::Value,
    read_error::{ReadError, ReadErrorKind},
    xml::node,
};

/// How much of a wrong value an error repeats, in characters.
const SHOWN_CHARACTERS: usize = 100;

/// One element. Copies are cheap.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a, 'input> {
    source: Source<'a, 'input>,
    /// Names of children that belong to a surrounding structure (see `without`).
    hidden: &'static [&'static str],
}

/// Where an element comes from.
#[derive(Debug, Clone, Copy)]
enum Source<'a, 'input> {
    Xml(Node<'a, 'input>),
    Json(&'a str, &'a Value),
}

impl<'a, 'input> Element<'a, 'input> {
    fn xml(node: Node<'a, 'input>) -> Self {
        Self { source: Source::Xml(node), hidden: &[] }
    }

    fn json(name: &'a str, value: &'a Value) -> Self {
        Self { source: Source::Json(name, value), hidden: &[] }
    }

    /// The root, if it has the expected name and an accepted namespace.
    pub(crate) fn root_of_xml(
        document: &'a Document<'input>,
        expected: &'static str,
    ) -> Result<Self, ReadError> {
        let root = Self::xml(document.root_element());
        root.check_namespace()?;
        if root.name() != expected {
            let kind = ReadErrorKind::WrongRoot { expected, found: shorten(root.name()) };
            return Err(root.fault(kind));
        }
        Ok(root)
    }

    /// The root, which has no name of its own.
    pub(crate) fn root_of_json(value: &'a Value) -> Self {
        Self::json("", value)
    }

    /// The name without a prefix.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self.source {
            Source::Xml(node) => node.tag_name().name(),
            Source::Json(name, _) => name,
        }
    }

    /// The elements below this one in document order.
    #[must_use]
    pub fn children(self) -> Children<'a, 'input> {
        let next = match self.source {
            Source::Xml(node) => Next::Node(node.first_child()),
            Source::Json(_, Value::Object(members)) => Next::Members(members.iter()),
            Source::Json(_, other) => Next::Fault(other.instead_of("an object")),
        };
        Children { next, hidden: self.hidden }
    }

    /// The entries of a list, which XML calls `item`.
    #[must_use]
    pub fn entries(self, item: &str) -> Entries<'a, 'input, '_> {
        let next = match self.source {
            Source::Xml(_) => NextEntry::Elements(self.children()),
            Source::Json(_, Value::Array(values)) => NextEntry::Values(values.iter()),
            Source::Json(_, other) => NextEntry::Fault(other.instead_of("a list")),
        };
        Entries { next, item }
    }

    /// This element as a structure sees it whose members stand among those of another: without the other's.
    #[must_use]
    pub fn without(self, names: &'static [&'static str]) -> Self {
        Self { hidden: names, ..self }
    }

    /// The text, exactly as sent.
    ///
    /// # Errors
    /// When something else is there: in XML an element, in JSON anything but a string that XML could carry.
    pub fn text(self) -> Result<String, ReadError> {
        match self.source {
            Source::Xml(node) => node::text(node).map_err(|fault| self.no_text(&fault)),
            Source::Json(_, Value::Text(text)) if text.chars().all(crate::writer::is_xml_character) => {
                Ok(text.clone())
            }
            Source::Json(_, Value::Text(text)) => Err(self.invalid(text, "text without control characters")),
            Source::Json(_, other) => Err(self.fault(other.instead_of("a string"))),
        }
    }

    /// The digits of a number or the word of a truth value; JSON has them without quotation marks.
    ///
    /// # Errors
    /// When something else is there.
    pub fn literal(self, expected: &'static str) -> Result<String, ReadError> {
        match self.source {
            Source::Xml(_) => self.text(),
            Source::Json(_, Value::Literal(text)) => Ok(text.clone()),
            Source::Json(_, other) => Err(self.fault(other.instead_of(expected))),
        }
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

    fn no_text(self, fault: &node::Fault<'a, 'input>) -> ReadError {
        match fault {
            node::Fault::Inside(child) => Self::xml(*child).unknown(),
            node::Fault::NoCharacter => {
                self.fault(ReadErrorKind::Malformed("a reference to what is no character".to_owned()))
            }
        }
    }

    fn check_namespace(self) -> Result<(), ReadError> {
        match self.source {
            Source::Xml(node) => node::check_namespace(node).map_err(|kind| self.fault(kind)),
            Source::Json(..) => Ok(()),
        }
    }

    fn fault(self, kind: ReadErrorKind) -> ReadError {
        match self.source {
            Source::Xml(node) => node::fault(node, kind),
            Source::Json(..) => ReadError::new(kind),
        }
    }
}

/// The elements below one; text between XML's elements is an error unless it is white space.
#[derive(Debug, Clone)]
pub struct Children<'a, 'input> {
    next: Next<'a, 'input>,
    hidden: &'static [&'static str],
}

#[derive(Debug, Clone)]
enum Next<'a, 'input> {
    Node(Option<Node<'a, 'input>>),
    Members(slice::Iter<'a, (String, Value)>),
    Fault(ReadErrorKind),
}

impl<'a, 'input> Children<'a, 'input> {
    fn next_element(&mut self) -> Option<Result<Element<'a, 'input>, ReadError>> {
        match &mut self.next {
            Next::Node(next) => next_of_xml(next),
            Next::Members(members) => {
                let (name, value) = members.find(|(_, value)| *value != Value::Null)?;
                Some(Ok(Element::json(name, value)))
            }
            Next::Fault(kind) => {
                let error = ReadError::new(kind.clone());
                self.next = Next::Node(None);
                Some(Err(error))
            }
        }
    }
}

fn next_of_xml<'a, 'input>(
    next: &mut Option<Node<'a, 'input>>,
) -> Option<Result<Element<'a, 'input>, ReadError>> {
    loop {
        let node = (*next)?;
        *next = node.next_sibling();
        if node.is_element() {
            let element = Element::xml(node);
            return Some(
                element.check_namespace().map_err(|error| error.within(element.name())).map(|()| element),
            );
        }
        if let Some(text) = node::stray_text(node) {
            let kind = ReadErrorKind::InvalidValue { value: shorten(text), expected: "an element" };
            return Some(Err(node::fault(node, kind)));
        }
    }
}

impl<'a, 'input> Iterator for Children<'a, 'input> {
    type Item = Result<Element<'a, 'input>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_element()? {
                Ok(element) if self.hidden.contains(&element.name()) => {}
                other => return Some(other),
            }
        }
    }
}

/// The entries of a list. In XML every one must have the name of the list's entries.
#[derive(Debug, Clone)]
pub struct Entries<'a, 'input, 'item> {
    next: NextEntry<'a, 'input>,
    item: &'item str,
}

#[derive(Debug, Clone)]
enum NextEntry<'a, 'input> {
    Elements(Children<'a, 'input>),
    Values(slice::Iter<'a, Value>),
    Fault(ReadErrorKind),
    Nothing,
}

impl<'a, 'input> Iterator for Entries<'a, 'input, '_> {
    type Item = Result<Element<'a, 'input>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.next {
            NextEntry::Elements(children) => {
                Some(children.next()?.and_then(|child| {
                    if child.name() == self.item { Ok(child) } else { Err(child.unknown()) }
                }))
            }
            NextEntry::Values(values) => Some(Ok(Element::json("", values.next()?))),
            NextEntry::Fault(kind) => {
                let error = ReadError::new(kind.clone());
                self.next = NextEntry::Nothing;
                Some(Err(error))
            }
            NextEntry::Nothing => None,
        }
    }
}

/// The beginning of a text, for an error.
pub fn shorten(text: &(impl Display + ?Sized)) -> String {
    text.to_string().chars().take(SHOWN_CHARACTERS).collect()
}
