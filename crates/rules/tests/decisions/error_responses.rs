//! Executes `docs/rules/error-responses.md`.

use std::time::Duration;

use http::StatusCode;
use rules::Moment;
use rules::error_caching::{self, ErrorFacts, Memory};
use rules::error_response::{self, ErrorOutcome, ErrorSource, PageKeeping};
use rules::model::{
    BehaviorIndex, CacheBehavior, DEFAULT_ERROR_CACHING_MIN_TTL, ErrorPage, ErrorResponse, ErrorResponses,
    OriginKind, TtlBounds,
};

use crate::tables::Row;
use crate::{given, tables};

const NOW: Moment = Moment::from_epoch_s(1_000_000);

#[test]
fn every_row_of_error_responses_holds() {
    for row in tables::read("error-responses.md") {
        match () {
            () if row.has("kept for") => memory(&row),
            () if row.has("outcome") => outcome(&row),
            () if row.has("page kept") => page_kept(&row),
            () => closed(&row),
        }
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn status(row: &Row, column: &str) -> StatusCode {
    StatusCode::from_u16(u16::try_from(row.count(column)).unwrap()).unwrap()
}

fn memory(row: &Row) {
    let status = status(row, "status");
    let minimum = (!row.text("minimum TTL").is_empty()).then(|| seconds(row.count("minimum TTL")));
    let entry = minimum.map(|caching_min_ttl| ErrorResponse {
        error_code: status.as_u16(),
        caching_min_ttl,
        page: None,
    });
    let error = ErrorFacts {
        status,
        fields: &given::fields(&row.lines("error response")),
        method: &row.cell("method").parse().unwrap(),
        behavior: &behavior(row),
        origin: if row.cell("origin") == "S3" { OriginKind::S3 } else { OriginKind::Custom },
        responses: &ErrorResponses::new(entry.into_iter().collect()),
    };
    let memory = error_caching::decide(&error, NOW);
    let (kept, because) = match memory {
        Memory::Forget(because) => (None, because),
        Memory::Remember { keep_for, because } => (Some(keep_for), because),
    };
    let expected = (!row.text("kept for").is_empty()).then(|| seconds(row.count("kept for")));
    assert_eq!(kept, expected, "{row}: {because}");
    assert_eq!(because.text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(because.number), "{row}: {because}");
}

/// TTLs 0, 600 and 3600, changed by `minimum TTL 60`, `maximum TTL 60` and the phrases of `given`.
fn behavior(row: &Row) -> CacheBehavior {
    let mut bounds = TtlBounds { minimum: seconds(0), default: seconds(600), maximum: seconds(3600) };
    let mut others = row.lines("behavior");
    others.retain(|phrase| {
        let words: Vec<&str> = phrase.split(' ').collect();
        match words.as_slice() {
            ["minimum", "TTL", count] => bounds.minimum = seconds(count.parse().unwrap()),
            ["maximum", "TTL", count] => bounds.maximum = seconds(count.parse().unwrap()),
            _ => return true,
        }
        false
    });
    let mut behavior = given::behavior_with(&others);
    behavior.caching.ttl = bounds;
    behavior
}

fn outcome(row: &Row) {
    let status = status(row, "status");
    let source = match row.cell("made by") {
        "origin" => ErrorSource::Origin,
        "edge" => ErrorSource::EdgeWithPage,
        "edge before routing" => ErrorSource::EdgeWithoutPage,
        "the page's origin" => ErrorSource::PageOrigin,
        _ => row.unreadable("made by"),
    };
    let page = match row.text("custom error response") {
        "" => None,
        "only a minimum TTL" => Some(None),
        text => Some(Some(page(text))),
    };
    let entry = page.map(|page| ErrorResponse {
        error_code: status.as_u16(),
        caching_min_ttl: DEFAULT_ERROR_CACHING_MIN_TTL,
        page,
    });
    let responses = ErrorResponses::new(entry.into_iter().collect());
    let (shown, because) = match error_response::decide(status, source, &responses) {
        ErrorOutcome::PassThrough(because) => ("the error".to_owned(), because),
        ErrorOutcome::Page { page, because } => {
            (format!("page `{}` as {}", page.path, page.response_code.as_u16()), because)
        }
    };
    assert_eq!(shown, row.cell("outcome"), "{row}");
    assert_eq!(because.text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(because.number), "{row}: {because}");
}

fn page(text: &str) -> ErrorPage {
    let (path, code) = text.trim_start_matches("page ").split_once(" as ").unwrap();
    ErrorPage {
        path: path.trim_matches('`').into(),
        behavior: BehaviorIndex::Default,
        response_code: code.parse().unwrap(),
    }
}

fn page_kept(row: &Row) {
    let behavior = match row.cell("behavior of the page") {
        "default" => BehaviorIndex::Default,
        "listed" => BehaviorIndex::Listed(0),
        _ => row.unreadable("behavior of the page"),
    };
    let page = ErrorPage { path: "/e.html".into(), behavior, response_code: StatusCode::NOT_FOUND };
    let error_kept_for =
        (!row.text("error kept for").is_empty()).then(|| seconds(row.count("error kept for")));
    let (kept, because) = match error_response::page_keeping(&page, error_kept_for) {
        PageKeeping::ByItsBehavior(because) => ("by its behavior".to_owned(), because),
        PageKeeping::For { keep_for, because } => (keep_for.as_secs().to_string(), because),
        PageKeeping::Forget(because) => (String::new(), because),
    };
    assert_eq!(kept, row.text("page kept"), "{row}: {because}");
    assert_eq!(because.text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(because.number), "{row}: {because}");
}

fn closed(row: &Row) {
    let closed =
        error_response::closes_connection(status(row, "origin's status"), status(row, "response code"));
    assert_eq!(closed, row.yes("closed"), "{row}");
}
