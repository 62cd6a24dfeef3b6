//! The body of an answer with several parts of an object (RFC 9110 section 14.6).
//!
//! Heads are made at once, their number is limited; bytes are read part by part.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cache::{Body, Reader, Torn};
use futures_util::Stream;
use http::header::HeaderValue;
use rules::range::Span;

/// Several parts of one object, each behind a head of its own.
#[derive(Debug)]
pub struct Parts {
    body: Body,
    /// Heads and what follows them; the last head has nothing behind it.
    left: VecDeque<(Bytes, Option<Span>)>,
    reading: Option<Reader>,
    length: u64,
}

// === impl Parts ===

impl Parts {
    /// The parts `spans` of `body`, whose length is `total` and whose type is `kind`.
    pub fn new(body: &Body, spans: &[Span], total: u64, kind: Option<&HeaderValue>, boundary: &str) -> Self {
        let mut left: VecDeque<_> =
            spans.iter().map(|span| (head(*span, total, kind, boundary), Some(*span))).collect();
        left.push_back((format!("\r\n--{boundary}--\r\n").into(), None));
        let length = left.iter().map(|(head, span)| head.len() as u64 + span.map_or(0, Span::len)).sum();
        Self { body: body.clone(), left, reading: None, length }
    }

    /// Bytes of all parts and their heads.
    pub const fn length(&self) -> u64 {
        self.length
    }
}

fn head(span: Span, total: u64, kind: Option<&HeaderValue>, boundary: &str) -> Bytes {
    let mut head = format!("\r\n--{boundary}\r\n").into_bytes();
    if let Some(kind) = kind {
        head.extend_from_slice(b"Content-Type: ");
        head.extend_from_slice(kind.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"Content-Range: ");
    head.extend_from_slice(span.content_range(total).as_bytes());
    head.extend_from_slice(b"\r\n\r\n");
    head.into()
}

impl Stream for Parts {
    type Item = Result<Bytes, Torn>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(reader) = &mut self.reading {
            match ready!(Pin::new(reader).poll_next(context)) {
                Some(piece) => return Poll::Ready(Some(piece)),
                None => self.reading = None,
            }
        }
        let Some((head, span)) = self.left.pop_front() else { return Poll::Ready(None) };
        self.reading = span.map(|span| self.body.reader(span.start..span.end));
        Poll::Ready(Some(Ok(head)))
    }
}
