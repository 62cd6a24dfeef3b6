//! What viewers get when an answer is an error: the page of a custom error response, or the error (group A).
//!
//! A stale object beats a page (A21); that is decided first, by [`crate::freshness`].

use std::time::Duration;

use http::StatusCode;

use crate::freshness::{ObjectTimes, StaleUse};
use crate::model::{BehaviorIndex, ErrorPage, ErrorResponses};
use crate::ttl::Ttl;
use crate::{Because, Moment};

/// What viewers get instead of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorOutcome<'a> {
    /// The error itself.
    PassThrough(Because),
    /// The page, with its response code.
    Page {
        /// The page.
        page: &'a ErrorPage,
        /// Why.
        because: Because,
    },
}

/// Who made the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorSource {
    /// An origin sent it, or did not answer (A11, A12).
    Origin,
    /// The edge refused the request, in a way that a page may replace (A13 to A15).
    EdgeWithPage,
    /// The edge refused the request before or outside routing (A16 to A18), or for its own limits.
    EdgeWithoutPage,
    /// The origin of an error page: there is no recursion (A38).
    PageOrigin,
}

/// What viewers get for an error with `status` made by `source`.
pub fn decide(status: StatusCode, source: ErrorSource, responses: &ErrorResponses) -> ErrorOutcome<'_> {
    match source {
        ErrorSource::PageOrigin => {
            return ErrorOutcome::PassThrough(Because::new(
                "A38",
                "no page for an error of the page's origin",
            ));
        }
        ErrorSource::EdgeWithoutPage => {
            return ErrorOutcome::PassThrough(Because::new("A16", "no page for this error of the edge"));
        }
        ErrorSource::Origin | ErrorSource::EdgeWithPage => {}
    }
    match responses.find(status).map(|entry| entry.page.as_ref()) {
        None => ErrorOutcome::PassThrough(Because::new("A09", "no custom error response for this code")),
        Some(None) => ErrorOutcome::PassThrough(Because::new("A05", "custom error response without a page")),
        Some(Some(page)) => {
            ErrorOutcome::Page { page, because: Because::new("A11", "custom error response") }
        }
    }
}

/// How long a page that is fetched now is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKeeping {
    /// By the TTLs of the listed behavior that matches its path, like any object (A71).
    ByItsBehavior(Because),
    /// As long as the error is remembered, counted from the page's own arrival (A70, A73).
    For {
        /// How long.
        keep_for: Duration,
        /// Why.
        because: Because,
    },
    /// Not at all: the error is not remembered either (A77, A78).
    Forget(Because),
}

/// How long the copy of a page is kept. `error_kept_for` is how long the error is remembered, if it is.
pub fn page_keeping(page: &ErrorPage, error_kept_for: Option<Duration>) -> PageKeeping {
    match (page.behavior, error_kept_for) {
        (BehaviorIndex::Listed(_), _) => {
            PageKeeping::ByItsBehavior(Because::new("A71", "TTLs of the behavior that matches the page"))
        }
        (BehaviorIndex::Default, Some(keep_for)) => {
            PageKeeping::For { keep_for, because: Because::new("A70", "as long as the error is remembered") }
        }
        (BehaviorIndex::Default, None) => {
            PageKeeping::Forget(Because::new("A77", "the error is not remembered"))
        }
    }
}

/// The lifetime of a page that is received at `now`. `by_headers` is what its own headers and behavior say;
/// a page that is kept with the error stays that long whatever they say (A70).
pub fn page_ttl(keeping: PageKeeping, by_headers: Ttl, now: Moment) -> Ttl {
    match (keeping, by_headers) {
        (PageKeeping::ByItsBehavior(_), ttl) => ttl,
        (PageKeeping::Forget(because), _) => Ttl::Forget(because),
        (PageKeeping::For { keep_for, because }, Ttl::Keep { times, .. }) => {
            Ttl::Keep { times: ObjectTimes { fresh_until: now.after(keep_for), ..times }, because }
        }
        (PageKeeping::For { keep_for, because }, Ttl::Forget(_)) => {
            let times = ObjectTimes {
                received_at: now,
                fresh_until: now.after(keep_for),
                // The page's own headers forbid keeping it; nothing beyond the error's time is used.
                stale_limit: Duration::ZERO,
                stale_if_error: None,
                stale_while_revalidate: None,
                stale_use: StaleUse::AnyFailure,
            };
            Ttl::Keep { times, because }
        }
    }
}

/// The status that decides whether an HTTP/1.1 connection is closed after a page answer, and whether it is
/// (A52): the response code when it is an error, otherwise the origin's.
pub fn closes_connection(origin_status: StatusCode, response_code: StatusCode) -> bool {
    let deciding = if response_code.as_u16() >= 400 { response_code } else { origin_status };
    matches!(deciding.as_u16(), 400 | 405 | 414 | 416 | 500 | 501)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHY: Because = Because::new("A70", "");

    // proves: A70 A77
    #[test]
    fn a_page_kept_with_the_error_stays_that_long_even_if_it_says_no_store() {
        let now = Moment::from_epoch_s(100);
        let keeping = PageKeeping::For { keep_for: Duration::from_secs(30), because: WHY };
        let said_no_store = Ttl::Forget(WHY);
        assert_eq!(page_ttl(keeping, said_no_store, now).fresh_for(), Duration::from_secs(30));
        assert_eq!(page_ttl(PageKeeping::ByItsBehavior(WHY), said_no_store, now), said_no_store);
        let kept = page_ttl(keeping, said_no_store, now);
        assert_eq!(page_ttl(PageKeeping::Forget(WHY), kept, now), Ttl::Forget(WHY));
    }
}
