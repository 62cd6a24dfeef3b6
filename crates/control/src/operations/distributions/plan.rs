//! A transaction of a distribution with everything that it takes hold of and gives up, however much that is.
//!
//! What does not fit into one transaction is a use or a name that is given up. A use that does not fit is written down
//! before it begins, or before it ends, as a *doubt*: whoever meets one looks at the distribution itself. Doubts and
//! names that are given up are cleared away afterwards; if that fails no harm is done.

use std::collections::BTreeSet;

use store::{Document, MAX_OPERATIONS, Revision, Transaction};

use super::names::Names;
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Listing, PageRequest};
use crate::records::{DistributionRecord, keys};

/// What ends a document that is only a doubt.
const DOUBT: u8 = b'?';

/// What is to be written, and around it.
pub(super) struct Plan {
    /// The transaction.
    pub(super) transaction: Transaction,
    distribution_id: String,
    /// Uses to be doubted before the transaction.
    doubts: Vec<String>,
    /// Keys to be given up after it.
    left_over: Vec<String>,
}

// === impl Plan ===

impl Plan {
    pub(super) fn new(transaction: Transaction, distribution_id: &str) -> Self {
        let distribution_id = distribution_id.to_owned();
        Self { transaction, distribution_id, doubts: Vec::new(), left_over: Vec::new() }
    }

    /// Uses that begin.
    pub(super) fn begin(&mut self, uses: impl IntoIterator<Item = String>) {
        for key in uses {
            if self.has_room() {
                self.write(|so_far, id| so_far.put(key, id.as_bytes()));
            } else {
                self.doubts.push(key);
            }
        }
    }

    /// Uses that end.
    pub(super) fn end(&mut self, uses: impl IntoIterator<Item = String>) {
        for key in uses {
            if self.has_room() {
                self.write(|so_far, _| so_far.delete(key));
            } else {
                self.doubts.push(key.clone());
                self.left_over.push(key);
            }
        }
    }

    /// Claims that are given up.
    pub(super) fn give_up(&mut self, claims: impl IntoIterator<Item = String>) {
        for key in claims {
            if self.has_room() {
                self.write(|so_far, _| so_far.delete(key));
            } else {
                self.left_over.push(key);
            }
        }
    }

    /// Writes down the doubts, which is to be done before the transaction is committed.
    pub(super) async fn prepare(&self, api: &Api) -> Result<(), ApiError> {
        let doubt = [self.distribution_id.as_bytes(), &[DOUBT]].concat();
        for keys in self.doubts.chunks(MAX_OPERATIONS) {
            let all = keys.iter().fold(Transaction::new(), |so_far, key| so_far.put(key, doubt.clone()));
            api.store.commit(all).await?;
        }
        Ok(())
    }

    /// Clears away what did not fit, after the commit that left the distribution at `revision`; 0 when it is gone.
    pub(super) async fn clear(&self, api: &Api, revision: Revision) {
        let record_key = keys::distribution(&self.distribution_id);
        for key in &self.left_over {
            let Ok(Some(held)) = api.store.read(key).await else { continue };
            if user(&held) != self.distribution_id.as_bytes() {
                continue;
            }
            let transaction = Transaction::new()
                .if_at_revision(record_key.clone(), revision)
                .if_at_revision(key.clone(), held.revision)
                .delete(key.clone());
            if let Err(error) = api.store.commit(transaction).await {
                tracing::debug!(key, %error, "what was given up stays for now");
            }
        }
    }

    fn has_room(&self) -> bool {
        self.transaction.writes.len() < MAX_OPERATIONS
    }

    fn write(&mut self, write: impl FnOnce(Transaction, &str) -> Transaction) {
        self.transaction = write(std::mem::take(&mut self.transaction), &self.distribution_id);
    }
}

/// A page of the distributions that use something, whose uses have keys with this prefix.
pub(crate) async fn users(api: &Api, prefix: &str, asked: PageRequest) -> Result<Listing<String>, ApiError> {
    let page = asked.read(&*api.store, prefix).await?;
    let mut unfounded = BTreeSet::new();
    for document in page.items.iter().filter(|document| document.value.ends_with(&[DOUBT])) {
        if !is_founded(api, document).await? {
            unfounded.insert(document.key.clone());
        }
    }
    Ok(page.filter_map(|document| {
        (!unfounded.contains(&document.key)).then(|| keys::last_part(&document.key).to_owned())
    }))
}

/// Whether the distribution really uses what the document says.
async fn is_founded(api: &Api, document: &Document) -> Result<bool, ApiError> {
    let id = keys::last_part(&document.key);
    let Some(found) = api.find(keys::distribution, id).await? else { return Ok(false) };
    let record = DistributionRecord::decode(&found).map_err(ApiError::internal)?;
    let names = Names::of(&record.config().map_err(ApiError::internal)?);
    Ok(names.uses(id).contains(&document.key))
}

/// The distribution that a claim or a use belongs to.
fn user(document: &Document) -> &[u8] {
    document.value.strip_suffix(&[DOUBT]).unwrap_or(&document.value)
}
