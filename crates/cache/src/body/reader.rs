//! Streams a range of a body, following its fill.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use super::Torn;
use super::followers::Seat;
use super::pipe::{Pipe, Taken};
use crate::disk::large::{LargeBody, Piece};

/// Streams a range of a body. Several may read one body at once, each at its own pace.
///
/// Cancel-safe: a piece is taken only when it is returned. After the end and after [`Torn`] it yields `None`.
#[derive(Debug)]
pub struct Reader {
    source: Source,
    position: u64,
    end: u64,
    /// What a file was asked for.
    asked: Option<Piece>,
}

#[derive(Debug)]
enum Source {
    Bytes(Bytes),
    Ended,
    Large(Arc<LargeBody>),
    Pipe(Arc<Pipe>, Option<Seat>),
    Torn,
}

impl Reader {
    pub(super) const fn torn() -> Self {
        Self { source: Source::Torn, position: 0, end: 0, asked: None }
    }

    pub(super) fn of_bytes(bytes: &Bytes, start: u64, end: u64) -> Self {
        let len = bytes.len() as u64;
        let (from, to) = (start.min(len), end.min(len));
        // Both are at most the length, which is a `usize`.
        let piece = if from < to { bytes.slice(from as usize..to as usize) } else { Bytes::new() };
        Self { source: Source::Bytes(piece), position: start, end, asked: None }
    }

    pub(super) fn of_large(large: &Arc<LargeBody>, start: u64, end: u64) -> Self {
        Self { source: Source::Large(Arc::clone(large)), position: start, end, asked: None }
    }

    pub(super) fn of_pipe(pipe: &Arc<Pipe>, start: u64, end: u64) -> Result<Self, Torn> {
        if start >= end {
            return Ok(Self { source: Source::Ended, position: start, end, asked: None });
        }
        let seat = pipe.enter(start)?;
        Ok(Self { source: Source::Pipe(Arc::clone(pipe), seat), position: start, end, asked: None })
    }

    /// Offset in the body of the next byte.
    pub const fn position(&self) -> u64 {
        self.position
    }

    fn poll_take(&mut self, context: &mut Context<'_>) -> Poll<Taken> {
        loop {
            if let Some(asked) = &mut self.asked {
                let Poll::Ready(answer) = Pin::new(asked).poll(context) else { return Poll::Pending };
                self.asked = None;
                // A thread that panicked answers nothing.
                let Ok(Ok(bytes)) = answer else { return Poll::Ready(Taken::Torn) };
                if let Source::Pipe(pipe, Some(seat)) = &self.source {
                    pipe.has_read(*seat, self.position + bytes.len() as u64);
                }
                return Poll::Ready(Taken::Piece(bytes));
            }
            let taken = match &mut self.source {
                Source::Bytes(bytes) => match std::mem::take(bytes) {
                    bytes if bytes.is_empty() => Taken::End,
                    bytes => Taken::Piece(bytes),
                },
                Source::Ended => Taken::End,
                Source::Large(large) if self.position < self.end.min(large.written()) => {
                    Taken::Stored(Arc::clone(large))
                }
                Source::Large(_) => Taken::End,
                Source::Pipe(pipe, seat) => match pipe.poll_take(*seat, self.position, self.end, context) {
                    Poll::Ready(taken) => taken,
                    Poll::Pending => return Poll::Pending,
                },
                Source::Torn => Taken::Torn,
            };
            match taken {
                Taken::Stored(large) => self.asked = Some(large.read(self.position, self.end)),
                taken => return Poll::Ready(taken),
            }
        }
    }

    fn finish(&mut self, last: Source) {
        self.asked = None;
        if let Source::Pipe(pipe, Some(seat)) = std::mem::replace(&mut self.source, last) {
            pipe.leave(seat);
        }
    }
}

impl Stream for Reader {
    type Item = Result<Bytes, Torn>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Poll::Ready(taken) = this.poll_take(context) else { return Poll::Pending };
        Poll::Ready(match taken {
            Taken::Piece(bytes) => {
                this.position += bytes.len() as u64;
                if this.position >= this.end {
                    this.finish(Source::Ended);
                }
                Some(Ok(bytes))
            }
            Taken::End => {
                this.finish(Source::Ended);
                None
            }
            // Asked for above: nothing says so any more.
            Taken::Stored(_) | Taken::Torn => {
                this.finish(Source::Ended);
                Some(Err(Torn))
            }
        })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.finish(Source::Ended);
    }
}
