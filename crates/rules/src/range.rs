//! Which bytes of an object a viewer asks for, and what of them there is (I.1, RFC 9110 section 14).
//!
//! [`Wanted`] is what `Range` says, read once for each request; [`cut`] is what it means for an object of a known
//! length; [`received`] judges the parts that origins send. Truth table: `docs/rules/range.md`.

use std::fmt;
use std::sync::Arc;

use http::header::{CONTENT_RANGE, HeaderValue, RANGE};
use http::{Method, StatusCode};

use crate::limits::MAX_RANGES;
use crate::{Because, Fields};

/// One range of bytes, as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteRange {
    /// From an offset to another, both included, or to the end.
    From {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: Option<u64>,
    },
    /// So many bytes at the end.
    Last(u64),
}

/// What a viewer asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The object: there is no range, or none that can be used (I06).
    #[default]
    Whole,
    /// One range.
    Part(ByteRange),
    /// Several, ascending and apart from each other (I07).
    Parts(Arc<[ByteRange]>),
}

/// Bytes of an object: at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
}

/// What a viewer gets of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// All of it, with 200.
    Whole,
    /// One part, with 206.
    Part(Span),
    /// Several parts, with 206 and `multipart/byteranges` (I07).
    Parts(Vec<Span>),
    /// Nothing: 416 (I08).
    Nothing,
}

// === impl ByteRange ===

impl ByteRange {
    /// A range such as `0-99`, `100-` or `-500`. Numbers beyond what can be counted are as large as can be.
    fn read(text: &[u8]) -> Option<Self> {
        let dash = text.iter().position(|byte| *byte == b'-')?;
        let (first, last) = (text.get(..dash)?, text.get(dash + 1..)?);
        match (number(first), number(last)) {
            (None, Some(count)) if first.is_empty() => Some(Self::Last(count)),
            (Some(first), None) if last.is_empty() => Some(Self::From { first, last: None }),
            (Some(first), Some(last)) if first <= last => Some(Self::From { first, last: Some(last) }),
            _ => None,
        }
    }

    /// What there is of it in an object of `length` bytes.
    pub fn of(self, length: u64) -> Option<Span> {
        let (start, end) = match self {
            Self::From { first, last: Some(last) } => (first, last.saturating_add(1).min(length)),
            Self::From { first, last: None } => (first, length),
            Self::Last(count) => (length.saturating_sub(count), length),
        };
        (start < end).then_some(Span { start, end })
    }

    /// Whether another range may follow this one in a list.
    const fn comes_before(self, next: Self) -> bool {
        match (self, next) {
            (Self::From { last: Some(last), .. }, Self::From { first, .. }) => last < first,
            (Self::From { last: Some(_), .. }, Self::Last(_)) => true,
            (Self::From { last: None, .. } | Self::Last(_), _) => false,
        }
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From { first, last: Some(last) } => write!(out, "{first}-{last}"),
            Self::From { first, last: None } => write!(out, "{first}-"),
            Self::Last(count) => write!(out, "-{count}"),
        }
    }
}

