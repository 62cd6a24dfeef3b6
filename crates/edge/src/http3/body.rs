//! The body of a request over HTTP/3: as long as it says (RFC 9114 section 4.1.2), and not too slow.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use h3::error::{Code, StreamError};
use h3::server::RequestStream;
use http_body::{Frame, SizeHint};
use origin::BoxError;
use tokio::time::{Instant, Sleep};

use super::guard::{Budget, Budgets, Receiving};

/// Why a body ended too early.
#[derive(Debug, thiserror::Error)]
pub enum Spoiled {
    /// The stream or its connection failed, or the viewer gave it up.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// Nothing came for too long.
    #[error("the body came too slowly")]
    Slow,
    /// More or less came than the head says.
    #[error("the body has another length than Content-Length says")]
    Length,
}

/// A body on its way from the viewer.
pub struct ViewerBody {
    stream: RequestStream<Receiving, Bytes>,
    /// What its length is said to be.
    declared: Option<u64>,
    received: u64,
    /// A piece that was read ahead.
    first: Option<Bytes>,
    budget: Option<Budget>,
    patience: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    has_ended: bool,
}

// === impl ViewerBody ===

impl ViewerBody {
    /// The body that `stream` carries; `declared` is what its head says about the length.
    pub fn new(
        stream: RequestStream<Receiving, Bytes>,
        declared: Option<u64>,
        budgets: &Budgets,
        patience: Duration,
    ) -> Self {
        let budget = budgets.take(stream.id());
        Self { stream, declared, received: 0, first: None, budget, patience, timer: None, has_ended: false }
    }

    /// What its length is said to be.
    pub const fn declared(&self) -> Option<u64> {
        self.declared
    }

    /// Finds out whether there is a body at all.
    pub async fn begin(&mut self) -> Result<bool, Spoiled> {
        match self.declared {
            Some(length) => Ok(length > 0),
            None => {
                self.first = poll_fn(|cx| self.poll_piece(cx)).await?;
                Ok(self.first.is_some())
            }
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Spoiled>> {
        if self.has_ended {
            return Poll::Ready(Ok(None));
        }
        let Poll::Ready(received) = self.poll_received(cx) else {
            return self.poll_out_of_time(cx).map(|()| Err(Spoiled::Slow));
        };
        self.timer = None;
        if let Some(budget) = &self.budget {
            budget.renew();
        }
        let piece = received?;
        self.received += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        self.has_ended = piece.is_none();
        let fits = self.declared.is_none_or(|declared| match piece {
            Some(_) => self.received <= declared,
            None => self.received == declared,
        });
        if !fits {
            self.has_ended = true;
            self.stream.stop_sending(Code::H3_MESSAGE_ERROR);
            return Poll::Ready(Err(Spoiled::Length));
        }
        Poll::Ready(Ok(piece))
    }

    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, StreamError>> {
        let received = ready!(self.stream.poll_recv_data(cx))?;
        Poll::Ready(Ok(received.map(|mut piece| piece.copy_to_bytes(piece.remaining()))))
    }

    fn poll_out_of_time(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = Instant::now() + self.patience;
        self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline))).as_mut().poll(cx)
    }
}

impl http_body::Body for ViewerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let piece = ready!(self.poll_piece(cx));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)).map_err(BoxError::from).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended && self.first.is_none() || self.declared == Some(self.received) && self.first.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let left = |declared: u64| SizeHint::with_exact(declared.saturating_sub(self.received));
        self.declared.map_or_else(SizeHint::default, left)
    }
}
