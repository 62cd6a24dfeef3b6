//! A store that an earlier version wrote goes on working.

use std::sync::Arc;
use std::time::Duration;

use crate::service::{Service, minimal};
use control::Settings;
use shapes::{CloudFrontOriginAccessIdentity, DistributionConfig, DistributionIdList, S3OriginConfig, xml};
use store::embedded::History;
use store::{EmbeddedStore, Store, Transaction};

/// The version of everything here.
const ETAG: &str = "E1AAAAAAAAAAAA";

fn record(id: &str, config: &DistributionConfig) -> String {
    let header = format!(
        "{{\"id\":\"{id}\",\"arn\":\"arn:aws:cloudfront::123456789012:distribution/{id}\",\"etag\":\"{ETAG}\",\
         \"domain_name\":\"d{id}.cloudfront.localhost\",\"last_modified_ms\":0}}"
    );
    format!("{header}\n{}", xml::write(config))
}

/// A complete configuration, as updates want it, with a bucket.
async fn bucket(reference: &str, change: impl FnOnce(&mut shapes::Origin)) -> DistributionConfig {
    let service = Service::start();
    let mut config = minimal(reference);
    let origin = &mut config.origins.items[0];
    origin.domain_name = "bucket.s3.eu-west-1.amazonaws.com".into();
    origin.custom_origin_config = None;
    origin.s3_origin_config = Some(S3OriginConfig::default());
    let (id, _) = service.create(&config).await;
    let mut config = service.config(&id).await.0;
    change(&mut config.origins.items[0]);
    config
}

/// What the first version wrote: three distributions, an origin access control that one of them uses, and no index.
async fn written_by_the_first_version() -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::in_memory(History::default()).unwrap());
    let control = "{\"id\":\"EOAC\",\"etag\":\"E1AAAAAAAAAAAA\"}\n<OriginAccessControlConfig><Name>one</Name>\
        <Description></Description><SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always</SigningBehavior>\
        <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>";
    let signed = bucket("signed", |origin| origin.origin_access_control_id = Some("EOAC".into())).await;
    let named = bucket("named", |origin| {
        origin.s3_origin_config = Some(S3OriginConfig {
            origin_access_identity: "origin-access-identity/cloudfront/EOAI".into(),
            ..S3OriginConfig::default()
        });
    })
    .await;
    let mut by_policy = bucket("policy", |_| {}).await;
    by_policy.default_cache_behavior.cache_policy_id = Some("658327ea-f89d-4fab-a63d-7e88639e58f6".into());
    let behavior = &mut by_policy.default_cache_behavior;
    (behavior.forwarded_values, behavior.min_ttl) = (None, None);
    (behavior.default_ttl, behavior.max_ttl) = (None, None);
    let all = Transaction::new()
        .put("cloudfront/distribution/ESIGNED", record("ESIGNED", &signed))
        .put("cloudfront/distribution/ENAMED", record("ENAMED", &named))
        .put("cloudfront/distribution/EPOLICY", record("EPOLICY", &by_policy))
        .put("cloudfront/distribution/EDAMAGED", "no record")
        .put("cloudfront/origin-access-control/EOAC", control)
        .put("cloudfront/origin-access-control-uses/ESIGNED", "EOAC\n")
        .put("cloudfront/origin-access-controls-used", "ESIGNED")
        .put("cloudfront/origin-access-controls-withdrawn", "EOTHER");
    store.commit(all).await.unwrap();
    store
}

async fn service() -> Service {
    let settings = Settings { deployment_wait: Duration::ZERO, ..Settings::default() };
    Service::over(written_by_the_first_version().await, settings)
}

#[tokio::test]
async fn what_was_used_is_in_use() {
    let service = service().await;
    let answer = service.delete("/origin-access-control/EOAC", ETAG).await;
    answer.refused(409, "OriginAccessControlInUse").says("ESIGNED");
    let (mut config, etag) = service.config("ESIGNED").await;
    config.origins.items[0].origin_access_control_id = Some(String::new());
    assert_eq!(service.put("/distribution/ESIGNED/config", &etag, &config).await.status, 200);
    assert_eq!(service.delete("/origin-access-control/EOAC", ETAG).await.status, 204);
}

#[tokio::test]
async fn distributions_are_listed_by_the_policy_that_they_have_always_used() {
    let service = service().await;
    let path = "/distributionsByCachePolicyId/658327ea-f89d-4fab-a63d-7e88639e58f6";
    let list: DistributionIdList = service.get(path).await.read();
    assert_eq!(list.items, ["EPOLICY"]);
}

#[tokio::test]
async fn an_identity_that_was_only_named_exists_now() {
    let service = service().await;
    service.api.sweep().await.unwrap();
    let path = "/origin-access-identity/cloudfront/EOAI";
    let answer = service.get(path).await;
    assert_eq!(answer.read::<CloudFrontOriginAccessIdentity>().id, "EOAI");
    service.delete(path, answer.header("etag")).await.refused(409, "CloudFrontOriginAccessIdentityInUse");
    let (mut config, etag) = service.config("ENAMED").await;
    config.comment = "changed".into();
    assert_eq!(service.put("/distribution/ENAMED/config", &etag, &config).await.status, 200);
}

#[tokio::test]
async fn an_upgrade_is_done_once_and_leaves_nothing_of_the_former_form() {
    let service = service().await;
    service.api.sweep().await.unwrap();
    let done = service.store.revision().await.unwrap();
    service.api.sweep().await.unwrap();
    let settings = Settings { deployment_wait: Duration::ZERO, ..Settings::default() };
    let next = Service::over(Arc::clone(&service.store), settings);
    next.api.sweep().await.unwrap();
    assert_eq!(service.store.revision().await.unwrap(), done);
    let left = service.store.list("cloudfront/origin-access-control", None, 1000).await.unwrap();
    let left: Vec<_> = left.documents.iter().map(|document| document.key.as_str()).collect();
    assert_eq!(left, ["cloudfront/origin-access-control/EOAC"]);
}

#[tokio::test]
async fn an_upgrade_that_was_stopped_halfway_is_finished_by_the_next() {
    let service = service().await;
    let half = Transaction::new()
        .put("cloudfront/use/origin-access-control/EOAC/ESIGNED", "ESIGNED")
        .delete("cloudfront/origin-access-control-uses/ESIGNED");
    service.store.commit(half).await.unwrap();
    service.delete("/origin-access-control/EOAC", ETAG).await.refused(409, "OriginAccessControlInUse");
    assert_eq!(service.get("/distributionsByWebACLId/null").await.text("Quantity"), "3");
}
