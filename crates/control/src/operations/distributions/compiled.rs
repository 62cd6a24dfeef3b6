//! A distribution as the edge would serve it, for questions: as it is kept, or with another configuration that is not kept.

use compile::Identity;
use rules::model::Distribution;
use shapes::DistributionConfig;

use super::{change, load, names};
use crate::api::Api;
use crate::error::ApiError;
use crate::records::DistributionRecord;

/// The distribution as it is kept.
pub(crate) async fn compiled(api: &Api, id: &str) -> Result<Distribution, ApiError> {
    let record = load(api, id).await?;
    let config = record.config().map_err(ApiError::internal)?;
    compile(api, record, &config).await
}

/// The distribution as it would be after an update, which is judged like one and writes nothing.
pub(crate) async fn compiled_instead(
    api: &Api,
    id: &str,
    config: DistributionConfig,
) -> Result<Distribution, ApiError> {
    let record = load(api, id).await?;
    let current = record.config().map_err(ApiError::internal)?;
    let config = change::complete(api, config, &current)?;
    compile(api, record, &config).await
}

async fn compile(
    api: &Api,
    record: DistributionRecord,
    config: &DistributionConfig,
) -> Result<Distribution, ApiError> {
    let references = names::references(api, config).await?;
    let DistributionRecord { id, arn, etag, domain_name, .. } = record;
    let identity = Identity { id, arn, etag, domain_name };
    Ok(compile::distribution(&identity, config, &references, &api.settings.environment)?)
}
