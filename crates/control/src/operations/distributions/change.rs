//! Creating and replacing a distribution.
//!
//! Create is lenient and fills in defaults; update is strict and replaces everything (control plane 0, point 4).

use shapes::{Distribution, DistributionConfig, DistributionConfigWithTags, ErrorCode, Tag};
use store::Revision;

use super::draft::Draft;
use super::{load, present};
use crate::api::Api;
use crate::deployment::IN_PROGRESS;
use crate::error::ApiError;
use crate::http::Reply;
use crate::ids;
use crate::operations::{Call, tags};
use crate::records::DistributionRecord;

/// `CreateDistribution`
pub(crate) async fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    create_from(call, call.document()?, Vec::new()).await
}

/// `CreateDistributionWithTags`
pub(crate) async fn create_with_tags(call: &Call<'_>) -> Result<Reply, ApiError> {
    let document: DistributionConfigWithTags = call.document()?;
    let quotas = &call.api.settings.environment.quotas;
    let tags = tags::merged(Vec::new(), document.tags.items, quotas)?;
    create_from(call, document.distribution_config, tags).await
}

async fn create_from(
    call: &Call<'_>,
    mut config: DistributionConfig,
    tags: Vec<Tag>,
) -> Result<Reply, ApiError> {
    let api = call.api;
    compile::defaults(&mut config);
    compile::normalize(&mut config);
    let record = Draft::new(new_record(api, tags)?, config.clone(), None).commit(api).await?;
    let location = api.location(&format!("distribution/{}", record.id));
    Ok(written(call, &record, config).await?.location(location))
}

/// `UpdateDistribution`
pub(crate) async fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let config: DistributionConfig = call.document()?;
    let version = call.version()?;
    let record = load(call.api, call.label("Id")).await?;
    version.must_be(&record.etag)?;
    let current = record.config().map_err(ApiError::internal)?;
    let config = complete(call.api, config, &current)?;
    let record = DistributionRecord { etag: ids::id()?, last_modified_ms: call.api.now_ms(), ..record };
    let record = Draft::new(record, config.clone(), Some(&current)).commit(call.api).await?;
    written(call, &record, config).await
}

/// What is to take the place of `current`, as it would be kept.
pub(super) fn complete(
    api: &Api,
    mut config: DistributionConfig,
    current: &DistributionConfig,
) -> Result<DistributionConfig, ApiError> {
    if config.caller_reference != current.caller_reference {
        return Err(caller_reference_changed());
    }
    if api.settings.strict_update {
        compile::check_update(&config).into_result()?;
    }
    compile::defaults(&mut config);
    compile::normalize(&mut config);
    Ok(config)
}

/// The answer to a write: `InProgress`, although the edge has been given the time to make it `Deployed`.
async fn written(
    call: &Call<'_>,
    record: &DistributionRecord,
    config: DistributionConfig,
) -> Result<Reply, ApiError> {
    let api = call.api;
    api.let_it_deploy(record.revision).await;
    let warnings = compile::support::warnings(&config);
    let shown = present::distribution(api, record, config).await?;
    let shown = Distribution { status: IN_PROGRESS.into(), ..shown };
    Ok(call.reply(&shown).etag(&record.etag).warnings(warnings))
}

fn new_record(api: &Api, tags: Vec<Tag>) -> Result<DistributionRecord, ApiError> {
    let id = ids::id()?;
    let name = id.get(1..).unwrap_or_default().to_ascii_lowercase();
    Ok(DistributionRecord {
        arn: format!("arn:aws:cloudfront::{}:distribution/{id}", api.settings.account_id),
        etag: ids::id()?,
        domain_name: format!("d{name}.{}", api.settings.domain_suffix),
        last_modified_ms: api.now_ms(),
        tags,
        config_xml: String::new(),
        revision: Revision::default(),
        config_revision: Revision::default(),
        id,
    })
}

fn caller_reference_changed() -> ApiError {
    ApiError::new(
        ErrorCode::IllegalUpdate,
        "CallerReference cannot be changed. Accepted: the value that the distribution was created with.",
    )
    .at("CallerReference")
}
