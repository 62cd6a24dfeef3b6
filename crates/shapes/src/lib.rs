//! CloudFront's wire vocabulary: types, operation table, error catalogue, XML and JSON codec.
//!
//! Everything here is spelled as CloudFront spells it and says what a caller sent, not what it means: defaults, references and
//! limits are `compile`'s business. Documents are read with [`xml::read`] and written with [`xml::write`], or in
//! the form of the AWS CLI with [`json::read`] and [`json::write`], by the same code; what can be judged
//! from the document alone (a `Quantity` that lies, a value that CloudFront does not know) is found by [`inspect`].
//! No I/O, no clock, no state.

// The derive names this crate `::shapes`, here too.
extern crate self as shapes;

mod content;
mod counted;
mod element;
pub mod errors;
mod inspection;
pub mod json;
pub mod operations;
mod read_error;
mod string_enum;
pub mod time;
pub mod types;
mod writer;
pub mod xml;

pub use content::{Content, Kind, List, Member, Shape};
pub use counted::Counted;
pub use element::{Children, Element, Entries};
pub use errors::ErrorCode;
pub use inspection::{Finding, FindingKind, Inspection, inspect};
pub use operations::Operation;
pub use read_error::{Position, ReadError, ReadErrorKind};
pub use shapes_derive::Shape;
pub use time::Timestamp;
pub use types::*;
pub use writer::Writer;

/// The API version, first segment of every path.
pub const API_VERSION: &str = "2020-05-31";

/// The namespace of every document, default `xmlns` of its root.
pub const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
