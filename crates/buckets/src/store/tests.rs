//! The store as its callers see it: what was acknowledged is there after a start, and nothing else.

use std::io::Read as _;

use super::*;

fn record(key: &str, size: u64) -> ObjectRecord {
    let kept = Kept { content_type: Some("text/html".into()), ..Kept::default() };
    ObjectRecord {
        key: key.into(),
        size,
        etag: format!("etag-of-{key}"),
        modified_ms: now_ms(),
        kept,
        checksums: BTreeMap::new(),
    }
}

async fn draft(bucket: &Bucket, bytes: &[u8], record: &ObjectRecord) -> Draft {
    let mut draft = Draft::new(bucket.tmp()).await.unwrap();
    draft.write(bytes).await.unwrap();
    draft.write(&trailer(record).unwrap()).await.unwrap();
    draft.sync().await.unwrap();
    draft
}

async fn put(bucket: &Bucket, key: &str, bytes: &[u8]) -> Result<bool, Error> {
    let record = record(key, bytes.len() as u64);
    bucket.put(draft(bucket, bytes, &record).await, &record, |_| true)
}

fn bytes(found: Option<Found>) -> Vec<u8> {
    let mut found = found.unwrap();
    let mut bytes = Vec::new();
    std::io::Seek::rewind(&mut found.file).unwrap();
    found.file.take(found.record.size).read_to_end(&mut bytes).unwrap();
    bytes
}

fn files(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

/// Keys that would be trouble as names of files.
const KEYS: [&str; 8] =
    ["../../../escape", "..", "/", "a//b", "a/", "\u{fc}n\u{ef} c\u{f6}de \u{1f600}", "CON", "a"];

#[tokio::test]
async fn whatever_the_key_an_object_is_found_again_after_a_start_and_nothing_lies_outside() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("buckets");
    let long = "k".repeat(1024);
    let keys: Vec<&str> = KEYS.into_iter().chain([long.as_str()]).collect();
    let store = Store::open(&directory).unwrap();
    store.create("site", "eu-west-1").unwrap();
    for key in &keys {
        assert!(put(&store.bucket("site").unwrap(), key, key.as_bytes()).await.unwrap());
    }
    drop(store);
    let store = Store::open(&directory).unwrap();
    let bucket = store.bucket("site").unwrap();
    for key in &keys {
        let found = bucket.object(key).unwrap();
        assert_eq!(found.as_ref().unwrap().record.kept.content_type.as_deref(), Some("text/html"));
        assert_eq!(bytes(found), key.as_bytes());
    }
    assert_eq!(bucket.region(), "eu-west-1");
    assert_eq!(store.objects.load(Ordering::Relaxed), keys.len());
    assert_eq!(files(home.path()), 1);
    assert_eq!(files(&directory.join("by-name")), 1);
}

#[tokio::test]
async fn what_was_being_written_when_it_ended_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    store.create("site", "us-east-1").unwrap();
    let bucket = store.bucket("site").unwrap();
    put(&bucket, "page", b"old").await.unwrap();
    let unfinished = draft(&bucket, b"new", &record("page", 3)).await;
    std::mem::forget(unfinished);
    assert_eq!(files(&home.path().join("tmp")), 1);
    let store = Store::open(home.path()).unwrap();
    assert_eq!(files(&home.path().join("tmp")), 0);
    assert_eq!(bytes(store.bucket("site").unwrap().object("page").unwrap()), b"old");
}

#[tokio::test]
async fn a_reader_keeps_the_object_that_it_opened() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    store.create("site", "us-east-1").unwrap();
    let bucket = store.bucket("site").unwrap();
    put(&bucket, "page", b"old").await.unwrap();
    let opened = bucket.object("page").unwrap();
    put(&bucket, "page", b"and new").await.unwrap();
    assert_eq!(bytes(opened), b"old");
    assert_eq!(bytes(bucket.object("page").unwrap()), b"and new");
    bucket.delete("page").unwrap();
    bucket.delete("page").unwrap();
    assert!(bucket.object("page").unwrap().is_none());
    assert_eq!(store.objects.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_condition_is_decided_by_what_is_there_at_that_moment() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    store.create("site", "us-east-1").unwrap();
    let bucket = store.bucket("site").unwrap();
    let record = record("page", 3);
    for expected in [true, false] {
        let draft = draft(&bucket, b"one", &record).await;
        assert_eq!(bucket.put(draft, &record, |there| there.is_none()).unwrap(), expected);
    }
    assert_eq!(files(&home.path().join("tmp")), 0);
}

#[tokio::test]
async fn only_an_empty_bucket_is_deleted_and_nothing_gets_in_afterwards() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    store.create("site", "us-east-1").unwrap();
    assert!(matches!(store.create("site", "us-east-1"), Err(Error::BucketExists)));
    let bucket = store.bucket("site").unwrap();
    put(&bucket, "page", b"x").await.unwrap();
    assert!(matches!(store.delete("site"), Err(Error::BucketNotEmpty)));
    bucket.delete("page").unwrap();
    store.delete("site").unwrap();
    assert!(matches!(store.bucket("site"), Err(Error::NoSuchBucket)));
    assert!(matches!(put(&bucket, "page", b"x").await, Err(Error::NoSuchBucket)));
    assert!(Store::open(home.path()).unwrap().all().is_empty());
}

#[test]
fn there_is_room_for_a_bounded_number_of_buckets_and_objects() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    for number in 0..MAX_BUCKETS {
        store.create(&format!("bucket-{number}"), "us-east-1").unwrap();
    }
    assert!(matches!(store.create("another", "us-east-1"), Err(Error::TooManyBuckets)));
    let objects = AtomicUsize::new(MAX_OBJECTS - 1);
    count_one(&objects).unwrap();
    assert!(matches!(count_one(&objects), Err(Error::Full("objects"))));
}

#[test]
fn an_upload_is_found_by_its_id_and_key_only() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path()).unwrap();
    store.create("site", "us-east-1").unwrap();
    let bucket = store.bucket("site").unwrap();
    let id = Upload::begin(&bucket, "large", Kept::default(), None).unwrap();
    assert!(Upload::find(&bucket, &id, "large").is_ok());
    for (id, key) in [(id.as_str(), "other"), ("..", "large"), ("../../by-name/site", "large"), ("", "large")]
    {
        assert!(matches!(Upload::find(&bucket, id, key), Err(Error::NoSuchUpload)), "{id} {key}");
    }
    Upload::find(&bucket, &id, "large").unwrap().remove().unwrap();
    assert!(Upload::all(&bucket).unwrap().is_empty());
}

#[test]
fn a_damaged_record_of_a_bucket_is_named() {
    let home = tempfile::tempdir().unwrap();
    Store::open(home.path()).unwrap().create("site", "us-east-1").unwrap();
    fs::write(home.path().join("by-name/site/bucket.json"), "{}").unwrap();
    let message = Store::open(home.path()).unwrap_err().to_string();
    assert!(message.contains("bucket.json is damaged"), "{message}");
}
