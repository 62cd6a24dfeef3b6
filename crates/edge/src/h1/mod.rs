//! HTTP/1.1 with viewers: our own codec (RFC 9112), because it is what every request of the hot path goes through.
//!
//! One loop for each connection: a head is taken off the buffer ([`head`]), answered, and the reply is written
//! ([`reply`]) while the request's body is handed over as it is wanted ([`upload`]). Requests that arrive together are
//! answered one after the other. The rules about what a request means are not here.
//!
//! A viewer that ends its sending side has left: what is at hand is still written to it, nothing is waited for on its
//! behalf (H43).

mod body;
mod buffers;
mod connection;
mod head;
mod names;
mod reply;
mod stopping;
#[cfg(test)]
mod tests;
mod upload;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Version;
use rules::admit::{self, Refusal};
use rules::request::Scheme;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::answer::Answer;
use crate::edge::Worker;
use crate::exchange::Reply;
use crate::request::{self, Begun};
use body::Spoiled;
use connection::{Connection, Read};
use head::{Head, Persistence};
use reply::{Asked, Ended, Outgoing};
use stopping::Stopping;
use upload::Upload;

/// How long a viewer may send nothing between two requests. How long a head may take is a setting.
const MAX_IDLE: Duration = Duration::from_secs(60);
/// How long a viewer may neither send of a body that is wanted nor take of a reply, before its connection is cut.
/// A socket's own buffers hide steady but slow readers for many seconds.
const MAX_STALL: Duration = Duration::from_secs(60);
/// How long a connection without a request yet may bring one after shutdown has begun: it was accepted, so its viewer
/// may be sending already.
const LAST_CALL: Duration = Duration::from_secs(1);

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
    let waiting = std::pin::pin!(stopping::begun(shutdown.clone()));
    let mut stopping = Stopping::new(shutdown, waiting);
    let mut connection = Connection::new(stream);
    let head_limit = worker.edge().settings().head_timeout;
    let mut is_first = true;
    loop {
        let bytes = match next_head(&mut connection, &mut stopping, head_limit, is_first).await {
            Next::Head(bytes) => bytes,
            Next::Refused(refusal) => return refuse(&worker, connection, refusal).await,
            Next::Nothing => return connection.close().await,
        };
        is_first = false;
        let after = match head::parse(&bytes, viewer, scheme) {
            Ok(head) => {
                drop(bytes);
                exchange(&worker, &mut connection, head, &stopping).await
            }
            Err(refusal) => Ok(After::Refuse(refusal)),
        };
        match after {
            Ok(After::Next) => {}
            Ok(After::Close) => return connection.close().await,
            Ok(After::Refuse(refusal)) => return refuse(&worker, connection, refusal).await,
            // The connection is cut, so that nobody takes what came for the whole.
            Ok(After::Cut) => return,
            Err(error) => return tracing::debug!(%viewer, %error, "connection ended early"),
        }
    }
}

/// What a connection brings next.
enum Next {
    /// A head, not yet read.
    Head(Bytes),
    Refused(Refusal),
    /// The viewer has left, or let the time pass, or the server stops.
    Nothing,
}

async fn next_head<S, F>(
    connection: &mut Connection<S>,
    stopping: &mut Stopping<'_, F>,
    head_limit: Duration,
    is_first: bool,
) -> Next
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = ()>,
{
    connection.restart_timer();
    let mut scanned = 0;
    let mut last = None;
    std::future::poll_fn(|cx| {
        loop {
            if !connection.buffer.is_empty() {
                match head::find_end(&mut connection.buffer, &mut scanned) {
                    Ok(Some(end)) => {
                        return Poll::Ready(Next::Head(connection.buffer.split_to(end).freeze()));
                    }
                    Ok(None) => {}
                    Err(refusal) => return Poll::Ready(Next::Refused(refusal)),
                }
            }
            match connection.poll_read(cx) {
                Poll::Ready(Ok(Read::Some)) => {}
                Poll::Ready(Ok(Read::End) | Err(_)) => return Poll::Ready(Next::Nothing),
                Poll::Pending => {
                    let Some(awaited) = awaited(connection, stopping, cx, is_first) else {
                        return Poll::Ready(Next::Nothing);
                    };
                    if last.replace(awaited) != Some(awaited) {
                        connection.restart_timer();
                    }
                    let limit = match awaited {
                        Awaited::First | Awaited::Rest => head_limit,
                        Awaited::Another => MAX_IDLE,
                        Awaited::LastCall => LAST_CALL,
                    };
                    return connection.poll_out_of_time(limit, cx).map(|()| Next::Nothing);
                }
            }
        }
    })
    .await
}

/// What a connection waits for between two requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The first byte of all.
    First,
    /// The first byte of another request.
    Another,
    /// The rest of a head.
    Rest,
    /// The first byte of all, though the server stops.
    LastCall,
}

/// What is waited for now; `None`: nothing, because the server stops. A head that has begun to arrive may finish.
fn awaited<S, F>(
    connection: &Connection<S>,
    stopping: &mut Stopping<'_, F>,
    cx: &mut Context<'_>,
    is_first: bool,
) -> Option<Awaited>
where
    F: Future<Output = ()>,
{
    if !connection.buffer.is_empty() {
        return Some(Awaited::Rest);
    }
    match (stopping.poll(cx), is_first) {
        (Poll::Pending, true) => Some(Awaited::First),
        (Poll::Pending, false) => Some(Awaited::Another),
        (Poll::Ready(()), true) => Some(Awaited::LastCall),
        (Poll::Ready(()), false) => None,
    }
}

