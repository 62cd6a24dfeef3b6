//! Everything that snapshots are built from, compiled. Only what has changed is compiled again, and the next snapshot
//! shares the rest with the one before.
//!
//! A document that does not compile any more (because the server was started with other flags, or by a newer version)
//! leaves in place what it was compiled to before. Documents are not kept here: what must be compiled again because of
//! something that it refers to is asked for with [`Catalog::stale`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compile::{Environment, Identity, References, Uses};
use control::records::{Change, DistributionRecord, Kind, Loaded, Referenced};
use rules::model::Snapshot;
use store::Revision;

/// Distributions and what they refer to.
pub struct Catalog {
    environment: Environment,
    references: References,
    /// When each of the things that can be referred to was last written.
    referenced: BTreeMap<(Kind, String), Revision>,
    distributions: BTreeMap<String, Entry>,
    /// Ids of those that refer to something that has changed since they were compiled.
    stale: BTreeSet<String>,
    /// What has compiled, by [`Entry::index`].
    served: Snapshot,
    /// Indices that deleted distributions had.
    free: Vec<usize>,
    /// The first index that was never used.
    next: usize,
}

/// One distribution.
struct Entry {
    index: usize,
    revision: Revision,
    etag: String,
    /// Ids of what it refers to.
    uses: Uses,
}

// === impl Catalog ===

impl Catalog {
    /// Nothing.
    pub fn new(environment: Environment) -> Self {
        // Where identities need not exist, they are not looked for.
        let identities = (!environment.lenient_references).then(BTreeSet::new);
        Self {
            environment,
            references: References { origin_access_identities: identities, ..References::default() },
            referenced: BTreeMap::new(),
            distributions: BTreeMap::new(),
            stale: BTreeSet::new(),
            served: Snapshot::default(),
            free: Vec::new(),
            next: 0,
        }
    }

    /// Takes in everything that is kept; answers the ids of the distributions that are gone.
    pub fn replace(&mut self, loaded: Loaded) -> Vec<String> {
        let kept: BTreeSet<_> = loaded.referenced.iter().map(|record| (record.kind, &record.id)).collect();
        let gone = self.referenced.keys().filter(|(kind, id)| !kept.contains(&(*kind, id)));
        for (kind, id) in gone.cloned().collect::<Vec<_>>() {
            self.remove_referenced(kind, &id);
        }
        for record in loaded.referenced {
            self.put_referenced(record);
        }
        let kept: BTreeSet<_> = loaded.distributions.iter().map(|record| &record.id).collect();
        let gone: Vec<String> = self.distributions.keys().filter(|id| !kept.contains(id)).cloned().collect();
        for id in &gone {
            self.remove(id);
        }
        for record in loaded.distributions {
            self.put(&record);
        }
        gone
    }

    /// Takes in one change; answers whether a new snapshot would differ.
    pub fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::Distribution(record) => self.put(&record),
            Change::DistributionDeleted(id) => self.remove(&id),
            Change::Referenced(record) => {
                self.put_referenced(*record);
                false
            }
            Change::ReferencedDeleted(kind, id) => {
                self.remove_referenced(kind, &id);
                false
            }
            Change::Invalidation(_) => false,
        }
    }

    /// Takes out a distribution; answers whether it was there.
    pub fn remove(&mut self, id: &str) -> bool {
        self.stale.remove(id);
        let Some(entry) = self.distributions.remove(id) else { return false };
        self.served.remove(entry.index);
        self.free.push(entry.index);
        true
    }

    /// Ids of the distributions that are to be given to [`Catalog::refresh`], because something that they refer to has
    /// changed.
    pub fn stale(&self) -> Vec<String> {
        self.stale.iter().cloned().collect()
    }

    /// Compiles a distribution again, with everything that it refers to as it is now. One whose configuration is not the
    /// one that was taken in stays stale: its own change follows. Answers whether a new snapshot would differ.
    pub fn refresh(&mut self, record: &DistributionRecord) -> bool {
        let known = self.distributions.get(&record.id).filter(|entry| entry.etag == record.etag);
        let Some((index, revision)) = known.map(|entry| (entry.index, entry.revision)) else { return false };
        self.compile(record, index, revision);
        true
    }

    /// What the edge is to serve.
    pub fn snapshot(&self, generation: u64) -> Snapshot {
        Snapshot { generation, ..self.served.clone() }
    }

    fn put(&mut self, record: &DistributionRecord) -> bool {
        let index = match self.distributions.get_mut(&record.id) {
            Some(entry) if entry.revision > record.revision => return false,
            Some(entry) => {
                let is_served = self.served.distributions.get(entry.index).is_some();
                if entry.etag == record.etag && is_served && !self.stale.contains(&record.id) {
                    entry.revision = record.revision;
                    return false;
                }
                entry.index
            }
            None => self.new_index(),
        };
        self.compile(record, index, record.revision);
        true
    }

    fn new_index(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }

    fn put_referenced(&mut self, record: Referenced) {
        let key = (record.kind, record.id.clone());
        if self.referenced.get(&key).is_some_and(|known| *known >= record.revision) {
            return;
        }
        let (kind, id) = &key;
        let users = self.distributions.iter().filter(|(_, entry)| kind.ids_in(&entry.uses).contains(id));
        self.stale.extend(users.map(|(user, _)| user.clone()));
        self.referenced.insert(key, record.revision);
        record.insert_into(&mut self.references);
    }

    fn remove_referenced(&mut self, kind: Kind, id: &str) {
        self.referenced.remove(&(kind, id.to_owned()));
        // Nothing that compiled strictly can name it; what was kept leniently goes on as it is.
        Referenced::remove_from(kind, id, &mut self.references);
    }

    /// Compiles a record into its place, which stays as it is when that fails.
    fn compile(&mut self, record: &DistributionRecord, index: usize, revision: Revision) {
        self.stale.remove(&record.id);
        let mut entry = Entry { index, revision, etag: record.etag.clone(), uses: Uses::default() };
        match record.config() {
            Ok(config) => {
                entry.uses = compile::uses(&config);
                match compile::distribution(&identity(record), &config, &self.references, &self.environment) {
                    Ok(compiled) => self.served.put(index, Arc::new(compiled)),
                    Err(problems) => {
                        tracing::error!(id = record.id, %problems, "a configuration does not compile; the edge keeps what it has");
                    }
                }
            }
            Err(error) => {
                tracing::error!(id = record.id, %error, "a configuration cannot be read; the edge keeps what it has");
            }
        }
        self.distributions.insert(record.id.clone(), entry);
    }
}

