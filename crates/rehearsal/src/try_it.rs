//! "What if?": requests one after the other, with origins that do as they are told, and the viewer's answers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use edge::exchange::Arrival;
use edge::rehearsal::{BodyEnd, Outcome, Rehearsal, Rehearsed};
use http::header::{self, HeaderName, HeaderValue};
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
/// Header fields that are made from the rest.
const FRAMING: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
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
        let prepared = asked.requests.iter().map(|request| request.prepare(distribution));
        // All of it is understood before an origin is asked.
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        let rehearsal = self.rehearsal(distribution)?;
        let limit = Duration::from_secs(LIMIT_S);
        let answers = tokio::time::timeout(limit, play(&rehearsal, prepared)).await;
        answers.map_err(|_| Unanswerable::TooSlow(LIMIT_S))
    }
}

/// An origin by its id, and what it is told to do; `None` when it is really asked.
type Told = (Arc<str>, Option<Outcome>);

/// A request that can be played.
struct Prepared {
    wait: Duration,
    origins: Vec<Told>,
    arrival: Arrival,
}

async fn play(rehearsal: &Rehearsal, requests: Vec<Prepared>) -> Answers {
    let mut answers = Vec::with_capacity(requests.len());
    for Prepared { wait, origins, arrival } in requests {
        rehearsal.wait(wait);
        for (id, outcome) in origins {
            rehearsal.direct(&id, outcome);
        }
        answers.push(ViewerAnswer::of(rehearsal.ask(arrival, MAX_READ_BYTES).await));
    }
    Answers { answers }
}

// === impl TryRequest ===

impl TryRequest {
    fn prepare(&self, distribution: &Distribution) -> Result<Prepared, Unanswerable> {
        if self.wait_seconds > MAX_WAIT_S {
            return Err(Unanswerable::Invalid(format!(
                "requests[].waitSeconds is {}. Accepted: 0 to {MAX_WAIT_S}.",
                self.wait_seconds
            )));
        }
        let origins = self.origins(distribution)?;
        let is_asked = origins.iter().any(|(_, outcome)| outcome.is_none());
        let method = self.method(is_asked)?;
        let fields = fields("requests[].headers", &self.headers)?;
        let arrival = ask::request(distribution, method, &self.url, fields)?;
        Ok(Prepared { wait: Duration::from_secs(self.wait_seconds), origins, arrival })
    }

    /// A rehearsal has no effects: a real origin gets only what is safe (RFC 9110, 9.2.1).
    fn method(&self, is_asked: bool) -> Result<Method, Unanswerable> {
        let wrong = |accepted: &str| {
            Unanswerable::Invalid(format!("requests[].method is \"{}\". Accepted: {accepted}.", self.method))
        };
        let method = Method::from_str(&self.method).map_err(|_| wrong("GET or the like"))?;
        if is_asked && ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&method) {
            return Err(wrong("GET, HEAD or OPTIONS where an origin is really asked"));
        }
        Ok(method)
    }

    /// What every origin does.
    fn origins(&self, distribution: &Distribution) -> Result<Vec<Told>, Unanswerable> {
        let known = |id: &str| id == "*" || distribution.origins.iter().any(|origin| &*origin.id == id);
        if let Some(unknown) = self.origins.keys().find(|id| !known(id)) {
            let ids: Vec<&str> = distribution.origins.iter().map(|origin| &*origin.id).collect();
            return Err(Unanswerable::Invalid(format!(
                "requests[].origins names \"{unknown}\". Accepted: *, {}.",
                ids.join(", ")
            )));
        }
        let does = |id: &str| self.origins.get(id).or_else(|| self.origins.get("*")).unwrap_or(&Does::Asked);
        let origins = distribution.origins.iter();
        origins.map(|origin| Ok((Arc::clone(&origin.id), does(&origin.id).outcome()?))).collect()
    }
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
            (Ok(name), _) if FRAMING.contains(&name) => {
                return Err(wrong(&format!(
                    "has {name}, which follows from method, url and body. Leave it out."
                )));
            }
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

#[cfg(test)]
mod tests {
    use compile::{Environment, Identity, References};
    use rules::request::Scheme;
    use serde_json::{Value, json};
    use shapes::{DistributionConfig, xml};

