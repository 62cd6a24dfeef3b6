//! What identifies a stored object: the cache key (group D).
//!
//! Default: distribution and path (D01). A cache policy or legacy settings add query parameters, headers and
//! cookies (D10). The viewer's host, scheme and the origin are never part of it (D02, D06), except that a
//! policy may name `Host` like any other header. Truth table: `docs/rules/cache-key.md`.

use std::borrow::Cow;
use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::{BufMut, Bytes, BytesMut};
use http::Version;
use http::header::{ACCEPT_ENCODING, HOST, HeaderName};

use crate::generated::{Generated, forwarded_for};
use crate::model::{CacheBehavior, Distribution, KeyParts, Origin, Target};
use crate::names::{X_FORWARDED_FOR, is_generated};
use crate::range::ByteRange;
use crate::request::RequestHead;
use crate::selection;

/// Which answers a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// GET; also answers HEAD (D03, B66).
    Get,
    /// Learned by HEAD: answers HEAD only (D03, B66).
    HeadOnly,
    /// OPTIONS as a cached method is kept apart (D04).
    Options,
}

/// Identifies a stored object. Cheap to make, to clone and to compare; [`CacheKey::detached`] makes one to keep.
#[derive(Debug, Clone)]
pub struct CacheKey {
    bytes: Bytes,
    hash: u64,
    distribution_end: u32,
    path_end: u32,
}

impl CacheKey {
    /// A key of its parts. `path_and_query` is the path plus `?` and those query parameters that are in the
    /// key; `rest` is everything else, unambiguously encoded.
    pub fn new(distribution_id: &str, variant: Variant, path_and_query: &str, rest: &[u8]) -> Self {
        let mut draft = Draft::begin(distribution_id, variant, path_and_query, "", rest.len());
        draft.bytes.extend_from_slice(rest);
        draft.finish()
    }

    /// The same key in memory of its own: other keys of its time share a larger piece, which would stay with it.
    pub fn detached(&self) -> Self {
        Self { bytes: Bytes::copy_from_slice(&self.bytes), ..*self }
    }

    /// The key of a part of the object (I03). It has the object's path, so that an invalidation means both.
    pub fn of_part(&self, range: ByteRange) -> Self {
        let mut bytes = BytesMut::with_capacity(self.bytes.len() + RANGE_BYTES);
        bytes.extend_from_slice(&self.bytes);
        let (distribution_end, path_end) = (self.distribution_end as usize, self.path_end as usize);
        let mut draft = Draft { bytes, distribution_end, path_end };
        draft.add(PartKind::Range, "", range.to_string().as_bytes());
        Self::sealed(draft.bytes.freeze(), distribution_end, path_end)
    }

    /// The distribution's id.
    pub fn distribution_id(&self) -> &str {
        self.text(0, self.distribution_end as usize)
    }

    /// Path and the query parameters that are in the key: what invalidation paths are compared with (K05).
    pub fn path_and_query(&self) -> &str {
        self.text(self.distribution_end as usize + 1, self.path_end as usize)
    }

    /// A hash of the whole key, equal for equal keys within one process.
    pub const fn hash64(&self) -> u64 {
        self.hash
    }

    /// The key as bytes. With the lengths of its distribution's id and of its path and query it is unambiguous, in
    /// any process: what is kept under a key outside of memory is told apart by these.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes that the key occupies.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    fn text(&self, from: usize, to: usize) -> &str {
        self.bytes.get(from..to).and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default()
    }
}

impl PartialEq for CacheKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && self.distribution_end == other.distribution_end
            && self.path_end == other.path_end
            && self.bytes == other.bytes
    }
}

impl Eq for CacheKey {}

impl Hash for CacheKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

// === impl Draft ===

/// A key that is being written: distribution, variant, path and query, then the rest.
struct Draft {
    bytes: BytesMut,
    distribution_end: usize,
    path_end: usize,
}

/// Room for the usual rest of a key: one normalised `Accept-Encoding`.
const USUAL_REST_BYTES: usize = 32;
/// Room that the keys of a thread share, in bytes. It is used again when none of them is left.
const SHARED_BYTES: usize = 4096;

/// Room for the text of a range.
const RANGE_BYTES: usize = 64;

thread_local! {
    static ROOM: Cell<BytesMut> = Cell::default();
}

