//! What a configuration takes hold of beyond itself: alternate domain names, which only one distribution may have, and
//! resources that it refers to, which may not be deleted as long as somebody uses them.

use std::collections::BTreeSet;

use compile::References;
use shapes::DistributionConfig;
use store::Revision;

use crate::api::{Api, is_id};
use crate::error::ApiError;
use crate::ids;
use crate::records::{Kind, Referenced, keys};

/// What uses of web ACLs are kept under.
const WEB_ACL: &str = "web-acl";

/// What a configuration takes hold of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Alternate domain names, in lower case.
    pub(super) aliases: BTreeSet<String>,
    /// Kinds and ids of what it refers to.
    references: BTreeSet<(Kind, String)>,
    /// The web ACL; empty for none.
    web_acl: String,
}

// === impl Names ===

impl Names {
    pub(super) fn of(config: &DistributionConfig) -> Self {
        let uses = compile::uses(config);
        let of = |kind: Kind| kind.ids_in(&uses).iter().map(move |id| (kind, id.clone()));
        let aliases = config.aliases.iter().flatten().map(|alias| alias.to_ascii_lowercase());
        Self {
            aliases: aliases.collect(),
            references: Kind::ALL.into_iter().flat_map(of).collect(),
            web_acl: config.web_acl_id.clone().unwrap_or_default(),
        }
    }

    /// The keys that say what the distribution uses.
    pub(super) fn uses(&self, distribution_id: &str) -> BTreeSet<String> {
        // A text that cannot be an id is in a configuration only where references are not checked.
        let references = self.references.iter().filter(|(_, id)| is_id(id));
        let references = references.map(|(kind, id)| keys::use_by(kind.row().segment, id, distribution_id));
        let web_acl = format!("{}{distribution_id}", uses_of_web_acl(&self.web_acl));
        references.chain([web_acl]).collect()
    }

    /// What the account has itself and could change.
    pub(super) fn custom(&self) -> impl Iterator<Item = &(Kind, String)> {
        self.references.iter().filter(|(kind, id)| !kind.is_managed(id))
    }

    /// What compiling needs to know about the rest of the account.
    pub(super) async fn references(&self, api: &Api) -> Result<References, ApiError> {
        let is_lenient = api.settings.environment.lenient_references;
        let mut references = References {
            origin_access_identities: (!is_lenient).then(BTreeSet::new),
            ..References::default()
        };
        for (kind, id) in self.custom() {
            if let Some(document) = api.find(|id| keys::resource(*kind, id), id).await? {
                let referenced = Referenced::decode(*kind, &document).map_err(ApiError::internal)?;
                referenced.insert_into(&mut references);
            }
        }
        Ok(references)
    }

    /// The commit that last wrote something that is referred to.
    pub(super) async fn revision(&self, api: &Api) -> Result<Revision, ApiError> {
        let mut last = Revision::default();
        for (kind, id) in self.custom() {
            let found = api.find(|id| keys::resource(*kind, id), id).await?;
            last = last.max(found.map(|document| document.revision).unwrap_or_default());
        }
        Ok(last)
    }
}

/// What compiling a configuration needs to know about the rest of the account.
pub(crate) async fn references(api: &Api, config: &DistributionConfig) -> Result<References, ApiError> {
    Names::of(config).references(api).await
}

/// The keys that say what a distribution with this configuration uses.
pub(crate) fn keys_of_uses(config: &DistributionConfig, distribution_id: &str) -> BTreeSet<String> {
    Names::of(config).uses(distribution_id)
}

/// The keys that say who uses a web ACL, or none. An ARN may hold anything, so it is kept as its digest.
pub(crate) fn uses_of_web_acl(id: &str) -> String {
    if id.is_empty() { keys::uses(WEB_ACL, "none") } else { keys::uses(WEB_ACL, &ids::digest(id)) }
}
