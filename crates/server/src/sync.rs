//! From what is kept to what is served: every change of the store is compiled, installed in the edge and reported.
//!
//! A change is live when [`control::Deployment`] says so, because the report comes last. The loop may be stopped and
//! started anywhere: it knows the last revision that it has applied and goes on behind it. When the history behind it is
//! gone, it reads everything anew and empties the cache, because it cannot know which invalidations it has missed. What the
//! cache has on disk from an earlier process gets those that it has missed (`repeat`).

mod catalog;
mod repeat;
#[cfg(test)]
mod samples;

use std::sync::Arc;
use std::time::Duration;

use compile::{Environment, Quotas};
use control::Deployment;
use control::records::{self, Change, InvalidationRecord};
use edge::{Edge, Installed};
use store::{Batch, Revision, Store};

use catalog::Catalog;

/// How often the store is asked although the watch is silent.
const SAFETY_NET: Duration = Duration::from_secs(5);
/// How long a failed store is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// The way from the store to the edge.
pub struct Sync {
    store: Arc<dyn Store>,
    edge: Arc<Edge>,
    deployment: Deployment,
    catalog: Catalog,
    applied: Revision,
    /// Whether the catalog has something that is not installed.
    is_new: bool,
}

/// What a change means for the cache, after the snapshot with it is in use.
enum CacheEffect {
    Forget(String),
    Invalidate(Box<InvalidationRecord>),
}

// === impl Sync ===

impl Sync {
    /// Loads and installs everything that is kept. When this returns, viewers are served from it.
    pub async fn start(
        environment: Environment,
        store: Arc<dyn Store>,
        edge: Arc<Edge>,
        deployment: Deployment,
    ) -> Result<Self, store::Error> {
        // What an earlier version kept may lack what its distributions refer to now.
        if let Err(error) = control::upgrade(&*store).await {
            tracing::error!(message = error.message, "what an earlier version kept stays as it is for now");
        }
        let catalog = Catalog::new(environment);
        let mut sync = Self { store, edge, deployment, catalog, applied: Revision::default(), is_new: true };
        sync.load().await?;
        sync.repeat_invalidations().await?;
        Ok(sync)
    }

