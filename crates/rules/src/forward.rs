//! What an origin gets to see: request line, host and header fields of an origin request (groups D, F, G).
//!
//! Cache key and origin request policy together choose query parameters, cookies and headers (D62); a table of
//! default treatments decides about the rest (F.2, F.3). Truth table: `docs/rules/forwarded-headers.md`.
//! Connections, body framing and the signature itself belong to the room that sends.

use std::sync::Arc;

use http::Method;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, ETAG, HOST, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RANGE, TRANSFER_ENCODING, USER_AGENT, VIA,
};

use crate::Fields;
use crate::cache_control::varies_on_everything;
use crate::cache_key::{drops_accept_encoding, normalized_accept_encoding};
use crate::generated::{Generated, every_policy_header, forwarded_for, version_text};
use crate::hop_by_hop::{is_hop_by_hop, named_by_connection};
use crate::model::{
    CacheBehavior, CachingMode, Distribution, HeaderSelection, HeaderTreatment, Origin, OriginKind,
    OriginScheme, OriginSignature, OriginSigning,
};
use crate::names::{
    CDN_LOOP, CLOUDFRONT_ERROR_ARGS, CLOUDFRONT_ERROR_URI, REQUEST_RANGE, X_AMZ_CF_ID, X_FORWARDED_FOR,
    is_generated,
};
use crate::request::{RequestHead, Scheme};
use crate::selection;

/// A request for an origin, complete but for its body and signature.
#[derive(Debug, Clone)]
pub struct OriginRequest {
    /// The method.
    pub method: Method,
    /// HTTP or HTTPS (F02).
    pub scheme: Scheme,
    /// `Host` (F06, D64).
    pub host: HeaderValue,
    /// The name sent in the TLS handshake (F53).
    pub tls_name: Arc<str>,
    /// Names of which the certificate must match one (F51).
    pub accepted_names: Vec<Arc<str>>,
    /// Path and query, the origin path in front (F04, F05).
    pub target: String,
    /// All header fields but `Host`; origin custom headers last (F43).
    pub fields: Fields,
    /// The signature, when the request is to be signed (G.2).
    pub sign: Option<Arc<OriginSignature>>,
}

/// What is asked of an origin, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The viewer's distribution.
    pub distribution: &'a Distribution,
    /// The behavior that matched; for an error page, the page's.
    pub behavior: &'a CacheBehavior,
    /// The origin that is asked.
    pub origin: &'a Origin,
    /// The viewer's request; for an error page, with the page's path.
    pub head: &'a RequestHead,
    /// The method for the origin; an error page is always fetched with GET (A33).
    pub method: &'a Method,
    /// The request's id (F20).
    pub request_id: &'a str,
    /// This edge's id in `CDN-Loop` and `Via` (E20).
    pub edge_id: &'a str,
    /// Why the origin is asked.
    pub purpose: Purpose<'a>,
    /// What of the viewer's own goes along although the answer may be stored.
    pub along: Along,
}

/// What of the viewer's own goes along with a question whose answer may be stored for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Along {
    /// `Range`: a part is asked for (I02). Then `If-Range` goes too, unless a copy of the part is validated.
    pub range: bool,
    /// `If-None-Match` and `If-Modified-Since`: no copy is held (I21). Not where cookies are forwarded (I23).
    pub conditions: bool,
}

/// Why an origin is asked.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// For a custom error page (A.3).
    ErrorPage {
        /// Path of the object that failed (A35).
        failed_path: &'a str,
        /// Its query (A35).
        failed_query: Option<&'a str>,
        /// Validators of an expired copy of the page.
        validators: Option<&'a Validators>,
    },
    /// To validate an expired copy (C50).
    Refresh(&'a Validators),
    /// For a viewer, without a copy.
    Viewer,
}

/// What identifies a stored copy to its origin (C50).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag` of the copy.
    pub etag: Option<HeaderValue>,
    /// `Last-Modified` of the copy.
    pub last_modified: Option<HeaderValue>,
}

