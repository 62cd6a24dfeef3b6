//! What replaces what under a key (C43, B31, B35, B72).

use bytes::Bytes;
use rules::freshness::Remembers;

use crate::kit::*;
use crate::make;

#[test]
fn an_object_replaces_the_object_and_removes_the_error() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    assert!(error(cache.lead_alone(&key), 2).1.complete());
    stored(&cache, &key, 3, 10);
    assert_eq!(held_tag(&cache, &key), Some(3));
    assert!(cache.held(&key).error.is_none());
    assert_eq!((cache.usage().objects, cache.usage().errors), (1, 0));
}

#[test]
fn an_error_keeps_the_object_unless_it_says_that_it_is_gone() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    assert!(error(cache.lead_alone(&key), 2).1.complete());
    assert_eq!(held_tag(&cache, &key), Some(1));
    let times = error_times(Remembers::Answer);
    assert!(cache.lead_alone(&key).store_error(times, fields(3), Some(0), true).1.complete());
    assert_eq!(held_tag(&cache, &key), None);
    assert_eq!(cache.held(&key).error.map(|error| tag(&error.fields)), Some(3));
    assert_eq!((cache.usage().objects, cache.usage().errors), (0, 1));
}

#[test]
fn a_hold_off_has_no_answer_and_keeps_the_object() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    cache.lead_alone(&key).hold_off(error_times(Remembers::Answer));
    let held = cache.held(&key);
    let error = held.error.expect("the hold-off is held");
    assert_eq!(error.times, error_times(Remembers::HoldOff));
    assert_eq!((error.fields.len(), error.body.whole()), (0, Some(Bytes::new())));
    assert!(held.object.is_some());
}

#[test]
fn a_refresh_makes_a_new_object_with_the_same_body() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let old = stored(&cache, &key, 1, 1_000);
    let bytes_before = cache.usage().bytes;
    let new = lead(&cache, &key).refresh(&old, fields(2), times());
    settle(&cache);
    assert_eq!(held_tag(&cache, &key), Some(2));
    assert_eq!(new.body.whole(), Some(bytes(1, 0, 1_000)));
    drop(old);
    assert_eq!(cache.usage().bytes, bytes_before, "the body is counted once");
}

#[test]
fn a_refresh_during_the_fill_goes_with_it_when_it_breaks_off() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let (old, fill) = object(cache.lead_alone(&key), 1, None);
    lead(&cache, &key).refresh(&old, fields(2), times());
    assert!(fill.is_kept());
    assert_eq!(held_tag(&cache, &key), Some(2));
    fill.tear();
    assert_eq!(held_tag(&cache, &key), None);
    lead(&cache, &key).refresh(&old, fields(3), times());
    assert_eq!(held_tag(&cache, &key), None, "a torn body is not stored again");
}

#[test]
fn keys_do_not_see_each_other() {
    let cache = make::cache(LIMITS);
    stored(&cache, &key("/a"), 1, 10);
    assert_eq!(held_tag(&cache, &key("/a?x=1")), None);
    assert_eq!(held_tag(&cache, &key("/b")), None);
}
