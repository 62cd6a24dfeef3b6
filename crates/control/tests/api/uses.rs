//! Who uses what: in use, listed by, and what a change of a policy does to its users.

use crate::policies::{KINDS, texts};
use crate::service::{Answer, Service, minimal};
use control::Settings;
use shapes::{CacheBehavior, DistributionConfig, DistributionIdList, DistributionList, S3OriginConfig};
use store::Revision;

#[tokio::test]
async fn a_policy_that_is_used_cannot_be_deleted_until_nobody_uses_it() {
    let service = Service::start();
    for kind in &KINDS {
        let (id, etag) = kind.create(&service, "mine").await;
        let (user, version) = service.create(&kind.user(kind.name, &id)).await;
        let answer = kind.delete(&service, &id, &etag).await;
        answer.refused(409, &format!("{}InUse", kind.name)).says(&user);
        // An update that stops using it frees it.
        let other =
            DistributionConfig { caller_reference: kind.name.into(), ..service.config(&user).await.0 };
        let mut without = other;
        without.default_cache_behavior = service_behavior(&service).await;
        let answer = service.put(&format!("/distribution/{user}/config"), &version, &without).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(kind.delete(&service, &id, &etag).await.status, 204);
    }
}

/// A complete cache behavior without policies.
async fn service_behavior(service: &Service) -> shapes::DefaultCacheBehavior {
    let (id, _) = service.create(&minimal(&format!("{:?}", std::time::Instant::now()))).await;
    service.config(&id).await.0.default_cache_behavior
}

#[tokio::test]
async fn deleting_the_last_user_frees_a_policy() {
    let service = Service::start();
    for kind in &KINDS {
        let (id, etag) = kind.create(&service, "mine").await;
        let (user, _) = service.create(&kind.user(kind.name, &id)).await;
        service.remove(&user).await;
        assert_eq!(kind.delete(&service, &id, &etag).await.status, 204);
    }
}

#[tokio::test]
async fn a_distribution_can_only_use_a_policy_that_exists() {
    let service = Service::start();
    for kind in &KINDS {
        let unknown = kind.user(kind.name, "00000000-0000-4000-8000-000000000000");
        service.post("/distribution", &unknown).await.refused(404, &format!("NoSuch{}", kind.name));
    }
}

