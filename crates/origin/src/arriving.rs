//! A body on its way from an origin (J30, J34, C60 to C62).
//!
//! Pieces are read only when they are asked for, so a slow reader slows the origin down and nothing piles up. When
//! the body is whole the connection goes back to the pool; when the stream is dropped earlier it is closed.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http_body::Body;
use hyper::body::Incoming;
use rules::failure::OriginFailure;
use tokio::time::{Instant, Sleep};

use crate::body::Framing;
use crate::exchange::{classify, in_words};
use crate::link::Settled;
use crate::outgoing::{self, Upload};
use crate::pool::Lease;

/// A body on its way; `body.rs` tells how it ends.
pub(crate) struct Arriving {
    incoming: Incoming,
    framing: Framing,
    response_timeout: Duration,
    /// Runs while a piece is waited for.
    gap: Option<Pin<Box<Sleep>>>,
    waiting: bool,
    completion: Option<Pin<Box<Sleep>>>,
    upload: Option<Upload>,
    stage: Stage,
}

enum Stage {
    /// The stream has ended and the connection is accounted for.
    Done,
    /// Pieces are awaited.
    Reading(Lease),
    /// The body is whole; the connection is about to be idle, or to show what is wrong with it.
    Settling(Lease),
}

// === impl Arriving ===

impl Arriving {
    pub(crate) fn new(
        incoming: Incoming,
        framing: Framing,
        lease: Lease,
        upload: Option<Upload>,
        response_timeout: Duration,
        completes_by: Option<Instant>,
    ) -> Self {
        let mut body = Self {
            incoming,
            framing,
            response_timeout,
            gap: None,
            waiting: false,
            completion: completes_by.map(|at| Box::pin(tokio::time::sleep_until(at))),
            upload,
            stage: Stage::Reading(lease),
        };
        if framing == Framing::None {
            // Nobody has to read what does not exist.
            body.finish_unread();
        }
        body
    }

    /// How the body is delimited.
    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// Lets the connection settle on its own, if nothing of the response is outstanding on it.
    fn finish_unread(&mut self) {
        let whole = self.incoming.is_end_stream() && self.upload_is_finished();
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Reading(lease) if whole => lease.check_in_when_idle(),
            Stage::Settling(lease) => lease.check_in_when_idle(),
            Stage::Done | Stage::Reading(_) => {}
        }
    }

    /// An origin may answer before it has read the request's body; such a connection cannot be used again.
    fn upload_is_finished(&self) -> bool {
        self.upload.as_ref().is_none_or(|upload| upload.stage() == outgoing::Stage::Finished)
    }

    /// Ends the stream; a connection still held is closed.
    fn end(&mut self, result: Option<OriginFailure>) -> Poll<Option<Result<Bytes, OriginFailure>>> {
        self.stage = Stage::Done;
        Poll::Ready(result.map(Err))
    }

    /// The whole body came: on to the connection, unless it ended with the body.
    fn body_ended(&mut self) {
        self.waiting = false;
        let may_settle = self.framing != Framing::UntilClose && self.upload_is_finished();
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Reading(lease) if may_settle => Stage::Settling(lease),
            Stage::Done | Stage::Reading(_) | Stage::Settling(_) => Stage::Done,
        };
    }

    /// The next piece that is not empty. Trailers are not delivered.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, hyper::Error>>> {
        loop {
            match std::task::ready!(Pin::new(&mut self.incoming).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                    Ok(_) | Err(_) => {}
                },
            }
        }
    }

    /// Whether the origin was silent for the response timeout. The clock starts with the first wait.
    fn poll_gap(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = Instant::now() + self.response_timeout;
        let gap = self.gap.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if !std::mem::replace(&mut self.waiting, true) {
            gap.as_mut().reset(until);
        }
        gap.as_mut().poll(cx)
    }

    fn poll_completion(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.completion.as_mut().map_or(Poll::Pending, |completion| completion.as_mut().poll(cx))
    }

    fn poll_reading(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, OriginFailure>>> {
        match self.poll_piece(cx) {
            Poll::Ready(Some(Ok(data))) => {
                self.waiting = false;
                Poll::Ready(Some(Ok(data)))
            }
            Poll::Ready(Some(Err(error))) => {
                tracing::debug!(error = in_words(&error), "a response body broke off");
                self.end(Some(classify(&error)))
            }
            Poll::Ready(None) => {
                self.body_ended();
                self.poll_settling(cx)
            }
            Poll::Pending => self.poll_silence(cx),
        }
    }

    /// Nothing came yet: whether that is for too long.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, OriginFailure>>> {
        while self.poll_gap(cx).is_ready() {
            if !self.upload.as_ref().is_some_and(Upload::waits_for_viewer) {
                return self.end(Some(OriginFailure::ResponseTimeout));
            }
            // The origin may be waiting for the viewer, too.
            self.waiting = false;
        }
        Poll::Pending
    }

    fn poll_settling(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, OriginFailure>>> {
        let Stage::Settling(lease) = &mut self.stage else { return self.end(None) };
        match lease.poll_settled(cx) {
            Poll::Ready(Settled::Reusable) => {
                self.finish_unread();
                Poll::Ready(None)
            }
            Poll::Ready(Settled::Overran) if matches!(self.framing, Framing::Length(_)) => {
                self.end(Some(OriginFailure::InvalidResponse))
            }
            Poll::Ready(Settled::Closed | Settled::Overran) => self.end(None),
            // What is left of an upload may take its time; the viewer has its answer.
            Poll::Pending if self.upload.is_some() => {
                self.finish_unread();
                Poll::Ready(None)
            }
            // The body is whole whatever the connection does; it only cannot be used again.
            Poll::Pending => match self.poll_gap(cx) {
                Poll::Ready(()) => self.end(None),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl Stream for Arriving {
    type Item = Result<Bytes, OriginFailure>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = self.get_mut();
        match body.stage {
            Stage::Done => Poll::Ready(None),
            Stage::Reading(_) => match body.poll_completion(cx) {
                Poll::Ready(()) => body.end(Some(OriginFailure::CompletionTimeout)),
                Poll::Pending => body.poll_reading(cx),
            },
            Stage::Settling(_) => body.poll_settling(cx),
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // A reader may stop at the last announced byte without asking for the end.
        self.finish_unread();
    }
}
