//! Whatever a document says, it is compiled or refused with a reason; nothing panics, and what compiles prints.

use compile::{Environment, Identity, References};
use proptest::prelude::*;
use shapes::{
    CacheBehavior, CookiePreference, Counted, CustomErrorResponse, CustomOriginConfig, DefaultCacheBehavior,
    DistributionConfig, ForwardedValues, ItemSelection, Origin, OriginCustomHeader, OriginGroup,
    OriginGroupFailoverCriteria, OriginGroupMember, OriginProtocolPolicy, ViewerProtocolPolicy,
};

/// Texts near the rules: names, paths and hosts, and anything else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,2}",
        "/[a-z%*?.]{0,5}",
        "[a-z*.-]{1,6}\\.s3[.-]([a-z0-9-]{0,4}\\.)?amazonaws\\.com",
        ".{0,6}",
        Just("200".to_owned()),
        Just("*".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![0..4, 400..600, any::<i32>()]
}

fn counted<T: std::fmt::Debug + Clone + 'static>(
    entry: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Counted<T>> {
    prop::collection::vec(entry, 0..4).prop_map(Counted::from)
}

fn origin() -> impl Strategy<Value = Origin> {
    let header = (text(), text())
        .prop_map(|(header_name, header_value)| OriginCustomHeader { header_name, header_value });
    (text(), text(), text(), counted(header), number(), number(), any::<bool>()).prop_map(
        |(id, domain_name, path, headers, port, seconds, is_bucket)| Origin {
            id,
            domain_name,
            origin_path: Some(path),
            custom_headers: Some(headers),
            s3_origin_config: is_bucket.then(Default::default),
            custom_origin_config: (!is_bucket).then(|| CustomOriginConfig {
                http_port: port,
                https_port: port,
                origin_protocol_policy: OriginProtocolPolicy::HttpOnly,
                origin_read_timeout: Some(seconds),
                ..CustomOriginConfig::default()
            }),
            connection_attempts: Some(seconds),
            ..Origin::default()
        },
    )
}

fn group() -> impl Strategy<Value = OriginGroup> {
    let member = text().prop_map(|origin_id| OriginGroupMember { origin_id });
    (text(), counted(number()), counted(member)).prop_map(|(id, status_codes, members)| OriginGroup {
        id,
        failover_criteria: OriginGroupFailoverCriteria { status_codes },
        members,
        selection_criteria: None,
    })
}

fn behavior() -> impl Strategy<Value = DefaultCacheBehavior> {
    (text(), counted(text()), counted(text()), number(), number()).prop_map(
        |(target_origin_id, cookies, headers, minimum, maximum)| DefaultCacheBehavior {
            target_origin_id,
            viewer_protocol_policy: ViewerProtocolPolicy::AllowAll,
            forwarded_values: Some(ForwardedValues {
                query_string: minimum % 2 == 0,
                cookies: CookiePreference {
                    forward: ItemSelection::Whitelist,
                    whitelisted_names: Some(cookies.clone()),
                },
                headers: Some(headers),
                query_string_cache_keys: Some(cookies),
            }),
            min_ttl: Some(minimum.into()),
            max_ttl: Some(maximum.into()),
            ..DefaultCacheBehavior::default()
        },
    )
}

fn error_response() -> impl Strategy<Value = CustomErrorResponse> {
    (number(), prop::option::of(text()), prop::option::of(text()), prop::option::of(any::<i64>())).prop_map(
        |(error_code, response_page_path, response_code, error_caching_min_ttl)| CustomErrorResponse {
            error_code,
            response_page_path,
            response_code,
            error_caching_min_ttl,
        },
    )
}

fn document() -> impl Strategy<Value = DistributionConfig> {
    let listed =
        (text(), behavior()).prop_map(|(path_pattern, settings)| CacheBehavior { path_pattern, settings });
    let parts = (counted(origin()), counted(group()), behavior(), counted(listed), counted(error_response()));
    (parts, counted(text()), text()).prop_map(
        |((origins, groups, default, listed, responses), aliases, root)| DistributionConfig {
            caller_reference: "any".into(),
            aliases: Some(aliases),
            default_root_object: Some(root),
            origins,
            origin_groups: Some(groups),
            default_cache_behavior: default,
            cache_behaviors: Some(listed),
            custom_error_responses: Some(responses),
            ..DistributionConfig::default()
        },
    )
}

proptest! {
    #[test]
    fn every_document_is_compiled_or_refused_with_a_reason(mut config in document()) {
        compile::defaults(&mut config);
        compile::normalize(&mut config);
        let identity =
            Identity { id: "E1".into(), arn: "arn".into(), etag: "E2".into(), domain_name: "d1.localhost".into() };
        match compile::distribution(&identity, &config, &References::default(), &Environment::default()) {
            Ok(distribution) => prop_assert!(compile::print(&distribution).starts_with("distribution E1")),
            Err(problems) => {
                let first = problems.first().map(|problem| problem.message.is_empty());
                prop_assert_eq!(first, Some(false));
            }
        }
        prop_assert!(compile::check_update(&config).is_empty());
    }
}