impl Validators {
    /// The validators of a stored response; `None` when it has neither.
    pub fn of(fields: &Fields) -> Option<Self> {
        let validators =
            Self { etag: fields.first(&ETAG).cloned(), last_modified: fields.first(&LAST_MODIFIED).cloned() };
        (validators.etag.is_some() || validators.last_modified.is_some()).then_some(validators)
    }

    /// The validators with which a stored response may be refreshed: none where cookies are forwarded (C51),
    /// none for `Vary: *` when the minimum TTL is 0 (C53).
    pub fn for_refresh(fields: &Fields, behavior: &CacheBehavior) -> Option<Self> {
        let refetched_whole = varies_on_everything(fields) && behavior.caching.ttl.minimum.is_zero();
        if behavior.forwards_cookies() || refetched_whole { None } else { Self::of(fields) }
    }
}

/// Whether a viewer's field is never sent with the request for an error page, whatever the page's behavior
/// forwards (A34).
pub fn is_withheld_from_pages(name: &HeaderName) -> bool {
    [RANGE, AUTHORIZATION, COOKIE, TRANSFER_ENCODING].contains(name)
        || name.as_str().starts_with("if-")
        || name.as_str().starts_with("content-")
}

/// The origin request for `asking`.
pub fn to_origin(asking: &Asking<'_>) -> OriginRequest {
    let scheme = scheme(asking);
    let own_name = own_name(asking.origin);
    let viewer_host =
        forwards_host(asking).then(|| HeaderValue::from_str(&asking.head.authority).ok()).flatten();
    let mut accepted_names = vec![Arc::clone(own_name)];
    let mut tls_name = Arc::clone(own_name);
    if viewer_host.is_some() {
        tls_name = Arc::from(&*asking.head.host);
        accepted_names.push(Arc::clone(&tls_name));
    }
    let (fields, sign) = fields_and_signature(asking);
    OriginRequest {
        method: if is_page(asking) { Method::GET } else { asking.method.clone() },
        scheme,
        host: viewer_host.unwrap_or_else(|| own_host(asking.origin, scheme)),
        tls_name,
        accepted_names,
        target: target(asking),
        fields,
        sign,
    }
}

const fn is_page(asking: &Asking<'_>) -> bool {
    matches!(asking.purpose, Purpose::ErrorPage { .. })
}

// === host and target ===

fn scheme(asking: &Asking<'_>) -> Scheme {
    match asking.origin.endpoint.scheme {
        OriginScheme::HttpOnly => Scheme::Http,
        OriginScheme::HttpsOnly => Scheme::Https,
        OriginScheme::MatchViewer => asking.head.scheme,
    }
}

/// The name by which an origin knows itself: a bucket, the name of its endpoint (G04).
const fn own_name(origin: &Origin) -> &Arc<str> {
    match origin.kind {
        OriginKind::Custom => &origin.domain_name,
        OriginKind::S3 => &origin.endpoint.host,
    }
}

/// The origin's own name as `Host`, with its port unless that is the scheme's (F06).
fn own_host(origin: &Origin, scheme: Scheme) -> HeaderValue {
    let name = own_name(origin);
    let (port, usual) = match scheme {
        Scheme::Http => (origin.endpoint.http_port, 80),
        Scheme::Https => (origin.endpoint.https_port, 443),
    };
    let name =
        if name.contains(':') && !name.starts_with('[') { format!("[{name}]") } else { name.to_string() };
    let host = if port == usual { name } else { format!("{name}:{port}") };
    // A name that is no header value has not passed `compile`; the origin then refuses the empty Host.
    HeaderValue::from_str(&host).unwrap_or(const { HeaderValue::from_static("") })
}

/// Whether the viewer's `Host` is sent: by policy (D64), and never to a bucket (G04).
fn forwards_host(asking: &Asking<'_>) -> bool {
    asking.origin.kind == OriginKind::Custom
        && !asking.head.authority.is_empty()
        && asking.behavior.forwards_header(&HOST)
}

