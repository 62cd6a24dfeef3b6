//! Deleting a distribution, with everything that it held.

use shapes::ErrorCode;
use store::{Revision, Transaction};

use super::load;
use super::names::Names;
use super::plan::Plan;
use crate::error::ApiError;
use crate::http::Reply;
use crate::operations::{Call, invalidations};
use crate::quotas::Counted;
use crate::records::keys;

/// `DeleteDistribution`
pub(crate) async fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let version = call.version()?;
    api.prepare().await?;
    let record = load(api, call.label("Id")).await?;
    version.must_be(&record.etag)?;
    let config = record.config().map_err(ApiError::internal)?;
    if config.enabled || !api.deployment.is_deployed(record.config_revision) {
        return Err(not_disabled());
    }
    let key = keys::distribution(&record.id);
    let transaction = Transaction::new()
        .if_at_revision(key.clone(), record.revision)
        .delete(key)
        .delete(keys::caller_reference(&config.caller_reference))
        // Invalidations may be many; they follow, and the mark makes sure that they do.
        .put(keys::deleted(&record.id), Vec::new());
    let names = Names::of(&config);
    let mut plan = Plan::new(transaction, &record.id);
    plan.end(names.uses(&record.id));
    plan.give_up(names.aliases.iter().map(|alias| keys::alias(alias)));
    plan.prepare(api).await?;
    let revision = api.store.commit(plan.transaction.clone()).await?;
    api.leave_seat(Counted::Distributions);
    plan.clear(api, Revision::default()).await;
    if let Err(error) = invalidations::sweep(api).await {
        tracing::warn!(%error, "what belonged to a deleted distribution stays until the next sweep");
    }
    api.let_it_deploy(revision).await;
    Ok(Reply::empty(call.operation()))
}

fn not_disabled() -> ApiError {
    ApiError::new(
        ErrorCode::DistributionNotDisabled,
        "The distribution you are trying to delete has not been disabled. Accepted: one with Enabled false and the status Deployed.",
    )
}
