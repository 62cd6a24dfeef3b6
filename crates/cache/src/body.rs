//! The body of a stored response: complete, or still arriving.
//!
//! [`Body`] is the handle, [`Reader`] streams a range of it, `pipe` is what a fill writes and the readers
//! follow, `extents` the bytes themselves.

mod extents;
mod followers;
pub(crate) mod pipe;
mod reader;

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use bytes::Bytes;

use crate::disk::large::LargeBody;
use extents::Extents;
use pipe::Pipe;
pub use reader::Reader;

pub use crate::disk::large::Extent;

/// The body broke off before its end, was cut off for holding up others, or was asked for too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn;

impl fmt::Display for Torn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the body broke off")
    }
}

impl std::error::Error for Torn {}

/// A body. Cheap to clone; clones are the same body.
#[derive(Debug, Clone)]
pub struct Body(Source);

#[derive(Debug, Clone)]
enum Source {
    Bytes(Bytes),
    Large(Arc<LargeBody>),
    Pipe(Arc<Handle>),
}

/// Shared by the clones of a body: when the last one goes, no new reader can come.
#[derive(Debug)]
struct Handle(Arc<Pipe>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close_entrance();
    }
}

impl Body {
    /// A body without a byte.
    pub const fn empty() -> Self {
        Self(Source::Bytes(Bytes::new()))
    }

    /// A body that is at hand.
    pub const fn from_bytes(bytes: Bytes) -> Self {
        Self(Source::Bytes(bytes))
    }

    pub(crate) const fn of_large(large: Arc<LargeBody>) -> Self {
        Self(Source::Large(large))
    }

    pub(crate) fn of_pipe(pipe: Arc<Pipe>) -> Self {
        Self(Source::Pipe(Arc::new(Handle(pipe))))
    }

    /// The bytes, when the body is complete and in one piece: the fast path.
    pub fn whole(&self) -> Option<Bytes> {
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::Large(_) => None,
            Source::Pipe(handle) => handle.0.finished()?.whole(),
        }
    }

    /// Its length in bytes: counted when it is complete, else as the origin declared it, if it did.
    pub fn declared_len(&self) -> Option<u64> {
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Large(large) => Some(large.written()),
            Source::Pipe(handle) => match handle.0.finished() {
                Some(extents) => Some(extents.end()),
                None => handle.0.declared_len(),
            },
        }
    }

    /// Whether every byte has arrived.
    pub fn is_complete(&self) -> bool {
        match &self.0 {
            Source::Bytes(_) | Source::Large(_) => true,
            Source::Pipe(handle) => handle.0.finished().is_some(),
        }
    }

    /// Streams `range` (`..` for everything); past the end of the body there is nothing. It counts as a
    /// follower from now on, so it must be polled or dropped.
    ///
    /// A reader that comes too late to a body that is not kept (see [`Self::attach`]) fails with [`Torn`].
    pub fn reader(&self, range: impl RangeBounds<u64>) -> Reader {
        let (start, end) = bounds(&range);
        self.attach_at(start, end).unwrap_or_else(|Torn| Reader::torn())
    }

    /// Like [`Self::reader`], but says at once that the start of the range is gone: the body turned out too
    /// large to be kept after this handle was looked up. The caller looks again before it answers.
    ///
    /// # Errors
    /// [`Torn`] when the first byte of the range was released already, or the body broke off.
    pub fn attach(&self, range: impl RangeBounds<u64>) -> Result<Reader, Torn> {
        let (start, end) = bounds(&range);
        self.attach_at(start, end)
    }

    /// Where a range of the body lies in a file, so that the kernel can send it from there; `None` when it does not,
    /// or not all of it, or when a part of it was not compared with its checksums since the file was opened: then a
    /// [`Reader`] does that, and the next one gets its extent. Past the end of the body there is nothing.
    pub fn extent(&self, range: impl RangeBounds<u64>) -> Option<Extent> {
        let (start, end) = bounds(&range);
        let len = self.is_complete().then(|| self.declared_len())??;
        let large = self.large().filter(|large| large.written() == len)?;
        large.extent(start, end)
    }

    fn attach_at(&self, start: u64, end: u64) -> Result<Reader, Torn> {
        match &self.0 {
            Source::Bytes(bytes) => Ok(Reader::of_bytes(bytes, start, end)),
            Source::Large(large) => Ok(Reader::of_large(large, start, end)),
            Source::Pipe(handle) => Reader::of_pipe(&handle.0, start, end),
        }
    }

    pub(crate) fn pipe(&self) -> Option<&Arc<Pipe>> {
        match &self.0 {
            Source::Bytes(_) | Source::Large(_) => None,
            Source::Pipe(handle) => Some(&handle.0),
        }
    }

    /// Its file, if it is so large that it has one.
    pub(crate) fn large(&self) -> Option<&Arc<LargeBody>> {
        match &self.0 {
            Source::Bytes(_) => None,
            Source::Large(large) => Some(large),
            Source::Pipe(handle) => handle.0.large(),
        }
    }

    /// Its length, if it is complete and all of it is in memory.
    pub(crate) fn memory_len(&self) -> Option<u64> {
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Large(_) => None,
            Source::Pipe(handle) => handle
                .0
                .finished()
                .filter(|extents| extents.start() == 0 || extents.end() == 0)
                .map(Extents::end),
        }
    }

    /// All of it in one piece, if it is complete and in memory.
    pub(crate) fn gathered(&self) -> Option<Bytes> {
        self.memory_len()?;
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::Large(_) => None,
            Source::Pipe(handle) => handle.0.finished().map(Extents::gathered),
        }
    }

    /// Memory that it takes.
    pub(crate) fn weight(&self) -> u64 {
        match &self.0 {
            // Counted by whoever has them.
            Source::Bytes(_) => 0,
            Source::Large(large) => large.weight(),
            Source::Pipe(handle) => {
                handle.0.held_bytes() + handle.0.large().map_or(0, |large| large.weight())
            }
        }
    }

    pub(crate) fn is_of(&self, pipe: &Arc<Pipe>) -> bool {
        self.pipe().is_some_and(|own| Arc::ptr_eq(own, pipe))
    }

    /// Whether somebody besides this handle holds the bytes: a reader, a fill, another handle.
    pub(crate) fn is_in_use(&self) -> bool {
        match &self.0 {
            Source::Bytes(_) => false,
            Source::Large(large) => Arc::strong_count(large) > 1,
            Source::Pipe(handle) => Arc::strong_count(handle) > 1 || Arc::strong_count(&handle.0) > 1,
        }
    }
}

/// Start and exclusive end; an unbounded end is the end of numbers.
fn bounds(range: &impl RangeBounds<u64>) -> (u64, u64) {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    (start, end)
}
