//! How long a start takes and how much memory the index takes, with a million objects.

use std::sync::Arc;
use std::time::Instant;

use super::kit::*;
use crate::Cache;
use crate::disk::broken::Broken;
use crate::disk::files::Files;
use crate::disk::record::Kind;
use crate::disk::segment::{self, Form, HEADER, Row, Table};

const OBJECTS: u64 = 1_000_000;
const SEGMENTS: u64 = 160;

/// A directory of 160 full segments with 10 GB in them, of which only headers and tables are really there.
fn directory() -> Arc<Broken> {
    let files = Broken::new();
    // The history of invalidations that goes with it.
    drop(Cache::new(crate::Limits::default()).open_disk(settings(&files)));
    for number in 0..SEGMENTS {
        let mut table = Table::default();
        for at in 0..OBJECTS / SEGMENTS {
            let serial = number * (OBJECTS / SEGMENTS) + at + 1;
            let hash = serial.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            table.add(Row { hash, serial, offset: at as u32 * 320, units: 320, kind: Kind::Object }, 0);
        }
        let file = files.create(&segment::name(Form::Shared, number as u32 + 1)).unwrap();
        file.write_at(&segment::header(), 0).unwrap();
        file.write_at(&table.write(HEADER), HEADER).unwrap();
    }
    files
}

#[test]
fn the_index_of_ten_gigabytes_is_back_within_two_seconds() {
    let files = directory();
    let begun = Instant::now();
    let cache = cache_with(crate::DiskSettings { bytes: 16 << 30, ..settings(&files) }, 16 << 20);
    let took = begun.elapsed();
    assert_eq!(cache.disk_usage().unwrap().objects, OBJECTS);
    // Shown with --nocapture; without optimization, and with other tests beside it.
    eprintln!("{OBJECTS} objects in {SEGMENTS} segments were found in {took:?}");
    assert!(took.as_secs() < 20, "{took:?}");
}
