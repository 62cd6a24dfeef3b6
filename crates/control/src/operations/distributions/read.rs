//! Reading distributions. Nothing here changes anything.

use std::sync::Arc;

use shapes::DistributionSummary;
use store::{Document, Known, Revision};

use super::written::{self, Entry};
use super::{load, present};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Form, Listing, PageRequest, Reply, list_of};
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
    let asked = PageRequest::of(&call.request)?;
    match call.wanted {
        Form::Xml => list_written(call, asked).await,
        Form::Json => list_anew(call, asked).await,
    }
}

/// A page of which everything is read.
async fn list_anew(call: &Call<'_>, asked: PageRequest) -> Result<Reply, ApiError> {
    let page = asked.read(&*call.api.store, keys::DISTRIBUTIONS).await?;
    let Listing { asked, items: documents, next_marker } = page;
    let changed = present::references_changed(call.api).await?;
    let mut items = Vec::with_capacity(documents.len());
    for document in &documents {
        items.extend(summary(call.api, document, changed).await);
    }
    let page = Listing { asked, items, next_marker };
    Ok(call.reply(&list_of!(DistributionList, page)))
}

/// A page of which only what has changed since it was last written is read.
async fn list_written(call: &Call<'_>, asked: PageRequest) -> Result<Reply, ApiError> {
    let kept = Arc::clone(&call.api.summaries);
    let known: Known = Box::new(move |key, revision| kept.get(keys::last_part(key), revision).is_some());
    let page = asked.clone().read_unknown(&*call.api.store, keys::DISTRIBUTIONS, known).await?;
    let changed = present::references_changed(call.api).await?;
    if !call.api.deployment.is_deployed(changed) {
        // For a moment, the status of an entry depends on what its configuration refers to.
        return list_anew(call, asked).await;
    }
    let mut entries = Vec::with_capacity(page.items.len());
    for document in page.items {
        entries.extend(entry(call.api, document).await?);
    }
    let page = Listing { asked, items: entries, next_marker: page.next_marker };
    Ok(Reply::written(call.operation(), Form::Xml, written::list(page, &call.api.deployment)))
}

/// An entry that is written already, or is written now. A damaged record is left out, one that is gone too.
async fn entry(api: &Api, document: Document) -> Result<Option<Arc<Entry>>, ApiError> {
    let known = api.summaries.get(keys::last_part(&document.key), document.revision);
    if known.is_some() {
        return Ok(known);
    }
    // It may have made room for another one since the page was read.
    let document =
        if document.value.is_empty() { api.store.read(&document.key).await? } else { Some(document) };
    let Some(document) = document else { return Ok(None) };
    let written = DistributionRecord::decode(&document).and_then(|record| {
        let summary = present::summary_of(&record, record.config()?, "");
        Ok(Arc::new(Entry::new(record.revision, record.config_revision, &summary)))
    });
    match written {
        Ok(entry) => {
            api.summaries.put(&entry);
            Ok(Some(entry))
        }
        Err(error) => {
            tracing::error!(key = document.key, %error, "left out of a list");
            Ok(None)
        }
    }
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