impl Draft {
    fn begin(distribution_id: &str, variant: Variant, path: &str, query: &str, rest_len: usize) -> Self {
        let mut bytes = ROOM.take();
        let needed = distribution_id.len() + path.len() + query.len() + rest_len + 3;
        if bytes.capacity() < needed {
            bytes.reserve(needed.max(SHARED_BYTES));
        }
        bytes.extend_from_slice(distribution_id.as_bytes());
        let distribution_end = bytes.len();
        bytes.put_u8(match variant {
            Variant::Get => b'G',
            Variant::HeadOnly => b'H',
            Variant::Options => b'O',
        });
        bytes.extend_from_slice(path.as_bytes());
        // A bare `?` equals no query (D15).
        if !query.is_empty() {
            bytes.put_u8(b'?');
            bytes.extend_from_slice(query.as_bytes());
        }
        let path_end = bytes.len();
        bytes.put_u8(0);
        Self { bytes, distribution_end, path_end }
    }

    /// Adds one part; lengths in front keep any two lists of parts apart.
    fn add(&mut self, kind: PartKind, name: &str, value: &[u8]) {
        self.bytes.put_u8(match kind {
            PartKind::AcceptEncoding => b'E',
            PartKind::Cookie => b'C',
            PartKind::Header => b'H',
            PartKind::Range => b'R',
        });
        for text in [name.as_bytes(), value] {
            self.bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            self.bytes.extend_from_slice(text);
        }
    }

    fn finish(mut self) -> CacheKey {
        let bytes = self.bytes.split().freeze();
        ROOM.set(self.bytes);
        CacheKey::sealed(bytes, self.distribution_end, self.path_end)
    }
}

impl CacheKey {
    fn sealed(bytes: Bytes, distribution_end: usize, path_end: usize) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Self {
            hash: hasher.finish(),
            bytes,
            distribution_end: u32::try_from(distribution_end).unwrap_or(u32::MAX),
            path_end: u32::try_from(path_end).unwrap_or(u32::MAX),
        }
    }
}

// === building a key from a request ===

/// What a part of the key besides path and query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartKind {
    AcceptEncoding,
    Cookie,
    Header,
    Range,
}

/// The key under which the answer to `head` is looked up and stored.
pub fn build(
    distribution: &Distribution,
    behavior: &CacheBehavior,
    head: &RequestHead,
    variant: Variant,
) -> CacheKey {
    let query = key_query(behavior, head);
    let mut draft = Draft::begin(&distribution.id, variant, &head.path, &query, USUAL_REST_BYTES);
    visit(distribution, behavior, head, |kind, name, value| draft.add(kind, name, value));
    draft.finish()
}

/// The parts of the key that [`build`] makes, as words for people: name and value.
pub fn parts(
    distribution: &Distribution,
    behavior: &CacheBehavior,
    head: &RequestHead,
    variant: Variant,
) -> Vec<(String, String)> {
    let mut parts = vec![
        ("distribution".to_owned(), distribution.id.to_string()),
        ("path".to_owned(), head.path.to_string()),
    ];
    match variant {
        Variant::Get => {}
        Variant::HeadOnly => parts.push(("method".to_owned(), "HEAD".to_owned())),
        Variant::Options => parts.push(("method".to_owned(), "OPTIONS".to_owned())),
    }
    let query = key_query(behavior, head);
    if !query.is_empty() {
        parts.push(("query".to_owned(), query.into_owned()));
    }
    visit(distribution, behavior, head, |kind, name, value| {
        let name = match kind {
            PartKind::Cookie => format!("cookie {name}"),
            PartKind::AcceptEncoding | PartKind::Header | PartKind::Range => format!("header {name}"),
        };
        parts.push((name, String::from_utf8_lossy(value).into_owned()));
    });
    parts
}

