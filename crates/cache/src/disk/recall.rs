//! Reading objects back: one reading for all who ask for the same object at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::bytes::Bytes;
use http::StatusCode;
use rules::Fields;
use rules::cache_key::CacheKey;
use rules::freshness::ObjectTimes;
use tokio::sync::Notify;

use super::index::Place;
use super::large::LargeBody;
use super::log::{Job, is_intact};
use super::record::{Head, PRELUDE, Prelude};
use super::segment::{self, Form};
use super::{MAX_RECALLS, Tier, hash};
use crate::sync::{lock, read};

/// A place may change once or twice while its object is read: segments are reclaimed.
const TRIALS: usize = 3;

/// One reading that is under way.
#[derive(Debug, Default)]
pub(crate) struct Recall {
    is_done: AtomicBool,
    done: Notify,
}

impl Recall {
    /// Waits until memory has what was read, or nothing was. Cancel-safe.
    pub(crate) async fn done(&self) {
        let done = self.done.notified();
        if !self.is_done.load(Ordering::Acquire) {
            done.await;
        }
    }

    fn settle(&self) {
        self.is_done.store(true, Ordering::Release);
        self.done.notify_waiters();
    }
}

/// An object that was read.
pub(crate) struct Recalled {
    pub(crate) status: StatusCode,
    pub(crate) fields: Fields,
    pub(crate) times: ObjectTimes,
    pub(crate) stamp: u64,
    pub(crate) body: RecalledBody,
}

/// Its body.
pub(crate) enum RecalledBody {
    Large(Arc<LargeBody>),
    Whole(Bytes),
}

/// What became of an object that was read.
pub(crate) enum TakenBack {
    /// An invalidation covers it.
    Covered,
    /// It is at another place by now, or gone: look again.
    Moved,
    /// Memory has something newer, or no room.
    No,
    /// Memory has it.
    Yes,
}

/// Ends a reading, whatever happens to the thread that does it.
struct Settle {
    tier: Arc<Tier>,
    hash: u64,
    recall: Arc<Recall>,
}

impl Drop for Settle {
    fn drop(&mut self) {
        lock(&self.tier.recalls).remove(&self.hash);
        self.recall.settle();
    }
}

impl Tier {
    /// Whether something is stored that may be the key's.
    pub(crate) fn may_have(&self, key: &CacheKey) -> bool {
        self.index.find(hash(key)).is_some()
    }

    /// Begins to read what is stored for the key, or joins; `None` when nothing is, or too much is being read.
    pub(crate) fn recall(self: &Arc<Self>, key: &CacheKey) -> Option<Arc<Recall>> {
        let hash = hash(key);
        self.index.find(hash)?;
        let mut recalls = lock(&self.recalls);
        if let Some(recall) = recalls.get(&hash) {
            return Some(Arc::clone(recall));
        }
        if recalls.len() >= MAX_RECALLS {
            return None;
        }
        let recall = Arc::new(Recall::default());
        recalls.insert(hash, Arc::clone(&recall));
        drop(recalls);
        let settle = Settle { tier: Arc::clone(self), hash, recall: Arc::clone(&recall) };
        let key = key.detached();
        self.run(Box::new(move || settle.tier.bring_back(&key, hash)));
        Some(recall)
    }

    fn bring_back(self: &Arc<Self>, key: &CacheKey, hash: u64) {
        let Some(cache) = self.home() else { return };
        for _ in 0..TRIALS {
            let Some(place) = self.index.find(hash) else { return };
            match self.read_object(key, hash, place) {
                Ok(Some(recalled)) => {
                    let is_there = || self.index.find(hash) == Some(place);
                    match cache.take_back(key, recalled, is_there) {
                        TakenBack::Covered => return self.drop_covered(hash, place),
                        TakenBack::Moved => {}
                        TakenBack::No => return,
                        TakenBack::Yes => {
                            self.index.touch(hash);
                            self.recalled.fetch_add(1, Ordering::Relaxed);
                            return;
                        }
                    }
                }
                // Another key has this hash.
                Ok(None) => return,
                Err(Unreadable) => drop(self.index.remove_at(hash, place)),
            }
        }
    }

