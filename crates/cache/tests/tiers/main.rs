//! What holds for the cache in memory holds with a disk below it; and what the disk adds.

#![cfg(test)]

#[path = "../cache/collapsing.rs"]
mod collapsing;
#[path = "../cache/eviction.rs"]
mod eviction;
#[path = "../cache/following.rs"]
mod following;
#[path = "../cache/invalidation.rs"]
mod invalidation;
#[path = "../cache/kit.rs"]
mod kit;
mod make;
#[path = "../cache/passing.rs"]
mod passing;
#[path = "../cache/storing.rs"]
mod storing;
#[path = "../cache/stress.rs"]
mod stress;

use cache::{Cache, DiskError, DiskSettings};

#[test]
fn a_directory_belongs_to_one_cache_at_a_time_and_what_it_holds_to_the_next() {
    let dir = tempfile::tempdir().expect("a directory");
    let settings = || DiskSettings::new(dir.path(), 16 << 20);
    let first = Cache::new(kit::LIMITS);
    first.open_disk(settings()).expect("the tier opens");
    assert!(matches!(first.open_disk(settings()), Err(DiskError::Twice)));
    let (small, large) = (kit::key("/small"), kit::key("/large"));
    kit::stored(&first, &small, 1, 1_000);
    kit::stored(&first, &large, 2, 900_000);
    let extent =
        first.held(&large).object.and_then(|large| large.body.extent(100..300_000)).expect("written here");
    assert_eq!(extent.len, 299_900);
    let second = Cache::new(kit::LIMITS);
    assert!(matches!(second.open_disk(settings()), Err(DiskError::InUse(_))));
    assert!(matches!(second.open_disk(DiskSettings::new(dir.path(), 1)), Err(DiskError::TooSmall(1))));
    drop(first);
    second.open_disk(settings()).expect("it is free now");
    assert!(kit::finish(second.recall(&small)) && kit::finish(second.recall(&large)));
    assert_eq!(kit::held_tag(&second, &small), Some(1));
    let body = second.held(&large).object.expect("it is there").body.clone();
    assert!(body.extent(..).is_none(), "nobody has compared it yet");
    assert_eq!(kit::finish(kit::read(&body)), (kit::bytes(2, 0, 900_000).to_vec(), Ok(())));
    let extent = body.extent(..).expect("compared by now");
    let mut sent = vec![0; 900_000];
    std::os::unix::fs::FileExt::read_exact_at(&*extent.file, &mut sent, extent.offset)
        .expect("it can be read");
    assert_eq!(sent, kit::bytes(2, 0, 900_000));
}
