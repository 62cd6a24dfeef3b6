//! A caller of the CloudFront API over real HTTP with real signatures, as any SDK would be.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use signing::keys::Credentials;
use signing::sigv4::{self, PayloadHash, Scope, Signable};
use tokio::net::TcpStream;

use crate::error::Failure;

/// Longest that one call may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Largest answer that is read.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Calls the API at one address with one key pair.
pub struct Caller {
    address: SocketAddr,
    pair: Credentials,
}

/// What the API answered.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The version, when there is one.
    pub etag: Option<String>,
    /// The document.
    pub body: Bytes,
}

// === impl Caller ===

impl Caller {
    /// Calls nobody yet.
    pub const fn new(address: SocketAddr, pair: Credentials) -> Self {
        Self { address, pair }
    }

    /// One call below the API version, such as `distribution/E1/config`. Anything but success is an error.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        if_match: Option<&str>,
        body: String,
    ) -> Result<Answer, Failure> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = format!("/{}/{path}", shapes::API_VERSION);
        let request = self.request(&method, &path, query, if_match, body)?;
        let answer = tokio::time::timeout(TIME_LIMIT, self.send(request)).await;
        let answer = answer.map_err(|_| failed(&method, &path, "no answer in time"))?;
        let answer = answer.map_err(|error| failed(&method, &path, &error.to_string()))?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            let said = format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
            Err(failed(&method, &path, &said))
        }
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        if_match: Option<&str>,
        body: String,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        let host = self.address.to_string();
        let signable = Signable { method: method.as_str(), host: &host, path, query, headers: &[] };
        let scope = Scope { region: "us-east-1", service: "cloudfront" };
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let signed = sigv4::sign(&signable, &self.pair, scope, PayloadHash::of(body.as_bytes()), now_s);
        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let mut request = Request::builder().method(method).uri(target).header("host", &host);
        for (name, value) in signed.iter() {
            request = request.header(name, value);
        }
        if let Some(version) = if_match {
            request = request.header("if-match", version);
        }
        request.body(Full::from(body)).map_err(|error| failed(method, path, &error.to_string()))
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async {
            let (head, body) = sender.send_request(request).await?.into_parts();
            let etag = head.headers.get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
            let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await?.to_bytes();
            Ok(Answer { status: head.status, etag, body })
        };
        // The connection ends when the sender is gone; until then it carries the exchange.
        tokio::select! {
            answer = exchange => answer,
            Err(error) = connection => Err(error.into()),
        }
    }
}

/// A call that failed.
pub fn failed(method: &Method, path: &str, why: &str) -> Failure {
    Failure::Demo(format!("{method} {path}: {why}"))
}
