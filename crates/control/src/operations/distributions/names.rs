//! What a configuration takes hold of beyond itself: alternate domain names, which only one distribution may have, and
//! origin access controls, which may not be deleted as long as somebody uses them.

use std::collections::{BTreeMap, BTreeSet};

use compile::References;
use shapes::DistributionConfig;
use store::Document;

use crate::api::Api;
use crate::error::ApiError;
use crate::records::{OriginAccessControlRecord, keys};

/// How many different origin access controls are looked up. A configuration with more is refused for its origins.
const MAX_LOOKED_UP: usize = 100;

/// What a configuration takes hold of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Alternate domain names, in lower case.
    pub(super) aliases: BTreeSet<String>,
    /// Ids of origin access controls.
    pub(super) controls: BTreeSet<String>,
}

// === impl Names ===

impl Names {
    pub(super) fn of(config: &DistributionConfig) -> Self {
        let aliases = config.aliases.iter().flatten().map(|alias| alias.to_ascii_lowercase());
        let controls = config.origins.iter().filter_map(|origin| origin.origin_access_control_id.clone());
        Self { aliases: aliases.collect(), controls: controls.filter(|id| !id.is_empty()).collect() }
    }

    /// What compiling needs to know about the rest of the account.
    pub(super) async fn references(&self, api: &Api) -> Result<References, ApiError> {
        let mut origin_access_controls = BTreeMap::new();
        for id in self.controls.iter().take(MAX_LOOKED_UP) {
            if let Some(document) = api.find(keys::origin_access_control, id).await? {
                let record = OriginAccessControlRecord::decode(&document).map_err(ApiError::internal)?;
                origin_access_controls.insert(record.id, record.config);
            }
        }
        Ok(References { origin_access_controls, ..References::default() })
    }

    /// The value that tells which origin access controls a distribution uses: one id on each line.
    pub(super) fn uses(&self) -> String {
        self.controls.iter().map(|id| format!("{id}\n")).collect()
    }
}

/// Whether a value written from [`Names::uses`] names the origin access control.
pub(crate) fn is_use_of(document: &Document, control_id: &str) -> bool {
    document.value.split(|byte| *byte == b'\n').any(|line| line == control_id.as_bytes())
}
