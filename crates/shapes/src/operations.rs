//! The operations of CloudFront's API and how a request finds its own.
//!
//! One table (`table`) is the truth about methods, paths, bodies, statuses and headers; `find` reads it. What an operation does,
//! and whether it is implemented, is the control plane's business.

mod errors;
mod matching;
mod table;

pub use matching::{Match, find};
pub use table::Operation;

/// What the table says about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// CloudFront's name.
    pub name: &'static str,
    /// How near it is to serving viewers.
    pub tier: Tier,
    /// HTTP method.
    pub method: Method,
    /// Path template below the API version, `{Label}` for one segment; after `?` the query parameters that tell the operation from
    /// others on the same path.
    pub path: &'static str,
    /// Other query parameters.
    pub query: &'static [&'static str],
    /// Root element of the request document.
    pub body: Option<&'static str>,
    /// Request headers with a meaning of their own.
    pub headers: &'static [&'static str],
    /// Status of success.
    pub status: u16,
    /// What success answers.
    pub answer: Answer,
    /// Headers of that answer.
    pub answer_headers: &'static [&'static str],
}

/// What success answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// No body.
    Empty,
    /// A document with this root element.
    Document(&'static str),
    /// Bytes: a function's code.
    Bytes,
}

/// How near an operation is to serving viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// What a distribution that serves needs.
    T1,
    /// What serving grows into.
    T2,
    /// The rest.
    T3,
}

/// The methods that the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    GET,
    /// `POST`
    POST,
    /// `PUT`
    PUT,
    /// `DELETE`
    DELETE,
}

impl Method {
    /// The method as it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GET => "GET",
            Self::POST => "POST",
            Self::PUT => "PUT",
            Self::DELETE => "DELETE",
        }
    }
}

impl Row {
    /// Whether the operation changes one version of a resource, named by `If-Match`.
    #[must_use]
    pub fn takes_if_match(&self) -> bool {
        self.headers.contains(&"If-Match")
    }

    /// Whether success answers the resource's version, in `ETag` (or `ETtag`, as one operation spells it).
    #[must_use]
    pub fn answers_etag(&self) -> bool {
        self.answer_headers.iter().any(|header| matches!(*header, "ETag" | "ETtag"))
    }

    /// Whether success answers the new resource's address.
    #[must_use]
    pub fn answers_location(&self) -> bool {
        self.answer_headers.contains(&"Location")
    }
}
