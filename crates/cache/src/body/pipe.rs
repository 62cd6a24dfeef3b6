//! What one fill writes and any number of readers follow.
//!
//! A pipe *keeps* its bytes, or it is a *window*: then bytes that every follower has taken are released, and
//! the writer waits while too much is left. Or it *spills*: what a file has taken is released, and read from there.
//! A pipe can turn from the first into the others, and from the last into a window; never back. When it is
//! complete, its extents are immutable and read without a lock.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::Torn;
use super::extents::{Extents, PIECE_OVERHEAD};
use super::followers::{Followers, Seat};
use crate::disk::large::LargeBody;
use crate::memory::Charge;
use crate::sync::lock;

/// Whether bytes stay after the followers have taken them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retention {
    Keep,
    /// In a file: what is not written yet stays here.
    Spill,
    Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Complete,
    Filling,
    Torn,
}

/// What a reader got.
#[derive(Debug)]
pub(crate) enum Taken {
    End,
    Piece(Bytes),
    /// It lies in a file.
    Stored(Arc<LargeBody>),
    Torn,
}

/// Whether a writer may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Free,
    /// Nobody can read what would be written.
    Unwanted,
    /// Too much is left. At the moment given, if any, a follower that has not moved until then is cut off.
    Wait(Option<Instant>),
}

#[derive(Debug)]
pub(crate) struct Pipe {
    declared_len: Option<u64>,
    finished: OnceLock<Extents>,
    /// The file that it spills into.
    large: OnceLock<Arc<LargeBody>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    extents: Extents,
    phase: Phase,
    retention: Retention,
    /// Bytes that the file has taken.
    spilled: u64,
    /// Whether the index leads to it.
    listed: bool,
    /// Whether a handle is left that a reader can come from.
    open: bool,
    was_followed: bool,
    followers: Followers,
    writer: Option<Waker>,
    charge: Charge,
}

impl Pipe {
    pub(crate) fn new(declared_len: Option<u64>, retention: Retention, charge: Charge) -> Arc<Self> {
        let state = State {
            extents: Extents::default(),
            phase: Phase::Filling,
            retention,
            spilled: 0,
            listed: false,
            open: true,
            was_followed: false,
            followers: Followers::default(),
            writer: None,
            charge,
        };
        Arc::new(Self {
            declared_len,
            finished: OnceLock::new(),
            large: OnceLock::new(),
            state: Mutex::new(state),
        })
    }

    pub(crate) const fn declared_len(&self) -> Option<u64> {
        self.declared_len
    }

    pub(crate) fn finished(&self) -> Option<&Extents> {
        self.finished.get()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    // === the index and the handles ===

    pub(crate) fn set_listed(&self, listed: bool) {
        self.change(|state| state.listed = listed);
    }

    pub(crate) fn close_entrance(&self) {
        self.change(|state| state.open = false);
    }

    /// Changes something that a waiting writer has to look at.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let writer = state.writer.take();
        drop(state);
        wake(writer);
    }

    // === the readers ===

    /// A seat for a reader that starts at `start`; none is needed when the body is complete.
    pub(crate) fn enter(&self, start: u64) -> Result<Option<Seat>, Torn> {
        if let Some(extents) = self.finished() {
            let is_gone = start < extents.start() && self.large().is_none();
            return if is_gone { Err(Torn) } else { Ok(None) };
        }
        let mut state = self.lock();
        // A body that completes meanwhile has moved out of the state.
        let first = self.finished().map_or(state.extents.start(), Extents::start);
        if (start < first && self.large().is_none()) || state.phase == Phase::Torn {
            return Err(Torn);
        }
        state.was_followed = true;
        let seat = state.followers.enter(start);
        let writer = state.writer.take();
        drop(state);
        wake(writer);
        Ok(Some(seat))
    }

    pub(crate) fn leave(&self, seat: Seat) {
        self.change(|state| state.followers.leave(seat));
    }

    /// The next bytes at `position`, not past `end`; registers the waker when there are none yet.
    pub(crate) fn poll_take(
        &self,
        seat: Option<Seat>,
        position: u64,
        end: u64,
        context: &Context<'_>,
    ) -> Poll<Taken> {
        if let Some(extents) = self.finished() {
            return Poll::Ready(self.take_finished(extents, position, end));
        }
        let mut state = self.lock();
        if let Some(extents) = self.finished() {
            return Poll::Ready(self.take_finished(extents, position, end));
        }
        if let Some(large) = self.large().filter(|_| position < state.extents.start() && position < end) {
            return Poll::Ready(Taken::Stored(Arc::clone(large)));
        }
        let (taken, writer) = state.take(seat, position, end, context);
        drop(state);
        wake(writer);
        taken
    }

