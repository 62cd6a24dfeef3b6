//! A whole distribution: every check in CloudFront's order, then the compiled model.

use std::sync::Arc;

use rules::model::{Behaviors, Distribution, Snapshot, Target};
use shapes::DistributionConfig;

use crate::behavior::{self, Context};
use crate::environment::{Environment, Identity, References};
use crate::origin_group::{self, Targets};
use crate::problems::{INVALID_ARGUMENT, Problems, Quoted, Report, Stage};
use crate::{error_responses, functions, general, origin, protection, tenants, values, viewer_certificate};

/// Compiles a document. A document that compiles is one that the API accepts, and the other way round.
///
/// # Errors
/// Everything that is wrong with it, in CloudFront's order of checks.
pub fn distribution(
    identity: &Identity,
    config: &DistributionConfig,
    references: &References,
    environment: &Environment,
) -> Result<Distribution, Problems> {
    let mut report = Report::default();
    values::check(&mut report, config);
    general::check_texts(&mut report, config, environment);
    protection::check_distribution(&mut report, config, environment);
    functions::check_distribution(&mut report, config);
    tenants::check(&mut report, config);
    if let Some(certificate) = &config.viewer_certificate {
        viewer_certificate::check(&mut report, certificate, environment);
    }
    let aliases = general::aliases(&mut report, config, environment);
    let default_root_object = general::default_root_object(&mut report, config);
    let mut targets = Targets::new();
    let origins = origins(&mut report, &identity.id, config, references, environment, &mut targets);
    let max_groups = environment.quotas.max_origin_groups;
    origin_group::compile(&mut report, config.origin_groups.as_ref(), &mut targets, max_groups);
    let behaviors = behaviors(&mut report, config, &targets, references, environment);
    let responses = error_responses::check(&mut report, config.custom_error_responses.as_ref(), environment);
    // A behavior is missing only after a report.
    let (true, Some(behaviors)) = (report.is_clean(), behaviors) else { return Err(report.finish()) };
    Ok(Distribution {
        id: identity.id.as_str().into(),
        etag: identity.etag.as_str().into(),
        arn: identity.arn.as_str().into(),
        enabled: config.enabled,
        domain_name: identity.domain_name.to_ascii_lowercase().into(),
        aliases,
        default_root_object,
        error_responses: error_responses::compiled(responses, &behaviors),
        behaviors,
        origins,
        http2: general::http2(config),
        http3: general::http3(config),
        security_policy: viewer_certificate::security_policy(config.viewer_certificate.as_ref()),
    })
}

fn origins<'a>(
    report: &mut Report,
    distribution_id: &str,
    config: &'a DistributionConfig,
    references: &References,
    environment: &Environment,
    targets: &mut Targets<'a>,
) -> Box<[rules::model::Origin]> {
    let list = &config.origins;
    const NO_ORIGIN: &str = "1 validation error detected: Value at 'distributionConfig.origins.items' failed to satisfy \
                             constraint: Member must have length greater than or equal to 1";
    report.require_known(
        !list.is_empty(),
        Stage::Required,
        INVALID_ARGUMENT,
        "Origins.Items",
        NO_ORIGIN,
        || "Origins.Items is empty. Accepted: at least one origin.".into(),
    );
    report.limit("TooManyOrigins", "Origins", list.len(), environment.quotas.max_origins);
    let mut compiled = Vec::with_capacity(list.len());
    for (index, given) in list.iter().enumerate() {
        let path = format!("Origins.Items[{index}]");
        let id_path = format!("{path}.Id");
        report.length(&id_path, &given.id, 128);
        let is_new = !given.id.is_empty() && !targets.contains_key(given.id.as_str());
        report.require(is_new, Stage::Field, INVALID_ARGUMENT, &id_path, || {
            format!("{id_path} is {}. Accepted: a name that no other origin has.", Quoted(&given.id))
        });
        targets.entry(&given.id).or_insert(Target::Origin(index));
        compiled.push(origin::compile(report, &path, distribution_id, given, references, environment));
    }
    compiled.into()
}

fn behaviors(
    report: &mut Report,
    config: &DistributionConfig,
    targets: &Targets,
    references: &References,
    environment: &Environment,
) -> Option<Behaviors> {
    let buckets = config.origins.iter().filter(|origin| origin.s3_origin_config.is_some());
    let bucket_ids: Vec<&str> = buckets.map(|origin| origin.id.as_str()).collect();
    let context =
        Context { targets, bucket_ids: &bucket_ids, environment, references, http2: general::http2(config) };
    let list: Vec<_> = config.cache_behaviors.iter().flatten().collect();
    report.limit(
        "TooManyCacheBehaviors",
        "CacheBehaviors",
        list.len(),
        environment.quotas.max_cache_behaviors,
    );
    let patterns: Vec<_> = list.iter().map(|given| given.path_pattern.as_str()).collect();
    behavior::check_patterns(report, &patterns);
    let default =
        behavior::compile(report, "DefaultCacheBehavior", "*", &config.default_cache_behavior, &context);
    let mut listed = Vec::with_capacity(list.len());
    for (index, given) in list.into_iter().enumerate() {
        let path = format!("CacheBehaviors.Items[{index}]");
        listed.push(behavior::compile(report, &path, &given.path_pattern, &given.settings, &context));
    }
    let listed: Option<Vec<_>> = listed.into_iter().collect();
    Some(Behaviors { listed: listed?.into(), default: default? })
}

