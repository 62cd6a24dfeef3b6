//! A record: what is written for one object, or to say that one is gone.
//!
//! It is a prelude of fixed size, the head (key, status, times, fields, and a checksum for each block of the body), and the body. The
//! prelude's own checksum covers prelude and head, so that a record can be trusted before its body is read; the
//! body's blocks are compared as they are read. In a file of its own, a large body comes first and the rest after it.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use rules::cache_key::CacheKey;
use rules::freshness::{ObjectTimes, StaleUse};
use rules::{Fields, Moment};
use twox_hash::XxHash3_64;

use super::bytes::{Reader, Writer, sum};

/// Bytes of the fixed part.
pub(super) const PRELUDE: usize = 56;
/// Bytes of a body that share a checksum.
pub(crate) const BLOCK: u64 = 64 << 10;
/// A head that is longer is not ours.
const MAX_HEAD: u32 = 64 << 20;
/// The start of every record.
const MAGIC: u32 = 0x3152_4657;
/// Changes when keys are hashed differently: what was stored before is found by nobody.
const SEED: u64 = 0x7761_726d_6672_6f6e;

/// The hash of a key, the same in every process.
pub(crate) fn hash(key: &CacheKey) -> u64 {
    let ends = (key.distribution_id().len() as u64) << 32 | key.path_and_query().len() as u64;
    XxHash3_64::oneshot_with_seed(SEED ^ ends, key.as_bytes())
}

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gone,
    Object,
}

impl Kind {
    pub(super) const fn as_u8(self) -> u8 {
        match self {
            Self::Gone => 2,
            Self::Object => 1,
        }
    }

    pub(super) const fn of_u8(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Object),
            2 => Some(Self::Gone),
            _ => None,
        }
    }
}

/// The fixed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prelude {
    pub(super) kind: Kind,
    pub(super) head_len: u32,
    pub(super) body_len: u64,
    /// Of two records of one key the one with the larger serial number counts.
    pub(super) serial: u64,
    /// The latest invalidation when the origin was asked.
    pub(super) stamp: u64,
    pub(super) hash: u64,
    sum: u64,
}

impl Prelude {
    /// Reads the fixed part; `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.u32()? != MAGIC {
            return None;
        }
        let kind = Kind::of_u8(reader.u8()?)?;
        reader.raw(3)?;
        let head_len = reader.u32().filter(|len| *len <= MAX_HEAD)?;
        reader.u32()?;
        Some(Self {
            kind,
            head_len,
            body_len: reader.u64()?,
            serial: reader.u64()?,
            stamp: reader.u64()?,
            hash: reader.u64()?,
            sum: reader.u64()?,
        })
    }

    /// Whether it belongs to this head and neither was damaged; `bytes` begins with the prelude.
    pub(super) fn is_sound(&self, bytes: &[u8]) -> bool {
        let (prelude, head) =
            (bytes.get(..PRELUDE - 8), bytes.get(PRELUDE..PRELUDE + self.head_len as usize));
        let (Some(prelude), Some(head)) = (prelude, head) else { return false };
        self.sum == sum_of(prelude, head)
    }

    /// Bytes of the whole record, or `None` if that is no number.
    pub(super) fn len(&self) -> Option<u64> {
        (PRELUDE as u64 + u64::from(self.head_len)).checked_add(self.body_len)
    }
}

/// What is written down about an object besides its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) key: KeyText,
    pub(super) status: StatusCode,
    pub(super) times: ObjectTimes,
    pub(super) fields: Fields,
    pub(super) sums: Vec<u64>,
}

/// A key as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyText {
    bytes: Bytes,
    distribution_len: u32,
    path_len: u32,
}

