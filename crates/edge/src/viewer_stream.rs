//! The byte stream of an HTTP/1.1 viewer, with our envelope on refusals that the HTTP library makes itself.
//!
//! hyper answers a request that it cannot parse (400), whose head is too large (431) or whose target is too
//! long (414) with a bare head and closes. Viewers are promised the built-in body and the documented status
//! (E10, E11, E14, Q01), so that bare head is recognised on its way out and replaced. What is written while one
//! of our own replies is on its way is never touched: a body may look like a bare head. This file goes when the
//! codec becomes our own.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use rules::admit::{self, Refusal};

use crate::answer::Answer;
use crate::edge::Worker;
use crate::exchange::{BrokenOff, ReplyBody};
use crate::request;

/// A bare refusal is shorter than this.
const MAX_BARE_HEAD_BYTES: usize = 256;

/// Up to this size a head and its body are joined before they are written: copying them costs less than what
/// the kernel does for a gathering write.
const SMALL_WRITE_BYTES: usize = 2048;

/// How far a connection is with the reply to its request; shared by its stream and its replies.
#[derive(Debug, Clone, Default)]
pub struct Replying(Arc<AtomicU8>);

impl Replying {
    const NOTHING: u8 = 0;
    /// A request is being answered.
    const ANSWERING: u8 = 1;
    /// The library has taken all of the reply and not yet written it out.
    const FLUSHING: u8 = 2;

    /// A request has arrived: what is written from now on is ours.
    pub fn begin(&self) {
        self.0.store(Self::ANSWERING, Ordering::Relaxed);
    }

    fn flushed(&self) {
        // Only the task of this connection writes it.
        if self.0.load(Ordering::Relaxed) == Self::FLUSHING {
            self.0.store(Self::NOTHING, Ordering::Relaxed);
        }
    }

    fn is_ours(&self) -> bool {
        self.0.load(Ordering::Relaxed) != Self::NOTHING
    }
}

/// A reply's body that tells when the library is done with it.
pub struct OwnBody {
    /// The body.
    pub body: ReplyBody,
    /// The connection's state.
    pub replying: Replying,
}

impl Drop for OwnBody {
    fn drop(&mut self) {
        self.replying.0.store(Replying::FLUSHING, Ordering::Relaxed);
    }
}

impl http_body::Body for OwnBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BrokenOff>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// A stream that replaces bare refusals.
pub struct ViewerStream<S> {
    inner: S,
    worker: Arc<Worker>,
    replying: Replying,
    /// What is written in place of a bare head of `replaced_len` bytes.
    replacement: Bytes,
    replaced_len: usize,
}

impl<S> ViewerStream<S> {
    /// Wraps the stream of a viewer whose replies tell `replying`.
    pub const fn new(inner: S, worker: Arc<Worker>, replying: Replying) -> Self {
        Self { inner, worker, replying, replacement: Bytes::new(), replaced_len: 0 }
    }
}

/// The refusal that `head` stands for when the HTTP library has written it by itself.
fn bare_refusal(head: &[u8]) -> Option<Refusal> {
    let status = head.strip_prefix(b"HTTP/1.1 ").or_else(|| head.strip_prefix(b"HTTP/1.0 "))?.get(..3)?;
    let is_bare = head.len() < MAX_BARE_HEAD_BYTES
        && head.ends_with(b"\r\n\r\n")
        && contains(head, b"content-length: 0")
        && !contains(head, b"x-cache");
    match (is_bare, status) {
        (true, b"400") => Some(admit::unparsable()),
        (true, b"414") => Some(admit::url_too_long()),
        (true, b"431") => Some(admit::head_too_large()),
        _ => None,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Head and body of the refusal on the wire.
fn envelope(worker: &Worker, refusal: &Refusal) -> Bytes {
    let request_id = worker.ids().next();
    let reply = request::refuse_unparsed(worker, Answer::of_refusal(refusal, &request_id), &request_id);
    let reason = reply.status.canonical_reason().unwrap_or("Request Header Too Large");
    let mut wire = BytesMut::with_capacity(2048);
    wire.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", reply.status.as_u16()).as_bytes());
    for (name, value) in reply.fields.iter() {
        wire.extend_from_slice(name.as_str().as_bytes());
        wire.extend_from_slice(b": ");
        wire.extend_from_slice(value.as_bytes());
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"\r\n");
    if let ReplyBody::Whole(body) = &reply.body {
        wire.extend_from_slice(body);
    }
    wire.freeze()
}

impl<S: Write + Unpin> ViewerStream<S> {
    /// Writes what is left of a replacement; ready with the length it stands for when all is out.
    fn poll_replacement(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        while self.replacement.has_remaining() {
            match Pin::new(&mut self.inner).poll_write(context, &self.replacement) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.replacement.advance(written),
            }
        }
        Poll::Ready(Ok(std::mem::take(&mut self.replaced_len)))
    }

    fn replaces(&mut self, head: &[u8]) -> bool {
        if self.replaced_len == 0
            && !self.replying.is_ours()
            && let Some(refusal) = bare_refusal(head)
        {
            self.replacement = envelope(&self.worker, &refusal);
            self.replaced_len = head.len();
        }
        self.replaced_len > 0
    }
}

impl<S: Read + Unpin> Read for ViewerStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for ViewerStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        if self.replaces(buffer) {
            return self.poll_replacement(context);
        }
        Pin::new(&mut self.inner).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        if buffers.first().is_some_and(|first| self.replaces(first)) {
            return self.poll_replacement(context);
        }
        let mut small = [0; SMALL_WRITE_BYTES];
        match gather(buffers, &mut small) {
            Some(whole) => Pin::new(&mut self.inner).poll_write(context, whole),
            None => Pin::new(&mut self.inner).poll_write_vectored(context, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        if flushed.is_ready() {
            self.replying.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// The buffers in one piece, when they fit into `small`.
fn gather<'a>(buffers: &[std::io::IoSlice<'_>], small: &'a mut [u8]) -> Option<&'a [u8]> {
    let mut end = 0;
    for buffer in buffers {
        small.get_mut(end..end + buffer.len())?.copy_from_slice(buffer);
        end += buffer.len();
    }
    small.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_refusals_are_recognised() {
        let bare = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_refusal(bare).map(|refusal| refusal.status.as_u16()), Some(400));
        let ours = b"HTTP/1.1 400 Bad Request\r\nx-cache: Error from cloudfront\r\ncontent-length: 0\r\n\r\n";
        assert!(bare_refusal(ours).is_none());
        assert!(bare_refusal(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_none());
        assert!(bare_refusal(b"HTTP/1.1 4").is_none());
    }
}
