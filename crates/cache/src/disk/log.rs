//! The thread that writes: records into segments, large bodies into files of their own, and what has to go for them.
//!
//! Everything happens in the order in which it was asked for. A write that fails moves nothing forward: the next record is
//! written over what it left. `reclaim` makes room.

mod reclaim;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use rules::cache_key::CacheKey;
use tokio::sync::oneshot;

use super::files::StoredFile;
use super::index::{Place, UNIT};
use super::journal::Journal;
use super::large::LargeBody;
use super::record::{self, Head, KeyText, Kind, Label, Prelude};
use super::segment::{self, Form, HEADER, Row, Table};
use super::{Tier, hash};
use crate::body::pipe::Pipe;
use crate::entry::StoredObject;
use crate::sync::write;

/// Records of what is gone that could not be written yet. With more, everything goes.
const MAX_OWED: usize = 65_536;

/// What the writing thread is asked to do.
#[derive(Debug)]
pub(super) enum Job {
    AbandonLarge(Arc<LargeBody>),
    FinishLarge { key: CacheKey, object: Arc<StoredObject>, large: Arc<LargeBody> },
    Gone { hash: u64, place: Place },
    Invalidated(Vec<u8>),
    Large { large: Arc<LargeBody>, pipe: Arc<Pipe>, bytes: Bytes },
    Refresh { key: CacheKey, object: Arc<StoredObject>, large: Arc<LargeBody> },
    Reset,
    Store { key: CacheKey, object: Arc<StoredObject>, len: u64 },
    Tell(oneshot::Sender<()>),
}

/// A file that is not written any more.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) form: Form,
    pub(super) bytes: u64,
    /// Of the object, where there is one only.
    pub(super) hash: u64,
}

/// The segment that records are added to.
#[derive(Debug)]
struct Active {
    number: u32,
    file: Arc<dyn StoredFile>,
    end: u64,
    table: Table,
}

/// The writing end of the tier.
#[derive(Debug)]
pub(super) struct Log {
    tier: Arc<Tier>,
    journal: Journal,
    /// Oldest first, by their numbers.
    segments: VecDeque<Segment>,
    active: Option<Active>,
    next_number: u32,
    serial: u64,
    /// Bytes in files, with those of bodies that are arriving.
    bytes: u64,
    /// What is gone, and the disk does not know it.
    owed: Vec<u64>,
}

impl Log {
    /// Goes on behind what was found.
    pub(super) fn new(tier: &Arc<Tier>, segments: VecDeque<Segment>, serial: u64) -> Self {
        let bytes = segments.iter().map(|segment| segment.bytes).sum();
        let next_number = segments.back().map_or(1, |last| last.number.saturating_add(1));
        let journal = Journal::new(Arc::clone(&tier.files));
        let tier = Arc::clone(tier);
        let mut log =
            Self { tier, journal, segments, active: None, next_number, serial, bytes, owed: Vec::new() };
        log.publish();
        // What an earlier process was allowed to use may be more than this one.
        log.make_room(0);
        let begun = log.journal.ensure(&log.tier.invalidations);
        log.judge(begun);
        log
    }

    /// Does one job.
    pub(super) fn run(&mut self, job: Job) {
        let done = match job {
            Job::AbandonLarge(large) => {
                self.abandon_large(&large);
                Ok(())
            }
            Job::FinishLarge { key, object, large } => self.finish_large(&key, &object, &large),
            Job::Gone { hash, place } => self.gone(hash, place),
            Job::Invalidated(event) => self.journal.append(&event),
            Job::Large { large, pipe, bytes } => {
                let written = self.large(&large, &bytes);
                if written.is_err() {
                    large.fail();
                    self.abandon_large(&large);
                }
                pipe.spilled(large.written());
                written
            }
            Job::Refresh { key, object, large } => self.refresh(&key, &object, &large),
            Job::Reset => {
                self.reset();
                Ok(())
            }
            Job::Store { key, object, len } => {
                self.tier.waiting_bytes.fetch_sub(len, Ordering::Relaxed);
                let stored = self.store(&key, &object);
                object.mark.settle(matches!(stored, Ok(true)));
                stored.map(drop)
            }
            Job::Tell(done) => {
                // Who does not listen any more does not mind.
                let _ = done.send(());
                Ok(())
            }
        };
        self.judge(done);
    }

    /// Writes the table of the last segment, so that the next start does not have to look for records.
    pub(super) fn close(&mut self) {
        let sealed = self.seal();
        self.judge(sealed);
    }

