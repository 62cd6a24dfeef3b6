//! How objects move between memory and disk.
//!
//! Down: when they have arrived or were refreshed, and when memory evicts what the disk does not have. Up: when somebody
//! asks for what only the disk has. Whatever replaces or removes an object in memory takes it from the disk too.

use std::sync::{Arc, OnceLock};

use rules::cache_key::CacheKey;

use crate::body::Body;
use crate::body::pipe::{Pipe, Retention, piece_weight};
use crate::disk::large::LargeBody;
use crate::disk::{Disk, DiskError, DiskSettings, DiskUsage, Recalled, RecalledBody, TakenBack, Tier};
use crate::entry::{Held, StoredObject, head_weight};
use crate::lookup::Cache;
use crate::mark::DiskMark;
use crate::memory::{Charge, Entry};
use crate::sync::{read, write};

/// At most one part in so many of memory waits to be written to disk.
const MAX_WAITING_PART: u64 = 8;

impl Cache {
    /// Adds the disk tier, with what an earlier process left there. Before anything else: what was stored or
    /// invalidated already is not known to it.
    ///
    /// # Errors
    /// [`DiskError`] when the directory cannot be used or there is a tier already. A disk that is full or fails
    /// later is no error: see [`DiskUsage::is_writable`].
    pub fn open_disk(self: &Arc<Self>, settings: DiskSettings) -> Result<(), DiskError> {
        if self.disk().get().is_some() {
            return Err(DiskError::Twice);
        }
        // What waits cannot be evicted: it must stay a small part of memory.
        let queue_bytes = settings.queue_bytes.min(self.limits().memory_bytes / MAX_WAITING_PART);
        let settings = DiskSettings { queue_bytes, ..settings };
        let disk = Disk::open(settings, self.invalidations(), Arc::downgrade(self))?;
        self.disk().set(disk).map_err(|_| DiskError::Twice)
    }

    /// Whether the disk may have an object for the key, and memory has none: then [`Self::recall`] is worth waiting for.
    pub fn is_on_disk_only(&self, key: &CacheKey) -> bool {
        self.tier().is_some_and(|tier| !read(self.memory().shard(key)).has_object(key) && tier.may_have(key))
    }

    /// Brings into memory what only the disk has for the key; `false` when there was nothing to wait for. The caller
    /// looks afterwards. Cancel-safe; one reading serves all who wait for it.
    pub async fn recall(&self, key: &CacheKey) -> bool {
        let tier = self.tier().filter(|_| !read(self.memory().shard(key)).has_object(key));
        match tier.and_then(|tier| tier.recall(key)) {
            Some(recall) => {
                recall.done().await;
                true
            }
            None => false,
        }
    }

    /// The highest number that an invalidation was given, also before a restart if there is a disk tier: whoever keeps
    /// invalidations repeats those with higher numbers after a start.
    pub fn last_invalidation(&self) -> Option<u64> {
        self.invalidations().highest_number()
    }

    /// What the disk tier uses and did; `None` when there is none.
    pub fn disk_usage(&self) -> Option<DiskUsage> {
        self.tier().map(|tier| tier.usage())
    }

    /// Waits until everything that the disk tier has accepted is written or refused.
    pub async fn written(&self) {
        if let Some(tier) = self.tier() {
            let (done, written) = tokio::sync::oneshot::channel();
            tier.after_writes(done);
            // A thread that is gone writes nothing more.
            let _ = written.await;
        }
    }
}

// === what the rest of the cache needs ===

impl Cache {
    pub(crate) fn tier(&self) -> Option<&Arc<Tier>> {
        self.disk().get().map(Disk::tier)
    }

    /// Something takes the place of the key's object. A refreshed object keeps its file.
    pub(crate) fn replace_on_disk(&self, key: &CacheKey, entry: &Entry) {
        let keeps_file = matches!(entry, Entry::Object(object) if object.body.is_complete() && object.body.large().is_some());
        if let Some(tier) = self.tier().filter(|_| !keeps_file) {
            tier.forget(key);
        }
    }

    /// Offers what is complete already to the disk.
    pub(crate) fn offer(&self, key: &CacheKey, entry: &Entry) {
        if let (Entry::Object(object), Some(tier)) = (entry, self.tier())
            && object.body.is_complete()
        {
            tier.offer(key, object);
        }
    }

    /// A body is complete; `object` is what has it, if it is kept.
    pub(crate) fn write_arrived(&self, key: &CacheKey, object: Option<&Arc<StoredObject>>, pipe: &Pipe) {
        let Some(tier) = self.tier() else { return };
        match (object, pipe.large()) {
            (Some(object), Some(large)) => tier.finish_large(key, object, large),
            (Some(object), None) => tier.offer(key, object),
            (None, Some(large)) => tier.abandon_large(large),
            (None, None) => {}
        }
    }

    /// Memory has no room for it: the disk keeps it, if it does not have it already.
    pub(crate) fn demote(&self, key: &CacheKey, held: &Held) {
        if let (Some(object), Some(tier)) = (&held.object, self.tier())
            && object.body.is_complete()
            && !self.covers(key, object.stamp)
            && !tier.may_have(key)
        {
            object.mark.renew();
            tier.offer(key, object);
        }
    }

    /// Takes what the disk had into memory, if nothing newer is there and the disk still has it.
    pub(crate) fn take_back(
        &self,
        key: &CacheKey,
        recalled: Recalled,
        is_there: impl FnOnce() -> bool,
    ) -> TakenBack {
        if self.covers(key, recalled.stamp) {
            return TakenBack::Covered;
        }
        let Some(object) = self.recalled_object(recalled) else { return TakenBack::No };
        let mut shard = write(self.memory().shard(key));
        if shard.has_object(key) {
            return TakenBack::No;
        }
        if !is_there() {
            return TakenBack::Moved;
        }
        shard.put_back(key, object, self.ledger());
        drop(shard);
        self.trim();
        TakenBack::Yes
    }

    fn recalled_object(&self, recalled: Recalled) -> Option<Arc<StoredObject>> {
        let mut head = head_weight(&recalled.fields);
        let body = match recalled.body {
            RecalledBody::Large(large) => {
                head += large.weight();
                Body::of_large(large)
            }
            RecalledBody::Whole(bytes) => {
                let pipe =
                    Pipe::new(Some(bytes.len() as u64), Retention::Keep, Charge::new(self.ledger(), 0));
                if !bytes.is_empty() {
                    if !self.reserve(piece_weight(&bytes)) {
                        return None;
                    }
                    pipe.append_reserved(bytes);
                }
                pipe.complete();
                Body::of_pipe(pipe)
            }
        };
        Some(Arc::new(StoredObject {
            status: recalled.status,
            fields: recalled.fields,
            times: recalled.times,
            sent: OnceLock::new(),
            body,
            stamp: recalled.stamp,
            mark: DiskMark::known(),
            _charge: Charge::new(self.ledger(), head),
        }))
    }

    /// A large body can be read no longer, or loses its file.
    pub(crate) fn drop_large(&self, large: &LargeBody) {
        let removed = write(self.memory().shard(large.key())).remove_large(large.key(), large);
        drop(removed);
    }
}
