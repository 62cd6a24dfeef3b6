//! From a reply to bytes (RFC 9112 sections 4, 6 and 9).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::{Method, StatusCode, Version};
use http_body::Body;
use tokio::io::{AsyncRead, AsyncWrite};

use super::buffers;
use super::connection::Connection;
use super::head::Persistence;
use crate::exchange::{BrokenOff, Reply, ReplyBody};
use crate::sent::push_line;

/// A body up to this size is copied behind its head: one write from one place is cheaper than a gathering one.
const SMALL_BODY_BYTES: usize = 16 * 1024;
/// Room for a head.
const HEAD_BYTES: usize = 1024;

/// What of a request its reply depends on.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The version.
    pub version: Version,
}

/// How the end of the body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    /// There is no body, or the head says how long it is.
    Head,
    /// In chunks.
    Chunks,
    /// By the end of the connection.
    Close,
}

/// A reply on its way out.
pub struct Outgoing {
    /// Bytes that are ready: the head, with a small body behind it, or the line that announces a chunk.
    ready: BytesMut,
    piece: Bytes,
    /// What follows the piece.
    tail: &'static [u8],
    body: ReplyBody,
    /// Bytes of the body to come, when the head says how many there are.
    left: Option<u64>,
    delimiter: Delimiter,
    stage: Stage,
    /// What becomes of the connection.
    pub persistence: Persistence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Body,
    /// Everything is handed over; it has to be written out.
    Last,
    /// The body broke off: what is ready is still written, then the connection ends (C61).
    Broken,
}

/// How a reply ended.
#[derive(Debug)]
pub enum Ended {
    /// All of it was written.
    Whole,
    /// The origin broke off.
    Broken,
}

// === impl Outgoing ===

impl Outgoing {
    /// Prepares `reply`. `persistence` is what the viewer and the edge's own state allow; the reply may end the
    /// connection earlier. `before` is what has to be written before it.
    pub fn new(mut reply: Reply, asked: &Asked, persistence: Persistence, before: &[u8]) -> Self {
        if asked.method == Method::HEAD || !may_have_body(reply.status) {
            reply.body = ReplyBody::Empty;
        }
        let delimiter = delimiter(&reply, asked);
        let closes = persistence == Persistence::Ends
            || delimiter == Delimiter::Close
            || reply.own.connection == Some("close");
        reply.own.connection = told(reply.own.connection, closes, asked.version);
        let mut ready = buffers::for_reply(HEAD_BYTES);
        ready.extend_from_slice(before);
        push_head(&mut ready, &reply, asked, delimiter);
        let left = reply.own.length.filter(|_| asked.method != Method::HEAD && may_have_body(reply.status));
        let persistence = if closes { Persistence::Ends } else { Persistence::Stays };
        Self {
            ready,
            piece: Bytes::new(),
            tail: b"",
            body: reply.body,
            left,
            delimiter,
            stage: Stage::Body,
            persistence,
        }
    }

    /// Writes as much as can be written.
    pub fn poll<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        connection: &mut Connection<S>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Ended>> {
        loop {
            if self.stage == Stage::Body {
                // Pieces that are at hand go along with what is ready; nothing waits for one that is not.
                match self.poll_piece(cx) {
                    Poll::Ready(()) => {}
                    Poll::Pending if self.is_written() => {
                        ready!(connection.poll_flush(cx))?;
                        return Poll::Pending;
                    }
                    Poll::Pending => {}
                }
            }
            while !self.is_written() {
                let written = ready!(connection.poll_write(cx, &self.slices()))?;
                self.advance(written);
                connection.restart_timer();
            }
            match self.stage {
                Stage::Body => {}
                Stage::Last => {
                    ready!(connection.poll_flush(cx))?;
                    return Poll::Ready(Ok(Ended::Whole));
                }
                Stage::Broken => {
                    ready!(connection.poll_flush(cx))?;
                    return Poll::Ready(Ok(Ended::Broken));
                }
            }
        }
    }

    /// Gives back what it was written from.
    pub fn finish(self) {
        buffers::give_back_reply(self.ready);
    }

    /// Whether the body waits for its origin, and not for the viewer to read.
    pub fn waits_for_origin(&self) -> bool {
        self.stage == Stage::Body && self.is_written()
    }

