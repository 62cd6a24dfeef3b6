//! One request over HTTP/3: from its stream to an arrival, and from a reply back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h3::error::{Code, StreamError};
use h3::server::{RequestResolver, RequestStream};
use http_body_util::BodyExt;
use rules::limits::MAX_REQUEST_BODY_BYTES;
use rules::request::Scheme;
use tokio::time::timeout;

use super::body::{Spoiled, ViewerBody};
use super::guard::{Budgets, Guarded, Sending};
use crate::arrived;
use crate::edge::Worker;
use crate::exchange::{Arrival, Reply, ReplyBody};
use crate::request::{self, Begun};
use crate::sent;

/// Most of a body that is handed over at once: the viewer has to take so much within the time of a head.
const PIECE_BYTES: usize = 64 * 1024;

/// Why a request ended without a whole reply.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The stream or its connection failed, or the viewer gave it up.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The viewer took too long to send its request or to take its reply.
    #[error("the viewer was too slow")]
    Slow,
    /// The body has another length than the head says.
    #[error("the body has another length than Content-Length says")]
    Length,
    /// The origin broke off.
    #[error("the origin broke off in the middle of the body")]
    BrokenOff,
}

/// Answers one request.
pub async fn serve(
    worker: Arc<Worker>,
    resolver: RequestResolver<Guarded, Bytes>,
    viewer: SocketAddr,
    budgets: Budgets,
) {
    if let Err(error) = answer(&worker, resolver, viewer, &budgets).await {
        tracing::debug!(%viewer, %error, "a request over HTTP/3 ended early");
    }
}

async fn answer(
    worker: &Arc<Worker>,
    resolver: RequestResolver<Guarded, Bytes>,
    viewer: SocketAddr,
    budgets: &Budgets,
) -> Result<(), Ended> {
    let patience = worker.edge().settings().head_timeout;
    let resolved = timeout(patience, resolver.resolve_request()).await.map_err(|_| Ended::Slow)?;
    let (request, stream) = resolved?;
    let (mut outgoing, incoming) = stream.split();
    let (parts, ()) = request.into_parts();
    let mut arrival = arrived::of_parts(parts, viewer, Scheme::Https);
    let body = ViewerBody::new(incoming, declared_length(&arrival), budgets, patience);
    give_body(&mut arrival, body).await?;
    let reply = match request::begin(worker, arrival) {
        Begun::Answered(reply) => reply,
        Begun::Underway(answering) => answering.await,
    };
    let sent = send(&mut outgoing, reply, patience).await;
    match &sent {
        Err(Ended::Slow) => outgoing.stop_stream(Code::H3_REQUEST_CANCELLED),
        // The viewer must not take what came for the whole (H42).
        Err(Ended::BrokenOff) => outgoing.stop_stream(Code::H3_INTERNAL_ERROR),
        Ok(()) | Err(Ended::Stream(_) | Ended::Length) => {}
    }
    sent
}

fn declared_length(arrival: &Arrival) -> Option<u64> {
    let declared = arrival.fields.first_str(&http::header::CONTENT_LENGTH)?;
    if declared.bytes().all(|byte| byte.is_ascii_digit()) { declared.parse().ok() } else { None }
}

/// Puts the body in. Only its end tells that a request without `Content-Length` has none.
async fn give_body(arrival: &mut Arrival, mut body: ViewerBody) -> Result<(), Ended> {
    if !body.begin().await? {
        arrival.body_length = Some(0);
        return Ok(());
    }
    arrival.body_length = body.declared();
    let limit = usize::try_from(MAX_REQUEST_BODY_BYTES).unwrap_or(usize::MAX);
    arrival.body = origin::RequestBody::Streaming(http_body_util::Limited::new(body, limit).boxed_unsync());
    Ok(())
}

type Outgoing = RequestStream<Sending, Bytes>;

async fn send(outgoing: &mut Outgoing, reply: Reply, patience: Duration) -> Result<(), Ended> {
    let mut head = http::Response::new(());
    *head.status_mut() = reply.status;
    let fields = sent::joined(reply.fields, &reply.own);
    head.headers_mut().reserve(fields.len());
    for (name, value) in fields {
        head.headers_mut().append(name, value);
    }
    timeout(patience, outgoing.send_response(head)).await.map_err(|_| Ended::Slow)??;
    send_body(outgoing, reply.body, patience).await?;
    timeout(patience, outgoing.finish()).await.map_err(|_| Ended::Slow)??;
    Ok(())
}

async fn send_body(outgoing: &mut Outgoing, mut body: ReplyBody, patience: Duration) -> Result<(), Ended> {
    while let Some(frame) = body.frame().await {
        let Ok(mut bytes) = frame.map_err(|_| Ended::BrokenOff)?.into_data() else { continue };
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
            timeout(patience, outgoing.send_data(piece)).await.map_err(|_| Ended::Slow)??;
        }
    }
    Ok(())
}

impl From<Spoiled> for Ended {
    fn from(spoiled: Spoiled) -> Self {
        match spoiled {
            Spoiled::Stream(error) => Self::Stream(error),
            Spoiled::Slow => Self::Slow,
            Spoiled::Length => Self::Length,
        }
    }
}
