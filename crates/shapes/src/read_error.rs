//! Why a document could not be read, and where.
//!
//! The words are the same for both forms: an "element" is a member of a JSON object too.

use std::fmt;

use roxmltree::TextPos;
use thiserror::Error;

/// The first fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{kind}{}", Place(.path), At(*.position))]
pub struct ReadError {
    /// The element, from the root down without the root: `Origins.Items[0].Id`. Empty for the root and for a malformed document.
    pub path: String,
    /// Where in the text, when known; of JSON only for what is malformed.
    pub position: Option<Position>,
    /// What is wrong.
    pub kind: ReadErrorKind,
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub row: u32,
    /// Character of the line, from 1.
    pub column: u32,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadErrorKind {
    /// Not XML or not JSON: not well-formed, not UTF-8, a document type declaration, or too many nodes.
    #[error("the document is malformed: {0}")]
    Malformed(String),
    /// The root is another element.
    #[error("the root element is {found}, not {expected}")]
    WrongRoot {
        /// The root that the operation takes.
        expected: &'static str,
        /// The root that was sent.
        found: String,
    },
    /// An element of a namespace that is not CloudFront's.
    #[error("the namespace {0} is not CloudFront's")]
    WrongNamespace(String),
    /// An element that the shape does not declare.
    #[error("the element is not known")]
    UnknownElement,
    /// A required member is absent. The path ends with its name.
    #[error("the element is missing")]
    MissingMember,
    /// Text that is not a value of the member's type.
    #[error("{value:?} is not {expected}")]
    InvalidValue {
        /// What was sent, shortened to 100 characters.
        value: String,
        /// What belongs there, in words.
        expected: &'static str,
    },
    /// A member twice.
    #[error("the element occurs twice")]
    Duplicate,
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind) -> Self {
        Self { path: String::new(), position: None, kind }
    }

    pub(crate) fn malformed(reason: &dyn fmt::Display) -> Self {
        Self::new(ReadErrorKind::Malformed(reason.to_string()))
    }

    pub(crate) fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// Puts the name of the surrounding member before the path.
    #[must_use]
    pub(crate) fn within(mut self, member: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => member.to_owned(),
            rest if rest.starts_with('[') => format!("{member}{rest}"),
            rest => format!("{member}.{rest}"),
        };
        self
    }

    /// Puts the number of the surrounding entry before the path.
    #[must_use]
    pub(crate) fn at_index(mut self, index: usize) -> Self {
        self.path = match self.path.as_str() {
            "" => format!("[{index}]"),
            rest => format!("[{index}].{rest}"),
        };
        self
    }
}

impl From<TextPos> for Position {
    fn from(position: TextPos) -> Self {
        Self { row: position.row, column: position.col }
    }
}

/// `path: ` before the message.
struct Place<'a>(&'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "{}: ", self.0) }
    }
}

/// ` (line 3, column 7)` after the message.
struct At(Option<Position>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Position { row, column }) => write!(f, " (line {row}, column {column})"),
            None => Ok(()),
        }
    }
}
