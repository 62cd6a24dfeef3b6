//! Full disks, failing disks and damaged files: memory and origins answer, and never a wrong byte.

use ::bytes::Bytes;
use futures_util::{FutureExt, StreamExt};

use super::kit::*;
use crate::disk::broken::Broken;
use crate::disk::files::Files;
use crate::disk::segment::{Form, parse_name};
use crate::{DiskSettings, Torn};

/// Evicts everything that is not in use from a cache with little memory.
fn crowd_out(cache: &std::sync::Arc<crate::Cache>) {
    let evicted = cache.usage().evicted;
    for at in 0..400 {
        let (_, mut fill) = begin(cache, &format!("/crowd/{at}"), at, Some(5_000));
        finish(fill.push(content(at, 5_000))).unwrap();
        fill.complete();
    }
    settle(cache);
    assert!(cache.usage().evicted > evicted + 100);
}

#[test]
fn what_memory_evicted_is_read_back_and_kept_again() {
    let files = Broken::new();
    let cache = cache_with(settings(&files), 1 << 20);
    store(&cache, "/a", 1, 900);
    store(&cache, "/large", 2, 3 * LARGE);
    crowd_out(&cache);
    assert!(cache.held(&key("/a")).object.is_none() && cache.is_on_disk_only(&key("/a")));
    assert_eq!(look(&cache, "/a"), Some((1, Ok(900))));
    assert!(cache.held(&key("/a")).object.is_some() && !cache.is_on_disk_only(&key("/a")));
    assert_eq!(look(&cache, "/large"), Some((2, Ok(3 * LARGE as usize))));
    assert!(cache.usage().bytes <= 1 << 20);
}

#[test]
fn an_error_in_memory_does_not_hide_the_object_on_the_disk() {
    let files = Broken::new();
    let cache = cache_with(settings(&files), 1 << 20);
    store(&cache, "/a", 1, 900);
    crowd_out(&cache);
    let times = rules::freshness::ErrorTimes {
        status: http::StatusCode::BAD_GATEWAY,
        received_at: rules::Moment::from_epoch_s(1),
        until: rules::Moment::from_epoch_s(9),
        failure: None,
        remembers: rules::freshness::Remembers::HoldOff,
    };
    cache.lead_alone(&key("/a")).hold_off(times);
    assert!(cache.is_on_disk_only(&key("/a")));
    assert_eq!(look(&cache, "/a"), Some((1, Ok(900))));
    assert!(cache.held(&key("/a")).error.is_some(), "the object does not end the hold-off");
}

#[test]
fn an_object_larger_than_memory_is_stored_followed_and_read_by_range() {
    let files = Broken::new();
    let cache = cache_with(settings(&files), 1 << 20);
    let len = 1_900_000;
    let (object, mut fill) = begin(&cache, "/huge", 7, Some(len));
    let expected = content(7, len);
    let mut follower = object.body.reader(..);
    let mut got = Vec::new();
    for piece in expected.chunks(50_000) {
        finish(fill.push(Bytes::copy_from_slice(piece))).unwrap();
        assert!(fill.is_kept() && cache.usage().bytes <= (1 << 20) + (1 << 20) + 60_000);
        while let Some(Some(piece)) = follower.next().now_or_never() {
            got.extend_from_slice(&piece.unwrap());
        }
    }
    let late = object.body.reader(777..1_500_001);
    assert!(fill.complete());
    settle(&cache);
    finish(async {
        while let Some(piece) = follower.next().await {
            got.extend_from_slice(&piece.unwrap());
        }
    });
    assert!(got == expected);
    let ranges = [late, object.body.reader(777..1_500_001)];
    for mut range in ranges {
        let got = finish(async {
            let mut got = Vec::new();
            while let Some(piece) = range.next().await {
                got.extend_from_slice(&piece.unwrap());
            }
            got
        });
        assert!(got == expected[777..1_500_001]);
    }
    drop((object, follower));
    assert_eq!(look(&cache, "/huge"), Some((7, Ok(len as usize))));
}

#[test]
fn a_full_disk_costs_nothing_but_the_disk_and_is_used_again_when_there_is_room() {
    let files = Broken::new();
    let cache = cache(&files);
    store(&cache, "/before", 1, 5_000);
    files.set_room(2_000);
    for at in 0..20 {
        store(&cache, &format!("/{at}"), at, 5_000);
        assert_eq!(look(&cache, &format!("/{at}")), Some((at, Ok(5_000))), "memory has it");
    }
    store(&cache, "/large", 3, 4 * LARGE);
    assert!(matches!(look(&cache, "/large"), None | Some((3, Ok(_)))));
    assert!(cache.disk_usage().unwrap().write_errors > 0);
    files.set_room(u64::MAX);
    store(&cache, "/after", 2, 5_000);
    assert!(cache.disk_usage().unwrap().is_writable);
    let again = super::kit::cache(&files.copy());
    assert_eq!(look(&again, "/after"), Some((2, Ok(5_000))));
    for at in 0..20 {
        assert!(matches!(look(&again, &format!("/{at}")), None | Some((_, Ok(5_000)))));
    }
}

