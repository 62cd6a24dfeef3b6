//! Who uses a resource, and what a change of it would do to them.
//!
//! The store has one small document for each use, so that nothing here looks at distributions that do not use the
//! resource in question.

use compile::{Identity, Problem, Problems};
use shapes::ErrorCode;

use super::{Resource, find, missing};
use crate::api::Api;
use crate::error::ApiError;
use crate::http::{Listing, PageRequest, Reply, list_of};
use crate::operations::{Call, distributions};
use crate::records::{DistributionRecord, Kind, Record, keys};

/// `ListDistributionsBy...Id` of a kind whose id is in the path as `label`
pub(crate) async fn list_users<R: Resource>(call: &Call<'_>, label: &str) -> Result<Reply, ApiError> {
    let asked = PageRequest::of(&call.request)?;
    let id = call.label(label);
    if !R::RESOURCE.is_managed(id) {
        find::<R>(call, id).await?.ok_or_else(missing::<R>)?;
    }
    call.api.prepare().await?;
    let page = distributions::users(call.api, &keys::uses(R::RESOURCE.row().segment, id), asked).await?;
    Ok(call.reply(&list_of!(DistributionIdList, page)))
}

/// `ListDistributionsByWebACLId`; `null` stands for none
pub(crate) async fn list_users_of_web_acl(call: &Call<'_>) -> Result<Reply, ApiError> {
    let api = call.api;
    let asked = PageRequest::of(&call.request)?;
    let id = Some(call.label("WebACLId")).filter(|id| *id != "null").unwrap_or_default();
    if !compile::is_web_acl(id) {
        let text = "The web ACL is not one. Accepted: null, the id of an AWS WAF Classic ACL, or the ARN of a web ACL whose \
                    scope is global.";
        return Err(ApiError::new(ErrorCode::InvalidWebACLId, text).at("WebACLId"));
    }
    api.prepare().await?;
    let page = distributions::users(api, &distributions::uses_of_web_acl(id), asked).await?;
    let items = distributions::summaries(api, &page.items).await?;
    let page = Listing { asked: page.asked, items, next_marker: page.next_marker };
    Ok(call.reply(&list_of!(DistributionList, page)))
}

/// A distribution that uses the resource, if there is one.
pub(super) async fn first(api: &Api, kind: Kind, id: &str) -> Result<Option<String>, ApiError> {
    let prefix = keys::uses(kind.row().segment, id);
    let mut asked = PageRequest { marker: String::new(), max_items: 1 };
    loop {
        let page = distributions::users(api, &prefix, asked).await?;
        if let Some(user) = page.items.into_iter().next() {
            return Ok(Some(user));
        }
        let Some(marker) = page.next_marker else { return Ok(None) };
        asked = PageRequest { marker, max_items: 1 };
    }
}

/// Refuses a change after which a distribution that uses the resource would not compile any more.
pub(super) async fn check<R: Resource>(
    api: &Api,
    current: &Record<R>,
    changed: &Record<R>,
) -> Result<(), ApiError> {
    // An identity's configuration says nothing that compiling looks at.
    if R::RESOURCE == Kind::OriginAccessIdentity {
        return Ok(());
    }
    let prefix = keys::uses(R::RESOURCE.row().segment, &current.id);
    let mut asked = PageRequest::first();
    loop {
        let page = distributions::users(api, &prefix, asked).await?;
        for user in &page.items {
            check_user(api, user, current, changed).await?;
        }
        let Some(marker) = page.next_marker else { return Ok(()) };
        asked = PageRequest { marker, ..PageRequest::first() };
    }
}

async fn check_user<R: Resource>(
    api: &Api,
    user: &str,
    current: &Record<R>,
    changed: &Record<R>,
) -> Result<(), ApiError> {
    let Some(document) = api.find(keys::distribution, user).await? else { return Ok(()) };
    let record = DistributionRecord::decode(&document).map_err(ApiError::internal)?;
    let config = record.config().map_err(ApiError::internal)?;
    let mut references = distributions::references(api, &config).await?;
    let identity =
        Identity { id: record.id, arn: record.arn, etag: record.etag, domain_name: record.domain_name };
    let environment = &api.settings.environment;
    changed.config.clone().insert_into(changed.id.clone(), &mut references);
    let Err(problems) = compile::distribution(&identity, &config, &references, environment) else {
        return Ok(());
    };
    // Whoever is broken already must not keep others from being repaired.
    current.config.clone().insert_into(current.id.clone(), &mut references);
    match compile::distribution(&identity, &config, &references, environment) {
        Ok(_) => Err(would_break::<R>(user, problems)),
        Err(_) => Ok(()),
    }
}

fn would_break<R: Resource>(user: &str, problems: Problems) -> ApiError {
    let why = problems.first().map(Problem::to_string).unwrap_or_default();
    let text = format!(
        "The distribution {user} uses this {} and would not be valid any more: {why} Accepted: a change that suits \
         every distribution that uses it.",
        R::RESOURCE
    );
    ApiError { problems: Some(problems), ..ApiError::new(ErrorCode::IllegalUpdate, text) }
}
