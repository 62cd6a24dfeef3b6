//! Everything that snapshots are built from, compiled. Only what has changed is compiled again.
//!
//! A document that does not compile any more (because the server was started with other flags, or by a newer version)
//! leaves in place what it was compiled to before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compile::{Environment, Identity, References, Uses};
use control::records::{Change, DistributionRecord, Kind, Loaded, Referenced};
use rules::model::{Distribution, Snapshot};
use store::Revision;

/// Distributions and what they refer to.
pub struct Catalog {
    environment: Environment,
    references: References,
    /// When each of the things that can be referred to was last written.
    referenced: BTreeMap<(Kind, String), Revision>,
    distributions: BTreeMap<String, Entry>,
}

/// One distribution.
struct Entry {
    record: DistributionRecord,
    /// Ids of what it refers to.
    uses: Uses,
    /// `None` when it has never compiled.
    compiled: Option<Arc<Distribution>>,
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
            self.put(record);
        }
        gone
    }

    /// Takes in one change; answers whether a new snapshot would differ.
    pub fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::Distribution(record) => self.put(*record),
            Change::DistributionDeleted(id) => self.remove(&id),
            Change::Referenced(record) => self.put_referenced(*record),
            Change::ReferencedDeleted(kind, id) => self.remove_referenced(kind, &id),
            Change::Invalidation(_) => false,
        }
    }

    /// Takes out a distribution; answers whether it was there.
    pub fn remove(&mut self, id: &str) -> bool {
        self.distributions.remove(id).is_some()
    }

    /// What the edge is to serve.
    pub fn snapshot(&self, generation: u64) -> Snapshot {
        let compiled = self.distributions.values().filter_map(|entry| entry.compiled.clone());
        compile::snapshot(generation, compiled.collect())
    }

    fn put(&mut self, record: DistributionRecord) -> bool {
        let before = self.distributions.remove(&record.id);
        let is_older = |entry: &Entry| entry.record.revision > record.revision;
        let is_same = |entry: &Entry| entry.record.etag == record.etag && entry.compiled.is_some();
        let (entry, is_new) = match before {
            Some(entry) if is_older(&entry) => (entry, false),
            Some(entry) if is_same(&entry) => (Entry { record, ..entry }, false),
            before => (self.entry(record, before.and_then(|entry| entry.compiled)), true),
        };
        self.distributions.insert(entry.record.id.clone(), entry);
        is_new
    }

    fn put_referenced(&mut self, record: Referenced) -> bool {
        let key = (record.kind, record.id.clone());
        if self.referenced.get(&key).is_some_and(|known| *known >= record.revision) {
            return false;
        }
        self.referenced.insert(key.clone(), record.revision);
        record.insert_into(&mut self.references);
        self.recompile_users_of(key.0, &key.1)
    }

    fn remove_referenced(&mut self, kind: Kind, id: &str) -> bool {
        self.referenced.remove(&(kind, id.to_owned()));
        Referenced::remove_from(kind, id, &mut self.references);
        // Nothing that compiled strictly can name it; what was kept leniently goes on as it is.
        false
    }

    fn recompile_users_of(&mut self, kind: Kind, id: &str) -> bool {
        let users = self.distributions.iter().filter(|(_, entry)| kind.ids_in(&entry.uses).contains(id));
        let ids: Vec<String> = users.map(|(id, _)| id.clone()).collect();
        for id in &ids {
            if let Some(entry) = self.distributions.remove(id) {
                let entry = self.entry(entry.record, entry.compiled);
                self.distributions.insert(id.clone(), entry);
            }
        }
        !ids.is_empty()
    }

    /// Compiles a record; `last_good` stays when that fails.
    fn entry(&self, record: DistributionRecord, last_good: Option<Arc<Distribution>>) -> Entry {
        let config = match record.config() {
            Ok(config) => config,
            Err(error) => {
                tracing::error!(id = record.id, %error, "a configuration cannot be read; the edge keeps what it has");
                return Entry { record, uses: Uses::default(), compiled: last_good };
            }
        };
        let uses = compile::uses(&config);
        let identity = Identity {
            id: record.id.clone(),
            arn: record.arn.clone(),
            etag: record.etag.clone(),
            domain_name: record.domain_name.clone(),
        };
        match compile::distribution(&identity, &config, &self.references, &self.environment) {
            Ok(compiled) => Entry { record, uses, compiled: Some(Arc::new(compiled)) },
            Err(problems) => {
                tracing::error!(id = record.id, %problems, "a configuration does not compile; the edge keeps what it has");
                Entry { record, uses, compiled: last_good }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        Arc::clone(&snapshot.distributions[0])
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
        assert!(catalog.apply(control("never", 3)));
        assert!(matches!(only(&catalog).origins[0].signing, OriginSigning::Unsigned));
        assert!(!catalog.apply(control("always", 1)), "an older one comes too late");
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
        assert!(!catalog.apply(cache_policy(60, 1)), "nobody uses it yet");
        catalog.apply(Change::Distribution(Box::new(samples::with_policy(
            "E1",
            "EA",
            2,
            samples::CUSTOM_POLICY,
        ))));
        catalog.apply(put("E2", "EB", 3, samples::SERVER));
        assert_eq!(default_ttl(&catalog), Duration::from_secs(60));
        let other = |catalog: &Catalog| {
            let snapshot = catalog.snapshot(1);
            Arc::clone(snapshot.distributions.iter().find(|found| &*found.id == "E2").unwrap())
        };
        let before = other(&catalog);
        assert!(catalog.apply(cache_policy(70, 4)));
        assert_eq!(default_ttl(&catalog), Duration::from_secs(70));
        assert!(Arc::ptr_eq(&before, &other(&catalog)));
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
