//! HTTP header fields as an ordered list: what viewer, origin and cache exchange inside the house.
//!
//! A list keeps the order and the repetitions that arrived, costs one allocation, and moves in and out of
//! the HTTP library without copying names or values. Names are lower-case ([`HeaderName`] guarantees it).

use std::cell::RefCell;

use http::header::{HeaderName, HeaderValue};

/// An ordered list of header fields; a name may occur more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Lines);

impl Fields {
    /// An empty list with room for `capacity` fields; the memory is that of a list that is done with, if there is
    /// one.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut lines = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        lines.reserve(capacity);
        Self(lines)
    }

    /// A copy with room for `extra` more field lines.
    pub fn with_room(&self, extra: usize) -> Self {
        let mut lines = Vec::with_capacity(self.0.len() + extra);
        lines.extend_from_slice(&self.0);
        Self(lines)
    }

    /// Number of field lines.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field line at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value of `name`.
    pub fn first(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.0.iter().find(|(held, _)| held == name).map(|(_, value)| value)
    }

    /// The first value of `name` as text; `None` too when it is not visible ASCII.
    pub fn first_str(&self, name: &HeaderName) -> Option<&str> {
        self.first(name).and_then(|value| value.to_str().ok())
    }

    /// Every value of `name`, in order of arrival.
    pub fn all<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a HeaderValue> + 'a {
        self.0.iter().filter(move |(held, _)| held == name).map(|(_, value)| value)
    }

    /// Every value of `name` joined with `, ` (RFC 9110 section 5.3); `None` when the field is absent.
    pub fn joined(&self, name: &HeaderName) -> Option<Vec<u8>> {
        let mut values = self.all(name);
        let mut joined = values.next()?.as_bytes().to_vec();
        for value in values {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value.as_bytes());
        }
        Some(joined)
    }

    /// Whether `name` occurs.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.first(name).is_some()
    }

    /// Adds a field line at the end.
    pub fn append(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.push((name, value));
    }

    /// Replaces every occurrence of `name` by one line.
    pub fn set(&mut self, name: HeaderName, value: HeaderValue) {
        match self.0.iter().position(|(held, _)| *held == name) {
            None => self.0.push((name, value)),
            Some(first) => {
                if let Some(slot) = self.0.get_mut(first) {
                    slot.1 = value;
                }
                let mut seen = false;
                self.0.retain(|(held, _)| *held != name || !std::mem::replace(&mut seen, true));
            }
        }
    }

    /// Removes every occurrence of `name`; says whether there was one.
    pub fn remove(&mut self, name: &HeaderName) -> bool {
        let before = self.0.len();
        self.0.retain(|(held, _)| held != name);
        self.0.len() != before
    }

    /// Keeps the field lines for which `keep` says yes.
    pub fn retain(&mut self, mut keep: impl FnMut(&HeaderName, &HeaderValue) -> bool) {
        self.0.retain(|(name, value)| keep(name, value));
    }

    /// The field lines in order.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> + '_ {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Bytes the field lines take on the wire as `name: value\r\n`.
    pub fn wire_len(&self) -> usize {
        self.0.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
    }
}

type Lines = Vec<(HeaderName, HeaderValue)>;

/// Lists that a thread keeps for later, and the largest that is worth it.
const MAX_SPARE: usize = 64;
const MAX_SPARE_LINES: usize = 128;

thread_local! {
    static SPARE: RefCell<Vec<Lines>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Fields {
    fn drop(&mut self) {
        if !(1..=MAX_SPARE_LINES).contains(&self.0.capacity()) {
            return;
        }
        let mut lines = std::mem::take(&mut self.0);
        lines.clear();
        // When the thread ends there is nobody left to keep it for.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < MAX_SPARE {
                spare.push(lines);
            }
        });
    }
}

impl FromIterator<(HeaderName, HeaderValue)> for Fields {
    fn from_iter<T: IntoIterator<Item = (HeaderName, HeaderValue)>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl IntoIterator for Fields {
    type Item = (HeaderName, HeaderValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(mut self) -> Self::IntoIter {
        std::mem::take(&mut self.0).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{ACCEPT, VIA};

    fn value(text: &'static str) -> HeaderValue {
        HeaderValue::from_static(text)
    }

    #[test]
    fn set_leaves_one_line_in_the_first_place() {
        let mut fields: Fields =
            [(VIA, value("a")), (ACCEPT, value("x")), (VIA, value("b"))].into_iter().collect();
        fields.set(VIA, value("c"));
        let lines: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        assert_eq!(lines, [("via", &b"c"[..]), ("accept", &b"x"[..])]);
    }

    #[test]
    fn repeated_lines_are_joined_in_order_of_arrival() {
        let fields: Fields = [(VIA, value("a")), (VIA, value("b"))].into_iter().collect();
        assert_eq!(fields.joined(&VIA).as_deref(), Some(&b"a, b"[..]));
        assert_eq!(fields.joined(&ACCEPT), None);
    }
}