#[tokio::test]
async fn a_delete_and_a_create_at_the_same_time_never_leave_a_reference_to_nothing() {
    for kind in &KINDS {
        for round in 0..5 {
            let service = Service::start();
            let (id, etag) = kind.create(&service, "mine").await;
            let config = kind.user("one", &id);
            let (deleted, created) = futures_util::future::join(
                kind.delete(&service, &id, &etag),
                service.post("/distribution", &config),
            )
            .await;
            match (deleted.status.as_u16(), created.status.as_u16()) {
                (204, 404) => {
                    created.refused(404, &format!("NoSuch{}", kind.name));
                }
                (409, 201) => {
                    deleted.refused(409, &format!("{}InUse", kind.name));
                }
                other => panic!("round {round}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn distributions_are_listed_by_what_they_use_page_by_page() {
    let service = Service::start();
    for kind in &KINDS {
        let (id, _) = kind.create(&service, "mine").await;
        let path = format!("{}/{id}", kind.users);
        let empty: DistributionIdList = service.get(&path).await.read();
        assert_eq!((empty.quantity, empty.is_truncated, empty.next_marker), (0, false, None));
        let mut users = Vec::new();
        for number in 0..3 {
            let config = kind.user(&format!("{} {number}", kind.name), &id);
            users.push(service.create(&config).await.0);
        }
        users.sort_unstable();
        let first: DistributionIdList = service.get(&format!("{path}?MaxItems=2")).await.read();
        assert_eq!((first.items.as_slice(), first.is_truncated, first.max_items), (&users[..2], true, 2));
        assert_eq!(first.next_marker.as_deref(), Some(users[1].as_str()));
        let second: DistributionIdList = service.get(&format!("{path}?Marker={}", users[1])).await.read();
        assert_eq!((second.items.as_slice(), second.is_truncated), (&users[2..], false));
        service.get(&format!("{path}?MaxItems=0")).await.refused(400, "InvalidArgument");
        let unknown = format!("{}/00000000-0000-4000-8000-000000000000", kind.users);
        service.get(&unknown).await.refused(404, &format!("NoSuch{}", kind.name));
    }
    // Two of the three kinds of users cache by a managed policy.
    let managed = "/distributionsByCachePolicyId/658327ea-f89d-4fab-a63d-7e88639e58f6";
    let list: DistributionIdList = service.get(managed).await.read();
    assert_eq!(list.quantity, 3);
}

#[tokio::test]
async fn distributions_are_listed_by_their_web_acl() {
    let service = Service::with(crate::service::lenient());
    let arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/0a1b";
    let mut config = minimal("one");
    config.web_acl_id = Some(arn.into());
    let (guarded, version) = service.create(&config).await;
    let (open, _) = service.create(&minimal("two")).await;
    let path = format!("/distributionsByWebACLId/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    let ids = async |path: &str| {
        let list: DistributionList = service.get(path).await.read();
        list.items.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&path).await, [guarded.as_str()]);
    assert_eq!(ids("/distributionsByWebACLId/null").await, [open.as_str()]);
    assert_eq!(
        ids("/distributionsByWebACLId/0a1b2c3d-0000-4000-8000-000000000000").await,
        Vec::<String>::new()
    );
    service.get("/distributionsByWebACLId/no%20acl").await.refused(400, "InvalidWebACLId");
    let (mut config, _) = service.config(&guarded).await;
    config.web_acl_id = Some(String::new());
    assert_eq!(service.put(&format!("/distribution/{guarded}/config"), &version, &config).await.status, 200);
    assert_eq!(ids(&path).await, Vec::<String>::new());
    assert_eq!(ids("/distributionsByWebACLId/null").await.len(), 2);
}

/// A distribution with a bucket, which a policy that keys on Host would spoil.
fn with_bucket(policy: &str) -> DistributionConfig {
    let mut config = KINDS[0].user("bucket", policy);
    let origin = &mut config.origins.items[0];
    origin.domain_name = "bucket.s3.eu-west-1.amazonaws.com".into();
    origin.custom_origin_config = None;
    origin.s3_origin_config = Some(S3OriginConfig::default());
    config
}

const KEYED_ON_HOST: &str = "<CachePolicyConfig><Name>mine</Name><MinTTL>1</MinTTL>\
    <ParametersInCacheKeyAndForwardedToOrigin><EnableAcceptEncodingGzip>false</EnableAcceptEncodingGzip>\
    <HeadersConfig><HeaderBehavior>whitelist</HeaderBehavior><Headers><Quantity>1</Quantity><Items><Name>Host</Name>\
    </Items></Headers></HeadersConfig><CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig>\
    <QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior></QueryStringsConfig>\
    </ParametersInCacheKeyAndForwardedToOrigin></CachePolicyConfig>";

async fn key_on_host(service: &Service, id: &str, etag: &str) -> Answer {
    let path = format!("/cache-policy/{id}");
    service.call("PUT", &path, &[("if-match", etag)], KEYED_ON_HOST.as_bytes()).await
}

#[tokio::test]
async fn an_update_that_would_break_a_user_is_refused_and_names_it() {
    let service = Service::start();
    let (id, etag) = KINDS[0].create(&service, "mine").await;
    service.create(&KINDS[0].user("server", &id)).await;
    let (bucket, _) = service.create(&with_bucket(&id)).await;
    let answer = key_on_host(&service, &id, &etag).await;
    answer.refused(400, "IllegalUpdate").says(&bucket);
    answer.says("InvalidHeadersForS3Origin");
    assert!(answer.header("x-warmfront-problems").contains("InvalidHeadersForS3Origin"), "{answer:?}");
    // Nothing was changed, and without that user nothing is in the way.
    assert_eq!(service.get(&format!("/cache-policy/{id}")).await.header("etag"), etag);
    service.remove(&bucket).await;
    assert_eq!(key_on_host(&service, &id, &etag).await.status, 200);
}

#[tokio::test]
async fn an_update_and_a_new_user_that_do_not_fit_together_never_both_succeed() {
    for round in 0..10 {
        let service = Service::start();
        let (id, etag) = KINDS[0].create(&service, "mine").await;
        let config = with_bucket(&id);
        let (updated, created) = futures_util::future::join(
            key_on_host(&service, &id, &etag),
            service.post("/distribution", &config),
        )
        .await;
        match (updated.status.as_u16(), created.status.as_u16()) {
            (200, 400) => {
                created.refused(400, "InvalidHeadersForS3Origin");
            }
            (400, 201) => {
                updated.refused(400, "IllegalUpdate");
            }
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_distribution_is_deployed_once_the_edge_has_the_policy_that_it_uses() {
    let quick = Settings { deployment_wait: std::time::Duration::ZERO, ..Settings::default() };
    let service = Service::without_edge(quick);
    let (id, etag) = KINDS[0].create(&service, "mine").await;
    let (user, _) = service.create(&KINDS[0].user("user", &id)).await;
    let (other, _) = service.create(&minimal("other")).await;
    let newest = service.store.revision().await.unwrap();
    service.deployment.applied(newest);
    let status = async |id: &str| service.get(&format!("/distribution/{id}")).await.text("Status");
    assert_eq!(status(&user).await, "Deployed");
    assert_eq!(KINDS[0].put(&service, &id, &etag, "mine", "changed").await.status, 200);
    assert_eq!((status(&user).await.as_str(), status(&other).await.as_str()), ("InProgress", "Deployed"));
    let list = service.get("/distribution").await.body;
    let mut statuses = texts(&list, "Status");
    statuses.sort_unstable();
    assert_eq!(statuses, ["Deployed", "InProgress"]);
    service.deployment.applied(newest.next());
    assert_eq!(status(&user).await, "Deployed");
}

/// A configuration that takes hold of far more than one transaction can write.
fn greedy(policies: &[String], letter: char) -> DistributionConfig {
    let mut config = minimal("greedy");
    config.aliases = Some((0..100).map(|number| format!("{letter}{number}.example.com")).collect());
    let behavior = |(number, id): (usize, &String)| {
        let settings = KINDS[0].user("", id).default_cache_behavior;
        CacheBehavior { path_pattern: format!("/{number}/*"), settings }
    };
    config.cache_behaviors = Some(policies.iter().enumerate().map(behavior).collect());
    config
}

#[tokio::test]
async fn what_does_not_fit_into_one_transaction_is_in_use_all_the_same() {
    let mut settings = Settings::default();
    settings.environment.quotas.max_cache_policies = 1000;
    let service = Service::with(settings);
    let kind = &KINDS[0];
    let mut policies = Vec::new();
    for number in 0..60 {
        policies.push(kind.create(&service, &number.to_string()).await);
    }
    let ids: Vec<String> = policies.iter().map(|(id, _)| id.clone()).collect();
    let (user, version) = service.create(&greedy(&ids, 'a')).await;
    let users = async |id: &str| {
        let list: DistributionIdList = service.get(&format!("{}/{id}", kind.users)).await.read();
        list.items
    };
    for (id, etag) in &policies {
        assert_eq!(users(id).await, [user.as_str()]);
        kind.delete(&service, id, etag).await.refused(409, "CachePolicyInUse");
    }
    // All names and all policies but one are given up.
    let (mut config, _) = service.config(&user).await;
    let aliases = greedy(&ids[..1], 'b').aliases;
    config.aliases = aliases;
    config.cache_behaviors.as_mut().unwrap().items.truncate(1);
    config.cache_behaviors.as_mut().unwrap().quantity = 1;
    let answer = service.put(&format!("/distribution/{user}/config"), &version, &config).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(users(&ids[0]).await, [user.as_str()]);
    for (id, etag) in &policies[1..] {
        assert_eq!(users(id).await, Vec::<String>::new());
        assert_eq!(kind.delete(&service, id, etag).await.status, 204);
    }
    let left = service.store.list("cloudfront/use/cache-policy/", None, 1000).await.unwrap();
    assert_eq!(left.documents.len(), 1, "{:?}", left.documents);
}

#[tokio::test]
async fn a_doubt_that_a_failed_write_left_is_no_use() {
    let service = Service::start();
    let (id, etag) = KINDS[0].create(&service, "mine").await;
    let (other, _) = service.create(&minimal("other")).await;
    for user in ["EGONE", other.as_str()] {
        let doubt = format!("{user}?");
        let key = format!("cloudfront/use/cache-policy/{id}/{user}");
        service.store.commit(store::Transaction::new().put(key, doubt.as_bytes())).await.unwrap();
    }
    let list: DistributionIdList = service.get(&format!("/distributionsByCachePolicyId/{id}")).await.read();
    assert_eq!(list.items, Vec::<String>::new());
    assert_eq!(KINDS[0].delete(&service, &id, &etag).await.status, 204);
}

#[tokio::test]
async fn the_watch_has_what_an_edge_needs_to_know_about_policies() {
    use control::records::{Change, Kind, PREFIX};

    let service = Service::start();
    service.api.sweep().await.unwrap();
    let mut watch = service.store.watch(PREFIX, Revision(2)).await.unwrap();
    let (id, etag) = KINDS[0].create(&service, "mine").await;
    assert_eq!(KINDS[0].delete(&service, &id, &etag).await.status, 204);
    let mut changes = Vec::new();
    for _ in 0..2 {
        let batch = watch.next().await.unwrap();
        changes.extend(batch.changes.iter().filter_map(|change| Change::of(change).unwrap()));
    }
    let [Change::Referenced(record), Change::ReferencedDeleted(kind, gone)] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!((record.kind, &record.id, *kind, gone), (Kind::CachePolicy, &id, Kind::CachePolicy, &id));
}
