//! Whether anything moves on a connection.
//!
//! The library asks a body for its next piece when there is room for it. A body that has given a piece and is not
//! asked again waits for its viewer; one that was asked and has nothing waits for its origin.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::exchange::{BrokenOff, ReplyBody};

/// A body up to this size is not followed to the end of its delivery, which would cost each small reply a frame.
const SMALL_BODY_BYTES: u64 = 64 * 1024;

/// What is known about a connection.
#[derive(Debug)]
pub struct Progress {
    began_at: Instant,
    /// Requests under way.
    under_way: AtomicUsize,
    /// Those of them whose viewer has to take something first.
    waiting: AtomicUsize,
    moved_ms: AtomicU64,
}

/// Whether anything moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Something does, or waits for an origin.
    Moving,
    /// There was no request for some time.
    Idle,
    /// Every request waits for the viewer, for some time.
    Stalled,
}

// === impl Progress ===

impl Default for Progress {
    fn default() -> Self {
        let (under_way, waiting, moved_ms) = Default::default();
        Self { began_at: Instant::now(), under_way, waiting, moved_ms }
    }
}

impl Progress {
    /// One more request.
    pub fn begin(progress: &Arc<Self>) -> UnderWay {
        progress.under_way.fetch_add(1, Ordering::Relaxed);
        progress.moved();
        UnderWay(Arc::clone(progress))
    }

    /// Whether anything has moved within `patience`.
    pub fn state(&self, patience: Duration) -> State {
        let moved_at = self.began_at + Duration::from_millis(self.moved_ms.load(Ordering::Relaxed));
        let under_way = self.under_way.load(Ordering::Relaxed);
        match moved_at.elapsed() < patience {
            true => State::Moving,
            false if under_way == 0 => State::Idle,
            false if under_way == self.waiting.load(Ordering::Relaxed) => State::Stalled,
            false => State::Moving,
        }
    }

    fn moved(&self) {
        let elapsed_ms = u64::try_from(self.began_at.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.store(elapsed_ms, Ordering::Relaxed);
    }
}

/// A request under way, as long as it is held.
#[derive(Debug)]
pub struct UnderWay(Arc<Progress>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
        self.0.moved();
    }
}

/// The body of a reply, followed on its way.
pub struct Tracked {
    body: ReplyBody,
    is_large: bool,
    is_waiting: bool,
    under_way: UnderWay,
}

// === impl Tracked ===

impl Tracked {
    /// The body of the reply to a request.
    pub fn new(body: ReplyBody, under_way: UnderWay) -> Self {
        let is_large = body.size_hint().exact().is_none_or(|length| length > SMALL_BODY_BYTES);
        Self { body, is_large, is_waiting: false, under_way }
    }

    fn set_waiting(&mut self, is_waiting: bool) {
        let progress = &self.under_way.0;
        match (self.is_waiting, is_waiting) {
            (false, true) => drop(progress.waiting.fetch_add(1, Ordering::Relaxed)),
            (true, false) => drop(progress.waiting.fetch_sub(1, Ordering::Relaxed)),
            (true, true) | (false, false) => {}
        }
        self.is_waiting = is_waiting;
        progress.moved();
    }
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        let has_given = matches!(frame, Poll::Ready(Some(Ok(_))));
        self.set_waiting(has_given);
        frame
    }

    fn is_end_stream(&self) -> bool {
        // Asked again, a large one shows that its viewer has taken what came before.
        !(self.is_large && self.is_waiting) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.set_waiting(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn poll(body: &mut Tracked) -> Option<usize> {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut cx) {
            Poll::Ready(Some(Ok(frame))) => frame.into_data().ok().map(|data| data.len()),
            _ => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_that_takes_nothing_is_told_from_one_that_waits() {
        let progress = Arc::new(Progress::default());
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Idle);
        let asked = Progress::begin(&progress);
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Moving, "the origin has not answered");
        let mut body = Tracked::new(ReplyBody::Whole(vec![0; 100_000].into()), asked);
        assert_eq!(poll(&mut body), Some(100_000));
        assert!(!body.is_end_stream(), "its delivery is not known yet");
        assert_eq!(progress.state(PATIENCE), State::Moving);
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Stalled);
        let other = Progress::begin(&progress);
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Moving, "another request waits for its origin");
        drop(other);
        assert_eq!(poll(&mut body), None);
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Moving, "it was asked for more");
        drop(body);
        tokio::time::advance(PATIENCE).await;
        assert_eq!(progress.state(PATIENCE), State::Idle);
    }

    #[test]
    fn a_small_body_ends_with_its_only_piece() {
        let progress = Arc::new(Progress::default());
        let mut body = Tracked::new(ReplyBody::Whole("small".into()), Progress::begin(&progress));
        assert_eq!(poll(&mut body), Some(5));
        assert!(body.is_end_stream());
    }
}
