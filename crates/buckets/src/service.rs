//! Requests in, answers out: the guard, then the S3 library with our access and our operations, then what every answer has.

use std::convert::Infallible;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Error, s3_error};
use signing::edge_identity::MasterKey;

use crate::access::{Access, Keys, Peer};
use crate::api::Api;
use crate::guard;
use crate::guesses;
use crate::limits::MAX_XML_BYTES;
use crate::store::{OpenError, Store};

/// What a bucket server is made with.
pub struct Settings {
    /// Where everything is kept; made if needed.
    pub directory: PathBuf,
    /// The account that owns all buckets, 12 digits.
    pub account: String,
    /// Its keys.
    pub keys: Arc<dyn Keys>,
    /// What the edge's secrets are made from.
    pub master: MasterKey,
}

/// A bucket server without its socket.
#[derive(Clone)]
pub struct Buckets {
    service: S3Service,
    keys: Arc<dyn Keys>,
}

// === impl Buckets ===

impl Buckets {
    /// Reads what is there. Blocks.
    ///
    /// # Errors
    /// When the directory cannot be used, or a bucket's record is damaged.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let store = Arc::new(Store::open(&settings.directory)?);
        let keys = settings.keys;
        let access = Access {
            keys: Arc::clone(&keys),
            master: settings.master,
            account: settings.account.clone(),
            store: Arc::clone(&store),
        };
        let mut config = S3Config::default();
        config.xml_max_body_size = MAX_XML_BYTES;
        let mut builder = S3ServiceBuilder::new(Api::new(store, settings.account));
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        builder.set_auth(access.clone());
        builder.set_access(access);
        Ok(Self { service: builder.build(), keys })
    }

    /// Answers a request of `peer`. Must run on a tokio runtime. Dropping the future gives the request up; what was
    /// begun to be put into its place is put there.
    pub async fn answer<B>(&self, request: Request<B>, peer: IpAddr) -> Result<Response<Body>, Infallible>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let (mut head, body) = request.into_parts();
        head.extensions.insert(Peer(peer));
        // The query may have a signature in it.
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        let claimed = guesses::claimed(&head);
        let wait_s = claimed.as_deref().and_then(|id| self.keys.wait_s(peer, id));
        let admitted = match wait_s {
            Some(wait_s) => Err(guesses::must_wait(wait_s)),
            None => guard::check(&head),
        };
        let answered = match admitted {
            Err(refusal) => envelope(refusal),
            Ok(()) => {
                let request = Request::from_parts(head, Body::http_body_unsync(body));
                self.service.call(request).await.unwrap_or_else(|error| {
                    tracing::error!(error = %s3s::StdError::from(error), "an answer could not be written");
                    envelope(s3_error!(InternalError))
                })
            }
        };
        if let Some(id) = claimed.filter(|_| guesses::is_wrong(&answered)) {
            self.keys.failed(peer, &id);
        }
        tracing::debug!(%method, path, status = answered.status().as_u16(), "answered");
        Ok(finished(answered, &method, &path))
    }
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buckets").finish_non_exhaustive()
    }
}

fn envelope(error: S3Error) -> Response<Body> {
    error.to_http_response().unwrap_or_else(|_| {
        let mut plain = Response::new(Body::empty());
        *plain.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        plain
    })
}

fn finished(mut answer: Response<Body>, method: &Method, path: &str) -> Response<Body> {
    let id = uuid::Uuid::new_v4().simple().to_string().to_ascii_uppercase();
    complete_envelope(&mut answer, path, &id);
    if let Ok(id) = HeaderValue::try_from(id) {
        answer.headers_mut().insert("x-amz-request-id", id);
    }
    answer.headers_mut().insert(http::header::SERVER, HeaderValue::from_static("Warmfront"));
    // An error is written as XML, which these must not have.
    if answer.status() == StatusCode::NOT_MODIFIED || *method == Method::HEAD {
        *answer.body_mut() = Body::empty();
    }
    answer
}

/// Adds what the library leaves out of an error: which resource, and the id of the request.
fn complete_envelope(answer: &mut Response<Body>, path: &str, id: &str) {
    const END: &[u8] = b"</Error>";
    if !answer.status().is_client_error() && !answer.status().is_server_error() {
        return;
    }
    let body = answer.body().bytes();
    if let Some(start) = body.as_deref().and_then(|body| body.strip_suffix(END)) {
        let path = path.replace('&', "&amp;").replace('<', "&lt;");
        let rest = format!("<Resource>{path}</Resource><RequestId>{id}</RequestId>");
        let whole = Bytes::from([start, rest.as_bytes(), END].concat());
        *answer.body_mut() = Body::from(whole);
        answer.headers_mut().remove(http::header::CONTENT_LENGTH);
    }
}
