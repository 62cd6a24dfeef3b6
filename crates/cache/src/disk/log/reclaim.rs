//! Which files go when the tier is full: the oldest, after what was used in them has been written again.
//!
//! A large object that was used, or that somebody is reading, gets a new number: nothing is copied. Of a segment not more than
//! half is written again, so that reclaiming always frees something; in one search for room each file is spared
//! once at most.

use super::{Log, Segment, is_intact};
use crate::disk::files::StoredFile;
use crate::disk::index::Place;
use crate::disk::record::{Kind, Prelude};
use crate::disk::segment::{self, Form, Table};
use crate::sync::read;

impl Log {
    /// Removes files until `needed` more bytes fit. Room for two segments stays: the one that is open, and one for
    /// what is written again meanwhile.
    pub(super) fn make_room(&mut self, needed: u64) {
        let settings = &self.tier.settings;
        let limit = settings.bytes.saturating_sub(2 * settings.segment_bytes);
        let mut spare = self.segments.len();
        while self.bytes.saturating_add(needed) > limit && self.reclaim_oldest(spare) {
            spare = spare.saturating_sub(1);
        }
    }

    /// Removes or spares the oldest file; `false` when there is none. With `spare` at zero nothing is spared.
    pub(super) fn reclaim_oldest(&mut self, spare: usize) -> bool {
        let Some(segment) = self.segments.pop_front() else { return false };
        match segment.form {
            Form::Alone => self.reclaim_alone(segment, spare > 0),
            Form::Shared => self.reclaim_shared(&segment, spare > 0),
        }
        true
    }

    fn reclaim_alone(&mut self, segment: Segment, may_spare: bool) {
        let place = Place::alone(segment.number);
        let is_used = self.tier.index.is_used(segment.hash, place);
        let held = self.tier.large(segment.number);
        if may_spare && (is_used == Some(true) || (is_used.is_some() && held.is_some())) {
            let number = self.take_number();
            let names = (segment::name(Form::Alone, segment.number), segment::name(Form::Alone, number));
            if self.tier.files.rename(&names.0, &names.1).is_ok() {
                self.tier.index.relocate(segment.hash, place, Place::alone(number));
                if let Some(held) = held {
                    held.set_number(number);
                    self.tier.register(&held);
                }
                self.segments.push_back(Segment { number, ..segment });
                return;
            }
        }
        self.tier.index.remove_at(segment.hash, place);
        if let (Some(large), Some(cache)) = (held, self.tier.home()) {
            cache.drop_large(&large);
        }
        self.remove_file(&segment);
    }

    fn reclaim_shared(&mut self, segment: &Segment, may_spare: bool) {
        let file = read(&self.tier.segments).get(&segment.number).cloned();
        let table = file.as_ref().map(|file| Table::read(&**file, file.size()?));
        match (&file, table) {
            (Some(file), Some(Ok(Some(table)))) => {
                self.rescue(segment, &table, &**file, if may_spare { segment.bytes / 2 } else { 0 });
            }
            (_, Some(Err(error))) => {
                self.tier.health.read_failed(&error);
                self.tier.index.remove_segment(segment.number);
            }
            _ => self.tier.index.remove_segment(segment.number),
        }
        self.remove_file(segment);
    }

    /// Writes again what was used, up to `budget` bytes; the rest is not to be found any more.
    fn rescue(&mut self, segment: &Segment, table: &Table, file: &dyn StoredFile, mut budget: u64) {
        for row in table.rows.iter().filter(|row| row.kind == Kind::Object) {
            let place = row.place(segment.number);
            let is_used = self.tier.index.is_used(row.hash, place) == Some(true);
            if is_used && place.len() <= budget && self.write_again(row.hash, place, file) {
                budget -= place.len();
            } else {
                self.tier.index.remove_at(row.hash, place);
            }
        }
    }

    fn write_again(&mut self, hash: u64, place: Place, file: &dyn StoredFile) -> bool {
        // Not more than a segment.
        let mut record = vec![0; place.len() as usize];
        if let Err(error) = file.read_at(&mut record, place.start()) {
            self.tier.health.read_failed(&error);
            return false;
        }
        if !Prelude::read(&record).is_some_and(|prelude| is_intact(&prelude, &record)) {
            self.tier.health.found_damage(place.segment);
            return false;
        }
        match self.append(&record, false) {
            Ok(Some(moved)) => self.tier.index.relocate(hash, place, moved),
            Ok(None) => false,
            Err(error) => {
                self.tier.health.write_failed(&error);
                false
            }
        }
    }
}
