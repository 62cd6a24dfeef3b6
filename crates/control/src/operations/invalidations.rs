//! Invalidations: create, read, list, and the removal of those whose distribution is gone.
//!
//! An invalidation is written once; its status is computed from what the edge serves.

use compile::Quotas;
use shapes::{ErrorCode, Invalidation, InvalidationBatch, InvalidationSummary, Timestamp};
use store::{CommitError, Document, Transaction};

use super::{Call, distributions};
use crate::api::Api;
use crate::deployment::IN_PROGRESS;
use crate::error::ApiError;
use crate::http::{Listing, PageRequest, Reply, list_of};
use crate::ids;
use crate::records::{self, InvalidationRecord, keys};

/// How often a create is tried when another one with the same caller reference gets in its way.
const MAX_ATTEMPTS: usize = 3;

/// How many records are read at once when those in progress are counted.
const COUNT_PAGE: usize = 50;

/// How many documents one transaction of a sweep deletes.
const SWEEP_PAGE: usize = 100;

/// How many transactions one sweep makes; the next one goes on.
const SWEEP_TRANSACTIONS: usize = 1000;

/// `CreateInvalidation`
pub(crate) async fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let batch: InvalidationBatch = call.document()?;
    let distribution = distributions::load(api, call.label("DistributionId")).await?;
    let quotas = &api.settings.environment.quotas;
    compile::invalidation_batch(&batch, quotas)?;
    for _ in 0..MAX_ATTEMPTS {
        if let Some(first) = with_reference(api, &distribution.id, &batch.caller_reference).await? {
            return repeated(call, first, &batch);
        }
        check_room(in_progress(api, &distribution.id).await?, &batch, quotas)?;
        let record = InvalidationRecord {
            distribution_id: distribution.id.clone(),
            id: ids::invalidation_id()?,
            number: api.next_place(),
            create_time_ms: api.now_ms(),
            batch: batch.clone(),
            revision: store::Revision::default(),
        };
        match api.store.commit(transaction(&record)?).await {
            Ok(revision) => {
                api.let_it_deploy(revision).await;
                return Ok(created(call, record));
            }
            Err(CommitError::Conflict { key }) if key == keys::distribution(&distribution.id) => {
                distributions::load(api, &distribution.id).await?;
            }
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(too_large(error)),
        }
    }
    Err(ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again."))
}

/// `GetInvalidation`
pub(crate) async fn read(call: &Call<'_>) -> Result<Reply, ApiError> {
    let distribution = distributions::load(call.api, call.label("DistributionId")).await?;
    let record = with_id(call.api, &distribution.id, call.label("Id")).await?.ok_or_else(|| {
        ApiError::new(
            ErrorCode::NoSuchInvalidation,
            "The specified invalidation does not exist. Accepted: the Id of one that ListInvalidations has.",
        )
    })?;
    let status = call.api.deployment.invalidation_status(record.revision);
    Ok(call.reply(&shown(record, status)))
}

/// `ListInvalidations`, the newest first
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let asked = PageRequest::of(&call.request)?;
    let distribution = distributions::load(api, call.label("DistributionId")).await?;
    let after = match asked.marker.as_str() {
        "" => None,
        marker => Some(with_id(api, &distribution.id, marker).await?.ok_or_else(unknown_marker)?.key()),
    };
    let page =
        api.store.list(&keys::invalidations(&distribution.id), after.as_deref(), asked.limit()).await?;
    let items =
        page.documents.iter().map(|document| summary(api, document)).collect::<Result<Vec<_>, _>>()?;
    let next_marker = items.last().filter(|_| page.next_after.is_some()).map(|last| last.id.clone());
    let listing = Listing { asked, items, next_marker };
    Ok(call.reply(&list_of!(InvalidationList, listing)))
}

/// What the edge has not carried out yet.
#[derive(Debug, Default)]
pub(crate) struct InProgress {
    /// Invalidations.
    pub(crate) batches: i32,
    plain_paths: usize,
    wildcard_paths: usize,
}

/// Counts what the edge has not carried out yet. When there is nothing, which is nearly always, one small read tells.
pub(crate) async fn in_progress(api: &Api, distribution_id: &str) -> Result<InProgress, ApiError> {
    let mut count = InProgress::default();
    let newest = api.revision_of(&keys::newest_invalidation(distribution_id)).await?;
    if api.deployment.is_deployed(newest) {
        return Ok(count);
    }
    let (prefix, mut after) = (keys::invalidations(distribution_id), None);
    loop {
        let page = api.store.list(&prefix, after.as_deref(), COUNT_PAGE).await?;
        let total = page.documents.len();
        let open = page.documents.iter().filter(|document| !api.deployment.is_deployed(document.revision));
        let before = count.batches;
        for document in open {
            count.add(&InvalidationRecord::decode(document).map_err(ApiError::internal)?);
        }
        // The newest come first: behind a page that is done there is nothing to do.
        if page.next_after.is_none() || total == 0 || count.batches == before {
            return Ok(count);
        }
        after = page.next_after;
    }
}

/// Deletes the invalidations of deleted distributions. What one call leaves over the next one finds.
pub(crate) async fn sweep(api: &Api) -> Result<(), ApiError> {
    let mut transactions = 0;
    let page = api.store.list(keys::DELETED, None, SWEEP_PAGE).await?;
    for mark in page.documents {
        let id = mark.key.strip_prefix(keys::DELETED).unwrap_or_default();
        for prefix in [keys::invalidations(id), keys::invalidation_ids(id), keys::invalidation_references(id)]
        {
            loop {
                let page = api.store.list(&prefix, None, SWEEP_PAGE).await?;
                if page.documents.is_empty() {
                    break;
                }
                transactions += 1;
                if transactions > SWEEP_TRANSACTIONS {
                    return Ok(());
                }
                let keys = page.documents.into_iter().map(|document| document.key);
                api.store.commit(keys.fold(Transaction::new(), Transaction::delete)).await?;
            }
        }
        let done = Transaction::new().delete(keys::newest_invalidation(id)).delete(mark.key.clone());
        api.store.commit(done).await?;
    }
    Ok(())
}

