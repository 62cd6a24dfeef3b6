//! From bytes to a request head (RFC 9112 sections 2, 3, 5 and 6).
//!
//! Stricter than the parser underneath: lines end in CR LF only, and a request whose body's length can be read in
//! two ways is refused, because whoever stands before or behind us could read it in the other way.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::str::FromStr;

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Uri, Version};
use memchr::memmem;
use rules::Fields;
use rules::admit::{self, Refusal};
use rules::limits::{MAX_REQUEST_HEAD_BYTES, MAX_URL_BYTES};
use rules::request::{Scheme, Text};

use super::names;
use crate::exchange::Arrival;

/// Largest request head that is read at all; between the documented limit and this the whole head is looked at
/// before it is refused (E10, E11).
const MAX_READ_HEAD_BYTES: usize = 64 * 1024;
/// What a request line has besides a URL, in bytes, with the longest method that there is.
const MAX_REQUEST_LINE_REST_BYTES: usize = " HTTP/1.1\r\n".len() + 32;
/// Field lines that are parsed without allocating.
const USUAL_LINES: usize = 64;
/// Heads that have not arrived completely are looked at up to this size; larger ones are waited for.
const EARLY_LOOK_BYTES: usize = 2048;
/// As many field lines as fit into the documented limit.
const MAX_LINES: usize = 8192;
/// Names that `Connection` may list: each is looked for among all fields.
const MAX_CONNECTION_OPTIONS: usize = 128;

/// A request head, and what the connection has to know.
pub struct Head {
    /// The request; its body is still empty.
    pub arrival: Arrival,
    /// How its body is delimited.
    pub framing: Framing,
    /// What the viewer says about the connection.
    pub persistence: Persistence,
    /// Whether the viewer waits for `100 Continue` before it sends the body (E19).
    pub expects_continue: bool,
}

/// How a request's body is delimited (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// `Content-Length`, more than 0.
    Length(u64),
    /// `Transfer-Encoding: chunked`
    Chunked,
}

/// What a viewer says about its connection (RFC 9112 section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It stays.
    Stays,
    /// It ends behind the reply.
    Ends,
}

/// Looks for the end of the head at the front of `buffer`; `None` when it has not arrived completely. `scanned` is
/// how far this was looked for before: 0 at first.
///
/// # Errors
/// What the viewer gets instead of an answer; nothing more can be read from the connection.
pub fn find_end(buffer: &mut BytesMut, scanned: &mut usize) -> Result<Option<usize>, Refusal> {
    if *scanned == 0 {
        skip_empty_lines(buffer);
    }
    let new = buffer.get(*scanned..).unwrap_or_default();
    if let Some(at) = memmem::find(new, b"\r\n\r\n") {
        return Ok(Some(*scanned + at + 4));
    }
    if buffer.len() > MAX_READ_HEAD_BYTES {
        return Err(too_large(buffer));
    }
    // The last three bytes may be the beginning of the end.
    *scanned = buffer.len().saturating_sub(3);
    refuse_early(buffer).map(|()| None)
}

/// Which limit a head exceeds that is not read any further.
fn too_large(buffer: &[u8]) -> Refusal {
    let line = memchr::memchr(b'\n', buffer).unwrap_or(buffer.len());
    match line > MAX_URL_BYTES + MAX_REQUEST_LINE_REST_BYTES {
        true => admit::url_too_long(),
        false => admit::head_too_large(),
    }
}

/// Empty lines before a request line are left over from careless viewers (RFC 9112 section 2.2).
fn skip_empty_lines(buffer: &mut BytesMut) {
    while buffer.starts_with(b"\r\n") {
        buffer.advance(2);
    }
}

/// Refuses what can never become a request, so that nobody waits for its end.
fn refuse_early(buffer: &[u8]) -> Result<(), Refusal> {
    if buffer.len() > EARLY_LOOK_BYTES {
        return Ok(());
    }
    if !ends_lines_well(buffer.strip_suffix(b"\r").unwrap_or(buffer)) {
        return Err(admit::unparsable());
    }
    let mut lines = [httparse::EMPTY_HEADER; USUAL_LINES];
    match httparse::Request::new(&mut lines).parse(buffer) {
        Ok(_) | Err(httparse::Error::TooManyHeaders) => Ok(()),
        Err(_) => Err(admit::unparsable()),
    }
}

/// Reads one complete head.
///
/// # Errors
/// What the viewer gets instead of an answer; nothing more can be read from the connection.
pub fn parse(head: &Bytes, viewer: SocketAddr, scheme: Scheme) -> Result<Head, Refusal> {
    if head.len() > MAX_REQUEST_HEAD_BYTES {
        return Err(too_large(head));
    }
    if !ends_lines_well(head) {
        return Err(admit::unparsable());
    }
    let mut usual = [const { MaybeUninit::uninit() }; USUAL_LINES];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(head, &mut usual) {
        Ok(httparse::Status::Complete(_)) => read(head, &request, viewer, scheme),
        Err(httparse::Error::TooManyHeaders) => parse_many(head, viewer, scheme),
        Ok(httparse::Status::Partial) | Err(_) => Err(admit::unparsable()),
    }
}

/// The same for a head with unusually many lines.
fn parse_many(head: &Bytes, viewer: SocketAddr, scheme: Scheme) -> Result<Head, Refusal> {
    let mut many = vec![httparse::EMPTY_HEADER; MAX_LINES];
    let mut request = httparse::Request::new(&mut many);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => read(head, &request, viewer, scheme),
        Err(httparse::Error::TooManyHeaders) => Err(admit::head_too_large()),
        Ok(httparse::Status::Partial) | Err(_) => Err(admit::unparsable()),
    }
}

