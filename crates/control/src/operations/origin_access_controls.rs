//! Origin access controls: create, read, replace, delete, list.
//!
//! A name belongs to one of them. As long as a distribution uses one, it cannot be deleted, nor made for another type of
//! origin: what a distribution was compiled with must go on compiling.

use shapes::{
    ErrorCode, OriginAccessControl, OriginAccessControlConfig, OriginAccessControlList,
    OriginAccessControlSummary,
};
use store::{CommitError, Document, Revision, Transaction};

use super::{Call, distributions};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{PageRequest, Reply};
use crate::records::{OriginAccessControlRecord, keys};
use crate::{documents, ids};

/// How often a change is tried when distributions begin to use origin access controls meanwhile.
const MAX_ATTEMPTS: usize = 8;

/// `CreateOriginAccessControl`
pub(crate) async fn create(call: &Call<'_>) -> Result<Reply, ApiError> {
    let config = config_of(call)?;
    let record =
        OriginAccessControlRecord { id: ids::id()?, etag: ids::id()?, config, revision: Revision::default() };
    let key = keys::origin_access_control(&record.id);
    let name = keys::origin_access_control_name(&record.config.name);
    let transaction = Transaction::new()
        .if_absent(key.clone())
        .if_absent(name.clone())
        .put(key, record.encode().map_err(ApiError::internal)?)
        .put(name, record.id.as_bytes());
    let revision = commit(call.api, transaction, &record.config).await?;
    call.api.let_it_deploy(revision).await;
    let location = call.api.location(&format!("origin-access-control/{}", record.id));
    Ok(written(call, record).location(location))
}

/// `GetOriginAccessControl`
pub(crate) async fn read(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call).await?;
    Ok(written(call, record))
}

/// `GetOriginAccessControlConfig`
pub(crate) async fn read_config(call: &Call<'_>) -> Result<Reply, ApiError> {
    let record = load(call).await?;
    Ok(Reply::document(call.operation(), &record.config).etag(&record.etag))
}

