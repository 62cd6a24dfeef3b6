//! The writing end of a body.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use rules::cache_key::CacheKey;
use rules::freshness::ErrorTimes;
use tokio::time::{Instant, timeout_at};

use crate::body::pipe::{Pipe, Retention, Room, piece_weight};
use crate::disk::large::LargeBody;
use crate::lookup::Cache;
use crate::memory::Entry;
use crate::permit::hold_off;

/// Nobody follows a fill that is not kept: the origin's connection can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwanted;

impl fmt::Display for Unwanted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("nobody follows the fill and it is not kept")
    }
}

impl std::error::Error for Unwanted {}

/// What is being filled.
#[derive(Debug)]
pub(crate) enum Kind {
    Error(ErrorTimes),
    Object,
    /// An error that is only shared.
    Shared,
}

/// The writing end of a body. Dropped unfinished, it is torn.
#[derive(Debug)]
pub struct Fill {
    cache: Arc<Cache>,
    key: CacheKey,
    stamp: u64,
    pipe: Arc<Pipe>,
    kind: Kind,
    /// More was pushed than was declared.
    is_overrun: bool,
    is_over: bool,
}

impl Fill {
    pub(crate) fn new(cache: &Arc<Cache>, key: &CacheKey, stamp: u64, pipe: &Arc<Pipe>, kind: Kind) -> Self {
        cache.fills().fetch_add(1, Ordering::Relaxed);
        if pipe.retention() == Retention::Window {
            cache.count_passing();
        }
        Self {
            cache: Arc::clone(cache),
            key: key.clone(),
            stamp,
            pipe: Arc::clone(pipe),
            kind,
            is_overrun: false,
            is_over: false,
        }
    }

    /// Adds a chunk. What is kept in memory never waits; what goes to the disk waits while more than the window is not
    /// written yet; what is not kept waits until its slowest follower is less than the window behind. Bytes past
    /// the declared length go nowhere.
    ///
    /// Cancel-safe: the chunk is added before anything is awaited.
    ///
    /// # Errors
    /// [`Unwanted`] when the fill is not kept and nobody follows it or can begin to.
    pub async fn push(&mut self, chunk: Bytes) -> Result<(), Unwanted> {
        if self.pipe.is_unwanted() {
            return Err(Unwanted);
        }
        let chunk = self.within_declared(chunk);
        if chunk.is_empty() {
            return Ok(());
        }
        self.spill_when_due(&chunk);
        match self.pipe.retention() {
            Retention::Keep if self.reserve(&chunk) => {
                self.pipe.append_reserved(chunk);
                return Ok(());
            }
            Retention::Spill => self.append_spilling(chunk),
            Retention::Keep | Retention::Window => self.pipe.append_passing(chunk),
        }
        self.cache.trim();
        self.room().await
    }

    /// The body is complete. If its length is not the declared one, it is torn (C60); answers whether it was.
    pub fn complete(mut self) -> bool {
        let received = self.pipe.received();
        let is_whole =
            !self.is_overrun && self.pipe.declared_len().is_none_or(|declared| declared == received);
        if is_whole {
            self.is_over = true;
            self.pipe.complete();
            self.cache.arrived(&self.key, self.stamp, &self.pipe);
        }
        is_whole
    }

    /// The origin broke off: followers get what there is and then an error, lookups get nothing any more
    /// (C61). Of an error answer a hold-off stays (B73).
    pub fn tear(self) {}

    /// How many readers follow at the moment.
    pub fn followers(&self) -> usize {
        self.pipe.followers()
    }

    /// The length that was declared, if one was.
    pub fn declared_len(&self) -> Option<u64> {
        self.pipe.declared_len()
    }

    /// Bytes pushed so far.
    pub fn received(&self) -> u64 {
        self.pipe.received()
    }

    /// Whether lookups will find the body when it is complete, as far as is known.
    pub fn is_kept(&self) -> bool {
        self.pipe.is_kept() && !self.cache.covers(&self.key, self.stamp)
    }

