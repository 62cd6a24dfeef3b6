//! What a restart finds: after an orderly end, and after one in the middle of anything.

use http::header::{HeaderValue, VIA};
use rules::Fields;
use rules::invalidation::InvalidationPath;

use super::kit::*;
use crate::disk::broken::Broken;
use crate::disk::files::Files;
use crate::disk::segment::{Form, parse_name};

fn names(files: &Broken, form: Form) -> Vec<String> {
    let mut names = files.list().unwrap();
    names.retain(|name| parse_name(name).is_some_and(|(found, _)| found == form));
    names.sort();
    names
}

#[test]
fn objects_small_and_large_survive_an_orderly_end_and_a_sudden_one() {
    let files = Broken::new();
    let first = cache(&files);
    for at in 0..300 {
        store(&first, &format!("/{at}"), at, at * 20);
    }
    store(&first, "/large", 1_000, 5 * LARGE + 17);
    let crashed = files.copy();
    close(first);
    for files in [files, crashed] {
        let again = cache(&files);
        assert_eq!(again.disk_usage().unwrap().objects, 301);
        for at in 0..300 {
            assert_eq!(look(&again, &format!("/{at}")), Some((at, Ok(at as usize * 20))));
        }
        assert_eq!(look(&again, "/large"), Some((1_000, Ok(5 * LARGE as usize + 17))));
        assert_eq!(look(&again, "/other"), None);
        close(again);
    }
}

/// The fields of the same answer after the origin has confirmed it.
fn refreshed() -> Fields {
    let mut refreshed = fields(1);
    refreshed.append(VIA, HeaderValue::from_static("1.1 refreshed"));
    refreshed
}

#[test]
fn what_was_replaced_removed_or_refreshed_stays_so_after_a_restart() {
    let files = Broken::new();
    let first = cache(&files);
    for len in [100, 3 * LARGE] {
        store(&first, &format!("/replaced/{len}"), 1, len);
        store(&first, &format!("/replaced/{len}"), 2, 3 * LARGE + 100 - len);
        store(&first, &format!("/displaced/{len}"), 1, len);
        first.lead_alone(&key(&format!("/displaced/{len}"))).displace();
        store(&first, &format!("/refreshed/{len}"), 1, len);
        let old = first.held(&key(&format!("/refreshed/{len}"))).object.unwrap();
        first.lead_alone(&key(&format!("/refreshed/{len}"))).refresh(&old, refreshed(), times());
    }
    settle(&first);
    for _ in 0..3 {
        let again = cache(&files.copy());
        for len in [100, 3 * LARGE] {
            let other = 3 * LARGE + 100 - len;
            assert_eq!(look(&again, &format!("/replaced/{len}")), Some((2, Ok(other as usize))));
            assert_eq!(look(&again, &format!("/displaced/{len}")), None);
            let path = format!("/refreshed/{len}");
            assert_eq!(look(&again, &path), Some((1, Ok(len as usize))));
            let object = again.held(&key(&path)).object.unwrap();
            assert_eq!(object.fields, refreshed());
        }
        close(again);
    }
    close(first);
}

#[test]
fn a_segment_that_broke_off_at_any_byte_of_its_last_record_has_all_the_others() {
    let files = Broken::new();
    let first = cache(&files);
    store(&first, "/a", 1, 500);
    store(&first, "/b", 2, 300);
    let name = names(&files, Form::Shared).remove(0);
    let before = files.content(&name).len();
    store(&first, "/c", 3, 40);
    let after = files.content(&name).len();
    assert!(after > before);
    for len in before..=after {
        let torn = files.copy();
        torn.damage(&name, |bytes| bytes.truncate(len));
        let again = cache(&torn);
        assert_eq!(look(&again, "/a"), Some((1, Ok(500))));
        assert_eq!(look(&again, "/b"), Some((2, Ok(300))));
        let last = look(&again, "/c");
        assert_eq!(last, (len == after).then_some((3, Ok(40))), "{len} of {after}");
        store(&again, "/d", 4, 50);
        let third = cache(&torn.copy());
        assert_eq!((look(&third, "/a"), look(&third, "/d")), (Some((1, Ok(500))), Some((4, Ok(50)))));
        close(third);
        close(again);
    }
    close(first);
}