/// Origin path, then the path as received (F05), then the chosen query parameters (D62). An error page is
/// fetched without a query (A34).
fn target(asking: &Asking<'_>) -> String {
    let head = asking.head;
    let viewer_query = head.query.as_deref().filter(|_| !is_page(asking)).unwrap_or_default();
    let query = selection::query(
        viewer_query,
        &[&asking.behavior.caching.key.query, &asking.behavior.forwarding.query],
    );
    let prefix = &asking.origin.path_prefix;
    let mut target = String::with_capacity(prefix.len() + head.path.len() + query.len() + 1);
    target.push_str(prefix);
    target.push_str(&head.path);
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    target
}

// === header fields ===

fn fields_and_signature(asking: &Asking<'_>) -> (Fields, Option<Arc<OriginSignature>>) {
    let mut fields = viewer_fields(asking);
    let sign = signature(&asking.origin.signing, &fields);
    add_generated(asking, &mut fields);
    add_validators(asking, &mut fields);
    add_own(asking, &mut fields);
    for (name, value) in &asking.origin.custom_headers {
        // A blank Accept-Encoding means "none" (D33, F44), not an empty field.
        if *name != ACCEPT_ENCODING || !value.is_empty() {
            fields.set(name.clone(), value.clone());
        }
    }
    if sign.is_some() {
        fields.remove(&AUTHORIZATION);
    }
    (fields, sign)
}

/// `no-override` leaves a viewer's `Authorization` alone, provided that it is forwarded (G23).
fn signature(signing: &OriginSigning, viewer_fields: &Fields) -> Option<Arc<OriginSignature>> {
    match signing {
        OriginSigning::Always(signature) => Some(Arc::clone(signature)),
        OriginSigning::NoOverride(signature) if !viewer_fields.contains(&AUTHORIZATION) => {
            Some(Arc::clone(signature))
        }
        OriginSigning::NoOverride(_) | OriginSigning::Unsigned => None,
    }
}

/// The viewer's fields that pass, in the viewer's order; then `Accept-Encoding` and `Cookie`, which the edge
/// writes anew.
fn viewer_fields(asking: &Asking<'_>) -> Fields {
    let viewer = &asking.head.fields;
    let named_by_connection = named_by_connection(viewer);
    let chunked = viewer.contains(&TRANSFER_ENCODING);
    let mut fields = Fields::with_capacity(viewer.len() + asking.origin.custom_headers.len() + 8);
    for (name, value) in viewer.iter() {
        // With both framings given, the length is not to be believed (RFC 9112 section 6.3).
        let contradicted = chunked && *name == CONTENT_LENGTH;
        if !contradicted && !named_by_connection.contains(name) && passes(asking, name) {
            fields.append(name.clone(), value.clone());
        }
    }
    if let Some(value) = accept_encoding(asking) {
        fields.append(ACCEPT_ENCODING, value);
    }
    if let Some(value) = cookie(asking) {
        fields.append(COOKIE, value);
    }
    fields
}

/// How a viewer's header field is treated when nothing names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// F14.
    Authorization,
    /// Describes the body: always passes (F17, F30).
    Body,
    /// F10: negotiation and the like, passes only when named.
    Negotiation,
    /// Everything else: passes under legacy settings (F18, F21), or when named.
    Ordinary,
    /// `If-Match`, `If-Unmodified-Since`: the origin's to evaluate (I24).
    Precondition,
    /// Asks for a part of the object.
    Range,
    /// `If-None-Match`, `If-Modified-Since` (I21).
    Revalidation,
    /// Never copied: of one connection, written by the edge, or forgeable (F11, F12, F15, F20, F22).
    Withheld,
}

