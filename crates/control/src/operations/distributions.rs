//! Distributions: create, read, replace, delete, list.

mod change;
mod draft;
mod names;
mod present;
mod read;
mod remove;

use shapes::ErrorCode;

use crate::api::Api;
use crate::error::ApiError;
use crate::records::{DistributionRecord, keys};

pub(crate) use change::{create, create_with_tags, update};
pub(crate) use names::is_use_of;
pub(crate) use read::{list, read, read_config};
pub(crate) use remove::delete;

/// The record of a distribution that a caller names.
pub(crate) async fn load(api: &Api, id: &str) -> Result<DistributionRecord, ApiError> {
    let document = api.find(keys::distribution, id).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::NoSuchDistribution, "The specified distribution does not exist.")
    })?;
    DistributionRecord::decode(&document).map_err(ApiError::internal)
}
