//! Policies, origin access controls and origin access identities.

use aws_sdk_cloudfront::types::{
    CachePolicyType, CloudFrontOriginAccessIdentityConfig, OriginAccessControlConfig,
    OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols,
    OriginRequestPolicyConfig, OriginRequestPolicyCookieBehavior, OriginRequestPolicyCookiesConfig,
    OriginRequestPolicyHeaderBehavior, OriginRequestPolicyHeadersConfig,
    OriginRequestPolicyQueryStringBehavior, OriginRequestPolicyQueryStringsConfig,
    ResponseHeadersPolicyConfig, ResponseHeadersPolicyContentTypeOptions,
    ResponseHeadersPolicySecurityHeadersConfig,
};
use rust_sdk::Warmfront;
use rust_sdk::configuration::{CACHING_OPTIMIZED, cache_policy, distribution, fresh};

#[tokio::test]
async fn a_cache_policy_is_made_listed_used_and_protected() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let config = cache_policy(&fresh("cache")).build().expect("complete");
    let made =
        client.create_cache_policy().cache_policy_config(config.clone()).send().await.expect("it is created");
    let (policy, version) = (made.cache_policy.expect("a policy"), made.e_tag);
    // A member that was left out is shown with its default.
    let shown = policy.cache_policy_config().expect("a configuration");
    assert_eq!((shown.name(), shown.default_ttl()), (config.name(), Some(60)));
    let listed = client.list_cache_policies().r#type(CachePolicyType::Custom).send().await.expect("a list");
    let listed = listed.cache_policy_list.expect("a list");
    let ids: Vec<_> =
        listed.items().iter().filter_map(|item| item.cache_policy()).map(|item| item.id()).collect();
    assert_eq!(ids, [policy.id()]);
    let uses = distribution(policy.id()).build().expect("complete");
    client.create_distribution().distribution_config(uses).send().await.expect("it is created");
    let used = client.delete_cache_policy().id(policy.id()).set_if_match(version).send().await;
    let used = used.expect_err("it is in use").into_service_error();
    assert!(used.is_cache_policy_in_use(), "{used:?}");
    let again = client.create_cache_policy().cache_policy_config(config).send().await;
    let again = again.expect_err("the name is taken").into_service_error();
    assert!(again.is_cache_policy_already_exists(), "{again:?}");
}

#[tokio::test]
async fn a_managed_cache_policy_is_read_and_never_deleted() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let read = client.get_cache_policy().id(CACHING_OPTIMIZED).send().await.expect("it is read");
    let refused = client.delete_cache_policy().id(CACHING_OPTIMIZED).set_if_match(read.e_tag).send().await;
    let refused = refused.expect_err("it is managed").into_service_error();
    assert!(refused.is_illegal_delete(), "{refused:?}");
}

#[tokio::test]
async fn an_origin_request_policy_is_what_was_sent_and_is_deleted() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let config = OriginRequestPolicyConfig::builder()
        .name(fresh("request"))
        .comment("")
        .headers_config(
            OriginRequestPolicyHeadersConfig::builder()
                .header_behavior(OriginRequestPolicyHeaderBehavior::AllViewer)
                .build()
                .expect("complete"),
        )
        .cookies_config(
            OriginRequestPolicyCookiesConfig::builder()
                .cookie_behavior(OriginRequestPolicyCookieBehavior::All)
                .build()
                .expect("complete"),
        )
        .query_strings_config(
            OriginRequestPolicyQueryStringsConfig::builder()
                .query_string_behavior(OriginRequestPolicyQueryStringBehavior::All)
                .build()
                .expect("complete"),
        )
        .build()
        .expect("complete");
    let made =
        client.create_origin_request_policy().origin_request_policy_config(config.clone()).send().await;
    let made = made.expect("it is created");
    let policy = made.origin_request_policy.expect("a policy");
    assert_eq!(policy.origin_request_policy_config(), Some(&config));
    let id = policy.id();
    client
        .delete_origin_request_policy()
        .id(id)
        .set_if_match(made.e_tag)
        .send()
        .await
        .expect("it is deleted");
    let gone =
        client.get_origin_request_policy().id(id).send().await.expect_err("it is gone").into_service_error();
    assert!(gone.is_no_such_origin_request_policy(), "{gone:?}");
}

#[tokio::test]
async fn a_response_headers_policy_is_what_was_sent_and_is_deleted() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let no_sniff =
        ResponseHeadersPolicyContentTypeOptions::builder().r#override(true).build().expect("complete");
    let config = ResponseHeadersPolicyConfig::builder()
        .name(fresh("response"))
        .comment("")
        .security_headers_config(
            ResponseHeadersPolicySecurityHeadersConfig::builder().content_type_options(no_sniff).build(),
        )
        .build()
        .expect("complete");
    let made =
        client.create_response_headers_policy().response_headers_policy_config(config.clone()).send().await;
    let made = made.expect("it is created");
    let policy = made.response_headers_policy.expect("a policy");
    let shown = policy.response_headers_policy_config().expect("a configuration");
    assert_eq!(shown.security_headers_config(), config.security_headers_config());
    let id = policy.id();
    client
        .delete_response_headers_policy()
        .id(id)
        .set_if_match(made.e_tag)
        .send()
        .await
        .expect("it is deleted");
    let gone = client.get_response_headers_policy().id(id).send().await;
    let gone = gone.expect_err("it is gone").into_service_error();
    assert!(gone.is_no_such_response_headers_policy(), "{gone:?}");
}

#[tokio::test]
async fn an_origin_access_control_is_what_was_sent_and_is_deleted() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let config = OriginAccessControlConfig::builder()
        .name(fresh("control"))
        .description("")
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .signing_behavior(OriginAccessControlSigningBehaviors::NoOverride)
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .build()
        .expect("complete");
    let made =
        client.create_origin_access_control().origin_access_control_config(config.clone()).send().await;
    let made = made.expect("it is created");
    let control = made.origin_access_control.expect("a control");
    assert_eq!(control.origin_access_control_config(), Some(&config));
    let id = control.id();
    client
        .delete_origin_access_control()
        .id(id)
        .set_if_match(made.e_tag)
        .send()
        .await
        .expect("it is deleted");
    let gone =
        client.get_origin_access_control().id(id).send().await.expect_err("it is gone").into_service_error();
    assert!(gone.is_no_such_origin_access_control(), "{gone:?}");
}

#[tokio::test]
async fn an_origin_access_identity_is_made_once_for_a_reference() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let config = |comment: &str| {
        let config =
            CloudFrontOriginAccessIdentityConfig::builder().caller_reference("once").comment(comment);
        config.build().expect("complete")
    };
    let create = async |comment: &str| {
        let create = client.create_cloud_front_origin_access_identity();
        create.cloud_front_origin_access_identity_config(config(comment)).send().await
    };
    let first =
        create("one").await.expect("it is created").cloud_front_origin_access_identity.expect("an identity");
    let second = create("one").await.expect("it is the first").cloud_front_origin_access_identity;
    assert_eq!(second.as_ref(), Some(&first));
    let other = create("two").await.expect_err("the reference is used").into_service_error();
    assert!(other.is_cloud_front_origin_access_identity_already_exists(), "{other:?}");
}
