//! "What if?": requests one after the other, with origins that do as they are told, and the viewer's answers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use edge::rehearsal::{BodyEnd, Outcome, Rehearsal, Rehearsed};
use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};
use observe::timeline::Entry;
use rules::Fields;
use rules::failure::OriginFailure;
use rules::model::Distribution;
use serde::{Deserialize, Serialize};

use crate::ask::{self, Unanswerable};
use crate::{Stage, text};

/// Requests of one question.
const MAX_REQUESTS: usize = 5;
/// Headers of one request or answer.
const MAX_HEADERS: usize = 50;
/// Bytes of a body that an origin is told to send.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Longest time that may pass before a request.
const MAX_WAIT_S: u64 = 31_536_000;
/// Longest that one question may take in real time, in seconds.
const LIMIT_S: u64 = 60;
/// Bytes of an answer's body that are read, and characters that are shown.
const MAX_READ_BYTES: usize = 1 << 20;
const EXCERPT_CHARACTERS: usize = 4000;

/// The question. Which distribution it is about is the caller's business.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TryRequests {
    /// One to five, sharing a cache that begins empty.
    pub requests: Vec<TryRequest>,
}

/// One request of a viewer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TryRequest {
    #[serde(default = "get")]
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    wait_seconds: u64,
    /// What origins do from this request on, by id; `*` stands for every other one.
    #[serde(default)]
    origins: BTreeMap<String, Does>,
}

fn get() -> String {
    "GET".into()
}

/// A header field.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    name: String,
    value: String,
}

/// What an origin does.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", deny_unknown_fields)]
enum Does {
    /// It is really asked.
    Asked,
    /// It answers so.
    Answers {
        status: u16,
        #[serde(default)]
        headers: Vec<Header>,
        #[serde(default)]
        body: String,
    },
    /// It sends no usable response.
    Fails { failure: Fails },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Fails {
    Refused,
    Timeout,
    Reset,
    Name,
}

/// What viewers get.
#[derive(Debug, Serialize)]
pub struct Answers {
    /// One for each request.
    pub answers: Vec<ViewerAnswer>,
}

/// What a viewer gets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewerAnswer {
    /// The status.
    pub status: u16,
    result_type: String,
    headers: Vec<Header>,
    body: ShownBody,
    timeline: Vec<ShownStep>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownBody {
    text: Option<String>,
    size: usize,
    is_cut: bool,
}

/// A step of the timeline.
#[derive(Debug, Serialize)]
struct ShownStep {
    step: &'static str,
    decision: &'static str,
    reason: String,
    detail: String,
}

// === impl Stage ===

impl Stage {
    /// What viewers of `distribution` get, which may be one that is not saved.
    ///
    /// # Errors
    /// [`Unanswerable::Invalid`], naming the member, for a question that is not one.
    pub async fn try_requests(
        &self,
        distribution: &Arc<Distribution>,
        asked: &TryRequests,
    ) -> Result<Answers, Unanswerable> {
        if !(1..=MAX_REQUESTS).contains(&asked.requests.len()) {
            return Err(Unanswerable::Invalid(format!(
                "requests has {} entries. Accepted: 1 to {MAX_REQUESTS}.",
                asked.requests.len()
            )));
        }
        let rehearsal = self.rehearsal(distribution)?;
        let limit = Duration::from_secs(LIMIT_S);
        tokio::time::timeout(limit, play(&rehearsal, distribution, &asked.requests))
            .await
            .map_err(|_| Unanswerable::TooSlow(LIMIT_S))?
    }
}

async fn play(
    rehearsal: &Rehearsal,
    distribution: &Distribution,
    requests: &[TryRequest],
) -> Result<Answers, Unanswerable> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        if request.wait_seconds > MAX_WAIT_S {
            return Err(Unanswerable::Invalid(format!(
                "requests[].waitSeconds is {}. Accepted: 0 to {MAX_WAIT_S}.",
                request.wait_seconds
            )));
        }
        rehearsal.wait(Duration::from_secs(request.wait_seconds));
        direct(rehearsal, distribution, &request.origins)?;
        let method = Method::from_str(&request.method).map_err(|_| {
            Unanswerable::Invalid(format!(
                "requests[].method is \"{}\". Accepted: GET or the like.",
                request.method
            ))
        })?;
        let fields = fields("requests[].headers", &request.headers)?;
        let arrival = ask::request(distribution, method, &request.url, fields)?;
        answers.push(ViewerAnswer::of(rehearsal.ask(arrival, MAX_READ_BYTES).await));
    }
    Ok(Answers { answers })
}

