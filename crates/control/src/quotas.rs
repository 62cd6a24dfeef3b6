//! How many resources the account has, without counting them each time.
//!
//! The first create of a kind counts the claims in the store, which are small; from then on creates and deletes of this
//! process are counted. A limit is never believed without counting again, so that what others deleted makes room.

use std::sync::{Arc, Mutex, PoisonError};

use compile::Quotas;
use shapes::ErrorCode;
use store::Store;

use crate::api::Api;
use crate::error::ApiError;
use crate::records::{Kind, keys};

/// How often it is counted when others create and delete meanwhile.
const MAX_ATTEMPTS: usize = 8;

/// What the account may have only so many of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counted {
    /// Distributions.
    Distributions,
    /// What distributions refer to.
    Resources(Kind),
}

/// Numbers of resources; one for each [`Counted`].
#[derive(Debug, Default)]
pub(crate) struct Counts([Arc<Mutex<Count>>; 6]);

/// A number of resources.
#[derive(Debug, Default)]
struct Count {
    /// How many are kept; `None` before anybody has counted.
    kept: Option<usize>,
    /// How many are on their way into the store.
    in_flight: usize,
    /// How often `kept` has changed: a number that was counted across a change is not believed.
    changes: u64,
}

/// Room for one more. It is free again when this is dropped without [`Seat::keep`].
#[derive(Debug)]
pub(crate) struct Seat {
    count: Arc<Mutex<Count>>,
    is_kept: bool,
}

impl Api {
    /// Room for one more of something.
    pub(crate) async fn seat(&self, what: Counted) -> Result<Seat, ApiError> {
        let limit = what.limit(&self.settings.environment.quotas);
        let count = self.counts.of(what);
        for _ in 0..MAX_ATTEMPTS {
            if let Some(seat) = Seat::take(count, limit) {
                return Ok(seat);
            }
            let before = with(count, |count| count.changes);
            let there = number_of(&*self.store, &what.claims()).await?;
            if with(count, |count| count.adopt(there, before)) {
                return Seat::take(count, limit).ok_or_else(|| what.refusal(limit));
            }
        }
        Err(ApiError::new(ErrorCode::ServiceUnavailable, "Too many changes at the same time. Try again."))
    }

    /// One less of something.
    pub(crate) fn leave_seat(&self, what: Counted) {
        with(self.counts.of(what), |count| count.change(|kept| kept.saturating_sub(1)));
    }

    /// Whether more than `limit` documents have keys with this prefix.
    pub(crate) async fn has_more_than(&self, prefix: &str, limit: usize) -> Result<bool, ApiError> {
        let mut seen = 0;
        let mut after: Option<String> = None;
        loop {
            let page = self.store.list(prefix, after.as_deref(), limit.saturating_add(1) - seen).await?;
            seen += page.documents.len();
            after = page.next_after;
            if seen > limit || after.is_none() {
                return Ok(seen > limit);
            }
        }
    }
}

// === impl Counted ===

impl Counted {
    fn limit(self, quotas: &Quotas) -> usize {
        match self {
            Self::Distributions => quotas.max_distributions,
            Self::Resources(Kind::OriginAccessControl) => quotas.max_origin_access_controls,
            Self::Resources(Kind::OriginAccessIdentity) => quotas.max_origin_access_identities,
            Self::Resources(Kind::CachePolicy) => quotas.max_cache_policies,
            Self::Resources(Kind::OriginRequestPolicy) => quotas.max_origin_request_policies,
            Self::Resources(Kind::ResponseHeadersPolicy) => quotas.max_response_headers_policies,
        }
    }

    /// Keys of which there is one for each.
    fn claims(self) -> String {
        match self {
            Self::Distributions => keys::CALLER_REFERENCES.to_owned(),
            Self::Resources(kind) => keys::claims(kind),
        }
    }

    fn refusal(self, limit: usize) -> ApiError {
        let (code, noun) = match self {
            Self::Distributions => (ErrorCode::TooManyDistributions, "distribution"),
            Self::Resources(kind) => (kind.row().too_many, kind.row().noun),
        };
        let text = format!(
            "The account has as many resources of the type {noun} as it may have. Accepted: at most {limit}."
        );
        ApiError::new(code, text)
    }
}

// === impl Count ===

impl Count {
    /// Believes what was counted, if nothing has changed since.
    fn adopt(&mut self, there: usize, changes_before: u64) -> bool {
        let is_true = self.changes == changes_before;
        if is_true {
            self.kept = Some(there);
        }
        is_true
    }

    fn change(&mut self, change: impl FnOnce(usize) -> usize) {
        self.kept = self.kept.map(change);
        self.changes += 1;
    }
}

// === impl Counts ===

impl Counts {
    fn of(&self, what: Counted) -> &Arc<Mutex<Count>> {
        let [distributions, controls, identities, cache, origin_request, response_headers] = &self.0;
        match what {
            Counted::Distributions => distributions,
            Counted::Resources(Kind::OriginAccessControl) => controls,
            Counted::Resources(Kind::OriginAccessIdentity) => identities,
            Counted::Resources(Kind::CachePolicy) => cache,
            Counted::Resources(Kind::OriginRequestPolicy) => origin_request,
            Counted::Resources(Kind::ResponseHeadersPolicy) => response_headers,
        }
    }
}

// === impl Seat ===

impl Seat {
    /// `None` when there is no room, or when nobody knows.
    fn take(count: &Arc<Mutex<Count>>, limit: usize) -> Option<Self> {
        with(count, |state| {
            let has_room = state.kept.is_some_and(|kept| kept + state.in_flight < limit);
            state.in_flight += usize::from(has_room);
            has_room
        })
        .then(|| Self { count: Arc::clone(count), is_kept: false })
    }

    /// What it was taken for is kept.
    pub(crate) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        with(&self.count, |count| {
            count.in_flight = count.in_flight.saturating_sub(1);
            if self.is_kept {
                count.change(|kept| kept + 1);
            }
        });
    }
}

/// Looks at a count, or changes it. No holder of the lock can panic halfway.
fn with<T>(count: &Mutex<Count>, look: impl FnOnce(&mut Count) -> T) -> T {
    look(&mut count.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn number_of(store: &dyn Store, prefix: &str) -> Result<usize, store::Error> {
    let mut number = 0;
    let mut after: Option<String> = None;
    loop {
        let page = store.list(prefix, after.as_deref(), store::MAX_PAGE_DOCUMENTS).await?;
        number += page.documents.len();
        after = page.next_after;
        if after.is_none() {
            return Ok(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_before_a_change_is_not_believed() {
        let count = Arc::new(Mutex::new(Count { kept: Some(0), ..Count::default() }));
        let before = with(&count, |count| count.changes);
        Seat::take(&count, 1).unwrap().keep();
        assert!(!with(&count, |count| count.adopt(0, before)));
        assert!(Seat::take(&count, 1).is_none());
        drop(Seat::take(&count, 2).unwrap());
        let before = with(&count, |count| count.changes);
        assert!(with(&count, |count| count.adopt(0, before)));
        assert!(Seat::take(&count, 1).is_some());
    }
}