    fn judge(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            self.tier.health.write_failed(&error);
            if error.kind() == io::ErrorKind::StorageFull {
                self.reclaim_oldest(0);
            }
        }
        self.publish();
    }

    fn publish(&self) {
        self.tier.bytes.store(self.bytes, Ordering::Relaxed);
    }

    /// Before something is written that others rely on: what it relies on itself.
    fn prepare(&mut self) -> io::Result<()> {
        self.journal.ensure(&self.tier.invalidations)?;
        while let Some(hash) = self.owed.last().copied() {
            self.write_gone(hash)?;
            self.owed.pop();
        }
        Ok(())
    }

    fn is_wanted(&self, key: &CacheKey, object: &StoredObject) -> bool {
        let covers =
            self.tier.invalidations.covers(key.distribution_id(), key.path_and_query(), object.stamp);
        !covers && !object.mark.is_superseded() && self.tier.health.takes_writes()
    }

    fn label(&mut self, key: &CacheKey, object: &StoredObject) -> Label {
        self.serial += 1;
        Label { serial: self.serial, stamp: object.stamp, hash: hash(key) }
    }

    // === objects that share segments ===

    /// Writes an object; `false` when it is not wanted any more.
    fn store(&mut self, key: &CacheKey, object: &Arc<StoredObject>) -> io::Result<bool> {
        if !self.is_wanted(key, object) {
            return Ok(false);
        }
        let Some(body) = object.body.gathered() else { return Ok(false) };
        self.prepare()?;
        let label = self.label(key, object);
        let head = head(key, object, record::block_sums(&body));
        let mut record = record::object(label, &head, body.len() as u64);
        record.extend_from_slice(&body);
        let Some(place) = self.append(&record, true)? else { return Ok(false) };
        let (old, is_put) = self.tier.index.put(label.hash, place, || !object.mark.is_superseded());
        self.remove_alone(old);
        if !is_put {
            self.owe(label.hash);
            return Ok(false);
        }
        self.tier.written.fetch_add(1, Ordering::Relaxed);
        self.tier.health.write_worked();
        Ok(true)
    }

    /// Adds a record to the segment that is open; `None` when it is too large for any.
    fn append(&mut self, record: &[u8], may_reclaim: bool) -> io::Result<Option<Place>> {
        let Some(prelude) = Prelude::read(record) else { return Ok(None) };
        let mut padded = record.to_vec();
        padded.resize(record.len().next_multiple_of(UNIT as usize), 0);
        let len = padded.len() as u64;
        if len > self.tier.settings.segment_bytes - HEADER {
            return Ok(None);
        }
        if self.active.as_ref().is_some_and(|active| active.end + len > self.tier.settings.segment_bytes) {
            self.seal()?;
        }
        if self.active.is_none() {
            self.begin_segment(may_reclaim)?;
        }
        let Some(active) = &mut self.active else { return Ok(None) };
        let Some(row) = Row::of(&prelude, active.end) else { return Ok(None) };
        active.file.write_at(&padded, active.end)?;
        active.end += len;
        active.table.add(row, prelude.stamp);
        self.bytes += len;
        Ok(Some(row.place(active.number)))
    }

    fn begin_segment(&mut self, may_reclaim: bool) -> io::Result<()> {
        if may_reclaim {
            self.make_room(0);
        }
        let number = self.take_number();
        let file = self.tier.files.create(&segment::name(Form::Shared, number))?;
        file.write_at(&segment::header(), 0)?;
        write(&self.tier.segments).insert(number, Arc::clone(&file));
        self.bytes += HEADER;
        self.active = Some(Active { number, file, end: HEADER, table: Table::default() });
        Ok(())
    }

    /// Ends the segment that is open. Without its table, the next start has to look for its records.
    fn seal(&mut self) -> io::Result<()> {
        let Some(active) = self.active.take() else { return Ok(()) };
        let table = active.table.write(active.end);
        let written = active.file.write_at(&table, active.end);
        let bytes = active.end + table.len() as u64;
        self.bytes += table.len() as u64;
        self.segments.push_back(Segment { number: active.number, form: Form::Shared, bytes, hash: 0 });
        written
    }

    fn take_number(&mut self) -> u32 {
        let number = self.next_number;
        self.next_number = number.saturating_add(1);
        number
    }

    // === what is gone ===

    fn gone(&mut self, hash: u64, place: Place) -> io::Result<()> {
        self.remove_alone(Some(place));
        self.owe(hash);
        if self.tier.health.takes_writes() { self.prepare() } else { Ok(()) }
    }

    fn owe(&mut self, hash: u64) {
        self.owed.push(hash);
        if self.owed.len() > MAX_OWED {
            self.reset();
        }
    }

    fn write_gone(&mut self, hash: u64) -> io::Result<()> {
        self.serial += 1;
        let record = record::gone(self.serial, hash);
        self.append(&record, true)?;
        Ok(())
    }

    /// Removes the file of an object that has one of its own.
    fn remove_alone(&mut self, place: Option<Place>) {
        let Some(place) = place.filter(|place| place.is_alone()) else { return };
        if let Ok(at) = self.segments.binary_search_by_key(&place.segment, |segment| segment.number)
            && let Some(segment) = self.segments.remove(at)
        {
            self.remove_file(&segment);
        }
    }

    /// Removes a file. If that fails, the next start finds that it is not needed.
    fn remove_file(&mut self, segment: &Segment) {
        write(&self.tier.segments).remove(&segment.number);
        if let Err(error) = self.tier.files.remove(&segment::name(segment.form, segment.number)) {
            self.tier.health.write_failed(&error);
        }
        self.bytes = self.bytes.saturating_sub(segment.bytes);
    }

    fn reset(&mut self) {
        if let Some(active) = self.active.take() {
            let bytes = active.end;
            self.segments.push_back(Segment { number: active.number, form: Form::Shared, bytes, hash: 0 });
        }
        for segment in std::mem::take(&mut self.segments) {
            self.remove_file(&segment);
        }
        self.tier.index.clear();
        self.owed.clear();
    }

    // === large objects ===

    fn large(&mut self, large: &Arc<LargeBody>, bytes: &[u8]) -> io::Result<()> {
        if large.has_failed() {
            return Ok(());
        }
        self.make_room(bytes.len() as u64);
        if large.file().is_none() {
            let file = self.tier.files.create(&segment::fill_name(large.fill()))?;
            file.write_at(&segment::header(), 0)?;
            large.set_file(file);
            self.bytes += HEADER;
        }
        large.append(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn abandon_large(&mut self, large: &LargeBody) {
        if large.number() == 0 && self.tier.files.remove(&segment::fill_name(large.fill())).is_ok() {
            self.bytes = self.bytes.saturating_sub(HEADER + large.written());
        }
    }

    fn finish_large(
        &mut self,
        key: &CacheKey,
        object: &Arc<StoredObject>,
        large: &Arc<LargeBody>,
    ) -> io::Result<()> {
        let is_wanted = !large.has_failed() && large.file().is_some() && self.is_wanted(key, object);
        let finished = if is_wanted { self.name_large(key, object, large) } else { Ok(()) };
        if large.number() == 0 {
            large.fail();
            self.abandon_large(large);
        }
        finished
    }

    fn name_large(
        &mut self,
        key: &CacheKey,
        object: &Arc<StoredObject>,
        large: &Arc<LargeBody>,
    ) -> io::Result<()> {
        self.prepare()?;
        let sums = large.finish_sums();
        self.write_head(key, object, large, sums)?;
        let number = self.take_number();
        self.tier.files.rename(&segment::fill_name(large.fill()), &segment::name(Form::Alone, number))?;
        large.set_number(number);
        let place = Place::alone(number);
        self.segments.push_back(Segment {
            number,
            form: Form::Alone,
            bytes: large.end(),
            hash: large.hash(),
        });
        let (old, is_put) = self.tier.index.put(large.hash(), place, || !object.mark.is_superseded());
        if is_put {
            self.tier.register(large);
            self.tier.written.fetch_add(1, Ordering::Relaxed);
            self.tier.health.write_worked();
        }
        self.remove_alone(if is_put { old } else { Some(place) });
        Ok(())
    }

    /// New times and fields for a large object whose body stays (C43).
    fn refresh(
        &mut self,
        key: &CacheKey,
        object: &Arc<StoredObject>,
        large: &Arc<LargeBody>,
    ) -> io::Result<()> {
        let is_there = self.tier.index.find(large.hash()) == Some(Place::alone(large.number()));
        if !is_there || !self.is_wanted(key, object) {
            return Ok(());
        }
        self.prepare()?;
        let before = large.end();
        self.write_head(key, object, large, large.sums())?;
        if let Ok(at) = self.segments.binary_search_by_key(&large.number(), |segment| segment.number)
            && let Some(segment) = self.segments.get_mut(at)
        {
            segment.bytes += large.end() - before;
        }
        self.tier.health.write_worked();
        Ok(())
    }

    /// Writes the record and the footer of a large object at the end of its file.
    fn write_head(
        &mut self,
        key: &CacheKey,
        object: &StoredObject,
        large: &LargeBody,
        sums: Vec<u64>,
    ) -> io::Result<()> {
        let label = self.label(key, object);
        let mut bytes = record::object(label, &head(key, object, sums), large.written());
        bytes.extend_from_slice(&segment::footer(large.end()));
        let file = large.file().ok_or(io::ErrorKind::NotFound)?;
        file.write_at(&bytes, large.end())?;
        large.set_end(large.end() + bytes.len() as u64);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

fn head(key: &CacheKey, object: &StoredObject, sums: Vec<u64>) -> Head {
    Head {
        key: KeyText::of(key),
        status: object.status,
        times: object.times,
        fields: object.fields.clone(),
        sums,
    }
}

/// Whether what a record says is what its body holds; `record` begins with the prelude.
pub(super) fn is_intact(prelude: &Prelude, record: &[u8]) -> bool {
    let from = record::PRELUDE + prelude.head_len as usize;
    let body =
        usize::try_from(prelude.body_len).ok().and_then(|len| record.get(from..from.checked_add(len)?));
    let head = record.get(record::PRELUDE..from).and_then(Head::read);
    let is_object = prelude.kind == Kind::Object && prelude.is_sound(record);
    matches!((body, head), (Some(body), Some(head)) if is_object && record::block_sums(body) == head.sums)
}
