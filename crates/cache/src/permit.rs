//! The right and the duty to ask the origin for one key, and the ways to discharge it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::StatusCode;
use rules::Fields;
use rules::cache_key::CacheKey;
use rules::freshness::{ErrorTimes, ObjectTimes, Remembers};

use crate::body::Body;
use crate::body::pipe::{Pipe, Retention};
use crate::collapse::{Flight, Outcome};
use crate::entry::{StoredError, StoredObject, head_weight};
use crate::fill::{Fill, Kind};
use crate::lookup::Cache;
use crate::mark::DiskMark;
use crate::memory::{Charge, Entry};

/// The right and the duty to ask the origin for one key.
///
/// It notes when it was given: an invalidation that comes later covers what it stores (K17). Dropped without
/// a word, it tells the waiters to look again, and one of them will lead.
#[derive(Debug)]
pub struct Permit {
    cache: Arc<Cache>,
    key: CacheKey,
    stamp: u64,
    /// `None` outside collapsing.
    flight: Option<Arc<Flight>>,
}

impl Permit {
    pub(crate) fn new(cache: &Arc<Cache>, key: &CacheKey, stamp: u64, flight: Option<Arc<Flight>>) -> Self {
        Self { cache: Arc::clone(cache), key: key.detached(), stamp, flight }
    }

    /// The key.
    pub const fn key(&self) -> &CacheKey {
        &self.key
    }

    /// How many wait for this permit at the moment.
    pub fn waiting(&self) -> usize {
        self.flight.as_ref().map_or(0, |flight| flight.waiting())
    }

    /// Stores a response whose head has arrived. Lookups see it at once and follow its body; it replaces the
    /// object and removes the error. The waiters look again, or go alone if it is fresh for no time (D52).
    ///
    /// A body declared longer than can be kept is not stored: what the key held is removed, the body passes
    /// through a window, and the waiters go alone. `declared_len` is the length of the body that will be
    /// pushed: zero for an answer to HEAD, whatever its `Content-Length`.
    pub fn store_object(
        mut self,
        status: StatusCode,
        fields: Fields,
        times: ObjectTimes,
        declared_len: Option<u64>,
    ) -> (Arc<StoredObject>, Fill) {
        let is_kept = self.can_keep(declared_len);
        let pipe = self.pipe(declared_len, is_kept);
        let fill = self.fill(&pipe, Kind::Object);
        let object = self.object(status, fields, times, Body::of_pipe(pipe));
        if is_kept {
            self.cache.store(&self.key, Entry::Object(Arc::clone(&object)), false);
            self.settle(after_storing(&times));
        } else {
            self.cache.remove(&self.key, self.stamp);
            self.settle(Outcome::GoAlone);
        }
        (object, fill)
    }

    /// The origin confirmed the object (C43): stores it again with new fields and times and the same body.
    /// If an invalidation covers the old object by now, the new one is delivered and not stored.
    pub fn refresh(
        mut self,
        old: &Arc<StoredObject>,
        fields: Fields,
        times: ObjectTimes,
    ) -> Arc<StoredObject> {
        let object = self.object(old.status, fields, times, old.body.clone());
        if !self.cache.covers(&self.key, old.stamp) {
            self.cache.store(&self.key, Entry::Object(Arc::clone(&object)), false);
            // Looked at last: a body that breaks off from now on finds the new object and removes it.
            if let Some(pipe) = old.body.pipe().filter(|pipe| !pipe.is_sound()) {
                self.cache.replace_body(&self.key, pipe, None);
            }
        }
        self.settle(after_storing(&times));
        object
    }

    /// Remembers an error answer whose head has arrived. Lookups see it at once; the object stays unless
    /// `drops_object` (B35). The waiters look again.
    ///
    /// If the body breaks off (B73), or turns out too long to be kept, a hold-off with the same times takes
    /// its place.
    pub fn store_error(
        mut self,
        times: ErrorTimes,
        fields: Fields,
        declared_len: Option<u64>,
        drops_object: bool,
    ) -> (Arc<StoredError>, Fill) {
        let is_kept = self.can_keep(declared_len);
        let pipe = self.pipe(declared_len, is_kept);
        let fill = self.fill(&pipe, Kind::Error(times));
        let error = self.error(times, fields, Body::of_pipe(pipe));
        if is_kept {
            self.cache.store(&self.key, Entry::Error(Arc::clone(&error)), drops_object);
            self.settle(Outcome::LookAgain);
        } else {
            let hold_off = hold_off(&self.cache, times, self.stamp);
            self.cache.store(&self.key, Entry::Error(hold_off), drops_object);
            self.settle(Outcome::GoAlone);
        }
        (error, fill)
    }

