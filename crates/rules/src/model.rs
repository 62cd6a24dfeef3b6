//! The compiled model: everything an edge needs to answer viewers, immutable, shared as `Arc<Snapshot>`.
//!
//! `compile` builds it from the API's shapes. By then ids have become indices, patterns have become matchers,
//! seconds have become `Duration`, legacy settings and policies have become the same [`Caching`] and
//! [`Forwarding`]. Whatever could be decided from the configuration alone has been decided.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
pub use signing::edge_identity::EdgeIdentity;

use crate::path_pattern::PathPattern;
use crate::request::Text;
use crate::security_policy::SecurityPolicy;
pub use crate::snapshot::{Distributions, Snapshot};

/// One distribution.
#[derive(Debug)]
pub struct Distribution {
    /// `E...` id.
    pub id: Arc<str>,
    /// Version of the document this was compiled from.
    pub etag: Arc<str>,
    /// Its ARN, as bucket policies name it (G30).
    pub arn: Arc<str>,
    /// A disabled distribution answers as an unknown host (E04).
    pub enabled: bool,
    /// The assigned domain name, lower-case.
    pub domain_name: Arc<str>,
    /// Alternate domain names, lower-case, possibly with a leading `*.` (E02).
    pub aliases: Box<[Arc<str>]>,
    /// What a request for exactly `/` asks for (E30).
    pub default_root_object: DefaultRootObject,
    /// Cache behaviors in listed order; the last is the default one.
    pub behaviors: Behaviors,
    /// Origins; a [`Target`] holds indices into this list.
    pub origins: Box<[Origin]>,
    /// Custom error responses and error caching minimum TTLs.
    pub error_responses: ErrorResponses,
    /// Whether HTTP/2 is announced to viewers (O20).
    pub http2: bool,
    /// Whether HTTP/3 is announced to viewers (O20, H34).
    pub http3: bool,
    /// What TLS viewers have to speak (O10).
    pub security_policy: SecurityPolicy,
}

/// What a request for `/` becomes (E30 to E35).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultRootObject {
    /// `/` goes to the origin as it is (E35).
    None,
    /// The path with its leading slash.
    Path(Text),
    /// The configured value cannot be used: 400 `InvalidDefaultRootObject` (E33).
    Invalid,
}

/// Cache behaviors of a distribution. Looking one up always succeeds: the default matches every path.
#[derive(Debug)]
pub struct Behaviors {
    /// Behaviors with a path pattern, in listed order.
    pub listed: Box<[CacheBehavior]>,
    /// The default cache behavior.
    pub default: CacheBehavior,
}

/// Which behavior: a listed one or the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BehaviorIndex {
    /// Position in [`Behaviors::listed`].
    Listed(usize),
    /// The default cache behavior.
    Default,
}

impl Behaviors {
    /// The first behavior whose pattern matches `normalized_path` (E40); see [`crate::path_pattern::normalize`].
    pub fn find(&self, normalized_path: &str) -> BehaviorIndex {
        self.listed
            .iter()
            .position(|behavior| behavior.pattern.matches(normalized_path))
            .map_or(BehaviorIndex::Default, BehaviorIndex::Listed)
    }

    /// The behavior at `index`; an index of another distribution falls back to the default behavior.
    pub fn at(&self, index: BehaviorIndex) -> &CacheBehavior {
        match index {
            BehaviorIndex::Listed(position) => self.listed.get(position).unwrap_or(&self.default),
            BehaviorIndex::Default => &self.default,
        }
    }
}

/// One cache behavior.
#[derive(Debug)]
pub struct CacheBehavior {
    /// The path pattern; `*` for the default behavior.
    pub pattern: PathPattern,
    /// Where misses go.
    pub target: Target,
    /// What happens to plain HTTP (O30).
    pub viewer_protocol_policy: ViewerProtocolPolicy,
    /// Methods that viewers may use (E16).
    pub allowed_methods: Methods,
    /// Methods whose answers may be stored (E17): `GetHead` or `GetHeadOptions`.
    pub cached_methods: Methods,
    /// TTLs and cache key.
    pub caching: Caching,
    /// What else reaches the origin.
    pub forwarding: Forwarding,
    /// Which codings the edge compresses with.
    pub compression: Compression,
    /// Header edits of the response headers policy (M.4).
    pub response_headers: Option<Arc<ResponseHeadersPolicy>>,
    /// Whether gRPC is passed through (E61).
    pub grpc: bool,
}