    /// What was read had been invalidated. After a restart the history of invalidations says so again.
    fn drop_covered(&self, hash: u64, place: Place) {
        if self.index.remove_at(hash, place) && place.is_alone() {
            self.order(Job::Gone { hash, place });
        }
    }

    /// Reads what a place holds; `None` when it is not the key's.
    fn read_object(
        self: &Arc<Self>,
        key: &CacheKey,
        hash: u64,
        place: Place,
    ) -> Result<Option<Recalled>, Unreadable> {
        if place.is_alone() { self.read_alone(key, hash, place) } else { self.read_shared(key, place) }
    }

    fn read_shared(&self, key: &CacheKey, place: Place) -> Result<Option<Recalled>, Unreadable> {
        let file = read(&self.segments).get(&place.segment).cloned().ok_or(Unreadable)?;
        // Not more than two megabytes.
        let mut record = vec![0; place.len() as usize];
        file.read_at(&mut record, place.start()).map_err(|error| self.unreadable(&error))?;
        let prelude = Prelude::read(&record).filter(|prelude| is_intact(prelude, &record));
        let Some(prelude) = prelude else { return Err(self.damaged(place)) };
        let from = PRELUDE + prelude.head_len as usize;
        let head = record.get(PRELUDE..from).and_then(Head::read).ok_or(Unreadable)?;
        if !head.key.is_of(key) {
            return Ok(None);
        }
        let to = from + usize::try_from(prelude.body_len).map_err(|_| Unreadable)?;
        let body = record.get(from..to).map(Bytes::copy_from_slice).ok_or(Unreadable)?;
        Ok(Some(Recalled::new(head, prelude.stamp, RecalledBody::Whole(body))))
    }

    fn read_alone(
        self: &Arc<Self>,
        key: &CacheKey,
        hash: u64,
        place: Place,
    ) -> Result<Option<Recalled>, Unreadable> {
        let name = segment::name(Form::Alone, place.segment);
        let file = match self.files.open(&name) {
            Ok(file) => file,
            // It got another number in between.
            Err(_) if self.index.find(hash) != Some(place) => return Err(Unreadable),
            Err(error) => return Err(self.unreadable(&error)),
        };
        let record = segment::read_alone(&*file).map_err(|error| self.unreadable(&error))?;
        let head = record
            .as_ref()
            .and_then(|(prelude, record)| Some((prelude, Head::read(record.get(PRELUDE..)?)?)));
        let Some((prelude, mut head)) = head else { return Err(self.damaged(place)) };
        if !head.key.is_of(key) {
            return Ok(None);
        }
        let sums = std::mem::take(&mut head.sums);
        if prelude.body_len.div_ceil(super::record::BLOCK) != sums.len() as u64 {
            return Err(self.damaged(place));
        }
        let lens = (prelude.body_len, file.size().map_err(|error| self.unreadable(&error))?);
        let large = match self.large(place.segment) {
            Some(large) => large,
            None => {
                let large = LargeBody::found(self, key, hash, place.segment, file, lens, sums);
                self.register(&large);
                large
            }
        };
        Ok(Some(Recalled::new(head, prelude.stamp, RecalledBody::Large(large))))
    }

    fn unreadable(&self, error: &std::io::Error) -> Unreadable {
        self.health.read_failed(error);
        Unreadable
    }

    fn damaged(&self, place: Place) -> Unreadable {
        self.health.found_damage(place.segment);
        Unreadable
    }
}

impl Recalled {
    fn new(head: Head, stamp: u64, body: RecalledBody) -> Self {
        Self { status: head.status, fields: head.fields, times: head.times, stamp, body }
    }
}

/// What is stored cannot be used.
struct Unreadable;
