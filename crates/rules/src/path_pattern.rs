//! Path patterns of cache behaviors, and the form of a path that they are compared with (E.5).
//!
//! `*` stands for any number of characters, `/` included, and `?` for exactly one; nothing else is special.
//! Which behavior wins is [`crate::model::Behaviors::find`]; the path that an origin sees is the raw one.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;

/// A compiled path pattern. Also serves the name patterns of legacy cookie lists (D16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: Arc<str>,
    matcher: Matcher,
}

/// The cheapest comparison that decides a pattern. Texts are without the leading `/` (E42).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Matcher {
    Anything,
    General(Box<str>),
    Literal(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
}

impl PathPattern {
    /// Compiles a pattern; a leading `/` is optional and meaningless (E42).
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), matcher: Matcher::of(without_slash(text)) }
    }

    /// Whether the pattern matches the whole of `path`, case-sensitively (E41).
    pub fn matches(&self, path: &str) -> bool {
        let path = without_slash(path);
        match &self.matcher {
            Matcher::Anything => true,
            Matcher::General(pattern) => wildcard_matches(pattern, path),
            Matcher::Literal(text) => **text == *path,
            Matcher::Prefix(start) => path.starts_with(&**start),
            Matcher::Suffix(end) => path.ends_with(&**end),
        }
    }

    /// The pattern as configured.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern as configured, to keep.
    pub const fn shared(&self) -> &Arc<str> {
        &self.text
    }
}

impl Matcher {
    fn of(pattern: &str) -> Self {
        let special = |text: &str| text.contains(['*', '?']);
        if !special(pattern) {
            return Self::Literal(pattern.into());
        }
        if pattern == "*" {
            return Self::Anything;
        }
        match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
            (Some(start), _) if !special(start) => Self::Prefix(start.into()),
            (_, Some(end)) if !special(end) => Self::Suffix(end.into()),
            _ => Self::General(pattern.into()),
        }
    }
}

fn without_slash(text: &str) -> &str {
    text.strip_prefix('/').unwrap_or(text)
}

/// Whether `pattern` with `*` and `?` matches the whole of `text`.
///
/// Two positions and one place to return to: after a mismatch only the last `*` takes one more character, so
/// that time is at most the product of the lengths whatever the pattern.
pub(crate) fn wildcard_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(seen) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                retry = Some((at, seen));
            }
            Some(b'?') => {
                at += 1;
                seen += char_len(byte);
            }
            Some(&wanted) if wanted == byte => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                let next = taken + text.get(taken).map_or(1, |first| char_len(*first));
                (at, seen) = (after_star, next);
                retry = Some((after_star, next));
            }
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// Bytes of the character that begins with `first`: `?` takes a character, not a byte.
const fn char_len(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    }
}

// === impl normalize ===

/// The form of `path` that patterns are compared with (E46): unreserved characters decoded, repeated `/`
/// merged, dot segments removed, in this order. Always begins with `/`. Normalising twice changes nothing.
pub fn normalize(path: &str) -> Cow<'_, str> {
    if is_plain(path) {
        return Cow::Borrowed(path);
    }
    let normalized = rebuild(path);
    if normalized == path { Cow::Borrowed(path) } else { Cow::Owned(normalized) }
}

/// Whether nothing in `path` could need a change: the usual case, decided without allocating.
fn is_plain(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with('/')
        && memchr::memchr(b'%', bytes).is_none()
        && memmem::find(bytes, b"//").is_none()
        && memmem::find(bytes, b"/.").is_none()
}

fn rebuild(path: &str) -> String {
    let mut kept: Vec<Cow<'_, str>> = Vec::new();
    let mut ends_open = false;
    for segment in path.split('/') {
        let segment = decode_unreserved(segment);
        ends_open = matches!(&*segment, "" | "." | "..");
        match &*segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut normalized = String::with_capacity(path.len() + 1);
    for segment in &kept {
        normalized.push('/');
        normalized.push_str(segment);
    }
    if ends_open || normalized.is_empty() {
        normalized.push('/');
    }
    normalized
}

/// Decodes `%41` to `A` and the like. A segment with a malformed `%` is left alone: decoding beside it could
/// create a new escape, and such a request has been refused anyway (E14).
fn decode_unreserved(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') || !has_valid_escapes(segment) {
        return Cow::Borrowed(segment);
    }
    let mut decoded = String::with_capacity(segment.len());
    let mut parts = segment.split('%');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match unreserved(part) {
            Some((character, rest)) => {
                decoded.push(character);
                decoded.push_str(rest);
            }
            None => {
                decoded.push('%');
                decoded.push_str(part);
            }
        }
    }
    Cow::Owned(decoded)
}

/// Whether every `%` is followed by two hexadecimal digits (RFC 3986 section 2.1).
pub(crate) fn has_valid_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|part| escaped_byte(part).is_some())
}

fn escaped_byte(after_percent: &str) -> Option<u8> {
    let digits =
        after_percent.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

fn unreserved(after_percent: &str) -> Option<(char, &str)> {
    let byte = escaped_byte(after_percent)?;
    let is_unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    Some((char::from(byte), after_percent.get(2..)?)).filter(|_| is_unreserved)
}
