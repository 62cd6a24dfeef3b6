//! Defaults: what CloudFront fills in where a document is silent.
//!
//! Afterwards the document is complete enough to be sent back unchanged as an update.

use shapes::{
    AllowedMethods, Counted, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, ForwardedValues,
    GeoRestriction, GeoRestrictionType, GrpcConfig, HttpVersion, LoggingConfig, Method, Origin, OriginShield,
    PriceClass, Restrictions, SslProtocol, TrustedKeyGroups, TrustedSigners, ViewerCertificate,
};

use crate::{legacy, origin};

/// Fills every default. On create it makes a minimal document whole; on an update that passed
/// [`crate::check_update`] it fills what may be left out there too.
pub fn defaults(config: &mut DistributionConfig) {
    fill(&mut config.aliases);
    fill(&mut config.default_root_object);
    config.origins.items.iter_mut().for_each(fill_origin);
    fill(&mut config.origin_groups);
    fill_behavior(&mut config.default_cache_behavior);
    for behavior in &mut config.cache_behaviors.get_or_insert_default().items {
        fill_behavior(&mut behavior.settings);
    }
    fill(&mut config.custom_error_responses);
    fill_logging(config.logging.get_or_insert_default());
    config.price_class.get_or_insert(PriceClass::All);
    config.viewer_certificate.get_or_insert_with(|| ViewerCertificate {
        cloud_front_default_certificate: Some(true),
        ..ViewerCertificate::default()
    });
    config.restrictions.get_or_insert_with(|| Restrictions {
        geo_restriction: GeoRestriction {
            restriction_type: GeoRestrictionType::None,
            quantity: 0,
            items: Vec::new(),
        },
    });
    fill(&mut config.web_acl_id);
    config.http_version.get_or_insert(HttpVersion::Http2);
    config.is_ipv6_enabled.get_or_insert(true);
    fill(&mut config.continuous_deployment_policy_id);
    fill(&mut config.staging);
}

/// An absent member becomes its empty value: no text, `false`, no entries.
fn fill<T: Default>(member: &mut Option<T>) {
    member.get_or_insert_default();
}

fn fill_logging(logging: &mut LoggingConfig) {
    fill(&mut logging.enabled);
    fill(&mut logging.include_cookies);
    fill(&mut logging.bucket);
    fill(&mut logging.prefix);
}

fn fill_origin(origin: &mut Origin) {
    fill(&mut origin.origin_path);
    fill(&mut origin.custom_headers);
    if let Some(bucket) = &mut origin.s3_origin_config {
        bucket.origin_read_timeout.get_or_insert(origin::READ_TIMEOUT_S);
    }
    if let Some(server) = &mut origin.custom_origin_config {
        fill_server(server);
    }
    if let Some(vpc) = &mut origin.vpc_origin_config {
        vpc.origin_read_timeout.get_or_insert(origin::READ_TIMEOUT_S);
        vpc.origin_keepalive_timeout.get_or_insert(origin::KEEPALIVE_TIMEOUT_S);
    }
    origin.connection_attempts.get_or_insert(origin::CONNECTION_ATTEMPTS);
    origin.connection_timeout.get_or_insert(origin::CONNECTION_TIMEOUT_S);
    origin.origin_shield.get_or_insert(OriginShield { enabled: false, origin_shield_region: None });
    fill(&mut origin.origin_access_control_id);
}

fn fill_server(server: &mut CustomOriginConfig) {
    server.origin_ssl_protocols.get_or_insert_with(|| vec![SslProtocol::TlsV1_2].into());
    server.origin_read_timeout.get_or_insert(origin::READ_TIMEOUT_S);
    server.origin_keepalive_timeout.get_or_insert(origin::KEEPALIVE_TIMEOUT_S);
}

fn fill_behavior(behavior: &mut DefaultCacheBehavior) {
    behavior.trusted_signers.get_or_insert(TrustedSigners { enabled: false, quantity: 0, items: Vec::new() });
    behavior.trusted_key_groups.get_or_insert(TrustedKeyGroups {
        enabled: false,
        quantity: 0,
        items: Vec::new(),
    });
    let methods = behavior.allowed_methods.get_or_insert_with(|| {
        let items = vec![Method::Head, Method::Get];
        AllowedMethods { quantity: 2, items, cached_methods: None }
    });
    methods.cached_methods.get_or_insert_with(|| vec![Method::Head, Method::Get].into());
    fill(&mut behavior.smooth_streaming);
    fill(&mut behavior.compress);
    fill(&mut behavior.lambda_function_associations);
    fill(&mut behavior.function_associations);
    fill(&mut behavior.field_level_encryption_id);
    behavior.grpc_config.get_or_insert(GrpcConfig { enabled: false });
    let has_policy = behavior.cache_policy_id.as_deref().is_some_and(|id| !id.is_empty());
    if behavior.forwarded_values.is_some() && !has_policy {
        fill_ttl(behavior);
    }
    if let Some(values) = &mut behavior.forwarded_values {
        fill_forwarded_values(values);
    }
}

/// Legacy TTLs; with a cache policy they stay absent. The minimum has no default: it must be said.
fn fill_ttl(behavior: &mut DefaultCacheBehavior) {
    let [_, default, maximum] = legacy::ttl_defaults(behavior);
    behavior.default_ttl = Some(default);
    behavior.max_ttl = Some(maximum);
}

fn fill_forwarded_values(values: &mut ForwardedValues) {
    values.headers.get_or_insert_with(Counted::default);
    values.query_string_cache_keys.get_or_insert_with(Counted::default);
}
