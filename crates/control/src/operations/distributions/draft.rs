//! A configuration on its way into the store: compiled as the only validation, then written in one transaction.
//!
//! The transaction compares everything that the decision rests on: the record's revision, the caller reference, the
//! claims of alternate domain names, and that nothing that it may refer to was changed meanwhile. A lost race is looked
//! at and either refused or tried again.

use std::collections::{BTreeMap, BTreeSet};

use compile::Identity;
use shapes::{DistributionConfig, ErrorCode, xml};
use store::{CommitError, Revision, Transaction};

use super::names::Names;
use super::plan::Plan;
use crate::api::Api;
use crate::error::ApiError;
use crate::quotas::{Counted, Seat};
use crate::records::{self, DistributionRecord, Kind, keys};

/// How often a write is tried when others get in its way.
const MAX_ATTEMPTS: usize = 8;

/// A configuration on its way into the store.
pub(super) struct Draft {
    /// The record to write; its revision is the one that is there now, 0 for none.
    record: DistributionRecord,
    config: DistributionConfig,
    /// What the new configuration takes hold of.
    names: Names,
    /// What the present one holds.
    held: Names,
    /// Claims that their holders have given up, with the revision to compare.
    abandoned: BTreeMap<String, Revision>,
}

// === impl Draft ===

impl Draft {
    /// A configuration that takes the place of `current`, if there is one.
    pub(super) fn new(
        record: DistributionRecord,
        config: DistributionConfig,
        current: Option<&DistributionConfig>,
    ) -> Self {
        let names = Names::of(&config);
        let held = current.map(Names::of).unwrap_or_default();
        let record = DistributionRecord { config_xml: xml::write(&config), ..record };
        Self { record, config, names, held, abandoned: BTreeMap::new() }
    }

