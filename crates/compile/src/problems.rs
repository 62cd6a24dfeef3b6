//! What is wrong with a document: problems, in CloudFront's order of checks.
//!
//! Checks report through [`Report`], which knows where it is in the document and in which stage a check
//! belongs. Every check runs; the API answers the first problem, the console shows all of them.

use std::collections::BTreeMap;
use std::fmt;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// CloudFront's error code, such as `InvalidErrorCode`.
    pub code: &'static str,
    /// The element, from the document's root down: `CustomErrorResponses.Items[2].ErrorCode`.
    pub path: String,
    /// CloudFront's text where it is known; otherwise the explanation.
    pub message: String,
    /// The element's path, the rule, and after `Accepted` what would be accepted.
    pub explanation: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}: {}", self.code, self.path, self.message)?;
        if self.message == self.explanation { Ok(()) } else { write!(out, " | {}", self.explanation) }
    }
}

/// Everything that is wrong with a document, in CloudFront's order of checks; never empty inside an `Err`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// The problem that the API answers.
    pub fn first(&self) -> Option<&Problem> {
        self.0.first()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All problems, in CloudFront's order of checks.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// `Ok` when nothing is wrong.
    ///
    /// # Errors
    /// The problems, when there are any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(out, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// When CloudFront makes a check, earliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// A member that must be there is missing.
    Required,
    /// A word or a number is not one of those allowed.
    Value,
    /// `Quantity` is not the number of `Items`.
    Quantity,
    /// A behavior's target is neither an origin nor an origin group.
    Target,
    /// A policy, an access control or the like does not exist.
    Reference,
    /// Everything that concerns one field or a few that belong together.
    Field,
    /// How many there may be.
    Limit,
    /// CloudFront would take it, this version cannot serve it safely.
    Unsupported,
}

/// How many problems of one stage are told: a document of a million mistakes does not make a million texts.
const MAX_OF_A_STAGE: usize = 1_000;

/// How much of a value a problem repeats, in characters.
const SHOWN_CHARACTERS: usize = 100;

/// A value of the document in quotation marks, shortened.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(SHOWN_CHARACTERS) {
            Some((end, _)) => write!(out, "\"{}...\"", self.0.get(..end).unwrap_or_default()),
            None => write!(out, "\"{}\"", self.0),
        }
    }
}

/// Collects problems.
#[derive(Debug, Default)]
pub(crate) struct Report {
    found: Vec<(Stage, Problem)>,
    counts: BTreeMap<Stage, usize>,
}

impl Report {
    /// Adds a problem that is told in our own words.
    pub(crate) fn add(
        &mut self,
        stage: Stage,
        code: &'static str,
        path: impl Into<String>,
        explanation: impl Into<String>,
    ) {
        let explanation = explanation.into();
        self.push(stage, Problem { code, path: path.into(), message: explanation.clone(), explanation });
    }

    /// Adds a problem for which CloudFront's words are known; the explanation goes beside them.
    pub(crate) fn add_known(
        &mut self,
        stage: Stage,
        code: &'static str,
        path: impl Into<String>,
        words: impl Into<String>,
        explanation: impl Into<String>,
    ) {
        let (message, explanation) = (words.into(), explanation.into());
        self.push(stage, Problem { code, path: path.into(), message, explanation });
    }

    fn push(&mut self, stage: Stage, problem: Problem) {
        let count = self.counts.entry(stage).or_default();
        *count += 1;
        if *count <= MAX_OF_A_STAGE {
            self.found.push((stage, problem));
        }
    }

    /// Adds a problem when `allowed` is false.
    pub(crate) fn require(
        &mut self,
        allowed: bool,
        stage: Stage,
        code: &'static str,
        path: &str,
        message: impl FnOnce() -> String,
    ) {
        if !allowed {
            self.add(stage, code, path, message());
        }
    }

    /// Adds a problem with CloudFront's words when `allowed` is false.
    pub(crate) fn require_known(
        &mut self,
        allowed: bool,
        stage: Stage,
        code: &'static str,
        path: &str,
        words: impl Into<String>,
        explanation: impl FnOnce() -> String,
    ) {
        if !allowed {
            self.add_known(stage, code, path, words, explanation());
        }
    }

    /// Adds `code` when `value` is outside `allowed`.
    pub(crate) fn range(
        &mut self,
        code: &'static str,
        path: &str,
        value: impl Into<i64>,
        allowed: std::ops::RangeInclusive<i64>,
    ) {
        let value = value.into();
        self.require(allowed.contains(&value), Stage::Value, code, path, || {
            format!("{path} is {value}. Accepted: {} to {}.", allowed.start(), allowed.end())
        });
    }

    /// Adds `code` when there are more than `limit`.
    pub(crate) fn limit(&mut self, code: &'static str, path: &str, count: usize, limit: usize) {
        self.require(count <= limit, Stage::Limit, code, path, || {
            format!("{path} has {count} entries. Accepted: at most {limit}.")
        });
    }

    /// Adds `InvalidArgument` when `text` has more than `limit` characters.
    pub(crate) fn length(&mut self, path: &str, text: &str, limit: usize) {
        let length = text.chars().count();
        self.require(length <= limit, Stage::Field, INVALID_ARGUMENT, path, || {
            format!("{path} has {length} characters. Accepted: at most {limit}.")
        });
    }

    /// The problems, ordered by stage and, within one, by discovery.
    pub(crate) fn finish(mut self) -> Problems {
        self.found.sort_by_key(|(stage, _)| *stage);
        Problems(self.found.into_iter().map(|(_, problem)| problem).collect())
    }

    /// Whether nothing was reported.
    pub(crate) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }
}

/// CloudFront's code for whatever has no code of its own.
pub(crate) const INVALID_ARGUMENT: &str = "InvalidArgument";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_many_mistakes_makes_a_bounded_report() {
        let mut report = Report::default();
        for number in 0..5_000 {
            report.add(Stage::Limit, INVALID_ARGUMENT, format!("A[{number}]"), "many");
        }
        report.add(Stage::Required, INVALID_ARGUMENT, "B", "late but first");
        let problems = report.finish();
        assert_eq!(problems.iter().count(), MAX_OF_A_STAGE + 1);
        assert_eq!(problems.first().map(|problem| problem.path.as_str()), Some("B"));
    }

    #[test]
    fn a_long_value_is_shortened() {
        assert_eq!(Quoted("short").to_string(), "\"short\"");
        let shown = Quoted(&"\u{e9}".repeat(101)).to_string();
        assert_eq!(shown, format!("\"{}...\"", "\u{e9}".repeat(100)));
    }

    #[test]
    fn problems_come_in_the_order_of_checks_not_of_discovery() {
        let mut report = Report::default();
        report.add(Stage::Limit, "TooManyOrigins", "Origins", "many");
        report.add(Stage::Target, "NoSuchOrigin", "DefaultCacheBehavior.TargetOriginId", "none");
        report.add(Stage::Quantity, "InconsistentQuantities", "Aliases", "one");
        report.add(Stage::Quantity, "InconsistentQuantities", "Origins", "two");
        let problems = report.finish();
        let order: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(order, ["Aliases", "Origins", "DefaultCacheBehavior.TargetOriginId", "Origins"]);
        assert_eq!(problems.first().map(|problem| problem.code), Some("InconsistentQuantities"));
    }
}
