//! Reading distributions. Nothing here changes anything.

use shapes::{DistributionList, DistributionSummary};
use store::Document;

use super::{load, present};
use crate::error::ApiError;
use crate::http::{PageRequest, Reply};
use crate::operations::Call;
use crate::records::{DistributionRecord, keys};

/// `GetDistribution`
pub(crate) async fn read(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call.api, call.label("Id")).await?;
    let config = record.config().map_err(ApiError::internal)?;
    let shown = present::distribution(call.api, &record, config).await?;
    Ok(Reply::document(call.operation(), &shown).etag(&record.etag))
}

/// `GetDistributionConfig`
pub(crate) async fn read_config(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call.api, call.label("Id")).await?;
    let config = record.config().map_err(ApiError::internal)?;
    Ok(Reply::document(call.operation(), &config).etag(&record.etag))
}

/// `ListDistributions`, in the order of the ids
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let asked = PageRequest::of(&call.request)?;
    let after = keys::distribution(&asked.marker);
    let page = call.api.store.list(keys::DISTRIBUTIONS, Some(&after), asked.limit()).await?;
    let items: Vec<_> = page.documents.iter().filter_map(|document| summary(call, document)).collect();
    let is_truncated = page.next_after.is_some();
    let list = DistributionList {
        marker: asked.marker,
        next_marker: page.next_after.as_deref().map(|key| keys::last_part(key).to_owned()),
        max_items: asked.max_items,
        is_truncated,
        quantity: i32::try_from(items.len()).unwrap_or(i32::MAX),
        items,
    };
    Ok(Reply::document(call.operation(), &list))
}

/// A record that is damaged is left out, so that the others can still be listed.
fn summary(call: &Call<'_>, document: &Document) -> Option<DistributionSummary> {
    let record = DistributionRecord::decode(document).map_err(ApiError::internal);
    let summary = record.and_then(|record| present::summary(call.api, &record));
    summary.inspect_err(|error| tracing::error!(key = document.key, ?error, "left out of a list")).ok()
}
