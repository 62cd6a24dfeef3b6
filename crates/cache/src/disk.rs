//! The disk tier: what memory has no room for, and what a restart would lose.
//!
//! Objects are written when they have arrived, once more offered when memory evicts them, and read back when they are
//! asked for. One thread writes, a few read; nobody else touches files, and no lock is held meanwhile. Remembered errors
//! are not written. See `docs/decisions/0012-disk-tier.md`.
//!
//! `record` and `segment` are the formats, `log` writes them, `recovery` reads them at the start, `index` says where
//! everything is, `large` is a body that is read from its file in pieces, `journal` keeps the invalidations.

#[cfg(test)]
pub(crate) mod broken;
pub(crate) mod bytes;
pub(crate) mod files;
mod health;
mod index;
mod journal;
pub(crate) mod large;
mod log;
mod queue;
mod recall;
mod record;
mod recovery;
mod segment;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};
use std::thread::JoinHandle;

use ::bytes::Bytes;
use rules::cache_key::CacheKey;

use crate::body::pipe::Pipe;
use crate::entry::StoredObject;
use crate::invalidate::Invalidations;
use crate::lookup::Cache;
use crate::sync::lock;
use files::{Files, StoredFile};
use health::Health;
use index::Index;
use large::LargeBody;
use log::{Job, Log};
use queue::Queue;
use recall::Recall;
pub(crate) use recall::{Recalled, RecalledBody, TakenBack};
pub(crate) use record::hash;
pub use settings::{DiskError, DiskSettings};

/// Readings of whole objects that may wait for a thread; more are taken for misses.
const MAX_RECALLS: usize = 4_096;
/// What an object that waits to be written counts for besides its body, in bytes.
const WAITING_HEAD_BYTES: u64 = 1024;
/// Stack of a thread.
const STACK_BYTES: usize = 512 << 10;

type Task = Box<dyn FnOnce() + Send>;

/// The disk tier and its threads, which end with it.
#[derive(Debug)]
pub(crate) struct Disk {
    tier: Arc<Tier>,
    threads: Vec<JoinHandle<()>>,
}

/// What threads and bodies share.
pub(crate) struct Tier {
    settings: DiskSettings,
    files: Arc<dyn Files>,
    index: Index,
    /// Segments that can be read.
    segments: RwLock<HashMap<u32, Arc<dyn StoredFile>>>,
    /// Large bodies that somebody has, by the number of their file.
    large: Mutex<HashMap<u32, Weak<LargeBody>>>,
    recalls: Mutex<HashMap<u64, Arc<Recall>>>,
    invalidations: Arc<Invalidations>,
    health: Health,
    writes: Queue<Job>,
    reads: Queue<Task>,
    /// Bytes of bodies that wait to be written.
    waiting_bytes: AtomicU64,
    /// Bytes in files.
    bytes: AtomicU64,
    fills: AtomicU64,
    written: AtomicU64,
    recalled: AtomicU64,
    /// The memory tier above.
    home: OnceLock<Weak<Cache>>,
}

impl std::fmt::Debug for Tier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tier").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What the disk tier uses and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskUsage {
    /// Bytes in files.
    pub bytes: u64,
    /// Objects that can be found.
    pub objects: u64,
    /// Objects written since the start.
    pub written: u64,
    /// Objects read back since the start.
    pub recalled: u64,
    /// Writes that failed since the start.
    pub write_errors: u64,
    /// Readings that failed since the start.
    pub read_errors: u64,
    /// Readings since the start that found something else than what was written.
    pub damaged: u64,
    /// Whether the disk takes what is written.
    pub is_writable: bool,
}

// === impl Disk ===