#[test]
fn a_disk_that_becomes_full_at_any_byte_of_a_record_leaves_nothing_wrong() {
    for room in (0..700).step_by(13) {
        let files = Broken::new();
        let cache = cache(&files);
        store(&cache, "/a", 1, 100);
        files.set_room(room);
        store(&cache, "/a", 2, 200);
        store(&cache, "/b", 3, 50);
        files.set_room(u64::MAX);
        store(&cache, "/c", 4, 60);
        assert_eq!(look(&cache, "/a"), Some((2, Ok(200))));
        let again = super::kit::cache(&files.copy());
        assert!(matches!(look(&again, "/a"), None | Some((2, Ok(200)))), "never what was replaced");
        assert!(matches!(look(&again, "/b"), None | Some((3, Ok(50)))));
        assert_eq!(look(&again, "/c"), Some((4, Ok(60))), "{room}");
    }
}

#[test]
fn while_writes_fail_a_large_fill_passes_and_its_followers_get_everything() {
    let files = Broken::new();
    let cache = cache(&files);
    let len = 6 * LARGE;
    let (object, mut fill) = begin(&cache, "/large", 5, Some(len));
    let follower = object.body.reader(..);
    let reading = std::thread::spawn(move || {
        finish(async {
            let (mut follower, mut got) = (follower, Vec::new());
            while let Some(piece) = follower.next().await {
                got.extend_from_slice(&piece?);
            }
            Ok::<_, Torn>(got)
        })
    });
    for (at, piece) in content(5, len).chunks(5_000).enumerate() {
        if at == 5 {
            settle(&cache);
            files.fail_writes(true);
        }
        finish(fill.push(Bytes::copy_from_slice(piece))).unwrap();
    }
    assert!(fill.complete());
    assert_eq!(reading.join().unwrap(), Ok(content(5, len).to_vec()));
    drop(object);
    settle(&cache);
    assert!(!cache.disk_usage().unwrap().is_writable || cache.disk_usage().unwrap().write_errors > 0);
    files.fail_writes(false);
    assert!(matches!(look(&cache, "/large"), None | Some((5, Ok(_)))));
    assert!(!files.list().unwrap().iter().any(|name| name.ends_with(".fill")));
}

#[test]
fn while_reads_fail_objects_are_misses() {
    let files = Broken::new();
    let cache = cache_with(settings(&files), 1 << 20);
    store(&cache, "/a", 1, 900);
    store(&cache, "/large", 2, 3 * LARGE);
    crowd_out(&cache);
    files.fail_reads(true);
    assert_eq!(look(&cache, "/a"), None);
    assert_eq!(look(&cache, "/large"), None);
    assert_eq!(cache.disk_usage().unwrap().read_errors, 2);
    files.fail_reads(false);
    store(&cache, "/a", 3, 900);
    assert_eq!(look(&cache, "/a"), Some((3, Ok(900))));
}

#[test]
fn every_flipped_bit_is_noticed_and_costs_one_object() {
    let files = Broken::new();
    let first = cache(&files);
    store(&first, "/a", 1, 200);
    store(&first, "/large", 2, 2 * LARGE);
    close(first);
    let names: Vec<String> =
        files.list().unwrap().into_iter().filter(|name| parse_name(name).is_some()).collect();
    let mut noticed = 0;
    for name in &names {
        let len = files.content(name).len();
        let step = if matches!(parse_name(name), Some((Form::Alone, _))) { 331 } else { 1 };
        for at in (0..len).step_by(step) {
            let damaged = files.copy();
            damaged.damage(name, |bytes| bytes[at] ^= 1 << (at % 8));
            let again = cache(&damaged);
            let found = [look(&again, "/a"), look(&again, "/large")];
            assert!(matches!(found[0], None | Some((1, Ok(200)))), "{found:?}");
            assert!(matches!(found[1], None | Some((2, Ok(32_768) | Err(Torn)))), "{found:?}");
            noticed += u64::from(found != [Some((1, Ok(200))), Some((2, Ok(32_768)))]);
            // What was found damaged is not found again.
            assert!(matches!(look(&again, "/large"), None | Some((2, Ok(32_768)))));
            close(again);
        }
    }
    assert!(noticed > 300, "{noticed}");
}

#[test]
fn the_oldest_goes_first_and_what_was_used_stays() {
    let files = Broken::new();
    let settings = DiskSettings { bytes: 8 << 20, ..settings(&files) };
    let cache = cache_with(settings, 1 << 20);
    store(&cache, "/used", 1, 3_000);
    store(&cache, "/unused", 2, 3_000);
    store(&cache, "/large/used", 3, 2 * LARGE);
    store(&cache, "/large/unused", 4, 2 * LARGE);
    for round in 0..6_000_u64 {
        let (_, mut fill) = begin(&cache, &format!("/crowd/{round}"), round, Some(4_000));
        finish(fill.push(content(round, 4_000))).unwrap();
        fill.complete();
        if round % 100 == 0 {
            settle(&cache);
            assert_eq!(look(&cache, "/used"), Some((1, Ok(3_000))), "in round {round}");
            assert_eq!(look(&cache, "/large/used"), Some((3, Ok(2 * LARGE as usize))), "in round {round}");
            assert!(cache.disk_usage().unwrap().bytes <= 8 << 20);
            assert!(files.bytes() <= (8 << 20) + (1 << 20), "with the history of invalidations");
        }
    }
    settle(&cache);
    assert_eq!(look(&cache, "/unused"), None);
    assert_eq!(look(&cache, "/large/unused"), None);
    assert_eq!(look(&cache, "/crowd/5999"), Some((5_999, Ok(4_000))));
}
