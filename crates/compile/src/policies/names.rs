//! Which names a policy chooses: a word such as `whitelist` or `allExcept`, and the list beside it (D10, D61).
//!
//! Cache policies and origin request policies say it in the same way for headers, cookies and query parameters.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::header::HeaderName;
use rules::model::NameSelection;
use shapes::Counted;

use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

/// One choice of a policy.
pub(crate) struct Choice<'a> {
    /// Where it is in the document: `...CookiesConfig`.
    pub(crate) path: String,
    /// The member that holds the word: `CookieBehavior`.
    pub(crate) behavior: &'static str,
    /// The member that holds the list: `Cookies`.
    pub(crate) list: &'static str,
    /// The word.
    pub(crate) word: &'a str,
    /// The names.
    pub(crate) names: Vec<&'a str>,
}

/// The names of a list that may be absent.
pub(crate) fn listed(list: Option<&Counted<String>>) -> Vec<&str> {
    list.into_iter().flatten().map(String::as_str).collect()
}

/// Words that want names beside them.
const WANT_NAMES: [&str; 3] = ["whitelist", "allExcept", "allViewerAndWhitelistCloudFront"];
/// Words that want none.
const WANT_NONE: [&str; 3] = ["none", "all", "allViewer"];

impl Choice<'_> {
    /// Path of the list.
    pub(crate) fn list_path(&self) -> String {
        format!("{}.{}", self.path, self.list)
    }

    /// Path of one name.
    pub(crate) fn item_path(&self, index: usize) -> String {
        format!("{}.{}.Items[{index}]", self.path, self.list)
    }

    /// Reports names without a word that wants them and the other way round, names twice, and more than `limit`.
    pub(crate) fn check(&self, report: &mut Report, too_many: &'static str, limit: usize) {
        let (path, count) = (self.list_path(), self.names.len());
        let (behavior, word) = (self.behavior, self.word);
        report.require(
            count > 0 || !WANT_NAMES.contains(&word),
            Stage::Field,
            INVALID_ARGUMENT,
            &path,
            || format!("{path} is empty, but {behavior} is {word}. Accepted: at least one name."),
        );
        report.require(
            count == 0 || !WANT_NONE.contains(&word),
            Stage::Field,
            INVALID_ARGUMENT,
            &path,
            || format!("{path} has {count} names, but {behavior} is {word}. Accepted: no names with {word}."),
        );
        report.limit(too_many, &path, count, limit);
    }

    /// Reports a name that stands there before; `as_compared` makes equal what counts as the same name.
    pub(crate) fn check_once(&self, report: &mut Report, as_compared: fn(&str) -> String) {
        let mut seen = BTreeSet::new();
        for (index, name) in self.names.iter().enumerate() {
            let path = self.item_path(index);
            let is_new = seen.insert(as_compared(name));
            report.require(is_new, Stage::Field, INVALID_ARGUMENT, &path, || {
                format!("{path} {} is there already. Accepted: each name once.", Quoted(name))
            });
        }
    }

    /// Reports names that no cookie or query parameter can have: empty ones, and those with a character that
    /// would end the name.
    pub(crate) fn check_names(&self, report: &mut Report, separators: &[u8]) {
        for (index, name) in self.names.iter().enumerate() {
            let path = self.item_path(index);
            let allowed = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_graphic() && !separators.contains(&byte));
            report.require(allowed, Stage::Field, INVALID_ARGUMENT, &path, || {
                let separators = String::from_utf8_lossy(separators);
                format!("{path} is {}. Accepted: visible ASCII characters except {separators}.", Quoted(name))
            });
        }
        self.check_once(report, str::to_owned);
    }

    /// Cookies or query parameters as the model says them; an unknown word, which has been reported, is none.
    pub(crate) fn selection(&self) -> NameSelection {
        let names = || self.names.iter().map(|name| Arc::from(*name)).collect();
        match self.word {
            "all" => NameSelection::All,
            "allExcept" => NameSelection::Except(names()),
            "whitelist" => NameSelection::Only(names()),
            _ => NameSelection::None,
        }
    }

    /// The names as header names, sorted; what is none has been reported.
    pub(crate) fn header_names(&self) -> Box<[HeaderName]> {
        let mut names: Vec<_> =
            self.names.iter().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()).collect();
        names.sort_by(|left, right| left.as_str().cmp(right.as_str()));
        names.dedup();
        names.into()
    }
}

/// Reports more than `limit` characters in all names of a policy (D25).
pub(crate) fn check_total(report: &mut Report, path: &str, choices: &[&Choice<'_>], limit: usize) {
    let total: usize = choices.iter().flat_map(|choice| &choice.names).map(|name| name.len()).sum();
    report.require(total <= limit, Stage::Limit, INVALID_ARGUMENT, path, || {
        format!("{path} has {total} characters in names of headers, cookies and query parameters. Accepted: at most {limit}.")
    });
}

/// Reports what no policy of any kind may be called, and too long a comment.
pub(crate) fn check_title(report: &mut Report, name: &str, comment: Option<&str>) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    report.require(!name.is_empty(), Stage::Required, INVALID_ARGUMENT, "Name", || {
        format!("Name is empty. Accepted: 1 to {MAX_TITLE} letters, digits, - and _.")
    });
    report.require(name.bytes().all(allowed), Stage::Field, INVALID_ARGUMENT, "Name", || {
        format!("Name is {}. Accepted: 1 to {MAX_TITLE} letters, digits, - and _.", Quoted(name))
    });
    report.length("Name", name, MAX_TITLE);
    report.length("Comment", comment.unwrap_or_default(), MAX_TITLE);
}

/// Most characters of a policy's name and of its comment.
const MAX_TITLE: usize = 128;

/// An empty list where the word wants no names is not shown.
pub(crate) fn drop_empty(list: &mut Option<Counted<String>>, word: &str) {
    if WANT_NONE.contains(&word) && list.as_ref().is_some_and(|list| list.is_empty() && list.quantity == 0) {
        *list = None;
    }
}
