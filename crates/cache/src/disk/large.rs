//! The body of a large object in a file of its own: written while it arrives, read in pieces at any time.
//!
//! Blocks are compared with their checksums when they are read. What lies in the file below [`LargeBody::written`] may
//! be read while the rest is still on its way. The file stays readable for those who hold it after it was removed.

use std::fs::File;
use std::hash::Hasher;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use bytes::Bytes;
use rules::cache_key::CacheKey;
use tokio::sync::oneshot;
use twox_hash::XxHash3_64;

use super::Tier;
use super::bytes::sum;
use super::files::StoredFile;
use super::record::BLOCK;
use super::segment::HEADER;
use crate::body::Torn;
use crate::sync::{lock, read, write};

/// Bytes that are read at once.
const PIECE: u64 = 4 * BLOCK;

/// Where the bytes of a body lie in a file.
#[derive(Debug, Clone)]
pub struct Extent {
    /// The file, open for reading. It may have no name any more.
    pub file: Arc<File>,
    /// Where they begin.
    pub offset: u64,
    /// How many there are.
    pub len: u64,
}

/// What one reading answers.
pub(crate) type Piece = oneshot::Receiver<Result<Bytes, Torn>>;

/// A body in a file of its own.
#[derive(Debug)]
pub(crate) struct LargeBody {
    tier: Arc<Tier>,
    key: CacheKey,
    hash: u64,
    /// Names the file while it is filled.
    fill: u64,
    /// Number of the file; zero until it is complete.
    number: AtomicU32,
    file: OnceLock<Arc<dyn StoredFile>>,
    written: AtomicU64,
    /// End of the file: of what is written behind the body too. Only the writing thread looks at it.
    end: AtomicU64,
    sums: RwLock<Vec<u64>>,
    tail: Mutex<Tail>,
    /// Blocks that were compared since the file was opened, one bit each; all of them if they were written here.
    checked: RwLock<Vec<u64>>,
    is_ours: bool,
    has_failed: AtomicBool,
}

/// The last block, which is not complete yet.
#[derive(Default)]
struct Tail {
    hasher: XxHash3_64,
    len: u64,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Tail({})", self.len)
    }
}

impl LargeBody {
    /// A body that begins to arrive.
    pub(super) fn begin(tier: &Arc<Tier>, key: &CacheKey, hash: u64, fill: u64) -> Arc<Self> {
        Arc::new(Self {
            tier: Arc::clone(tier),
            key: key.clone(),
            hash,
            fill,
            number: AtomicU32::new(0),
            file: OnceLock::new(),
            written: AtomicU64::new(0),
            end: AtomicU64::new(HEADER),
            sums: RwLock::default(),
            tail: Mutex::default(),
            checked: RwLock::default(),
            is_ours: true,
            has_failed: AtomicBool::new(false),
        })
    }

    /// A complete body that was found on the disk.
    pub(super) fn found(
        tier: &Arc<Tier>,
        key: &CacheKey,
        hash: u64,
        number: u32,
        file: Arc<dyn StoredFile>,
        lens: (u64, u64),
        sums: Vec<u64>,
    ) -> Arc<Self> {
        let (body_len, file_len) = lens;
        let checked = vec![0; sums.len().div_ceil(64)];
        Arc::new(Self {
            tier: Arc::clone(tier),
            key: key.clone(),
            hash,
            fill: 0,
            number: AtomicU32::new(number),
            file: OnceLock::from(file),
            written: AtomicU64::new(body_len),
            end: AtomicU64::new(file_len),
            sums: RwLock::new(sums),
            tail: Mutex::default(),
            checked: RwLock::new(checked),
            is_ours: false,
            has_failed: AtomicBool::new(false),
        })
    }

    pub(crate) const fn key(&self) -> &CacheKey {
        &self.key
    }

    pub(super) const fn hash(&self) -> u64 {
        self.hash
    }

    pub(super) const fn fill(&self) -> u64 {
        self.fill
    }

    pub(super) fn number(&self) -> u32 {
        self.number.load(Ordering::Acquire)
    }

    pub(super) fn set_number(&self, number: u32) {
        self.number.store(number, Ordering::Release);
    }

    /// Bytes of the body that can be read from the file.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Whether the disk refused a part of it.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }

    pub(super) fn fail(&self) {
        self.has_failed.store(true, Ordering::Release);
    }

    /// Memory that it takes.
    pub(crate) fn weight(&self) -> u64 {
        let len = self.written();
        512 + len / BLOCK * 8
    }

    // === writing, by one thread ===

    pub(super) fn file(&self) -> Option<&Arc<dyn StoredFile>> {
        self.file.get()
    }

    pub(super) fn set_file(&self, file: Arc<dyn StoredFile>) {
        // Only the writing thread sets it, once.
        let _ = self.file.set(file);
    }

    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Something was written behind the body.
    pub(super) fn set_end(&self, end: u64) {
        self.end.store(end, Ordering::Relaxed);
    }

