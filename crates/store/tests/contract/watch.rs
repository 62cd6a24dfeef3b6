//! Watches: every commit from a revision on, once, in order; or the news that the history is gone.

use std::sync::Arc;

use store::{Batch, Change, Error, Revision, Store, Transaction, Watch};
use tokio::task::JoinSet;

use super::{KEPT_REVISIONS, put};

/// Revision and `key=value` (or `-key`) of each change.
fn told(batch: &Batch) -> (u64, Vec<String>) {
    let change = |change: &Change| match change {
        Change::Delete(key) => format!("-{key}"),
        Change::Put(document) => format!("{}={}", document.key, String::from_utf8_lossy(&document.value)),
    };
    (batch.revision.0, batch.changes.iter().map(change).collect())
}

async fn next(watch: &mut Watch) -> (u64, Vec<String>) {
    told(&watch.next().await.unwrap())
}

fn one(revision: u64, change: &str) -> (u64, Vec<String>) {
    (revision, vec![change.to_owned()])
}

pub async fn history_and_news_arrive_once_and_in_order(store: Arc<dyn Store>) {
    for value in ["1", "2", "3"] {
        put(&store, "a", value).await;
    }
    let mut watch = store.watch("", Revision(2)).await.unwrap();
    assert_eq!(next(&mut watch).await, one(2, "a=2"));
    put(&store, "a", "4").await;
    assert_eq!(next(&mut watch).await, one(3, "a=3"));
    assert_eq!(next(&mut watch).await, one(4, "a=4"));

    let waiting = tokio::spawn(async move { next(&mut watch).await });
    store.commit(Transaction::new().delete("a")).await.unwrap();
    assert_eq!(waiting.await.unwrap(), one(5, "-a"));
}

pub async fn a_batch_holds_one_commit_and_only_the_watched_keys(store: Arc<dyn Store>) {
    let mut watch = store.watch("w/", Revision(1)).await.unwrap();
    put(&store, "v", "unwatched").await;
    put(&store, "w/b", "old").await;
    let mixed =
        Transaction::new().put("w/z", "1").put("x", "1").delete("w/b").put("w/a", "2").delete("w/none");
    store.commit(mixed).await.unwrap();
    put(&store, "w/z", "2").await;
    assert_eq!(next(&mut watch).await, one(2, "w/b=old"));
    assert_eq!(next(&mut watch).await, (3, vec!["w/z=1".into(), "-w/b".into(), "w/a=2".into()]));
    let batch = watch.next().await.unwrap();
    let Some(Change::Put(document)) = batch.changes.first() else { panic!("{batch:?}") };
    assert_eq!(Some(document), store.read("w/z").await.unwrap().as_ref());
    assert_eq!((document.created, document.revision), (Revision(3), Revision(4)));
}

pub async fn a_watch_may_start_in_the_future(store: Arc<dyn Store>) {
    let mut watch = store.watch("", Revision(3)).await.unwrap();
    for value in ["1", "2", "3"] {
        put(&store, "a", value).await;
    }
    assert_eq!(next(&mut watch).await, one(3, "a=3"));
}

pub async fn a_watch_from_revision_zero_starts_with_the_first_commit(store: Arc<dyn Store>) {
    put(&store, "a", "1").await;
    let mut watch = store.watch("", Revision(0)).await.unwrap();
    assert_eq!(next(&mut watch).await, one(1, "a=1"));
}

pub async fn history_that_is_gone_is_reported_as_compacted(store: Arc<dyn Store>) {
    for n in 0..KEPT_REVISIONS + 5 {
        put(&store, "a", &n.to_string()).await;
    }
    for from in [0, 1, 5] {
        let refused = store.watch("", Revision(from)).await.err();
        assert!(matches!(refused, Some(Error::Compacted { oldest: Revision(6) })), "{from}: {refused:?}");
    }
    let mut watch = store.watch("", Revision(6)).await.unwrap();
    for revision in 6..=KEPT_REVISIONS + 5 {
        assert_eq!(next(&mut watch).await, one(revision, &format!("a={}", revision - 1)));
    }
}

pub async fn a_follower_that_falls_behind_is_told_to_list_again(store: Arc<dyn Store>) {
    let mut slow = store.watch("", Revision(1)).await.unwrap();
    for n in 0..KEPT_REVISIONS * 2 {
        put(&store, "a", &n.to_string()).await;
    }
    assert!(matches!(slow.next().await, Err(Error::Compacted { .. })));

    let page = store.list("", None, 100).await.unwrap();
    let mut again = store.watch("", page.revision.next()).await.unwrap();
    put(&store, "a", "news").await;
    assert_eq!(next(&mut again).await, one(KEPT_REVISIONS * 2 + 1, "a=news"));
}

pub async fn writers_and_followers_at_once_miss_nothing(store: Arc<dyn Store>) {
    // As many commits as the history keeps, so that no follower can be told to list again.
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut watch = store.watch("", Revision(1)).await.unwrap();
            for revision in 1..=KEPT_REVISIONS {
                assert_eq!(watch.next().await.unwrap().revision, Revision(revision));
            }
        });
    }
    for writer in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for n in 0..KEPT_REVISIONS / 4 {
                put(&store, &format!("{writer}"), &n.to_string()).await;
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(store.revision().await.unwrap(), Revision(KEPT_REVISIONS));
}

pub async fn a_cancelled_wait_loses_nothing(store: Arc<dyn Store>) {
    let mut watch = store.watch("", Revision(1)).await.unwrap();
    for revision in 1..=KEPT_REVISIONS {
        // Each poll leaves the wait in another place: idle, woken, or with the answer under way.
        for _ in 0..revision % 4 {
            tokio::select! {
                biased;
                early = watch.next() => panic!("nothing was written: {early:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        put(&store, "a", &revision.to_string()).await;
        let mut waiting = watch.next();
        let ready =
            std::future::poll_fn(|context| std::task::Poll::Ready(waiting.as_mut().poll(context))).await;
        drop(waiting);
        let batch = match ready {
            std::task::Poll::Ready(batch) => batch,
            std::task::Poll::Pending => watch.next().await,
        };
        assert_eq!(told(&batch.unwrap()), one(revision, &format!("a={revision}")));
    }
}

pub async fn a_list_and_a_watch_from_its_revision_meet_without_a_gap(store: Arc<dyn Store>) {
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for n in 1..=KEPT_REVISIONS {
                put(&store, &format!("{n:02}"), "").await;
            }
        })
    };
    let page = store.list("", None, 100).await.unwrap();
    let mut seen: Vec<String> = page.documents.into_iter().map(|document| document.key).collect();
    let mut watch = store.watch("", page.revision.next()).await.unwrap();
    while seen.len() < KEPT_REVISIONS as usize {
        seen.extend(watch.next().await.unwrap().changes.iter().map(|change| change.key().to_owned()));
    }
    writer.await.unwrap();
    let expected: Vec<String> = (1..=KEPT_REVISIONS).map(|n| format!("{n:02}")).collect();
    assert_eq!(seen, expected);
}
