//! "Is the page there?": where each page comes from, whether it can be had right now, and what will disappoint.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use edge::rehearsal::{BodyEnd, Rehearsal, Rehearsed};
use futures_util::future::try_join_all;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use observe::{Step, Value};
use rules::advice::{self, Concern};
use rules::model::{BehaviorIndex, Distribution, ErrorPage, ErrorResponse, Origin, OriginKind, Target};
use serde::{Deserialize, Serialize};

use crate::ask::{self, Unanswerable};
use crate::previews::Preview;
use crate::{Stage, grant, text};

/// Longest that the check of one page may take, in seconds.
const LIMIT_S: u64 = 40;
/// Bytes of a page that are looked at.
const MAX_PAGE_BYTES: usize = 512 * 1024;
/// Nothing that a configuration which compiles can lead to.
const NOT_FETCHED: &str = "the page cannot be asked for";
/// Characters of a page that are shown at once.
const EXCERPT_CHARACTERS: usize = 2000;

/// The question. Which distribution it is about is the caller's business.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckPages {
    /// The HTTP error codes to check; all of the distribution's when absent.
    pub error_codes: Option<Vec<u16>>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Pages {
    /// One entry for each custom error response, ascending by error code.
    pub pages: Vec<Page>,
}

/// What was found about one custom error response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    error_code: u16,
    page_path: Option<String>,
    response_code: Option<u16>,
    behavior: Option<Behavior>,
    origin: Option<Source>,
    fetch: Option<Fetch>,
    preview_url: Option<String>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Behavior {
    path_pattern: String,
    is_default: bool,
    /// From 1, in the order in which they are compared.
    position: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    id: String,
    domain_name: String,
    kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "outcome")]
enum Fetch {
    Answered { status: u16, content_type: Option<String>, size: usize, took_ms: u64, excerpt: Option<String> },
    Failed { reason: String, took_ms: u64 },
}

/// Something that will disappoint.
#[derive(Debug, Serialize)]
struct Warning {
    code: &'static str,
    severity: &'static str,
    message: String,
    paste: Option<Paste>,
}

/// Something to copy.
#[derive(Debug, Serialize)]
struct Paste {
    label: &'static str,
    text: String,
}

// === impl Stage ===

impl Stage {
    /// Checks the pages of `distribution`, which may be one that is not saved.
    ///
    /// # Errors
    /// [`Unanswerable::Invalid`] for an error code that has no custom error response.
    pub async fn check_pages(
        &self,
        distribution: &Arc<Distribution>,
        asked: &CheckPages,
    ) -> Result<Pages, Unanswerable> {
        let all = &distribution.error_responses;
        let codes: BTreeSet<u16> = match &asked.error_codes {
            None => all.iter().map(|response| response.error_code).collect(),
            Some(codes) => codes.iter().copied().collect(),
        };
        let advice = advice::advise(distribution);
        // Each code once, and each has a custom error response, so there are only so many.
        let mut checks = Vec::new();
        for code in codes {
            let Some(response) = all.iter().find(|response| response.error_code == code) else {
                let known: Vec<_> = all.iter().map(|response| response.error_code.to_string()).collect();
                return Err(Unanswerable::Invalid(format!(
                    "errorCodes has {code}, which has no custom error response. Accepted: {}.",
                    known.join(", ")
                )));
            };
            let concerns = advice.iter().filter(|advice| advice.error_code == code);
            let warnings = concerns.map(|advice| Warning::of(&advice.concern)).collect();
            checks.push(self.check(distribution, response, warnings));
        }
        Ok(Pages { pages: try_join_all(checks).await? })
    }

