//! Pages of keys: prefix, delimiter, and where to go on.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::record::ObjectRecord;

/// What a list shows of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) size: u64,
    pub(crate) etag: Box<str>,
    pub(crate) modified_ms: u64,
}

/// Which page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Only keys that begin with it.
    pub(crate) prefix: &'a str,
    /// Keys that have it after the prefix are shown as one; empty for none.
    pub(crate) delimiter: &'a str,
    /// Only what comes after it.
    pub(crate) after: &'a str,
    /// The most entries.
    pub(crate) limit: usize,
}

/// An entry of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An object and its key.
    Object(String, Listed),
    /// What several keys begin with.
    CommonPrefix(String),
}

/// A page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// In the order of their names.
    pub(crate) entries: Vec<Entry>,
    /// Where the next page goes on, when there is one.
    pub(crate) next: Option<String>,
}

// === impl Listed ===

impl Listed {
    pub(crate) fn of(record: &ObjectRecord) -> Self {
        Self { size: record.size, etag: record.etag.as_str().into(), modified_ms: record.modified_ms }
    }
}

// === impl Entry ===

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Object(name, _) | Self::CommonPrefix(name) => name,
        }
    }
}

/// The page that is asked for. It steps over what a common prefix stands for instead of reading it.
pub(super) fn page(objects: &BTreeMap<String, Listed>, asked: &Asked<'_>) -> Page {
    let mut page = Page::default();
    if asked.limit == 0 {
        return page;
    }
    let mut from = start(asked);
    while let Some((key, listed)) = objects.range::<str, _>((bound(&from), Bound::Unbounded)).next() {
        if !key.starts_with(asked.prefix) {
            break;
        }
        if page.entries.len() == asked.limit {
            page.next = page.entries.last().map(|entry| entry.name().to_owned());
            break;
        }
        match common_prefix(key, asked) {
            Some(common) => {
                from = after_all_with(common);
                page.entries.push(Entry::CommonPrefix(common.to_owned()));
            }
            None => {
                from = Bound::Excluded(key.clone());
                page.entries.push(Entry::Object(key.clone(), listed.clone()));
            }
        }
        if matches!(from, Bound::Unbounded) {
            break;
        }
    }
    page
}

fn start(asked: &Asked<'_>) -> Bound<String> {
    if asked.after < asked.prefix || asked.after.is_empty() {
        return Bound::Included(asked.prefix.to_owned());
    }
    // After a common prefix comes what it does not stand for.
    match common_prefix(asked.after, asked) {
        Some(common) if common == asked.after => after_all_with(common),
        _ => Bound::Excluded(asked.after.to_owned()),
    }
}

fn bound(from: &Bound<String>) -> Bound<&str> {
    match from {
        Bound::Included(key) => Bound::Included(key),
        Bound::Excluded(key) => Bound::Excluded(key),
        Bound::Unbounded => Bound::Unbounded,
    }
}

fn common_prefix<'a>(key: &'a str, asked: &Asked<'_>) -> Option<&'a str> {
    let rest = key.strip_prefix(asked.prefix)?;
    let at = if asked.delimiter.is_empty() { None } else { rest.find(asked.delimiter) }?;
    key.get(..asked.prefix.len() + at + asked.delimiter.len())
}

/// The first key that does not begin with `prefix` and comes after those that do; unbounded when there can be none.
fn after_all_with(prefix: &str) -> Bound<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // Characters are ordered as their UTF-8; the gap of the surrogates is stepped over.
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            char::MAX => None,
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            characters.push(next);
            return Bound::Included(characters.into_iter().collect());
        }
    }
    Bound::Unbounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(keys: &[&str]) -> BTreeMap<String, Listed> {
        let listed = Listed { size: 1, etag: "e".into(), modified_ms: 0 };
        keys.iter().map(|key| ((*key).to_owned(), listed.clone())).collect()
    }

    fn names(page: &Page) -> Vec<&str> {
        page.entries.iter().map(Entry::name).collect()
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_repetition() {
        let objects = objects(&["a", "b/1", "b/2", "b0", "c/x/1", "c/y", "d", "\u{fc}/1", "\u{10ffff}/1"]);
        for (prefix, delimiter) in [("", ""), ("", "/"), ("b", "/"), ("c/", "/"), ("c/x", ""), ("", "x/")] {
            let asked = Asked { prefix, delimiter, after: "", limit: 1000 };
            let all = page(&objects, &asked);
            assert_eq!(all.next, None);
            for limit in 1..4 {
                let (mut after, mut seen) = (String::new(), Vec::new());
                loop {
                    let part = page(&objects, &Asked { after: &after, limit, ..asked });
                    assert!(part.entries.len() <= limit);
                    seen.extend(part.entries);
                    let Some(next) = part.next else { break };
                    after = next;
                }
                assert_eq!(seen, all.entries, "{prefix} {delimiter} {limit}");
            }
        }
    }

    #[test]
    fn keys_below_a_delimiter_are_one_entry() {
        let objects = objects(&["a", "b/1", "b/2", "b0", "c/x/1"]);
        let asked = Asked { prefix: "", delimiter: "/", after: "", limit: 1000 };
        assert_eq!(names(&page(&objects, &asked)), ["a", "b/", "b0", "c/"]);
        assert_eq!(names(&page(&objects, &Asked { prefix: "b/", ..asked })), ["b/1", "b/2"]);
        assert_eq!(names(&page(&objects, &Asked { after: "b/1", ..asked })), ["b/", "b0", "c/"]);
        assert_eq!(page(&objects, &Asked { limit: 0, ..asked }), Page::default());
    }
}