    fn take_finished(&self, extents: &Extents, position: u64, end: u64) -> Taken {
        match (extents.slice(position, end), self.large()) {
            (Some(bytes), _) => Taken::Piece(bytes),
            (None, Some(large)) if position < extents.start().min(end) => Taken::Stored(Arc::clone(large)),
            // A follower that was cut off, or that came for bytes that were released.
            (None, _) if position < extents.start() => Taken::Torn,
            (None, _) => Taken::End,
        }
    }

    /// A follower has read something from the file.
    pub(crate) fn has_read(&self, seat: Seat, position: u64) {
        self.change(|state| {
            if let Some(follower) = state.followers.at(seat) {
                (follower.position, follower.taken_at) = (position, Instant::now());
            }
        });
    }

    pub(crate) fn followers(&self) -> usize {
        self.lock().followers.len()
    }

    // === the writer ===

    pub(crate) fn received(&self) -> u64 {
        self.finished().map_or_else(|| self.lock().extents.end(), Extents::end)
    }

    pub(crate) fn is_kept(&self) -> bool {
        let state = self.lock();
        state.listed && state.retention != Retention::Window
    }

    pub(crate) fn retention(&self) -> Retention {
        self.lock().retention
    }

    /// Whether every byte so far is there and the rest will be.
    pub(crate) fn is_sound(&self) -> bool {
        let state = self.lock();
        state.phase != Phase::Torn && state.retention != Retention::Window
    }

    pub(crate) fn is_unwanted(&self) -> bool {
        self.lock().is_unwanted()
    }

    /// Adds a piece that is kept, for whose weight (see [`piece_weight`]) memory was reserved.
    pub(crate) fn append_reserved(&self, bytes: Bytes) {
        let mut state = self.lock();
        state.charge.adopt(piece_weight(&bytes));
        state.extents.push(bytes);
        settle_and_wake(state);
    }

    /// Adds a piece to the window.
    pub(crate) fn append_passing(&self, bytes: Bytes) {
        let mut state = self.lock();
        state.extents.push_unmerged(bytes);
        settle_and_wake(state);
    }

    /// The file that it spills into, or spilled into before the disk refused more.
    pub(crate) fn large(&self) -> Option<&Arc<LargeBody>> {
        self.large.get()
    }

    /// Bytes in memory.
    pub(crate) fn held_bytes(&self) -> u64 {
        let held = |extents: &Extents| extents.end() - extents.start();
        self.finished().map_or_else(|| held(&self.lock().extents), held)
    }

    /// Begins to spill; answers what has arrived so far, which is to be written first.
    pub(crate) fn spill(&self, large: Arc<LargeBody>) -> Vec<Bytes> {
        let mut state = self.lock();
        // Only the one fill of this pipe begins to spill, once.
        let _ = self.large.set(large);
        state.retention = Retention::Spill;
        state.extents.pieces().cloned().collect()
    }

    /// The file has taken so many bytes, or fails to take more.
    pub(crate) fn spilled(&self, bytes: u64) {
        self.change(|state| {
            state.spilled = bytes;
            if state.phase == Phase::Filling {
                state.release();
            }
        });
    }

    /// Turns into a window.
    pub(crate) fn stop_keeping(&self) {
        let mut state = self.lock();
        state.retention = Retention::Window;
        state.followers.excuse(Instant::now());
        state.release();
    }

    /// Whether the writer may add to the window at `now`; cuts off who stalled.
    pub(crate) fn room(&self, window: u64, stall: Duration, now: Instant) -> Room {
        let mut state = self.lock();
        let cut = state.cut_stalled(window, stall, now);
        let room = state.room(window, stall);
        drop(state);
        cut.into_iter().for_each(Waker::wake);
        room
    }

