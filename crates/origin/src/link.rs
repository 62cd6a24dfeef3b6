//! One HTTP/1.1 connection to an origin: the library's sending half and the task that drives the socket.
//!
//! Dropping a [`Link`] ends its task and with it the connection, at once. That is how a request is given up.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;

use crate::outgoing::Outgoing;
use crate::wire::{Traffic, Wire};

/// The largest response header block (C68), status line included. Beyond it nothing more is read.
pub(crate) const MAX_HEADER_BYTES: usize = 32_768;

/// The most response header lines: far more than any real response, and few enough to be parsed in no time.
const MAX_HEADER_LINES: usize = 256;

/// The most that is read ahead or held back for writing on one connection.
const MAX_BUFFER_BYTES: usize = 64 * 1024;

type Connection = http1::Connection<TokioIo<Wire>, Outgoing>;

/// A connection to an origin.
pub(crate) struct Link {
    pub(crate) sender: http1::SendRequest<Outgoing>,
    pub(crate) traffic: Arc<Traffic>,
    task: Task,
}

/// How a connection is left after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is closed.
    Closed,
    /// It is closed because the origin sent more than it had announced (C60).
    Overran,
    /// It can carry another request.
    Reusable,
}

/// The task of a connection; its output says whether bytes were left over.
struct Task(JoinHandle<bool>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

// === impl Link ===

impl Link {
    /// Speaks HTTP/1.1 on `wire`, on a task of the current runtime.
    pub(crate) async fn start(wire: Wire) -> hyper::Result<Self> {
        let traffic = wire.traffic();
        let (sender, connection) = http1::Builder::new()
            .max_header_size(MAX_HEADER_BYTES)
            .max_headers(MAX_HEADER_LINES)
            .max_buf_size(MAX_BUFFER_BYTES)
            .title_case_headers(true)
            .handshake(TokioIo::new(wire))
            .await?;
        Ok(Self { sender, traffic, task: Task(tokio::spawn(drive(connection))) })
    }

    /// Whether a request can be sent right now, as far as is known.
    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Waits until the connection is idle again or closed.
    pub(crate) fn poll_settled(&mut self, cx: &mut Context<'_>) -> Poll<Settled> {
        match ready!(self.sender.poll_ready(cx)) {
            Ok(()) => Poll::Ready(Settled::Reusable),
            Err(_) => {
                let overran = ready!(Pin::new(&mut self.task.0).poll(cx)).unwrap_or(false);
                Poll::Ready(if overran { Settled::Overran } else { Settled::Closed })
            }
        }
    }
}

/// Runs a connection to its end. Its errors reach the request or body that is waiting; the only thing left to tell
/// is whether bytes arrived that belong to no response.
async fn drive(mut connection: Connection) -> bool {
    let ended = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let left_over = connection.into_parts().read_buf.len();
    if left_over > 0 {
        tracing::debug!(left_over, error = ?ended.err(), "the origin sent bytes beyond its response");
    }
    left_over > 0
}