/// Where a behavior's requests go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One origin: index into [`Distribution::origins`].
    Origin(usize),
    /// An origin group (J.1).
    Group {
        /// Asked first, always (J04).
        primary: usize,
        /// Asked after a failure listed in `fail_over_on`.
        secondary: usize,
        /// Status codes that trigger failover (J02).
        fail_over_on: StatusSet,
    },
}

/// A set of HTTP status codes that a failover criterion can list (J02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusSet(u16);

impl StatusSet {
    /// The codes that may be listed (J02).
    pub const LISTABLE: [u16; 9] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

    /// The set with `status` added; codes that are not listable are ignored.
    #[must_use]
    pub fn with(self, status: u16) -> Self {
        match Self::LISTABLE.iter().position(|listed| *listed == status) {
            Some(bit) => Self(self.0 | 1 << bit),
            None => self,
        }
    }

    /// Whether `status` is in the set.
    pub fn contains(self, status: u16) -> bool {
        Self::LISTABLE.iter().position(|listed| *listed == status).is_some_and(|bit| self.0 & 1 << bit != 0)
    }

    /// The codes in the set, ascending.
    pub fn iter(self) -> impl Iterator<Item = u16> {
        Self::LISTABLE.into_iter().filter(move |status| self.contains(*status))
    }
}

/// Viewer protocol policy (O30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewerProtocolPolicy {
    /// HTTP and HTTPS are answered.
    AllowAll,
    /// HTTP gets 403.
    HttpsOnly,
    /// HTTP is redirected.
    RedirectToHttps,
}

/// The three method sets that a behavior may have (E16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methods {
    /// GET and HEAD.
    GetHead,
    /// GET, HEAD and OPTIONS.
    GetHeadOptions,
    /// GET, HEAD, OPTIONS, PUT, POST, PATCH and DELETE.
    All,
}

impl Methods {
    /// Whether `method` is in the set.
    pub fn contains(self, method: &http::Method) -> bool {
        match *method {
            http::Method::GET | http::Method::HEAD => true,
            http::Method::OPTIONS => self != Self::GetHead,
            http::Method::PUT | http::Method::POST | http::Method::PATCH | http::Method::DELETE => {
                self == Self::All
            }
            _ => false,
        }
    }
}

/// TTLs and what identifies an object, folded from a cache policy or from legacy settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caching {
    /// Whether anything of this behavior may be stored.
    pub mode: CachingMode,
    /// Bounds of an object's lifetime.
    pub ttl: TtlBounds,
    /// What enters the cache key besides distribution and path.
    pub key: KeyParts,
}

/// Whether a behavior caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachingMode {
    /// Objects and errors are stored by the rules of groups B and C.
    Enabled,
    /// All three TTLs are 0 (C06, D40): nothing is stored, nothing is collapsed.
    Disabled,
    /// Legacy "forward all headers" (D41, B16): nothing is stored.
    ForwardsAllHeaders,
}

/// Minimum, default and maximum TTL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TtlBounds {
    /// Minimum TTL.
    pub minimum: Duration,
    /// Default TTL: used when the origin says nothing.
    pub default: Duration,
    /// Maximum TTL: used when the origin says something.
    pub maximum: Duration,
}

/// What enters the cache key (D.2). All of it is forwarded to the origin too (D11).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyParts {
    /// Query parameters.
    pub query: NameSelection,
    /// Headers by name, sorted; generated `cloudfront-*` names included.
    pub headers: Box<[HeaderName]>,
    /// Cookies.
    pub cookies: NameSelection,
    /// Whether `Accept-Encoding` is normalised with gzip into the key (D30).
    pub gzip: bool,
    /// Whether `Accept-Encoding` is normalised with brotli into the key (D30).
    pub brotli: bool,
}

/// Which codings the edge compresses with (I30, I31, I37); none unless the behavior says `Compress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compression {
    /// gzip
    pub gzip: bool,
    /// Brotli, preferred where viewers take both.
    pub brotli: bool,
}

