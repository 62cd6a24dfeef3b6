//! Whether the edge compresses a response, how, and what that does to its head (I.3).
//!
//! It is decided once, when a response comes from its origin: what is stored under a key that has a coding in it is
//! stored compressed, and is never compressed or unpacked afterwards (I38 to I42). Truth table:
//! `docs/rules/compression.md`. The bytes are the edge's business.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, VARY,
};
use http::{Method, StatusCode};

use crate::cache_key::{drops_accept_encoding, normalized_accept_encoding};
use crate::model::{CacheBehavior, CachingMode, Origin};
use crate::request::RequestHead;
use crate::{Because, Fields};

/// Smallest and largest body that is compressed, in bytes, both included (I30, I32).
pub const COMPRESSIBLE_BYTES: std::ops::RangeInclusive<u64> = 1_000..=10_000_000;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
}

impl Coding {
    /// Its name in `Content-Encoding`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// Whether a response is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compress {
    /// It is.
    As(Coding, Because),
    /// It is left as it is.
    Not(Because),
}

/// A response and what it answers.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The behavior; for an error page, the page's (A57).
    pub behavior: &'a CacheBehavior,
    /// The origin that every miss asks first.
    pub origin: Option<&'a Origin>,
    /// The viewer's request.
    pub head: &'a RequestHead,
    /// The method that the origin was asked with.
    pub method: &'a Method,
    /// The status of the response.
    pub status: StatusCode,
    /// Its header fields.
    pub fields: &'a Fields,
    /// The length of its body, if it is declared.
    pub length: Option<u64>,
}

/// Whether a response is compressed, and why or why not.
pub fn decide(facts: &Facts<'_>) -> Compress {
    match (accepted(facts), obstacle(facts)) {
        (Err(because), _) | (Ok(_), Some(because)) => Compress::Not(because),
        (Ok(coding), None) => Compress::As(coding, Because::new("I30", "all conditions hold")),
    }
}

/// The coding that behavior and viewer agree on (I31).
fn accepted(facts: &Facts<'_>) -> Result<Coding, Because> {
    let Facts { behavior, origin, head, .. } = facts;
    let allowed = behavior.compression;
    if !(allowed.gzip || allowed.brotli) {
        return Err(Because::new("I30", "the behavior does not compress"));
    }
    if behavior.caching.mode != CachingMode::Enabled {
        return Err(Because::new("D40", "caching is disabled"));
    }
    if origin.is_some_and(drops_accept_encoding) {
        return Err(Because::new("D33", "a custom header removes Accept-Encoding"));
    }
    match normalized_accept_encoding(&behavior.caching.key, head) {
        Some("br,gzip" | "br") if allowed.brotli => Ok(Coding::Brotli),
        Some("br,gzip" | "gzip") if allowed.gzip => Ok(Coding::Gzip),
        _ => Err(Because::new("I30", "the viewer takes no coding")),
    }
}

/// What about the response forbids it.
fn obstacle(facts: &Facts<'_>) -> Option<Because> {
    let Facts { method, status, fields, length, .. } = facts;
    let because = |text| Some(Because::new("I30", text));
    if **method != Method::GET {
        return because("only bodies of GET are compressed");
    }
    if !matches!(status.as_u16(), 200 | 403 | 404) {
        return Some(Because::new("I33", "only 200, 403 and 404 are compressed"));
    }
    if fields.contains(&CONTENT_ENCODING) {
        return because("the origin has encoded it");
    }
    if !is_compressible_type(fields) {
        return Some(Because::new("I36", "not a type that is compressed"));
    }
    if forbids_transformation(fields) {
        return because("no-transform");
    }
    match length {
        None => Some(Because::new("I32", "the length is not declared")),
        Some(length) if !COMPRESSIBLE_BYTES.contains(length) => {
            Some(Because::new("I32", "not between 1,000 and 10,000,000 bytes"))
        }
        Some(_) => None,
    }
}

/// `no-transform` (RFC 9111 section 5.2.2.6).
fn forbids_transformation(fields: &Fields) -> bool {
    fields
        .all(&CACHE_CONTROL)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
}

