//! The body of a request on its way from the viewer's connection to whoever wants it (RFC 9112 sections 6 and 7).
//!
//! The connection owns the bytes, the request owns a [`ViewerBody`]; between them lies at most one piece. Nothing is
//! read from the viewer before somebody asks for it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use memchr::memmem;
use origin::BoxError;
use rules::limits::MAX_REQUEST_BODY_BYTES;

use super::head::{Framing, ends_lines_well};

/// Longest line that announces a chunk, with its extensions, in bytes.
const MAX_CHUNK_LINE_BYTES: usize = 4096;
/// What all such lines of a body may have beyond their sizes, in bytes: nobody uses extensions, except to make
/// many bytes out of few (RFC 9112 section 7.1.1).
const MAX_EXTENSION_BYTES: usize = 16 * 1024;
/// Longest trailer section, in bytes; it is read and dropped.
const MAX_TRAILER_BYTES: usize = 16 * 1024;
/// Most lines of a trailer section.
const MAX_TRAILER_LINES: usize = 64;

/// Why a request's body ended too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Spoiled {
    /// The viewer left, or the connection failed.
    #[error("the viewer left in the middle of the body")]
    Left,
    /// The chunks are malformed.
    #[error("the chunks of the body are malformed")]
    Malformed,
    /// Nothing came for too long.
    #[error("the body came too slowly")]
    Slow,
    /// More than may be sent (E13).
    #[error("the body is larger than a request may be")]
    TooLarge,
}

/// What decoding the next piece of a body gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Some bytes.
    Data(Bytes),
    /// The body is whole.
    End,
    /// More has to be read first.
    NeedsMore,
}

/// Takes a body apart.
#[derive(Debug)]
pub struct Decoder {
    stage: Stage,
    /// Bytes of data so far, of a chunked body.
    received: u64,
    /// Bytes of its extensions so far.
    extensions: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// So many bytes of data are left of a body whose length is known.
    Length(u64),
    /// The line that announces a chunk.
    ChunkLine,
    /// So many bytes are left of a chunk.
    ChunkData(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailers,
    End,
}

// === impl Decoder ===

impl Decoder {
    /// A decoder for this framing.
    pub const fn new(framing: Framing) -> Self {
        let stage = match framing {
            Framing::None => Stage::End,
            Framing::Length(length) => Stage::Length(length),
            Framing::Chunked => Stage::ChunkLine,
        };
        Self { stage, received: 0, extensions: 0 }
    }

    /// Whether the end was seen.
    pub fn is_finished(&self) -> bool {
        self.stage == Stage::End
    }

    /// Takes the next piece off the front of `buffer`.
    pub fn next(&mut self, buffer: &mut BytesMut) -> Result<Piece, Spoiled> {
        loop {
            match self.stage {
                Stage::End => return Ok(Piece::End),
                Stage::Length(left) => {
                    let Some(data) = take_data(buffer, left) else { return Ok(Piece::NeedsMore) };
                    let left = left - data.len() as u64;
                    self.stage = if left == 0 { Stage::End } else { Stage::Length(left) };
                    return Ok(Piece::Data(data));
                }
                Stage::ChunkLine => {
                    let Some((length, extension)) = take_chunk_line(buffer)? else {
                        return Ok(Piece::NeedsMore);
                    };
                    self.extensions += extension;
                    if self.extensions > MAX_EXTENSION_BYTES {
                        return Err(Spoiled::Malformed);
                    }
                    self.received = self.received.saturating_add(length);
                    if self.received > MAX_REQUEST_BODY_BYTES {
                        return Err(Spoiled::TooLarge);
                    }
                    self.stage = if length == 0 { Stage::Trailers } else { Stage::ChunkData(length) };
                }
                Stage::ChunkData(left) => {
                    let Some(data) = take_data(buffer, left) else { return Ok(Piece::NeedsMore) };
                    let left = left - data.len() as u64;
                    self.stage = if left == 0 { Stage::ChunkEnd } else { Stage::ChunkData(left) };
                    return Ok(Piece::Data(data));
                }
                Stage::ChunkEnd => match buffer.get(..2) {
                    None => return Ok(Piece::NeedsMore),
                    Some(b"\r\n") => {
                        buffer.advance(2);
                        self.stage = Stage::ChunkLine;
                    }
                    Some(_) => return Err(Spoiled::Malformed),
                },
                Stage::Trailers => {
                    if !take_trailers(buffer)? {
                        return Ok(Piece::NeedsMore);
                    }
                    self.stage = Stage::End;
                }
            }
        }
    }
}

/// At most `left` bytes; `None` when there are none.
fn take_data(buffer: &mut BytesMut, left: u64) -> Option<Bytes> {
    let length = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
    (length > 0).then(|| buffer.split_to(length).freeze())
}

/// The length of the next chunk, and that of its extensions, which are dropped (RFC 9112 section 7.1.1).
fn take_chunk_line(buffer: &mut BytesMut) -> Result<Option<(u64, usize)>, Spoiled> {
    let Some(end) = memchr::memchr(b'\n', buffer) else {
        // The CR may be there already.
        return if buffer.len() > MAX_CHUNK_LINE_BYTES + 1 { Err(Spoiled::Malformed) } else { Ok(None) };
    };
    let line = buffer.get(..end).and_then(|line| line.strip_suffix(b"\r")).ok_or(Spoiled::Malformed)?;
    if line.len() > MAX_CHUNK_LINE_BYTES || memchr::memchr(b'\r', line).is_some() {
        return Err(Spoiled::Malformed);
    }
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    let (size, extensions) = line.split_at(digits);
    if size.is_empty() || size.len() > 16 || !is_extension(extensions) {
        return Err(Spoiled::Malformed);
    }
    let size = std::str::from_utf8(size).map_err(|_| Spoiled::Malformed)?;
    let length = u64::from_str_radix(size, 16).map_err(|_| Spoiled::Malformed)?;
    let extension = extensions.len();
    buffer.advance(end + 1);
    Ok(Some((length, extension)))
}

/// Nothing, or blanks and a semicolon with anything visible behind it.
fn is_extension(text: &[u8]) -> bool {
    let text_after_blanks = text.trim_ascii_start();
    text.is_empty()
        || text_after_blanks.starts_with(b";")
            && text.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f))
}

