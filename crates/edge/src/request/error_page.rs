//! ErrorPage: the page of a custom error response, fetched through the behavior that matches its path.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use observe::{Step, Timeline};
use rules::Fields;
use rules::error_response::{self, ErrorSource, PageKeeping};
use rules::forward;
use rules::model::ErrorPage;
use rules::range::Wanted;
use rules::request::RequestHead;
use rules::result_type::ResultType;

use super::asked::{Asked, Purpose};
use super::heads;
use super::lookup;
use super::note;
use super::obtain;
use super::route::Routed;
use crate::answer::{Answer, ErrorMark};
use crate::edge::Worker;
use crate::ids::RequestId;

/// The answer with the page in place of `error`, or what its origin answered instead (A36 to A39).
pub async fn run(
    worker: &Arc<Worker>,
    routed: &Routed,
    page: &ErrorPage,
    error: Answer,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> Answer {
    let kept_for = error.error.and_then(|mark| mark.kept_for);
    let status = error.status;
    let close = error.close || error_response::closes_connection(status, page.response_code);
    // The body of the error is not needed; what is to be remembered of it is filled by its own task.
    drop(error);
    let fetched = fetch(worker, routed, page, kept_for, request_id, timeline).await;
    substitute(fetched, page, close)
}

/// The answer with the page, when that is held; `None` when it has to be fetched.
pub fn held(
    worker: &Arc<Worker>,
    routed: &Routed,
    page: &ErrorPage,
    error: Answer,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> Option<Answer> {
    let kept_for = error.error.and_then(|mark| mark.kept_for);
    let asked = asked(routed, page, kept_for, request_id, timeline);
    let close = error.close || error_response::closes_connection(error.status, page.response_code);
    let held = lookup::held(worker, &asked, timeline)?;
    heads::give_back(asked.head);
    Some(substitute(held, page, close))
}

/// What the behavior of the page answers for it, after an error that is remembered for `kept_for`.
///
/// The future is boxed: a page is obtained like any object, one level deep (A38).
pub async fn fetch(
    worker: &Arc<Worker>,
    routed: &Routed,
    page: &ErrorPage,
    kept_for: Option<Duration>,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> Answer {
    let asked = asked(routed, page, kept_for, request_id, timeline);
    Box::pin(obtain(worker, Arc::new(asked), origin::RequestBody::Empty, timeline)).await
}

fn asked(
    routed: &Routed,
    page: &ErrorPage,
    kept_for: Option<Duration>,
    request_id: &RequestId,
    timeline: &mut Timeline,
) -> Asked {
    let keeping = error_response::page_keeping(page, kept_for);
    note_fetch(page, keeping, timeline);
    Asked {
        distribution: Arc::clone(&routed.distribution),
        behavior: page.behavior,
        head: heads::share(head(routed, page)),
        wanted: Wanted::Whole,
        purpose: Purpose::ErrorPage {
            failed_path: routed.asked_path.clone(),
            failed_query: routed.head.query.clone(),
            keeping,
        },
        request_id: *request_id,
    }
}

/// The request for the page: GET, no query, and of the viewer's headers only what the page's behavior
/// forwards (A33, A34).
fn head(routed: &Routed, page: &ErrorPage) -> RequestHead {
    let said = &routed.head.fields;
    let mut fields = Fields::with_capacity(said.len());
    for (name, value) in said.iter().filter(|(name, _)| !forward::is_withheld_from_pages(name)) {
        fields.append(name.clone(), value.clone());
    }
    RequestHead {
        method: Method::GET,
        path: page.path.clone(),
        query: None,
        fields,
        ..(*routed.head).clone()
    }
}

/// The page with its response code; a redirect or an error of the page's origin is handed on (A36, A39).
fn substitute(fetched: Answer, page: &ErrorPage, close: bool) -> Answer {
    if fetched.error.is_some() {
        return Answer { result: ResultType::Error, close, ..fetched };
    }
    if !fetched.status.is_success() {
        return fetched;
    }
    let is_error = page.response_code.as_u16() >= 400;
    let mark = ErrorMark { source: ErrorSource::PageOrigin, kept_for: None };
    Answer {
        status: page.response_code,
        result: ResultType::Error,
        error: is_error.then_some(mark),
        conditional: false,
        close,
        ..fetched
    }
}

fn note_fetch(page: &ErrorPage, keeping: PageKeeping, timeline: &mut Timeline) {
    let (decision, keep_for, because) = match keeping {
        PageKeeping::ByItsBehavior(because) => ("by-its-behavior", None, because),
        PageKeeping::For { keep_for, because } => {
            ("with-the-error", note::seconds("keep-for", keep_for), because)
        }
        PageKeeping::Forget(because) => ("for-now", None, because),
    };
    note::push(
        timeline,
        Step::ErrorPage,
        decision,
        [note::said("page", &page.path), keep_for, None],
        because,
    );
}
