//! The API in this process, and a caller that signs its requests. Nothing listens and nothing sleeps.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use compile::Environment;
use control::{Api, Deployment, KeyRing, Settings};
use http_body_util::BodyExt;
use observe::Clock;
use shapes::{DistributionConfig, Shape, xml};
use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Scope, Signable, sign};
use store::embedded::History;
use store::{EmbeddedStore, Revision, Store};
use tokio::task::JoinHandle;
use tower::ServiceExt;

pub const HOST: &str = "127.0.0.1:4566";

/// The API over a store in memory.
pub struct Service {
    pub api: Arc<Api>,
    pub store: Arc<dyn Store>,
    pub deployment: Deployment,
    pub credentials: Credentials,
    edge: Option<JoinHandle<()>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(edge) = &self.edge {
            edge.abort();
        }
    }
}

impl Service {
    /// With an edge that serves every change at once.
    pub fn start() -> Self {
        Self::with(Settings { deployment_wait: Duration::from_secs(60), ..Settings::default() })
    }

    pub fn with(settings: Settings) -> Self {
        let mut service = Self::without_edge(settings);
        let (store, deployment) = (Arc::clone(&service.store), service.deployment.clone());
        service.edge = Some(tokio::spawn(async move {
            let mut watch = store.watch(control::records::PREFIX, Revision(1)).await.unwrap();
            while let Ok(batch) = watch.next().await {
                deployment.applied(batch.revision);
            }
        }));
        service
    }

    /// With an edge that never serves anything; tests tell the deployment themselves.
    pub fn without_edge(settings: Settings) -> Self {
        let store: Arc<dyn Store> = Arc::new(EmbeddedStore::in_memory(History::default()).unwrap());
        Self::over(store, settings)
    }

    pub fn over(store: Arc<dyn Store>, settings: Settings) -> Self {
        Self::guarded(store, settings, Arc::new(own_pair()), Clock::system())
    }

    /// With these keys and this clock.
    pub fn guarded(store: Arc<dyn Store>, settings: Settings, keys: Arc<dyn KeyRing>, clock: Clock) -> Self {
        crate::log::record();
        let deployment = Deployment::new();
        let api = Api::new(settings, Arc::clone(&store), keys, clock, deployment.clone());
        Self { api, store, deployment, credentials: own_pair(), edge: None }
    }

    /// Sends a request as it is. No answer may be a fault of ours.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.send_whatever_happens(request).await;
        assert!(!answer.status.is_server_error() || answer.status == 503, "{answer:?}");
        answer
    }

    /// Sends a request as it is.
    pub async fn send_whatever_happens(&self, request: Request<Body>) -> Answer {
        let response = self.api.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        answer.check();
        answer
    }

    /// Sends a signed request; `path` is what follows the API version.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let path = format!("/2020-05-31{path}");
        self.send(signed(&self.credentials, method, &path, headers, body, now_s())).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], b"").await
    }

    pub async fn post(&self, path: &str, document: &impl Shape) -> Answer {
        self.call("POST", path, &[], xml::write(document).as_bytes()).await
    }

    pub async fn put(&self, path: &str, etag: &str, document: &impl Shape) -> Answer {
        self.call("PUT", path, &[("if-match", etag)], xml::write(document).as_bytes()).await
    }

    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        self.call("DELETE", path, &[("if-match", etag)], b"").await
    }

    /// Creates a distribution and answers its id and version.
    pub async fn create(&self, config: &DistributionConfig) -> (String, String) {
        let answer = self.post("/distribution", config).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        (answer.text("Id"), answer.header("etag").to_owned())
    }

    /// The configuration as it is shown, and its version.
    pub async fn config(&self, id: &str) -> (DistributionConfig, String) {
        let answer = self.get(&format!("/distribution/{id}/config")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (answer.read(), answer.header("etag").to_owned())
    }

    /// Disables a distribution and deletes it.
    pub async fn remove(&self, id: &str) {
        let (mut config, etag) = self.config(id).await;
        config.enabled = false;
        let answer = self.put(&format!("/distribution/{id}/config"), &etag, &config).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = self.delete(&format!("/distribution/{id}"), answer.header("etag")).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }
}