impl Disk {
    /// Opens the tier and finds what it holds; `invalidations` is empty and gets its history back.
    pub(crate) fn open(
        settings: DiskSettings,
        invalidations: &Arc<Invalidations>,
        home: Weak<Cache>,
    ) -> Result<Self, DiskError> {
        let settings = settings.checked()?;
        let files = settings.open_files()?;
        let tier = Arc::new(Tier {
            files,
            index: Index::new(),
            segments: RwLock::default(),
            large: Mutex::default(),
            recalls: Mutex::default(),
            invalidations: Arc::clone(invalidations),
            health: Health::new(settings.retry),
            writes: Queue::new(),
            reads: Queue::new(),
            waiting_bytes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            fills: AtomicU64::new(0),
            written: AtomicU64::new(0),
            recalled: AtomicU64::new(0),
            home: OnceLock::from(home),
            settings,
        });
        let unusable = |source| DiskError::Unusable { dir: tier.settings.dir.clone(), source };
        let log = recovery::recover(&tier).map_err(unusable)?;
        let threads = start_threads(&tier, log).map_err(unusable)?;
        // Weak: the tier keeps the invalidations, not the other way round.
        let journal = Arc::downgrade(&tier);
        invalidations.write_down(move |event| {
            if let Some(tier) = journal.upgrade() {
                tier.order(Job::Invalidated(event));
            }
        });
        Ok(Self { tier, threads })
    }

    pub(crate) const fn tier(&self) -> &Arc<Tier> {
        &self.tier
    }
}

