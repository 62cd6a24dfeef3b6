//! The same shapes as JSON, in the form that the AWS CLI prints: bytes to a shape, a shape to text.
//!
//! Members have CloudFront's names, numbers and truth values are JSON's, moments are ISO 8601 texts, and a counted list keeps
//! `Quantity` beside `Items`. A document is the content of the root element; the root's own name does not occur. Reading is as
//! strict as for XML: nothing undeclared, nothing twice, no text where a number belongs. `null` is as good as absent.

mod value;

pub use value::Value;

use crate::{Element, ErrorCode, ReadError, Shape, Writer};

/// The most values (objects, lists, texts, ...) of a document that is read.
pub const MAX_VALUES: u32 = 200_000;

/// Reads a document that is one JSON object.
///
/// # Errors
/// The first fault, with the path of the member.
pub fn read<T: Shape>(document: &[u8]) -> Result<T, ReadError> {
    let value = value::parse(document)?;
    T::read(Element::root_of_json(&value))
}

/// Writes the document of a shape.
#[must_use]
pub fn write<T: Shape>(value: &T) -> String {
    Writer::json(|writer| value.write(writer))
}

/// One thing that is wrong with a document, for [`error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem<'a> {
    /// The code, as CloudFront spells it.
    pub code: &'a str,
    /// The member: `CustomErrorResponses.Items[2].ErrorCode`. Empty for the whole document.
    pub path: &'a str,
    /// For the caller.
    pub message: &'a str,
}

/// The body of a refusal: CloudFront's envelope, and everything that is wrong beside the first.
#[must_use]
pub fn error<'a>(
    code: ErrorCode,
    message: &str,
    request_id: &str,
    problems: impl IntoIterator<Item = Problem<'a>>,
) -> String {
    Writer::json(|writer| {
        writer.within("Error", |writer| {
            writer.text_member("Type", code.fault());
            writer.text_member("Code", code.as_str());
            writer.text_member("Message", message);
        });
        writer.text_member("RequestId", request_id);
        writer.structures("Problems", problems, |writer, problem| {
            writer.text_member("Code", problem.code);
            writer.text_member("Path", problem.path);
            writer.text_member("Message", problem.message);
        });
    })
}