    /// Gets the next piece of the body, when the one before is on its way.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.piece.is_empty() || !self.tail.is_empty() {
            return Poll::Ready(());
        }
        match ready!(self.next_piece(cx)) {
            Some(Ok(piece)) => self.put(piece),
            Some(Err(BrokenOff)) => self.stage = Stage::Broken,
            // Fewer bytes than told: the viewer would take the next reply for the rest of this one.
            None if self.left.is_some_and(|left| left > 0) => self.stage = Stage::Broken,
            None => {
                if self.delimiter == Delimiter::Chunks {
                    self.tail = b"0\r\n\r\n";
                }
                self.stage = Stage::Last;
            }
        }
        Poll::Ready(())
    }

    fn next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(broken)) => return Poll::Ready(Some(Err(broken))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) if !piece.is_empty() => return Poll::Ready(Some(Ok(piece))),
                    Ok(_) | Err(_) => {}
                },
            }
        }
    }

    fn put(&mut self, mut piece: Bytes) {
        if let Some(left) = self.left {
            if piece.len() as u64 > left {
                // More bytes than told: the viewer would take them for the next reply.
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                self.stage = Stage::Broken;
            }
            self.left = Some(left - piece.len() as u64);
        }
        if self.delimiter == Delimiter::Chunks {
            // Writing to memory does not fail.
            let _ = std::fmt::Write::write_fmt(&mut self.ready, format_args!("{:x}\r\n", piece.len()));
            self.tail = b"\r\n";
        }
        if self.ready.len() + piece.len() <= SMALL_BODY_BYTES {
            self.ready.extend_from_slice(&piece);
        } else {
            self.piece = piece;
        }
        let is_all = self.body.is_end_stream() && self.left.is_none_or(|left| left == 0);
        if is_all && self.delimiter != Delimiter::Chunks && self.stage == Stage::Body {
            self.stage = Stage::Last;
        }
    }

    fn is_written(&self) -> bool {
        self.ready.is_empty() && self.piece.is_empty() && self.tail.is_empty()
    }

    fn slices(&self) -> Slices<'_> {
        Slices::of([&self.ready, &self.piece, self.tail])
    }

    fn advance(&mut self, mut written: usize) {
        let of_ready = written.min(self.ready.len());
        self.ready.advance(of_ready);
        written -= of_ready;
        let of_piece = written.min(self.piece.len());
        self.piece.advance(of_piece);
        written -= of_piece;
        self.tail = self.tail.get(written..).unwrap_or_default();
    }
}

/// Up to three slices, without the empty ones.
struct Slices<'a> {
    all: [IoSlice<'a>; 3],
    count: usize,
}

impl<'a> Slices<'a> {
    fn of(parts: [&'a [u8]; 3]) -> Self {
        let mut all = [IoSlice::new(b""); 3];
        let mut count = 0;
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if let Some(slot) = all.get_mut(count) {
                *slot = IoSlice::new(part);
                count += 1;
            }
        }
        Self { all, count }
    }
}

impl<'a> std::ops::Deref for Slices<'a> {
    type Target = [IoSlice<'a>];

    fn deref(&self) -> &Self::Target {
        self.all.get(..self.count).unwrap_or_default()
    }
}

fn delimiter(reply: &Reply, asked: &Asked) -> Delimiter {
    let is_told = reply.own.length.is_some() || matches!(reply.body, ReplyBody::Empty);
    match asked.version {
        _ if is_told || asked.method == Method::HEAD => Delimiter::Head,
        Version::HTTP_11 => Delimiter::Chunks,
        _ => Delimiter::Close,
    }
}

/// Whether the head has to say that there is no body, where one could be.
fn has_no_body(reply: &Reply, asked: &Asked) -> bool {
    matches!(reply.body, ReplyBody::Empty)
        && asked.method != Method::HEAD
        && !(asked.method == Method::CONNECT && reply.status.is_success())
        && reply.own.length.is_none()
        && may_have_body(reply.status)
}

/// 1xx, 204 and 304 never have a body (RFC 9112 section 6.3).
fn may_have_body(status: StatusCode) -> bool {
    status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED && !status.is_informational()
}

/// The one value of `Connection`: what becomes of it, where that does not go without saying.
fn told(wished: Option<&'static str>, closes: bool, version: Version) -> Option<&'static str> {
    match (closes, version) {
        (true, Version::HTTP_10) => wished.filter(|option| *option == "close"),
        (true, _) => Some("close"),
        (false, Version::HTTP_10) => Some("keep-alive"),
        (false, _) => wished,
    }
}

fn push_head(out: &mut BytesMut, reply: &Reply, asked: &Asked, delimiter: Delimiter) {
    status_line(out, asked.version, reply.status);
    match reply.fields.lines() {
        Some(lines) => out.extend_from_slice(lines),
        None => {
            for (name, value) in reply.fields.iter() {
                push_line(out, name.as_str().as_bytes(), value.as_bytes());
            }
        }
    }
    reply.own.visit(|name, value| push_line(out, name.as_str().as_bytes(), value));
    if delimiter == Delimiter::Chunks {
        push_line(out, b"transfer-encoding", b"chunked");
    }
    if has_no_body(reply, asked) {
        push_line(out, b"content-length", b"0");
    }
    out.extend_from_slice(b"\r\n");
}

fn status_line(out: &mut BytesMut, version: Version, status: StatusCode) {
    out.extend_from_slice(if version == Version::HTTP_10 { b"HTTP/1.0 " } else { b"HTTP/1.1 " });
    out.extend_from_slice(status.as_str().as_bytes());
    out.extend_from_slice(b" ");
    let reason = match status.as_u16() {
        494 => "Request Header Too Large",
        _ => status.canonical_reason().unwrap_or("Unknown"),
    };
    out.extend_from_slice(reason.as_bytes());
    out.extend_from_slice(b"\r\n");
}
