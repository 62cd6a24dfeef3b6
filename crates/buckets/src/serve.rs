//! The socket: a bounded number of connections, time limits for heads and for gaps in bodies, and a drain at the end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};

use crate::limits::{MAX_CONNECTIONS, MAX_HEAD_BYTES, PATIENCE};
use crate::service::Buckets;

/// Serves until `shutdown` turns true; then requests under way may go on for `drain`.
pub async fn serve(
    listener: TcpListener,
    buckets: Buckets,
    drain: Duration,
    mut shutdown: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // Never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut shutdown) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (buckets, shutdown) = (buckets.clone(), shutdown.clone());
                connections.spawn(async move {
                    connection(stream, peer.ip(), buckets, shutdown).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, or the caller was gone already: others must not suffer.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(drain, all).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: std::net::IpAddr,
    buckets: Buckets,
    mut shutdown: watch::Receiver<bool>,
) {
    // A caller that cannot be told "no delay" is served all the same.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let buckets = buckets.clone();
        async move { buckets.answer(request.map(Patient::new), peer).await }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stopped(&mut shutdown) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Waits for the order to stop; nobody left who could give it is one too.
async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    drop(shutdown.wait_for(|stop| *stop).await);
}

/// A request body that ends with an error when its next piece does not come in time.
struct Patient<B> {
    body: B,
    limit: Pin<Box<Sleep>>,
    is_waiting: bool,
}

// === impl Patient ===

impl<B> Patient<B> {
    fn new(body: B) -> Self {
        Self { body, limit: Box::pin(tokio::time::sleep(PATIENCE)), is_waiting: false }
    }
}

impl<B> Body for Patient<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.is_waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        if !self.is_waiting {
            self.is_waiting = true;
            self.limit.as_mut().reset(Instant::now() + PATIENCE);
        }
        match self.limit.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_given_up_and_one_that_is_slow_is_not() {
        let pieces = futures_util::stream::unfold(0, |count| async move {
            let pause = if count < 3 { PATIENCE - Duration::from_secs(1) } else { PATIENCE * 2 };
            tokio::time::sleep(pause).await;
            Some((Ok::<_, io::Error>(Frame::data(Bytes::from_static(b"x"))), count + 1))
        });
        let mut body = Patient::new(StreamBody::new(Box::pin(pieces)));
        for _ in 0..3 {
            assert!(body.frame().await.unwrap().is_ok());
        }
        let error = body.frame().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(body.frame().now_or_never().is_none_or(|frame| frame.is_none_or(|frame| frame.is_err())));
    }
}