impl Kind {
    fn of(name: &HeaderName) -> Self {
        if is_hop_by_hop(name) || is_generated(name) || name.as_str().starts_with("x-edge-") {
            return Self::Withheld;
        }
        match name.as_str() {
            "accept-encoding" | "cdn-loop" | "cookie" | "expect" | "host" | "user-agent" | "via"
            | "x-amz-cf-id" | "x-forwarded-for" | "x-forwarded-proto" | "x-real-ip" => Self::Withheld,
            "authorization" => Self::Authorization,
            "content-encoding" | "content-length" | "content-md5" | "content-type" => Self::Body,
            "accept" | "accept-charset" | "accept-language" | "referer" | "x-http-method-override" => {
                Self::Negotiation
            }
            "if-match" | "if-unmodified-since" => Self::Precondition,
            "if-modified-since" | "if-none-match" => Self::Revalidation,
            "if-range" | "range" | "request-range" => Self::Range,
            _ => Self::Ordinary,
        }
    }
}

fn passes(asking: &Asking<'_>, name: &HeaderName) -> bool {
    let kind = Kind::of(name);
    let named = || asking.behavior.forwards_header(name);
    match asking.purpose {
        // A34: a page is the same for all viewers; only what its behavior names comes through.
        Purpose::ErrorPage { .. } => {
            matches!(kind, Kind::Negotiation | Kind::Ordinary)
                && !name.as_str().starts_with("content-")
                && named()
        }
        // A copy is validated with its own validators (I22); of a part, the same part is asked for.
        Purpose::Refresh(_) if matches!(kind, Kind::Precondition | Kind::Range | Kind::Revalidation) => {
            asking.along.range && *name == RANGE
        }
        Purpose::Refresh(_) | Purpose::Viewer => match kind {
            Kind::Authorization => keeps_authorization(asking) || named(),
            Kind::Body | Kind::Precondition => true,
            Kind::Negotiation => named(),
            Kind::Ordinary => asking.behavior.forwarding.treatment == HeaderTreatment::Legacy || named(),
            Kind::Range => !is_cacheable(asking) || asking.along.range && *name != REQUEST_RANGE,
            Kind::Revalidation => {
                !is_cacheable(asking) || asking.along.conditions && !asking.behavior.forwards_cookies()
            }
            Kind::Withheld => false,
        },
    }
}

/// F14: methods that change something, and OPTIONS unless its answers are cached.
fn keeps_authorization(asking: &Asking<'_>) -> bool {
    match *asking.method {
        Method::DELETE | Method::PATCH | Method::POST | Method::PUT => true,
        Method::OPTIONS => !asking.behavior.cached_methods.contains(asking.method),
        _ => false,
    }
}

fn is_cacheable(asking: &Asking<'_>) -> bool {
    asking.behavior.caching.mode == CachingMode::Enabled
        && asking.behavior.cached_methods.contains(asking.method)
}

/// The normalised value of D30; `identity` when the viewer offers nothing that the key distinguishes.
fn accept_encoding(asking: &Asking<'_>) -> Option<HeaderValue> {
    let Asking { behavior, head, origin, .. } = asking;
    if head.version < http::Version::HTTP_11 || drops_accept_encoding(origin) {
        return None;
    }
    let sent = head.fields.joined(&ACCEPT_ENCODING)?;
    let key = &behavior.caching.key;
    if key.gzip || key.brotli {
        return Some(HeaderValue::from_static(normalized_accept_encoding(key, head).unwrap_or("identity")));
    }
    HeaderValue::try_from(sent).ok().filter(|_| behavior.forwards_header(&ACCEPT_ENCODING))
}

/// The chosen cookies in one line, sorted by name (F33); none for an error page (A34).
fn cookie(asking: &Asking<'_>) -> Option<HeaderValue> {
    if is_page(asking) {
        return None;
    }
    let chosen = [&asking.behavior.caching.key.cookies, &asking.behavior.forwarding.cookies];
    let mut line = String::new();
    for cookie in selection::cookies(&asking.head.fields, &chosen) {
        if !line.is_empty() {
            line.push_str("; ");
        }
        line.push_str(cookie.name);
        line.push('=');
        line.push_str(cookie.value);
    }
    HeaderValue::try_from(line).ok().filter(|line| !line.is_empty())
}

