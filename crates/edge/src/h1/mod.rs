//! HTTP/1.1 with viewers: our own codec (RFC 9112), because it is what every request of the hot path goes through.
//!
//! One loop for each connection: a head is taken off the buffer ([`head`]), answered, and the reply is written
//! ([`reply`]) while the request's body is handed over as it is wanted ([`body`]). Requests that arrive together are
//! answered one after the other. The rules about what a request means are not here.

mod body;
mod buffers;
mod connection;
mod head;
mod reply;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use http::Version;
use http_body_util::BodyExt;
use rules::admit::Refusal;
use rules::request::Scheme;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::answer::Answer;
use crate::edge::Worker;
use crate::exchange::Reply;
use crate::request::{self, Begun};
use body::{Decoder, Giver, Piece, Spoiled, Wish};
use connection::{Connection, Read};
use head::{Framing, Head, Persistence};
use reply::{Asked, Ended, Outgoing};

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// How long a connection may be without its first request when shutdown begins.
const FIRST_HEAD: Duration = Duration::from_secs(1);

/// Serves one viewer's connection until it ends, or until the reply under way when `shutdown` turns true.
pub async fn serve<S>(
    worker: Arc<Worker>,
    stream: S,
    viewer: SocketAddr,
    scheme: Scheme,
    shutdown: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stopping = std::pin::pin!(stopped(shutdown.clone()));
    let mut stopping_late = std::pin::pin!(stopped_late(shutdown.clone()));
    let mut is_new = true;
    let patience = worker.edge().settings().head_timeout;
    let mut connection = Connection::new(stream, patience);
    let mut scratch = BytesMut::new();
    loop {
        let stopping: Pin<&mut (dyn Future<Output = ()> + Send)> =
            if std::mem::take(&mut is_new) { stopping_late.as_mut() } else { stopping.as_mut() };
        let head = match next_head(&mut connection, viewer, scheme, stopping).await {
            Next::Head(head) => head,
            Next::Refused(refusal) => return refuse(worker, connection, refusal).await,
            Next::Nothing => return connection.close().await,
        };
        let is_ending = *shutdown.borrow();
        match exchange(&worker, &mut connection, head, is_ending, std::mem::take(&mut scratch)).await {
            Ok(After::Next(buffer)) => scratch = buffer,
            Ok(After::Close) => return connection.close().await,
            // The connection is cut, so that nobody takes what came for the whole.
            Ok(After::Cut) => return,
            Err(error) => return tracing::debug!(%viewer, %error, "connection ended early"),
        }
    }
}

/// Waits until shutdown begins; a server that is gone counts as begun.
async fn stopped(mut shutdown: watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = shutdown.wait_for(|stop| *stop).await.map(|_| ());
}

/// The same for a connection that has not brought a request: it may be on its way.
async fn stopped_late(shutdown: watch::Receiver<bool>) {
    stopped(shutdown).await;
    tokio::time::sleep(FIRST_HEAD).await;
}

/// What a connection brings next.
enum Next {
    Head(Head),
    Refused(Refusal),
    /// The viewer has left, or let the time pass, or the server stops.
    Nothing,
}

async fn next_head<S>(
    connection: &mut Connection<S>,
    viewer: SocketAddr,
    scheme: Scheme,
    mut stopping: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> Next
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    connection.restart_timer();
    std::future::poll_fn(|cx| {
        loop {
            if !connection.buffer.is_empty() {
                match head::take(&mut connection.buffer, viewer, scheme) {
                    Ok(Some(head)) => return Poll::Ready(Next::Head(head)),
                    Ok(None) => {}
                    Err(refusal) => return Poll::Ready(Next::Refused(refusal)),
                }
            }
            match connection.poll_read(cx) {
                Poll::Ready(Ok(Read::Some)) => {}
                Poll::Ready(Ok(Read::End) | Err(_)) => return Poll::Ready(Next::Nothing),
                Poll::Pending if stopping.as_mut().poll(cx).is_ready() => return Poll::Ready(Next::Nothing),
                Poll::Pending => return connection.poll_out_of_time(cx).map(|()| Next::Nothing),
            }
        }
    })
    .await
}

/// Answers a request that cannot be read, and ends the connection (E10, E11, E14, Q01).
async fn refuse<S>(worker: Arc<Worker>, mut connection: Connection<S>, refusal: Refusal)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request_id = worker.ids().next();
    let reply = request::refuse_unparsed(&worker, Answer::of_refusal(&refusal, &request_id), &request_id);
    let asked = Asked { method: http::Method::GET, version: Version::HTTP_11 };
    let outgoing = Outgoing::new(reply, &asked, Persistence::Ends, BytesMut::new());
    if write(&mut connection, outgoing, None).await.is_ok() {
        connection.close().await;
    }
}

/// What becomes of the connection behind a reply.
enum After {
    /// The next request, with the buffer for its reply's head.
    Next(BytesMut),
    /// It ends in order.
    Close,
    /// It ends in the middle.
    Cut,
}

