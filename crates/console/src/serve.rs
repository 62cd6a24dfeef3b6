//! Answers for everything below `/console/`: a file, the one page of the application, or a plain refusal.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::encoding::{self, Encoding};
use crate::headers;
use crate::pack::{self, File, PackError};

/// The page that every address of the application gets.
const PAGE: &str = "index.html";

/// How many hexadecimal digits of the digest are in an `ETag`.
const ETAG_DIGITS: usize = 16;

/// The console's files, ready to be sent.
pub struct Console {
    files: HashMap<&'static str, Served>,
}

/// A file and the forms that were asked for so far.
struct Served {
    file: File,
    identity: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

// === impl Console ===

impl Console {
    pub(crate) fn new(pack: &'static [u8]) -> Result<Self, PackError> {
        let served =
            |file: File| (file.path, Served { file, identity: OnceLock::new(), gzip: OnceLock::new() });
        Ok(Self { files: pack::read(pack)?.files.into_iter().map(served).collect() })
    }

    /// Routes for `/console` and everything below it. More exact routes of others win over these.
    pub fn router(self: &Arc<Self>) -> Router {
        let answer = |console: Arc<Self>| {
            axum::routing::any(move |request: Request| {
                let answer = console.answer(request.method(), request.uri().path(), request.headers());
                async move { answer }
            })
        };
        Router::new()
            .route("/console", answer(Arc::clone(self)))
            .route(crate::PATH, answer(Arc::clone(self)))
            .route("/console/{*path}", answer(Arc::clone(self)))
    }

    /// The answer for a path that begins with `/console`.
    fn answer(&self, method: &Method, path: &str, asked: &HeaderMap) -> Response {
        if method != Method::GET && method != Method::HEAD {
            return with(plain(StatusCode::METHOD_NOT_ALLOWED), &[(ALLOW, "GET, HEAD")]);
        }
        let Some(below) = path.strip_prefix(crate::PATH) else {
            return with(plain(StatusCode::PERMANENT_REDIRECT), &[(LOCATION, crate::PATH)]);
        };
        let is_place = !last_segment(below).contains('.');
        let name = if is_place { PAGE } else { below };
        let Some(served) = self.files.get(name) else { return plain(StatusCode::NOT_FOUND) };
        let mut answer = served.answer(asked).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR));
        if method == Method::HEAD {
            *answer.body_mut() = Body::empty();
        }
        answer
    }
}

/// A distribution's id or a tab never has a dot; a path pattern in an address may, but is followed by `/edit`.
fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

// === impl Served ===

impl Served {
    fn answer(&self, asked: &HeaderMap) -> io::Result<Response> {
        let encoding = Encoding::accepted(asked);
        let etag = self.etag(encoding);
        if is_known(asked, &etag) {
            return Ok(self.head(plain(StatusCode::NOT_MODIFIED), &etag));
        }
        let body = self.body(encoding)?;
        let length = HeaderValue::from(body.len());
        let mut answer = self.head(Response::new(Body::from(body)), &etag);
        answer.headers_mut().insert(CONTENT_LENGTH, length);
        answer.headers_mut().insert(CONTENT_TYPE, headers::content_type(self.file.path));
        if let Some(word) = encoding.word() {
            answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(word));
        }
        Ok(answer)
    }

    fn head(&self, answer: Response, etag: &str) -> Response {
        let mut answer = with(answer, &headers::ALWAYS);
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, headers::cache_control(self.file.path));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(value) = HeaderValue::from_str(etag) {
            headers.insert(ETAG, value);
        }
        answer
    }

    /// Each form has a tag of its own (RFC 9110, 8.8.3.3).
    fn etag(&self, encoding: Encoding) -> String {
        let digest = self.file.digest.get(..ETAG_DIGITS).unwrap_or(self.file.digest);
        format!("\"{digest}{}\"", encoding.word().map(|word| format!("-{word}")).unwrap_or_default())
    }

    fn body(&self, encoding: Encoding) -> io::Result<Bytes> {
        match encoding {
            Encoding::Brotli => Ok(Bytes::from_static(self.file.brotli)),
            Encoding::Identity => self.identity(),
            Encoding::Gzip => match self.gzip.get() {
                Some(body) => Ok(body.clone()),
                None => {
                    let body = Bytes::from(encoding::gzipped(&self.identity()?)?);
                    Ok(self.gzip.get_or_init(|| body).clone())
                }
            },
        }
    }

    fn identity(&self) -> io::Result<Bytes> {
        match self.identity.get() {
            Some(body) => Ok(body.clone()),
            None => {
                let body = Bytes::from(encoding::unpacked(self.file.brotli, self.file.length)?);
                Ok(self.identity.get_or_init(|| body).clone())
            }
        }
    }
}

fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let values = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

fn plain(status: StatusCode) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    with(answer, &headers::ALWAYS)
}

fn with(mut answer: Response, headers: &[(http::HeaderName, &'static str)]) -> Response {
    for (name, value) in headers {
        answer.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    answer
}