/// A choice of query parameters or cookies by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NameSelection {
    /// Every one.
    All,
    /// Every one except these.
    Except(Box<[Arc<str>]>),
    /// None.
    #[default]
    None,
    /// Only these, whole names, case-sensitive (D16).
    Only(Box<[Arc<str>]>),
    /// Only those matching one of these patterns with `*` and `?` (legacy cookie lists, D16).
    OnlyMatching(Box<[PathPattern]>),
}

/// What reaches the origin beyond the cache key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarding {
    /// Which table of default header treatment applies.
    pub treatment: HeaderTreatment,
    /// Headers allowed by the origin request policy (D61).
    pub headers: HeaderSelection,
    /// Query parameters allowed by the origin request policy.
    pub query: NameSelection,
    /// Cookies allowed by the origin request policy.
    pub cookies: NameSelection,
}

/// Which table of default header treatment applies to requests for the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderTreatment {
    /// Legacy settings: F10 to F22.
    Legacy,
    /// Cache policy and origin request policy: F30.
    Policy,
}

/// Header choice of an origin request policy (D61).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HeaderSelection {
    /// Every viewer header, `Host` included (D64, F31).
    AllViewer,
    /// Every viewer header and these generated ones.
    AllViewerAnd(Box<[HeaderName]>),
    /// Every viewer header except these.
    AllViewerExcept(Box<[HeaderName]>),
    /// None.
    #[default]
    None,
    /// Only these.
    Only(Box<[HeaderName]>),
}

impl NameSelection {
    /// Whether nothing at all is chosen.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether every name that `other` can choose is chosen here too; patterns cover only themselves.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::None) => true,
            (Self::Only(_) | Self::Except(_), Self::Only(names)) => {
                names.iter().all(|name| self.selects(name))
            }
            (Self::Except(kept_away), Self::Except(names)) => {
                kept_away.iter().all(|name| names.contains(name))
            }
            _ => self == other,
        }
    }
}

impl CacheBehavior {
    /// Whether any cookie reaches the origin (C51, H10).
    pub fn forwards_cookies(&self) -> bool {
        !self.caching.key.cookies.is_none() || !self.forwarding.cookies.is_none()
    }

    /// Whether cookies reach the origin that are not part of the cache key (D51, H13).
    pub fn forwards_cookies_outside_key(&self) -> bool {
        !self.caching.key.cookies.covers(&self.forwarding.cookies)
    }
}

/// An origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The id that behaviors name.
    pub id: Arc<str>,
    /// A server or an S3-type bucket.
    pub kind: OriginKind,
    /// The configured domain name; also the default `Host` (F06).
    pub domain_name: Arc<str>,
    /// Where connections go and which `Host` names it when that differs from `domain_name`.
    pub endpoint: Endpoint,
    /// Put in front of the request path: the origin path, after the bucket for path-style stores (F04).
    pub path_prefix: Arc<str>,
    /// Origin custom headers, applied last (F40, F43).
    pub custom_headers: Box<[(HeaderName, HeaderValue)]>,
    /// How requests are signed (G.2).
    pub signing: OriginSigning,
    /// Connection attempts, 1 to 3 (J20).
    pub connection_attempts: u8,
    /// Time limit of one connection attempt (J20).
    pub connection_timeout: Duration,
    /// Time limit of the wait for the first byte and of each gap between packets (J30).
    pub response_timeout: Duration,
    /// Total time limit of a request including retries (J34).
    pub completion_timeout: Option<Duration>,
    /// How long an idle connection is kept (F08).
    pub keepalive_timeout: Duration,
}

/// What kind of origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    /// A web server.
    Custom,
    /// An S3-type bucket (declared with `S3OriginConfig`).
    S3,
}

/// Where connections to an origin go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Name or address to connect to.
    pub host: Arc<str>,
    /// Port for plain HTTP.
    pub http_port: u16,
    /// Port for HTTPS.
    pub https_port: u16,
    /// Which scheme is used.
    pub scheme: OriginScheme,
}

/// Origin protocol policy (F02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginScheme {
    /// Always HTTP.
    HttpOnly,
    /// Always HTTPS.
    HttpsOnly,
    /// As the viewer came.
    MatchViewer,
}