// === impl InProgress ===

impl InProgress {
    fn add(&mut self, record: &InvalidationRecord) {
        let (plain, wildcards) = path_counts(&record.batch);
        self.batches = self.batches.saturating_add(1);
        self.plain_paths += plain;
        self.wildcard_paths += wildcards;
    }
}

fn path_counts(batch: &InvalidationBatch) -> (usize, usize) {
    let wildcards = batch.paths.iter().filter(|path| path.ends_with('*')).count();
    (batch.paths.len() - wildcards, wildcards)
}

fn check_room(open: InProgress, batch: &InvalidationBatch, quotas: &Quotas) -> Result<(), ApiError> {
    let (plain, wildcards) = path_counts(batch);
    let (max_plain, max_wildcards) = (quotas.max_invalidation_paths, quotas.max_invalidation_wildcards);
    let fits = open.plain_paths + plain <= max_plain && open.wildcard_paths + wildcards <= max_wildcards;
    if fits {
        return Ok(());
    }
    let text = format!(
        "Too many invalidation paths would be in progress. Accepted: {max_plain} paths and {max_wildcards} paths with a \
         wildcard at once."
    );
    Err(ApiError::new(ErrorCode::TooManyInvalidationsInProgress, text).at("Paths"))
}

fn transaction(record: &InvalidationRecord) -> Result<Transaction, ApiError> {
    let id = record.distribution_id.as_str();
    let reference = keys::invalidation_reference(id, &record.batch.caller_reference);
    let number = record.number.to_string();
    Ok(Transaction::new()
        .if_exists(keys::distribution(id))
        .if_absent(reference.clone())
        .if_absent(record.key())
        .put(record.key(), record.encode().map_err(ApiError::internal)?)
        .put(reference, number.as_bytes())
        .put(keys::invalidation_id(id, &record.id), number.as_bytes())
        .put(keys::newest_invalidation(id), record.id.as_bytes()))
}

async fn with_reference(
    api: &Api,
    distribution_id: &str,
    reference: &str,
) -> Result<Option<InvalidationRecord>, ApiError> {
    let index = api.store.read(&keys::invalidation_reference(distribution_id, reference)).await?;
    behind(api, distribution_id, index).await
}

async fn with_id(api: &Api, distribution_id: &str, id: &str) -> Result<Option<InvalidationRecord>, ApiError> {
    let index = api.find(|id| keys::invalidation_id(distribution_id, id), id).await?;
    behind(api, distribution_id, index).await
}

/// The invalidation whose number an index holds.
async fn behind(
    api: &Api,
    distribution_id: &str,
    index: Option<Document>,
) -> Result<Option<InvalidationRecord>, ApiError> {
    let Some(index) = index else { return Ok(None) };
    let number = records::decode_number(&index.key, &index.value).map_err(ApiError::internal)?;
    let document = api.store.read(&keys::invalidation(distribution_id, number)).await?;
    document.map(|document| InvalidationRecord::decode(&document)).transpose().map_err(ApiError::internal)
}

/// A caller reference again: harmless with the same paths, in whatever order (control plane 3.2).
fn repeated(
    call: &Call<'_>,
    first: InvalidationRecord,
    batch: &InvalidationBatch,
) -> Result<Reply, ApiError> {
    let sorted = |batch: &InvalidationBatch| {
        let mut paths = batch.paths.items.clone();
        paths.sort_unstable();
        paths
    };
    if sorted(&first.batch) == sorted(batch) {
        return Ok(created(call, first));
    }
    let text = format!(
        "Your request contains a caller reference that was used for a previous invalidation batch for the same \
         distribution. It is {}, of other paths. Accepted: a new caller reference.",
        first.id
    );
    Err(ApiError::new(ErrorCode::InvalidationBatchAlreadyExists, text).at("CallerReference"))
}

fn created(call: &Call<'_>, record: InvalidationRecord) -> Reply {
    let path = format!("distribution/{}/invalidation/{}", record.distribution_id, record.id);
    call.reply(&shown(record, IN_PROGRESS)).location(call.api.location(&path))
}

fn shown(record: InvalidationRecord, status: &str) -> Invalidation {
    Invalidation {
        id: record.id,
        status: status.into(),
        create_time: Timestamp::from_unix_milliseconds(record.create_time_ms),
        invalidation_batch: record.batch,
    }
}

fn summary(api: &Api, document: &Document) -> Result<InvalidationSummary, ApiError> {
    let record = InvalidationRecord::decode(document).map_err(ApiError::internal)?;
    Ok(InvalidationSummary {
        id: record.id,
        create_time: Timestamp::from_unix_milliseconds(record.create_time_ms),
        status: api.deployment.invalidation_status(record.revision).into(),
    })
}

fn unknown_marker() -> ApiError {
    ApiError::invalid(
        "The parameter Marker is not the id of an invalidation of this distribution. Accepted: the NextMarker of a page.",
    )
    .at("Marker")
}

/// A batch that cannot be kept has a code of its own.
fn too_large(error: CommitError) -> ApiError {
    let error = ApiError::from(error);
    let code =
        if error.code == ErrorCode::EntitySizeLimitExceeded { ErrorCode::BatchTooLarge } else { error.code };
    ApiError { code, ..error }
}