/// Whether the type is in the list; parameters do not count (I35).
fn is_compressible_type(fields: &Fields) -> bool {
    let Some(value) = fields.first_str(&CONTENT_TYPE) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.split_once('/') {
        Some((kind, subtype)) => {
            TYPES.iter().any(|(listed, subtypes)| *listed == kind && subtypes.contains(&subtype))
        }
        None => essence == "vnd.apple.mpegurl",
    }
}

/// Types that are compressed (I35).
const TYPES: [(&str, &[&str]); 4] = [
    (
        "application",
        &[
            "dash+xml",
            "eot",
            "font",
            "font-sfnt",
            "javascript",
            "json",
            "opentype",
            "otf",
            "pdf",
            "pkcs7-mime",
            "protobuf",
            "rss+xml",
            "truetype",
            "ttf",
            "vnd.apple.mpegurl",
            "vnd.mapbox-vector-tile",
            "vnd.ms-fontobject",
            "wasm",
            "x-font-opentype",
            "x-font-truetype",
            "x-font-ttf",
            "x-httpd-cgi",
            "x-javascript",
            "x-mpegurl",
            "x-opentype",
            "x-otf",
            "x-perl",
            "x-ttf",
            "xhtml+xml",
            "xml",
        ],
    ),
    ("font", &["eot", "opentype", "otf", "ttf"]),
    ("image", &["svg+xml"]),
    (
        "text",
        &[
            "css",
            "csv",
            "html",
            "javascript",
            "js",
            "plain",
            "richtext",
            "tab-separated-values",
            "x-component",
            "x-java-source",
            "x-script",
            "xml",
        ],
    ),
];

// === the head of what is compressed ===

/// Checksums of the bytes as the origin sent them: of others they would be wrong (RFC 9530, RFC 9110 section 8).
const CHECKSUMS: [&str; 4] = ["content-digest", "content-md5", "digest", "repr-digest"];

/// The head of a response whose body is compressed: coding, no length, a weak entity tag (I34), `Vary` (H23).
pub fn encoded(mut fields: Fields, coding: Coding) -> Fields {
    fields.retain(|name, _| *name != CONTENT_LENGTH && !CHECKSUMS.contains(&name.as_str()));
    fields.append(CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    if let Some(tag) = fields.first(&ETAG) {
        match weak(tag) {
            Some(weak) => fields.set(ETAG, weak),
            None => {
                fields.remove(&ETAG);
            }
        }
    }
    vary_on_encoding(&mut fields);
    fields
}

/// An entity tag as a weak one; `None` when it is no entity tag at all (I34).
pub(crate) fn weak(tag: &HeaderValue) -> Option<HeaderValue> {
    let bytes = tag.as_bytes();
    if bytes.starts_with(b"W/") {
        return Some(tag.clone());
    }
    bytes.starts_with(b"\"").then(|| HeaderValue::try_from([b"W/", bytes].concat()).ok()).flatten()
}

/// Makes `Vary` name `Accept-Encoding` (H23).
pub(crate) fn vary_on_encoding(fields: &mut Fields) {
    const NAME: &str = "Accept-Encoding";
    let Some(said) = fields.joined(&VARY) else {
        return fields.append(VARY, const { HeaderValue::from_static(NAME) });
    };
    let covers = |value: &[u8]| value == b"*" || value.eq_ignore_ascii_case(NAME.as_bytes());
    if !said.split(|byte| *byte == b',').any(|value| covers(value.trim_ascii())) {
        let value = [said.as_slice(), b", ", NAME.as_bytes()].concat();
        fields.set(VARY, HeaderValue::try_from(value).unwrap_or(const { HeaderValue::from_static(NAME) }));
    }
}

/// Whether a stored head is that of a body in some coding.
pub(crate) fn is_encoded(fields: &Fields) -> bool {
    fields.contains(&CONTENT_ENCODING)
}

/// Whether a header field tells about the bytes of one coding only, so that a 304 must not change it.
pub(crate) fn is_checksum(name: &HeaderName) -> bool {
    CHECKSUMS.contains(&name.as_str())
}
