//! The contract that every adapter keeps: one list of promises, run on each of them.
//!
//! A new adapter adds one line to `mod adapters` and nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "contract/commit.rs"]
mod commit;
#[path = "contract/limits.rs"]
mod limits;
#[path = "contract/list.rs"]
mod list;
#[path = "contract/watch.rs"]
mod watch;

use std::sync::Arc;

use store::embedded::History;
use store::{EmbeddedStore, Revision, Store, Transaction};
use tempfile::TempDir;

/// The history that the stores under test keep, in commits.
const KEPT_REVISIONS: u64 = 20;

/// A store under test, with what must outlive it.
struct Subject {
    store: Arc<dyn Store>,
    _directory: Option<TempDir>,
}

mod adapters {
    use super::*;

    const HISTORY: History = History { max_revisions: KEPT_REVISIONS, max_bytes: 1024 * 1024 };

    pub fn embedded_in_memory() -> Subject {
        Subject { store: Arc::new(EmbeddedStore::in_memory(HISTORY).unwrap()), _directory: None }
    }

    pub fn embedded_on_disk() -> Subject {
        let directory = tempfile::tempdir().unwrap();
        Subject {
            store: Arc::new(EmbeddedStore::open(directory.path(), HISTORY).unwrap()),
            _directory: Some(directory),
        }
    }
}

macro_rules! promises {
    ($adapter:ident keeps $($topic:ident::$promise:ident,)*) => {
        mod $adapter {
            $(
                #[tokio::test]
                async fn $promise() {
                    let subject = super::adapters::$adapter();
                    super::$topic::$promise(subject.store.clone()).await;
                }
            )*
        }
    };
}

macro_rules! contract {
    ($($adapter:ident,)*) => {
        $(promises! { $adapter keeps
            commit::a_new_document_knows_the_revision_that_made_it,
            commit::a_compare_that_does_not_hold_leaves_nothing_behind,
            commit::each_kind_of_compare_holds_when_it_should,
            commit::compares_look_at_the_state_before_the_transaction,
            commit::a_deleted_and_recreated_document_is_a_new_one,
            commit::a_transaction_that_changes_nothing_makes_no_commit,
            commit::of_concurrent_writers_of_one_revision_exactly_one_wins,
            commit::concurrent_increments_are_all_counted,
            commit::an_abandoned_commit_does_not_disturb_the_next,
            limits::keys_are_not_empty_and_not_too_long,
            limits::the_largest_value_is_stored_and_one_octet_more_is_refused,
            limits::a_transaction_has_a_largest_size_and_number_of_operations,
            limits::a_key_is_written_once_in_a_transaction,
            list::pages_follow_each_other_in_the_order_of_octets,
            list::a_prefix_selects_exactly_its_keys,
            list::a_page_ends_early_when_its_values_are_large,
            list::a_page_has_at_least_one_document_whatever_the_limit,
            list::what_the_caller_knows_need_not_be_read_but_is_listed,
            watch::history_and_news_arrive_once_and_in_order,
            watch::a_batch_holds_one_commit_and_only_the_watched_keys,
            watch::a_watch_may_start_in_the_future,
            watch::a_watch_from_revision_zero_starts_with_the_first_commit,
            watch::history_that_is_gone_is_reported_as_compacted,
            watch::a_follower_that_falls_behind_is_told_to_list_again,
            watch::writers_and_followers_at_once_miss_nothing,
            watch::a_cancelled_wait_loses_nothing,
            watch::a_list_and_a_watch_from_its_revision_meet_without_a_gap,
        })*
    };
}

contract! {
    embedded_in_memory,
    embedded_on_disk,
}

/// Writes one document, whatever was there.
async fn put(store: &Arc<dyn Store>, key: &str, value: &str) -> Revision {
    store.commit(Transaction::new().put(key, value)).await.unwrap()
}

/// The value at a key, as text.
async fn value(store: &Arc<dyn Store>, key: &str) -> Option<String> {
    store.read(key).await.unwrap().map(|document| String::from_utf8(document.value).unwrap())
}
