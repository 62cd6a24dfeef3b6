//! One object that is asked for: by a viewer, by a background refresh, or as an error page.

use crate::ids::RequestId;
use std::sync::Arc;

use cache::StoredObject;
use http::header::{IF_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use http::{Method, StatusCode};
use rules::cache_key::{self, CacheKey, Variant};
use rules::error_response::{ErrorSource, PageKeeping};
use rules::forward;
use rules::model::{BehaviorIndex, CacheBehavior, Distribution, Origin, Target};
use rules::range::Wanted;
use rules::request::{RequestHead, Text};

use super::route::Routed;

/// An object that is asked for.
pub struct Asked {
    /// The distribution.
    pub distribution: Arc<Distribution>,
    /// The cache behavior that matches the object's path.
    pub behavior: BehaviorIndex,
    /// The viewer's head; for an error page one with the page's path.
    pub head: Arc<RequestHead>,
    /// What of the object is asked for.
    pub wanted: Wanted,
    /// Who asks.
    pub purpose: Purpose,
    /// Id of the viewer's request.
    pub request_id: RequestId,
}

/// Who asks for an object.
#[derive(Clone)]
pub enum Purpose {
    /// A viewer.
    Viewer,
    /// The edge, refreshing an object while viewers get the stale one (B45).
    BackgroundRefresh,
    /// The edge, for the page of a custom error response (A30).
    ErrorPage {
        /// Path that failed (A35).
        failed_path: Text,
        /// Query that failed (A35).
        failed_query: Option<Text>,
        /// How long the page is kept.
        keeping: PageKeeping,
    },
}

impl Asked {
    /// What a viewer asks for.
    pub fn by_viewer(routed: &Routed, request_id: &RequestId) -> Self {
        Self {
            distribution: Arc::clone(&routed.distribution),
            behavior: routed.behavior,
            head: Arc::clone(&routed.head),
            wanted: Wanted::by(&routed.head.method, &routed.head.fields),
            purpose: Purpose::Viewer,
            request_id: *request_id,
        }
    }

    /// The same object for a refresh of `held` in the background: the whole of it by GET, unless only HEAD has
    /// learned it or it is a part. No precondition of the viewer who happened to come by goes along; a page stays a
    /// page (A34).
    pub fn as_background_refresh(&self, variant: Variant, held: &StoredObject) -> Self {
        let method = match variant {
            Variant::Get => Method::GET,
            Variant::HeadOnly => Method::HEAD,
            Variant::Options => Method::OPTIONS,
        };
        let mut head = RequestHead { method, ..(*self.head).clone() };
        head.fields.retain(|name, _| ![IF_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE].contains(name));
        let wanted = match held.status {
            StatusCode::PARTIAL_CONTENT => self.wanted.clone(),
            _ => Wanted::Whole,
        };
        let purpose = match &self.purpose {
            Purpose::Viewer | Purpose::BackgroundRefresh => Purpose::BackgroundRefresh,
            page @ Purpose::ErrorPage { .. } => page.clone(),
        };
        Self {
            distribution: Arc::clone(&self.distribution),
            behavior: self.behavior,
            head: Arc::new(head),
            wanted,
            purpose,
            request_id: self.request_id,
        }
    }

    /// The cache behavior.
    pub fn behavior(&self) -> &CacheBehavior {
        self.distribution.behaviors.at(self.behavior)
    }

    /// The cache key for `variant`.
    pub fn key(&self, variant: Variant) -> CacheKey {
        cache_key::build(&self.distribution, self.behavior(), &self.head, variant)
    }

    /// The variant under which an answer to this request is stored (D03, D04).
    pub fn variant(&self) -> Variant {
        match self.head.method {
            Method::HEAD => Variant::HeadOnly,
            Method::OPTIONS => Variant::Options,
            _ => Variant::Get,
        }
    }

    /// The method that the origin is asked with.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The origins to ask, in order: one, or the members of the group.
    pub fn origins(&self) -> (Option<&Origin>, Option<&Origin>) {
        let origins = &self.distribution.origins;
        match self.behavior().target {
            Target::Origin(index) => (origins.get(index), None),
            Target::Group { primary, secondary, .. } => (origins.get(primary), origins.get(secondary)),
        }
    }

    /// Who is to blame for an error of this object.
    pub const fn error_source(&self) -> ErrorSource {
        match self.purpose {
            Purpose::Viewer | Purpose::BackgroundRefresh => ErrorSource::Origin,
            Purpose::ErrorPage { .. } => ErrorSource::PageOrigin,
        }
    }

    /// The purpose in the words of the forwarding rules.
    pub fn forward_purpose<'a>(
        &'a self,
        validators: Option<&'a forward::Validators>,
    ) -> forward::Purpose<'a> {
        match (&self.purpose, validators) {
            (Purpose::ErrorPage { failed_path, failed_query, .. }, validators) => {
                forward::Purpose::ErrorPage { failed_path, failed_query: failed_query.as_deref(), validators }
            }
            (Purpose::Viewer | Purpose::BackgroundRefresh, Some(validators)) => {
                forward::Purpose::Refresh(validators)
            }
            (Purpose::Viewer, None) => forward::Purpose::Viewer,
            (Purpose::BackgroundRefresh, None) => forward::Purpose::Viewer,
        }
    }
}
