//! Distributions, invalidations and tags.

use std::time::Duration;

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::client::Waiters;
use aws_sdk_cloudfront::error::ProvideErrorMetadata;
use aws_sdk_cloudfront::types::{
    Distribution, DistributionConfig, DistributionConfigWithTags, InvalidationBatch, Paths, Tag, Tags,
};
use rust_sdk::Warmfront;
use rust_sdk::configuration::{CACHING_OPTIMIZED, distribution, error_page, fresh};

/// Less than the 20 and 60 seconds that the waiters sleep after a first negative answer: they give up instead.
const ONE_QUESTION: Duration = Duration::from_secs(10);

async fn create(client: &Client, config: DistributionConfig) -> Distribution {
    let made = client.create_distribution().distribution_config(config).send().await.expect("it is created");
    made.distribution.expect("a distribution")
}

fn plain() -> DistributionConfig {
    distribution(CACHING_OPTIMIZED).build().expect("complete")
}

#[tokio::test]
async fn a_new_distribution_is_deployed_at_the_first_question() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let made = create(&client, plain()).await;
    assert_eq!(made.status(), "InProgress");
    let waited = client.wait_until_distribution_deployed().id(made.id()).wait(ONE_QUESTION).await;
    let seen = waited.expect("deployed").into_result().expect("a distribution");
    assert_eq!(seen.distribution().map(Distribution::status), Some("Deployed"));
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_and_changed() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let made = create(&client, plain()).await;
    let read = client.get_distribution_config().id(made.id()).send().await.expect("it is read");
    let (mut config, version) =
        (read.distribution_config.expect("a configuration"), read.e_tag.expect("a version"));
    let update = |config: &DistributionConfig, version: &str| {
        client
            .update_distribution()
            .id(made.id())
            .if_match(version)
            .distribution_config(config.clone())
            .send()
    };
    let same = update(&config, &version).await.expect("it is updated");
    assert_eq!(same.distribution().and_then(Distribution::distribution_config), Some(&config));
    config.comment = "caf\u{e9} <&>".into();
    let changed = update(&config, same.e_tag().expect("a version")).await.expect("it is updated");
    assert_eq!(changed.distribution().and_then(Distribution::distribution_config), Some(&config));
    let refused = update(&config, &version).await.expect_err("the version is old").into_service_error();
    assert!(refused.is_precondition_failed(), "{refused:?}");
}

#[tokio::test]
async fn refusals_are_the_variants_of_the_sdk() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let unknown = client.get_distribution().id("E1234567890123").send().await.expect_err("nobody made it");
    assert_eq!(unknown.raw_response().map(|response| response.status().as_u16()), Some(404));
    let unknown = unknown.into_service_error();
    assert!(unknown.is_no_such_distribution(), "{unknown:?}");
    assert!(unknown.message().is_some_and(|message| !message.is_empty()));
    let config = plain();
    let made = create(&client, config.clone()).await;
    let again = client.create_distribution().distribution_config(config).send().await;
    let again = again.expect_err("the reference is used").into_service_error();
    assert!(again.is_distribution_already_exists(), "{again:?}");
    let version = client.get_distribution().id(made.id()).send().await.expect("it is read").e_tag;
    let enabled = client.delete_distribution().id(made.id()).set_if_match(version).send().await;
    let enabled = enabled.expect_err("it is enabled").into_service_error();
    assert!(enabled.is_distribution_not_disabled(), "{enabled:?}");
}

#[tokio::test]
async fn error_pages_have_their_response_code_as_text() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let with =
        |errors| distribution(CACHING_OPTIMIZED).custom_error_responses(errors).build().expect("complete");
    let sent = error_page(404, Some(("/sorry.html", "200")));
    let made = create(&client, with(sent.clone())).await;
    let config = made.distribution_config().expect("a configuration");
    assert_eq!(config.custom_error_responses(), Some(&sent));
    let refusal = async |errors| {
        let refused = client.create_distribution().distribution_config(with(errors)).send().await;
        refused.expect_err("it is wrong").into_service_error()
    };
    assert!(refusal(error_page(418, None)).await.is_invalid_error_code());
    assert!(refusal(error_page(404, Some(("/sorry.html", "999")))).await.is_invalid_response_code());
    assert!(refusal(error_page(404, Some(("sorry.html", "200")))).await.is_invalid_argument());
}

#[tokio::test]
async fn the_list_is_read_in_pages_of_one() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(create(&client, plain()).await.id().to_owned());
    }
    let mut pages = client.list_distributions().max_items(1).into_paginator().send();
    let mut listed = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page").distribution_list.expect("a list");
        assert_eq!((page.quantity(), page.items().len()), (1, 1));
        listed.extend(page.items().iter().map(|item| item.id().to_owned()));
    }
    made.sort();
    listed.sort();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn an_invalidation_is_completed_at_the_first_question() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let made = create(&client, plain()).await;
    let paths = Paths::builder().quantity(2).items("/a").items("/b/*").build().expect("complete");
    let batch =
        InvalidationBatch::builder().paths(paths).caller_reference(fresh("batch")).build().expect("complete");
    let invalidation = client
        .create_invalidation()
        .distribution_id(made.id())
        .invalidation_batch(batch.clone())
        .send()
        .await;
    let invalidation = invalidation.expect("it is created").invalidation.expect("an invalidation");
    assert_eq!(invalidation.invalidation_batch(), Some(&batch));
    let waiter = client.wait_until_invalidation_completed().distribution_id(made.id()).id(invalidation.id());
    waiter.wait(ONE_QUESTION).await.expect("completed");
}

#[tokio::test]
async fn tags_are_given_at_creation_and_read() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let tag = Tag::builder().key("team").value("web").build().expect("complete");
    let tags = Tags::builder().items(tag).build();
    let document =
        DistributionConfigWithTags::builder().distribution_config(plain()).tags(tags.clone()).build();
    let made = client.create_distribution_with_tags().distribution_config_with_tags(document);
    let made = made.send().await.expect("it is created").distribution.expect("a distribution");
    let read = client.list_tags_for_resource().resource(made.arn()).send().await.expect("they are read");
    assert_eq!(read.tags(), Some(&tags));
}

#[tokio::test]
async fn a_distribution_is_disabled_and_deleted() {
    let server = Warmfront::start();
    let client = server.cloudfront();
    let made = create(&client, plain()).await;
    let read = client.get_distribution_config().id(made.id()).send().await.expect("it is read");
    let mut config = read.distribution_config.expect("a configuration");
    config.enabled = false;
    let update =
        client.update_distribution().id(made.id()).set_if_match(read.e_tag).distribution_config(config);
    let version = update.send().await.expect("it is disabled").e_tag;
    client.wait_until_distribution_deployed().id(made.id()).wait(ONE_QUESTION).await.expect("deployed");
    client.delete_distribution().id(made.id()).set_if_match(version).send().await.expect("it is deleted");
    let gone =
        client.get_distribution().id(made.id()).send().await.expect_err("it is gone").into_service_error();
    assert!(gone.is_no_such_distribution(), "{gone:?}");
}