impl Drop for Disk {
    /// Waits until what was accepted is written.
    fn drop(&mut self) {
        self.tier.writes.close();
        self.tier.reads.close();
        for thread in self.threads.drain(..) {
            // The last one who has the cache may be a reading thread; a thread that panicked has ended too.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn start_threads(tier: &Arc<Tier>, mut log: Log) -> io::Result<Vec<JoinHandle<()>>> {
    let named = |name: String| std::thread::Builder::new().name(name).stack_size(STACK_BYTES);
    let mut threads = Vec::new();
    for number in 0..tier.settings.readers {
        let reader = Arc::clone(tier);
        threads.push(named(format!("cache-read-{number}")).spawn(move || {
            while let Some(task) = reader.reads.pop() {
                task();
            }
        })?);
    }
    let writer = Arc::clone(tier);
    threads.push(named("cache-write".into()).spawn(move || {
        while let Some(job) = writer.writes.pop() {
            log.run(job);
        }
        log.close();
    })?);
    Ok(threads)
}

// === impl Tier: what the memory tier asks for ===

impl Tier {
    /// Whether an object of this length goes into a file of its own, and can.
    pub(crate) fn takes_large(&self, len: u64) -> bool {
        len > self.settings.large_bytes && self.can_hold(len) && self.health.takes_writes()
    }

    /// Whether a body of this length fits.
    pub(crate) fn can_hold(&self, len: u64) -> bool {
        len <= self.settings.bytes / 4
    }

    /// Begins to write a large body that has no byte yet.
    pub(crate) fn begin_large(self: &Arc<Self>, key: &CacheKey) -> Arc<LargeBody> {
        let fill = self.fills.fetch_add(1, Ordering::Relaxed);
        LargeBody::begin(self, key, hash(key), fill)
    }

    /// Adds to a large body; `pipe` is told when it is written, or when that failed.
    pub(crate) fn write_large(&self, large: &Arc<LargeBody>, pipe: &Arc<Pipe>, bytes: Bytes) {
        self.order(Job::Large { large: Arc::clone(large), pipe: Arc::clone(pipe), bytes });
    }

    /// A large body is complete: it can be found from now on.
    pub(crate) fn finish_large(&self, key: &CacheKey, object: &Arc<StoredObject>, large: &Arc<LargeBody>) {
        let (key, object, large) = (key.clone(), Arc::clone(object), Arc::clone(large));
        self.order(Job::FinishLarge { key, object, large });
    }

    /// A large body broke off or is not wanted: its file goes.
    pub(crate) fn abandon_large(&self, large: &Arc<LargeBody>) {
        self.order(Job::AbandonLarge(Arc::clone(large)));
    }

    /// Writes an object with a complete body, unless it is written already or too much is waiting.
    pub(crate) fn offer(&self, key: &CacheKey, object: &Arc<StoredObject>) {
        if let Some(large) = object.body.large() {
            if large.number() != 0 && object.mark.queue() {
                let (key, object, large) = (key.clone(), Arc::clone(object), Arc::clone(large));
                self.order(Job::Refresh { key, object, large });
            }
            return;
        }
        let Some(len) = object.body.memory_len().filter(|len| *len <= self.settings.large_bytes) else {
            return;
        };
        // A head waits too, also that of an empty body.
        let len = len + WAITING_HEAD_BYTES;
        if !self.health.takes_writes() || !self.take_room(len) {
            return;
        }
        if object.mark.queue() {
            let job = Job::Store { key: key.clone(), object: Arc::clone(object), len };
            self.order(job);
        } else {
            self.waiting_bytes.fetch_sub(len, Ordering::Relaxed);
        }
    }

    fn take_room(&self, len: u64) -> bool {
        let fits = |waiting: u64| (waiting + len <= self.settings.queue_bytes).then_some(waiting + len);
        self.waiting_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    /// What is on disk for the key, if anything, is not to be found any more, not after a restart either.
    pub(crate) fn forget(&self, key: &CacheKey) {
        let hash = hash(key);
        if let Some(place) = self.index.remove(hash) {
            self.order(Job::Gone { hash, place });
        }
    }

    /// Everything goes.
    pub(crate) fn reset(&self) {
        self.index.clear();
        self.order(Job::Reset);
    }

    /// Calls `done` when everything that was ordered before is done.
    pub(crate) fn after_writes(&self, done: tokio::sync::oneshot::Sender<()>) {
        self.order(Job::Tell(done));
    }

    pub(crate) fn usage(&self) -> DiskUsage {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DiskUsage {
            bytes: count(&self.bytes),
            objects: self.index.len(),
            written: count(&self.written),
            recalled: count(&self.recalled),
            write_errors: count(&self.health.write_errors),
            read_errors: count(&self.health.read_errors),
            damaged: count(&self.health.damaged),
            is_writable: self.health.takes_writes(),
        }
    }

    /// Hands a job to the writing thread. Their number is bounded by what they hold: bodies by the room for waiting
    /// bytes, pieces by the windows of fills, the rest by objects and invalidations that there are.
    fn order(&self, job: Job) {
        // Closed only when nobody is left who could want it.
        let _ = self.writes.push(job, usize::MAX);
    }

    // === for bodies ===

    /// Reads something on a thread for that. Each reader of a body has one such task at most.
    fn run(&self, task: Task) {
        let _ = self.reads.push(task, usize::MAX);
    }

    fn read_failed(&self, error: &io::Error) {
        self.health.read_failed(error);
    }

    fn found_damage(&self, segment: u32) {
        self.health.found_damage(segment);
    }

    /// Takes a body out of both tiers that cannot be read.
    fn drop_damaged(&self, large: &LargeBody) {
        let place = index::Place::alone(large.number());
        if self.index.remove_at(large.hash(), place) {
            self.order(Job::Gone { hash: large.hash(), place });
        }
        if let Some(cache) = self.home() {
            cache.drop_large(large);
        }
    }

    fn home(&self) -> Option<Arc<Cache>> {
        self.home.get().and_then(Weak::upgrade)
    }

    /// The large body of a file, if somebody has it.
    fn large(&self, number: u32) -> Option<Arc<LargeBody>> {
        lock(&self.large).get(&number).and_then(Weak::upgrade)
    }

    fn register(&self, large: &Arc<LargeBody>) {
        let mut registered = lock(&self.large);
        registered.retain(|_, large| large.strong_count() > 0);
        registered.insert(large.number(), Arc::downgrade(large));
    }
}
