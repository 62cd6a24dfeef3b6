//! Invalidations remove, at once and for what is on its way (group K).

use rules::cache_key::{CacheKey, Variant};

use crate::kit::*;
use crate::make;

#[test]
fn an_exact_path_removes_only_the_variant_without_a_query() {
    let cache = make::cache(LIMITS);
    stored(&cache, &key("/a"), 1, 10);
    stored(&cache, &key("/a?x=1"), 2, 10);
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert_eq!(held_tag(&cache, &key("/a")), None);
    assert_eq!(held_tag(&cache, &key("/a?x=1")), Some(2));
    cache.invalidate("E1", 2, &[exact("/a?x=1")]);
    assert_eq!(held_tag(&cache, &key("/a?x=1")), None);
}

#[test]
fn a_wildcard_crosses_slashes_and_queries_and_stays_in_its_distribution() {
    let cache = make::cache(LIMITS);
    let other = CacheKey::new("E2", Variant::Get, "/images/a", b"");
    for path in ["/images/a", "/images/b/c?x=1", "/images", "/index.html"] {
        stored(&cache, &key(path), 1, 10);
    }
    stored(&cache, &other, 1, 10);
    cache.invalidate("E1", 1, &[prefix("/images/")]);
    assert_eq!(held_tag(&cache, &key("/images/a")), None);
    assert_eq!(held_tag(&cache, &key("/images/b/c?x=1")), None);
    assert_eq!(held_tag(&cache, &key("/images")), Some(1));
    assert_eq!(held_tag(&cache, &key("/index.html")), Some(1));
    assert_eq!(held_tag(&cache, &other), Some(1));
}

#[test]
fn all_variants_of_a_path_go_together() {
    let cache = make::cache(LIMITS);
    let variants = [(Variant::Get, &b"fr"[..]), (Variant::HeadOnly, b"de"), (Variant::Options, b"")];
    let keys = variants.map(|(variant, rest)| CacheKey::new("E1", variant, "/a", rest));
    keys.iter().for_each(|key| drop(stored(&cache, key, 1, 10)));
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert!(keys.iter().all(|key| held_tag(&cache, key).is_none()));
}

#[test]
fn remembered_errors_and_the_objects_behind_them_are_removed_not_marked() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    assert!(error(cache.lead_alone(&key), 2).1.complete());
    cache.invalidate("E1", 1, &[prefix("/")]);
    let held = cache.held(&key);
    assert!(held.object.is_none() && held.error.is_none());
    assert_eq!((cache.usage().objects, cache.usage().errors, cache.usage().bytes), (0, 0, 0));
}

#[test]
fn an_error_learned_after_the_invalidation_stays_when_the_object_before_it_goes() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    stored(&cache, &key, 1, 10);
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert!(error(cache.lead_alone(&key), 2).1.complete());
    let held = cache.held(&key);
    assert!(held.object.is_none() && held.error.is_some());
}

#[tokio::test]
async fn what_was_asked_for_before_the_invalidation_is_delivered_and_not_stored() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let early = lead(&cache, &key);
    cache.invalidate("E1", 1, &[exact("/a")]);
    let (delivered, mut fill) = object(early, 1, None);
    assert_eq!(held_tag(&cache, &key), None);
    assert!(!fill.is_kept());
    push(&mut fill, bytes(1, 0, 10));
    assert!(fill.complete());
    assert_eq!(delivered.body.whole(), Some(bytes(1, 0, 10)));
    assert_eq!(held_tag(&cache, &key), None);
}

#[tokio::test]
async fn an_invalidation_during_the_fill_hides_it_from_lookups_not_from_followers() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let (delivered, mut fill) = object(lead(&cache, &key), 1, None);
    let reader = delivered.body.reader(..);
    push(&mut fill, bytes(1, 0, 10));
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert!(!fill.is_kept());
    push(&mut fill, bytes(1, 10, 20));
    assert!(fill.complete());
    assert_eq!(cache.usage().objects, 0, "freed when it is complete, without a lookup");
    assert_eq!(drain(reader).await, (bytes(1, 0, 20).to_vec(), Ok(())));
}

#[test]
fn an_early_answer_does_not_replace_one_asked_for_after_the_invalidation() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let early = [cache.lead_alone(&key), cache.lead_alone(&key), cache.lead_alone(&key)];
    cache.invalidate("E1", 1, &[exact("/a")]);
    stored(&cache, &key, 2, 10);
    let [object_too_late, error_too_late, large_too_late] = early;
    assert!(object(object_too_late, 1, Some(0)).1.complete());
    assert!(error(error_too_late, 1).1.complete());
    drop(object(large_too_late, 1, Some(u64::MAX)));
    assert_eq!(held_tag(&cache, &key), Some(2));
    assert!(cache.held(&key).error.is_none());
}

#[test]
fn a_refresh_does_not_bring_back_what_was_invalidated() {
    let cache = make::cache(LIMITS);
    let key = key("/a");
    let old = stored(&cache, &key, 1, 10);
    cache.invalidate("E1", 1, &[exact("/a")]);
    lead(&cache, &key).refresh(&old, fields(2), times());
    assert_eq!(held_tag(&cache, &key), None);
}

#[test]
fn a_number_that_was_seen_does_nothing() {
    let cache = make::cache(LIMITS);
    cache.invalidate("E1", 1, &[exact("/a")]);
    stored(&cache, &key("/a"), 1, 10);
    cache.invalidate("E1", 1, &[exact("/a")]);
    assert_eq!(held_tag(&cache, &key("/a")), Some(1));
    cache.invalidate("E1", 2, &[exact("/a")]);
    assert_eq!(held_tag(&cache, &key("/a")), None);
}

#[test]
fn a_deleted_distribution_is_forgotten_with_what_is_on_its_way() {
    let cache = make::cache(LIMITS);
    stored(&cache, &key("/a"), 1, 10);
    let early = cache.lead_alone(&key("/b"));
    cache.forget_distribution("E1");
    assert!(object(early, 1, Some(0)).1.complete());
    assert_eq!(held_tag(&cache, &key("/a")), None);
    assert_eq!(held_tag(&cache, &key("/b")), None);
}

#[tokio::test]
async fn a_reset_empties_everything_and_lets_followers_finish() {
    let cache = make::cache(LIMITS);
    stored(&cache, &key("/a"), 1, 10);
    let waiting = lead(&cache, &key("/c"));
    let (delivered, mut fill) = object(lead(&cache, &key("/b")), 2, None);
    let reader = delivered.body.reader(..);
    cache.reset();
    assert_eq!((cache.usage().objects, held_tag(&cache, &key("/a"))), (0, None));
    push(&mut fill, bytes(2, 0, 10));
    assert!(fill.complete());
    assert!(object(waiting, 3, Some(0)).1.complete());
    assert_eq!(drain(reader).await, (bytes(2, 0, 10).to_vec(), Ok(())));
    assert_eq!((held_tag(&cache, &key("/b")), held_tag(&cache, &key("/c"))), (None, None));
    drop(delivered);
    assert_eq!(cache.usage().bytes, 0);
    stored(&cache, &key("/a"), 4, 10);
    assert_eq!(held_tag(&cache, &key("/a")), Some(4));
}
