//! Files of the disk tier: segments that many records share, and files of one large object.
//!
//! A segment is only appended to. When it is full, a table of its records is written behind the last one: the checkpoint of
//! this segment, so that a restart reads tables and scans nothing but the segment that was not full yet. A large object
//! has a file of its own: the body first, its record behind it, and a footer that says where the record is. Without a
//! footer there is no object.

use std::io;

use super::bytes::{Reader, Writer, sum};
use super::files::StoredFile;
use super::index::{Place, UNIT};
use super::record::{Kind, PRELUDE, Prelude};

/// Bytes in front of the first record, or of the body.
pub(super) const HEADER: u64 = 32;
/// Changes when older files cannot be read any more: they are removed then.
const VERSION: u32 = 1;
const HEADER_MAGIC: u64 = 0x7472_6f66_6d72_6177;
const TABLE_MAGIC: u32 = 0x3154_4657;
const FOOTER_MAGIC: u32 = 0x3146_4657;
const TABLE_END: u64 = 40;
pub(super) const FOOTER: u64 = 24;
/// Bytes of a table for each record.
pub(super) const ROW: usize = 24;

/// What a file of the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One large object.
    Alone,
    /// Many records.
    Shared,
}

/// The name of a file that is in use.
pub(super) fn name(form: Form, number: u32) -> String {
    match form {
        Form::Alone => format!("{number:010}.one"),
        Form::Shared => format!("{number:010}.seg"),
    }
}

/// The name of a large object that is still arriving.
pub(super) fn fill_name(number: u64) -> String {
    format!("{number:016x}.fill")
}

/// What a name says; `None` when it is not of a file in use.
pub(super) fn parse_name(name: &str) -> Option<(Form, u32)> {
    let (number, ending) = name.split_once('.')?;
    let form = match ending {
        "one" => Form::Alone,
        "seg" => Form::Shared,
        _ => return None,
    };
    Some((form, number.parse().ok()?))
}

/// The bytes that a file begins with.
pub(super) fn header() -> Vec<u8> {
    let mut writer = Writer::default();
    writer.u64(HEADER_MAGIC).u32(VERSION).u32(0).u64(0).sum_from(0);
    writer.0
}

/// Whether the file begins as ours do.
pub(super) fn has_header(file: &dyn StoredFile) -> io::Result<bool> {
    let expected = header();
    let mut found = vec![0; expected.len()];
    match file.read_at(&mut found, 0) {
        Ok(()) => Ok(found == expected),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// One record in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) hash: u64,
    pub(super) serial: u64,
    pub(super) offset: u32,
    pub(super) units: u16,
    pub(super) kind: Kind,
}

impl Row {
    pub(super) fn of(prelude: &Prelude, start: u64) -> Option<Self> {
        Some(Self {
            hash: prelude.hash,
            serial: prelude.serial,
            offset: u32::try_from(start / UNIT).ok()?,
            units: u16::try_from(prelude.len()?.div_ceil(UNIT)).ok()?,
            kind: prelude.kind,
        })
    }

    pub(super) const fn place(&self, segment: u32) -> Place {
        Place { segment, offset: self.offset, units: self.units }
    }
}

/// What a segment holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The largest stamp and serial number in it.
    pub(super) max_stamp: u64,
    pub(super) max_serial: u64,
}

impl Table {
    pub(super) fn add(&mut self, row: Row, stamp: u64) {
        self.max_stamp = self.max_stamp.max(stamp);
        self.max_serial = self.max_serial.max(row.serial);
        self.rows.push(row);
    }

    /// The table as it is written at `offset`.
    pub(super) fn write(&self, offset: u64) -> Vec<u8> {
        let mut writer = Writer(Vec::with_capacity(self.rows.len() * ROW + TABLE_END as usize));
        for row in &self.rows {
            writer.u64(row.hash).u64(row.serial).u32(row.offset).u16(row.units).u8(row.kind.as_u8()).u8(0);
        }
        writer.u32(TABLE_MAGIC).count(self.rows.len()).u64(offset).u64(self.max_stamp).u64(self.max_serial);
        writer.sum_from(0);
        writer.0
    }

    /// The table at the end of a file of `len` bytes; `None` when there is none, or it was damaged.
    pub(super) fn read(file: &dyn StoredFile, len: u64) -> io::Result<Option<Self>> {
        let Some(end) = len.checked_sub(TABLE_END) else { return Ok(None) };
        let mut trailer = [0; TABLE_END as usize];
        file.read_at(&mut trailer, end)?;
        let Some(offset) = table_offset(&trailer, end) else { return Ok(None) };
        // It lies within the file.
        let mut bytes = vec![0; (len - offset) as usize];
        file.read_at(&mut bytes, offset)?;
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (content, sum_bytes) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        if Reader(sum_bytes).u64()? != sum(content) {
            return None;
        }
        let (rows, end) = content.split_at_checked(content.len().checked_sub(TABLE_END as usize - 8)?)?;
        let mut end = Reader(end);
        end.raw(16)?;
        let (max_stamp, max_serial) = (end.u64()?, end.u64()?);
        let rows = rows.chunks_exact(ROW).map(read_row).collect::<Option<_>>()?;
        Some(Self { rows, max_stamp, max_serial })
    }
}

