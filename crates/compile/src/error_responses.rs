//! Custom error responses: every rule about `CustomErrorResponses`, and what the edge gets of it (A.1).

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use rules::model::{Behaviors, ErrorPage, ErrorResponse, ErrorResponses};
use rules::path_pattern;
use shapes::{Counted, CustomErrorResponse};

use crate::environment::Environment;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::text;

/// Codes that may have an entry (A02).
pub const ERROR_CODES: [u16; 11] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/// Error caching minimum TTL of an entry that does not say one, in seconds (A06).
pub const DEFAULT_MIN_TTL_S: i64 = 10;

/// The longest time an error can be remembered at least: a year, in seconds.
const MAX_TTL_S: i64 = 31_536_000;

const ROOT: &str = "CustomErrorResponses";

/// CloudFront's words for a page without a code, or a code without a page.
const TOGETHER: &str =
    "Your request must specify both ResponsePagePath and ResponseCode together or none of them.";

/// An entry that obeys every rule.
pub(crate) struct Entry {
    error_code: u16,
    caching_min_ttl: Duration,
    page: Option<(String, StatusCode)>,
}

/// Checks the list; the entries are complete only when nothing was reported.
pub(crate) fn check(
    report: &mut Report,
    list: Option<&Counted<CustomErrorResponse>>,
    environment: &Environment,
) -> Vec<Entry> {
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    for (index, response) in list.into_iter().flatten().enumerate() {
        let path = format!("{ROOT}.Items[{index}]");
        entries.extend(entry(report, &path, response, environment));
        let code = response.error_code;
        let path = format!("{path}.ErrorCode");
        report.require(seen.insert(code), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!("{path} {code} has an entry already. Accepted: one entry for each error code.")
        });
    }
    entries
}

fn entry(
    report: &mut Report,
    path: &str,
    response: &CustomErrorResponse,
    environment: &Environment,
) -> Option<Entry> {
    let error_code = error_code(report, path, response.error_code);
    let ttl_s = response.error_caching_min_ttl.unwrap_or(DEFAULT_MIN_TTL_S);
    report.range(INVALID_ARGUMENT, &format!("{path}.ErrorCachingMinTTL"), ttl_s, 0..=MAX_TTL_S);
    let page = page(report, path, response, environment);
    Some(Entry {
        error_code: error_code?,
        caching_min_ttl: Duration::from_secs(u64::try_from(ttl_s).ok()?),
        page,
    })
}

fn error_code(report: &mut Report, path: &str, code: i32) -> Option<u16> {
    let known = ERROR_CODES.into_iter().find(|known| i32::from(*known) == code);
    report.require(known.is_some(), Stage::Field, "InvalidErrorCode", &format!("{path}.ErrorCode"), || {
        format!("{path}.ErrorCode is {code}. Accepted: {}.", accepted(&ERROR_CODES))
    });
    known
}

/// Page path and response code: both or neither, and an empty string is nothing (A04).
fn page(
    report: &mut Report,
    path: &str,
    response: &CustomErrorResponse,
    environment: &Environment,
) -> Option<(String, StatusCode)> {
    let page = response.response_page_path.as_deref().filter(|text| !text.is_empty());
    let code = response.response_code.as_deref().filter(|text| !text.is_empty());
    let (given, missing) = match page {
        Some(_) => ("ResponsePagePath", "ResponseCode"),
        None => ("ResponseCode", "ResponsePagePath"),
    };
    report.require_known(
        page.is_some() == code.is_some(),
        Stage::Field,
        INVALID_ARGUMENT,
        path,
        TOGETHER,
        || {
            format!(
                "{path} has a {given} and no {missing}; an empty text is none. Accepted: both, or neither."
            )
        },
    );
    if let Some(page) = page {
        page_path(report, &format!("{path}.ResponsePagePath"), page, environment.quotas.max_error_page_path);
    }
    let status = code.and_then(|code| response_code(report, &format!("{path}.ResponseCode"), code));
    Some((page?.to_owned(), status?))
}

fn page_path(report: &mut Report, path: &str, page: &str, max: usize) {
    if !page.starts_with('/') {
        let words = "The parameter ResponsePagePath is invalid.";
        let explanation = format!("{path} is {}. Accepted: a path that begins with /.", Quoted(page));
        report.add_known(Stage::Field, INVALID_ARGUMENT, path, words, explanation);
        return;
    }
    let length = page.chars().count();
    report.require(length <= max, Stage::Field, "InvalidRelativePath", path, || {
        format!("{path} has {length} characters. Accepted: at most {max}.")
    });
    report.require(text::is_encoded_as_needed(page), Stage::Field, "InvalidRelativePath", path, || {
        format!(
            "{path} is {}. Accepted: a path without query string whose non-ASCII and unsafe characters, and no \
             others, are percent-encoded.",
            Quoted(page)
        )
    });
}

/// The code is text: only the exact decimal digits of an allowed code are taken (rule 19).
fn response_code(report: &mut Report, path: &str, code: &str) -> Option<StatusCode> {
    let allowed = std::iter::once(200).chain(ERROR_CODES);
    let known = allowed.into_iter().find(|known| known.to_string() == code);
    report.require(known.is_some(), Stage::Field, "InvalidResponseCode", path, || {
        format!("{path} is {}. Accepted: 200, {}.", Quoted(code), accepted(&ERROR_CODES))
    });
    known.and_then(|known| StatusCode::from_u16(known).ok())
}

fn accepted(codes: &[u16]) -> String {
    let words: Vec<_> = codes.iter().map(u16::to_string).collect();
    words.join(", ")
}

/// What the edge gets; each page's behavior is found by the ordinary first match (A31).
pub(crate) fn compiled(entries: Vec<Entry>, behaviors: &Behaviors) -> ErrorResponses {
    let compiled = entries.into_iter().map(|entry| ErrorResponse {
        error_code: entry.error_code,
        caching_min_ttl: entry.caching_min_ttl,
        page: entry.page.map(|(path, response_code)| ErrorPage {
            behavior: behaviors.find(&path_pattern::normalize(&path)),
            path: path.into(),
            response_code,
        }),
    });
    ErrorResponses::new(compiled.collect())
}
