//! A distribution as text that people can read: what is really deployed.
//!
//! Stable: golden pairs compare it, and it changes only when the meaning of a configuration does.

use std::fmt::{self, Write};
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use rules::model::{
    AllowOrigins, BehaviorIndex, CacheBehavior, Caching, CachingMode, Cors, DefaultRootObject, Distribution,
    ErrorResponse, Forwarding, HeaderSelection, HeaderTreatment, Methods, NameSelection, Origin, OriginKind,
    OriginScheme, OriginSigning, ResponseHeadersPolicy, Target, ViewerProtocolPolicy,
};
use rules::security_policy::SecurityPolicy;

/// Prints a distribution, one fact a line. Values of origin custom headers are not shown: many are secrets.
pub fn print(distribution: &Distribution) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_distribution(&mut out, distribution);
    out
}

fn write_distribution(out: &mut String, distribution: &Distribution) -> fmt::Result {
    let state = if distribution.enabled { "enabled" } else { "disabled" };
    writeln!(out, "distribution {} {} {state}", distribution.id, distribution.etag)?;
    writeln!(out, "  arn {}", distribution.arn)?;
    writeln!(out, "  host {}", distribution.domain_name)?;
    for alias in &distribution.aliases {
        writeln!(out, "  host {alias}")?;
    }
    match &distribution.default_root_object {
        DefaultRootObject::None => {}
        DefaultRootObject::Path(path) => writeln!(out, "  default root object {path}")?,
        DefaultRootObject::Invalid => writeln!(out, "  default root object invalid")?,
    }
    let versions = ["1.1", "2", "3"].into_iter().zip([true, distribution.http2, distribution.http3]);
    let spoken: Vec<_> = versions.filter_map(|(version, is_spoken)| is_spoken.then_some(version)).collect();
    writeln!(out, "  http versions {}", spoken.join(", "))?;
    if distribution.security_policy != SecurityPolicy::default() {
        writeln!(out, "  security policy {}", distribution.security_policy.as_str())?;
    }
    for origin in &distribution.origins {
        write_origin(out, origin)?;
    }
    for behavior in distribution.behaviors.listed.iter().chain([&distribution.behaviors.default]) {
        write_behavior(out, behavior, distribution)?;
    }
    for response in distribution.error_responses.iter() {
        write_error_response(out, response, distribution)?;
    }
    Ok(())
}