fn table_offset(trailer: &[u8], end: u64) -> Option<u64> {
    let mut reader = Reader(trailer);
    if reader.u32()? != TABLE_MAGIC {
        return None;
    }
    let (count, offset) = (u64::from(reader.u32()?), reader.u64()?);
    (offset >= HEADER && offset.checked_add(count * ROW as u64)? == end).then_some(offset)
}

fn read_row(bytes: &[u8]) -> Option<Row> {
    let mut reader = Reader(bytes);
    Some(Row {
        hash: reader.u64()?,
        serial: reader.u64()?,
        offset: reader.u32()?,
        units: reader.u16()?,
        kind: Kind::of_u8(reader.u8()?)?,
    })
}

/// The footer of a file of one object, whose record is at `record`.
pub(super) fn footer(record: u64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.u32(FOOTER_MAGIC).u32(0).u64(record).sum_from(0);
    writer.0
}

/// Prelude and head of a file of one object; `None` when it is not complete, or was damaged.
pub(super) fn read_alone(file: &dyn StoredFile) -> io::Result<Option<(Prelude, Vec<u8>)>> {
    let len = file.size()?;
    let Some(end) = len.checked_sub(FOOTER).filter(|end| *end >= HEADER) else { return Ok(None) };
    let mut bytes = [0; FOOTER as usize];
    file.read_at(&mut bytes, end)?;
    let Some(start) = record_offset(&bytes).filter(|start| (HEADER..end).contains(start)) else {
        return Ok(None);
    };
    // Both lie within the file; a head has a limit.
    let mut record = vec![0; (end - start) as usize];
    file.read_at(&mut record, start)?;
    let prelude = Prelude::read(&record).filter(|prelude| prelude.is_sound(&record));
    let whole = prelude.filter(|prelude| {
        record.len() == PRELUDE + prelude.head_len as usize && HEADER + prelude.body_len <= start
    });
    Ok(whole.map(|prelude| (prelude, record)))
}

fn record_offset(footer: &[u8]) -> Option<u64> {
    let mut reader = Reader(footer);
    let magic = reader.u32()?;
    reader.u32()?;
    let (start, found) = (reader.u64()?, reader.u64()?);
    (magic == FOOTER_MAGIC && footer.get(..16).map(sum) == Some(found)).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::broken::Broken;
    use crate::disk::files::Files;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Row> {
        (any::<u64>(), any::<u64>(), any::<u32>(), any::<u16>(), any::<bool>()).prop_map(
            |(hash, serial, offset, units, is_gone)| Row {
                hash,
                serial,
                offset,
                units,
                kind: if is_gone { Kind::Gone } else { Kind::Object },
            },
        )
    }

    proptest! {
        #[test]
        fn a_table_is_read_back_and_every_damage_is_noticed(
            rows in prop::collection::vec((row(), any::<u64>()), 0..20),
            gap in 0_u64..100,
            at: prop::sample::Index,
            bit in 0_u8..8,
        ) {
            let mut table = Table::default();
            rows.iter().for_each(|(row, stamp)| table.add(*row, *stamp));
            let files = Broken::new();
            let file = files.create("1").unwrap();
            let mut bytes = table.write(HEADER + gap);
            file.write_at(&vec![7; (HEADER + gap) as usize], 0).unwrap();
            file.write_at(&bytes, HEADER + gap).unwrap();
            prop_assert_eq!(Table::read(&*file, file.size().unwrap()).unwrap(), Some(table));
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            file.write_at(&bytes, HEADER + gap).unwrap();
            prop_assert_eq!(Table::read(&*file, file.size().unwrap()).unwrap(), None);
        }

        #[test]
        fn any_file_is_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let files = Broken::new();
            let file = files.create("1").unwrap();
            file.write_at(&bytes, 0).unwrap();
            prop_assert_eq!(Table::read(&*file, file.size().unwrap()).unwrap(), None);
            prop_assert!(read_alone(&*file).unwrap().is_none());
            prop_assert!(!has_header(&*file).unwrap());
        }
    }

    #[test]
    fn names_say_what_a_file_is() {
        assert_eq!(parse_name(&name(Form::Shared, 12)), Some((Form::Shared, 12)));
        assert_eq!(parse_name(&name(Form::Alone, u32::MAX)), Some((Form::Alone, u32::MAX)));
        assert_eq!(parse_name(&fill_name(3)), None);
        assert_eq!(parse_name("notes.txt"), None);
    }
}
