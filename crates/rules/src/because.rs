//! The reason of a decision: a behaviour number of the catalogue and a few words.
//!
//! The same words appear in the timeline, the log, the debug header, the rule tables and the tests.

use std::fmt;

/// Why something was decided: the behaviour number (`"B20"`) and the reason in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Because {
    /// Behaviour number(s) of the catalogue, such as `B20`.
    pub number: &'static str,
    /// The reason in a few words, such as `error caching minimum TTL`.
    pub text: &'static str,
}

impl Because {
    /// A reason from its behaviour number and its words.
    pub const fn new(number: &'static str, text: &'static str) -> Self {
        Self { number, text }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.text, self.number)
    }
}