/// Answers a request that cannot be read, and ends the connection (E10, E11, E14, Q01).
async fn refuse<S>(worker: &Arc<Worker>, mut connection: Connection<S>, refusal: Refusal)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request_id = worker.ids().next();
    let reply = request::refuse_unparsed(worker, Answer::of_refusal(&refusal, &request_id), &request_id);
    let asked = Asked { method: http::Method::GET, version: Version::HTTP_11 };
    let mut outgoing = Outgoing::new(reply, &asked, Persistence::Ends, b"");
    if write(&mut connection, &mut outgoing, None).await.is_ok() {
        connection.close().await;
    }
}

/// What becomes of the connection behind a reply.
enum After {
    /// The next request.
    Next,
    /// It ends in order.
    Close,
    /// It ends in order, with this.
    Refuse(Refusal),
    /// It ends in the middle.
    Cut,
}

async fn exchange<S, F>(
    worker: &Arc<Worker>,
    connection: &mut Connection<S>,
    head: Head,
    stopping: &Stopping<'_, F>,
) -> io::Result<After>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = ()>,
{
    let Head { mut arrival, framing, persistence, expects_continue } = head;
    let asked = Asked { method: arrival.method.clone(), version: arrival.version };
    let mut upload = Upload::of(&mut arrival, framing, expects_continue);
    let reply = match request::begin(worker, arrival) {
        Begun::Answered(reply) => reply,
        Begun::Underway(answering) => match answered(connection, answering, &mut upload).await {
            Ok(reply) => reply,
            Err(spoiled) => return Ok(after_spoiled(spoiled)),
        },
    };
    let body_stays = upload.as_mut().is_none_or(|upload| upload.may_stay(&mut connection.buffer));
    let stays = persistence == Persistence::Stays && body_stays && !stopping.has_begun();
    let persistence = if stays { Persistence::Stays } else { Persistence::Ends };
    let before = upload.as_mut().map_or(&b""[..], Upload::take_begun_continue);
    let mut outgoing = Outgoing::new(reply, &asked, persistence, before);
    let ended = write(connection, &mut outgoing, upload.as_mut()).await?;
    let persistence = outgoing.persistence;
    outgoing.finish();
    let is_whole = match upload {
        Some(mut upload) if persistence == Persistence::Stays => upload.drain(connection).await,
        _ => true,
    };
    Ok(match (ended, persistence) {
        (Ended::Broken, _) => After::Cut,
        (Ended::Whole, Persistence::Stays) if is_whole => After::Next,
        (Ended::Whole, _) => After::Close,
    })
}

/// What a viewer gets for a body that cannot be handed over, when nothing has been answered yet.
fn after_spoiled(spoiled: Spoiled) -> After {
    match spoiled {
        Spoiled::Left => After::Cut,
        Spoiled::Slow => After::Close,
        Spoiled::Malformed => After::Refuse(admit::unparsable()),
        Spoiled::TooLarge => After::Refuse(admit::body_too_large()),
    }
}

/// The reply; or what the viewer did to its own request before it was there.
async fn answered<S>(
    connection: &mut Connection<S>,
    mut answering: Pin<Box<dyn Future<Output = Reply> + Send>>,
    upload: &mut Option<Upload>,
) -> Result<Reply, Spoiled>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    connection.restart_timer();
    std::future::poll_fn(|cx| {
        if let Poll::Ready(reply) = answering.as_mut().poll(cx) {
            return Poll::Ready(Ok(reply));
        }
        let Some(upload) = upload.as_mut().filter(|upload| upload.goes_on()) else {
            return connection.poll_left(cx).map(|()| Err(Spoiled::Left));
        };
        if let Poll::Ready(spoiled) = upload.poll(connection, cx) {
            return Poll::Ready(Err(spoiled));
        }
        match upload.waits_for_viewer() {
            true => connection.poll_out_of_time(MAX_STALL, cx).map(|()| Err(Spoiled::Slow)),
            false => Poll::Pending,
        }
    })
    .await
}

/// Writes a reply, while the rest of the request's body goes on.
async fn write<S>(
    connection: &mut Connection<S>,
    outgoing: &mut Outgoing,
    mut upload: Option<&mut Upload>,
) -> io::Result<Ended>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    connection.restart_timer();
    std::future::poll_fn(|cx| {
        if let Poll::Ready(ended) = outgoing.poll(connection, cx) {
            return Poll::Ready(ended);
        }
        let mut waits_for_viewer = !outgoing.waits_for_origin();
        match upload.as_mut().filter(|upload| upload.goes_on()) {
            Some(upload) => {
                // What is malformed ends the body for its origin, which decides what becomes of the reply.
                if upload.poll(connection, cx) == Poll::Ready(Spoiled::Left) {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
                waits_for_viewer |= upload.waits_for_viewer();
            }
            None if !waits_for_viewer => {
                connection.restart_timer();
                return connection.poll_left(cx).map(|()| Err(io::ErrorKind::ConnectionReset.into()));
            }
            None => {}
        }
        if !waits_for_viewer {
            connection.restart_timer();
            return Poll::Pending;
        }
        connection.poll_out_of_time(MAX_STALL, cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    })
    .await
}
