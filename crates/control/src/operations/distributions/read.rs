//! Reading distributions. Nothing here changes anything.

use shapes::DistributionList;

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
    let mut items = Vec::with_capacity(page.documents.len());
    for document in &page.documents {
        let record = DistributionRecord::decode(document).map_err(ApiError::internal)?;
        items.push(present::summary(call.api, &record)?);
    }
    let is_truncated = page.next_after.is_some();
    let list = DistributionList {
        marker: asked.marker,
        next_marker: items.last().filter(|_| is_truncated).map(|last| last.id.clone()),
        max_items: asked.max_items,
        is_truncated,
        quantity: i32::try_from(items.len()).unwrap_or(i32::MAX),
        items,
    };
    Ok(Reply::document(call.operation(), &list))
}