fn identity(record: &DistributionRecord) -> Identity {
    Identity {
        id: record.id.clone(),
        arn: record.arn.clone(),
        etag: record.etag.clone(),
        domain_name: record.domain_name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rules::model::Distribution;

    use super::*;
    use crate::sync::samples;

    fn put(id: &str, etag: &str, revision: u64, body: &str) -> Change {
        Change::Distribution(Box::new(samples::record(id, etag, revision, body)))
    }

    fn referenced(kind: &str, id: &str, document: &str, revision: u64) -> Change {
        let header = format!("{{\"id\":\"{id}\",\"etag\":\"E1\"}}\n");
        let document = store::Document {
            key: format!("cloudfront/{kind}/{id}"),
            value: [header.as_bytes(), document.as_bytes()].concat(),
            revision: Revision(revision),
            created: Revision(1),
        };
        Change::of(&store::Change::Put(document)).unwrap().unwrap()
    }

    fn control(behavior: &str, revision: u64) -> Change {
        let document = format!(
            "<OriginAccessControlConfig><Name>one</Name><SigningProtocol>sigv4</SigningProtocol>\
             <SigningBehavior>{behavior}</SigningBehavior>\
             <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>"
        );
        referenced("origin-access-control", "EOAC", &document, revision)
    }

    fn cache_policy(default_ttl_s: u64, revision: u64) -> Change {
        let document = format!(
            "<CachePolicyConfig><Name>one</Name><DefaultTTL>{default_ttl_s}</DefaultTTL><MaxTTL>1000</MaxTTL>\
             <MinTTL>0</MinTTL></CachePolicyConfig>"
        );
        referenced("cache-policy", samples::CUSTOM_POLICY, &document, revision)
    }

    fn only(catalog: &Catalog) -> Arc<Distribution> {
        let snapshot = catalog.snapshot(1);
        assert_eq!(snapshot.distributions.len(), 1);
        Arc::clone(snapshot.distributions.iter().next().unwrap())
    }

    #[test]
    fn only_a_new_configuration_is_compiled() {
        let mut catalog = Catalog::new(Environment::default());
        assert!(catalog.apply(put("E1", "EA", 1, samples::SERVER)));
        let first = only(&catalog);
        assert!(!catalog.apply(put("E1", "EA", 2, samples::SERVER)), "only tags differ");
        assert!(Arc::ptr_eq(&first, &only(&catalog)));
        assert!(catalog.apply(put("E1", "EB", 3, samples::SERVER)));
        assert_eq!(&*only(&catalog).etag, "EB");
    }

    #[test]
    fn a_change_that_is_older_than_what_was_loaded_does_nothing() {
        let mut catalog = Catalog::new(Environment::default());
        catalog.apply(put("E1", "EB", 7, samples::SERVER));
        assert!(!catalog.apply(put("E1", "EA", 6, samples::SERVER)));
        assert_eq!(&*only(&catalog).etag, "EB");
    }

    #[test]
    fn the_last_good_configuration_outlives_one_that_does_not_compile() {
        let mut catalog = Catalog::new(Environment::default());
        catalog.apply(put("E1", "EA", 1, samples::SERVER));
        catalog.apply(put("E1", "EB", 2, "<Origins><Quantity>0</Quantity></Origins>"));
        catalog.apply(put("E1", "EC", 3, "no document"));
        assert_eq!(&*only(&catalog).etag, "EA");
        catalog.apply(put("E1", "ED", 4, samples::SERVER));
        assert_eq!(&*only(&catalog).etag, "ED");
    }

    #[test]
    fn a_change_of_an_origin_access_control_reaches_those_who_use_it() {
        use rules::model::OriginSigning;
        let mut catalog = Catalog::new(Environment::default());
        catalog.apply(control("always", 1));
        catalog.apply(put("E1", "EA", 2, samples::BUCKET));
        assert!(matches!(only(&catalog).origins[0].signing, OriginSigning::Always { .. }));
        catalog.apply(control("never", 3));
        assert_eq!(catalog.stale(), ["E1"]);
        assert!(catalog.refresh(&samples::record("E1", "EA", 2, samples::BUCKET)));
        assert!(matches!(only(&catalog).origins[0].signing, OriginSigning::Unsigned));
        catalog.apply(control("always", 1));
        assert!(catalog.stale().is_empty(), "an older one comes too late");
        assert!(matches!(only(&catalog).origins[0].signing, OriginSigning::Unsigned));
    }

    #[test]
    fn a_change_of_a_policy_reaches_those_who_use_it_and_nobody_else() {
        let mut catalog = Catalog::new(Environment::default());
        let default_ttl = |catalog: &Catalog| {
            let snapshot = catalog.snapshot(1);
            let user = snapshot.distributions.iter().find(|found| &*found.id == "E1").unwrap();
            user.behaviors.default.caching.ttl.default
        };
        let user = samples::with_policy("E1", "EA", 2, samples::CUSTOM_POLICY);
        catalog.apply(cache_policy(60, 1));
        assert!(catalog.stale().is_empty(), "nobody uses it yet");
        catalog.apply(Change::Distribution(Box::new(user.clone())));
        catalog.apply(put("E2", "EB", 3, samples::SERVER));
        assert_eq!(default_ttl(&catalog), Duration::from_secs(60));
        let other = |catalog: &Catalog| {
            let snapshot = catalog.snapshot(1);
            Arc::clone(snapshot.distributions.iter().find(|found| &*found.id == "E2").unwrap())
        };
        let before = other(&catalog);
        catalog.apply(cache_policy(70, 4));
        assert_eq!(catalog.stale(), ["E1"]);
        assert!(catalog.refresh(&user));
        assert_eq!(default_ttl(&catalog), Duration::from_secs(70));
        assert!(Arc::ptr_eq(&before, &other(&catalog)));
    }

    #[test]
    fn what_waits_for_its_own_change_is_compiled_with_it_although_only_its_tags_changed() {
        let mut catalog = Catalog::new(Environment::default());
        let user = |etag: &str, revision| samples::with_policy("E1", etag, revision, samples::CUSTOM_POLICY);
        let default_ttl = |catalog: &Catalog| only(catalog).behaviors.default.caching.ttl.default;
        catalog.apply(cache_policy(60, 1));
        catalog.apply(Change::Distribution(Box::new(user("EA", 2))));
        catalog.apply(cache_policy(70, 3));
        assert!(!catalog.refresh(&user("EB", 4)), "that one has not been taken in yet");
        assert_eq!(
            (catalog.stale(), default_ttl(&catalog)),
            (vec!["E1".to_owned()], Duration::from_secs(60))
        );
        assert!(catalog.apply(Change::Distribution(Box::new(user("EA", 4)))));
        assert_eq!((catalog.stale().is_empty(), default_ttl(&catalog)), (true, Duration::from_secs(70)));
    }

    #[test]
    fn a_new_distribution_takes_the_place_of_a_deleted_one() {
        let mut catalog = Catalog::new(Environment::default());
        catalog.apply(put("E1", "EA", 1, samples::SERVER));
        catalog.apply(put("E2", "EB", 2, samples::SERVER));
        let before = catalog.snapshot(2);
        catalog.apply(Change::DistributionDeleted("E1".into()));
        catalog.apply(put("E3", "EC", 4, samples::SERVER));
        let after = catalog.snapshot(4);
        let found = |snapshot: &Snapshot, host: &str| {
            let index = snapshot.hosts.find(host)?;
            snapshot.distributions.get(index).map(|found| found.id.to_string())
        };
        assert_eq!(found(&before, "e1.cloudfront.localhost").as_deref(), Some("E1"));
        assert_eq!(found(&after, "e1.cloudfront.localhost"), None);
        assert_eq!(found(&after, "e2.cloudfront.localhost").as_deref(), Some("E2"));
        assert_eq!(found(&after, "e3.cloudfront.localhost").as_deref(), Some("E3"));
        assert_eq!(after.hosts.find("e3.cloudfront.localhost"), before.hosts.find("e1.cloudfront.localhost"));
    }

    #[test]
    fn what_is_gone_when_everything_is_read_anew_is_gone() {
        let mut catalog = Catalog::new(Environment::default());
        catalog.apply(put("E1", "EA", 1, samples::SERVER));
        catalog.apply(put("E2", "EB", 2, samples::SERVER));
        let kept = samples::record("E2", "EB", 2, samples::SERVER);
        let gone = catalog.replace(Loaded { distributions: vec![kept], ..Loaded::default() });
        assert_eq!(gone, ["E1"]);
        assert_eq!(&*only(&catalog).id, "E2");
    }
}
