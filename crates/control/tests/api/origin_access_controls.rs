//! Origin access controls and the distributions that use them.

use crate::service::{Answer, Service, minimal};
use shapes::{DistributionConfig, OriginAccessControl, OriginAccessControlConfig, S3OriginConfig};

fn control(name: &str) -> OriginAccessControlConfig {
    OriginAccessControlConfig {
        name: name.into(),
        description: None,
        signing_protocol: "sigv4".into(),
        signing_behavior: "always".into(),
        origin_access_control_origin_type: "s3".into(),
    }
}

fn using(reference: &str, control_id: &str) -> DistributionConfig {
    let mut config = minimal(reference);
    let origin = &mut config.origins.items[0];
    origin.domain_name = "bucket.s3.eu-west-1.amazonaws.com".into();
    origin.custom_origin_config = None;
    origin.s3_origin_config = Some(S3OriginConfig::default());
    origin.origin_access_control_id = Some(control_id.into());
    config
}

async fn create(service: &Service, config: &OriginAccessControlConfig) -> (String, String) {
    let answer = service.post("/origin-access-control", config).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    (answer.text("Id"), answer.header("etag").to_owned())
}

async fn delete(service: &Service, id: &str, etag: &str) -> Answer {
    service.delete(&format!("/origin-access-control/{id}"), etag).await
}

#[tokio::test]
async fn one_is_created_read_replaced_and_deleted() {
    let service = Service::start();
    let answer = service.post("/origin-access-control", &control("one")).await;
    let created: OriginAccessControl = answer.read();
    assert!(created.id.starts_with('E'), "{}", created.id);
    let location =
        format!("https://cloudfront.amazonaws.com/2020-05-31/origin-access-control/{}", created.id);
    assert_eq!(answer.header("location"), location);
    let path = format!("/origin-access-control/{}", created.id);
    let read = service.get(&path).await;
    assert_eq!((read.read::<OriginAccessControl>(), read.header("etag")), (created, answer.header("etag")));
    let config = service.get(&format!("{path}/config")).await;
    let mut changed: OriginAccessControlConfig = config.read();
    assert_eq!(changed, OriginAccessControlConfig { description: Some(String::new()), ..control("one") });

    changed.signing_behavior = "no-override".into();
    let answer = service.put(&format!("{path}/config"), config.header("etag"), &changed).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_ne!(answer.header("etag"), config.header("etag"));
    assert_eq!(service.get(&format!("{path}/config")).await.read::<OriginAccessControlConfig>(), changed);

    let id = answer.text("Id");
    delete(&service, &id, config.header("etag")).await.refused(412, "PreconditionFailed");
    delete(&service, &id, "").await.refused(400, "InvalidIfMatchVersion");
    assert_eq!(delete(&service, &id, answer.header("etag")).await.status, 204);
    service.get(&path).await.refused(404, "NoSuchOriginAccessControl");
    delete(&service, &id, answer.header("etag")).await.refused(404, "NoSuchOriginAccessControl");
}

#[tokio::test]
async fn a_replacement_that_says_the_same_is_no_change() {
    let service = Service::start();
    let (id, etag) = create(&service, &control("one")).await;
    let answer = service.put(&format!("/origin-access-control/{id}/config"), &etag, &control("one")).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, etag.as_str()));
}

#[tokio::test]
async fn a_name_belongs_to_one_and_moves_with_a_replacement() {
    let service = Service::start();
    let (first, etag) = create(&service, &control("one")).await;
    let (second, second_etag) = create(&service, &control("two")).await;
    let answer = service.post("/origin-access-control", &control("one")).await;
    answer.refused(409, "OriginAccessControlAlreadyExists");
    let path = format!("/origin-access-control/{second}/config");
    let answer = service.put(&path, &second_etag, &control("one")).await;
    answer.refused(409, "OriginAccessControlAlreadyExists");

    let path = format!("/origin-access-control/{first}/config");
    assert_eq!(service.put(&path, &etag, &control("three")).await.status, 200);
    create(&service, &control("one")).await;
}

#[tokio::test]
async fn wrong_words_and_texts_are_refused() {
    let service = Service::start();
    let mut wrong =
        vec![control(""), control(&"n".repeat(65)), control("a"), control("b"), control("c"), control("d")];
    wrong[2].signing_protocol = "sigv5".into();
    wrong[3].signing_behavior = "sometimes".into();
    wrong[4].origin_access_control_origin_type = "ftp".into();
    wrong[5].description = Some("d".repeat(257));
    for config in &wrong {
        service.post("/origin-access-control", config).await.refused(400, "InvalidArgument");
    }
}

#[tokio::test]
async fn a_distribution_can_only_use_one_that_exists() {
    let service = Service::start();
    let answer = service.post("/distribution", &using("one", "EUNKNOWN")).await;
    answer.refused(400, "InvalidOriginAccessControl");
    let (id, _) = create(&service, &control("one")).await;
    service.create(&using("one", &id)).await;
}

#[tokio::test]
async fn one_that_is_used_can_neither_be_deleted_nor_made_for_another_type() {
    let service = Service::start();
    let (id, etag) = create(&service, &control("one")).await;
    let (distribution, version) = service.create(&using("one", &id)).await;
    delete(&service, &id, &etag).await.refused(409, "OriginAccessControlInUse");
    let mut other_type = control("one");
    other_type.origin_access_control_origin_type = "lambda".into();
    let path = format!("/origin-access-control/{id}/config");
    service.put(&path, &etag, &other_type).await.refused(400, "IllegalUpdate");

    // An update that stops using it frees it.
    let (mut config, _) = service.config(&distribution).await;
    config.origins.items[0].origin_access_control_id = Some(String::new());
    let answer = service.put(&format!("/distribution/{distribution}/config"), &version, &config).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = service.put(&path, &etag, &other_type).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(delete(&service, &id, answer.header("etag")).await.status, 204);
}

#[tokio::test]
async fn deleting_the_distribution_frees_it() {
    let service = Service::start();
    let (id, etag) = create(&service, &control("one")).await;
    let (distribution, _) = service.create(&using("one", &id)).await;
    service.remove(&distribution).await;
    assert_eq!(delete(&service, &id, &etag).await.status, 204);
}

#[tokio::test]
async fn a_delete_and_a_create_at_the_same_time_never_leave_a_reference_to_nothing() {
    for round in 0..10 {
        let service = Service::start();
        let (id, etag) = create(&service, &control("one")).await;
        let config = using("one", &id);
        let (deleted, created) =
            futures_util::future::join(delete(&service, &id, &etag), service.post("/distribution", &config))
                .await;
        match (deleted.status.as_u16(), created.status.as_u16()) {
            (204, 400) => {
                created.refused(400, "InvalidOriginAccessControl");
            }
            (409, 201) => {
                deleted.refused(409, "OriginAccessControlInUse");
            }
            other => panic!("round {round}: {other:?}"),
        }
    }
}