    /// Remembers only that the origin failed (B31); the object stays. The waiters look again.
    pub fn hold_off(mut self, times: ErrorTimes) {
        let hold_off = hold_off(&self.cache, times, self.stamp);
        self.cache.store(&self.key, Entry::Error(hold_off), false);
        self.settle(Outcome::LookAgain);
    }

    /// Gives an error to the waiters that are queued by now, without storing it (B64). What the key holds
    /// stays unless `drops_object` (B35). If the body is declared longer than can be kept, the waiters go alone.
    pub fn share_error(
        mut self,
        times: ErrorTimes,
        fields: Fields,
        declared_len: Option<u64>,
        drops_object: bool,
    ) -> (Arc<StoredError>, Fill) {
        if drops_object {
            self.cache.remove(&self.key, self.stamp);
        }
        let is_kept = self.can_keep(declared_len);
        let pipe = self.pipe(declared_len, is_kept);
        let fill = self.fill(&pipe, Kind::Shared);
        let error = self.error(times, fields, Body::of_pipe(pipe));
        self.settle(match is_kept {
            true => Outcome::Shared(Arc::clone(&error)),
            false => Outcome::GoAlone,
        });
        (error, fill)
    }

    /// The answer is for nobody else: the waiters go to the origin themselves (D52).
    pub fn decline(mut self) {
        self.settle(Outcome::GoAlone);
    }

    /// Like [`Permit::decline`], and what the key held goes: the answer has displaced it and may not be kept
    /// itself (C52).
    pub fn displace(mut self) {
        self.cache.remove(&self.key, self.stamp);
        self.settle(Outcome::GoAlone);
    }

    fn can_keep(&self, declared_len: Option<u64>) -> bool {
        declared_len.is_none_or(|len| self.cache.can_keep(len))
    }

    fn pipe(&self, declared_len: Option<u64>, is_kept: bool) -> Arc<Pipe> {
        let retention = if is_kept { Retention::Keep } else { Retention::Window };
        Pipe::new(declared_len, retention, Charge::new(self.cache.ledger(), 0))
    }

    fn fill(&self, pipe: &Arc<Pipe>, kind: Kind) -> Fill {
        Fill::new(&self.cache, &self.key, self.stamp, pipe, kind)
    }

    fn object(
        &self,
        status: StatusCode,
        fields: Fields,
        times: ObjectTimes,
        body: Body,
    ) -> Arc<StoredObject> {
        let charge = Charge::new(self.cache.ledger(), head_weight(&fields));
        Arc::new(StoredObject {
            status,
            fields,
            sent: OnceLock::new(),
            times,
            body,
            stamp: self.stamp,
            mark: DiskMark::default(),
            _charge: charge,
        })
    }

    fn error(&self, times: ErrorTimes, fields: Fields, body: Body) -> Arc<StoredError> {
        let charge = Charge::new(self.cache.ledger(), head_weight(&fields));
        Arc::new(StoredError {
            times,
            fields,
            sent: OnceLock::new(),
            body,
            stamp: self.stamp,
            _charge: charge,
        })
    }

    /// Ends the flight. What it led to is in the index before, so that nobody falls between the two.
    fn settle(&mut self, outcome: Outcome) {
        if let Some(flight) = self.flight.take() {
            self.cache.end_flight(&self.key, &flight);
            flight.settle(outcome);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.settle(Outcome::LookAgain);
    }
}

/// What is fresh for no time is for nobody who waited (D52); looking again would make them ask one by one.
fn after_storing(times: &ObjectTimes) -> Outcome {
    if times.fresh_until > times.received_at { Outcome::LookAgain } else { Outcome::GoAlone }
}

/// What a failure leaves when its answer is not remembered.
pub(crate) fn hold_off(cache: &Arc<Cache>, times: ErrorTimes, stamp: u64) -> Arc<StoredError> {
    let fields = Fields::default();
    let charge = Charge::new(cache.ledger(), head_weight(&fields));
    Arc::new(StoredError {
        times: ErrorTimes { remembers: Remembers::HoldOff, ..times },
        fields,
        sent: OnceLock::new(),
        body: Body::from_bytes(Bytes::new()),
        stamp,
        _charge: charge,
    })
}