    /// Follows the store until it closes.
    pub async fn run(mut self) {
        loop {
            match self.follow().await {
                Ok(()) => {}
                Err(store::Error::Closed) => return,
                Err(store::Error::Compacted { oldest }) => self.start_over(oldest).await,
                Err(error) => {
                    tracing::error!(%error, "the store cannot be followed; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Applies commits as they come. Returns without an error when the watch was silent about a commit.
    async fn follow(&mut self) -> Result<(), store::Error> {
        let mut watch = self.store.watch(records::PREFIX, self.applied.next()).await?;
        loop {
            match tokio::time::timeout(SAFETY_NET, watch.next()).await {
                Ok(first) => {
                    let mut batches = vec![first?];
                    // One snapshot for all that is here; the watch fetches a bounded number at once.
                    batches.extend(std::iter::from_fn(|| watch.ready()));
                    self.apply(&batches).await?;
                }
                Err(_) if self.store.revision().await? > self.applied => return Ok(()),
                Err(_) => {}
            }
        }
    }

    async fn start_over(&mut self, oldest: Revision) {
        tracing::warn!(applied = %self.applied, %oldest, "the store's history is gone; reading everything anew");
        match self.load().await {
            Ok(()) => self.edge.cache().reset(),
            Err(error) => {
                tracing::error!(%error, "the store cannot be read; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }

    async fn load(&mut self) -> Result<(), store::Error> {
        let loaded = records::load_all(&*self.store).await?;
        for error in &loaded.unreadable {
            tracing::error!(%error, "a record cannot be read and is not served");
        }
        let revision = loaded.revision;
        self.is_new = true;
        for gone in self.catalog.replace(loaded) {
            self.edge.cache().forget_distribution(&gone);
        }
        self.install(revision);
        self.report(revision);
        Ok(())
    }

    /// Takes in commits, installs what is now to be served, and only then does to the cache what they ask for. After an
    /// error it may be called again with the same commits.
    async fn apply(&mut self, batches: &[Batch]) -> Result<(), store::Error> {
        let Some(newest) = batches.last().map(|batch| batch.revision) else { return Ok(()) };
        let mut effects = Vec::new();
        for (batch, change) in
            batches.iter().flat_map(|batch| batch.changes.iter().map(move |change| (batch, change)))
        {
            match Change::of(change) {
                Ok(Some(change)) => effects.extend(self.take(batch.revision, change)),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a record cannot be read; the edge keeps what it has"),
            }
        }
        self.refresh().await?;
        if self.is_new {
            self.install(newest);
        }
        effects.into_iter().for_each(|(revision, effect)| self.affect(revision, effect));
        self.report(newest);
        Ok(())
    }

    fn take(&mut self, revision: Revision, change: Change) -> Option<(Revision, CacheEffect)> {
        let effect = match &change {
            Change::DistributionDeleted(id) => Some(CacheEffect::Forget(id.clone())),
            _ => None,
        };
        match change {
            Change::Invalidation(record) => Some((revision, CacheEffect::Invalidate(record))),
            change => {
                self.is_new |= self.catalog.apply(change);
                effect.map(|effect| (revision, effect))
            }
        }
    }

    /// Compiles again what refers to something that has changed.
    async fn refresh(&mut self) -> Result<(), store::Error> {
        for id in self.catalog.stale() {
            let loaded = records::load_one(&*self.store, &id).await?;
            for error in &loaded.unreadable {
                tracing::error!(%error, "a record cannot be read; the edge keeps what it has");
            }
            for record in &loaded.distributions {
                self.is_new |= self.catalog.refresh(record);
            }
        }
        Ok(())
    }

    fn install(&mut self, revision: Revision) {
        self.is_new = false;
        let snapshot = Arc::new(self.catalog.snapshot(revision.0));
        match self.edge.install(snapshot) {
            Installed::Yes => tracing::debug!(%revision, "a snapshot is in use"),
            Installed::Older => tracing::warn!(%revision, "a newer snapshot is in use already"),
        }
    }

    fn affect(&self, revision: Revision, effect: CacheEffect) {
        match effect {
            CacheEffect::Forget(id) => self.edge.cache().forget_distribution(&id),
            // The API has counted: what it has taken is carried out whatever the quotas are today.
            CacheEffect::Invalidate(record) => {
                match compile::invalidation_batch(&record.batch, &Quotas::unlimited()) {
                    // Revisions tell which of two invalidations came first.
                    Ok(paths) => self.edge.cache().invalidate(&record.distribution_id, revision.0, &paths),
                    Err(problems) => {
                        tracing::error!(id = record.id, %problems, "an invalidation cannot be understood")
                    }
                }
            }
        }
    }

    fn report(&mut self, revision: Revision) {
        self.applied = revision;
        self.deployment.applied(revision);
    }
}

#[cfg(test)]
mod tests {
    use observe::Clock;
    use store::embedded::History;
    use store::{EmbeddedStore, Transaction};

    use super::*;

    /// Longest that anything here may take.
    const DEADLINE: Duration = Duration::from_secs(30);

    pub(super) fn store(max_revisions: u64) -> Arc<dyn Store> {
        let history = History { max_revisions, ..History::default() };
        Arc::new(EmbeddedStore::in_memory(history).unwrap())
    }

    pub(super) fn edge() -> Arc<Edge> {
        let settings = edge::Settings {
            cache: cache::Limits::default(),
            origins: origin::Settings::default(),
            explain: false,
            pop: "LOC50-P1".into(),
            public_https_port: 443,
            head_timeout: DEADLINE,
            drain_timeout: DEADLINE,
            max_connections: 1,
            max_compressions: 1,
        };
        Edge::new(settings, Clock::system()).unwrap()
    }

    /// Writes a distribution as it is kept: a line of JSON, then the document.
    pub(super) async fn write(store: &Arc<dyn Store>, id: &str, etag: &str) -> Revision {
        write_with(store, id, etag, samples::SERVER).await
    }

    async fn write_with(store: &Arc<dyn Store>, id: &str, etag: &str, origins: &str) -> Revision {
        let header = format!(
            "{{\"id\":\"{id}\",\"arn\":\"arn:{id}\",\"etag\":\"{etag}\",\"domain_name\":\"{id}.cloudfront.localhost\",\"last_modified_ms\":0}}"
        );
        let value = format!("{header}\n{}", samples::document(origins)).into_bytes();
        let key = format!("{}distribution/{id}", records::PREFIX);
        store.commit(Transaction::new().put(key, value)).await.unwrap()
    }

    pub(super) async fn start(store: &Arc<dyn Store>, edge: &Arc<Edge>, deployment: &Deployment) -> Sync {
        let environment = compile::Environment::default();
        Sync::start(environment, Arc::clone(store), Arc::clone(edge), deployment.clone()).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_is_served_from_the_start_and_changes_follow() {
        let (store, edge, deployment) = (store(1000), edge(), Deployment::new());
        let first = write(&store, "E1", "EA").await;
        let sync = start(&store, &edge, &deployment).await;
        assert!(deployment.is_deployed(first));
        assert!(edge.snapshot().hosts.find("e1.cloudfront.localhost").is_some());
        let running = tokio::spawn(sync.run());
        let second = write(&store, "E2", "EA").await;
        assert!(deployment.wait(second, DEADLINE).await);
        assert!(edge.snapshot().hosts.find("e2.cloudfront.localhost").is_some());
        running.abort();
    }

    #[tokio::test]
    async fn a_distribution_of_an_earlier_version_is_served_from_the_start_although_its_identity_was_only_named()
     {
        let (store, edge, deployment) = (store(1000), edge(), Deployment::new());
        let bucket = samples::BUCKET.replace(
            "<OriginAccessIdentity></OriginAccessIdentity>",
            "<OriginAccessIdentity>origin-access-identity/cloudfront/EOAI</OriginAccessIdentity>",
        );
        let bucket = bucket.replace("<OriginAccessControlId>EOAC</OriginAccessControlId>", "");
        write_with(&store, "E1", "EA", &bucket).await;
        start(&store, &edge, &deployment).await;
        assert!(edge.snapshot().hosts.find("e1.cloudfront.localhost").is_some());
    }

    #[tokio::test]
    async fn a_change_of_a_policy_reaches_a_distribution_whose_document_is_only_in_the_store() {
        let (store, edge, deployment) = (store(1000), edge(), Deployment::new());
        let key = format!("{}cache-policy/{}", records::PREFIX, samples::CUSTOM_POLICY);
        let policy = |ttl_s: u64| {
            let header = format!("{{\"id\":\"{}\",\"etag\":\"E{ttl_s}\"}}", samples::CUSTOM_POLICY);
            let body = "<CachePolicyConfig><Name>one</Name><MaxTTL>1000</MaxTTL><MinTTL>0</MinTTL>";
            let value = format!("{header}\n{body}<DefaultTTL>{ttl_s}</DefaultTTL></CachePolicyConfig>");
            store.commit(Transaction::new().put(key.clone(), value.into_bytes()))
        };
        policy(60).await.unwrap();
        let user = samples::with_policy("E1", "EA", 0, samples::CUSTOM_POLICY);
        let header = "{\"id\":\"E1\",\"arn\":\"arn:E1\",\"etag\":\"EA\",\"domain_name\":\"e1.cloudfront.localhost\",\"last_modified_ms\":0}";
        let value = format!("{header}\n{}", user.config_xml).into_bytes();
        store
            .commit(Transaction::new().put(format!("{}distribution/E1", records::PREFIX), value))
            .await
            .unwrap();
        let running = tokio::spawn(start(&store, &edge, &deployment).await.run());
        let default_ttl = || {
            let snapshot = edge.snapshot();
            let index = snapshot.hosts.find("e1.cloudfront.localhost").unwrap();
            snapshot.distributions.get(index).unwrap().behaviors.default.caching.ttl.default
        };
        assert_eq!(default_ttl(), Duration::from_secs(60));
        let changed = policy(70).await.unwrap();
        assert!(deployment.wait(changed, DEADLINE).await);
        assert_eq!(default_ttl(), Duration::from_secs(70));
        running.abort();
    }

    #[tokio::test]
    async fn a_follower_that_fell_behind_the_history_reads_everything_anew() {
        let (store, edge, deployment) = (store(2), edge(), Deployment::new());
        let sync = start(&store, &edge, &deployment).await;
        let mut last = Revision::default();
        for number in 0..10 {
            last = write(&store, "E1", &format!("E{number}")).await;
        }
        let running = tokio::spawn(sync.run());
        assert!(deployment.wait(last, DEADLINE).await);
        assert_eq!(&*edge.snapshot().distributions.get(0).unwrap().etag, "E9");
        running.abort();
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_read_does_not_stand_in_the_way_of_others() {
        let (store, edge, deployment) = (store(1000), edge(), Deployment::new());
        let key = format!("{}distribution/EBAD", records::PREFIX);
        store.commit(Transaction::new().put(key.clone(), b"damage".to_vec())).await.unwrap();
        let sync = start(&store, &edge, &deployment).await;
        let running = tokio::spawn(sync.run());
        store.commit(Transaction::new().put(key, b"more damage".to_vec())).await.unwrap();
        let good = write(&store, "E1", "EA").await;
        assert!(deployment.wait(good, DEADLINE).await);
        assert!(edge.snapshot().hosts.find("e1.cloudfront.localhost").is_some());
        running.abort();
    }
}
