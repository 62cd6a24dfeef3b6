//! The seam between the HTTP library and the house: an arrival goes in, a reply comes out.
//!
//! Behind this seam a head is a list of fields and a body is one of a few kinds; nothing knows hyper. The
//! codec can be replaced without touching a step of a request.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http::{Method, StatusCode, Version};
use rules::Fields;
use rules::request::{Scheme, Text};
use tokio::sync::mpsc;

use crate::parts::Parts;
use crate::sent::{AnswerFields, OwnFields};

/// A viewer's request as it arrived.
#[derive(Debug)]
pub struct Arrival {
    /// The method.
    pub method: Method,
    /// The protocol version.
    pub version: Version,
    /// HTTP or HTTPS.
    pub scheme: Scheme,
    /// `Host` or `:authority`, as sent.
    pub authority: Text,
    /// How many different hosts the request names; anything but 1 is refused (E08).
    pub host_lines: usize,
    /// The path as received.
    pub path: Text,
    /// The query without `?`.
    pub query: Option<Text>,
    /// Header fields without `Host`.
    pub fields: Fields,
    /// The viewer's address.
    pub viewer: SocketAddr,
    /// The request body.
    pub body: origin::RequestBody,
    /// Its length, when it is declared.
    pub body_length: Option<u64>,
}

/// What a viewer gets.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The header fields of the answer.
    pub fields: AnswerFields,
    /// The edge's own header fields.
    pub own: OwnFields,
    /// The body.
    pub body: ReplyBody,
}

/// The body of a reply.
pub enum ReplyBody {
    /// None.
    Empty,
    /// All of it, in one piece.
    Whole(Bytes),
    /// Stored or still being filled; follows the fill.
    Stored(cache::Reader),
    /// Several parts of what is stored (I07).
    Parts(Box<Parts>),
    /// Streamed from the origin for this viewer alone.
    Passing(origin::ResponseBody),
    /// The same, made into something else by a task of its own.
    Piped(mpsc::Receiver<Result<Bytes, BrokenOff>>),
    /// Broken off, and nobody has been told yet.
    Broken,
}

/// The body broke off: the viewer's connection is broken off too (H42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the origin broke off in the middle of the body")]
pub struct BrokenOff;

impl std::fmt::Debug for ReplyBody {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Empty => "Empty",
            Self::Whole(_) => "Whole",
            Self::Stored(_) => "Stored",
            Self::Parts(_) => "Parts",
            Self::Passing(_) => "Passing",
            Self::Piped(_) => "Piped",
            Self::Broken => "Broken",
        })
    }
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BrokenOff>>> {
        let next = match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Self::Stored(reader) => {
                Pin::new(reader).poll_next(context).map(|item| item.map(|chunk| chunk.map_err(|_| BrokenOff)))
            }
            Self::Parts(parts) => Pin::new(&mut **parts)
                .poll_next(context)
                .map(|item| item.map(|chunk| chunk.map_err(|_| BrokenOff))),
            Self::Piped(pipe) => pipe.poll_recv(context),
            Self::Passing(body) => {
                Pin::new(body).poll_next(context).map(|item| item.map(|chunk| chunk.map_err(|_| BrokenOff)))
            }
            Self::Broken => return Poll::Ready(Some(Err(BrokenOff))),
        };
        if matches!(next, Poll::Ready(Some(Err(BrokenOff)))) {
            // The HTTP library drops what it has not written yet when a body fails. Waiting one turn lets it
            // write first: the viewer gets the head and all that came before the break (C61).
            *self = Self::Broken;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        next.map(|item| item.map(|chunk| chunk.map(http_body::Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Stored(_) | Self::Parts(_) | Self::Passing(_) | Self::Piped(_) | Self::Broken => false,
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Empty => http_body::SizeHint::with_exact(0),
            Self::Whole(bytes) => http_body::SizeHint::with_exact(bytes.len() as u64),
            // The length is in the head when it is known.
            Self::Stored(_) | Self::Parts(_) | Self::Passing(_) | Self::Piped(_) | Self::Broken => {
                http_body::SizeHint::default()
            }
        }
    }
}
