//! What every account has without creating it. It is read like everything else and cannot be changed.

use shapes::ErrorCode;
use store::Revision;

use super::Resource;
use crate::error::ApiError;
use crate::ids;
use crate::records::Record;

/// The managed resource with this id.
pub(super) fn find<R: Resource>(id: &str) -> Option<Record<R>> {
    if !R::RESOURCE.is_managed(id) {
        return None;
    }
    R::managed().into_iter().find(|(managed, _)| *managed == id).map(record)
}

/// All managed resources, by id.
pub(super) fn all<R: Resource>() -> Vec<Record<R>> {
    let mut all: Vec<_> = R::managed().into_iter().map(record).collect();
    all.sort_by(|left, right| left.id.cmp(&right.id));
    all
}

/// Refuses to change what is managed.
pub(super) fn refuse<R: Resource>(id: &str, code: ErrorCode) -> Result<(), ApiError> {
    if !R::RESOURCE.is_managed(id) {
        return Ok(());
    }
    let text = format!(
        "The {0} {id} is managed and cannot be changed or deleted. Accepted: a custom {0}.",
        R::RESOURCE
    );
    Err(ApiError::new(code, text))
}

/// A managed resource has been the same since the beginning of time.
fn record<R>((id, config): (&str, R)) -> Record<R> {
    Record {
        id: id.to_owned(),
        etag: ids::version_of(id),
        last_modified_ms: 0,
        config,
        revision: Revision::default(),
    }
}
