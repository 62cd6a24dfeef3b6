//! Cache behaviors: from the document's settings to target, methods, caching and forwarding.
//!
//! A cache policy or the legacy settings become the same `Caching` and `Forwarding`; see `legacy` and
//! `policies`. What guards content but is not enforced yet is refused in `protection`.

use std::collections::BTreeSet;

use http::header::ACCEPT_ENCODING;
use rules::model::{CacheBehavior, Caching, CachingMode, Compression, Methods, Target, ViewerProtocolPolicy};
use rules::path_pattern::PathPattern;
use shapes::{AllowedMethods, DefaultCacheBehavior, Method};

use crate::environment::{Environment, References};
use crate::origin_group::{NO_SUCH_ORIGIN, Targets};
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::{functions, legacy, policies, protection, text};

/// What behaviors refer to.
pub(crate) struct Context<'a> {
    pub(crate) targets: &'a Targets<'a>,
    /// Ids of origins declared with `S3OriginConfig`.
    pub(crate) bucket_ids: &'a [&'a str],
    pub(crate) environment: &'a Environment,
    pub(crate) references: &'a References,
    /// Whether viewers may use HTTP/2, which gRPC needs.
    pub(crate) http2: bool,
}

/// Checks the behavior at `path` and gives what the edge gets; `None` after a report.
pub(crate) fn compile(
    report: &mut Report,
    path: &str,
    pattern: &str,
    settings: &DefaultCacheBehavior,
    context: &Context,
) -> Option<CacheBehavior> {
    let target = target(report, path, settings, context);
    let (allowed_methods, cached_methods) = methods(report, path, settings.allowed_methods.as_ref());
    check_group_methods(report, path, target, allowed_methods);
    check_grpc(report, path, settings, allowed_methods, context);
    protection::check_behavior(report, path, settings, context.environment);
    functions::check_behavior(report, path, settings);
    legacy::check_quotas(report, path, settings, &context.environment.quotas);
    let to_bucket = context.bucket_ids.contains(&settings.target_origin_id.as_str());
    let policies = policies::compile(report, path, settings, to_bucket, context.references);
    let policies = policies?;
    let compression = compression(settings, &policies.caching);
    Some(CacheBehavior {
        pattern: PathPattern::new(pattern),
        target: target?,
        viewer_protocol_policy: viewer_protocol_policy(&settings.viewer_protocol_policy),
        allowed_methods,
        cached_methods,
        caching: policies.caching,
        forwarding: policies.forwarding,
        compression,
        response_headers: policies.response_headers,
        grpc: settings.grpc_config.as_ref().is_some_and(|grpc| grpc.enabled),
    })
}

/// The codings of the cache key, where the behavior says `Compress` and something is cached (I30). With
/// `Accept-Encoding` in the key as it is, nothing is compressed (I37).
fn compression(settings: &DefaultCacheBehavior, caching: &Caching) -> Compression {
    let compresses = settings.compress == Some(true)
        && caching.mode == CachingMode::Enabled
        && !caching.key.headers.contains(&ACCEPT_ENCODING);
    if !compresses {
        return Compression::default();
    }
    Compression { gzip: caching.key.gzip, brotli: caching.key.brotli }
}

/// Checks the patterns of all listed behaviors together (E43).
pub(crate) fn check_patterns(report: &mut Report, patterns: &[&str]) {
    let mut seen = BTreeSet::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let path = format!("CacheBehaviors.Items[{index}].PathPattern");
        report.length(&path, pattern, 255);
        let allowed = !pattern.is_empty() && text::is_path_pattern(pattern);
        report.require(allowed, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {}. Accepted: letters, digits, _-.$/~\"'@:+& and the wildcards * and ?.",
                Quoted(pattern)
            )
        });
        // A leading slash means nothing (E42).
        let bare = pattern.strip_prefix('/').unwrap_or(pattern);
        report.require(seen.insert(bare), Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} {} is the pattern of an earlier behavior. Accepted: each pattern once.",
                Quoted(pattern)
            )
        });
    }
}