    /// Ready when [`Self::room`] is worth asking again after it said [`Room::Wait`] with `deadline`.
    pub(crate) fn poll_room(
        &self,
        window: u64,
        stall: Duration,
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<()> {
        let mut state = self.lock();
        if state.room(window, stall) != Room::Wait(deadline) {
            return Poll::Ready(());
        }
        state.writer = Some(context.waker().clone());
        Poll::Pending
    }

    /// Ready when there was a follower and there is none any more.
    pub(crate) fn poll_unfollowed(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.is_unwanted() || (state.was_followed && state.followers.is_empty()) {
            return Poll::Ready(());
        }
        state.writer = Some(context.waker().clone());
        Poll::Pending
    }

    pub(crate) fn complete(&self) {
        let mut state = self.lock();
        let mut extents = std::mem::take(&mut state.extents);
        if state.retention == Retention::Keep {
            extents.finish();
        }
        state.charge.set(extents.weight());
        state.phase = Phase::Complete;
        // Only the one fill of this pipe completes it, once.
        let _ = self.finished.set(extents);
        let wakers = state.followers.wakers();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn tear(&self) {
        let mut state = self.lock();
        state.phase = Phase::Torn;
        let wakers = state.followers.wakers();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

// === impl State ===

impl State {
    fn take(
        &mut self,
        seat: Option<Seat>,
        position: u64,
        end: u64,
        context: &Context<'_>,
    ) -> (Poll<Taken>, Option<Waker>) {
        let Some(follower) = seat.and_then(|seat| self.followers.at(seat)) else {
            return (Poll::Ready(Taken::Torn), None);
        };
        let windowed = self.retention == Retention::Window;
        if let Some(bytes) = self.extents.slice(position, end) {
            follower.position = position + bytes.len() as u64;
            let front_end = self.extents.front_end();
            let mut writer = None;
            if windowed {
                follower.taken_at = Instant::now();
                // Only who reads past the first piece can make room.
                if position < front_end && follower.position >= front_end {
                    writer = self.writer.take();
                }
            }
            return (Poll::Ready(Taken::Piece(bytes)), writer);
        }
        match self.phase {
            Phase::Complete => (Poll::Ready(Taken::End), None),
            Phase::Filling => {
                follower.wait(context);
                // Somebody waits: the clock of those who stall starts to matter.
                (Poll::Pending, if windowed { self.writer.take() } else { None })
            }
            Phase::Torn => (Poll::Ready(Taken::Torn), None),
        }
    }

    fn is_unwanted(&self) -> bool {
        let may_be_followed = self.open && (self.retention != Retention::Window || !self.was_followed);
        !self.listed && self.followers.is_empty() && !may_be_followed
    }

    /// Lets go of what every follower has taken, or the file. Until the first one comes, everything stays that is
    /// nowhere else.
    fn release(&mut self) {
        let released = match self.retention {
            Retention::Keep => None,
            Retention::Spill => Some(self.spilled),
            Retention::Window => self.followers.slowest(),
        };
        if let Some(position) = released {
            self.extents.release_before(position);
        }
        self.charge.set(self.extents.weight());
    }

    fn room(&mut self, window: u64, stall: Duration) -> Room {
        self.release();
        if self.is_unwanted() {
            return Room::Unwanted;
        }
        if self.extents.weight() < window {
            return Room::Free;
        }
        match self.retention {
            // The disk will take it or refuse it.
            Retention::Keep | Retention::Spill => Room::Wait(None),
            Retention::Window => Room::Wait(self.first_stall(stall)),
        }
    }

    /// When the first follower that holds up another one has stalled; `None` while nobody is held up.
    fn first_stall(&self, stall: Duration) -> Option<Instant> {
        let received = self.extents.end();
        if !self.followers.iter().any(|follower| follower.position >= received) {
            return None;
        }
        let front_end = self.extents.front_end();
        let holders = self.followers.iter().filter(|follower| follower.position < front_end);
        holders.map(|follower| follower.taken_at + stall).min()
    }

    fn cut_stalled(&mut self, window: u64, stall: Duration, now: Instant) -> Vec<Waker> {
        match self.room(window, stall) {
            Room::Wait(Some(deadline)) if deadline <= now => {
                let front_end = self.extents.front_end();
                self.followers
                    .cut(|follower| follower.position < front_end && follower.taken_at + stall <= now)
            }
            Room::Free | Room::Unwanted | Room::Wait(_) => Vec::new(),
        }
    }
}

/// After a piece was added: the account, then the readers.
fn settle_and_wake(mut state: MutexGuard<'_, State>) {
    state.release();
    let wakers = state.followers.wakers();
    drop(state);
    wakers.into_iter().for_each(Waker::wake);
}

/// Memory that a piece takes until it is merged.
pub(crate) fn piece_weight(bytes: &Bytes) -> u64 {
    bytes.len() as u64 + PIECE_OVERHEAD
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