/// Digits, and nothing else.
fn number(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        text.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

// === impl Wanted ===

impl Wanted {
    /// What a request asks for. Only GET has ranges (RFC 9110 section 14.2); a list that descends, overlaps or cannot
    /// be read is as good as none (I06).
    pub fn by(method: &Method, request: &Fields) -> Self {
        if *method != Method::GET {
            return Self::Whole;
        }
        let mut lines = request.all(&RANGE);
        match (lines.next(), lines.next()) {
            (Some(line), None) => Self::read(line.as_bytes()).unwrap_or_default(),
            _ => Self::Whole,
        }
    }

    fn read(value: &[u8]) -> Option<Self> {
        let (unit, list) = value.split_at_checked(value.iter().position(|byte| *byte == b'=')?)?;
        if !unit.trim_ascii().eq_ignore_ascii_case(b"bytes") {
            return None;
        }
        let mut ranges: Vec<ByteRange> = Vec::new();
        let items = list.get(1..)?.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        for item in items.filter(|item| !item.is_empty()) {
            let range = ByteRange::read(item)?;
            let fits = ranges.last().is_none_or(|before| before.comes_before(range));
            if !fits || ranges.len() == MAX_RANGES {
                return None;
            }
            ranges.push(range);
        }
        match ranges.as_slice() {
            [] => None,
            [range] => Some(Self::Part(*range)),
            _ => Some(Self::Parts(ranges.into())),
        }
    }

    /// The range, if it is one alone: such a part can be stored (I03).
    pub const fn part(&self) -> Option<ByteRange> {
        match self {
            Self::Part(range) => Some(*range),
            Self::Whole | Self::Parts(_) => None,
        }
    }
}

/// What a viewer who wants `wanted` gets of an object of `length` bytes.
pub fn cut(wanted: &Wanted, length: u64) -> Cut {
    match wanted {
        Wanted::Whole => Cut::Whole,
        // There is no way to name the last bytes of nothing.
        Wanted::Part(ByteRange::Last(count)) if length == 0 && *count > 0 => Cut::Whole,
        Wanted::Part(range) => range.of(length).map_or(Cut::Nothing, Cut::Part),
        Wanted::Parts(ranges) => several(ranges, length),
    }
}

fn several(ranges: &[ByteRange], length: u64) -> Cut {
    let spans: Vec<Span> = ranges.iter().filter_map(|range| range.of(length)).collect();
    // Where the last bytes begin is known only now.
    let apart = spans.iter().zip(spans.iter().skip(1)).all(|(one, next)| one.end <= next.start);
    match spans.as_slice() {
        _ if !apart => Cut::Whole,
        [] if length == 0 => Cut::Whole,
        [] => Cut::Nothing,
        [span] => Cut::Part(*span),
        _ => Cut::Parts(spans),
    }
}

// === impl Span ===

impl Span {
    /// Bytes in it; never 0.
    #[expect(clippy::len_without_is_empty, reason = "it has at least one byte")]
    pub const fn len(self) -> u64 {
        self.end - self.start
    }

    /// `Content-Range` of this part of an object of `length` bytes.
    pub fn content_range(self, length: u64) -> HeaderValue {
        as_value(format!("bytes {}-{}/{length}", self.start, self.end.saturating_sub(1)))
    }
}

/// `Content-Range` of a 416 (I08).
pub fn unsatisfied(length: u64) -> HeaderValue {
    as_value(format!("bytes */{length}"))
}

fn as_value(text: String) -> HeaderValue {
    // Digits and punctuation are always a header value.
    HeaderValue::try_from(text).unwrap_or(const { HeaderValue::from_static("bytes */*") })
}

// === parts that origins send ===

/// What becomes of a 206 of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is the part that was asked for, and can be stored (I03).
    AsAsked,
    /// Its lengths contradict each other: an error of the origin (I13).
    Contradiction,
    /// For this viewer only.
    Other(Because),
}

/// Judges the 206 of an origin that was asked for `wanted`; `body_length` is the length of its body, if declared.
pub fn received(wanted: &Wanted, fields: &Fields, body_length: Option<u64>) -> Received {
    let Some((span, length)) = content_range(fields) else {
        return Received::Other(Because::new("I07", "not a single part"));
    };
    if body_length.is_some_and(|sent| sent != span.len()) {
        return Received::Contradiction;
    }
    let Some(range) = wanted.part() else {
        return Received::Other(Because::new("I03", "a part that was not asked for"));
    };
    let exact = match length {
        Some(length) => range.of(length),
        // Of an object of unknown length only what has both ends can be told to be all.
        None => range.of(u64::MAX).filter(|asked| asked.end < u64::MAX),
    };
    match exact == Some(span) {
        true => Received::AsAsked,
        false => Received::Other(Because::new("I03", "another part than was asked for")),
    }
}

/// Whether a response is a 206 whose lengths contradict each other (I13).
pub fn contradicts_itself(status: StatusCode, fields: &Fields, body_length: Option<u64>) -> bool {
    status == StatusCode::PARTIAL_CONTENT
        && received(&Wanted::Whole, fields, body_length) == Received::Contradiction
}

/// The part that `Content-Range` names, and the length of the whole unless that is unknown.
fn content_range(fields: &Fields) -> Option<(Span, Option<u64>)> {
    let mut lines = fields.all(&CONTENT_RANGE);
    let value = lines.next().filter(|_| lines.next().is_none())?.as_bytes().trim_ascii();
    let (unit, rest) = value.split_at_checked(value.iter().position(|byte| *byte == b' ')?)?;
    let (range, length) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'/')?)?;
    let length = match length.get(1..)?.trim_ascii() {
        b"*" => None,
        digits => Some(number(digits)?),
    };
    match ByteRange::read(range.trim_ascii())? {
        ByteRange::From { first, last: Some(last) }
            if unit.eq_ignore_ascii_case(b"bytes") && length.is_none_or(|length| last < length) =>
        {
            Some((Span { start: first, end: last.checked_add(1)? }, length))
        }
        ByteRange::From { .. } | ByteRange::Last(_) => None,
    }
}
