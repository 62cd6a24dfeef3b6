//! A process that is killed while it writes loses nothing that it acknowledged, and leaves no half transaction.
//!
//! The test binary runs itself as the writer. The kill takes the process, not the machine: that the operating system
//! also has the data on disk is the business of `synchronous = FULL`, which no test without a power switch can show.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use store::embedded::History;
use store::{EmbeddedStore, Revision, Store, Transaction};
use tokio::task::JoinSet;

const DIRECTORY: &str = "STORE_KILL_TEST_DIRECTORY";
const WRITERS: usize = 4;

/// The writer is killed after so many acknowledgements, at whatever it is doing then.
const KILL_AFTER: [usize; 8] = [1, 2, 7, 31, 64, 97, 150, 211];

/// The writer, when it is started by the test below; nothing otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let store = Arc::new(EmbeddedStore::open(&directory, History::default()).unwrap());
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move { write_forever(&store, writer).await });
    }
    writers.join_all().await;
}

async fn write_forever(store: &EmbeddedStore, writer: usize) {
    let (left, right) = (format!("{writer}/left"), format!("{writer}/right"));
    let mut count = number(store, &left).await;
    loop {
        count += 1;
        let text = count.to_string();
        let both = Transaction::new().put(left.clone(), text.clone()).put(right.clone(), text);
        let revision = store.commit(both).await.unwrap();
        // One write call per line: a line is whole or absent.
        let line = format!("\nack {writer} {count} {revision}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}

async fn number(store: &EmbeddedStore, key: &str) -> u64 {
    let found = store.read(key).await.unwrap();
    found.map_or(0, |document| std::str::from_utf8(&document.value).unwrap().parse().unwrap())
}

#[tokio::test]
async fn every_acknowledged_write_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut newest = Revision(0);
    for kill_after in KILL_AFTER {
        let acknowledged = run_and_kill(directory.path(), kill_after);
        assert!(!acknowledged.is_empty(), "the writer never wrote");
        let store = EmbeddedStore::open(directory.path(), History::default()).unwrap();
        let revision = store.revision().await.unwrap();
        for (writer, (count, at)) in acknowledged {
            assert!(at > newest, "revisions only grow");
            assert!(revision >= at, "writer {writer}: revision {at} was acknowledged");
            let left = number(&store, &format!("{writer}/left")).await;
            assert!(left >= count, "writer {writer}: {count} was acknowledged, {left} was found");
        }
        for writer in 0..WRITERS {
            let halves = [format!("{writer}/left"), format!("{writer}/right")];
            let (left, right) = (number(&store, &halves[0]).await, number(&store, &halves[1]).await);
            assert_eq!(left, right, "writer {writer}: half a transaction");
        }
        newest = revision;
    }
}

/// Starts the writer, kills it, and returns the last acknowledged count and revision of each of its tasks.
fn run_and_kill(directory: &Path, kill_after: usize) -> BTreeMap<usize, (u64, Revision)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines =
        BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap).filter_map(parse);
    let mut acknowledged: BTreeMap<usize, (u64, Revision)> = lines.by_ref().take(kill_after).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said between our decision and its death counts too.
    acknowledged.extend(lines);
    acknowledged
}

/// `ack writer count revision`
fn parse(line: String) -> Option<(usize, (u64, Revision))> {
    let mut words = line.strip_prefix("ack ")?.split(' ');
    let writer = words.next()?.parse().ok()?;
    let count = words.next()?.parse().ok()?;
    Some((writer, (count, Revision(words.next()?.parse().ok()?))))
}
