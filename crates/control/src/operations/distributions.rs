//! Distributions: create, read, replace, delete, list.

mod change;
mod compiled;
mod draft;
mod names;
mod plan;
mod present;
mod read;
mod remove;
mod written;

use shapes::ErrorCode;

use crate::api::Api;
use crate::error::ApiError;
use crate::records::{DistributionRecord, keys};

pub(crate) use change::{create, create_with_tags, update};
pub(crate) use compiled::{compiled, compiled_instead};
pub(crate) use names::{keys_of_uses, references, uses_of_web_acl};
pub(crate) use plan::users;
pub(crate) use read::{list, read, read_config, summaries};
pub(crate) use remove::delete;
pub(crate) use written::Summaries;

/// The record of a distribution that a caller names.
pub(crate) async fn load(api: &Api, id: &str) -> Result<DistributionRecord, ApiError> {
    let document = api.find(keys::distribution, id).await?.ok_or_else(|| {
        ApiError::new(
            ErrorCode::NoSuchDistribution,
            "The specified distribution does not exist. Accepted: the Id of one that ListDistributions has.",
        )
    })?;
    DistributionRecord::decode(&document).map_err(ApiError::internal)
}
