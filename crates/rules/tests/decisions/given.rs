//! What the table tests start from: a request, a behavior, an origin and a distribution with plain settings,
//! and the small phrases with which table cells change them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, HeaderName, HeaderValue};
use http::{Method, Version};
use rules::Fields;
use rules::model::*;
use rules::path_pattern::PathPattern;
use rules::request::{RequestHead, Scheme};
use rules::security_policy::SecurityPolicy;

/// A request from lines such as `GET /a?x=1`, `HTTP/1.0`, `http` and `accept: text/html`.
pub fn request(lines: &[String]) -> RequestHead {
    let mut head = plain_request();
    for line in lines {
        match line.split_once(": ").or_else(|| line.strip_suffix(':').map(|name| (name, ""))) {
            Some((name, value)) => add_field(&mut head, name, value),
            None => apply(&mut head, line),
        }
    }
    head
}

fn plain_request() -> RequestHead {
    RequestHead {
        method: Method::GET,
        scheme: Scheme::Https,
        version: Version::HTTP_11,
        host: "www.example.com".into(),
        authority: "www.example.com".into(),
        path: "/".into(),
        query: None,
        fields: Fields::default(),
        viewer_ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
        viewer_port: 40_000,
    }
}

fn apply(head: &mut RequestHead, line: &str) {
    match line {
        "http" => head.scheme = Scheme::Http,
        "https" => head.scheme = Scheme::Https,
        "HTTP/0.9" => head.version = Version::HTTP_09,
        "HTTP/1.0" => head.version = Version::HTTP_10,
        "HTTP/1.1" => head.version = Version::HTTP_11,
        "HTTP/2" => head.version = Version::HTTP_2,
        _ if line.starts_with("from ") => head.viewer_ip = line[5..].parse().unwrap(),
        _ => {
            let (method, target) = line.split_once(' ').unwrap_or_else(|| panic!("no request line: {line}"));
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            head.method = method.parse().unwrap();
            head.path = path.into();
            head.query = (!query.is_empty()).then(|| query.into());
        }
    }
}

fn add_field(head: &mut RequestHead, name: &str, value: &str) {
    let name = header_name(name);
    if name == HOST {
        head.authority = value.into();
        head.host = value.split(':').next().unwrap_or_default().to_ascii_lowercase().into();
    } else {
        head.fields.append(name, HeaderValue::from_str(value).unwrap());
    }
}

/// Fields from lines such as `vary: accept`.
pub fn fields(lines: &[String]) -> Fields {
    lines
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no header field: {line}"));
            (header_name(name), HeaderValue::from_str(value.trim()).unwrap())
        })
        .collect()
}

/// Fields as lines, the way tables write them.
pub fn lines(fields: &Fields) -> Vec<String> {
    fields.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

/// A header name in any case.
pub fn header_name(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).unwrap_or_else(|_| panic!("no header name: {name}"))
}

/// A default behavior on origin 0 that caches for a day, with nothing but the path in its key.
pub fn behavior() -> CacheBehavior {
    CacheBehavior {
        grpc: false,
        pattern: PathPattern::new("*"),
        target: Target::Origin(0),
        viewer_protocol_policy: ViewerProtocolPolicy::AllowAll,
        allowed_methods: Methods::All,
        cached_methods: Methods::GetHead,
        caching: Caching {
            mode: CachingMode::Enabled,
            ttl: TtlBounds {
                minimum: Duration::ZERO,
                default: Duration::from_secs(86_400),
                maximum: Duration::from_secs(31_536_000),
            },
            key: KeyParts::default(),
        },
        forwarding: Forwarding {
            treatment: HeaderTreatment::Policy,
            headers: HeaderSelection::None,
            query: NameSelection::None,
            cookies: NameSelection::None,
        },
        compression: Compression::default(),
        response_headers: None,
    }
}

/// [`behavior`] changed by phrases: `legacy settings`, `caching disabled`, `cached OPTIONS`, `gzip`, `br`, `compress`,
/// `key headers A B`, `key query all`, `key cookies only a b`, `sends headers all viewer`, and so on.
pub fn behavior_with(phrases: &[String]) -> CacheBehavior {
    let mut behavior = behavior();
    for phrase in phrases {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        match words.as_slice() {
            ["legacy", "settings"] => behavior.forwarding.treatment = HeaderTreatment::Legacy,
            ["caching", "disabled"] => behavior.caching.mode = CachingMode::Disabled,
            ["forwards", "all", "headers"] => {
                behavior.caching.mode = CachingMode::ForwardsAllHeaders;
                behavior.forwarding.headers = HeaderSelection::AllViewer;
            }
            ["cached", "OPTIONS"] => behavior.cached_methods = Methods::GetHeadOptions,
            ["gzip"] => behavior.caching.key.gzip = true,
            ["br"] => behavior.caching.key.brotli = true,
            ["compress"] => {
                let KeyParts { gzip, brotli, .. } = behavior.caching.key;
                behavior.compression = Compression { gzip, brotli };
            }
            ["key", "headers", names @ ..] => behavior.caching.key.headers = header_names(names),
            ["key", "query", choice @ ..] => behavior.caching.key.query = selection(choice),
            ["key", "cookies", choice @ ..] => behavior.caching.key.cookies = selection(choice),
            ["sends", "headers", choice @ ..] => behavior.forwarding.headers = header_selection(choice),
            ["sends", "query", choice @ ..] => behavior.forwarding.query = selection(choice),
            ["sends", "cookies", choice @ ..] => behavior.forwarding.cookies = selection(choice),
            _ => panic!("unknown setting of a behavior: {phrase}"),
        }
    }
    behavior
}

