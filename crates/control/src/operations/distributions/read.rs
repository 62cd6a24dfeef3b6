//! Reading distributions. Nothing here changes anything.

use shapes::DistributionSummary;
use store::{Document, Revision};

use super::{load, present};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Listing, PageRequest, Reply, list_of};
use crate::operations::Call;
use crate::records::{DistributionRecord, keys};

/// `GetDistribution`
pub(crate) async fn read(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call.api, call.label("Id")).await?;
    let config = record.config().map_err(ApiError::internal)?;
    let shown = present::distribution(call.api, &record, config).await?;
    Ok(call.reply(&shown).etag(&record.etag))
}

/// `GetDistributionConfig`
pub(crate) async fn read_config(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call.api, call.label("Id")).await?;
    let config = record.config().map_err(ApiError::internal)?;
    Ok(call.reply(&config).etag(&record.etag))
}

/// `ListDistributions`, in the order of the ids
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let page = PageRequest::of(&call.request)?.read(&*call.api.store, keys::DISTRIBUTIONS).await?;
    let Listing { asked, items: documents, next_marker } = page;
    let changed = present::references_changed(call.api).await?;
    let mut items = Vec::with_capacity(documents.len());
    for document in &documents {
        items.extend(summary(call.api, document, changed).await);
    }
    let page = Listing { asked, items, next_marker };
    Ok(call.reply(&list_of!(DistributionList, page)))
}

/// The distributions with these ids as lists show them, without those that are gone or damaged.
pub(crate) async fn summaries(api: &Api, ids: &[String]) -> Result<Vec<DistributionSummary>, ApiError> {
    let changed = present::references_changed(api).await?;
    let mut summaries = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(document) = api.find(keys::distribution, id).await? {
            summaries.extend(summary(api, &document, changed).await);
        }
    }
    Ok(summaries)
}

/// A record that is damaged is left out, so that the others can still be listed.
async fn summary(
    api: &Api,
    document: &Document,
    references_changed: Revision,
) -> Option<DistributionSummary> {
    let summary = match DistributionRecord::decode(document).map_err(ApiError::internal) {
        Ok(record) => present::summary(api, &record, references_changed).await,
        Err(error) => Err(error),
    };
    summary.inspect_err(|error| tracing::error!(key = document.key, ?error, "left out of a list")).ok()
}