    /// Waits until the last follower has left, for an edge that gives up then (H44). Cancel-safe. With no
    /// follower so far it waits for the first to come and go, unless none can come.
    pub async fn unfollowed(&self) {
        poll_fn(|context| self.pipe.poll_unfollowed(context)).await;
    }

    fn within_declared(&mut self, mut chunk: Bytes) -> Bytes {
        let Some(declared) = self.pipe.declared_len() else { return chunk };
        let left = declared.saturating_sub(self.pipe.received());
        if chunk.len() as u64 > left {
            self.is_overrun = true;
            // What is left is less than the length of the chunk.
            chunk.truncate(left as usize);
        }
        chunk
    }

    /// Takes the memory for a chunk that is kept. If the body got too long, or memory is short, it is not
    /// kept from here on.
    fn reserve(&self, chunk: &Bytes) -> bool {
        let len = self.pipe.received() + chunk.len() as u64;
        if self.cache.can_keep(len) && self.cache.reserve(piece_weight(chunk)) {
            return true;
        }
        self.stop_keeping();
        false
    }

    /// From here on the body only passes through.
    fn stop_keeping(&self) {
        self.cache.count_passing();
        self.discard();
        self.pipe.stop_keeping();
        self.abandon();
    }

    /// Begins to write a body to the disk while it arrives, when it is or becomes too large to be read as a whole.
    fn spill_when_due(&self, chunk: &Bytes) {
        let Some(tier) = self.cache.tier().filter(|_| self.pipe.retention() == Retention::Keep) else {
            return;
        };
        let len = (self.pipe.received() + chunk.len() as u64).max(self.declared_len().unwrap_or(0));
        let is_due = matches!(self.kind, Kind::Object) && tier.takes_large(len) && self.pipe.is_kept();
        if is_due && self.cache.can_keep(len) {
            let large: Arc<LargeBody> = tier.begin_large(&self.key);
            for piece in self.pipe.spill(Arc::clone(&large)) {
                tier.write_large(&large, &self.pipe, piece);
            }
        }
    }

    fn append_spilling(&self, chunk: Bytes) {
        let len = self.pipe.received() + chunk.len() as u64;
        let large = self.pipe.large().filter(|large| !large.has_failed() && self.cache.can_keep(len));
        match (large, self.cache.tier()) {
            (Some(large), Some(tier)) => {
                self.pipe.append_passing(chunk.clone());
                tier.write_large(large, &self.pipe, chunk);
            }
            _ => {
                self.stop_keeping();
                self.pipe.append_passing(chunk);
            }
        }
    }

    /// The disk need not keep what it has of the body. Who reads it there may go on.
    fn abandon(&self) {
        if let (Some(large), Some(tier)) = (self.pipe.large(), self.cache.tier()) {
            tier.abandon_large(large);
        }
    }

    /// Takes the body out of the index; an error leaves a hold-off.
    fn discard(&self) {
        let remains = match self.kind {
            Kind::Error(times) => Some(Entry::Error(hold_off(&self.cache, times, self.stamp))),
            Kind::Object | Kind::Shared => None,
        };
        self.cache.replace_body(&self.key, &self.pipe, remains);
    }

    async fn room(&self) -> Result<(), Unwanted> {
        let limits = self.cache.limits();
        let (window, stall) = (limits.window_bytes as u64, limits.stall);
        loop {
            if self.pipe.retention() == Retention::Spill
                && self.pipe.large().is_some_and(|large| large.has_failed())
            {
                self.stop_keeping();
            }
            let deadline = match self.pipe.room(window, stall, Instant::now()) {
                Room::Free => return Ok(()),
                Room::Unwanted => return Err(Unwanted),
                Room::Wait(deadline) => deadline,
            };
            let changed = poll_fn(|context| self.pipe.poll_room(window, stall, deadline, context));
            match deadline {
                None => changed.await,
                // Whether it changed or the deadline passed: what counts is what `room` says then.
                Some(deadline) => drop(timeout_at(deadline, changed).await),
            }
        }
    }
}

impl Drop for Fill {
    fn drop(&mut self) {
        self.cache.fills().fetch_sub(1, Ordering::Relaxed);
        if !self.is_over {
            self.discard();
            self.pipe.tear();
            self.abandon();
        }
    }
}
