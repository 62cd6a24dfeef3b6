//! From bytes to a request head (RFC 9112 sections 2, 3, 5 and 6).
//!
//! Stricter than the parser underneath: lines end in CR LF only, and a request whose body's length can be read in
//! two ways is refused, because whoever stands before or behind us could read it in the other way.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::str::FromStr;

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Uri, Version};
use memchr::memmem;
use rules::Fields;
use rules::admit::{self, Refusal};
use rules::request::{Scheme, Text};

use crate::exchange::Arrival;

/// Largest request head that is read at all; between the documented limit and this the answer is 494 (E11).
const MAX_READ_HEAD_BYTES: usize = 256 * 1024;
/// Field lines that are parsed without allocating.
const USUAL_LINES: usize = 64;
/// Heads that have not arrived completely are looked at up to this size; larger ones are waited for.
const EARLY_LOOK_BYTES: usize = 2048;
/// As many field lines as fit into the documented limit.
const MAX_LINES: usize = 8192;

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

/// Takes one request head off the front of `buffer`; `None` when it has not arrived completely.
///
/// # Errors
/// What the viewer gets instead; nothing more can be read from the connection.
pub fn take(buffer: &mut BytesMut, viewer: SocketAddr, scheme: Scheme) -> Result<Option<Head>, Refusal> {
    skip_empty_lines(buffer);
    let Some(end) = memmem::find(buffer, b"\r\n\r\n").map(|at| at + 4) else {
        return match buffer.len() > MAX_READ_HEAD_BYTES {
            true => Err(admit::head_too_large()),
            false => refuse_early(buffer).map(|()| None),
        };
    };
    if end > MAX_READ_HEAD_BYTES {
        return Err(admit::head_too_large());
    }
    let head = buffer.split_to(end).freeze();
    parse(&head, viewer, scheme).map(Some)
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

fn parse(head: &Bytes, viewer: SocketAddr, scheme: Scheme) -> Result<Head, Refusal> {
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
fn ends_lines_well(head: &[u8]) -> bool {
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
        let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| admit::unparsable())?;
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
    let persistence = persistence(&fields, version);
    let expects_continue = framing != Framing::None && version == Version::HTTP_11 && expects(&fields);
    // The target's authority wins over Host (RFC 9112 section 3.2.2).
    let named = target.authority().map(http::uri::Authority::as_str);
    let authority = named.or_else(|| hosts.as_ref().and_then(|host| host.to_str().ok()));
    let arrival = Arrival {
        method,
        version,
        scheme,
        authority: part(head, authority.unwrap_or_default()),
        host_lines: if named.is_some() { host_lines.max(1) } else { host_lines },
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
    let is_inside = head.as_ptr_range().contains(&text.as_ptr());
    let shared = is_inside.then(|| head.slice_ref(text.as_bytes()));
    shared.and_then(|bytes| Text::try_from(bytes).ok()).unwrap_or_else(|| text.into())
}

fn uri(head: &Bytes, target: &str) -> Result<Uri, Refusal> {
    if target.len() > usize::from(u16::MAX) - 1 {
        return Err(admit::url_too_long());
    }
    Uri::from_maybe_shared(head.slice_ref(target.as_bytes())).map_err(|_| admit::unparsable())
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

fn persistence(fields: &Fields, version: Version) -> Persistence {
    let mut options = fields
        .all(&CONNECTION)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let stays = match version {
        Version::HTTP_11 => !options.any(|option| option.eq_ignore_ascii_case(b"close")),
        _ => {
            let (mut keeps, mut closes) = (false, false);
            for option in options {
                keeps |= option.eq_ignore_ascii_case(b"keep-alive");
                closes |= option.eq_ignore_ascii_case(b"close");
            }
            keeps && !closes
        }
    };
    if stays { Persistence::Stays } else { Persistence::Ends }
}

fn expects(fields: &Fields) -> bool {
    fields.all(&EXPECT).any(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