impl Answer {
    /// What holds for every answer whatsoever.
    fn check(&self) {
        assert_eq!(self.header("x-amzn-requestid").len(), 36);
        let is_json = self.header("content-type") == "application/json";
        assert_eq!(self.header("vary"), "accept");
        if self.body.is_empty() {
            assert_eq!(self.status, 204);
        } else if is_json {
            assert!(self.body.starts_with('{'), "{}", self.body);
        } else {
            assert_eq!(self.header("content-type"), "text/xml");
            assert!(self.body.starts_with("<?xml"), "{}", self.body);
        }
        if !is_json && (self.status.is_client_error() || self.status.is_server_error()) {
            assert!(self.body.contains("<ErrorResponse xmlns="), "{}", self.body);
            assert_eq!(self.text("RequestId"), self.header("x-amzn-requestid"));
            assert!(!self.text("Message").is_empty());
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The text of the first element of this name.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        let (_, rest) =
            self.body.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {}", self.body));
        rest.split_once('<').unwrap().0.to_owned()
    }

    #[track_caller]
    pub fn read<T: Shape>(&self) -> T {
        xml::read(self.body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Asserts a refusal: status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status.as_u16(), self.text("Code").as_str()), (status, code), "{}", self.body);
        // Whoever may change something about it is told what would be accepted.
        let problems = self.header("x-warmfront-problems");
        let is_told = self.body.contains("Accepted") || problems.contains("Accepted");
        let may_not =
            matches!(status, 403 | 500 | 503) || matches!(code, "IncompleteSignature" | "Throttling");
        assert!(is_told || may_not, "{self:?}");
        self
    }

    #[track_caller]
    pub fn says(&self, words: &str) {
        assert!(self.text("Message").contains(words), "{}", self.body);
    }
}

/// The key pair of the tests.
pub fn own_pair() -> Credentials {
    Credentials::new("WFTESTKEY", SecretKey::new("test-secret"))
}

pub fn now_s() -> u64 {
    Clock::system().wall_s()
}

/// A request as an SDK would send it.
pub fn signed(
    credentials: &Credentials,
    method: &str,
    path_and_query: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    at_s: u64,
) -> Request<Body> {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let all: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let signable = Signable { method, host: HOST, path, query, headers: &all };
    let scope = Scope { region: "eu-west-1", service: "cloudfront" };
    let own = sign(&signable, credentials, scope, PayloadHash::of(body), at_s);
    let mut request = Request::builder().method(method).uri(path_and_query).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    for (name, value) in own.iter() {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).unwrap()
}

/// With references to what is kept elsewhere.
pub fn lenient() -> Settings {
    let environment = Environment { lenient_references: true, ..Environment::default() };
    Settings { deployment_wait: Duration::from_secs(60), environment, ..Settings::default() }
}

/// The least that can be created.
pub fn minimal(reference: &str) -> DistributionConfig {
    let document = "<DistributionConfig><CallerReference></CallerReference>\
         <Origins><Quantity>1</Quantity><Items><Origin><Id>site</Id><DomainName>site.example.com</DomainName>\
         <CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>\
         <OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>\
         <DefaultCacheBehavior><TargetOriginId>site</TargetOriginId>\
         <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
         <ForwardedValues><QueryString>false</QueryString><Cookies><Forward>none</Forward></Cookies></ForwardedValues>\
         <MinTTL>0</MinTTL></DefaultCacheBehavior><Comment></Comment><Enabled>true</Enabled></DistributionConfig>";
    let config: DistributionConfig = xml::read(document.as_bytes()).unwrap();
    DistributionConfig { caller_reference: reference.into(), ..config }
}