    async fn check(
        &self,
        distribution: &Arc<Distribution>,
        response: &ErrorResponse,
        mut warnings: Vec<Warning>,
    ) -> Result<Page, Unanswerable> {
        let Some(page) = &response.page else {
            return Ok(Page {
                error_code: response.error_code,
                page_path: None,
                response_code: None,
                behavior: None,
                origin: None,
                fetch: None,
                preview_url: None,
                warnings,
            });
        };
        let origin = origin_of(distribution, page);
        let rehearsal = self.rehearsal(distribution)?;
        let started = Instant::now();
        let fetched = fetch(&rehearsal, distribution, response.error_code).await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        warnings.extend(match &fetched {
            Ok(fetched) => judge(distribution, origin, fetched),
            Err(_) => Some(Warning::fails()),
        });
        let preview = fetched.as_ref().ok().filter(|fetched| fetched.status.is_success());
        Ok(Page {
            error_code: response.error_code,
            page_path: Some(page.path.to_string()),
            response_code: Some(page.response_code.as_u16()),
            behavior: Some(behavior_of(distribution, page)),
            origin: origin.map(Source::of),
            preview_url: preview.and_then(|fetched| self.keep(fetched)),
            fetch: Some(match fetched {
                Ok(fetched) => Fetch::of(&fetched, took_ms),
                Err(reason) => Fetch::Failed { reason: reason.into(), took_ms },
            }),
            warnings,
        })
    }

    fn keep(&self, fetched: &Rehearsed) -> Option<String> {
        let content_type = shown_as(&content_type(fetched).unwrap_or_default()).into();
        let preview = Preview { content_type, body: fetched.body.clone() };
        let token = self.previews.keep(preview, self.now_ms())?;
        Some(format!("/console/preview/{token}"))
    }
}

/// The page, or why nobody could be asked for it.
async fn fetch(
    rehearsal: &Rehearsal,
    distribution: &Distribution,
    error_code: u16,
) -> Result<Rehearsed, &'static str> {
    if !distribution.enabled {
        return Err("the distribution is disabled");
    }
    let code = StatusCode::from_u16(error_code).map_err(|_| NOT_FETCHED)?;
    let fetching = rehearsal.page(ask::plain(distribution, "/"), code, MAX_PAGE_BYTES);
    let limit = Duration::from_secs(LIMIT_S);
    let fetched = tokio::time::timeout(limit, fetching).await.map_err(|_| "no answer within 40 seconds")?;
    fetched.ok_or(NOT_FETCHED)
}

fn origin_of<'a>(distribution: &'a Distribution, page: &ErrorPage) -> Option<&'a Origin> {
    let index = match distribution.behaviors.at(page.behavior).target {
        Target::Origin(index) | Target::Group { primary: index, .. } => index,
    };
    distribution.origins.get(index)
}

fn behavior_of(distribution: &Distribution, page: &ErrorPage) -> Behavior {
    let behavior = distribution.behaviors.at(page.behavior);
    let listed = distribution.behaviors.listed.len();
    let (is_default, position) = match page.behavior {
        BehaviorIndex::Listed(at) => (false, at + 1),
        BehaviorIndex::Default => (true, listed + 1),
    };
    Behavior { path_pattern: behavior.pattern.as_str().to_owned(), is_default, position }
}

/// What asking has shown that the configuration alone does not.
fn judge(distribution: &Distribution, origin: Option<&Origin>, fetched: &Rehearsed) -> Option<Warning> {
    let is_bucket = origin.is_some_and(|origin| origin.kind == OriginKind::S3);
    let status = fetched.status.as_u16();
    let grant = || origin.and_then(|origin| grant::bucket_policy(distribution, origin));
    let (code, message, paste) = match status {
        _ if failure(fetched).is_some() => return Some(Warning::fails()),
        403 if is_bucket => (
            "bucket-denies",
            "The bucket refuses to hand out the page: its policy does not let this distribution read, or the page \
             does not exist and the bucket may not be listed."
                .into(),
            grant().map(|text| Paste { label: "Bucket policy", text }),
        ),
        404 => ("page-missing", "The page's origin has no page at this path. Put it there.".into(), None),
        400.. => ("page-fails", format!("The page's origin answers {status} in place of the page."), None),
        300.. => (
            "page-fails",
            format!("The page's origin redirects ({status}); viewers would get the redirect, not a page."),
            None,
        ),
        _ if !is_page(fetched) => (
            "page-not-text",
            "The page is not sent as text for people. Set its Content-Type, such as text/html.".into(),
            None,
        ),
        _ => return None,
    };
    Some(Warning { code, severity: "warning", message, paste })
}

