//! The timeline of one request: which steps it took, what each decided, on which inputs, and why.
//!
//! Bounded, and made of constant words, numbers and shared text, so that every request can carry one: a hit
//! costs no allocation. The same text goes to the debug log, to the explaining response header and into
//! the expectations of test scripts.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use bytestring::ByteString;

/// A step of a viewer request; the same words name the files of `edge/src/request/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Parse, normalise, pin the snapshot.
    Receive,
    /// Host to distribution, path to cache behavior.
    Route,
    /// Viewer protocol policy, methods.
    Admit,
    /// Cache key, look, join or lead.
    Lookup,
    /// Ask an origin.
    Fetch,
    /// What the answer or the failure means.
    Judge,
    /// Fetch the page of a custom error response.
    ErrorPage,
    /// What the viewer gets.
    Deliver,
    /// Result type and log line.
    Account,
}

impl Step {
    /// Every step in the order of the life of a request.
    pub const ALL: [Self; 9] = [
        Self::Receive,
        Self::Route,
        Self::Admit,
        Self::Lookup,
        Self::Fetch,
        Self::Judge,
        Self::ErrorPage,
        Self::Deliver,
        Self::Account,
    ];

    /// The word of the step in logs, headers and scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Route => "route",
            Self::Admit => "admit",
            Self::Lookup => "lookup",
            Self::Fetch => "fetch",
            Self::Judge => "judge",
            Self::ErrorPage => "error-page",
            Self::Deliver => "deliver",
            Self::Account => "account",
        }
    }
}

/// An input or result of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A count, an index or a status code.
    Number(u64),
    /// A time in seconds.
    Seconds(u64),
    /// A constant word.
    Word(&'static str),
    /// A piece of the request.
    Said(ByteString),
    /// A piece of the configuration.
    Text(Arc<str>),
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Seconds(seconds) => write!(out, "{seconds}s"),
            Self::Word(word) => out.write_str(word),
            Self::Said(text) => visible(out, text),
            Self::Text(text) => visible(out, text),
        }
    }
}

/// Writes text so that it fits a header value: visible ASCII, the rest percent-encoded.
fn visible(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' => fmt::Write::write_char(out, char::from(byte))?,
            _ => write!(out, "%{byte:02X}")?,
        }
    }
    Ok(())
}

/// One entry: step, decision, inputs, reason.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The step.
    pub step: Step,
    /// What was decided, one or two words.
    pub decision: &'static str,
    /// Up to three named inputs or results.
    pub inputs: [Option<(&'static str, Value)>; 3],
    /// Behaviour number of the catalogue; empty when none applies.
    pub number: &'static str,
    /// The reason in a few words; empty when the decision says it all.
    pub reason: &'static str,
}

impl fmt::Display for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.step.word(), self.decision)?;
        for (name, value) in self.inputs.iter().flatten() {
            write!(out, " {name}={value}")?;
        }
        match (self.reason, self.number) {
            ("", "") => Ok(()),
            ("", number) => write!(out, " ({number})"),
            (reason, "") => write!(out, " ({reason})"),
            (reason, number) => write!(out, " ({reason}, {number})"),
        }
    }
}

/// Entries that one timeline holds; a request with origin group, error page and stale copy takes about 16.
pub const MAX_ENTRIES: usize = 32;
/// Entries of a remembered error with its page; a hit has half as many.
const USUAL_ENTRIES: usize = 12;

/// The steps of one request in the order they happened.
#[derive(Debug, Clone)]
pub struct Timeline {
    entries: Vec<Entry>,
    dropped: u32,
    origin: Option<OriginTimes>,
}

/// How long the origin that was asked last took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginTimes {
    /// Looking its name up; 0 on a connection that was there already.
    pub dns_ms: u64,
    /// Connecting and TLS; 0 on a connection that was there already.
    pub connect_ms: u64,
    /// From the request to the first byte of the response.
    pub first_byte_ms: u64,
}

thread_local! {
    /// Lists that a request of this thread has done with.
    static SPARE: RefCell<Vec<Vec<Entry>>> = const { RefCell::new(Vec::new()) };
}

/// Lists that a thread keeps for later requests.
const MAX_SPARE: usize = 64;

impl Default for Timeline {
    fn default() -> Self {
        let spare = SPARE.with_borrow_mut(Vec::pop);
        let entries = spare.unwrap_or_else(|| Vec::with_capacity(USUAL_ENTRIES));
        Self { entries, dropped: 0, origin: None }
    }
}

impl Drop for Timeline {
    fn drop(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        // When the thread ends there is nobody left to keep it for.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < MAX_SPARE {
                spare.push(entries);
            }
        });
    }
}

impl Timeline {
    /// Adds an entry; past [`MAX_ENTRIES`] it is only counted.
    pub fn push(&mut self, entry: Entry) {
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(entry);
        } else {
            self.dropped += 1;
        }
    }

    /// How far it has come.
    pub fn mark(&self) -> usize {
        self.entries.len()
    }

    /// Takes back the entries since `mark`.
    pub fn back_to(&mut self, mark: usize) {
        self.entries.truncate(mark);
    }

    /// Notes how long an origin took; the one asked last counts.
    pub fn origin_took(&mut self, times: OriginTimes) {
        self.origin = Some(times);
    }

    /// How long the origin took; `None` when none answered.
    pub fn origin(&self) -> Option<OriginTimes> {
        self.origin
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Appends the entries of `other`: the part of a request that ran in a task of its own.
    pub fn absorb(&mut self, mut other: Self) {
        self.dropped += other.dropped;
        self.origin = other.origin.or(self.origin);
        for entry in other.entries.drain(..) {
            self.push(entry);
        }
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, entry) in self.entries().enumerate() {
            let separator = if position == 0 { "" } else { " | " };
            write!(out, "{separator}{entry}")?;
        }
        match self.dropped {
            0 => Ok(()),
            dropped => write!(out, " | and {dropped} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(decision: &'static str, reason: &'static str, number: &'static str) -> Entry {
        let inputs = [Some(("ttl", Value::Seconds(60))), Some(("path", Value::Text("/a b".into()))), None];
        Entry { step: Step::Judge, decision, inputs, number, reason }
    }

    #[test]
    fn an_entry_reads_as_step_decision_inputs_and_reason() {
        assert_eq!(
            entry("fresh", "max-age", "C10").to_string(),
            "judge:fresh ttl=60s path=/a%20b (max-age, C10)"
        );
        assert_eq!(entry("fresh", "", "").to_string(), "judge:fresh ttl=60s path=/a%20b");
    }

    #[test]
    fn a_timeline_that_is_full_counts_what_it_drops() {
        let mut timeline = Timeline::default();
        for _ in 0..MAX_ENTRIES + 2 {
            timeline.push(entry("fresh", "", ""));
        }
        assert_eq!(timeline.entries().count(), MAX_ENTRIES);
        assert!(timeline.to_string().ends_with(" | and 2 more"));
    }
}
