//! What distributions refer to by id: a configuration that is kept by itself, with a version and a name.
//!
//! One way for all kinds: create, read, replace, delete, list. What is different about a kind is its [`Resource`], in a
//! file of its own below, and its row in the table of kinds. A name belongs to one resource of a kind. As long as a
//! distribution uses a resource it cannot be deleted, and a replacement must leave every user able to compile.

mod change;
mod kinds;
mod managed;
mod read;
mod users;

use compile::{Environment, Problems};
use shapes::{ErrorCode, Shape};

use super::Call;
use crate::error::ApiError;
use crate::http::{Listing, Reply};
use crate::records::{Record, Referable, keys};

pub(crate) use change::{create, delete, update};
pub(crate) use read::{list, read, read_config};
pub(crate) use users::{list_users, list_users_of_web_acl};

/// What is different about one kind.
pub(crate) trait Resource: Referable {
    /// A resource as the API shows it by itself.
    type Shown: Shape;
    /// A resource in a list.
    type Summary;
    /// A list.
    type List: Shape;

    /// Fills in what a caller may leave out.
    fn complete(&mut self);

    /// What is wrong with it.
    fn check(&self, environment: &Environment) -> Problems;

    /// A resource by itself.
    fn shown(record: Record<Self>) -> Self::Shown;

    /// A resource in a list.
    fn summary(record: Record<Self>) -> Self::Summary;

    /// A page of the list.
    fn list(page: Listing<Self::Summary>) -> Self::List;

    /// What every account has without creating it: ids and configurations.
    fn managed() -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

/// The resource that the caller names.
async fn load<R: Resource>(call: &Call<'_>) -> Result<Record<R>, ApiError> {
    find(call, call.label("Id")).await?.ok_or_else(missing::<R>)
}

async fn find<R: Resource>(call: &Call<'_>, id: &str) -> Result<Option<Record<R>>, ApiError> {
    let document = call.api.find(|id| keys::resource(R::RESOURCE, id), id).await?;
    document.map(|document| Record::decode(&document)).transpose().map_err(ApiError::internal)
}

fn missing<R: Resource>() -> ApiError {
    let text = format!(
        "The specified {0} does not exist. Accepted: the Id of one that the list of them has.",
        R::RESOURCE
    );
    ApiError::new(R::RESOURCE.row().missing, text)
}

fn too_many_changes() -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again.")
}

/// A resource by itself, with its version.
fn shown<R: Resource>(call: &Call<'_>, record: Record<R>) -> Reply {
    let etag = record.etag.clone();
    call.reply(&R::shown(record)).etag(&etag)
}
