//! A request's body on its way from the connection, and the `100 Continue` before it (E19).

use std::io;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncWrite};

use super::body::{self, Decoder, Giver, Piece, Spoiled, Wish};
use super::connection::{Connection, Read};
use super::head::Framing;
use crate::exchange::Arrival;

/// What of a body is read and dropped behind a reply that did not need it, in bytes; with more to come the connection
/// ends.
const MAX_DRAIN_BYTES: usize = 256 * 1024;
/// Longest time for that.
const MAX_DRAIN: Duration = Duration::from_secs(2);

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A request's body that is being handed over.
pub struct Upload {
    giver: Giver,
    decoder: Decoder,
    /// What of `100 Continue` is still to be written before the viewer sends the body; nothing: to be flushed.
    continues: Option<&'static [u8]>,
    waits_for_viewer: bool,
    is_spoiled: bool,
}

impl Upload {
    /// The body of `arrival`, if there is one; gives the arrival its side of it.
    pub fn of(arrival: &mut Arrival, framing: Framing, expects_continue: bool) -> Option<Self> {
        if framing == Framing::None {
            return None;
        }
        let (giver, body) = body::channel(arrival.body_length);
        arrival.body = origin::RequestBody::Streaming(body.boxed_unsync());
        Some(Self {
            giver,
            decoder: Decoder::new(framing),
            continues: expects_continue.then_some(CONTINUE),
            waits_for_viewer: false,
            is_spoiled: false,
        })
    }

    /// Whether somebody may still want some of it.
    pub fn goes_on(&self) -> bool {
        !self.is_spoiled && !self.decoder.is_finished() && !self.giver.is_done()
    }

    /// Whether it is the viewer's turn: a piece is wanted that it has not sent yet.
    pub fn waits_for_viewer(&self) -> bool {
        self.waits_for_viewer
    }

    /// Whether the connection can go on behind a reply that begins now. What nobody wants is dropped as far as it has
    /// arrived.
    pub fn may_stay(&mut self, buffer: &mut BytesMut) -> bool {
        if self.continues.is_some_and(|rest| !rest.is_empty()) && buffer.is_empty() {
            // Without its `100 Continue` nobody knows whether the body comes.
            return false;
        }
        self.goes_on() || self.skip(buffer)
    }

    /// The rest of a `100 Continue` of which a part is written: it goes before the reply. One that is not begun is
    /// not needed any more.
    pub fn take_begun_continue(&mut self) -> &'static [u8] {
        let Some(rest) = self.continues.take() else { return b"" };
        // From here on only what the viewer sends unasked is handed over.
        if rest.len() < CONTINUE.len() { rest } else { b"" }
    }

    /// Hands over what is wanted. Ready when the body can never become whole.
    pub fn poll<S>(&mut self, connection: &mut Connection<S>, cx: &mut Context<'_>) -> Poll<Spoiled>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            self.waits_for_viewer = false;
            match ready!(self.giver.poll_wish(cx)) {
                Wish::Nothing => return Poll::Pending,
                Wish::Piece => {}
            }
            self.waits_for_viewer = true;
            match ready!(self.poll_piece(connection, cx)) {
                Ok(Piece::Data(piece)) => {
                    self.giver.give(piece);
                    if self.decoder.is_finished() {
                        self.giver.end(Ok(()));
                    }
                }
                Ok(Piece::End | Piece::NeedsMore) => {
                    self.waits_for_viewer = false;
                    self.giver.end(Ok(()));
                    return Poll::Pending;
                }
                Err(spoiled) => {
                    self.waits_for_viewer = false;
                    self.is_spoiled = true;
                    self.giver.end(Err(spoiled));
                    return Poll::Ready(spoiled);
                }
            }
        }
    }

    fn poll_piece<S>(
        &mut self,
        connection: &mut Connection<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Piece, Spoiled>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while let Some(rest) = self.continues {
            if !connection.buffer.is_empty() && rest.len() == CONTINUE.len() {
                // The viewer did not wait.
                self.continues = None;
                break;
            }
            if rest.is_empty() {
                let flushed = ready!(connection.poll_flush(cx));
                self.continues = None;
                match flushed {
                    Ok(()) => break,
                    Err(_) => return Poll::Ready(Err(Spoiled::Left)),
                }
            }
            let written = ready!(connection.poll_write(cx, &[io::IoSlice::new(rest)]));
            let Ok(written) = written else { return Poll::Ready(Err(Spoiled::Left)) };
            self.continues = rest.get(written..);
        }
        loop {
            match self.decoder.next(&mut connection.buffer)? {
                Piece::NeedsMore => {}
                piece => {
                    connection.restart_timer();
                    return Poll::Ready(Ok(piece));
                }
            }
            match ready!(connection.poll_read(cx)) {
                Ok(Read::Some) => {}
                Ok(Read::End) | Err(_) => return Poll::Ready(Err(Spoiled::Left)),
            }
        }
    }

    /// Drops the rest of the body so that the next request can be read; whether it came, within the limits of patience.
    pub async fn drain<S>(&mut self, connection: &mut Connection<S>) -> bool
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let draining = async {
            let mut dropped = 0;
            while !self.skip(&mut connection.buffer) {
                let read = std::future::poll_fn(|cx| connection.poll_read(cx)).await;
                dropped += connection.buffer.len();
                if !matches!(read, Ok(Read::Some)) || dropped > MAX_DRAIN_BYTES || self.is_spoiled {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(MAX_DRAIN, draining).await.unwrap_or(false)
    }

    /// Drops what is left of the body as far as it has arrived; whether it was all of it.
    pub fn skip(&mut self, buffer: &mut BytesMut) -> bool {
        loop {
            match self.decoder.next(buffer) {
                Ok(Piece::Data(_)) => {}
                Ok(Piece::End) => return true,
                Ok(Piece::NeedsMore) => return false,
                Err(_) => {
                    self.is_spoiled = true;
                    return false;
                }
            }
        }
    }
}
