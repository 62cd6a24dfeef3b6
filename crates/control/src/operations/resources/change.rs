//! Creating, replacing and deleting a resource.
//!
//! A transaction compares everything that the decision rests on: the record's revision, the claim of the name, and that no
//! distribution has begun to use a resource meanwhile. A lost race leads to another look.

use shapes::ErrorCode;
use store::{CommitError, Revision, Transaction};

use super::{Resource, find, load, managed, shown, too_many_changes, users};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::Reply;
use crate::ids;
use crate::operations::Call;
use crate::quotas::Counted;
use crate::records::{self, Claim, Record, keys};

/// How often a change is tried when others get in its way.
const MAX_ATTEMPTS: usize = 8;

/// `Create...`
pub(crate) async fn create<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let config: R = config_of(call)?;
    config.check(&api.settings.environment).into_result()?;
    for _ in 0..MAX_ATTEMPTS {
        match holder::<R>(call, &config).await? {
            Some(first) if is_repeated(&first, &config) => return Ok(created(call, first)),
            Some(first) => return Err(taken(&first)),
            None => {}
        }
        let seat = api.seat(Counted::Resources(R::RESOURCE)).await?;
        let record = Record {
            id: ids::of_kind(R::RESOURCE)?,
            etag: ids::id()?,
            last_modified_ms: api.now_ms(),
            config: config.clone(),
            revision: Revision::default(),
        };
        if let Some(revision) = commit(api, written(Transaction::new(), None, &record)?).await? {
            seat.keep();
            api.let_it_deploy(revision).await;
            return Ok(created(call, record));
        }
    }
    Err(too_many_changes())
}

/// `Update...`
pub(crate) async fn update<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let config: R = config_of(call)?;
    let version = call.version()?;
    managed::refuse::<R>(call.label("Id"), ErrorCode::IllegalUpdate)?;
    api.prepare().await?;
    for _ in 0..MAX_ATTEMPTS {
        let used = api.revision_of(keys::REFERENCES_USED).await?;
        let current = load::<R>(call).await?;
        version.must_be(&current.etag)?;
        check_claim(&current, &config)?;
        config.check(&api.settings.environment).into_result()?;
        if let Some(holder) = holder(call, &config).await?.filter(|holder| holder.id != current.id) {
            return Err(taken(&holder));
        }
        if config == current.config {
            // Nothing is written: neither the version nor the time of the last change may move.
            return Ok(shown(call, current));
        }
        let record = Record {
            etag: ids::id()?,
            last_modified_ms: api.now_ms(),
            config: config.clone(),
            ..current.clone()
        };
        users::check(api, &current, &record).await?;
        let transaction = noticing(Transaction::new(), used, &record.id);
        if let Some(revision) = commit(api, written(transaction, Some(&current), &record)?).await? {
            api.let_it_deploy(revision).await;
            return Ok(shown(call, record));
        }
    }
    Err(too_many_changes())
}

/// `Delete...`
pub(crate) async fn delete<R: Resource>(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let version = call.version()?;
    managed::refuse::<R>(call.label("Id"), ErrorCode::IllegalDelete)?;
    api.prepare().await?;
    for _ in 0..MAX_ATTEMPTS {
        let used = api.revision_of(keys::REFERENCES_USED).await?;
        let record = load::<R>(call).await?;
        version.must_be(&record.etag)?;
        if let Some(user) = users::first(api, R::RESOURCE, &record.id).await? {
            return Err(in_use::<R>(&user));
        }
        let key = keys::resource(R::RESOURCE, &record.id);
        let transaction = noticing(Transaction::new(), used, &record.id)
            .if_at_revision(key.clone(), record.revision)
            .delete(key)
            .delete(keys::claim(R::RESOURCE, record.config.claim()));
        if commit(api, transaction).await?.is_some() {
            api.leave_seat(Counted::Resources(R::RESOURCE));
            return Ok(Reply::empty(call.operation()));
        }
    }
    Err(too_many_changes())
}

fn config_of<R: Resource>(call: &Call<'_>) -> Result<R, ApiError> {
    let mut config: R = call.document()?;
    config.complete();
    Ok(config)
}

/// Who has the name, or was created with the caller reference.
async fn holder<R: Resource>(call: &Call<'_>, config: &R) -> Result<Option<Record<R>>, ApiError> {
    let key = keys::claim(R::RESOURCE, config.claim());
    let Some(claim) = call.api.store.read(&key).await? else { return Ok(None) };
    let id = records::decode_text(&key, &claim.value).map_err(ApiError::internal)?;
    find(call, id).await
}

/// A create that says the same again is answered like the first one (control plane 3.2).
fn is_repeated<R: Resource>(first: &Record<R>, config: &R) -> bool {
    R::RESOURCE.row().claim == Claim::CallerReference && first.config == *config
}

fn check_claim<R: Resource>(current: &Record<R>, config: &R) -> Result<(), ApiError> {
    let claim = R::RESOURCE.row().claim;
    if claim == Claim::Name || current.config.claim() == config.claim() {
        return Ok(());
    }
    let member = claim.member();
    let text =
        format!("{member} cannot be changed. Accepted: the value that the {} was created with.", R::RESOURCE);
    Err(ApiError::new(ErrorCode::IllegalUpdate, text).at(member))
}

/// A transaction that writes a record, in the place of another one or as a new one, with its claim.
fn written<R: Resource>(
    transaction: Transaction,
    current: Option<&Record<R>>,
    record: &Record<R>,
) -> Result<Transaction, ApiError> {
    let key = keys::resource(R::RESOURCE, &record.id);
    let value = record.encode().map_err(ApiError::internal)?;
    let revision = current.map(|current| current.revision).unwrap_or_default();
    let transaction = transaction.if_at_revision(key.clone(), revision).put(key, value);
    let held = current.map(|current| current.config.claim());
    if held == Some(record.config.claim()) {
        return Ok(transaction);
    }
    let claim = keys::claim(R::RESOURCE, record.config.claim());
    let transaction = transaction.if_absent(claim.clone()).put(claim, record.id.as_bytes());
    Ok(match held {
        Some(held) => transaction.delete(keys::claim(R::RESOURCE, held)),
        None => transaction,
    })
}

/// A transaction that could make references wrong: not when somebody has begun to use one, and noticed by whoever is
/// about to.
fn noticing(transaction: Transaction, used: Revision, id: &str) -> Transaction {
    transaction.if_at_revision(keys::REFERENCES_USED, used).put(keys::REFERENCES_CHANGED, id.as_bytes())
}

/// `None` when something changed between read and write: reading again tells what to answer.
async fn commit(api: &Api, transaction: Transaction) -> Result<Option<Revision>, ApiError> {
    match api.store.commit(transaction).await {
        Ok(revision) => Ok(Some(revision)),
        Err(CommitError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn created<R: Resource>(call: &Call<'_>, record: Record<R>) -> Reply {
    let location = call.api.location(&format!("{}/{}", R::RESOURCE.row().path, record.id));
    shown(call, record).location(location)
}

fn taken<R: Resource>(holder: &Record<R>) -> ApiError {
    let row = R::RESOURCE.row();
    let member = row.claim.member();
    let text = format!(
        "The {} {} already has this {member}. Accepted: a {member} that no other {} has.",
        row.noun, holder.id, row.noun
    );
    ApiError::new(row.taken, text).at(member)
}

fn in_use<R: Resource>(distribution_id: &str) -> ApiError {
    let text = format!(
        "The {} is used by the distribution {distribution_id}. Accepted: one that no distribution refers to.",
        R::RESOURCE
    );
    ApiError::new(R::RESOURCE.row().in_use, text)
}
