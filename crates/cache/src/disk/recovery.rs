//! What the directory holds when the tier is opened: tables of full segments are read, the records of one that was not full
//! are looked for, files of one object say at their end what they are.
//!
//! A record that broke off is as good as not written. If something is missing that may have said that objects are gone
//! (an unreadable segment, a history of invalidations that is older than the objects), everything goes: rather ask
//! the origins again than answer with what should not be there.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;

use super::Tier;
use super::files::StoredFile;
use super::index::{Place, UNIT};
use super::journal;
use super::log::{Log, Segment};
use super::record::{Kind, PRELUDE, Prelude};
use super::segment::{self, Form, HEADER, ROW, Row, Table};
use crate::sync::write;

/// What is read at once when records are looked for.
const LOOK_BYTES: u64 = 256 << 10;
/// The end of a table, besides its rows.
const TABLE_END: u64 = 40;

/// A large object that was found.
struct Alone {
    serial: u64,
    number: u32,
}

#[derive(Default)]
struct Found {
    alone: HashMap<u64, Alone>,
    segments: Vec<Segment>,
    max_stamp: u64,
    max_serial: u64,
}

/// Fills the index and the history of invalidations, and begins the log.
pub(super) fn recover(tier: &Arc<Tier>) -> io::Result<Log> {
    let names = tier.files.list()?;
    let mut files: Vec<(Form, u32)> = names.iter().filter_map(|name| segment::parse_name(name)).collect();
    files.sort_unstable_by_key(|(_, number)| *number);
    for name in names.iter().filter(|name| name.ends_with(".fill")) {
        // What cannot be removed now is emptied when its name is used again.
        let _ = tier.files.remove(name);
    }
    let found = match recover_all(tier, &files) {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => {
            tracing::warn!(why, "the cache's disk begins empty");
            wipe(tier, &files)
        }
        Err(error) => {
            tracing::error!(%error, "the cache's disk cannot be read and begins empty");
            wipe(tier, &files)
        }
    };
    let mut segments = found.segments;
    segments.sort_unstable_by_key(|segment| segment.number);
    Ok(Log::new(tier, VecDeque::from(segments), found.max_serial))
}

fn wipe(tier: &Tier, files: &[(Form, u32)]) -> Found {
    tier.index.clear();
    write(&tier.segments).clear();
    for (form, number) in files {
        // What cannot be removed is tried again at the next start; its number is not used again before.
        let _ = tier.files.remove(&segment::name(*form, *number));
    }
    Found { max_stamp: 0, ..Found::default() }
}

/// Finds everything, or says why nothing can be used.
fn recover_all(tier: &Tier, files: &[(Form, u32)]) -> io::Result<Result<Found, &'static str>> {
    let has_history = journal::recover(&*tier.files, &tier.invalidations)?;
    if files.is_empty() {
        return Ok(Ok(Found::default()));
    }
    if !has_history {
        return Ok(Err("it does not say what was invalidated"));
    }
    let mut found = Found::default();
    for (_, number) in files.iter().filter(|(form, _)| *form == Form::Alone) {
        found.take_alone(tier, *number)?;
    }
    for (_, number) in files.iter().filter(|(form, _)| *form == Form::Shared) {
        if !found.take_shared(tier, *number)? {
            return Ok(Err("a segment is damaged"));
        }
    }
    for (hash, alone) in &found.alone {
        tier.index.put(*hash, Place::alone(alone.number), || true);
    }
    if found.max_stamp > tier.invalidations.stamp() {
        return Ok(Err("its objects are newer than what it knows of invalidations"));
    }
    Ok(Ok(found))
}

// === impl Found ===

impl Found {
    fn take_alone(&mut self, tier: &Tier, number: u32) -> io::Result<()> {
        let name = segment::name(Form::Alone, number);
        let file = tier.files.open(&name)?;
        let record = if segment::has_header(&*file)? { segment::read_alone(&*file)? } else { None };
        let Some((prelude, _)) = record else { return tier.files.remove(&name) };
        self.note(prelude.stamp, prelude.serial);
        let alone = Alone { serial: prelude.serial, number };
        let is_newer = self.alone.get(&prelude.hash).is_none_or(|other| other.serial < alone.serial);
        let loser = if is_newer { self.alone.insert(prelude.hash, alone) } else { Some(alone) };
        if is_newer {
            let bytes = file.size()?;
            self.segments.push(Segment { number, form: Form::Alone, bytes, hash: prelude.hash });
        }
        loser.map_or(Ok(()), |loser| self.drop_alone(tier, loser.number))
    }

    fn drop_alone(&mut self, tier: &Tier, number: u32) -> io::Result<()> {
        self.segments.retain(|segment| segment.number != number);
        tier.files.remove(&segment::name(Form::Alone, number))
    }

