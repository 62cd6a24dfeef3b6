//! A kept distribution as callers see it. Everything that is computed (status, counts, active signers) is computed here.

use std::collections::BTreeSet;

use shapes::{
    ActiveTrustedKeyGroups, ActiveTrustedSigners, Counted, Distribution, DistributionConfig,
    DistributionSummary, KGKeyPairIds, Signer, Timestamp, TrustedKeyGroups, TrustedSigners,
};
use store::Revision;

use super::names::Names;
use crate::api::Api;
use crate::error::ApiError;
use crate::operations::invalidations;
use crate::records::{DistributionRecord, keys};

/// A distribution by itself.
pub(super) async fn distribution(
    api: &Api,
    record: &DistributionRecord,
    config: DistributionConfig,
) -> Result<Distribution, ApiError> {
    Ok(Distribution {
        id: record.id.clone(),
        arn: record.arn.clone(),
        status: status(api, record, &config, references_changed(api).await?).await?.into(),
        last_modified_time: Timestamp::from_unix_milliseconds(record.last_modified_ms),
        in_progress_invalidation_batches: invalidations::in_progress(api, &record.id).await?.batches,
        domain_name: record.domain_name.clone(),
        active_trusted_signers: Some(active_signers(&config)),
        active_trusted_key_groups: Some(active_key_groups(&config)),
        distribution_config: config,
        alias_icp_recordals: Vec::new(),
    })
}

/// The commit that last changed anything that configurations may refer to.
pub(super) async fn references_changed(api: &Api) -> Result<Revision, ApiError> {
    api.revision_of(keys::REFERENCES_CHANGED).await
}

/// A distribution in a list; what [`references_changed`] answers is read once for all of it.
pub(super) async fn summary(
    api: &Api,
    record: &DistributionRecord,
    references_changed: Revision,
) -> Result<DistributionSummary, ApiError> {
    let config = record.config().map_err(ApiError::internal)?;
    let status = status(api, record, &config, references_changed).await?;
    Ok(summary_of(record, config, status))
}

/// A distribution in a list with this status.
pub(super) fn summary_of(
    record: &DistributionRecord,
    config: DistributionConfig,
    status: &str,
) -> DistributionSummary {
    DistributionSummary {
        id: record.id.clone(),
        arn: record.arn.clone(),
        etag: Some(record.etag.clone()),
        status: status.into(),
        last_modified_time: Timestamp::from_unix_milliseconds(record.last_modified_ms),
        domain_name: record.domain_name.clone(),
        aliases: config.aliases.unwrap_or_default(),
        origins: config.origins,
        origin_groups: config.origin_groups,
        default_cache_behavior: config.default_cache_behavior,
        cache_behaviors: config.cache_behaviors.unwrap_or_default(),
        custom_error_responses: config.custom_error_responses.unwrap_or_default(),
        comment: config.comment,
        price_class: config.price_class.unwrap_or_default(),
        enabled: config.enabled,
        viewer_certificate: config.viewer_certificate.unwrap_or_default(),
        restrictions: config.restrictions.unwrap_or_default(),
        web_acl_id: config.web_acl_id.unwrap_or_default(),
        http_version: config.http_version.unwrap_or_default(),
        is_ipv6_enabled: config.is_ipv6_enabled.unwrap_or_default(),
        alias_icp_recordals: Vec::new(),
        staging: config.staging.unwrap_or_default(),
        connection_mode: config.connection_mode,
        anycast_ip_list_id: config.anycast_ip_list_id,
        viewer_mtls_config: config.viewer_mtls_config,
        connection_function_association: config.connection_function_association,
    }
}

/// A distribution is deployed when the edge serves its configuration, with everything that it refers to as it is now.
async fn status(
    api: &Api,
    record: &DistributionRecord,
    config: &DistributionConfig,
    references_changed: Revision,
) -> Result<&'static str, ApiError> {
    let mut revision = record.config_revision;
    // What the edge has not taken yet is nearly always nothing; only otherwise it matters who refers to it.
    if !api.deployment.is_deployed(references_changed) {
        revision = revision.max(Names::of(config).revision(api).await?);
    }
    Ok(api.deployment.distribution_status(revision))
}

/// Every account that some behavior trusts, each once.
fn active_signers(config: &DistributionConfig) -> ActiveTrustedSigners {
    let of_behaviors =
        config.cache_behaviors.iter().flatten().map(|behavior| &behavior.settings.trusted_signers);
    let all = [&config.default_cache_behavior.trusted_signers].into_iter().chain(of_behaviors);
    let enabled: Vec<&TrustedSigners> = all.flatten().filter(|signers| signers.enabled).collect();
    let accounts: BTreeSet<&String> = enabled.iter().flat_map(|signers| &signers.items).collect();
    let signer = |account: &String| Signer {
        aws_account_number: Some(account.clone()),
        key_pair_ids: Some(Counted::default()),
    };
    let items: Counted<Signer> = accounts.into_iter().map(signer).collect();
    ActiveTrustedSigners { enabled: !enabled.is_empty(), quantity: items.quantity, items: items.items }
}

/// Every key group that some behavior trusts, each once.
fn active_key_groups(config: &DistributionConfig) -> ActiveTrustedKeyGroups {
    let of_behaviors =
        config.cache_behaviors.iter().flatten().map(|behavior| &behavior.settings.trusted_key_groups);
    let all = [&config.default_cache_behavior.trusted_key_groups].into_iter().chain(of_behaviors);
    let enabled: Vec<&TrustedKeyGroups> = all.flatten().filter(|groups| groups.enabled).collect();
    let ids: BTreeSet<&String> = enabled.iter().flat_map(|groups| &groups.items).collect();
    let group =
        |id: &String| KGKeyPairIds { key_group_id: Some(id.clone()), key_pair_ids: Some(Counted::default()) };
    let items: Counted<KGKeyPairIds> = ids.into_iter().map(group).collect();
    ActiveTrustedKeyGroups { enabled: !enabled.is_empty(), quantity: items.quantity, items: items.items }
}
