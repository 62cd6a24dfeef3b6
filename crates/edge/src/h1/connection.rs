//! The bytes of one connection: reading ahead, writing out, and time limits for both.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};
use tokio_util::io::poll_read_buf;

use super::buffers;

/// Bytes that are read while a request is being answered: the next request of a hurried viewer.
const MAX_READ_AHEAD_BYTES: usize = 64 * 1024;
/// Read and dropped behind a reply that closes the connection, so that the viewer gets the reply before the reset.
const MAX_LINGER_BYTES: usize = 4 * 1024 * 1024;
/// Longest time for that.
const MAX_LINGER: Duration = Duration::from_secs(2);

/// A connection.
pub struct Connection<S> {
    stream: S,
    /// What was read and not looked at.
    pub buffer: BytesMut,
    /// When the viewer's time is over; reckoned when it is first waited for.
    deadline: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    has_ended: bool,
}

/// What a read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Some bytes.
    Some,
    /// The viewer sends nothing any more.
    End,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::new(), deadline: None, timer: None, has_ended: false }
    }

    /// The viewer's time begins anew, when it is next waited for. Costs nothing: the clock is not read.
    pub fn restart_timer(&mut self) {
        self.deadline = None;
    }

    /// Whether the viewer has been waited for longer than `patience`. A later deadline moves the timer only when it
    /// runs out: most requests never touch it.
    pub fn poll_out_of_time(&mut self, patience: Duration, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + patience);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Reads some bytes behind those in the buffer.
    pub fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Read>> {
        if self.has_ended {
            return Poll::Ready(Ok(Read::End));
        }
        buffers::make_room(&mut self.buffer);
        match poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.buffer) {
            Poll::Ready(Ok(0)) => {
                self.has_ended = true;
                Poll::Ready(Ok(Read::End))
            }
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(Read::Some)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                buffers::give_back(&mut self.buffer);
                Poll::Pending
            }
        }
    }

    /// Ready when the viewer has left; what it sends meanwhile is read ahead.
    pub fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.buffer.len() < MAX_READ_AHEAD_BYTES {
            match ready!(self.poll_read(cx)) {
                Ok(Read::Some) => {}
                Ok(Read::End) | Err(_) => return Poll::Ready(()),
            }
        }
        // Whoever sends that much ahead is there.
        Poll::Pending
    }

    /// Writes from `slices`; answers how many bytes.
    pub fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        let written = match slices {
            [only] => stream.poll_write(cx, only),
            _ => stream.poll_write_vectored(cx, slices),
        };
        match ready!(written) {
            Ok(0) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            other => Poll::Ready(other),
        }
    }

    /// Sends what lies in buffers of the transport.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Ends the connection so that the viewer gets everything that was written.
    pub async fn close(mut self) {
        let linger = async {
            std::future::poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await?;
            let mut dropped = 0;
            while dropped < MAX_LINGER_BYTES {
                self.buffer.clear();
                match std::future::poll_fn(|cx| self.poll_read(cx)).await? {
                    Read::End => break,
                    Read::Some => dropped += self.buffer.len(),
                }
            }
            io::Result::Ok(())
        };
        // Nobody is left to whom a failure would matter.
        let _ = tokio::time::timeout(MAX_LINGER, linger).await;
    }
}
