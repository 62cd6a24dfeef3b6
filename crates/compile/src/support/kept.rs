//! Members that are kept without being obeyed, or refused because they guard content.

use shapes::{
    ConnectionMode, DefaultCacheBehavior, DistributionConfig, GeoRestrictionType, IpAddressType, Origin,
    OriginGroupSelectionCriteria, PriceClass, SslProtocol,
};

use super::{Kept, Support};

/// A row of the table: the part, what happens to it, and whether a document uses it.
const fn row(path: &'static str, support: Support, is_used: fn(&DistributionConfig) -> bool) -> Kept {
    Kept { path, support, is_used }
}

const fn stored(why: &'static str) -> Support {
    Support::Stored { why }
}

const fn outside(why: &'static str) -> Support {
    Support::Outside { why }
}

const fn refused(why: &'static str) -> Support {
    Support::Refused { why }
}

/// In the order of the document.
pub(super) const KEPT: &[Kept] = &[
    row(
        "Origins.Items[].CustomOriginConfig.OriginSslProtocols",
        stored("TLS 1.2 and 1.3 are spoken with origins, never an older version"),
        |config| config.origins.iter().any(wants_old_tls),
    ),
    row(
        "Origins.Items[].CustomOriginConfig.IpAddressType",
        stored("every address of the origin is used"),
        |config| config.origins.iter().any(chooses_addresses),
    ),
    row(
        "Origins.Items[].CustomOriginConfig.OriginMtlsConfig",
        stored("no certificate is shown to the origin"),
        |config| config.origins.iter().any(shows_certificate),
    ),
    row(
        "Origins.Items[].VpcOriginConfig",
        stored("the origin's domain name is asked directly, as the viewer came"),
        |config| config.origins.iter().any(|origin| origin.vpc_origin_config.is_some()),
    ),
    row("Origins.Items[].OriginShield", stored("there is no second cache tier yet"), |config| {
        config.origins.iter().any(|origin| origin.origin_shield.as_ref().is_some_and(|shield| shield.enabled))
    }),
    row(
        "OriginGroups.Items[].SelectionCriteria",
        stored("the primary origin is always asked first"),
        |config| {
            let media = Some(OriginGroupSelectionCriteria::MediaQualityBased);
            config.origin_groups.iter().flatten().any(|group| group.selection_criteria == media)
        },
    ),
    row(
        "DefaultCacheBehavior.TrustedSigners",
        refused("signed URLs and cookies are not checked yet"),
        |config| {
            any_behavior(config, |behavior| behavior.trusted_signers.as_ref().is_some_and(|it| it.enabled))
        },
    ),
    row(
        "DefaultCacheBehavior.TrustedKeyGroups",
        refused("signed URLs and cookies are not checked yet"),
        |config| {
            any_behavior(config, |behavior| behavior.trusted_key_groups.as_ref().is_some_and(|it| it.enabled))
        },
    ),
    row("DefaultCacheBehavior.SmoothStreaming", stored("media are served as ordinary objects"), |config| {
        any_behavior(config, |behavior| behavior.smooth_streaming == Some(true))
    }),
    row("DefaultCacheBehavior.LambdaFunctionAssociations", refused("no functions are run"), |config| {
        any_behavior(config, |behavior| {
            behavior.lambda_function_associations.iter().flatten().next().is_some()
        })
    }),
    row("DefaultCacheBehavior.FunctionAssociations", refused("no functions are run yet"), |config| {
        any_behavior(config, |behavior| behavior.function_associations.iter().flatten().next().is_some())
    }),
    row("DefaultCacheBehavior.FieldLevelEncryptionId", outside("fields are not encrypted"), |config| {
        any_behavior(config, |behavior| is_given(behavior.field_level_encryption_id.as_ref()))
    }),
    row("DefaultCacheBehavior.RealtimeLogConfigArn", outside("there are no real-time logs yet"), |config| {
        any_behavior(config, |behavior| is_given(behavior.realtime_log_config_arn.as_ref()))
    }),
    row("DefaultCacheBehavior.GrpcConfig", stored("gRPC is not passed through yet"), |config| {
        any_behavior(config, |behavior| behavior.grpc_config.as_ref().is_some_and(|grpc| grpc.enabled))
    }),
    row(
        "Logging",
        stored(
            "there are no access logs yet, and the bucket must be one of a store that stands in for S3, or \
             `--lenient-references` set",
        ),
        |config| config.logging.as_ref().is_some_and(|logging| logging.enabled == Some(true)),
    ),
    row("PriceClass", stored("every edge serves every distribution"), |config| {
        config.price_class.as_ref().is_some_and(|class| *class != PriceClass::All)
    }),
    row(
        "ViewerCertificate.ACMCertificateArn",
        outside("certificates come from the local authority"),
        |config| {
            let certificate = config.viewer_certificate.as_ref();
            certificate.is_some_and(|certificate| is_given(certificate.acm_certificate_arn.as_ref()))
        },
    ),
    row(
        "ViewerCertificate.IAMCertificateId",
        outside("certificates come from the local authority"),
        |config| {
            let certificate = config.viewer_certificate.as_ref();
            certificate.is_some_and(|certificate| is_given(certificate.iam_certificate_id.as_ref()))
        },
    ),
    row(
        "ViewerCertificate",
        stored("certificates for all domain names come from the local authority, so an alias needs none"),
        |config| {
            config.viewer_certificate.as_ref().is_some_and(|certificate| {
                is_given(certificate.acm_certificate_arn.as_ref())
                    || is_given(certificate.iam_certificate_id.as_ref())
            })
        },
    ),
    row(
        "Restrictions",
        stored("no viewer's country is known yet, and unknown countries are let in"),
        |config| {
            let restrictions = config.restrictions.as_ref();
            restrictions.is_some_and(|it| it.geo_restriction.restriction_type != GeoRestrictionType::None)
        },
    ),
    row("WebACLId", outside("there is no firewall"), |config| is_given(config.web_acl_id.as_ref())),
    row("IsIPV6Enabled", stored("the listeners' addresses decide"), |config| {
        config.is_ipv6_enabled == Some(false)
    }),
    row("ContinuousDeploymentPolicyId", refused("no viewers are sent to a staging distribution"), |config| {
        is_given(config.continuous_deployment_policy_id.as_ref())
    }),
    row("Staging", stored("it is served as any other distribution"), |config| config.staging == Some(true)),
    row("AnycastIpListId", stored("the listeners' addresses decide"), |config| {
        is_given(config.anycast_ip_list_id.as_ref())
    }),
    row("TenantConfig", stored("there are no tenants"), |config| config.tenant_config.is_some()),
    row("ConnectionMode", stored("viewers are served directly"), |config| {
        config.connection_mode == Some(ConnectionMode::TenantOnly)
    }),
    row("ViewerMtlsConfig", refused("viewers are not asked for certificates"), |config| {
        config.viewer_mtls_config.is_some()
    }),
    row("ConnectionFunctionAssociation", refused("no functions are run"), |config| {
        config.connection_function_association.is_some()
    }),
    row("CacheTagConfig", stored("objects are not tagged yet"), |config| config.cache_tag_config.is_some()),
];

fn is_given(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

fn any_behavior(config: &DistributionConfig, uses: impl Fn(&DefaultCacheBehavior) -> bool) -> bool {
    let listed = config.cache_behaviors.iter().flatten().map(|behavior| &behavior.settings);
    std::iter::once(&config.default_cache_behavior).chain(listed).any(uses)
}

/// Whether any version but TLS 1.2 is wanted.
fn wants_old_tls(origin: &Origin) -> bool {
    let server = origin.custom_origin_config.as_ref();
    let protocols = server.and_then(|server| server.origin_ssl_protocols.as_ref());
    protocols.is_some_and(|protocols| protocols.iter().any(|protocol| *protocol != SslProtocol::TlsV1_2))
}

fn chooses_addresses(origin: &Origin) -> bool {
    let server = origin.custom_origin_config.as_ref();
    let kind = server.and_then(|server| server.ip_address_type.as_ref());
    kind.is_some_and(|kind| *kind != IpAddressType::Dualstack)
}

fn shows_certificate(origin: &Origin) -> bool {
    origin.custom_origin_config.as_ref().is_some_and(|server| server.origin_mtls_config.is_some())
}
