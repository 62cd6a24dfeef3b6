//! The viewer's request body on its way to an origin: streamed, never held, at most once.
//!
//! The HTTP library takes ownership of a request's body. [`Upload`] keeps a second handle, so that a body of which
//! nothing was taken yet can be offered to another connection (J35), and so that waiting for a slow viewer is not
//! mistaken for a slow origin (J30).

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;

/// Any error of a viewer's request body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A viewer's request body. When its size hint is exact it is sent with `Content-Length`, otherwise chunked.
pub type BoxedBody = UnsyncBoxBody<Bytes, BoxError>;

/// What follows the head of a request.
#[derive(Debug)]
pub enum RequestBody {
    /// Nothing.
    Empty,
    /// The viewer's body: read only as fast as the origin takes it. Its error aborts the request to the origin.
    Streaming(BoxedBody),
}

/// A request body that is being sent, or was, or will be.
#[derive(Clone)]
pub(crate) struct Upload(Arc<Mutex<State>>);

struct State {
    body: BoxedBody,
    /// Bytes still to come when the length was declared.
    remaining: Option<u64>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The viewer's side broke off.
    BrokenOff,
    /// All of it was handed to the connection.
    Finished,
    /// Some of it was handed to the connection and more is there.
    Sending,
    /// Nothing was asked for yet.
    Untouched,
    /// The viewer has not sent the next piece yet.
    WaitingForViewer,
}

// === impl Upload ===

impl Upload {
    /// The upload of `body`; `None` when there is nothing to send.
    pub(crate) fn of(body: RequestBody) -> Option<Self> {
        match body {
            RequestBody::Empty => None,
            RequestBody::Streaming(body) if body.is_end_stream() => None,
            RequestBody::Streaming(body) => {
                let remaining = body.size_hint().exact();
                Some(Self(Arc::new(Mutex::new(State { body, remaining, stage: Stage::Untouched }))))
            }
        }
    }

    /// How far it is.
    pub(crate) fn stage(&self) -> Stage {
        self.state().stage
    }

    /// A slow viewer is not a slow origin: while its next piece is awaited, the response timeout does not run.
    pub(crate) fn waits_for_viewer(&self) -> bool {
        self.stage() == Stage::WaitingForViewer
    }

    /// The length to declare; meaningful while untouched.
    pub(crate) fn length(&self) -> Option<u64> {
        self.state().remaining
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.stage = match &polled {
            Poll::Pending => Stage::WaitingForViewer,
            Poll::Ready(None) => Stage::Finished,
            Poll::Ready(Some(Err(_))) => Stage::BrokenOff,
            Poll::Ready(Some(Ok(frame))) => self.after(frame),
        };
        polled
    }

    /// The connection may stop asking once a declared length is reached, so the end is counted here.
    fn after(&mut self, frame: &Frame<Bytes>) -> Stage {
        let len = frame.data_ref().map_or(0, |data| data.remaining() as u64);
        self.remaining = self.remaining.map(|left| left.saturating_sub(len));
        let finished = self.remaining == Some(0) || self.body.is_end_stream();
        if finished { Stage::Finished } else { Stage::Sending }
    }
}

/// What the HTTP library gets as a request body.
pub(crate) struct Outgoing(pub(crate) Option<Upload>);

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match &self.0 {
            None => Poll::Ready(None),
            Some(upload) => upload.state().poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|upload| upload.state().body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), |upload| upload.state().body.size_hint())
    }
}
