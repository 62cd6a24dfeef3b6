//! Whether the server is about to stop, asked by every connection before it waits for its next request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::sync::watch;

/// The end of the server, as one connection sees it. Registers once, not for each request.
pub struct Stopping<'a, F> {
    told: watch::Receiver<bool>,
    waiting: Pin<&'a mut F>,
    /// Whom `waiting` wakes.
    registered: Option<Waker>,
    has_begun: bool,
}

/// Waits until shutdown begins; a server that is gone counts as begun.
pub async fn begun(mut shutdown: watch::Receiver<bool>) {
    // The guard that `wait_for` returns must not live across another await.
    let _ = shutdown.wait_for(|stop| *stop).await.map(|_| ());
}

// === impl Stopping ===

impl<'a, F: Future<Output = ()>> Stopping<'a, F> {
    /// `waiting` is [`begun`] of the same channel.
    pub fn new(told: watch::Receiver<bool>, waiting: Pin<&'a mut F>) -> Self {
        Self { told, waiting, registered: None, has_begun: false }
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        self.has_begun || *self.told.borrow() || self.told.has_changed().is_err()
    }

    /// Waits until it begins.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.has_begun {
            return Poll::Ready(());
        }
        let is_registered = self.registered.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if is_registered && matches!(self.told.has_changed(), Ok(false)) {
            return Poll::Pending;
        }
        match self.waiting.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.has_begun = true;
                Poll::Ready(())
            }
            Poll::Pending => {
                self.registered = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
