//! A configuration on its way into the store: compiled as the only validation, then written in one transaction.
//!
//! The transaction compares everything that the decision rests on: the record's revision, the caller reference, the
//! claims of alternate domain names, and that no origin access control was withdrawn meanwhile. A lost race is looked at
//! and either refused or tried again.

use std::collections::BTreeMap;

use compile::Identity;
use shapes::{DistributionConfig, ErrorCode, xml};
use store::{CommitError, MAX_OPERATIONS, Revision, Transaction};

use super::names::Names;
use crate::api::Api;
use crate::error::ApiError;
use crate::records::{self, DistributionRecord, keys};

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
        for _ in 0..MAX_ATTEMPTS {
            let withdrawn = api.revision_of(keys::ORIGIN_ACCESS_CONTROLS_WITHDRAWN).await?;
            self.validate(api).await?;
            let (transaction, left_over) = self.transaction(withdrawn)?;
            match api.store.commit(transaction).await {
                Ok(revision) => {
                    let record =
                        DistributionRecord { revision, config_revision: revision, ..self.record.clone() };
                    self.give_up(api, left_over, revision).await;
                    return Ok(record);
                }
                Err(CommitError::Conflict { key }) => self.resolve(api, &key).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again."))
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

    /// The transaction, and the claims that did not fit into it and are to be given up after it.
    fn transaction(&self, withdrawn: Revision) -> Result<(Transaction, Vec<String>), ApiError> {
        let Self { record, names, held, .. } = self;
        let key = keys::distribution(&record.id);
        let mut transaction = Transaction::new()
            .if_at_revision(key.clone(), record.revision)
            .put(key, record.encode().map_err(ApiError::internal)?);
        if record.revision == Revision::default() {
            let key = keys::caller_reference(&self.config.caller_reference);
            transaction = transaction.if_absent(key.clone()).put(key, record.id.as_bytes());
        }
        transaction = self.use_controls(transaction, withdrawn);
        for alias in names.aliases.difference(&held.aliases) {
            let key = keys::alias(alias);
            let free = self.abandoned.get(&key).copied().unwrap_or_default();
            transaction = transaction.if_at_revision(key.clone(), free).put(key, record.id.as_bytes());
        }
        let mut given_up: Vec<String> = held.aliases.difference(&names.aliases).cloned().collect();
        let room = MAX_OPERATIONS.saturating_sub(transaction.writes.len()).min(given_up.len());
        let left_over = given_up.split_off(room);
        transaction = given_up.iter().fold(transaction, |so_far, alias| so_far.delete(keys::alias(alias)));
        Ok((transaction, left_over))
    }

    fn use_controls(&self, transaction: Transaction, withdrawn: Revision) -> Transaction {
        let uses = keys::origin_access_control_uses(&self.record.id);
        match (self.names.controls.is_empty(), self.held.controls.is_empty()) {
            (true, true) => transaction,
            (true, false) => transaction.delete(uses),
            (false, _) => transaction
                .if_at_revision(keys::ORIGIN_ACCESS_CONTROLS_WITHDRAWN, withdrawn)
                .put(keys::ORIGIN_ACCESS_CONTROLS_USED, self.record.id.as_bytes())
                .put(uses, self.names.uses()),
        }
    }

    /// Looks at what got in the way. `Ok` says that another attempt may succeed.
    async fn resolve(&mut self, api: &Api, key: &str) -> Result<(), ApiError> {
        if key.starts_with(keys::ALIASES) {
            return self.resolve_alias(api, key).await;
        }
        if key == keys::ORIGIN_ACCESS_CONTROLS_WITHDRAWN {
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
                let text =
                    format!("The alternate domain name {alias} is already used by another distribution.");
                return Err(ApiError::new(ErrorCode::CNAMEAlreadyExists, text));
            }
        }
        self.abandoned.insert(key.to_owned(), claim.revision);
        Ok(())
    }

    async fn already_exists(&self, api: &Api, key: &str) -> Result<ApiError, ApiError> {
        let document = api.store.read(key).await?;
        let id = document.and_then(|document| String::from_utf8(document.value).ok()).unwrap_or_default();
        let text = format!(
            "The caller reference that you are using is associated with the existing distribution {id}."
        );
        Ok(ApiError::new(ErrorCode::DistributionAlreadyExists, text))
    }

    /// Deletes claims that did not fit. A failure does no harm: an abandoned claim is free for whoever wants the name.
    async fn give_up(&self, api: &Api, left_over: Vec<String>, revision: Revision) {
        let record_key = keys::distribution(&self.record.id);
        for alias in left_over {
            let key = keys::alias(&alias);
            let Ok(Some(claim)) = api.store.read(&key).await else { continue };
            if claim.value != self.record.id.as_bytes() {
                continue;
            }
            let transaction = Transaction::new()
                .if_at_revision(record_key.clone(), revision)
                .if_at_revision(key.clone(), claim.revision)
                .delete(key);
            if let Err(error) = api.store.commit(transaction).await {
                tracing::debug!(alias, %error, "the claim of a name that was given up stays for now");
            }
        }
    }
}