impl KeyText {
    pub(super) fn of(key: &CacheKey) -> Self {
        Self {
            bytes: Bytes::copy_from_slice(key.as_bytes()),
            distribution_len: u32::try_from(key.distribution_id().len()).unwrap_or(u32::MAX),
            path_len: u32::try_from(key.path_and_query().len()).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn is_of(&self, key: &CacheKey) -> bool {
        self.bytes == key.as_bytes()
            && self.distribution_len as usize == key.distribution_id().len()
            && self.path_len as usize == key.path_and_query().len()
    }
}

impl Head {
    fn write(&self, writer: &mut Writer) {
        let times = &self.times;
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        writer.u32(self.key.distribution_len).u32(self.key.path_len).text(&self.key.bytes);
        writer.u16(self.status.as_u16());
        writer
            .u64(times.received_at.epoch_ms())
            .u64(times.fresh_until.epoch_ms())
            .u64(millis(times.stale_limit));
        writer.option(times.stale_if_error.map(millis)).option(times.stale_while_revalidate.map(millis));
        writer.u8(match times.stale_use {
            StaleUse::AnyFailure => 1,
            StaleUse::Unreachable => 2,
        });
        writer.count(self.fields.len());
        for (name, value) in self.fields.iter() {
            writer.text(name.as_str().as_bytes()).text(value.as_bytes());
        }
        writer.count(self.sums.len());
        for sum in &self.sums {
            writer.u64(*sum);
        }
    }

    /// Reads a head; `None` if it is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (distribution_len, path_len) = (reader.u32()?, reader.u32()?);
        let key = KeyText { bytes: Bytes::copy_from_slice(reader.text()?), distribution_len, path_len };
        let status = StatusCode::from_u16(reader.u16()?).ok()?;
        let times = ObjectTimes {
            received_at: Moment::from_epoch_ms(reader.u64()?),
            fresh_until: Moment::from_epoch_ms(reader.u64()?),
            stale_limit: Duration::from_millis(reader.u64()?),
            stale_if_error: reader.option()?.map(Duration::from_millis),
            stale_while_revalidate: reader.option()?.map(Duration::from_millis),
            stale_use: match reader.u8()? {
                1 => StaleUse::AnyFailure,
                2 => StaleUse::Unreachable,
                _ => return None,
            },
        };
        let lines = reader.count(8)?;
        let mut fields = Fields::with_capacity(lines);
        for _ in 0..lines {
            let name = HeaderName::from_bytes(reader.text()?).ok()?;
            fields.append(name, HeaderValue::from_bytes(reader.text()?).ok()?);
        }
        let count = reader.count(8)?;
        let sums = (0..count).map(|_| reader.u64()).collect::<Option<_>>()?;
        reader.0.is_empty().then_some(Self { key, status, times, fields, sums })
    }
}

/// What a prelude says of an object, besides lengths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) serial: u64,
    pub(super) stamp: u64,
    pub(super) hash: u64,
}

/// Prelude and head of an object with a body of `body_len` bytes.
pub(super) fn object(label: Label, head: &Head, body_len: u64) -> Vec<u8> {
    let mut writer = Writer(vec![0; PRELUDE]);
    head.write(&mut writer);
    seal(writer.0, Kind::Object, label, body_len)
}

/// The record that says that what is stored under a hash is gone.
pub(super) fn gone(serial: u64, hash: u64) -> Vec<u8> {
    seal(vec![0; PRELUDE], Kind::Gone, Label { serial, stamp: 0, hash }, 0)
}

/// Writes the prelude in front of a head.
fn seal(mut record: Vec<u8>, kind: Kind, label: Label, body_len: u64) -> Vec<u8> {
    let head_len = u32::try_from(record.len() - PRELUDE).unwrap_or(u32::MAX);
    let mut prelude = Writer::default();
    prelude.u32(MAGIC).u8(kind.as_u8()).raw(&[0; 3]).u32(head_len).u32(0).u64(body_len);
    prelude.u64(label.serial).u64(label.stamp).u64(label.hash);
    let sum = sum_of(&prelude.0, record.get(PRELUDE..).unwrap_or_default());
    prelude.u64(sum);
    record.iter_mut().zip(&prelude.0).for_each(|(to, from)| *to = *from);
    record
}

