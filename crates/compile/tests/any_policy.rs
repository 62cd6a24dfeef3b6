//! Whatever a policy's document says, it is refused with a reason or a behavior with it compiles; nothing panics.

use compile::{Environment, Identity, Problems, References};
use proptest::prelude::*;
use shapes::{
    CachePolicyConfig, Counted, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, Origin,
    OriginRequestPolicyConfig, ResponseHeadersPolicyConfig, ResponseHeadersPolicyCorsConfig,
    ResponseHeadersPolicyCustomHeader, ResponseHeadersPolicyRemoveHeader,
    ResponseHeadersPolicySecurityHeadersConfig, ResponseHeadersPolicyServerTimingHeadersConfig,
    ResponseHeadersPolicyStrictTransportSecurity, ResponseHeadersPolicyXSSProtection,
};

/// Words of the documents, names near the rules, and anything else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "none",
            "all",
            "whitelist",
            "allExcept",
            "allViewer",
            "allViewerAndWhitelistCloudFront",
            "Host",
            "Cookie",
            "CloudFront-Viewer-TLS",
            "X-A",
            "*",
            "https://*.example.org:8*",
            "GET",
            "ALL",
            "",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z*.:/-]{0,8}",
        ".{0,6}",
    ]
}

fn names() -> impl Strategy<Value = Option<Counted<String>>> {
    prop::option::of(prop::collection::vec(text(), 0..12).prop_map(Counted::from))
}

fn choice() -> impl Strategy<Value = (String, Option<Counted<String>>)> {
    (text(), names())
}

fn cache_policy() -> impl Strategy<Value = CachePolicyConfig> {
    let ttls = (-1_i64..4, prop::option::of(-1_i64..4), prop::option::of(any::<i64>()));
    (text(), ttls, choice(), choice(), choice(), any::<[bool; 2]>()).prop_map(
        |(name, (minimum, default, maximum), headers, cookies, query, [gzip, brotli])| {
            let mut config = CachePolicyConfig {
                name,
                min_ttl: minimum,
                default_ttl: default,
                max_ttl: maximum,
                ..CachePolicyConfig::default()
            };
            let key = config.parameters_in_cache_key_and_forwarded_to_origin.get_or_insert_default();
            key.enable_accept_encoding_gzip = gzip;
            key.enable_accept_encoding_brotli = Some(brotli);
            key.headers_config.header_behavior = headers.0.as_str().into();
            key.headers_config.headers = headers.1;
            key.cookies_config.cookie_behavior = cookies.0.as_str().into();
            key.cookies_config.cookies = cookies.1;
            key.query_strings_config.query_string_behavior = query.0.as_str().into();
            key.query_strings_config.query_strings = query.1;
            config
        },
    )
}

fn request_policy() -> impl Strategy<Value = OriginRequestPolicyConfig> {
    (text(), choice(), choice(), choice()).prop_map(|(name, headers, cookies, query)| {
        let mut config = OriginRequestPolicyConfig { name, ..OriginRequestPolicyConfig::default() };
        config.headers_config.header_behavior = headers.0.as_str().into();
        config.headers_config.headers = headers.1;
        config.cookies_config.cookie_behavior = cookies.0.as_str().into();
        config.cookies_config.cookies = cookies.1;
        config.query_strings_config.query_string_behavior = query.0.as_str().into();
        config.query_strings_config.query_strings = query.1;
        config
    })
}

