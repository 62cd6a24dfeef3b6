//! Which query parameters, cookies and headers a configuration chooses, applied to a request (D.2, D.6).
//!
//! Shared by the cache key and by what an origin gets to see, so that the two cannot disagree (D11).

use std::borrow::Cow;

use http::header::{COOKIE, HeaderName};

use crate::Fields;
use crate::model::{CacheBehavior, HeaderSelection, NameSelection};

impl NameSelection {
    /// Whether the whole name `name` is chosen (D16).
    pub fn selects(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Except(names) => !names.iter().any(|listed| **listed == *name),
            Self::None => false,
            Self::Only(names) => names.iter().any(|listed| **listed == *name),
            Self::OnlyMatching(patterns) => patterns.iter().any(|pattern| pattern.matches(name)),
        }
    }
}

impl HeaderSelection {
    /// Whether a viewer's header `name` is chosen (D61).
    pub fn selects(&self, name: &HeaderName) -> bool {
        match self {
            Self::AllViewer | Self::AllViewerAnd(_) => true,
            Self::AllViewerExcept(names) => !names.contains(name),
            Self::None => false,
            Self::Only(names) => names.contains(name),
        }
    }
}

impl CacheBehavior {
    /// Whether the cache key or the origin request policy sends the viewer's header `name` to origins (D62).
    pub fn forwards_header(&self, name: &HeaderName) -> bool {
        self.caching.key.headers.contains(name) || self.forwarding.headers.selects(name)
    }
}

// === query parameters ===

/// The parameters of `query` whose names `chosen` accepts, in the viewer's order, repetitions kept (D14).
/// Names and values are compared and kept as they were sent; `&` is the only separator (D12, D13).
pub(crate) fn query<'a>(query: &'a str, chosen: &[&NameSelection]) -> Cow<'a, str> {
    if chosen.iter().any(|selection| matches!(selection, NameSelection::All)) {
        return Cow::Borrowed(query);
    }
    if chosen.iter().all(|selection| selection.is_none()) {
        return Cow::Borrowed("");
    }
    let mut kept = String::with_capacity(query.len());
    for parameter in query.split('&') {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        if !name.is_empty() && chosen.iter().any(|selection| selection.selects(name)) {
            if !kept.is_empty() {
                kept.push('&');
            }
            kept.push_str(parameter);
        }
    }
    Cow::Owned(kept)
}

// === cookies ===

/// A cookie of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value, quotes included.
    pub value: &'a str,
}

/// The cookies of a request whose names `chosen` accepts, sorted by name (D20).
///
/// Names that begin with `$` are dropped. A `Cookie` field that is not a list of `name=value` yields none at
/// all (D21). Several lines, as HTTP/2 sends them, count as one (RFC 9113 section 8.2.3).
pub(crate) fn cookies<'a>(fields: &'a Fields, chosen: &[&NameSelection]) -> Vec<Cookie<'a>> {
    if chosen.iter().all(|selection| selection.is_none()) {
        return Vec::new();
    }
    let mut cookies = all_cookies(fields).unwrap_or_default();
    cookies.retain(|cookie| {
        !cookie.name.starts_with('$') && chosen.iter().any(|selection| selection.selects(cookie.name))
    });
    cookies.sort_by_key(|cookie| cookie.name);
    cookies
}

fn all_cookies(fields: &Fields) -> Option<Vec<Cookie<'_>>> {
    let mut cookies = Vec::new();
    for line in fields.all(&COOKIE) {
        let line = std::str::from_utf8(line.as_bytes()).ok()?;
        for pair in line.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let name = name.trim_end();
            if name.is_empty() {
                return None;
            }
            cookies.push(Cookie { name, value });
        }
    }
    Some(cookies)
}
