//! Deleting a distribution, with everything that it held.

use shapes::ErrorCode;
use store::Transaction;

use super::load;
use super::names::Names;
use crate::error::ApiError;
use crate::http::Reply;
use crate::operations::{Call, invalidations};
use crate::records::keys;

/// `DeleteDistribution`
pub(crate) async fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let version = call.version()?;
    let record = load(api, call.label("Id")).await?;
    version.must_be(&record.etag)?;
    let config = record.config().map_err(ApiError::internal)?;
    if config.enabled || !api.deployment.is_deployed(record.config_revision) {
        return Err(not_disabled());
    }
    let key = keys::distribution(&record.id);
    let mut transaction = Transaction::new()
        .if_at_revision(key.clone(), record.revision)
        .delete(key)
        .delete(keys::caller_reference(&config.caller_reference))
        .delete(keys::origin_access_control_uses(&record.id))
        // Invalidations may be many; they follow, and the mark makes sure that they do.
        .put(keys::deleted(&record.id), Vec::new());
    for alias in Names::of(&config).aliases {
        transaction = transaction.delete(keys::alias(&alias));
    }
    let revision = api.store.commit(transaction).await?;
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
