//! From the lines of a script to what the edge gets: a `DistributionConfig` as a caller of the API would write
//! it, compiled by the same function that the API uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use compile::{Environment, Identity, References, S3Endpoint};
use rules::model::{Distribution, OriginScheme};
use shapes::{
    AllowedMethods, CacheBehavior, CookiePreference, Counted, CustomErrorResponse, CustomOriginConfig,
    DefaultCacheBehavior, DistributionConfig, ForwardedValues, ItemSelection, Method, Origin,
    OriginAccessControlConfig, OriginCustomHeader, OriginGroup, OriginGroupFailoverCriteria,
    OriginGroupMember, OriginProtocolPolicy, S3OriginConfig, ViewerProtocolPolicy,
};

use super::beyond;
use super::policies::Policies;
use crate::script::{BehaviorLines, DistributionLines, Names, OriginLine};

/// Where the origins of a script are: name to port.
pub type Ports = BTreeMap<String, u16>;

/// The domain name that a script's distribution is assigned.
pub fn domain_name(distribution: &str) -> String {
    format!("{distribution}.cloudfront.localhost")
}

/// The name under which a script's origin is asked.
pub fn origin_name(origin: &str) -> String {
    format!("{origin}.localhost")
}

/// Compiles the distribution `lines` in its `version`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn compiled(
    lines: &DistributionLines,
    version: u64,
    ports: &Ports,
    policies: &Policies,
) -> Result<Arc<Distribution>, String> {
    let mut config = config(lines, ports, policies)?;
    compile::defaults(&mut config);
    let identity = Identity {
        id: lines.name.clone(),
        arn: format!("arn:aws:cloudfront::123456789012:distribution/{}", lines.name),
        etag: format!("E{version}"),
        domain_name: domain_name(&lines.name),
    };
    let bucket = lines.origins.iter().find(|origin| origin.s3);
    let environment = Environment {
        s3_endpoint: bucket.map(|origin| s3_endpoint(origin, ports)).transpose()?,
        lenient_references: false,
        account_id: "123456789012".to_owned(),
        ..Environment::default()
    };
    let mut distribution =
        compile::distribution(&identity, &config, &references(lines, policies), &environment)
            .map_err(|problems| format!("the distribution {} does not compile:\n{problems}", lines.name))?;
    beyond::add(lines, &mut distribution);
    Ok(Arc::new(distribution))
}

fn s3_endpoint(line: &OriginLine, ports: &Ports) -> Result<S3Endpoint, String> {
    let at = behind(line);
    Ok(S3Endpoint { scheme: OriginScheme::HttpOnly, host: origin_name(at), port: port(at, ports)? })
}

fn references(lines: &DistributionLines, policies: &Policies) -> References {
    let controls = lines.origins.iter().filter_map(|origin| {
        let config = OriginAccessControlConfig {
            name: origin.id.clone(),
            signing_protocol: "sigv4".into(),
            signing_behavior: origin.signed.as_deref()?.into(),
            origin_access_control_origin_type: "s3".into(),
            ..OriginAccessControlConfig::default()
        };
        Some((access_control_id(origin), config))
    });
    References { origin_access_controls: controls.collect(), ..policies.references() }
}

fn access_control_id(line: &OriginLine) -> String {
    format!("E{}", line.id.to_ascii_uppercase())
}

fn config(
    lines: &DistributionLines,
    ports: &Ports,
    policies: &Policies,
) -> Result<DistributionConfig, String> {
    let behaviors = lines.behaviors.iter().map(|behavior| {
        Ok(CacheBehavior { path_pattern: behavior.pattern.clone(), settings: settings(behavior, policies)? })
    });
    Ok(DistributionConfig {
        caller_reference: lines.name.clone(),
        aliases: Some(lines.aliases.iter().cloned().collect()),
        default_root_object: lines.default_root_object.clone(),
        origins: origins(lines, ports)?,
        origin_groups: Some(lines.groups.iter().map(group).collect()),
        default_cache_behavior: settings(&lines.default, policies)?,
        cache_behaviors: Some(behaviors.collect::<Result<_, String>>()?),
        custom_error_responses: Some(lines.errors.iter().map(error).collect()),
        comment: "script".to_owned(),
        enabled: !lines.disabled,
        ..DistributionConfig::default()
    })
}

fn error(line: &crate::script::ErrorLine) -> CustomErrorResponse {
    let (path, code) = line.page.clone().unzip();
    CustomErrorResponse {
        error_code: line.code,
        response_page_path: path,
        response_code: code,
        error_caching_min_ttl: line.caching_min_ttl,
    }
}

fn group(line: &crate::script::GroupLine) -> OriginGroup {
    let member = |id: &String| OriginGroupMember { origin_id: id.clone() };
    OriginGroup {
        id: line.id.clone(),
        failover_criteria: OriginGroupFailoverCriteria { status_codes: line.codes.iter().copied().collect() },
        members: [member(&line.primary), member(&line.secondary)].into_iter().collect(),
        selection_criteria: None,
    }
}