fn sum_of(prelude: &[u8], head: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(sum(prelude), head)
}

/// The checksums of a body's blocks.
pub(super) fn block_sums(body: &[u8]) -> Vec<u64> {
    body.chunks(BLOCK as usize).map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = ObjectTimes> {
        let duration = || any::<u32>().prop_map(|ms| Duration::from_millis(ms.into()));
        let stale = (prop::option::of(duration()), prop::option::of(duration()), any::<bool>());
        (any::<u64>(), any::<u64>(), duration(), stale).prop_map(|(received, fresh, stale_limit, stale)| {
            ObjectTimes {
                received_at: Moment::from_epoch_ms(received),
                fresh_until: Moment::from_epoch_ms(fresh),
                stale_limit,
                stale_if_error: stale.0,
                stale_while_revalidate: stale.1,
                stale_use: if stale.2 { StaleUse::AnyFailure } else { StaleUse::Unreachable },
            }
        })
    }

    fn head() -> impl Strategy<Value = Head> {
        let line =
            ("[a-z][a-z0-9-]{0,12}", prop::collection::vec(32_u8..=126, 0..40)).prop_map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_bytes(&value).unwrap())
            });
        let fields =
            prop::collection::vec(line, 0..8).prop_map(|lines| lines.into_iter().collect::<Fields>());
        let key = ("[A-Z0-9]{1,14}", "/[a-z/]{0,40}", prop::collection::vec(any::<u8>(), 0..30));
        let sums = prop::collection::vec(any::<u64>(), 0..5);
        (key, 100_u16..600, times(), fields, sums).prop_map(|(key, status, times, fields, sums)| Head {
            key: KeyText::of(&CacheKey::new(&key.0, rules::cache_key::Variant::Get, &key.1, &key.2)),
            status: StatusCode::from_u16(status).unwrap(),
            times,
            fields,
            sums,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(head in head(), serial: u64, stamp: u64, hash: u64, body_len: u32) {
            let record = object(Label { serial, stamp, hash }, &head, body_len.into());
            let prelude = Prelude::read(&record).expect("a prelude");
            prop_assert!(prelude.is_sound(&record));
            prop_assert_eq!((prelude.serial, prelude.stamp, prelude.hash), (serial, stamp, hash));
            prop_assert_eq!(prelude.body_len, u64::from(body_len));
            prop_assert_eq!(Head::read(&record[PRELUDE..]), Some(head));
        }

        #[test]
        fn every_flipped_bit_of_prelude_and_head_is_noticed(head in head(), at: prop::sample::Index, bit in 0_u8..8) {
            let mut record = object(Label { serial: 1, stamp: 2, hash: 3 }, &head, 4);
            let at = at.index(record.len());
            record[at] ^= 1 << bit;
            let is_noticed = Prelude::read(&record).is_none_or(|prelude| !prelude.is_sound(&record));
            prop_assert!(is_noticed);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Prelude::read(&bytes).map(|prelude| prelude.is_sound(&bytes));
            let _ = Head::read(&bytes);
        }
    }

    #[test]
    fn keys_that_differ_in_any_part_have_other_hashes() {
        use rules::cache_key::Variant;
        let keys = [
            CacheKey::new("E1", Variant::Get, "/a", b""),
            CacheKey::new("E1", Variant::HeadOnly, "/a", b""),
            CacheKey::new("E2", Variant::Get, "/a", b""),
            CacheKey::new("E1", Variant::Get, "/a?x", b""),
            CacheKey::new("E1", Variant::Get, "/a", b"x"),
        ];
        let hashes: std::collections::HashSet<u64> = keys.iter().map(hash).collect();
        assert_eq!(hashes.len(), keys.len());
        assert!(KeyText::of(&keys[0]).is_of(&keys[0]) && !KeyText::of(&keys[0]).is_of(&keys[1]));
    }
}