fn is_page(fetched: &Rehearsed) -> bool {
    let kind = content_type(fetched).unwrap_or_default().to_ascii_lowercase();
    ["text/", "application/json", "application/xhtml", "application/problem", "image/"]
        .iter()
        .any(|known| kind.starts_with(known))
}

fn content_type(fetched: &Rehearsed) -> Option<String> {
    fetched.fields.first_str(&CONTENT_TYPE).map(str::to_owned)
}

/// The type that a preview has: the page's own, unless a browser would take it for code of the console's.
fn shown_as(content_type: &str) -> &str {
    let kind = content_type.to_ascii_lowercase();
    let is_code = ["javascript", "ecmascript", "jscript", "livescript", "css", "wasm"];
    match content_type {
        "" => "application/octet-stream",
        _ if is_code.iter().any(|word| kind.contains(word)) => "text/plain",
        _ => content_type,
    }
}

/// Why no usable response came, in the timeline's words.
fn failure(fetched: &Rehearsed) -> Option<String> {
    // A second origin may have answered after the first one failed.
    let entry = fetched.timeline.entries().filter(|entry| entry.step == Step::Fetch).last()?;
    if entry.decision == "answered" {
        return None;
    }
    let kind = entry.inputs.iter().flatten().find(|(name, _)| *name == "type");
    match kind {
        Some((_, Value::Word(word))) => Some((*word).to_owned()),
        _ => Some(entry.reason.to_owned()),
    }
}

// === impl ===

impl Fetch {
    fn of(fetched: &Rehearsed, took_ms: u64) -> Self {
        match failure(fetched) {
            Some(reason) => Self::Failed { reason, took_ms },
            None => Self::Answered {
                status: fetched.status.as_u16(),
                content_type: content_type(fetched),
                size: size(fetched),
                took_ms,
                excerpt: text::excerpt(&fetched.body, EXCERPT_CHARACTERS),
            },
        }
    }
}

/// Bytes of the page; of one that is larger than what was read, what its origin said, if it did.
fn size(fetched: &Rehearsed) -> usize {
    let read = fetched.body.len();
    let said = fetched.fields.first_str(&CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if fetched.body_end == BodyEnd::Cut { said.unwrap_or(read) } else { read }
}

impl Source {
    fn of(origin: &Origin) -> Self {
        let kind = match origin.kind {
            OriginKind::Custom => "server",
            OriginKind::S3 => "bucket",
        };
        Self { id: origin.id.to_string(), domain_name: origin.domain_name.to_string(), kind }
    }
}

impl Warning {
    fn fails() -> Self {
        let message =
            "The page's origin does not answer. Viewers would get this failure in place of the page.";
        Self { code: "page-fails", severity: "warning", message: message.into(), paste: None }
    }

    fn of(concern: &Concern) -> Self {
        let severity = match concern {
            Concern::NeedsMaxAge | Concern::NeverRemembered => "info",
            _ => "warning",
        };
        Self { code: concern.word(), severity, message: concern.to_string(), paste: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_never_code_for_the_console() {
        for (kind, expected) in [
            ("text/html; charset=utf-8", "text/html; charset=utf-8"),
            ("image/png", "image/png"),
            ("", "application/octet-stream"),
            ("text/javascript", "text/plain"),
            ("Application/X-JavaScript; charset=utf-8", "text/plain"),
            ("text/css", "text/plain"),
            ("application/wasm", "text/plain"),
        ] {
            assert_eq!(shown_as(kind), expected);
        }
    }
}