/// Every origin that a behavior or a group names, with its line if there is one.
fn origins(lines: &DistributionLines, ports: &Ports) -> Result<Counted<Origin>, String> {
    let groups = lines.groups.iter().flat_map(|group| [&group.primary, &group.secondary]);
    let targets = lines.behaviors.iter().map(|behavior| &behavior.target).chain([&lines.default.target]);
    let is_group = |id: &str| lines.groups.iter().any(|group| group.id == id);
    let mut ids: Vec<&String> = targets.chain(groups).filter(|id| !is_group(id)).collect();
    ids.extend(lines.origins.iter().map(|line| &line.id));
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let line = lines.origins.iter().find(|line| line.id == *id).cloned();
            origin(&line.unwrap_or_else(|| OriginLine { id: id.clone(), ..OriginLine::default() }), ports)
        })
        .collect()
}

/// The script's origin behind a line.
fn behind(line: &OriginLine) -> &str {
    line.at.as_deref().unwrap_or(&line.id)
}

fn port(origin: &str, ports: &Ports) -> Result<u16, String> {
    ports.get(origin).copied().ok_or_else(|| format!("there is no origin {origin} yet"))
}

fn origin(line: &OriginLine, ports: &Ports) -> Result<Origin, String> {
    let at = behind(line);
    let port = i32::from(port(at, ports)?);
    let domain_name = match (&line.named, line.s3) {
        (Some(name), _) => name.clone(),
        (None, true) => format!("{at}.s3.eu-west-1.amazonaws.com"),
        (None, false) => origin_name(at),
    };
    let server = CustomOriginConfig {
        http_port: port,
        https_port: port,
        origin_protocol_policy: OriginProtocolPolicy::from(line.protocol.as_deref().unwrap_or("http-only")),
        origin_read_timeout: line.response_timeout,
        origin_keepalive_timeout: line.keepalive_timeout,
        ..CustomOriginConfig::default()
    };
    let bucket = S3OriginConfig { origin_read_timeout: line.response_timeout, ..S3OriginConfig::default() };
    let headers = line
        .headers
        .iter()
        .map(|(name, value)| OriginCustomHeader { header_name: name.clone(), header_value: value.clone() });
    Ok(Origin {
        id: line.id.clone(),
        domain_name,
        origin_path: line.path.clone(),
        custom_headers: Some(headers.collect()),
        s3_origin_config: line.s3.then_some(bucket),
        custom_origin_config: (!line.s3).then_some(server),
        connection_attempts: line.attempts,
        connection_timeout: line.connection_timeout,
        response_completion_timeout: line.completion_timeout,
        origin_access_control_id: line.signed.is_some().then(|| access_control_id(line)),
        ..Origin::default()
    })
}

fn settings(lines: &BehaviorLines, policies: &Policies) -> Result<DefaultCacheBehavior, String> {
    let mut settings = DefaultCacheBehavior {
        target_origin_id: lines.target.clone(),
        viewer_protocol_policy: ViewerProtocolPolicy::from(lines.viewers.as_deref().unwrap_or("allow-all")),
        allowed_methods: Some(methods(lines)),
        compress: Some(lines.compress),
        origin_request_policy_id: policies.request(lines.request_policy.as_deref())?,
        response_headers_policy_id: policies.headers(lines.headers_policy.as_deref())?,
        ..DefaultCacheBehavior::default()
    };
    settings.cache_policy_id = policies.cache(lines.policy.as_deref())?;
    if settings.cache_policy_id.is_none() {
        let ttl = lines.ttl.unwrap_or_default();
        settings.forwarded_values = Some(forwarded_values(lines));
        settings.min_ttl = Some(ttl.minimum.unwrap_or_default());
        settings.default_ttl = ttl.default;
        settings.max_ttl = ttl.maximum;
    }
    Ok(settings)
}

fn methods(lines: &BehaviorLines) -> AllowedMethods {
    let get_head = vec!["GET".to_owned(), "HEAD".to_owned()];
    let all = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"].map(str::to_owned).to_vec();
    let allowed = match lines.methods.as_deref() {
        None => get_head.clone(),
        Some([word]) if word == "all" => all,
        Some(listed) => listed.to_vec(),
    };
    let mut cached = get_head;
    if lines.cached_options {
        cached.push("OPTIONS".to_owned());
    }
    let items: Vec<Method> = allowed.iter().map(|method| method.as_str().into()).collect();
    AllowedMethods {
        quantity: i32::try_from(items.len()).unwrap_or(i32::MAX),
        items,
        cached_methods: Some(cached.iter().map(|method| method.as_str().into()).collect()),
    }
}

fn forwarded_values(lines: &BehaviorLines) -> ForwardedValues {
    let listed = |names: &Names| match names {
        Names::Only(names) => Some(names.iter().cloned().collect()),
        Names::All | Names::None => None,
    };
    let forward = match &lines.cookies {
        Names::None => ItemSelection::None,
        Names::All => ItemSelection::All,
        Names::Only(_) => ItemSelection::Whitelist,
    };
    let headers = match &lines.forward {
        Names::All => Some(vec!["*".to_owned()].into()),
        other => listed(other),
    };
    ForwardedValues {
        query_string: lines.query != Names::None,
        cookies: CookiePreference { forward, whitelisted_names: listed(&lines.cookies) },
        headers,
        query_string_cache_keys: listed(&lines.query),
    }
}