    /// Validates, writes, and answers the record as it is now.
    pub(super) async fn commit(mut self, api: &Api) -> Result<DistributionRecord, ApiError> {
        api.prepare().await?;
        for _ in 0..MAX_ATTEMPTS {
            let changed = self.references_changed(api).await?;
            self.validate(api).await?;
            let seat = self.room(api).await?;
            let plan = self.plan(changed)?;
            plan.prepare(api).await?;
            match api.store.commit(plan.transaction.clone()).await {
                Ok(revision) => {
                    if let Some(seat) = seat {
                        seat.keep();
                    }
                    plan.clear(api, revision).await;
                    return Ok(DistributionRecord { revision, config_revision: revision, ..self.record });
                }
                Err(CommitError::Conflict { key }) => self.resolve(api, &key).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again."))
    }

    /// The commit that last changed anything that configurations may refer to, for one that does.
    async fn references_changed(&self, api: &Api) -> Result<Option<Revision>, ApiError> {
        match self.names.custom().next() {
            Some(_) => Ok(Some(api.revision_of(keys::REFERENCES_CHANGED).await?)),
            None => Ok(None),
        }
    }

    /// The only validation: what compiles can be served, and the other way round.
    async fn validate(&self, api: &Api) -> Result<(), ApiError> {
        let references = self.names.references(api).await?;
        let identity = Identity {
            id: self.record.id.clone(),
            arn: self.record.arn.clone(),
            etag: self.record.etag.clone(),
            domain_name: self.record.domain_name.clone(),
        };
        compile::distribution(&identity, &self.config, &references, &api.settings.environment)?;
        Ok(())
    }

    /// Room in the account for a new distribution, and for this one among those that use the same things.
    async fn room(&self, api: &Api) -> Result<Option<Seat>, ApiError> {
        let (held, limit) =
            (self.held_uses(), api.settings.environment.quotas.max_distributions_per_resource);
        let uses = |(kind, id): &(Kind, String)| keys::use_by(kind.row().segment, id, &self.record.id);
        let begun = self.names.custom().filter(|reference| !held.contains(&uses(reference)));
        for (kind, id) in begun.filter(|(kind, _)| kind.row().too_many_users.is_some()) {
            let users = keys::uses(kind.row().segment, id);
            if limit == 0 || api.has_more_than(&users, limit - 1).await? {
                return Err(too_many_users(*kind, id, limit));
            }
        }
        let is_new = self.record.revision == Revision::default();
        if is_new { api.seat(Counted::Distributions).await.map(Some) } else { Ok(None) }
    }

    /// What is to be written.
    fn plan(&self, references_changed: Option<Revision>) -> Result<Plan, ApiError> {
        let Self { record, names, held, .. } = self;
        let key = keys::distribution(&record.id);
        let mut transaction = Transaction::new()
            .if_at_revision(key.clone(), record.revision)
            .put(key, record.encode().map_err(ApiError::internal)?);
        if record.revision == Revision::default() {
            let key = keys::caller_reference(&self.config.caller_reference);
            transaction = transaction.if_absent(key.clone()).put(key, record.id.as_bytes());
        }
        if let Some(revision) = references_changed {
            transaction = transaction
                .if_at_revision(keys::REFERENCES_CHANGED, revision)
                .put(keys::REFERENCES_USED, record.id.as_bytes());
        }
        for alias in names.aliases.difference(&held.aliases) {
            let key = keys::alias(alias);
            let free = self.abandoned.get(&key).copied().unwrap_or_default();
            transaction = transaction.if_at_revision(key.clone(), free).put(key, record.id.as_bytes());
        }
        let (uses, former) = (names.uses(&record.id), self.held_uses());
        let mut plan = Plan::new(transaction, &record.id);
        plan.begin(uses.difference(&former).cloned());
        plan.end(former.difference(&uses).cloned());
        plan.give_up(held.aliases.difference(&names.aliases).map(|alias| keys::alias(alias)));
        Ok(plan)
    }

    /// What a distribution that is there already uses now.
    fn held_uses(&self) -> BTreeSet<String> {
        let is_new = self.record.revision == Revision::default();
        if is_new { BTreeSet::new() } else { self.held.uses(&self.record.id) }
    }

    /// Looks at what got in the way. `Ok` says that another attempt may succeed.
    async fn resolve(&mut self, api: &Api, key: &str) -> Result<(), ApiError> {
        if key.starts_with(keys::ALIASES) {
            return self.resolve_alias(api, key).await;
        }
        if key == keys::REFERENCES_CHANGED {
            return Ok(());
        }
        if key == keys::caller_reference(&self.config.caller_reference) {
            return Err(self.already_exists(api, key).await?);
        }
        Err(CommitError::Conflict { key: key.to_owned() }.into())
    }

    /// A claim counts as long as its holder's configuration has the name.
    async fn resolve_alias(&mut self, api: &Api, key: &str) -> Result<(), ApiError> {
        let Some(claim) = api.store.read(key).await? else {
            self.abandoned.remove(key);
            return Ok(());
        };
        let holder = records::decode_text(key, &claim.value).map_err(ApiError::internal)?;
        if let Some(document) = api.store.read(&keys::distribution(holder)).await? {
            let record = DistributionRecord::decode(&document).map_err(ApiError::internal)?;
            let held = Names::of(&record.config().map_err(ApiError::internal)?);
            if record.id != self.record.id && held.aliases.iter().any(|alias| keys::alias(alias) == key) {
                let alias = key.strip_prefix(keys::ALIASES).unwrap_or(key);
                let text = format!(
                    "The alternate domain name {alias} is already used by another distribution. Accepted: a name \
                     that no other distribution has."
                );
                return Err(ApiError::new(ErrorCode::CNAMEAlreadyExists, text).at("Aliases"));
            }
        }
        self.abandoned.insert(key.to_owned(), claim.revision);
        Ok(())
    }

    async fn already_exists(&self, api: &Api, key: &str) -> Result<ApiError, ApiError> {
        let document = api.store.read(key).await?;
        let id = document.and_then(|document| String::from_utf8(document.value).ok()).unwrap_or_default();
        let text = format!(
            "The caller reference that you are using is associated with the existing distribution {id}. Accepted: one \
             that was not used before."
        );
        Ok(ApiError::new(ErrorCode::DistributionAlreadyExists, text).at("CallerReference"))
    }
}

fn too_many_users(kind: Kind, id: &str, limit: usize) -> ApiError {
    let code = kind.row().too_many_users.unwrap_or(ErrorCode::InvalidArgument);
    let text =
        format!("The {kind} {id} is used by as many distributions as may use it. Accepted: at most {limit}.");
    ApiError::new(code, text)
}
