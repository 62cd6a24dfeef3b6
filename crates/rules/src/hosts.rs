//! Which distribution a host belongs to (E.1), and how an authority is taken apart (E07).

mod names;

use std::borrow::Cow;
use std::sync::Arc;

use names::Names;

/// Longest name that DNS knows, in bytes of text; a longer host belongs to nobody.
const MAX_HOST_BYTES: usize = 253;

/// Domain names and aliases of every distribution. A copy shares what does not change after it was made.
#[derive(Debug, Clone, Default)]
pub struct HostTable {
    exact: Names,
    /// By what follows `*.`.
    wildcards: Names,
}

impl HostTable {
    /// A table of lower-case names, each with the index of its distribution. A name may start with `*.`.
    pub fn build(entries: impl IntoIterator<Item = (Arc<str>, usize)>) -> Self {
        let mut table = Self::default();
        entries.into_iter().for_each(|(name, index)| table.insert(&name, index));
        table
    }

    /// Adds a name as [`HostTable::build`] does. Of two equal names the one with the smaller index counts; the control
    /// plane never lets two distributions share one (E05).
    pub fn insert(&mut self, name: &Arc<str>, index: usize) {
        match name.strip_prefix("*.") {
            Some(parent) => self.wildcards.insert(parent.into(), index),
            None => self.exact.insert(Arc::clone(name), index),
        }
    }

    /// Takes out a name that leads to `index`.
    pub fn remove(&mut self, name: &Arc<str>, index: usize) {
        match name.strip_prefix("*.") {
            Some(parent) => self.wildcards.remove(parent.into(), index),
            None => self.exact.remove(Arc::clone(name), index),
        }
    }

    /// The distribution that answers on `host` (without port, any case): exact names first, then the longest
    /// wildcard (E01). A wildcard covers one or more levels, but not the bare domain (E02).
    pub fn find(&self, host: &str) -> Option<usize> {
        if host.len() > MAX_HOST_BYTES {
            return None;
        }
        let host = lower_case(host);
        self.exact.find(&host).or_else(|| self.find_wildcard(&host))
    }

    fn find_wildcard(&self, host: &str) -> Option<usize> {
        if self.wildcards.is_empty() {
            return None;
        }
        host.match_indices('.')
            .filter(|(dot, _)| *dot > 0)
            .filter_map(|(dot, _)| host.get(dot + 1..))
            .find_map(|parent| self.wildcards.find(parent))
    }
}

fn lower_case(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// Splits `Host` or `:authority` into host and port; an IPv6 address keeps its brackets, an empty port counts
/// as none (RFC 3986 section 3.2). `None` when it is not `host [":" port]`; user information is not allowed.
pub fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => split_literal(authority, inner)?,
        None => authority.split_at(memchr::memchr(b':', authority.as_bytes()).unwrap_or(authority.len())),
    };
    if host.is_empty()
        || !authority.starts_with('[') && !host.bytes().all(|byte| HOST_BYTES[usize::from(byte)])
    {
        return None;
    }
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Some((host, None)),
        None => None,
        Some("") => Some((host, None)),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((host, Some(port.parse().ok()?)))
        }
        Some(_) => None,
    }
}

/// Splits `[v6]:port` after the bracket; `inner` is `authority` without the opening one.
fn split_literal<'a>(authority: &'a str, inner: &str) -> Option<(&'a str, &'a str)> {
    let end = inner.find(']')?;
    inner.get(..end)?.parse::<std::net::Ipv6Addr>().ok()?;
    authority.split_at_checked(end + 2)
}

/// Letters, digits and what registered names may hold besides, percent-encoding excluded (RFC 3986 3.2.2).
/// A table, because every request's host is checked byte by byte.
static HOST_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    table
};