/// `Accept-Encoding` as the key has it when the policy normalises it (D30): `br,gzip`, `br`, `gzip` or nothing.
/// A coding with `q=0` is not offered, `*` is not expanded (D32); HTTP/1.0 viewers offer nothing (D34).
pub fn normalized_accept_encoding(key: &KeyParts, head: &RequestHead) -> Option<&'static str> {
    if !(key.gzip || key.brotli) || head.version < Version::HTTP_11 {
        return None;
    }
    let (mut gzip, mut brotli) = (false, false);
    for line in head.fields.all(&ACCEPT_ENCODING) {
        for coding in line.as_bytes().split(|byte| *byte == b',') {
            let mut parameters = coding.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let name = parameters.next().unwrap_or_default();
            let offered = !parameters.any(is_zero_weight);
            gzip |= offered && name.eq_ignore_ascii_case(b"gzip");
            brotli |= offered && name.eq_ignore_ascii_case(b"br");
        }
    }
    match (key.brotli && brotli, key.gzip && gzip) {
        (true, true) => Some("br,gzip"),
        (true, false) => Some("br"),
        (false, true) => Some("gzip"),
        (false, false) => None,
    }
}

/// Whether a custom header of `origin` takes `Accept-Encoding` out of key and request (D33).
pub(crate) fn drops_accept_encoding(origin: &Origin) -> bool {
    origin.custom_headers.iter().any(|(name, value)| *name == ACCEPT_ENCODING && value.is_empty())
}

/// `q=0`, `q=0.0` and so on (RFC 9110 section 12.4.2).
fn is_zero_weight(parameter: &[u8]) -> bool {
    let weight = parameter.strip_prefix(b"q=").or_else(|| parameter.strip_prefix(b"Q="));
    weight.is_some_and(|digits| {
        digits.first() == Some(&b'0') && digits.iter().all(|byte| matches!(byte, b'0' | b'.'))
    })
}

fn key_query<'a>(behavior: &CacheBehavior, head: &'a RequestHead) -> Cow<'a, str> {
    match &head.query {
        None => Cow::Borrowed(""),
        Some(query) => selection::query(query, &[&behavior.caching.key.query]),
    }
}

/// Shows every part besides path and query, in a fixed order. Absent headers and cookies are no parts, which
/// tells them from empty ones (D19) and lets behaviors with different lists share what they can (D06).
fn visit(
    distribution: &Distribution,
    behavior: &CacheBehavior,
    head: &RequestHead,
    mut show: impl FnMut(PartKind, &str, &[u8]),
) {
    let key = &behavior.caching.key;
    let drops_encoding = primary_origin(distribution, behavior.target).is_some_and(drops_accept_encoding);
    if let Some(coding) = normalized_accept_encoding(key, head).filter(|_| !drops_encoding) {
        show(PartKind::AcceptEncoding, ACCEPT_ENCODING.as_str(), coding.as_bytes());
    }
    let generated = Generated::of(head);
    for name in &key.headers {
        let ignored = *name == ACCEPT_ENCODING
            && (key.gzip || key.brotli || drops_encoding || head.version < Version::HTTP_11);
        if ignored {
            continue;
        }
        if let Some(value) = header_value(head, &generated, name) {
            show(PartKind::Header, name.as_str(), &value);
        }
    }
    for cookie in selection::cookies(&head.fields, &[&key.cookies]) {
        if !is_signature(cookie.name) {
            show(PartKind::Cookie, cookie.name, cookie.value.as_bytes());
        }
    }
}

fn header_value<'a>(
    head: &'a RequestHead,
    generated: &Generated<'_>,
    name: &HeaderName,
) -> Option<Cow<'a, [u8]>> {
    if *name == HOST {
        return Some(Cow::Owned(head.authority.to_ascii_lowercase().into_bytes()));
    }
    if *name == X_FORWARDED_FOR {
        return Some(Cow::Owned(forwarded_for(head, true)));
    }
    if is_generated(name) {
        return generated.value(name).map(|value| Cow::Owned(value.as_bytes().to_vec()));
    }
    let mut lines = head.fields.iter().filter(|(held, _)| *held == name).map(|(_, value)| value.as_bytes());
    let first = lines.next()?;
    if lines.next().is_none() {
        return Some(Cow::Borrowed(first));
    }
    head.fields.joined(name).map(Cow::Owned)
}

/// Signed-cookie names never split the cache (D22).
fn is_signature(cookie: &str) -> bool {
    matches!(
        cookie,
        "CloudFront-Expires" | "CloudFront-Key-Pair-Id" | "CloudFront-Policy" | "CloudFront-Signature"
    )
}

/// The origin that every miss asks first (J04).
fn primary_origin(distribution: &Distribution, target: Target) -> Option<&Origin> {
    match target {
        Target::Origin(index) | Target::Group { primary: index, .. } => distribution.origins.get(index),
    }
}
