//! Configurations as people write them with the SDK's builders: short, with CloudFront's own names.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_cloudfront::types::builders::{CachePolicyConfigBuilder, DistributionConfigBuilder};
use aws_sdk_cloudfront::types::{
    CachePolicyConfig, CachePolicyCookieBehavior, CachePolicyCookiesConfig, CachePolicyHeaderBehavior,
    CachePolicyHeadersConfig, CachePolicyQueryStringBehavior, CachePolicyQueryStringsConfig,
    CustomErrorResponse, CustomErrorResponses, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig,
    Headers, Origin, OriginProtocolPolicy, Origins, ParametersInCacheKeyAndForwardedToOrigin,
    ViewerProtocolPolicy,
};

/// The id of the managed policy `CachingOptimized`.
pub const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// A name that nothing else in this process has.
pub fn fresh(what: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("{what}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A distribution with one custom origin and this cache policy, to be built.
pub fn distribution(cache_policy: &str) -> DistributionConfigBuilder {
    DistributionConfig::builder()
        .caller_reference(fresh("rust"))
        .comment("")
        .enabled(true)
        .origins(Origins::builder().quantity(1).items(origin()).build().expect("complete"))
        .default_cache_behavior(
            DefaultCacheBehavior::builder()
                .target_origin_id("site")
                .viewer_protocol_policy(ViewerProtocolPolicy::AllowAll)
                .cache_policy_id(cache_policy)
                .build()
                .expect("complete"),
        )
}

fn origin() -> Origin {
    let custom = CustomOriginConfig::builder()
        .http_port(80)
        .https_port(443)
        .origin_protocol_policy(OriginProtocolPolicy::HttpOnly)
        .build()
        .expect("complete");
    Origin::builder()
        .id("site")
        .domain_name("site.localhost")
        .custom_origin_config(custom)
        .build()
        .expect("complete")
}

/// One custom error response; without a page when `page` is `None`.
pub fn error_page(code: i32, page: Option<(&str, &str)>) -> CustomErrorResponses {
    let mut item = CustomErrorResponse::builder().error_code(code).error_caching_min_ttl(30);
    if let Some((path, response_code)) = page {
        item = item.response_page_path(path).response_code(response_code);
    }
    CustomErrorResponses::builder()
        .quantity(1)
        .items(item.build().expect("complete"))
        .build()
        .expect("complete")
}

/// A cache policy that has one header in the cache key, to be built.
pub fn cache_policy(name: &str) -> CachePolicyConfigBuilder {
    let headers = Headers::builder().quantity(1).items("Accept-Language").build().expect("complete");
    let key = ParametersInCacheKeyAndForwardedToOrigin::builder()
        .enable_accept_encoding_gzip(false)
        .headers_config(
            CachePolicyHeadersConfig::builder()
                .header_behavior(CachePolicyHeaderBehavior::Whitelist)
                .headers(headers)
                .build()
                .expect("complete"),
        )
        .cookies_config(
            CachePolicyCookiesConfig::builder()
                .cookie_behavior(CachePolicyCookieBehavior::None)
                .build()
                .expect("complete"),
        )
        .query_strings_config(
            CachePolicyQueryStringsConfig::builder()
                .query_string_behavior(CachePolicyQueryStringBehavior::None)
                .build()
                .expect("complete"),
        )
        .build()
        .expect("complete");
    CachePolicyConfig::builder()
        .name(name)
        .comment("")
        .min_ttl(1)
        .default_ttl(60)
        .max_ttl(3600)
        .parameters_in_cache_key_and_forwarded_to_origin(key)
}
