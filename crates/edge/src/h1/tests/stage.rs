//! An edge with one distribution, `h.example`, and an origin that writes down what it gets.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use compile::{Environment, Identity, References};
use http::header::{CACHE_CONTROL, HeaderValue};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use observe::Clock;
use rules::model::{Distribution, Snapshot};
use rules::request::Scheme;
use shapes::{DistributionConfig, xml};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::listen::{self, Transport};
use crate::{Edge, Settings, Worker};

/// The host of the distribution.
pub const HOST: &str = "h.example";
/// Longest real time that anything here may take.
const GUARD: Duration = Duration::from_secs(8);
/// The time limit of a request head: longer than [`GUARD`], so that no connection ends by it unnoticed.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(40);

/// Paths below this are kept by the cache; all others are passed on.
const CACHED: &str = "/kept/*";

/// The edge, its origin, and what that has seen.
pub struct Stage {
    pub worker: Arc<Worker>,
    address: SocketAddr,
    seen: Seen,
    pub shutdown: watch::Sender<bool>,
}

type Seen = Arc<Mutex<Vec<String>>>;

impl Stage {
    /// An edge that listens in clear text, and its origin.
    pub async fn new() -> Self {
        let seen = Seen::default();
        let origin = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = origin.local_addr().unwrap().port();
        tokio::spawn(serve_origin(origin, Arc::clone(&seen)));
        let worker = worker(port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, stop) = watch::channel(false);
        tokio::spawn(listen::serve(Arc::clone(&worker), listener, Transport::Plain, stop));
        Self { worker, address, seen, shutdown }
    }

    /// A connection to the listener.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What a viewer gets that writes `bytes` in pieces of these lengths, over a connection that holds `capacity`
    /// bytes in each direction.
    pub async fn talk(&self, bytes: &[u8], lengths: &[usize], capacity: usize) -> Vec<u8> {
        let (mut from, mut to) = tokio::io::split(self.join(capacity));
        let writing = async {
            let mut left = bytes;
            for length in lengths {
                let (piece, rest) = left.split_at((*length).min(left.len()));
                left = rest;
                // The edge may have ended the connection before it got everything.
                let _ = to.write_all(piece).await;
                tokio::task::yield_now().await;
            }
            let _ = to.write_all(left).await;
        };
        let (read, ()) = tokio::join!(rest(&mut from), writing);
        read.unwrap()
    }

    /// A connection in memory; at most `capacity` bytes lie in each direction.
    pub fn join(&self, capacity: usize) -> DuplexStream {
        let (near, far) = tokio::io::duplex(capacity);
        let viewer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let stop = self.shutdown.subscribe();
        tokio::spawn(super::super::serve(Arc::clone(&self.worker), far, viewer, Scheme::Http, stop));
        near
    }

    /// What the origin has seen whole since this was last asked: method, target, body.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// A worker of an edge that knows one distribution whose origin is at `port`.
pub fn worker(port: u16) -> Arc<Worker> {
    let settings = Settings {
        cache: cache::Limits::default(),
        origins: origin::Settings::default(),
        explain: false,
        pop: "LOC50-P1".into(),
        public_https_port: 443,
        head_timeout: HEAD_TIMEOUT,
        drain_timeout: Duration::from_secs(5),
        max_compressions: 1,
        max_connections: 64,
    };
    let edge = Edge::new(settings, Clock::standing_at_ms(1_800_000_000_000)).unwrap();
    let snapshot: Snapshot = compile::snapshot(1, vec![distribution(port)]);
    edge.install(Arc::new(snapshot));
    Worker::new(edge).unwrap()
}

fn distribution(port: u16) -> Arc<Distribution> {
    let behavior = |policy: &str| {
        format!(
            "<TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
             <AllowedMethods><Quantity>7</Quantity><Items><Method>GET</Method><Method>HEAD</Method>\
             <Method>OPTIONS</Method><Method>PUT</Method><Method>POST</Method><Method>PATCH</Method>\
             <Method>DELETE</Method></Items><CachedMethods><Quantity>2</Quantity><Items><Method>GET</Method>\
             <Method>HEAD</Method></Items></CachedMethods></AllowedMethods>\
             <CachePolicyId>{policy}</CachePolicyId>"
        )
    };
    let document = format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>r</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id>\
         <DomainName>o.localhost</DomainName><CustomOriginConfig><HTTPPort>{port}</HTTPPort>\
         <HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig>\
         </Origin></Items></Origins><DefaultCacheBehavior>{}</DefaultCacheBehavior>\
         <CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>{CACHED}</PathPattern>{}\
         </CacheBehavior></Items></CacheBehaviors><Comment></Comment><Enabled>true</Enabled></DistributionConfig>",
        behavior("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
        behavior("658327ea-f89d-4fab-a63d-7e88639e58f6"),
    );
    let config: DistributionConfig = xml::read(document.as_bytes()).unwrap();
    let identity = Identity {
        id: "E1".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
        etag: "EA".into(),
        domain_name: HOST.into(),
    };
    let compiled = compile::distribution(&identity, &config, &References::default(), &Environment::default());
    Arc::new(compiled.unwrap())
}

async fn serve_origin(listener: TcpListener, seen: Seen) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let seen = Arc::clone(&seen);
        let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
        );
    }
}

/// Answers a request; one whose body breaks off is not written down.
async fn answer(
    request: hyper::Request<Incoming>,
    seen: Seen,
) -> Result<hyper::Response<BoxBody<Bytes, Infallible>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = match path.as_str() {
        // Answered before anything of the body was read.
        "/early" => Bytes::new(),
        _ => body.collect().await?.to_bytes(),
    };
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let told = format!("{} {target} {}", parts.method, String::from_utf8_lossy(&body));
    seen.lock().unwrap().push(told.trim_end().to_owned());
    let large = Bytes::from(vec![b'x'; 100_000]);
    let whole = |body: Bytes| Full::new(body).boxed();
    let body = match path.as_str() {
        "/none" => whole(Bytes::new()),
        "/kept/large" => whole(large),
        "/chunks" => {
            let pieces = ["one", "two", "three"].map(|text| Ok(Frame::data(Bytes::from(text))));
            BoxBody::new(StreamBody::new(futures_util::stream::iter(pieces)))
        }
        _ => whole(Bytes::from(format!("about {path}"))),
    };
    let mut response = hyper::Response::new(body);
    let value = if path.starts_with("/kept/") { "max-age=3600" } else { "no-store" };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
    Ok(response)
}

/// Everything that comes until the connection ends; or what came so far, when it does not.
pub async fn rest(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    // A reset ends it too.
    match tokio::time::timeout(GUARD, stream.read_to_end(&mut bytes)).await {
        Ok(_) => Ok(bytes),
        Err(_) => Err(format!("still open after {GUARD:?}: {:?}", String::from_utf8_lossy(&bytes))),
    }
}
