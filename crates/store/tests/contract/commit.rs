//! Commits: compare, then write, all or nothing.

use std::sync::Arc;

use store::{CommitError, Revision, Store, Transaction};
use tokio::task::JoinSet;

use super::{put, value};

pub async fn a_new_document_knows_the_revision_that_made_it(store: Arc<dyn Store>) {
    assert_eq!(store.revision().await.unwrap(), Revision(0));
    let first = put(&store, "a", "1").await;
    let second = put(&store, "a", "2").await;
    let document = store.read("a").await.unwrap().unwrap();
    assert_eq!((first, second), (Revision(1), Revision(2)));
    assert_eq!((document.created, document.revision), (first, second));
    assert_eq!((document.key.as_str(), document.value.as_slice()), ("a", b"2".as_slice()));
    assert_eq!(store.revision().await.unwrap(), second);
    assert_eq!(store.read("b").await.unwrap(), None);
}

pub async fn a_compare_that_does_not_hold_leaves_nothing_behind(store: Arc<dyn Store>) {
    let stale = put(&store, "a", "1").await;
    let newest = put(&store, "a", "2").await;
    let refused = [
        Transaction::new().if_absent("a"),
        Transaction::new().if_exists("b"),
        Transaction::new().if_at_revision("a", stale),
        Transaction::new().if_at_revision("a", Revision(0)),
        Transaction::new().if_at_revision("b", newest),
        Transaction::new().if_at_revision("a", newest).if_absent("a"),
    ];
    for transaction in refused {
        let key = transaction.compares.last().unwrap().key().to_owned();
        let answer = store.commit(transaction.put("new", "x").put("a", "3").delete("a2")).await;
        assert!(matches!(answer, Err(CommitError::Conflict { key: found }) if found == key));
    }
    assert_eq!(value(&store, "a").await.as_deref(), Some("2"));
    assert_eq!(value(&store, "new").await, None);
    assert_eq!(store.revision().await.unwrap(), newest);
}

pub async fn each_kind_of_compare_holds_when_it_should(store: Arc<dyn Store>) {
    let revision = put(&store, "a", "1").await;
    let transaction = Transaction::new()
        .if_exists("a")
        .if_at_revision("a", revision)
        .if_absent("b")
        .if_at_revision("b", Revision(0))
        .put("a", "2")
        .put("b", "2");
    assert_eq!(store.commit(transaction).await.unwrap(), revision.next());
    for key in ["a", "b"] {
        assert_eq!(store.read(key).await.unwrap().unwrap().revision, revision.next(), "{key}");
    }
}

pub async fn compares_look_at_the_state_before_the_transaction(store: Arc<dyn Store>) {
    store.commit(Transaction::new().if_absent("a").put("a", "1")).await.unwrap();
    store.commit(Transaction::new().if_exists("a").delete("a")).await.unwrap();
    assert_eq!(value(&store, "a").await, None);
}

pub async fn a_deleted_and_recreated_document_is_a_new_one(store: Arc<dyn Store>) {
    put(&store, "a", "1").await;
    store.commit(Transaction::new().delete("a")).await.unwrap();
    let recreated = put(&store, "a", "1").await;
    assert_eq!(store.read("a").await.unwrap().unwrap().created, recreated);
}

pub async fn a_transaction_that_changes_nothing_makes_no_commit(store: Arc<dyn Store>) {
    let revision = put(&store, "a", "1").await;
    for transaction in [Transaction::new(), Transaction::new().if_exists("a"), Transaction::new().delete("b")]
    {
        assert_eq!(store.commit(transaction).await.unwrap(), revision);
    }
    assert_eq!(put(&store, "a", "1").await, revision.next(), "the same value again is a change");
}

pub async fn of_concurrent_writers_of_one_revision_exactly_one_wins(store: Arc<dyn Store>) {
    let revision = put(&store, "a", "start").await;
    let mut writers = JoinSet::new();
    for writer in 0..32 {
        let store = store.clone();
        writers.spawn(async move {
            let name = writer.to_string();
            let mine = Transaction::new().if_at_revision("a", revision).put("a", name.clone());
            store.commit(mine.put(format!("won/{name}"), "")).await.map(|_| name)
        });
    }
    let outcomes = writers.join_all().await;
    let winners: Vec<&String> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(value(&store, "a").await.as_ref(), Some(winners[0]));
    assert_eq!(store.list("won/", None, 100).await.unwrap().documents.len(), 1);
}

pub async fn concurrent_increments_are_all_counted(store: Arc<dyn Store>) {
    put(&store, "n", "0").await;
    let mut writers = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        writers.spawn(async move {
            let mut done = 0;
            while done < 10 {
                let found = store.read("n").await.unwrap().unwrap();
                let number: u32 = std::str::from_utf8(&found.value).unwrap().parse().unwrap();
                let next =
                    Transaction::new().if_at_revision("n", found.revision).put("n", (number + 1).to_string());
                done += usize::from(store.commit(next).await.is_ok());
            }
        });
    }
    writers.join_all().await;
    assert_eq!(value(&store, "n").await.as_deref(), Some("80"));
    assert_eq!(store.revision().await.unwrap(), Revision(81));
}

pub async fn an_abandoned_commit_does_not_disturb_the_next(store: Arc<dyn Store>) {
    let mut abandoned = store.commit(Transaction::new().put("a", "1"));
    let polled_once =
        std::future::poll_fn(|context| std::task::Poll::Ready(abandoned.as_mut().poll(context).is_ready()));
    polled_once.await;
    drop(abandoned);
    let revision = put(&store, "b", "1").await;
    assert_eq!(store.read("b").await.unwrap().unwrap().revision, revision);
    assert_eq!(store.revision().await.unwrap(), revision);
}
