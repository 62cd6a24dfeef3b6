//! The body of an origin's response, as a stream that ends with the truth about it (J30, J34, C60 to C62).

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use rules::failure::OriginFailure;

use crate::arriving::Arriving;

/// How a response's body is delimited on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Chunked: its end is certain, its length is not known in advance.
    Chunked,
    /// `Content-Length`.
    Length(u64),
    /// There is none: HEAD, 204, 304.
    None,
    /// The end of the connection, which cannot be told from a broken one (C62).
    UntilClose,
}

/// The body of a response.
///
/// Each wait for a piece is limited by the origin's response timeout (J30), all of them by its completion timeout
/// (J34). After an error the stream has ended:
///
/// * `ClosedEarly`: shorter than announced (C60, C61), or the connection broke.
/// * `InvalidResponse`: a broken chunk; or, **after** every announced byte was delivered, more bytes than
///   `Content-Length` had announced (C60). The second is noticed when the surplus has arrived by then; a viewer has
///   all it was promised, but the response should not be stored.
/// * `ResponseTimeout`, `CompletionTimeout`: too slow.
/// * `Tls`: the secure channel broke.
pub struct ResponseBody(Source);

enum Source {
    Arriving(Box<Arriving>),
    /// Not from an origin: what a rehearsal has it send.
    MadeUp(Bytes),
}

// === impl ResponseBody ===

impl ResponseBody {
    /// A body that no origin sent, for a rehearsal.
    pub fn made_up(bytes: Bytes) -> Self {
        Self(Source::MadeUp(bytes))
    }

    /// How the body is delimited.
    pub fn framing(&self) -> Framing {
        match &self.0 {
            Source::Arriving(body) => body.framing(),
            Source::MadeUp(bytes) => Framing::Length(bytes.len() as u64),
        }
    }
}

impl From<Arriving> for ResponseBody {
    fn from(body: Arriving) -> Self {
        Self(Source::Arriving(Box::new(body)))
    }
}

impl Stream for ResponseBody {
    type Item = Result<Bytes, OriginFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Source::Arriving(body) => Pin::new(&mut **body).poll_next(cx),
            Source::MadeUp(bytes) if bytes.is_empty() => Poll::Ready(None),
            Source::MadeUp(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
        }
    }
}

impl std::fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").field("framing", &self.framing()).finish_non_exhaustive()
    }
}