    /// Reads a segment; `false` when it is damaged so that records may be missing.
    fn take_shared(&mut self, tier: &Tier, number: u32) -> io::Result<bool> {
        let file = tier.files.open(&segment::name(Form::Shared, number))?;
        let size = file.size()?;
        if !segment::has_header(&*file)? {
            // Created and not begun, or not of this version.
            tier.files.remove(&segment::name(Form::Shared, number))?;
            return Ok(size < HEADER);
        }
        let (table, bytes) = match Table::read(&*file, size)? {
            Some(table) => (table, size),
            None => match scan(&*file, size, tier.settings.segment_bytes)? {
                Some((table, end)) => {
                    let bytes = seal(&*file, &table, end, size);
                    (table, bytes)
                }
                None => return Ok(false),
            },
        };
        self.note(table.max_stamp, table.max_serial);
        for row in &table.rows {
            self.take_row(tier, row, number)?;
        }
        self.segments.push(Segment { number, form: Form::Shared, bytes, hash: 0 });
        write(&tier.segments).insert(number, file);
        Ok(true)
    }

    fn take_row(&mut self, tier: &Tier, row: &Row, number: u32) -> io::Result<()> {
        if let Some(alone) = self.alone.get(&row.hash) {
            if alone.serial > row.serial {
                return Ok(());
            }
            let loser = alone.number;
            self.alone.remove(&row.hash);
            self.drop_alone(tier, loser)?;
        }
        match row.kind {
            Kind::Gone => drop(tier.index.remove(row.hash)),
            Kind::Object => drop(tier.index.put(row.hash, row.place(number), || true)),
        }
        Ok(())
    }

    fn note(&mut self, stamp: u64, serial: u64) {
        self.max_stamp = self.max_stamp.max(stamp);
        self.max_serial = self.max_serial.max(serial);
    }
}

/// Writes the table that a segment lacks, so that its end is the end of the file; answers the length then.
fn seal(file: &dyn StoredFile, table: &Table, end: u64, size: u64) -> u64 {
    let len = (table.rows.len() * ROW) as u64 + TABLE_END;
    let offset = end.max(size.saturating_sub(len));
    // Without it the next start looks again.
    let _ = file.write_at(&table.write(offset), offset);
    offset + len
}

/// Looks for records one after the other; answers them and where they end, or `None` when more is left than one
/// record that broke off, or a table.
fn scan(file: &dyn StoredFile, size: u64, max_record: u64) -> io::Result<Option<(Table, u64)>> {
    let (mut table, mut position) = (Table::default(), HEADER);
    let mut window = Window { file, size, start: 0, bytes: Vec::new() };
    while let Some((prelude, len)) = window.record(position)? {
        let Some(row) = Row::of(&prelude, position) else { break };
        table.add(row, prelude.stamp);
        position += len;
    }
    let left = size.saturating_sub(position);
    let is_table = left == (table.rows.len() * ROW) as u64 + TABLE_END;
    let is_explained = is_table || !window.has_record_behind(position, max_record)?;
    Ok(is_explained.then_some((table, position)))
}

/// A part of a file that is read ahead.
struct Window<'a> {
    file: &'a dyn StoredFile,
    size: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    /// The record at `position` and its length with padding, if it is sound and all of it is there.
    fn record(&mut self, position: u64) -> io::Result<Option<(Prelude, u64)>> {
        let Some(prelude) = self.at(position, PRELUDE as u64)?.and_then(Prelude::read) else {
            return Ok(None);
        };
        let with_head = PRELUDE as u64 + u64::from(prelude.head_len);
        let is_sound = self.at(position, with_head)?.is_some_and(|bytes| prelude.is_sound(bytes));
        let len = prelude.len().and_then(|len| len.checked_next_multiple_of(UNIT));
        let len =
            len.filter(|len| is_sound && position.checked_add(*len).is_some_and(|end| end <= self.size));
        Ok(len.map(|len| (prelude, len)))
    }

    /// Whether a sound record lies behind something that is none: then something in the middle was damaged. What
    /// broke off at the end has nothing behind it.
    fn has_record_behind(&mut self, position: u64, max_record: u64) -> io::Result<bool> {
        let end = self.size.min(position.saturating_add(2 * max_record));
        let mut at = position + UNIT;
        while at < end {
            if self.record(at)?.is_some() {
                return Ok(true);
            }
            at += UNIT;
        }
        Ok(false)
    }

    fn at(&mut self, position: u64, len: u64) -> io::Result<Option<&[u8]>> {
        let Some(end) = position.checked_add(len).filter(|end| *end <= self.size) else { return Ok(None) };
        let is_there = position >= self.start && end <= self.start + self.bytes.len() as u64;
        if !is_there {
            let want = len.max(LOOK_BYTES).min(self.size - position);
            self.bytes = vec![0; usize::try_from(want).map_err(io::Error::other)?];
            self.start = position;
            self.file.read_at(&mut self.bytes, position)?;
        }
        // Both lie within what was read.
        let from = (position - self.start) as usize;
        Ok(self.bytes.get(from..from + len as usize))
    }
}