/// Adds the `CloudFront-*` headers that the configuration names (F22, F60 to F64).
fn add_generated(asking: &Asking<'_>, fields: &mut Fields) {
    let generated = Generated::of(asking.head);
    let mut add = |name: &HeaderName| {
        if is_generated(name)
            && !fields.contains(name)
            && let Some(value) = error_value(asking, name).or_else(|| generated.value(name))
        {
            fields.append(name.clone(), value);
        }
    };
    asking.behavior.caching.key.headers.iter().for_each(&mut add);
    match &asking.behavior.forwarding.headers {
        HeaderSelection::AllViewer | HeaderSelection::None => {}
        HeaderSelection::AllViewerAnd(names) | HeaderSelection::Only(names) => names.iter().for_each(add),
        HeaderSelection::AllViewerExcept(names) => {
            every_policy_header().filter(|name| !names.contains(name)).for_each(|name| add(&name));
        }
    }
}

/// `CloudFront-Error-Uri` and `-Args`: only on error page requests (A35).
fn error_value(asking: &Asking<'_>, name: &HeaderName) -> Option<HeaderValue> {
    let Purpose::ErrorPage { failed_path, failed_query, .. } = asking.purpose else { return None };
    if *name == CLOUDFRONT_ERROR_URI {
        return HeaderValue::from_str(failed_path).ok();
    }
    let query = failed_query.filter(|_| *name == CLOUDFRONT_ERROR_ARGS)?;
    HeaderValue::from_str(query).ok()
}

/// Adds the validators of the stored copy, both when there are both (C50); none where cookies are forwarded
/// (C51).
fn add_validators(asking: &Asking<'_>, fields: &mut Fields) {
    let validators = match asking.purpose {
        Purpose::Refresh(validators) => Some(validators),
        Purpose::ErrorPage { validators, .. } => validators,
        Purpose::Viewer => None,
    };
    let Some(validators) = validators.filter(|_| !asking.behavior.forwards_cookies()) else { return };
    if let Some(etag) = &validators.etag {
        fields.set(IF_NONE_MATCH, etag.clone());
    }
    if let Some(last_modified) = &validators.last_modified {
        fields.set(IF_MODIFIED_SINCE, last_modified.clone());
    }
}

/// Adds what every origin request carries (D66, F15, F19, F20, E20).
fn add_own(asking: &Asking<'_>, fields: &mut Fields) {
    let head = asking.head;
    // What viewers wrote into these two is theirs, and a page is the same for all viewers (A34).
    let earlier = |name: &HeaderName| head.fields.joined(name).filter(|_| !is_page(asking));
    let user_agent = head.fields.first(&USER_AGENT).filter(|_| asking.behavior.forwards_header(&USER_AGENT));
    let hop = format!("{} {}.cloudfront.net (CloudFront)", version_text(head.version), asking.edge_id);
    let own = [
        (CONNECTION, Some(HeaderValue::from_static("Keep-Alive"))),
        (
            USER_AGENT,
            Some(user_agent.cloned().unwrap_or(const { HeaderValue::from_static("Amazon CloudFront") })),
        ),
        (VIA, appended(earlier(&VIA), ", ", &hop)),
        (X_FORWARDED_FOR, HeaderValue::try_from(forwarded_for(head, !is_page(asking))).ok()),
        (X_AMZ_CF_ID, HeaderValue::from_str(asking.request_id).ok()),
        (CDN_LOOP, appended(head.fields.joined(&CDN_LOOP), ", ", asking.edge_id)),
    ];
    for (name, value) in own {
        if let Some(value) = value {
            fields.append(name, value);
        }
    }
}

/// `earlier`, the separator and `own`; only `own` when there is nothing earlier.
fn appended(earlier: Option<Vec<u8>>, separator: &str, own: &str) -> Option<HeaderValue> {
    let mut value = earlier.unwrap_or_default();
    if !value.is_empty() {
        value.extend_from_slice(separator.as_bytes());
    }
    value.extend_from_slice(own.as_bytes());
    HeaderValue::try_from(value).ok()
}