/// How requests to an origin are signed (G.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginSigning {
    /// Not signed: no access control, or an access control that says `never` (G22).
    Unsigned,
    /// Every request, overwriting a viewer's `Authorization` (G21); also legacy identities (G27).
    Always(Arc<OriginSignature>),
    /// Unless the viewer sent `Authorization` (G23).
    NoOverride(Arc<OriginSignature>),
}

/// What a signature for an origin is made of, besides the secret (G.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginSignature {
    /// Region of the credential scope.
    pub region: Arc<str>,
    /// The bucket that is asked: stores outside may have a key pair for each.
    pub bucket: Arc<str>,
    /// On whose behalf: a bucket of this product knows who asks.
    pub identity: EdgeIdentity,
}

/// Custom error responses of a distribution, at most one for each code (A01).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ErrorResponses(Box<[ErrorResponse]>);

/// Error caching minimum TTL of codes without an entry (A06).
pub const DEFAULT_ERROR_CACHING_MIN_TTL: Duration = Duration::from_secs(10);

impl ErrorResponses {
    /// The entries, sorted by code; `compile` has refused duplicates.
    pub fn new(mut entries: Vec<ErrorResponse>) -> Self {
        entries.sort_by_key(|entry| entry.error_code);
        Self(entries.into())
    }

    /// The entry for `status`.
    pub fn find(&self, status: StatusCode) -> Option<&ErrorResponse> {
        self.0.iter().find(|entry| entry.error_code == status.as_u16())
    }

    /// The error caching minimum TTL of `status`: its entry's, or 10 s (A06).
    pub fn caching_min_ttl(&self, status: StatusCode) -> Duration {
        self.find(status).map_or(DEFAULT_ERROR_CACHING_MIN_TTL, |entry| entry.caching_min_ttl)
    }

    /// All entries, ascending by code.
    pub fn iter(&self) -> impl Iterator<Item = &ErrorResponse> {
        self.0.iter()
    }
}

/// One custom error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponse {
    /// The HTTP error code it is for.
    pub error_code: u16,
    /// Error caching minimum TTL.
    pub caching_min_ttl: Duration,
    /// The page and the status that viewers get; `None` when the entry only tunes the TTL (A05).
    pub page: Option<ErrorPage>,
}

/// A page of a custom error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// `ResponsePagePath`.
    pub path: Text,
    /// The behavior that serves the page: the first that matches its path (A31).
    pub behavior: BehaviorIndex,
    /// `ResponseCode`: the status that viewers get (A11).
    pub response_code: StatusCode,
}

/// A response headers policy, compiled (M.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseHeadersPolicy {
    /// Its id.
    pub id: Arc<str>,
    /// Removed first (M41).
    pub remove: Box<[HeaderName]>,
    /// The CORS block.
    pub cors: Option<Cors>,
    /// Security and custom headers, in order.
    pub set: Box<[SetHeader]>,
    /// Server-Timing sampling in units of 1/10,000 percent; `None` when not enabled (M60).
    pub server_timing: Option<u32>,
}

/// A header that a policy adds (M42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetHeader {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: HeaderValue,
    /// Whether it replaces the origin's.
    pub override_origin: bool,
}

/// The CORS block of a response headers policy (M43 to M49).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Whether the block replaces CORS headers of the origin (M43).
    pub override_origin: bool,
    /// `Access-Control-Allow-Origin`.
    pub allow_origins: AllowOrigins,
    /// `Access-Control-Allow-Headers` items (preflight only).
    pub allow_headers: Box<[Arc<str>]>,
    /// `Access-Control-Allow-Methods` (preflight only), ready to send.
    pub allow_methods: HeaderValue,
    /// `Access-Control-Allow-Credentials: true`.
    pub allow_credentials: bool,
    /// `Access-Control-Expose-Headers`, ready to send.
    pub expose_headers: Option<HeaderValue>,
    /// `Access-Control-Max-Age` in seconds (preflight only).
    pub max_age_s: Option<u32>,
}

/// Which request origins CORS answers name (M45, M46).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowOrigins {
    /// `*`, sent as it is.
    Any,
    /// Values and patterns; the matching request origin is echoed.
    Listed(Box<[Arc<str>]>),
}