async fn exchange<S>(
    worker: &Arc<Worker>,
    connection: &mut Connection<S>,
    head: Head,
    is_ending: bool,
    scratch: BytesMut,
) -> io::Result<After>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Head { mut arrival, framing, persistence, expects_continue } = head;
    let asked = Asked { method: arrival.method.clone(), version: arrival.version };
    let mut upload = (framing != Framing::None).then(|| {
        let (giver, body) = body::channel(arrival.body_length);
        arrival.body = origin::RequestBody::Streaming(body.boxed_unsync());
        Upload { giver, decoder: Decoder::new(framing), continues: expects_continue.then_some(CONTINUE) }
    });
    let reply = match request::begin(worker, arrival) {
        Begun::Answered(reply) => reply,
        Begun::Underway(answering) => match answered(connection, answering, &mut upload).await {
            Some(reply) => reply,
            None => return Ok(After::Cut),
        },
    };
    let persistence = if is_ending { Persistence::Ends } else { persistence };
    let persistence = match &upload {
        // Without its `100 Continue` nobody knows whether the body comes.
        Some(upload) if upload.continues.is_some() => Persistence::Ends,
        _ => persistence,
    };
    let outgoing = Outgoing::new(reply, &asked, persistence, scratch);
    let (ended, outgoing) = write(connection, outgoing, upload.as_mut()).await?;
    let whole_body = upload.is_none_or(|mut upload| upload.skip(&mut connection.buffer));
    Ok(match (ended, outgoing.persistence) {
        (Ended::Broken, _) => After::Cut,
        (Ended::Whole, Persistence::Stays) if whole_body => After::Next(outgoing.into_buffer()),
        (Ended::Whole, _) => After::Close,
    })
}

/// The reply; `None` when the viewer leaves before it is there.
async fn answered<S>(
    connection: &mut Connection<S>,
    mut answering: Pin<Box<dyn Future<Output = Reply> + Send>>,
    upload: &mut Option<Upload>,
) -> Option<Reply>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    std::future::poll_fn(|cx| {
        if let Poll::Ready(reply) = answering.as_mut().poll(cx) {
            return Poll::Ready(Some(reply));
        }
        match upload {
            Some(upload) if !upload.is_finished() => upload.poll(connection, cx).map(|()| None),
            _ => connection.poll_left(cx).map(|()| None),
        }
    })
    .await
}

/// Writes a reply, while the rest of the request's body goes on.
async fn write<S>(
    connection: &mut Connection<S>,
    mut outgoing: Outgoing,
    mut upload: Option<&mut Upload>,
) -> io::Result<(Ended, Outgoing)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    connection.restart_timer();
    let ended = std::future::poll_fn(|cx| {
        if let Poll::Ready(ended) = outgoing.poll(connection, cx) {
            return Poll::Ready(ended);
        }
        if outgoing.waits_for_origin() {
            connection.restart_timer();
            let left = match &mut upload {
                Some(upload) if !upload.is_finished() => upload.poll(connection, cx),
                _ => connection.poll_left(cx),
            };
            return left.map(|()| Err(io::ErrorKind::ConnectionReset.into()));
        }
        connection.poll_out_of_time(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    })
    .await?;
    Ok((ended, outgoing))
}

/// A request's body that is being handed over.
struct Upload {
    giver: Giver,
    decoder: Decoder,
    /// What of `100 Continue` is still to be written before the viewer sends the body (E19).
    continues: Option<&'static [u8]>,
}

impl Upload {
    fn is_finished(&self) -> bool {
        self.decoder.is_finished()
    }

    /// Hands over what is wanted. Ready when the viewer has left in the middle of it.
    fn poll<S>(&mut self, connection: &mut Connection<S>, cx: &mut Context<'_>) -> Poll<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            match ready!(self.giver.poll_wish(cx)) {
                Wish::Nothing => return Poll::Pending,
                Wish::Piece => {}
            }
            match ready!(self.poll_piece(connection, cx)) {
                Ok(Piece::Data(piece)) => self.giver.give(piece),
                Ok(Piece::End | Piece::NeedsMore) => {
                    self.giver.end(Ok(()));
                    return Poll::Pending;
                }
                Err(spoiled) => {
                    self.giver.end(Err(spoiled));
                    return if spoiled == Spoiled::Left { Poll::Ready(()) } else { Poll::Pending };
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
            if !connection.buffer.is_empty() {
                // The viewer did not wait.
                self.continues = None;
                break;
            }
            let written = ready!(connection.poll_write(cx, &[io::IoSlice::new(rest)]));
            let Ok(written) = written else { return Poll::Ready(Err(Spoiled::Left)) };
            self.continues = rest.get(written..).filter(|rest| !rest.is_empty());
        }
        loop {
            match self.decoder.next(&mut connection.buffer)? {
                Piece::NeedsMore => {}
                piece => {
                    connection.restart_timer();
                    return Poll::Ready(Ok(piece));
                }
            }
            match connection.poll_read(cx) {
                Poll::Ready(Ok(Read::Some)) => {}
                Poll::Ready(Ok(Read::End) | Err(_)) => return Poll::Ready(Err(Spoiled::Left)),
                Poll::Pending => return connection.poll_out_of_time(cx).map(|()| Err(Spoiled::Slow)),
            }
        }
    }

    /// Drops what is left of the body as far as it has arrived; whether it was all of it.
    fn skip(&mut self, buffer: &mut BytesMut) -> bool {
        loop {
            match self.decoder.next(buffer) {
                Ok(Piece::Data(_)) => {}
                Ok(Piece::End) => return true,
                Ok(Piece::NeedsMore) | Err(_) => return false,
            }
        }
    }
}