/// Tells every origin what to do.
fn direct(
    rehearsal: &Rehearsal,
    distribution: &Distribution,
    origins: &BTreeMap<String, Does>,
) -> Result<(), Unanswerable> {
    let known = |id: &str| id == "*" || distribution.origins.iter().any(|origin| &*origin.id == id);
    if let Some(unknown) = origins.keys().find(|id| !known(id)) {
        let ids: Vec<&str> = distribution.origins.iter().map(|origin| &*origin.id).collect();
        return Err(Unanswerable::Invalid(format!(
            "requests[].origins names \"{unknown}\". Accepted: *, {}.",
            ids.join(", ")
        )));
    }
    for origin in &distribution.origins {
        let does = origins.get(&*origin.id).or_else(|| origins.get("*")).unwrap_or(&Does::Asked);
        rehearsal.direct(&origin.id, does.outcome()?);
    }
    Ok(())
}

impl Does {
    fn outcome(&self) -> Result<Option<Outcome>, Unanswerable> {
        Ok(match self {
            Self::Asked => None,
            Self::Answers { status, headers, body } => {
                let code =
                    StatusCode::from_u16(*status).ok().filter(|code| (200..600).contains(&code.as_u16()));
                let status = code.ok_or_else(|| {
                    Unanswerable::Invalid(format!("origins.status is {status}. Accepted: 200 to 599."))
                })?;
                if body.len() > MAX_BODY_BYTES {
                    return Err(Unanswerable::Invalid(format!(
                        "origins.body has {} bytes. Accepted: at most {MAX_BODY_BYTES}.",
                        body.len()
                    )));
                }
                Some(Outcome::Answers {
                    status,
                    fields: fields("origins.headers", headers)?,
                    body: body.clone().into(),
                })
            }
            Self::Fails { failure } => Some(Outcome::Fails(match failure {
                Fails::Refused => OriginFailure::Connect,
                Fails::Timeout => OriginFailure::ResponseTimeout,
                Fails::Reset => OriginFailure::ClosedEarly,
                Fails::Name => OriginFailure::Dns,
            })),
        })
    }
}

fn fields(path: &str, headers: &[Header]) -> Result<Fields, Unanswerable> {
    let wrong = |what: &str| Unanswerable::Invalid(format!("{path} {what}"));
    if headers.len() > MAX_HEADERS {
        return Err(wrong(&format!("has {} entries. Accepted: at most {MAX_HEADERS}.", headers.len())));
    }
    let mut fields = Fields::with_capacity(headers.len());
    for header in headers {
        let name = HeaderName::from_str(&header.name);
        let value = HeaderValue::from_str(&header.value);
        match (name, value) {
            (Ok(name), Ok(value)) => fields.append(name, value),
            (Err(_), _) => {
                return Err(wrong(&format!(
                    "has the name \"{}\". Accepted: letters, digits, -.",
                    header.name
                )));
            }
            (_, Err(_)) => {
                return Err(wrong(&format!("has a value for {} that no header can have.", header.name)));
            }
        }
    }
    Ok(fields)
}

// === impl ViewerAnswer ===

impl ViewerAnswer {
    fn of(rehearsed: Rehearsed) -> Self {
        let headers = rehearsed.fields.iter().map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        });
        let result = rehearsed.timeline.entries().filter(|entry| entry.step == observe::Step::Deliver).last();
        let result = result.and_then(|entry| {
            entry
                .inputs
                .iter()
                .flatten()
                .find(|(name, _)| *name == "result")
                .map(|(_, value)| value.to_string())
        });
        Self {
            status: rehearsed.status.as_u16(),
            result_type: result.unwrap_or_default(),
            headers: headers.collect(),
            body: ShownBody {
                text: text::excerpt(&rehearsed.body, EXCERPT_CHARACTERS),
                size: rehearsed.body.len(),
                is_cut: rehearsed.body_end != BodyEnd::Whole,
            },
            timeline: rehearsed.timeline.entries().map(ShownStep::of).collect(),
        }
    }
}

impl ShownStep {
    fn of(entry: &Entry) -> Self {
        let detail = entry.inputs.iter().flatten().map(|(name, value)| format!("{name}={value}"));
        let reason = match (entry.reason, entry.number) {
            (reason, "") => reason.to_owned(),
            ("", number) => number.to_owned(),
            (reason, number) => format!("{reason} ({number})"),
        };
        Self {
            step: entry.step.word(),
            decision: entry.decision,
            reason,
            detail: detail.collect::<Vec<_>>().join(" "),
        }
    }
}