#[test]
fn a_large_object_that_broke_off_at_any_byte_is_not_there() {
    let files = Broken::new();
    let first = cache(&files);
    store(&first, "/large", 1, LARGE + 1);
    let name = names(&files, Form::Alone).remove(0);
    let whole = files.content(&name).len();
    close(first);
    for len in (0..whole).step_by(97).chain(whole - 400..whole) {
        let torn = files.copy();
        torn.damage(&name, |bytes| bytes.truncate(len));
        let again = cache(&torn);
        assert_eq!(look(&again, "/large"), None, "{len}");
        close(again);
    }
}

#[test]
fn a_fill_in_the_middle_of_which_the_process_ended_is_never_seen() {
    let files = Broken::new();
    let first = cache(&files);
    let (object, mut fill) = begin(&first, "/a", 1, Some(4 * LARGE));
    finish(fill.push(content(1, 2 * LARGE))).unwrap();
    settle(&first);
    let crashed = files.copy();
    let again = cache(&crashed);
    assert_eq!(look(&again, "/a"), None);
    assert!(!crashed.list().unwrap().iter().any(|name| name.ends_with(".fill")), "nothing is left of it");
    drop(fill);
    settle(&first);
    assert!(!files.list().unwrap().iter().any(|name| name.ends_with(".fill")));
    assert_eq!(first.disk_usage().unwrap().objects, 0);
    drop((object, first, again));
}

#[test]
fn invalidations_exact_and_with_wildcard_survive_a_restart() {
    let files = Broken::new();
    let first = cache(&files);
    for path in ["/a", "/b", "/images/1", "/images/2", "/c"] {
        store(&first, path, 1, 100);
    }
    store(&first, "/images/large", 1, 2 * LARGE);
    first.invalidate("E1", 41, &[InvalidationPath::Exact("/a".into())]);
    first.invalidate("E1", 42, &[InvalidationPath::Prefix("/images/".into())]);
    first.invalidate("E2", 40, &[InvalidationPath::Exact("/b".into())]);
    store(&first, "/images/2", 2, 100);
    let crashed = files.copy();
    close(first);
    for files in [files, crashed] {
        let again = cache(&files);
        assert_eq!(again.last_invalidation(), Some(42));
        assert_eq!(look(&again, "/a"), None);
        assert_eq!(look(&again, "/b"), Some((1, Ok(100))));
        assert_eq!(look(&again, "/images/1"), None);
        assert_eq!(look(&again, "/images/large"), None);
        assert_eq!(look(&again, "/images/2"), Some((2, Ok(100))));
        // Whoever repeats it after the restart repeats it in vain.
        again.invalidate("E1", 42, &[InvalidationPath::Prefix("/images/".into())]);
        assert_eq!(look(&again, "/images/2"), Some((2, Ok(100))));
        again.invalidate("E1", 43, &[InvalidationPath::Exact("/c".into())]);
        assert_eq!(look(&again, "/c"), None);
        close(again);
    }
}

#[test]
fn without_its_history_of_invalidations_nothing_on_the_disk_is_used() {
    let files = Broken::new();
    let first = cache(&files);
    first.invalidate("E1", 1, &[InvalidationPath::Exact("/x".into())]);
    store(&first, "/a", 1, 100);
    close(first);
    let (lost, old) = (files.copy(), files.copy());
    lost.remove("invalidations").unwrap();
    // The picture is there, what came after it is not: the object is newer.
    old.damage("invalidations", |bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    });
    for files in [lost, old] {
        let again = cache(&files);
        assert_eq!(look(&again, "/a"), None);
        store(&again, "/a", 2, 100);
        close(again);
        let third = cache(&files);
        assert_eq!(look(&third, "/a"), Some((2, Ok(100))));
        close(third);
    }
}

#[test]
fn a_reset_empties_the_disk_too() {
    let files = Broken::new();
    let first = cache(&files);
    store(&first, "/a", 1, 100);
    store(&first, "/large", 1, 2 * LARGE);
    first.reset();
    assert_eq!(look(&first, "/a"), None);
    settle(&first);
    assert!(names(&files, Form::Alone).is_empty() && names(&files, Form::Shared).is_empty());
    store(&first, "/b", 2, 100);
    let again = cache(&files.copy());
    assert_eq!(
        (look(&again, "/a"), look(&again, "/large"), look(&again, "/b")),
        (None, None, Some((2, Ok(100))))
    );
    drop((first, again));
}
