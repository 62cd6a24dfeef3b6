//! Invalidations that the cache on disk has missed: those that were committed while nobody followed the store, or so
//! shortly before the end that the disk did not get them.
//!
//! The cache knows the highest revision whose invalidation it has written down. The records of the store are the
//! truth: what is newer is carried out again, which at worst fetches an object twice.

use control::records::{self, Change};
use store::Revision;

use super::{CacheEffect, Sync};

impl Sync {
    /// Carries out every invalidation that is newer than what the cache on disk knows of.
    pub(super) async fn repeat_invalidations(&self) -> Result<(), store::Error> {
        let cache = self.edge.cache();
        if cache.disk_usage().is_none() {
            return Ok(());
        }
        let known = cache.last_invalidation().map_or(Revision::default(), Revision);
        if self.store.revision().await? < known {
            tracing::warn!(%known, "the cache on disk is of a later time than the store, or of another; it is emptied");
            cache.reset();
        }
        let mut after: Option<String> = None;
        loop {
            let page = self.store.list(records::PREFIX, after.as_deref(), store::MAX_PAGE_DOCUMENTS).await?;
            page.documents.into_iter().for_each(|document| self.repeat(document, known));
            after = page.next_after;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    fn repeat(&self, document: store::Document, known: Revision) {
        let revision = document.revision;
        // What cannot be read has been reported when it was loaded.
        if let Ok(Some(Change::Invalidation(record))) = Change::of(&store::Change::Put(document))
            && revision > known
        {
            self.affect(revision, CacheEffect::Invalidate(record));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use control::Deployment;
    use edge::Edge;
    use http::StatusCode;
    use rules::cache_key::{CacheKey, Variant};
    use rules::freshness::{ObjectTimes, StaleUse};
    use rules::{Fields, Moment};
    use store::{Store, Transaction};

    use super::super::tests::{edge, start, store, write};
    use super::*;

    fn key(path: &str) -> CacheKey {
        CacheKey::new("E1", Variant::Get, path, b"")
    }

    fn with_disk(dir: &std::path::Path) -> Arc<Edge> {
        let edge = edge();
        edge.cache().open_disk(cache::DiskSettings::new(dir, 16 << 20)).unwrap();
        edge
    }

    async fn keep(edge: &Edge, path: &str) {
        let times = ObjectTimes {
            received_at: Moment::from_epoch_s(1),
            fresh_until: Moment::from_epoch_s(2),
            stale_limit: std::time::Duration::ZERO,
            stale_if_error: None,
            stale_while_revalidate: None,
            stale_use: StaleUse::AnyFailure,
        };
        let permit = edge.cache().lead_alone(&key(path));
        let (_, mut fill) = permit.store_object(StatusCode::OK, Fields::default(), times, None);
        fill.push(Bytes::from_static(b"body")).await.unwrap();
        assert!(fill.complete());
        edge.cache().written().await;
    }

    async fn is_held(edge: &Edge, path: &str) -> bool {
        edge.cache().recall(&key(path)).await;
        edge.cache().held(&key(path)).object.is_some()
    }

    async fn invalidate(store: &Arc<dyn Store>, number: u64, path: &str) -> Revision {
        let header = format!(
            "{{\"distribution_id\":\"E1\",\"id\":\"I{number}\",\"number\":{number},\"create_time_ms\":0}}"
        );
        let batch = format!(
            "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths><Quantity>1</Quantity>\
             <Items><Path>{path}</Path></Items></Paths><CallerReference>{number}</CallerReference></InvalidationBatch>"
        );
        let key = format!("{}invalidation/E1/{number:020}", records::PREFIX);
        store.commit(Transaction::new().put(key, format!("{header}\n{batch}").into_bytes())).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_invalidated_while_nobody_followed_is_not_served_from_the_disk() {
        let (store, dir) = (store(1000), tempfile::tempdir().unwrap());
        write(&store, "E1", "EA").await;
        let seen = invalidate(&store, 1, "/a").await;
        let first = with_disk(dir.path());
        start(&store, &first, &Deployment::new()).await;
        assert_eq!(first.cache().last_invalidation(), Some(seen.0));
        for path in ["/a", "/b", "/c"] {
            keep(&first, path).await;
        }
        drop(first);
        invalidate(&store, 2, "/b*").await;
        let second = with_disk(dir.path());
        start(&store, &second, &Deployment::new()).await;
        assert!(is_held(&second, "/a").await, "what was carried out before is not carried out again");
        assert!(!is_held(&second, "/b").await);
        assert!(is_held(&second, "/c").await);
    }

    #[tokio::test]
    async fn a_disk_that_knows_more_than_the_store_is_not_used() {
        let (long, dir) = (store(1000), tempfile::tempdir().unwrap());
        for number in 0..5 {
            invalidate(&long, number, "/x").await;
        }
        let first = with_disk(dir.path());
        start(&long, &first, &Deployment::new()).await;
        keep(&first, "/a").await;
        drop(first);
        let second = with_disk(dir.path());
        start(&store(1000), &second, &Deployment::new()).await;
        assert!(!is_held(&second, "/a").await);
    }
}