/// Drops the trailer section; whether its end was there.
fn take_trailers(buffer: &mut BytesMut) -> Result<bool, Spoiled> {
    if buffer.starts_with(b"\r\n") {
        buffer.advance(2);
        return Ok(true);
    }
    match memmem::find(buffer, b"\r\n\r\n").map(|at| at + 4) {
        Some(end) if end <= MAX_TRAILER_BYTES && is_trailer(buffer.get(..end).unwrap_or_default()) => {
            buffer.advance(end);
            Ok(true)
        }
        None if buffer.len() <= MAX_TRAILER_BYTES => Ok(false),
        Some(_) | None => Err(Spoiled::Malformed),
    }
}

/// Whether these are field lines and the empty line behind them. They are dropped, but where they end has to be
/// clear to everybody.
fn is_trailer(section: &[u8]) -> bool {
    let mut lines = [httparse::EMPTY_HEADER; MAX_TRAILER_LINES];
    let parsed = httparse::parse_headers(section, &mut lines);
    ends_lines_well(section) && parsed.is_ok_and(|parsed| parsed.is_complete())
}

// === between connection and request ===

/// What lies between the two sides.
#[derive(Debug, Default)]
struct Between {
    piece: Option<Bytes>,
    end: Option<Result<(), Spoiled>>,
    is_wanted: bool,
    is_abandoned: bool,
    taker: Option<Waker>,
    giver: Option<Waker>,
}

type Shared = Arc<Mutex<Between>>;

fn lock(shared: &Shared) -> MutexGuard<'_, Between> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connection's side.
#[derive(Debug)]
pub struct Giver(Shared);

/// The request's side.
#[derive(Debug)]
pub struct ViewerBody {
    shared: Shared,
    /// Bytes to come, when that is known.
    remaining: Option<u64>,
}

/// Both sides of a body of this length.
pub fn channel(length: Option<u64>) -> (Giver, ViewerBody) {
    let shared = Shared::default();
    (Giver(Arc::clone(&shared)), ViewerBody { shared, remaining: length })
}

/// What the request wants of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The next piece.
    Piece,
    /// Nothing any more.
    Nothing,
}

impl Giver {
    /// Waits until a piece is wanted or nobody is left to want one.
    pub fn poll_wish(&self, cx: &mut Context<'_>) -> Poll<Wish> {
        let mut between = lock(&self.0);
        if between.is_abandoned || between.end.is_some() {
            return Poll::Ready(Wish::Nothing);
        }
        if between.is_wanted {
            return Poll::Ready(Wish::Piece);
        }
        between.giver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Whether nobody is left to want a piece, or the end was told already.
    pub fn is_done(&self) -> bool {
        let between = lock(&self.0);
        between.is_abandoned || between.end.is_some()
    }

    /// Hands over a piece that was wanted.
    pub fn give(&self, piece: Bytes) {
        let mut between = lock(&self.0);
        between.piece = Some(piece);
        between.is_wanted = false;
        wake(between.taker.take());
    }

    /// The body ends here, well or badly.
    pub fn end(&self, result: Result<(), Spoiled>) {
        let mut between = lock(&self.0);
        between.end.get_or_insert(result);
        wake(between.taker.take());
    }
}

impl Drop for Giver {
    fn drop(&mut self) {
        self.end(Err(Spoiled::Left));
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl http_body::Body for ViewerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut between = lock(&self.shared);
        if let Some(piece) = between.piece.take() {
            drop(between);
            self.remaining = self.remaining.map(|left| left.saturating_sub(piece.len() as u64));
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match between.end {
            Some(Ok(())) => Poll::Ready(None),
            Some(Err(spoiled)) => Poll::Ready(Some(Err(spoiled.into()))),
            None => {
                between.is_wanted = true;
                between.taker = Some(cx.waker().clone());
                wake(between.giver.take());
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.remaining.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Drop for ViewerBody {
    fn drop(&mut self) {
        let mut between = lock(&self.shared);
        between.is_abandoned = true;
        wake(between.giver.take());
    }
}
