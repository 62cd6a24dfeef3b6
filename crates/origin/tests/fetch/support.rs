//! A scripted origin: each test says what it reads and writes, byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderName, HeaderValue, Method};
use origin::{BoxError, BoxedBody, Failure, Origins, RequestBody, Response, Settings};
use rules::Fields;
use rules::failure::OriginFailure;
use rules::forward::OriginRequest;
use rules::model::{Endpoint, Origin, OriginKind, OriginScheme, OriginSigning};
use rules::request::Scheme;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A timeout that a test expects to run out before anything else happens.
pub const SOON: Duration = Duration::from_millis(80);

/// A timeout before which something must happen, on a busy machine too, and which then runs out.
pub const LATER: Duration = Duration::from_millis(400);

/// A timeout that never runs out in a test that works.
pub const NEVER: Duration = Duration::from_secs(60);

/// How long a script waits for what it needs to see, before its test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An origin that nobody has scripted yet.
pub struct Peer {
    listener: TcpListener,
}

/// One connection to the scripted origin.
pub struct Conversation<S = TcpStream> {
    pub stream: S,
    read_ahead: Vec<u8>,
}

/// A request head as it was on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub line: String,
    pub fields: Vec<(String, String)>,
}

impl Peer {
    pub async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    pub fn origin(&self) -> Origin {
        origin_at("127.0.0.1", self.address().port())
    }

    pub async fn accept(&self) -> Conversation {
        Conversation::new(awaited(self.listener.accept()).await.unwrap().0)
    }

    /// Accepts, reads one request head and writes `reply`.
    pub async fn reply(&self, reply: &str) -> Conversation {
        let mut conversation = self.accept().await;
        conversation.request().await;
        conversation.send(reply).await;
        conversation
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, read_ahead: Vec::new() }
    }

    /// Reads one request head.
    pub async fn request(&mut self) -> Head {
        loop {
            if let Some(end) = find(&self.read_ahead, b"\r\n\r\n") {
                let head: Vec<u8> = self.read_ahead.drain(..end + 4).collect();
                return Head::parse(std::str::from_utf8(&head).unwrap());
            }
            assert!(self.read_more().await > 0, "the connection ended within a request head");
        }
    }

    /// Reads exactly `len` bytes of a body.
    pub async fn body(&mut self, len: usize) -> Vec<u8> {
        while self.read_ahead.len() < len {
            assert!(self.read_more().await > 0, "the connection ended within a body");
        }
        self.read_ahead.drain(..len).collect()
    }

    /// Waits until the other side ends the connection, in whatever way.
    pub async fn end(&mut self) {
        while self.read_more().await > 0 {}
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        awaited(self.stream.write_all(bytes.as_ref())).await.unwrap();
        awaited(self.stream.flush()).await.unwrap();
    }

    async fn read_more(&mut self) -> usize {
        awaited(self.stream.read_buf(&mut self.read_ahead)).await.unwrap_or(0)
    }
}

impl Conversation {
    /// Ends the connection with a reset.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

impl Head {
    fn parse(text: &str) -> Self {
        let mut lines = text.trim_end().split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let fields = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { line, fields }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// Path and query on the request line.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// A test that waits for ever would tell nobody what it waits for.
async fn awaited<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("what the origin's script waits for does not happen")
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// An origin with three attempts and timeouts that never run out.
pub fn origin_at(host: &str, port: u16) -> Origin {
    Origin {
        id: "o".into(),
        kind: OriginKind::Custom,
        domain_name: host.into(),
        endpoint: Endpoint {
            host: host.into(),
            http_port: port,
            https_port: port,
            scheme: OriginScheme::MatchViewer,
        },
        path_prefix: "".into(),
        custom_headers: [].into(),
        signing: OriginSigning::Unsigned,
        connection_attempts: 3,
        connection_timeout: NEVER,
        response_timeout: NEVER,
        completion_timeout: None,
        keepalive_timeout: NEVER,
    }
}

pub fn request(method: Method, target: &str) -> OriginRequest {
    OriginRequest {
        method,
        scheme: Scheme::Http,
        host: HeaderValue::from_static("site.example"),
        tls_name: "site.example".into(),
        accepted_names: vec!["site.example".into()],
        target: target.into(),
        fields: fields(&[("x-test", "yes")]),
        sign: None,
    }
}

pub fn get(target: &str) -> OriginRequest {
    request(Method::GET, target)
}

pub fn fields(lines: &[(&'static str, &'static str)]) -> Fields {
    let line = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    lines.iter().map(line).collect()
}

pub fn origins() -> Arc<Origins> {
    Origins::new(Settings::default()).unwrap()
}

/// Fetches without a request body, on connections of its own.
pub async fn fetch(origin: &Origin, request: OriginRequest) -> Result<Response, Failure> {
    origins().fetch(origin, request, RequestBody::Empty).await
}

/// Reads a body to its end: what came, and how it ended.
pub async fn read(response: Response) -> (String, Option<OriginFailure>) {
    let mut body = response.body;
    let mut text = Vec::new();
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => text.extend_from_slice(&piece),
            Err(failure) => {
                assert!(body.next().await.is_none(), "something came after the error");
                return (String::from_utf8(text).unwrap(), Some(failure));
            }
        }
    }
    (String::from_utf8(text).unwrap(), None)
}

/// A request body out of a stream, with or without a declared length.
pub fn streaming(
    pieces: impl futures_util::Stream<Item = Result<Bytes, BoxError>> + Send + 'static,
    length: Option<u64>,
) -> RequestBody {
    RequestBody::Streaming(BoxedBody::new(Streamed { pieces: Box::pin(pieces), length }))
}

type Pieces = std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, BoxError>> + Send>>;

struct Streamed {
    pieces: Pieces,
    length: Option<u64>,
}

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        self.pieces.poll_next_unpin(cx).map(|piece| piece.map(|piece| piece.map(http_body::Frame::data)))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.length.map_or_else(http_body::SizeHint::default, http_body::SizeHint::with_exact)
    }
}