/// Every LF follows a CR and every CR precedes an LF: both have been taken for line ends by others.
pub fn ends_lines_well(head: &[u8]) -> bool {
    memchr::memchr2_iter(b'\r', b'\n', head).all(|at| match head.get(at) {
        Some(b'\n') => at.checked_sub(1).and_then(|before| head.get(before)) == Some(&b'\r'),
        _ => head.get(at + 1) == Some(&b'\n'),
    })
}

fn read(
    head: &Bytes,
    request: &httparse::Request<'_, '_>,
    viewer: SocketAddr,
    scheme: Scheme,
) -> Result<Head, Refusal> {
    let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version) else {
        return Err(admit::unparsable());
    };
    let method = Method::from_str(method).map_err(|_| admit::unparsable())?;
    let version = if minor == 0 { Version::HTTP_10 } else { Version::HTTP_11 };
    let target = uri(head, target)?;
    let mut hosts: Option<HeaderValue> = None;
    let mut host_lines = 0;
    let mut fields = Fields::with_capacity(request.headers.len());
    for line in request.headers.iter() {
        let name = names::read(line.name.as_bytes()).map_err(|_| admit::unparsable())?;
        let value = HeaderValue::from_maybe_shared(head.slice_ref(line.value));
        let value = value.map_err(|_| admit::unparsable())?;
        if name == HOST {
            host_lines += 1;
            hosts.get_or_insert(value);
        } else {
            fields.append(name, value);
        }
    }
    let framing = framing(&fields, version)?;
    let persistence = persistence(&fields, version)?;
    let expects_continue = framing != Framing::None && version == Version::HTTP_11 && expects(&fields);
    // The target's authority wins over Host (RFC 9112 section 3.2.2), which has to be there all the same.
    let named = target.authority().map(http::uri::Authority::as_str);
    let host = hosts.as_ref().map(HeaderValue::to_str).transpose().map_err(|_| admit::unparsable())?;
    let arrival = Arrival {
        method,
        version,
        scheme,
        authority: part(head, named.or(host).unwrap_or_default()),
        host_lines,
        path: part(head, target.path()),
        query: target.query().map(|query| part(head, query)),
        fields,
        viewer,
        body: origin::RequestBody::Empty,
        body_length: match framing {
            Framing::None => Some(0),
            Framing::Length(length) => Some(length),
            Framing::Chunked => None,
        },
    };
    Ok(Head { arrival, framing, persistence, expects_continue })
}

/// Text of the head without copying it. What is not in there (the `/` of an absolute form without a path) is a
/// constant.
fn part(head: &Bytes, text: &str) -> Text {
    if text == "/" {
        return Text::from_static("/");
    }
    let is_inside = head.as_ptr_range().contains(&text.as_ptr());
    let shared = is_inside.then(|| head.slice_ref(text.as_bytes()));
    shared.and_then(|bytes| Text::try_from(bytes).ok()).unwrap_or_else(|| text.into())
}

fn uri(head: &Bytes, target: &str) -> Result<Uri, Refusal> {
    if target.len() > usize::from(u16::MAX) - 1 {
        return Err(admit::url_too_long());
    }
    // A fragment never leaves the viewer (RFC 9110 section 4.2.5); the parser would drop it in silence.
    if target.contains('#') {
        return Err(admit::unparsable());
    }
    let uri = Uri::from_maybe_shared(head.slice_ref(target.as_bytes())).map_err(|_| admit::unparsable())?;
    match uri.scheme_str() {
        None | Some("http" | "https") => Ok(uri),
        Some(_) => Err(admit::unparsable()),
    }
}

/// The length of the body, if it can be read in one way only (RFC 9112 sections 6.1 and 6.2).
fn framing(fields: &Fields, version: Version) -> Result<Framing, Refusal> {
    let mut lengths = fields.all(&CONTENT_LENGTH);
    let length = lengths.next();
    if lengths.next().is_some() {
        return Err(admit::ambiguous_length());
    }
    let mut codings = fields.all(&TRANSFER_ENCODING);
    match (codings.next(), length) {
        (None, None) => Ok(Framing::None),
        (None, Some(length)) => match decimal(length.as_bytes()) {
            Some(0) => Ok(Framing::None),
            Some(length) => Ok(Framing::Length(length)),
            None => Err(admit::ambiguous_length()),
        },
        (Some(coding), None) => {
            let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
            match is_chunked && version == Version::HTTP_11 {
                true => Ok(Framing::Chunked),
                false => Err(admit::ambiguous_length()),
            }
        }
        (Some(_), Some(_)) => Err(admit::ambiguous_length()),
    }
}

/// Digits only: no sign, no list, no blank.
fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn persistence(fields: &Fields, version: Version) -> Result<Persistence, Refusal> {
    let options = fields.all(&CONNECTION).flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let (mut keeps, mut closes) = (version == Version::HTTP_11, false);
    for (count, option) in options.map(<[u8]>::trim_ascii).enumerate() {
        if count >= MAX_CONNECTION_OPTIONS {
            return Err(admit::unparsable());
        }
        keeps |= option.eq_ignore_ascii_case(b"keep-alive");
        closes |= option.eq_ignore_ascii_case(b"close");
    }
    Ok(if keeps && !closes { Persistence::Stays } else { Persistence::Ends })
}

fn expects(fields: &Fields) -> bool {
    fields.all(&EXPECT).any(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
