//! What can be judged from a document alone: counts that lie and words that CloudFront does not know.
//!
//! Reading keeps both, because CloudFront answers them with codes of its own (`InconsistentQuantities`, `InvalidArgument`, ...)
//! and in an order that validation decides.

use std::fmt::Write as _;

use crate::content::{Content, List};

/// Everything tolerated by reading that CloudFront refuses, in document order.
#[must_use]
pub fn inspect<T: Content>(value: &T) -> Vec<Finding> {
    let mut inspection = Inspection { path: Vec::new(), findings: Vec::new() };
    value.inspect(&mut inspection);
    inspection.findings
}

/// Something wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, from the inspected value down: `CacheBehaviors.Items[2].ViewerProtocolPolicy`.
    pub path: String,
    /// What.
    pub kind: FindingKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingKind {
    /// `Quantity` is not the number of entries of `Items`. The path is that of the list, not of `Quantity`.
    InconsistentQuantity {
        /// What the caller said.
        quantity: i32,
        /// How many entries there are.
        items: usize,
    },
    /// A word that is none of CloudFront's.
    UnknownValue {
        /// The caller's word.
        value: String,
        /// CloudFront's words.
        known: &'static [&'static str],
    },
}

/// The walk over a value: where it is, and what it found.
#[derive(Debug)]
pub struct Inspection {
    path: Vec<Segment>,
    findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy)]
enum Segment {
    Member(&'static str),
    Index(usize),
}

impl Inspection {
    /// Walks into a member.
    pub fn member<T: Content>(&mut self, name: &'static str, value: &T) {
        self.path.push(Segment::Member(name));
        value.inspect(self);
        self.path.pop();
    }

    /// Walks into a member that is a list.
    pub fn list<L: List>(&mut self, name: &'static str, list: &L) {
        self.path.push(Segment::Member(name));
        list.inspect(self);
        self.path.pop();
    }

    /// Walks into an entry of a list.
    pub fn entry<T: Content>(&mut self, index: usize, value: &T) {
        self.path.push(Segment::Index(index));
        value.inspect(self);
        self.path.pop();
    }

    /// Compares a `Quantity` with its `Items`.
    pub fn count(&mut self, quantity: i32, items: usize) {
        if usize::try_from(quantity) != Ok(items) {
            self.report(FindingKind::InconsistentQuantity { quantity, items });
        }
    }

    /// Reports a word that CloudFront does not know.
    pub fn unknown_value(&mut self, value: &str, known: &'static [&'static str]) {
        self.report(FindingKind::UnknownValue { value: value.to_owned(), known });
    }

    fn report(&mut self, kind: FindingKind) {
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Member(name) if path.is_empty() => path.push_str(name),
                Segment::Member(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Segment::Index(index) => {
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        self.findings.push(Finding { path, kind });
    }
}
