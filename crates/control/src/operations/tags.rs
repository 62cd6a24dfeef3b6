//! Tags of distributions, addressed by ARN.
//!
//! Tags are part of the distribution's record but not of its configuration: they change neither its version nor its
//! status.

use std::collections::{BTreeMap, BTreeSet};

use compile::Quotas;
use shapes::{ErrorCode, Tag, TagKeys, Tags};
use store::{CommitError, Transaction};

use super::Call;
use crate::error::ApiError;
use crate::http::Reply;
use crate::records::{DistributionRecord, keys};

/// How often a change is tried when others change the same record.
const MAX_ATTEMPTS: usize = 8;

/// `TagResource`
pub(crate) async fn tag(call: &Call<'_>) -> Result<Reply, ApiError> {
    let document: Tags = call.document()?;
    let quotas = &call.api.settings.environment.quotas;
    change(call, |tags| merged(tags, document.items.clone(), quotas)).await
}

/// `UntagResource`
pub(crate) async fn untag(call: &Call<'_>) -> Result<Reply, ApiError> {
    let document: TagKeys = call.document()?;
    let going: BTreeSet<&String> = document.items.iter().collect();
    change(call, |tags| Ok(tags.into_iter().filter(|tag| !going.contains(&tag.key)).collect())).await
}

/// `ListTagsForResource`
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = resource(call).await?;
    Ok(call.reply(&Tags { items: record.tags }))
}

/// The tags that a resource has after `added` are attached: the new value of a key replaces the old one.
pub(super) fn merged(present: Vec<Tag>, added: Vec<Tag>, quotas: &Quotas) -> Result<Vec<Tag>, ApiError> {
    let added = Tags { items: added };
    compile::tags(&added, quotas).into_result()?;
    let all = present.into_iter().chain(added.items);
    let by_key: BTreeMap<String, Tag> = all.map(|tag| (tag.key.clone(), tag)).collect();
    let most = quotas.max_tags;
    if by_key.len() > most {
        let text = format!("The resource would have {} tags. Accepted: at most {most}.", by_key.len());
        return Err(ApiError::new(ErrorCode::InvalidTagging, text).at("Items"));
    }
    Ok(by_key.into_values().collect())
}

async fn change(
    call: &Call<'_>,
    changed: impl Fn(Vec<Tag>) -> Result<Vec<Tag>, ApiError>,
) -> Result<Reply, ApiError> {
    for _ in 0..MAX_ATTEMPTS {
        let mut record = resource(call).await?;
        record.tags = changed(std::mem::take(&mut record.tags))?;
        let key = keys::distribution(&record.id);
        let value = record.encode_unchanged().map_err(ApiError::internal)?;
        let transaction = Transaction::new().if_at_revision(key.clone(), record.revision).put(key, value);
        match call.api.store.commit(transaction).await {
            Ok(_) => return Ok(Reply::empty(call.operation())),
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again."))
}

/// The record of the resource that the ARN names. Only distributions have tags.
async fn resource(call: &Call<'_>) -> Result<DistributionRecord, ApiError> {
    let arn = call.request.query("Resource").unwrap_or_default();
    if !arn.starts_with("arn:") {
        return Err(ApiError::invalid(
            "The parameter Resource is not an ARN. Accepted: the ARN of a distribution.",
        )
        .at("Resource"));
    }
    let id = arn.rsplit_once(":distribution/").map_or("", |(_, id)| id);
    let document = call.api.find(keys::distribution, id).await?;
    let record = document.map(|document| DistributionRecord::decode(&document)).transpose();
    let record = record.map_err(ApiError::internal)?.filter(|record| record.arn == arn);
    record.ok_or_else(|| {
        ApiError::new(
            ErrorCode::NoSuchResource,
            "The specified resource does not exist. Accepted: the ARN of a distribution of this account.",
        )
    })
}