fn target(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    context: &Context,
) -> Option<Target> {
    let target = context.targets.get(settings.target_origin_id.as_str()).copied();
    let path = format!("{path}.TargetOriginId");
    report.require_known(target.is_some(), Stage::Target, "NoSuchOrigin", &path, NO_SUCH_ORIGIN, || {
        format!(
            "{path} is {}. Accepted: the Id of an origin or an origin group of this distribution.",
            Quoted(&settings.target_origin_id)
        )
    });
    target
}

fn viewer_protocol_policy(policy: &shapes::ViewerProtocolPolicy) -> ViewerProtocolPolicy {
    match policy {
        shapes::ViewerProtocolPolicy::AllowAll => ViewerProtocolPolicy::AllowAll,
        shapes::ViewerProtocolPolicy::RedirectToHttps => ViewerProtocolPolicy::RedirectToHttps,
        // An unknown word has been reported.
        shapes::ViewerProtocolPolicy::HttpsOnly | shapes::ViewerProtocolPolicy::Other(_) => {
            ViewerProtocolPolicy::HttpsOnly
        }
    }
}

/// Allowed and cached methods (E16, E17); GET and HEAD when nothing is said.
fn methods(report: &mut Report, path: &str, allowed: Option<&AllowedMethods>) -> (Methods, Methods) {
    let Some(given) = allowed else { return (Methods::GetHead, Methods::GetHead) };
    let path = format!("{path}.AllowedMethods");
    let allowed = method_set(&given.items);
    report.require(allowed.is_some(), Stage::Value, INVALID_ARGUMENT, &path, || {
        format!(
            "{path} is {}. Accepted: GET and HEAD; GET, HEAD and OPTIONS; or all seven methods.",
            words(&given.items)
        )
    });
    let allowed = allowed.unwrap_or(Methods::GetHead);
    let Some(cached) = &given.cached_methods else { return (allowed, Methods::GetHead) };
    let set = method_set(&cached.items).filter(|set| *set != Methods::All);
    let is_subset = set != Some(Methods::GetHeadOptions) || allowed != Methods::GetHead;
    let path = format!("{path}.CachedMethods");
    report.require(set.is_some() && is_subset, Stage::Value, INVALID_ARGUMENT, &path, || {
        format!(
            "{path} is {}. Accepted: GET and HEAD, or GET, HEAD and OPTIONS when OPTIONS is allowed.",
            words(&cached.items)
        )
    });
    (allowed, set.unwrap_or(Methods::GetHead))
}

/// A request that writes has one origin: it cannot be repeated at another.
fn check_group_methods(report: &mut Report, path: &str, target: Option<Target>, allowed: Methods) {
    const WORDS: &str = "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior \
                         associated with an origin group.";
    let to_group = matches!(target, Some(Target::Group { .. }));
    let path = format!("{path}.AllowedMethods");
    let fits = !to_group || allowed != Methods::All;
    report.require_known(fits, Stage::Field, INVALID_ARGUMENT, &path, WORDS, || {
        format!("{path} has methods that write, and the target is an origin group. Accepted: GET, HEAD and OPTIONS.")
    });
}

fn method_set(items: &[Method]) -> Option<Methods> {
    const ALL: [Method; 7] = [
        Method::Get,
        Method::Head,
        Method::Options,
        Method::Put,
        Method::Post,
        Method::Patch,
        Method::Delete,
    ];
    let set = match items.len() {
        2 => Methods::GetHead,
        3 => Methods::GetHeadOptions,
        7 => Methods::All,
        _ => return None,
    };
    ALL.iter().take(items.len()).all(|method| items.contains(method)).then_some(set)
}

fn words(items: &[Method]) -> String {
    items.iter().take(8).map(Method::as_str).collect::<Vec<_>>().join(", ")
}

fn check_grpc(
    report: &mut Report,
    path: &str,
    settings: &DefaultCacheBehavior,
    allowed: Methods,
    context: &Context,
) {
    let enabled = settings.grpc_config.as_ref().is_some_and(|grpc| grpc.enabled);
    let path = format!("{path}.GrpcConfig.Enabled");
    report.require(
        !enabled || allowed == Methods::All && context.http2,
        Stage::Field,
        INVALID_ARGUMENT,
        &path,
        || format!("{path} is true. Accepted: only where POST is allowed and HttpVersion includes HTTP/2."),
    );
}