/// `UpdateOriginAccessControl`
pub(crate) async fn update(call: &Call<'_>) -> Result<Reply, ApiError> {
    let config = config_of(call)?;
    let version = call.version()?;
    for _ in 0..MAX_ATTEMPTS {
        let used = call.api.revision_of(keys::ORIGIN_ACCESS_CONTROLS_USED).await?;
        let current = load(call).await?;
        version.must_be(&current.etag)?;
        let changes_type =
            config.origin_access_control_origin_type != current.config.origin_access_control_origin_type;
        if changes_type && is_used(call.api, &current.id).await? {
            return Err(type_is_used());
        }
        let record =
            OriginAccessControlRecord { etag: ids::id()?, config: config.clone(), ..current.clone() };
        let mut transaction = replacement(&current, &record)?;
        if changes_type {
            transaction = withdrawing(transaction, used, &record.id);
        }
        match commit(call.api, transaction, &record.config).await {
            Ok(revision) => {
                call.api.let_it_deploy(revision).await;
                return Ok(written(call, record));
            }
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(too_many_changes())
}

/// `DeleteOriginAccessControl`
pub(crate) async fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let version = call.version()?;
    for _ in 0..MAX_ATTEMPTS {
        let used = call.api.revision_of(keys::ORIGIN_ACCESS_CONTROLS_USED).await?;
        let record = load(call).await?;
        version.must_be(&record.etag)?;
        if is_used(call.api, &record.id).await? {
            let text = "The origin access control is used by a distribution. Accepted: one that no origin refers to.";
            return Err(ApiError::new(ErrorCode::OriginAccessControlInUse, text));
        }
        let key = keys::origin_access_control(&record.id);
        let transaction = Transaction::new()
            .if_at_revision(key.clone(), record.revision)
            .delete(key)
            .delete(keys::origin_access_control_name(&record.config.name));
        match commit(call.api, withdrawing(transaction, used, &record.id), &record.config).await {
            Ok(_) => return Ok(Reply::empty(call.operation())),
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(too_many_changes())
}

/// `ListOriginAccessControls`, in the order of the ids
pub(crate) async fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let asked = PageRequest::of(&call.request)?;
    let after = keys::origin_access_control(&asked.marker);
    let page = call.api.store.list(keys::ORIGIN_ACCESS_CONTROLS, Some(&after), asked.limit()).await?;
    let items: Vec<_> = page.documents.iter().filter_map(listed).collect();
    let is_truncated = page.next_after.is_some();
    let list = OriginAccessControlList {
        marker: asked.marker,
        next_marker: page.next_after.as_deref().map(|key| keys::last_part(key).to_owned()),
        max_items: asked.max_items,
        is_truncated,
        quantity: i32::try_from(items.len()).unwrap_or(i32::MAX),
        items,
    };
    Ok(Reply::document(call.operation(), &list))
}

fn config_of(call: &Call<'_>) -> Result<OriginAccessControlConfig, ApiError> {
    let mut config: OriginAccessControlConfig = documents::read(&call.body)?;
    compile::origin_access_control(&config).into_result()?;
    config.description.get_or_insert_default();
    Ok(config)
}

async fn load(call: &Call<'_>) -> Result<OriginAccessControlRecord, ApiError> {
    let document = call.api.find(keys::origin_access_control, call.label("Id")).await?.ok_or_else(|| {
        ApiError::new(
            ErrorCode::NoSuchOriginAccessControl,
            "The specified origin access control does not exist.",
        )
    })?;
    OriginAccessControlRecord::decode(&document).map_err(ApiError::internal)
}

fn replacement(
    current: &OriginAccessControlRecord,
    record: &OriginAccessControlRecord,
) -> Result<Transaction, ApiError> {
    let key = keys::origin_access_control(&record.id);
    let value = record.encode().map_err(ApiError::internal)?;
    let transaction = Transaction::new().if_at_revision(key.clone(), current.revision).put(key, value);
    if current.config.name == record.config.name {
        return Ok(transaction);
    }
    let name = keys::origin_access_control_name(&record.config.name);
    Ok(transaction
        .if_absent(name.clone())
        .put(name, record.id.as_bytes())
        .delete(keys::origin_access_control_name(&current.config.name)))
}

/// A transaction that makes references wrong: not when somebody has begun to use one, and noticed by whoever is about to.
fn withdrawing(transaction: Transaction, used: Revision, id: &str) -> Transaction {
    transaction
        .if_at_revision(keys::ORIGIN_ACCESS_CONTROLS_USED, used)
        .put(keys::ORIGIN_ACCESS_CONTROLS_WITHDRAWN, id.as_bytes())
}

/// Whether any distribution uses it. Looks through one small document for each distribution that uses any.
async fn is_used(api: &Api, id: &str) -> Result<bool, ApiError> {
    let mut after: Option<String> = None;
    loop {
        let prefix = keys::ORIGIN_ACCESS_CONTROL_USES;
        let page = api.store.list(prefix, after.as_deref(), store::MAX_PAGE_DOCUMENTS).await?;
        if page.documents.iter().any(|document| distributions::is_use_of(document, id)) {
            return Ok(true);
        }
        after = page.next_after;
        if after.is_none() {
            return Ok(false);
        }
    }
}

async fn commit(
    api: &Api,
    transaction: Transaction,
    config: &OriginAccessControlConfig,
) -> Result<Revision, ApiError> {
    let name = keys::origin_access_control_name(&config.name);
    api.store.commit(transaction).await.map_err(|error| match error {
        CommitError::Conflict { key } if key == name => ApiError::new(
            ErrorCode::OriginAccessControlAlreadyExists,
            format!("An origin access control with the name {} already exists.", config.name),
        ),
        other => other.into(),
    })
}

/// The record or the uses changed between read and write: reading again tells what to answer.
fn is_lost_race(error: &ApiError) -> bool {
    error.code == ErrorCode::PreconditionFailed
}

fn written(call: &Call<'_>, record: OriginAccessControlRecord) -> Reply {
    let etag = record.etag;
    let shown = OriginAccessControl { id: record.id, origin_access_control_config: Some(record.config) };
    Reply::document(call.operation(), &shown).etag(&etag)
}

/// A record that is damaged is left out, so that the others can still be listed.
fn listed(document: &Document) -> Option<OriginAccessControlSummary> {
    let record = OriginAccessControlRecord::decode(document);
    record.inspect_err(|error| tracing::error!(?error, "left out of a list")).ok().map(summary)
}

fn summary(record: OriginAccessControlRecord) -> OriginAccessControlSummary {
    let config = record.config;
    OriginAccessControlSummary {
        id: record.id,
        description: config.description.unwrap_or_default(),
        name: config.name,
        signing_protocol: config.signing_protocol,
        signing_behavior: config.signing_behavior,
        origin_access_control_origin_type: config.origin_access_control_origin_type,
    }
}

fn type_is_used() -> ApiError {
    ApiError::new(
        ErrorCode::IllegalUpdate,
        "The origin access control is used by a distribution. Accepted: the present OriginAccessControlOriginType, or one that no origin refers to.",
    )
}

fn too_many_changes() -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again.")
}
