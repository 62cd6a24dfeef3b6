//! What is stored under a key: an object, a remembered error, or both.
//!
//! Both are immutable. A refresh (C43) makes a new object that shares the body of the old one.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::StatusCode;
use rules::Fields;
use rules::freshness::{ErrorTimes, ObjectTimes};

use crate::body::Body;
use crate::mark::DiskMark;
use crate::memory::Charge;

/// What a field line costs besides its text, and what an entry costs besides its fields and its body.
const LINE_OVERHEAD: u64 = 80;
const ENTRY_OVERHEAD: u64 = 320;

/// What a key holds.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The object.
    pub object: Option<Arc<StoredObject>>,
    /// The remembered error or hold-off.
    pub error: Option<Arc<StoredError>>,
}

impl Held {
    pub(crate) fn is_empty(&self) -> bool {
        self.object.is_none() && self.error.is_none()
    }

    pub(crate) fn bodies(&self) -> impl Iterator<Item = &Body> {
        let object = self.object.as_ref().map(|object| &object.body);
        object.into_iter().chain(self.error.as_ref().map(|error| &error.body))
    }

    pub(crate) fn is_in_use(&self) -> bool {
        self.object.as_ref().is_some_and(|object| Arc::strong_count(object) > 1)
            || self.error.as_ref().is_some_and(|error| Arc::strong_count(error) > 1)
            || self.bodies().any(Body::is_in_use)
    }

    pub(crate) fn weight(&self) -> u64 {
        self.bodies().map(Body::weight).sum::<u64>()
            + self.object.as_ref().map_or(0, |object| head_weight(&object.fields))
            + self.error.as_ref().map_or(0, |error| head_weight(&error.fields))
    }
}

/// A stored response.
#[derive(Debug)]
pub struct StoredObject {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields, as the edge wants them replayed.
    pub fields: Fields,
    /// How long it may be used, fresh and stale.
    pub times: ObjectTimes,
    /// The same fields as they are sent; made by whoever sends them first.
    pub sent: OnceLock<Bytes>,
    /// Its body, which may still be arriving.
    pub body: Body,
    /// The latest invalidation when the origin was asked for it.
    pub(crate) stamp: u64,
    /// What the disk tier knows of it.
    pub(crate) mark: DiskMark,
    pub(crate) _charge: Charge,
}

/// A remembered error, or the hold-off that a failure leaves (B31).
#[derive(Debug)]
pub struct StoredError {
    /// Its status, how long it is remembered, and whether it is replayed.
    pub times: ErrorTimes,
    /// Its header fields; empty for a hold-off.
    pub fields: Fields,
    /// The same fields as they are sent; made by whoever sends them first.
    pub sent: OnceLock<Bytes>,
    /// Its body, which may still be arriving; empty for a hold-off.
    pub body: Body,
    /// The latest invalidation when the origin was asked.
    pub(crate) stamp: u64,
    pub(crate) _charge: Charge,
}

/// Memory that a head takes, as a list and as it is sent.
pub(crate) fn head_weight(fields: &Fields) -> u64 {
    2 * fields.wire_len() as u64 + fields.len() as u64 * LINE_OVERHEAD + ENTRY_OVERHEAD
}