fn write_origin(out: &mut String, origin: &Origin) -> fmt::Result {
    let kind = match origin.kind {
        OriginKind::Custom => "custom",
        OriginKind::S3 => "s3",
    };
    writeln!(out, "  origin {} {kind} {}", origin.id, origin.domain_name)?;
    let endpoint = &origin.endpoint;
    let (host, http, https) = (&endpoint.host, endpoint.http_port, endpoint.https_port);
    match endpoint.scheme {
        OriginScheme::HttpOnly => writeln!(out, "    ask http://{host}:{http}{}", origin.path_prefix)?,
        OriginScheme::HttpsOnly => writeln!(out, "    ask https://{host}:{https}{}", origin.path_prefix)?,
        OriginScheme::MatchViewer => writeln!(
            out,
            "    ask http://{host}:{http}{prefix} or https://{host}:{https}{prefix} as the viewer came",
            prefix = origin.path_prefix
        )?,
    }
    match &origin.signing {
        OriginSigning::Unsigned => {}
        OriginSigning::Always(signature) => {
            let by = signature.identity.access_key_id();
            writeln!(out, "    sign always as {by} for {}", signature.region)?;
        }
        OriginSigning::NoOverride(signature) => {
            let by = signature.identity.access_key_id();
            writeln!(out, "    sign as {by} for {} unless the viewer sent Authorization", signature.region)?;
        }
    }
    for (name, _) in &origin.custom_headers {
        writeln!(out, "    add header {name}")?;
    }
    writeln!(
        out,
        "    connect {} times within {}, wait {}, keep alive {}",
        origin.connection_attempts,
        seconds(origin.connection_timeout),
        seconds(origin.response_timeout),
        seconds(origin.keepalive_timeout)
    )?;
    match origin.completion_timeout {
        Some(limit) => writeln!(out, "    complete within {}", seconds(limit)),
        None => Ok(()),
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

fn write_behavior(out: &mut String, behavior: &CacheBehavior, distribution: &Distribution) -> fmt::Result {
    let id = |index: usize| distribution.origins.get(index).map_or("?", |origin| &*origin.id);
    writeln!(out, "  behavior {}", behavior.pattern.as_str())?;
    match behavior.target {
        Target::Origin(index) => writeln!(out, "    to {}", id(index))?,
        Target::Group { primary, secondary, fail_over_on } => {
            let codes: Vec<_> = fail_over_on.iter().map(|code| code.to_string()).collect();
            writeln!(out, "    to {}, on {} to {}", id(primary), codes.join(" "), id(secondary))?;
        }
    }
    let viewer = match behavior.viewer_protocol_policy {
        ViewerProtocolPolicy::AllowAll => "http and https",
        ViewerProtocolPolicy::HttpsOnly => "https only",
        ViewerProtocolPolicy::RedirectToHttps => "http redirected to https",
    };
    let (allowed, cached) = (methods(behavior.allowed_methods), methods(behavior.cached_methods));
    writeln!(out, "    viewers {viewer}; methods {allowed}; cached {cached}")?;
    if behavior.grpc {
        writeln!(out, "    grpc")?;
    }
    write_caching(out, &behavior.caching)?;
    write_forwarding(out, &behavior.forwarding)?;
    match (behavior.compression.gzip, behavior.compression.brotli) {
        (false, false) => {}
        (true, false) => writeln!(out, "    compress gzip")?,
        (false, true) => writeln!(out, "    compress brotli")?,
        (true, true) => writeln!(out, "    compress brotli, gzip")?,
    }
    match &behavior.response_headers {
        Some(policy) => write_response_headers(out, policy),
        None => Ok(()),
    }
}

fn methods(methods: Methods) -> &'static str {
    match methods {
        Methods::GetHead => "GET HEAD",
        Methods::GetHeadOptions => "GET HEAD OPTIONS",
        Methods::All => "all",
    }
}

fn write_caching(out: &mut String, caching: &Caching) -> fmt::Result {
    let ttl = &caching.ttl;
    let mode = match caching.mode {
        CachingMode::Enabled => "",
        CachingMode::Disabled => " (disabled)",
        CachingMode::ForwardsAllHeaders => " (disabled: all headers forwarded)",
    };
    let (minimum, default, maximum) = (ttl.minimum.as_secs(), ttl.default.as_secs(), ttl.maximum.as_secs());
    writeln!(out, "    cache min {minimum} default {default} max {maximum} s{mode}")?;
    let key = &caching.key;
    write!(out, "    key query {}", names(&key.query))?;
    write!(out, "; headers {}", header_names(&key.headers))?;
    write!(out, "; cookies {}", names(&key.cookies))?;
    match (key.gzip, key.brotli) {
        (false, false) => writeln!(out),
        (true, false) => writeln!(out, "; gzip"),
        (false, true) => writeln!(out, "; brotli"),
        (true, true) => writeln!(out, "; gzip brotli"),
    }
}

fn names(selection: &NameSelection) -> String {
    match selection {
        NameSelection::All => "all".to_owned(),
        NameSelection::Except(names) => format!("all except {}", names.join(" ")),
        NameSelection::None => "none".to_owned(),
        NameSelection::Only(names) => names.join(" "),
        NameSelection::OnlyMatching(patterns) => {
            let patterns: Vec<_> = patterns.iter().map(|pattern| pattern.as_str()).collect();
            format!("matching {}", patterns.join(" "))
        }
    }
}

fn header_names(names: &[HeaderName]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(" ")
}

fn write_forwarding(out: &mut String, forwarding: &Forwarding) -> fmt::Result {
    let treatment = match forwarding.treatment {
        HeaderTreatment::Legacy => "legacy",
        HeaderTreatment::Policy => "policy",
    };
    let headers = match &forwarding.headers {
        HeaderSelection::AllViewer => "all viewer".to_owned(),
        HeaderSelection::AllViewerAnd(extra) => format!("all viewer and {}", header_names(extra)),
        HeaderSelection::AllViewerExcept(except) => format!("all viewer except {}", header_names(except)),
        HeaderSelection::None => "none".to_owned(),
        HeaderSelection::Only(only) => header_names(only),
    };
    let (query, cookies) = (names(&forwarding.query), names(&forwarding.cookies));
    writeln!(
        out,
        "    forward beyond the key ({treatment}) query {query}; headers {headers}; cookies {cookies}"
    )
}

fn write_response_headers(out: &mut String, policy: &ResponseHeadersPolicy) -> fmt::Result {
    writeln!(out, "    response headers policy {}", policy.id)?;
    for name in &policy.remove {
        writeln!(out, "      remove {name}")?;
    }
    if let Some(cors) = &policy.cors {
        write_cors(out, cors)?;
    }
    for header in &policy.set {
        let verb = if header.override_origin { "replace" } else { "add" };
        writeln!(out, "      {verb} {}: {}", header.name, text(&header.value))?;
    }
    match policy.server_timing {
        Some(rate) => writeln!(out, "      server timing {rate} / 10000 %"),
        None => Ok(()),
    }
}

fn write_cors(out: &mut String, cors: &Cors) -> fmt::Result {
    let verb = if cors.override_origin { "replace" } else { "add" };
    let origins = match &cors.allow_origins {
        AllowOrigins::Any => "*".to_owned(),
        AllowOrigins::Listed(origins) => origins.join(" "),
    };
    write!(out, "      {verb} cors origins {origins}")?;
    if !cors.allow_methods.is_empty() {
        write!(out, "; methods {}", text(&cors.allow_methods))?;
    }
    if !cors.allow_headers.is_empty() {
        write!(out, "; headers {}", cors.allow_headers.join(" "))?;
    }
    if let Some(exposed) = &cors.expose_headers {
        write!(out, "; expose {}", text(exposed))?;
    }
    if cors.allow_credentials {
        write!(out, "; credentials")?;
    }
    match cors.max_age_s {
        Some(age_s) => writeln!(out, "; max age {age_s} s"),
        None => writeln!(out),
    }
}

fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("(not text)")
}

fn write_error_response(
    out: &mut String,
    response: &ErrorResponse,
    distribution: &Distribution,
) -> fmt::Result {
    write!(out, "  error {} remembered {}", response.error_code, seconds(response.caching_min_ttl))?;
    let Some(page) = &response.page else { return writeln!(out) };
    let behavior = match page.behavior {
        BehaviorIndex::Listed(_) => distribution.behaviors.at(page.behavior).pattern.as_str(),
        BehaviorIndex::Default => "default",
    };
    writeln!(out, ", page {} by behavior {behavior} as {}", page.path, page.response_code.as_u16())
}