fn headers_policy() -> impl Strategy<Value = ResponseHeadersPolicyConfig> {
    let lists = (names(), names(), names(), names());
    (text(), lists, text(), any::<i32>(), any::<f64>(), any::<[bool; 3]>()).prop_map(
        |(name, (origins, headers, methods, exposed), value, seconds, rate, [credentials, on, block])| {
            let custom = headers.iter().flatten().map(|header| ResponseHeadersPolicyCustomHeader {
                header: header.clone(),
                value: value.clone(),
                override_origin: on,
            });
            let removed = exposed
                .iter()
                .flatten()
                .map(|header| ResponseHeadersPolicyRemoveHeader { header: header.clone() });
            ResponseHeadersPolicyConfig {
                name,
                custom_headers_config: Some(custom.collect()),
                remove_headers_config: Some(removed.collect()),
                cors_config: origins.map(|origins| ResponseHeadersPolicyCorsConfig {
                    access_control_allow_origins: origins,
                    access_control_allow_headers: headers.clone().unwrap_or_default(),
                    access_control_allow_methods: methods
                        .iter()
                        .flatten()
                        .map(|method| method.as_str().into())
                        .collect(),
                    access_control_allow_credentials: credentials,
                    access_control_expose_headers: exposed.clone(),
                    access_control_max_age_sec: Some(seconds),
                    origin_override: on,
                }),
                security_headers_config: Some(ResponseHeadersPolicySecurityHeadersConfig {
                    xss_protection: Some(ResponseHeadersPolicyXSSProtection {
                        override_origin: on,
                        protection: on,
                        mode_block: Some(block),
                        report_uri: Some(value),
                    }),
                    strict_transport_security: Some(ResponseHeadersPolicyStrictTransportSecurity {
                        access_control_max_age_sec: seconds,
                        ..ResponseHeadersPolicyStrictTransportSecurity::default()
                    }),
                    ..ResponseHeadersPolicySecurityHeadersConfig::default()
                }),
                server_timing_headers_config: Some(ResponseHeadersPolicyServerTimingHeadersConfig {
                    enabled: on,
                    sampling_rate: Some(rate),
                }),
                comment: None,
            }
        },
    )
}

/// A behavior with the three policies, whether the checks took them or not.
fn print(references: &References) -> Result<String, Problems> {
    let config = DistributionConfig {
        caller_reference: "one".into(),
        origins: vec![Origin {
            id: "site".into(),
            domain_name: "site.example.com".into(),
            custom_origin_config: Some(CustomOriginConfig {
                http_port: 80,
                https_port: 443,
                origin_protocol_policy: "http-only".into(),
                ..CustomOriginConfig::default()
            }),
            ..Origin::default()
        }]
        .into(),
        default_cache_behavior: DefaultCacheBehavior {
            target_origin_id: "site".into(),
            viewer_protocol_policy: "allow-all".into(),
            cache_policy_id: Some("c".into()),
            origin_request_policy_id: Some("r".into()),
            response_headers_policy_id: Some("h".into()),
            ..DefaultCacheBehavior::default()
        },
        ..DistributionConfig::default()
    };
    let identity = Identity {
        id: "E1".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
        etag: "E2".into(),
        domain_name: "d1.cloudfront.localhost".into(),
    };
    compile::distribution(&identity, &config, references, &Environment::default())
        .map(|distribution| compile::print(&distribution))
}

/// Each problem names an element, and says what would be accepted.
fn is_explained(problems: &Problems) -> bool {
    problems.iter().all(|problem| !problem.path.is_empty() && problem.explanation.contains("Accepted"))
}

proptest! {
    #[test]
    fn any_policies_are_refused_with_reasons_or_compile(
        mut cache in cache_policy(),
        mut request in request_policy(),
        mut headers in headers_policy(),
    ) {
        let environment = Environment::default();
        prop_assert!(is_explained(&compile::cache_policy(&cache, &environment)));
        prop_assert!(is_explained(&compile::origin_request_policy(&request, &environment)));
        prop_assert!(is_explained(&compile::response_headers_policy(&headers, &environment)));
        let accepted = compile::cache_policy(&cache, &environment).is_empty();
        compile::cache_policy_defaults(&mut cache);
        compile::origin_request_policy_defaults(&mut request);
        compile::response_headers_policy_defaults(&mut headers);
        prop_assert!(!accepted || compile::cache_policy(&cache, &environment).is_empty());
        let references = References {
            cache_policies: [("c".to_owned(), cache)].into(),
            origin_request_policies: [("r".to_owned(), request)].into(),
            response_headers_policies: [("h".to_owned(), headers)].into(),
            ..References::default()
        };
        let printed = print(&references);
        prop_assert!(printed.is_ok_and(|text| text.contains("response headers policy h")));
    }
}
