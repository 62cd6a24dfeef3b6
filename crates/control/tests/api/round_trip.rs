//! Whatever GetDistributionConfig shows can be sent straight back.

use crate::service::{Service, lenient, minimal};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shapes::{
    CacheBehavior, CustomErrorResponse, DefaultCacheBehavior, DistributionConfig, ForwardedValues,
    LoggingConfig, Origin, OriginCustomHeader, S3OriginConfig, xml,
};

fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

fn behavior(
    cached_by_policy: bool,
    compress: Option<bool>,
    ttls: Option<(i64, i64)>,
) -> DefaultCacheBehavior {
    let mut behavior = minimal("x").default_cache_behavior;
    behavior.compress = compress;
    if cached_by_policy {
        behavior.cache_policy_id = Some("658327ea-f89d-4fab-a63d-7e88639e58f6".into());
        behavior.forwarded_values = None;
        behavior.min_ttl = None;
    } else if let Some((min, more)) = ttls {
        behavior.min_ttl = Some(min);
        behavior.default_ttl = Some(min + more);
        behavior.max_ttl = Some(min + more + more);
    }
    behavior
}

fn behaviors() -> impl Strategy<Value = DefaultCacheBehavior> {
    let ttls = proptest::option::of((0_i64..1000, 0_i64..1000));
    (any::<bool>(), any::<Option<bool>>(), ttls)
        .prop_map(|(cached_by_policy, compress, ttls)| behavior(cached_by_policy, compress, ttls))
}

fn error_responses() -> impl Strategy<Value = Vec<CustomErrorResponse>> {
    let codes =
        proptest::sample::subsequence(vec![400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504], 0..=11);
    let details = (any::<bool>(), proptest::option::of(0_i64..=31_536_000), text("/[a-z]{1,8}\\.html"));
    (codes, proptest::collection::vec(details, 11)).prop_map(|(codes, details)| {
        let pairs = codes.into_iter().zip(details);
        let one = |(code, (has_page, ttl_s, page)): (i32, (bool, Option<i64>, String))| CustomErrorResponse {
            error_code: code,
            response_page_path: has_page.then_some(page),
            response_code: has_page.then(|| "200".to_owned()),
            error_caching_min_ttl: ttl_s,
        };
        pairs.map(one).collect()
    })
}

fn origin(id: String, is_bucket: bool, headers: &[String]) -> Origin {
    let mut origin = minimal("x").origins.items.remove(0);
    origin.id = id;
    if is_bucket {
        origin.domain_name = "bucket.s3.eu-west-1.amazonaws.com".into();
        origin.custom_origin_config = None;
        origin.s3_origin_config = Some(S3OriginConfig::default());
    }
    let header = |(index, value): (usize, &String)| OriginCustomHeader {
        header_name: format!("X-Header-{index}"),
        header_value: value.clone(),
    };
    origin.custom_headers = (!headers.is_empty()).then(|| headers.iter().enumerate().map(header).collect());
    origin
}

fn configs() -> impl Strategy<Value = DistributionConfig> {
    let headers = proptest::collection::vec(text("[a-zA-Z0-9<>&\"' ]{1,20}v"), 0..4);
    (
        text("[a-zA-Z0-9 <>&'\"\u{e9}]{0,60}"),
        proptest::option::of(text("[a-z]{1,10}\\.html")),
        behaviors(),
        proptest::collection::vec((text("[a-z]{1,6}/\\*"), behaviors()), 0..4),
        error_responses(),
        (any::<bool>(), headers),
        (any::<bool>(), any::<Option<bool>>()),
    )
        .prop_map(
            |(comment, root, default, listed, responses, (is_bucket, headers), (enabled, logs))| {
                let mut config = minimal("one");
                config.comment = comment;
                config.default_root_object = root;
                config.default_cache_behavior = default;
                let listed = listed.into_iter().enumerate().map(|(index, (pattern, settings))| {
                    CacheBehavior { path_pattern: format!("{index}/{pattern}"), settings }
                });
                config.cache_behaviors = Some(listed.collect());
                config.custom_error_responses = Some(responses.into());
                config.origins.items.push(origin("second".into(), is_bucket, &headers));
                config.origins.quantity = 2;
                config.enabled = enabled;
                config.logging = logs.map(|enabled| LoggingConfig {
                    enabled: Some(enabled),
                    include_cookies: None,
                    bucket: Some("logs.s3.amazonaws.com".into()),
                    prefix: Some("p/".into()),
                });
                config
            },
        )
}

/// Creates, reads, sends back, reads again: nothing changes but the version.
async fn comes_back(config: &DistributionConfig) {
    let service = Service::with(lenient());
    let (id, first) = service.create(config).await;
    let (shown, etag) = service.config(&id).await;
    assert_eq!(first, etag);
    let answer = service.put(&format!("/distribution/{id}/config"), &etag, &shown).await;
    assert_eq!(answer.status, 200, "{}\nwas sent:\n{}", answer.body, xml::write(&shown));
    let (again, second) = service.config(&id).await;
    assert_eq!(again, shown);
    assert_ne!(first, second);
}

#[test]
fn what_is_shown_of_any_configuration_is_accepted_as_its_update() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    runner
        .run(&configs(), |config| {
            runtime.block_on(comes_back(&config));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_minimal_configuration_comes_back() {
    comes_back(&minimal("one")).await;
}

#[tokio::test]
async fn what_a_caller_said_is_shown_word_for_word() {
    let mut config = minimal("one & only <1>");
    config.comment = "line one\nline two\ttab & <tags> \u{1f600}".into();
    config.default_cache_behavior.forwarded_values = Some(ForwardedValues {
        query_string: true,
        ..minimal("x").default_cache_behavior.forwarded_values.unwrap()
    });
    let service = Service::start();
    let (id, _) = service.create(&config).await;
    let (shown, _) = service.config(&id).await;
    assert_eq!((&shown.caller_reference, &shown.comment), (&config.caller_reference, &config.comment));
    assert!(shown.default_cache_behavior.forwarded_values.unwrap().query_string);
}
