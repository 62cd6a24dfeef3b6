//! Everything that snapshots are built from, compiled. Only what has changed is compiled again.
//!
//! A document that does not compile any more (because the server was started with other flags, or by a newer version)
//! leaves in place what it was compiled to before.

use std::collections::BTreeMap;
use std::sync::Arc;

use compile::{Environment, Identity, References};
use control::records::{Change, DistributionRecord, Loaded, OriginAccessControlRecord};
use rules::model::{Distribution, Snapshot};
use store::Revision;

/// Distributions and what they refer to.
pub struct Catalog {
    environment: Environment,
    references: References,
    /// When each origin access control was last written.
    controls: BTreeMap<String, Revision>,
    distributions: BTreeMap<String, Entry>,
}

/// One distribution.
struct Entry {
    record: DistributionRecord,
    /// Ids of the origin access controls that it names.
    uses: Vec<String>,
    /// `None` when it has never compiled.
    compiled: Option<Arc<Distribution>>,
}

// === impl Catalog ===

impl Catalog {
    /// Nothing.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            references: References::default(),
            controls: BTreeMap::new(),
            distributions: BTreeMap::new(),
        }
    }

    /// Takes in everything that is kept; answers the ids of the distributions that are gone.
    pub fn replace(&mut self, loaded: Loaded) -> Vec<String> {
        let is_kept = |id: &str| loaded.origin_access_controls.iter().any(|record| record.id == id);
        let gone: Vec<String> = self.controls.keys().filter(|id| !is_kept(id)).cloned().collect();
        for id in &gone {
            self.remove_control(id);
        }
        for record in loaded.origin_access_controls {
            self.put_control(record);
        }
        let is_kept = |id: &str| loaded.distributions.iter().any(|record| record.id == id);
        let gone: Vec<String> = self.distributions.keys().filter(|id| !is_kept(id)).cloned().collect();
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
            Change::OriginAccessControl(record) => self.put_control(*record),
            Change::OriginAccessControlDeleted(id) => self.remove_control(&id),
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

    fn put_control(&mut self, record: OriginAccessControlRecord) -> bool {
        if self.controls.get(&record.id).is_some_and(|known| *known >= record.revision) {
            return false;
        }
        self.controls.insert(record.id.clone(), record.revision);
        self.references.origin_access_controls.insert(record.id.clone(), record.config);
        self.recompile_users_of(&record.id)
    }

    fn remove_control(&mut self, id: &str) -> bool {
        self.controls.remove(id);
        self.references.origin_access_controls.remove(id);
        // Nothing that compiled strictly can name it; what was kept leniently goes on as it is.
        false
    }

    fn recompile_users_of(&mut self, control: &str) -> bool {
        let uses = |entry: &Entry| entry.uses.iter().any(|id| id == control);
        let users = self.distributions.iter().filter(|(_, entry)| uses(entry));
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
                return Entry { record, uses: Vec::new(), compiled: last_good };
            }
        };
        let named = config.origins.iter().filter_map(|origin| origin.origin_access_control_id.clone());
        let uses = named.filter(|id| !id.is_empty()).collect();
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
    use shapes::OriginAccessControlConfig;

    use super::*;
    use crate::sync::samples;

    fn put(id: &str, etag: &str, revision: u64, body: &str) -> Change {
        Change::Distribution(Box::new(samples::record(id, etag, revision, body)))
    }

    fn control(behavior: &str, revision: u64) -> Change {
        let config = OriginAccessControlConfig {
            name: "one".into(),
            description: None,
            signing_protocol: "sigv4".into(),
            signing_behavior: behavior.into(),
            origin_access_control_origin_type: "s3".into(),
        };
        let record = OriginAccessControlRecord {
            id: "EOAC".into(),
            etag: "E1".into(),
            config,
            revision: Revision(revision),
        };
        Change::OriginAccessControl(Box::new(record))
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
