//! From what the first version kept to what this one keeps.
//!
//! The first version had no index of uses, only one document per distribution with its origin access controls; and it
//! took the id of every origin access identity for good, because it kept none. Now every use has its document, and an
//! identity that a distribution names exists. Each step may be done again, so a stop in between does no harm.

use shapes::CloudFrontOriginAccessIdentityConfig;
use store::{Document, MAX_OPERATIONS, MAX_PAGE_DOCUMENTS, Revision, Store, Transaction};

use super::distributions;
use crate::api::is_id;
use crate::error::ApiError;
use crate::ids;
use crate::records::{DistributionRecord, Kind, Record, keys};

/// Brings a store into the form of this version, unless it has it. Worth calling before anything is served from it; the
/// API does it too. Cancel-safe: what is not finished is done again.
///
/// # Errors
/// When the store fails.
pub async fn upgrade(store: &dyn Store) -> Result<(), ApiError> {
    let format = store.read(keys::FORMAT).await?;
    if format.is_some_and(|format| format.value == keys::FORMAT_NOW.as_bytes()) {
        return Ok(());
    }
    let mut after: Option<String> = None;
    loop {
        let page = store.list(keys::DISTRIBUTIONS, after.as_deref(), MAX_PAGE_DOCUMENTS).await?;
        for document in &page.documents {
            upgrade_distribution(store, document).await?;
        }
        after = page.next_after;
        if after.is_none() {
            break;
        }
    }
    let done = Transaction::new().put(keys::FORMAT, keys::FORMAT_NOW);
    store.commit(keys::FORMER_MARKS.into_iter().fold(done, Transaction::delete)).await?;
    Ok(())
}

/// A distribution that cannot be read uses nothing that could be found out.
async fn upgrade_distribution(store: &dyn Store, document: &Document) -> Result<(), ApiError> {
    let config = DistributionRecord::decode(document).and_then(|record| Ok((record.config()?, record)));
    let (config, record) = match config {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(%error, "a distribution cannot be read and is left as it is");
            return Ok(());
        }
    };
    for identity in compile::uses(&config).origin_access_identities {
        keep_identity(store, &identity).await?;
    }
    let uses: Vec<String> = distributions::keys_of_uses(&config, &record.id).into_iter().collect();
    for keys in uses.chunks(MAX_OPERATIONS) {
        let all = keys.iter().fold(Transaction::new(), |so_far, key| so_far.put(key, record.id.as_bytes()));
        store.commit(all).await?;
    }
    let former = format!("{}{}", keys::FORMER_USES, record.id);
    store.commit(Transaction::new().delete(former)).await?;
    Ok(())
}

/// An identity that was only named before.
async fn keep_identity(store: &dyn Store, id: &str) -> Result<(), ApiError> {
    let key = keys::resource(Kind::OriginAccessIdentity, id);
    if !is_id(id) || store.read(&key).await?.is_some() {
        return Ok(());
    }
    let config = CloudFrontOriginAccessIdentityConfig {
        caller_reference: format!("named-before-it-existed-{id}"),
        comment: String::new(),
    };
    let claim = keys::claim(Kind::OriginAccessIdentity, &config.caller_reference);
    let record = Record {
        id: id.to_owned(),
        etag: ids::id()?,
        last_modified_ms: 0,
        config,
        revision: Revision::default(),
    };
    let value = record.encode().map_err(ApiError::internal)?;
    store.commit(Transaction::new().put(key, value).put(claim, id.as_bytes())).await?;
    Ok(())
}