fn selection(choice: &[&str]) -> NameSelection {
    let names = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
    match choice {
        ["all"] => NameSelection::All,
        ["none"] => NameSelection::None,
        ["except", listed @ ..] => NameSelection::Except(names(listed)),
        ["only", listed @ ..] => NameSelection::Only(names(listed)),
        ["matching", listed @ ..] => {
            NameSelection::OnlyMatching(listed.iter().map(|pattern| PathPattern::new(pattern)).collect())
        }
        _ => panic!("unknown choice of names: {choice:?}"),
    }
}

fn header_selection(choice: &[&str]) -> HeaderSelection {
    match choice {
        ["all", "viewer"] => HeaderSelection::AllViewer,
        ["all", "viewer", "and", names @ ..] => HeaderSelection::AllViewerAnd(header_names(names)),
        ["all", "except", names @ ..] => HeaderSelection::AllViewerExcept(header_names(names)),
        ["only", names @ ..] => HeaderSelection::Only(header_names(names)),
        _ => panic!("unknown choice of headers: {choice:?}"),
    }
}

fn header_names(names: &[&str]) -> Box<[HeaderName]> {
    let mut names: Vec<HeaderName> = names.iter().map(|name| header_name(name)).collect();
    names.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    names.into()
}

/// A web server at `origin.example.net` on the usual ports, reached over HTTPS.
pub fn origin() -> Origin {
    Origin {
        id: "site".into(),
        kind: OriginKind::Custom,
        domain_name: "origin.example.net".into(),
        endpoint: Endpoint {
            host: "origin.example.net".into(),
            http_port: 80,
            https_port: 443,
            scheme: OriginScheme::HttpsOnly,
        },
        path_prefix: "".into(),
        custom_headers: Box::default(),
        signing: OriginSigning::Unsigned,
        connection_attempts: 3,
        connection_timeout: Duration::from_secs(10),
        response_timeout: Duration::from_secs(30),
        completion_timeout: None,
        keepalive_timeout: Duration::from_secs(5),
    }
}

fn signature() -> Arc<OriginSignature> {
    Arc::new(OriginSignature {
        region: "eu-west-1".into(),
        bucket: "site".into(),
        identity: EdgeIdentity::Distribution("E1EXAMPLE".into()),
    })
}

/// [`origin`] changed by phrases: `path /prod`, `match-viewer`, `http port 8080`, `bucket`, `signed always`,
/// `header x-key: value`, and so on.
pub fn origin_with(phrases: &[String]) -> Origin {
    let mut origin = origin();
    for phrase in phrases {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        match words.as_slice() {
            ["path", prefix] => origin.path_prefix = (*prefix).into(),
            ["match-viewer"] => origin.endpoint.scheme = OriginScheme::MatchViewer,
            ["http-only"] => origin.endpoint.scheme = OriginScheme::HttpOnly,
            ["http", "port", port] => origin.endpoint.http_port = port.parse().unwrap(),
            ["https", "port", port] => origin.endpoint.https_port = port.parse().unwrap(),
            ["bucket"] => origin.kind = OriginKind::S3,
            ["endpoint", host] => origin.endpoint.host = (*host).into(),
            ["signed", "always"] => origin.signing = OriginSigning::Always(signature()),
            ["signed", "no-override"] => {
                origin.signing = OriginSigning::NoOverride(signature());
            }
            ["header", name, value @ ..] => {
                let line = (
                    header_name(name.trim_end_matches(':')),
                    HeaderValue::from_str(&value.join(" ")).unwrap(),
                );
                origin.custom_headers = origin.custom_headers.iter().cloned().chain([line]).collect();
            }
            _ => panic!("unknown setting of an origin: {phrase}"),
        }
    }
    origin
}

/// A distribution with one origin and this default behavior.
pub fn distribution(origin: Origin, default: CacheBehavior) -> Distribution {
    distribution_of(origin, Vec::new(), default)
}

/// A distribution with one origin, these listed behaviors and this default one.
pub fn distribution_of(origin: Origin, listed: Vec<CacheBehavior>, default: CacheBehavior) -> Distribution {
    Distribution {
        id: "EDFDVBD6EXAMPLE".into(),
        etag: "E2QWRUHEXAMPLE".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE".into(),
        enabled: true,
        domain_name: "d111111abcdef8.cloudfront.net".into(),
        aliases: Box::default(),
        default_root_object: DefaultRootObject::None,
        behaviors: Behaviors { listed: listed.into(), default },
        origins: Box::new([origin]),
        error_responses: ErrorResponses::default(),
        http2: true,
        http3: false,
        security_policy: SecurityPolicy::default(),
    }
}
