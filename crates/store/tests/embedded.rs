//! What only the embedded adapter promises: its directory, its lock, its schema, and what survives.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use store::embedded::{DATABASE_FILE, History, OpenError};
use store::{CommitError, EmbeddedStore, Error, Revision, Store, Transaction};

fn open(directory: &Path) -> EmbeddedStore {
    EmbeddedStore::open(directory, History::default()).unwrap()
}

fn refusal(directory: &Path) -> OpenError {
    EmbeddedStore::open(directory, History::default()).unwrap_err()
}

fn database(directory: &Path) -> Connection {
    Connection::open(directory.join(DATABASE_FILE)).unwrap()
}

async fn put(store: &EmbeddedStore, key: &str, value: &str) -> Revision {
    store.commit(Transaction::new().put(key, value)).await.unwrap()
}

#[tokio::test]
async fn reopening_keeps_documents_revisions_and_history() {
    let directory = tempfile::tempdir().unwrap();
    let mut document = None;
    for round in 1..=3_u64 {
        let store = open(directory.path());
        assert_eq!(store.revision().await.unwrap(), Revision(round - 1), "revisions only grow");
        assert_eq!(store.read("a").await.unwrap(), document);
        assert_eq!(put(&store, "a", &round.to_string()).await, Revision(round));
        document = store.read("a").await.unwrap();
    }
    let store = open(directory.path());
    let mut watch = store.watch("", Revision(1)).await.unwrap();
    for round in 1..=3 {
        assert_eq!(watch.next().await.unwrap().revision, Revision(round));
    }
}

#[tokio::test]
async fn forgotten_history_stays_forgotten_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let history = History { max_revisions: 2, max_bytes: u64::MAX };
    {
        let store = EmbeddedStore::open(directory.path(), history).unwrap();
        for n in 0..5 {
            put(&store, "a", &n.to_string()).await;
        }
    }
    let refused = open(directory.path()).watch("", Revision(3)).await.err();
    assert!(matches!(refused, Some(Error::Compacted { oldest: Revision(4) })));
}

#[tokio::test]
async fn history_is_bounded_in_bytes_but_keeps_the_newest_commit() {
    let store = EmbeddedStore::in_memory(History { max_revisions: 100, max_bytes: 100 }).unwrap();
    for value in ["x".repeat(30), "x".repeat(30), "x".repeat(30), "x".repeat(30), "x".repeat(500)] {
        put(&store, "a", &value).await;
    }
    assert!(matches!(store.watch("", Revision(4)).await.err(), Some(Error::Compacted { .. })));
    let mut watch = store.watch("", Revision(5)).await.unwrap();
    assert_eq!(watch.next().await.unwrap().revision, Revision(5));
}

#[tokio::test]
async fn a_long_history_is_replayed_in_parts_without_a_seam() {
    let store = EmbeddedStore::in_memory(History::default()).unwrap();
    for n in 0..700 {
        store.commit(Transaction::new().put("a", vec![0; n * 10]).put("b", "")).await.unwrap();
    }
    let mut watch = store.watch("", Revision(1)).await.unwrap();
    for revision in 1..=700 {
        let batch = watch.next().await.unwrap();
        assert_eq!((batch.revision, batch.changes.len()), (Revision(revision), 2));
    }
}

#[test]
fn two_stores_cannot_share_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path());
    let refused = refusal(directory.path());
    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(refused.to_string().ends_with("is in use by another process"), "{refused}");
    drop(first);
    open(directory.path());
}

#[tokio::test]
async fn the_schema_of_the_first_version_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    put(&open(directory.path()), "a", "1").await;
    database(directory.path()).execute_batch("DROP INDEX stamps; PRAGMA user_version = 1").unwrap();
    let store = open(directory.path());
    assert_eq!(store.read("a").await.unwrap().unwrap().value, b"1");
    assert_eq!(put(&store, "a", "2").await, Revision(2));
    let page = store.list_unknown("", None, 10, Box::new(|_, _| false)).await.unwrap();
    assert_eq!((&*page.documents[0].value, page.documents[0].revision), (&b"2"[..], Revision(2)));
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    database(directory.path()).execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = refusal(directory.path());
    assert!(matches!(refused, OpenError::NewerSchema { found: 99, supported: 2, .. }), "{refused}");
    assert!(refused.to_string().contains("schema 99"), "{refused}");
    let found: i64 =
        database(directory.path()).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(found, 99);
}

#[test]
fn somebody_else_s_database_is_refused() {
    for change in ["CREATE TABLE t (x)", "PRAGMA user_version = 1; CREATE TABLE t (x)"] {
        let directory = tempfile::tempdir().unwrap();
        database(directory.path()).execute_batch(change).unwrap();
        assert!(matches!(refusal(directory.path()), OpenError::NotAStore { .. }), "{change}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(DATABASE_FILE), "not a database".repeat(100)).unwrap();
    assert!(matches!(refusal(directory.path()), OpenError::Database { .. }));
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = refusal(&file.join("data"));
    assert!(
        matches!(refused, OpenError::Directory { .. }) && refused.to_string().contains("data"),
        "{refused}"
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_is_stored() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("new/data");
    let _store = open(&data);
    for path in std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).chain([data.clone()]) {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} {mode:o}", path.display());
    }
}

#[tokio::test]
async fn opening_a_store_with_a_thousand_documents_is_quick() {
    let directory = tempfile::tempdir().unwrap();
    {
        let store = open(directory.path());
        for group in 0..10 {
            let puts = (0..100).fold(Transaction::new(), |t, n| t.put(format!("{group}/{n}"), vec![7; 4096]));
            store.commit(puts).await.unwrap();
        }
    }
    let begun = Instant::now();
    let store = open(directory.path());
    // Measured: 6 ms. The bound is wide because machines that run tests are busy.
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(store.list("", None, 1000).await.unwrap().documents.len(), 1000);
}

#[tokio::test]
async fn when_the_engine_fails_in_the_middle_nothing_of_the_commit_remains() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let before = put(&store, "a", "1").await;
    let saboteur = database(directory.path());
    saboteur.execute_batch("ALTER TABLE changes RENAME TO hidden").unwrap();
    for _ in 0..3 {
        let failed = store.commit(Transaction::new().put("a", "2").put("b", "2")).await;
        assert!(matches!(failed, Err(CommitError::Failed(Error::Storage(_)))), "{failed:?}");
    }
    saboteur.execute_batch("ALTER TABLE hidden RENAME TO changes").unwrap();
    assert_eq!(store.read("a").await.unwrap().unwrap().value, b"1");
    assert_eq!(store.read("b").await.unwrap(), None);
    assert_eq!(store.revision().await.unwrap(), before);
    assert_eq!(put(&store, "a", "3").await, before.next());
}

#[tokio::test]
async fn closing_ends_watches_and_finishes_what_was_begun() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let mut watch = store.watch("", Revision(1)).await.unwrap();
    let mut commit = store.commit(Transaction::new().put("a", "1"));
    let polled = std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context)));
    assert!(polled.await.is_pending());
    drop(commit);
    drop(store);
    assert!(matches!(watch.next().await, Err(Error::Closed)));
    let found = open(directory.path()).read("a").await.unwrap();
    assert_eq!(found.unwrap().value, b"1", "it was in the queue before the close");
}