/// A snapshot of these distributions alone; each gets its position as index.
pub fn snapshot(generation: u64, distributions: Vec<Arc<Distribution>>) -> Snapshot {
    let mut snapshot = Snapshot { generation, ..Snapshot::default() };
    for (index, distribution) in distributions.into_iter().enumerate() {
        snapshot.put(index, distribution);
    }
    snapshot
}

#[cfg(test)]
mod tests {
    use shapes::{
        CustomOriginConfig, DefaultCacheBehavior, Origin, OriginProtocolPolicy, ViewerProtocolPolicy,
    };

    use super::*;

    fn config(aliases: &[&str], enabled: bool) -> DistributionConfig {
        let origin = Origin {
            id: "site".into(),
            domain_name: "site.example.com".into(),
            custom_origin_config: Some(CustomOriginConfig {
                http_port: 80,
                https_port: 443,
                origin_protocol_policy: OriginProtocolPolicy::HttpOnly,
                ..CustomOriginConfig::default()
            }),
            ..Origin::default()
        };
        DistributionConfig {
            caller_reference: "one".into(),
            aliases: Some(aliases.iter().map(|alias| (*alias).to_owned()).collect()),
            origins: vec![origin].into(),
            default_cache_behavior: DefaultCacheBehavior {
                target_origin_id: "site".into(),
                viewer_protocol_policy: ViewerProtocolPolicy::AllowAll,
                cache_policy_id: Some("658327ea-f89d-4fab-a63d-7e88639e58f6".into()),
                ..DefaultCacheBehavior::default()
            },
            enabled,
            ..DistributionConfig::default()
        }
    }

    fn compiled(name: &str, aliases: &[&str], enabled: bool) -> Arc<Distribution> {
        let identity = Identity {
            id: name.to_uppercase(),
            arn: format!("arn:aws:cloudfront::123456789012:distribution/{name}"),
            etag: "E1".into(),
            domain_name: format!("{name}.CloudFront.localhost"),
        };
        let config = config(aliases, enabled);
        Arc::new(distribution(&identity, &config, &References::default(), &Environment::default()).unwrap())
    }

    #[test]
    fn a_snapshot_routes_domain_names_and_aliases_of_enabled_distributions_only() {
        let first = compiled("d1", &["www.example.com", "*.example.org"], true);
        let second = compiled("d2", &["off.example.com"], false);
        let snapshot = snapshot(7, vec![first, second]);
        assert_eq!(snapshot.generation, 7);
        assert_eq!(snapshot.distributions.len(), 2);
        for host in ["d1.cloudfront.localhost", "WWW.example.com", "a.example.org"] {
            assert_eq!(snapshot.hosts.find(host), Some(0), "{host}");
        }
        for host in ["d2.cloudfront.localhost", "off.example.com", "example.org"] {
            assert_eq!(snapshot.hosts.find(host), None, "{host}");
        }
    }

    #[test]
    fn a_changed_copy_of_a_snapshot_serves_what_one_made_anew_would_and_leaves_the_original_alone() {
        let many =
            |number: usize| compiled(&format!("d{number}"), &[&format!("www{number}.example.com")], true);
        let original = snapshot(1, (0..200).map(many).collect());
        let mut copy = original.clone();
        copy.put(70, compiled("d70", &["new.example.com", "*.example.org"], true));
        copy.put(71, compiled("d71", &["www71.example.com"], false));
        copy.remove(72);
        copy.put(300, compiled("d300", &[], true));
        let found = |host: &str| (original.hosts.find(host), copy.hosts.find(host));
        assert_eq!(found("www70.example.com"), (Some(70), None));
        assert_eq!(found("new.example.com"), (None, Some(70)));
        assert_eq!(found("a.b.example.org"), (None, Some(70)));
        assert_eq!(found("d70.cloudfront.localhost"), (Some(70), Some(70)));
        assert_eq!(found("www71.example.com"), (Some(71), None));
        assert_eq!(found("d72.cloudfront.localhost"), (Some(72), None));
        assert_eq!(found("d300.cloudfront.localhost"), (None, Some(300)));
        assert_eq!((original.distributions.len(), copy.distributions.len()), (200, 200));
        assert!(copy.distributions.get(72).is_none() && copy.distributions.get(250).is_none());
        assert!(Arc::ptr_eq(original.distributions.get(199).unwrap(), copy.distributions.get(199).unwrap()));
        assert_eq!(copy.distributions.iter().count(), 200);
    }
}
