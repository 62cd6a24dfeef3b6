//! Tags (control plane 3.2).

use crate::service::{Answer, Service, minimal};
use shapes::{DistributionConfigWithTags, Tag, TagKeys, Tags};

fn tags(list: &[(&str, &str)]) -> Tags {
    let tag = |(key, value): &(&str, &str)| Tag { key: (*key).into(), value: Some((*value).into()) };
    Tags { items: list.iter().map(tag).collect() }
}

fn resource(id: &str) -> String {
    format!("Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2F{id}")
}

async fn tag(service: &Service, id: &str, list: &[(&str, &str)]) -> Answer {
    service.post(&format!("/tagging?Operation=Tag&{}", resource(id)), &tags(list)).await
}

async fn listed(service: &Service, id: &str) -> Tags {
    service.get(&format!("/tagging?{}", resource(id))).await.read()
}

#[tokio::test]
async fn tags_are_added_replaced_listed_and_removed() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    assert_eq!(listed(&service, &id).await, tags(&[]));
    assert_eq!(tag(&service, &id, &[("stage", "test"), ("team", "edge")]).await.status, 204);
    assert_eq!(tag(&service, &id, &[("stage", "live")]).await.status, 204);
    assert_eq!(listed(&service, &id).await, tags(&[("stage", "live"), ("team", "edge")]));
    let keys = TagKeys { items: vec!["stage".into(), "unknown".into()] };
    let answer = service.post(&format!("/tagging?Operation=Untag&{}", resource(&id)), &keys).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    assert_eq!(listed(&service, &id).await, tags(&[("team", "edge")]));
}

#[tokio::test]
async fn a_distribution_can_be_created_with_its_tags() {
    let service = Service::start();
    let document =
        DistributionConfigWithTags { distribution_config: minimal("one"), tags: tags(&[("stage", "test")]) };
    let answer = service.post("/distribution?WithTags", &document).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.header("location").ends_with(&answer.text("Id")));
    assert_eq!(listed(&service, &answer.text("Id")).await, document.tags);

    let wrong = DistributionConfigWithTags { tags: tags(&[("aws:x", "")]), ..document };
    service.post("/distribution?WithTags", &wrong).await.refused(400, "InvalidTagging");
}

#[tokio::test]
async fn tags_change_neither_version_nor_status_and_outlive_an_update() {
    let service = Service::without_edge(control::Settings {
        deployment_wait: std::time::Duration::ZERO,
        ..control::Settings::default()
    });
    let (id, etag) = service.create(&minimal("one")).await;
    service.deployment.applied(service.store.revision().await.unwrap());
    assert_eq!(tag(&service, &id, &[("a", "b")]).await.status, 204);
    assert_eq!(service.get(&format!("/distribution/{id}")).await.text("Status"), "Deployed");
    let (config, same) = service.config(&id).await;
    assert_eq!(same, etag);
    assert_eq!(service.put(&format!("/distribution/{id}/config"), &etag, &config).await.status, 200);
    assert_eq!(service.get(&format!("/distribution/{id}")).await.text("Status"), "InProgress");
    assert_eq!(listed(&service, &id).await, tags(&[("a", "b")]));
}

#[tokio::test]
async fn keys_values_and_counts_outside_the_rules_are_refused() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    for wrong in [("aws:x", ""), ("", ""), ("a!", ""), (&*long_key, ""), ("k", &*long_value)] {
        tag(&service, &id, &[wrong]).await.refused(400, "InvalidTagging");
    }
    let names: Vec<String> = (0..50).map(|number| format!("k{number}")).collect();
    let fifty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(tag(&service, &id, &fifty).await.status, 204);
    assert_eq!(tag(&service, &id, &[("k0", "again")]).await.status, 204);
    tag(&service, &id, &[("one-more", "")]).await.refused(400, "InvalidTagging");
    assert_eq!(listed(&service, &id).await.items.len(), 50);
}

#[tokio::test]
async fn a_resource_that_is_not_there_is_not_found_and_one_that_is_no_arn_is_wrong() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    service.get(&format!("/tagging?{}", resource("EUNKNOWN"))).await.refused(404, "NoSuchResource");
    let foreign = resource(&id).replace("123456789012", "210987654321");
    service.get(&format!("/tagging?{foreign}")).await.refused(404, "NoSuchResource");
    tag(&service, "EUNKNOWN", &[("a", "b")]).await.refused(404, "NoSuchResource");
    service.get("/tagging?Resource=x").await.refused(400, "InvalidArgument");
    service.get("/tagging").await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn many_tags_at_once_all_arrive() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let names: Vec<String> = (0..4).map(|number| format!("k{number}")).collect();
    let lists: Vec<_> = names.iter().map(|name| [(name.as_str(), "")]).collect();
    let answers = futures_util::future::join_all(lists.iter().map(|list| tag(&service, &id, list))).await;
    assert!(answers.iter().all(|answer| answer.status == 204), "{answers:?}");
    assert_eq!(listed(&service, &id).await.items.len(), 4);
}
