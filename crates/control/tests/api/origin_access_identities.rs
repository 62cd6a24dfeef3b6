//! Origin access identities: created once for each caller reference, and used by buckets.

use crate::service::{Answer, Service, lenient, minimal};
use shapes::{
    CloudFrontOriginAccessIdentity, CloudFrontOriginAccessIdentityConfig, CloudFrontOriginAccessIdentityList,
    DistributionConfig, S3OriginConfig,
};

const PATH: &str = "/origin-access-identity/cloudfront";

fn identity(reference: &str, comment: &str) -> CloudFrontOriginAccessIdentityConfig {
    CloudFrontOriginAccessIdentityConfig { caller_reference: reference.into(), comment: comment.into() }
}

async fn create(service: &Service, reference: &str) -> (CloudFrontOriginAccessIdentity, String) {
    let answer = service.post(PATH, &identity(reference, "")).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    (answer.read(), answer.header("etag").to_owned())
}

async fn delete(service: &Service, id: &str, etag: &str) -> Answer {
    service.delete(&format!("{PATH}/{id}"), etag).await
}

fn using(reference: &str, id: &str) -> DistributionConfig {
    let mut config = minimal(reference);
    let origin = &mut config.origins.items[0];
    origin.domain_name = "bucket.s3.eu-west-1.amazonaws.com".into();
    origin.custom_origin_config = None;
    origin.s3_origin_config = Some(S3OriginConfig {
        origin_access_identity: format!("origin-access-identity/cloudfront/{id}"),
        ..S3OriginConfig::default()
    });
    config
}

#[tokio::test]
async fn one_is_created_read_replaced_and_deleted() {
    let service = Service::start();
    let answer = service.post(PATH, &identity("one", "first")).await;
    let created: CloudFrontOriginAccessIdentity = answer.read();
    assert!(created.id.starts_with('E'), "{}", created.id);
    assert_eq!(created.s3_canonical_user_id, signing::edge_identity::canonical_user_id(&created.id));
    let path = format!("{PATH}/{}", created.id);
    assert_eq!(answer.header("location"), format!("https://cloudfront.amazonaws.com/2020-05-31{path}"));
    let read = service.get(&path).await;
    assert_eq!(read.read::<CloudFrontOriginAccessIdentity>(), created);
    let config = service.get(&format!("{path}/config")).await;
    assert_eq!(config.read::<CloudFrontOriginAccessIdentityConfig>(), identity("one", "first"));
    assert_eq!((config.header("etag"), read.header("etag")), (answer.header("etag"), answer.header("etag")));

    let etag = answer.header("etag");
    let path_of_config = format!("{path}/config");
    service.put(&path_of_config, etag, &identity("two", "")).await.refused(400, "IllegalUpdate");
    let changed = service.put(&path_of_config, etag, &identity("one", "second")).await;
    assert_eq!((changed.status.as_u16(), changed.text("Comment").as_str()), (200, "second"));
    assert_eq!(changed.text("S3CanonicalUserId"), created.s3_canonical_user_id);
    let same = service.put(&path_of_config, changed.header("etag"), &identity("one", "second")).await;
    assert_eq!((same.status.as_u16(), same.header("etag")), (200, changed.header("etag")));
    delete(&service, &created.id, etag).await.refused(412, "PreconditionFailed");
    delete(&service, &created.id, "").await.refused(400, "InvalidIfMatchVersion");
    assert_eq!(delete(&service, &created.id, changed.header("etag")).await.status, 204);
    service.get(&path).await.refused(404, "NoSuchCloudFrontOriginAccessIdentity");
    delete(&service, &created.id, etag).await.refused(404, "NoSuchCloudFrontOriginAccessIdentity");
}

#[tokio::test]
async fn a_repeated_create_is_answered_like_the_first_and_another_content_is_refused() {
    let service = Service::start();
    let first = service.post(PATH, &identity("one", "same")).await;
    let again = service.post(PATH, &identity("one", "same")).await;
    assert_eq!((again.status.as_u16(), &again.body), (201, &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    let other = service.post(PATH, &identity("one", "other")).await;
    other.refused(409, "CloudFrontOriginAccessIdentityAlreadyExists").says(&first.text("Id"));
    let list: CloudFrontOriginAccessIdentityList = service.get(PATH).await.read();
    assert_eq!(list.quantity, 1);
}

#[tokio::test]
async fn many_creates_with_one_caller_reference_make_one_identity() {
    let service = Service::start();
    let config = identity("one", "same");
    let all = futures_util::future::join_all((0..8).map(|_| service.post(PATH, &config))).await;
    assert!(all.iter().all(|answer| answer.body == all[0].body && answer.status == 201));
}

#[tokio::test]
async fn one_that_is_used_cannot_be_deleted_until_nobody_uses_it() {
    let service = Service::start();
    let (created, etag) = create(&service, "one").await;
    let (user, _) = service.create(&using("one", &created.id)).await;
    let answer = delete(&service, &created.id, &etag).await;
    answer.refused(409, "CloudFrontOriginAccessIdentityInUse").says(&user);
    service.remove(&user).await;
    assert_eq!(delete(&service, &created.id, &etag).await.status, 204);
}

#[tokio::test]
async fn a_distribution_can_only_name_one_that_exists_unless_references_are_lenient() {
    let service = Service::start();
    let answer = service.post("/distribution", &using("one", "EUNKNOWN")).await;
    answer.refused(400, "InvalidOriginAccessIdentity");
    Service::with(lenient()).create(&using("one", "EUNKNOWN")).await;
}

#[tokio::test]
async fn they_are_listed_by_page() {
    let service = Service::start();
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(create(&service, &number.to_string()).await.0.id);
    }
    ids.sort_unstable();
    let first: CloudFrontOriginAccessIdentityList = service.get(&format!("{PATH}?MaxItems=2")).await.read();
    assert!(first.is_truncated && first.marker.is_empty() && first.quantity == 2);
    let next = first.next_marker.unwrap();
    let second: CloudFrontOriginAccessIdentityList =
        service.get(&format!("{PATH}?Marker={next}")).await.read();
    assert!(!second.is_truncated && second.next_marker.is_none());
    let listed: Vec<_> = first.items.iter().chain(&second.items).map(|item| item.id.clone()).collect();
    assert_eq!(listed, ids);
    service.get(&format!("{PATH}?MaxItems=101")).await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn wrong_documents_have_their_codes() {
    let service = Service::start();
    service.call("POST", PATH, &[], b"").await.refused(400, "MissingBody");
    service.call("POST", PATH, &[], b"<Surprise/>").await.refused(400, "MalformedXML");
    let name = "CloudFrontOriginAccessIdentityConfig";
    let half = format!("<{name}><Comment></Comment></{name}>");
    let answer = service.call("POST", PATH, &[], half.as_bytes()).await;
    answer.refused(400, "InvalidArgument").says("callerReference");
}
