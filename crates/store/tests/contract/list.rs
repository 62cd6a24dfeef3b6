//! Lists: order, prefixes, pages.

use std::sync::Arc;

use store::{Known, MAX_PAGE_BYTES, MAX_VALUE_BYTES, Page, Store, Transaction};

use super::put;

fn keys(page: &Page) -> Vec<&str> {
    page.documents.iter().map(|document| document.key.as_str()).collect()
}

/// Follows the pages to the end.
async fn all(store: &Arc<dyn Store>, prefix: &str, limit: usize) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    loop {
        let after = pages.last().and_then(|page| page.next_after.clone());
        let page = store.list(prefix, after.as_deref(), limit).await.unwrap();
        let last = page.next_after.is_none();
        pages.push(page);
        if last {
            return pages;
        }
    }
}

pub async fn pages_follow_each_other_in_the_order_of_octets(store: Arc<dyn Store>) {
    let sorted = ["A", "B", "a", "a/1", "a/10", "a/2", "aa", "z", "~", "é", "日"];
    let put_all = sorted.iter().rev().fold(Transaction::new(), |t, key| t.put(*key, *key));
    let revision = store.commit(put_all).await.unwrap();
    for limit in [1, 2, 3, 10, 11, 12, 5000] {
        let pages = all(&store, "", limit).await;
        assert_eq!(pages.iter().flat_map(keys).collect::<Vec<_>>(), sorted, "limit {limit}");
        assert!(pages.iter().all(|page| page.documents.len() <= limit && page.revision == revision));
        assert_eq!(pages.len(), sorted.len().div_ceil(limit), "no empty page at the end, limit {limit}");
    }
    assert_eq!(keys(&store.list("", Some("a/1x"), 2).await.unwrap()), ["a/2", "aa"], "after an absent key");
}

pub async fn a_prefix_selects_exactly_its_keys(store: Arc<dyn Store>) {
    for key in ["a", "a/", "a/1", "a/2", "a0", "A/1", "a%", "b/1", "a/\u{10ffff}"] {
        put(&store, key, "").await;
    }
    assert_eq!(keys(&store.list("a/", None, 100).await.unwrap()), ["a/", "a/1", "a/2", "a/\u{10ffff}"]);
    assert_eq!(keys(&store.list("a%", None, 100).await.unwrap()), ["a%"]);
    assert_eq!(keys(&store.list("a/", Some("a/1"), 1).await.unwrap()), ["a/2"]);
    assert_eq!(keys(&store.list("a/", Some("b"), 100).await.unwrap()), [""; 0]);
    assert_eq!(keys(&store.list("c", None, 100).await.unwrap()), [""; 0]);
}

pub async fn a_page_ends_early_when_its_values_are_large(store: Arc<dyn Store>) {
    for key in ["1", "2", "3", "4", "5", "6"] {
        store.commit(Transaction::new().put(key, vec![7; MAX_VALUE_BYTES])).await.unwrap();
    }
    let pages = all(&store, "", 100).await;
    assert_eq!(pages.iter().flat_map(keys).collect::<String>(), "123456");
    for page in &pages {
        let bytes: usize = page.documents.iter().map(|document| document.value.len()).sum();
        assert!(bytes < MAX_PAGE_BYTES + MAX_VALUE_BYTES, "{bytes}");
    }
    assert!(pages.len() > 1);
}

pub async fn a_page_has_at_least_one_document_whatever_the_limit(store: Arc<dyn Store>) {
    put(&store, "a", "").await;
    put(&store, "b", "").await;
    let page = store.list("", None, 0).await.unwrap();
    assert_eq!((keys(&page), page.next_after.as_deref()), (vec!["a"], Some("a")));
}

pub async fn what_the_caller_knows_need_not_be_read_but_is_listed(store: Arc<dyn Store>) {
    let mut revisions = Vec::new();
    for key in ["a/1", "a/2", "a/3", "b/1"] {
        revisions.push(put(&store, key, key).await);
    }
    let known: Known = {
        let revisions = revisions.clone();
        // What was known of the third one has changed since.
        Box::new(move |key, revision| {
            key == "a/2" && revision == revisions[1] || key == "a/3" && revision == revisions[0]
        })
    };
    let page = store.list_unknown("a/", Some("a/"), 10, known).await.unwrap();
    assert_eq!(keys(&page), ["a/1", "a/2", "a/3"]);
    assert_eq!(page.documents.iter().map(|found| found.revision).collect::<Vec<_>>(), revisions[..3]);
    assert_eq!((&*page.documents[0].value, &*page.documents[2].value), (&b"a/1"[..], &b"a/3"[..]));
    assert!(["", "a/2"].contains(&std::str::from_utf8(&page.documents[1].value).unwrap()));
    let page = store.list_unknown("a/", Some("a/1"), 1, Box::new(|_, _| true)).await.unwrap();
    assert_eq!((keys(&page), page.next_after.as_deref()), (vec!["a/2"], Some("a/2")));
    let last = store.list_unknown("a/", page.next_after.as_deref(), 1, Box::new(|_, _| true)).await.unwrap();
    assert_eq!((keys(&last), last.next_after.as_deref()), (vec!["a/3"], None));
}