    use super::*;

    fn distribution() -> Distribution {
        let document = "<DistributionConfig><CallerReference>r</CallerReference><Origins><Quantity>1</Quantity><Items>\
             <Origin><Id>site</Id><DomainName>site.example.com</DomainName><CustomOriginConfig><HTTPPort>80</HTTPPort>\
             <HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig>\
             </Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>site</TargetOriginId>\
             <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
             <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>\
             <Comment></Comment><Enabled>true</Enabled></DistributionConfig>";
        let config: DistributionConfig = xml::read(document.as_bytes()).unwrap();
        let identity = Identity {
            id: "E1".into(),
            arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
            etag: "EA".into(),
            domain_name: "d1.cloudfront.localhost".into(),
        };
        compile::distribution(&identity, &config, &References::default(), &Environment::default()).unwrap()
    }

    fn prepared(request: Value) -> Result<Prepared, String> {
        let request: TryRequest = serde_json::from_value(request).map_err(|error| error.to_string())?;
        request.prepare(&distribution()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_is_asked_of_the_distribution_and_an_address_of_its_own_name() {
        let path = prepared(json!({ "url": "/a?b=1" })).unwrap();
        assert_eq!(
            (&*path.arrival.authority, path.arrival.scheme),
            ("d1.cloudfront.localhost", Scheme::Https)
        );
        assert_eq!((&*path.arrival.path, path.arrival.query.as_deref()), ("/a", Some("b=1")));
        let address = prepared(json!({ "url": "http://www.example.com" })).unwrap();
        assert_eq!((&*address.arrival.authority, address.arrival.scheme), ("www.example.com", Scheme::Http));
        assert_eq!(&*address.arrival.path, "/");
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_the_member_and_what_would_be_accepted() {
        let header = |name: &str, value: &str| json!([{ "name": name, "value": value }]);
        for (request, says) in [
            (json!({ "url": "index.html" }), "requests[].url"),
            (json!({ "url": "ftp://name/" }), "Accepted: a path"),
            (json!({ "url": "*" }), "requests[].url"),
            (json!({ "url": "/", "waitSeconds": 31_536_001 }), "0 to 31536000"),
            (json!({ "url": "/", "method": "G T" }), "requests[].method"),
            (json!({ "url": "/", "headers": header("a b", "") }), "requests[].headers"),
            (json!({ "url": "/", "headers": header("a", "\n") }), "requests[].headers"),
            (json!({ "url": "/", "headers": header("Host", "other") }), "host"),
            (json!({ "url": "/", "origins": { "nobody": { "kind": "asked" } } }), "Accepted: *, site."),
            (json!({ "url": "/", "origins": { "*": { "kind": "answers", "status": 199 } } }), "200 to 599"),
            (json!({ "url": "/", "origins": { "*": { "kind": "fails", "failure": "bored" } } }), "refused"),
            (json!({ "url": "/", "origin": {} }), "unknown field"),
        ] {
            let refused = prepared(request.clone()).err().unwrap();
            assert!(refused.contains(says), "{request}: {refused}");
        }
        let long = "x".repeat(MAX_BODY_BYTES + 1);
        let origins = json!({ "*": { "kind": "answers", "status": 200, "body": long } });
        assert!(prepared(json!({ "url": "/", "origins": origins })).err().unwrap().contains("at most 65536"));
        let many = vec![json!({ "name": "a", "value": "b" }); MAX_HEADERS + 1];
        assert!(prepared(json!({ "url": "/", "headers": many })).err().unwrap().contains("at most 50"));
    }

    #[test]
    fn an_origin_that_is_really_asked_gets_only_what_is_safe() {
        for method in ["POST", "PUT", "PATCH", "DELETE", "CONNECT"] {
            let refused = prepared(json!({ "url": "/", "method": method })).err().unwrap();
            assert!(refused.contains("GET, HEAD or OPTIONS"), "{refused}");
            let told = json!({ "*": { "kind": "answers", "status": 200 } });
            assert!(prepared(json!({ "url": "/", "method": method, "origins": told })).is_ok(), "{method}");
        }
        assert!(prepared(json!({ "url": "/", "method": "HEAD" })).is_ok());
    }
}