    /// Adds bytes behind those that were written.
    pub(super) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file.get().ok_or(io::ErrorKind::NotFound)?;
        let written = self.written();
        file.write_at(bytes, HEADER + written)?;
        let written = written + bytes.len() as u64;
        self.set_end(HEADER + written);
        // Before the checksums: whose block has one can be read to the end of that block.
        self.written.store(written, Ordering::Release);
        self.add_to_sums(bytes);
        Ok(())
    }

    fn add_to_sums(&self, mut bytes: &[u8]) {
        let mut tail = lock(&self.tail);
        while !bytes.is_empty() {
            // Less than a block.
            let room = (BLOCK - tail.len) as usize;
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            tail.hasher.write(now);
            tail.len += now.len() as u64;
            if tail.len == BLOCK {
                let done = std::mem::take(&mut *tail);
                write(&self.sums).push(done.hasher.finish());
            }
            bytes = later;
        }
    }

    /// The checksums of a body that has arrived as a whole.
    pub(super) fn finish_sums(&self) -> Vec<u64> {
        let done = std::mem::take(&mut *lock(&self.tail));
        let mut sums = write(&self.sums);
        if done.len > 0 {
            sums.push(done.hasher.finish());
        }
        sums.clone()
    }

    pub(super) fn sums(&self) -> Vec<u64> {
        read(&self.sums).clone()
    }

    // === reading ===

    /// Asks for bytes from `position` on, which lies below [`Self::written`]: a piece of them, not past `end`.
    pub(crate) fn read(self: &Arc<Self>, position: u64, end: u64) -> Piece {
        let (answer, piece) = oneshot::channel();
        let this = Arc::clone(self);
        self.tier.run(Box::new(move || {
            // Nobody listens any more when the reader has left.
            let _ = answer.send(this.read_now(position, end));
        }));
        piece
    }

    fn read_now(&self, position: u64, end: u64) -> Result<Bytes, Torn> {
        let from = position / BLOCK * BLOCK;
        // Before the length: a block with a checksum is complete then.
        let known = self.known_sums(from);
        let written = self.written();
        let end = end.min(written);
        // Whole blocks, because only these can be compared.
        let to = (from + PIECE).min(end.next_multiple_of(BLOCK)).min(written);
        if position >= to.min(end) {
            return Err(Torn);
        }
        let bytes = self.read_blocks(from, to, &known)?;
        let until = end.min(to);
        // Both lie within what was read.
        Ok(bytes.slice((position - from) as usize..(until - from) as usize))
    }

    fn known_sums(&self, from: u64) -> Vec<u64> {
        let sums = read(&self.sums);
        sums.iter().skip((from / BLOCK) as usize).take((PIECE / BLOCK) as usize).copied().collect()
    }

    /// Blocks without a checksum were written by this process a moment ago, and are not compared.
    fn read_blocks(&self, from: u64, to: u64, known: &[u64]) -> Result<Bytes, Torn> {
        let file = self.file.get().ok_or(Torn)?;
        // A piece at most.
        let mut bytes = vec![0; (to - from) as usize];
        if let Err(error) = file.read_at(&mut bytes, HEADER + from) {
            self.tier.read_failed(&error);
            self.give_up();
            return Err(Torn);
        }
        if bytes.chunks(BLOCK as usize).zip(known).any(|(content, expected)| sum(content) != *expected) {
            self.tier.found_damage(self.number());
            self.give_up();
            return Err(Torn);
        }
        let first = (from / BLOCK) as usize;
        (first..first + known.len()).for_each(|block| self.note_checked(block));
        Ok(bytes.into())
    }

    fn note_checked(&self, block: usize) {
        if let Some(bits) = write(&self.checked).get_mut(block / 64) {
            *bits |= 1 << (block % 64);
        }
    }

    /// Nobody gets it any more who does not have it already.
    fn give_up(&self) {
        self.fail();
        self.tier.drop_damaged(self);
    }

    /// Where a range of the body lies in the file, if all of it is there and no block of it is unchecked.
    pub(crate) fn extent(&self, start: u64, end: u64) -> Option<Extent> {
        let end = end.min(self.written());
        if start >= end || self.has_failed() || !self.are_checked(start, end) {
            return None;
        }
        let file = self.file.get()?.plain()?;
        Some(Extent { file, offset: HEADER + start, len: end - start })
    }

    fn are_checked(&self, start: u64, end: u64) -> bool {
        let checked = read(&self.checked);
        let is_checked =
            |block: u64| checked.get((block / 64) as usize).is_some_and(|bits| bits >> (block % 64) & 1 == 1);
        self.is_ours || (start / BLOCK..end.div_ceil(BLOCK)).all(is_checked)
    }
}
