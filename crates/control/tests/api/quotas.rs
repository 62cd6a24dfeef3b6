//! How many resources an account may have, and how many distributions may use one.

use crate::policies::KINDS;
use crate::service::{Service, minimal};
use compile::Quotas;
use control::Settings;
use shapes::{CloudFrontOriginAccessIdentityConfig, OriginAccessControlConfig};

fn service(change: impl FnOnce(&mut Quotas)) -> Service {
    let mut settings =
        Settings { deployment_wait: std::time::Duration::from_secs(60), ..Settings::default() };
    change(&mut settings.environment.quotas);
    Service::with(settings)
}

fn two_of_each(quotas: &mut Quotas) {
    quotas.max_distributions = 2;
    quotas.max_cache_policies = 2;
    quotas.max_origin_request_policies = 2;
    quotas.max_response_headers_policies = 2;
    quotas.max_origin_access_controls = 2;
    quotas.max_origin_access_identities = 2;
}

fn control(name: &str) -> OriginAccessControlConfig {
    OriginAccessControlConfig {
        name: name.into(),
        description: None,
        signing_protocol: "sigv4".into(),
        signing_behavior: "always".into(),
        origin_access_control_origin_type: "s3".into(),
    }
}

fn identity(reference: &str) -> CloudFrontOriginAccessIdentityConfig {
    CloudFrontOriginAccessIdentityConfig { caller_reference: reference.into(), comment: String::new() }
}

#[tokio::test]
async fn one_policy_more_than_the_account_may_have_is_refused_until_one_is_deleted() {
    let service = service(two_of_each);
    for (kind, code) in KINDS.iter().zip([
        "TooManyCachePolicies",
        "TooManyOriginRequestPolicies",
        "TooManyResponseHeadersPolicies",
    ]) {
        let (id, etag) = kind.create(&service, "one").await;
        kind.create(&service, "two").await;
        kind.post(&service, "three").await.refused(400, code).says("2");
        // A name that is taken is the better answer.
        kind.post(&service, "two").await.refused(409, &format!("{}AlreadyExists", kind.name));
        assert_eq!(kind.delete(&service, &id, &etag).await.status, 204);
        kind.create(&service, "three").await;
        kind.post(&service, "four").await.refused(400, code);
    }
}

#[tokio::test]
async fn access_controls_identities_and_distributions_are_counted_too() {
    let service = service(two_of_each);
    let (controls, identities) = ("/origin-access-control", "/origin-access-identity/cloudfront");
    for name in ["one", "two"] {
        assert_eq!(service.post(controls, &control(name)).await.status, 201);
        assert_eq!(service.post(identities, &identity(name)).await.status, 201);
    }
    let (id, _) = service.create(&minimal("one")).await;
    service.create(&minimal("two")).await;
    let answer = service.post(controls, &control("three")).await;
    answer.refused(400, "TooManyOriginAccessControls");
    let answer = service.post(identities, &identity("three")).await;
    answer.refused(400, "TooManyCloudFrontOriginAccessIdentities");
    assert_eq!(service.post(identities, &identity("two")).await.status, 201, "nothing new is created");
    service.post("/distribution", &minimal("three")).await.refused(400, "TooManyDistributions");
    service.remove(&id).await;
    service.create(&minimal("three")).await;
    service.post("/distribution", &minimal("four")).await.refused(400, "TooManyDistributions");
}

#[tokio::test]
async fn a_refused_create_takes_no_room() {
    let service = service(two_of_each);
    for _ in 0..5 {
        service.post("/distribution", &minimal("")).await.refused(400, "InvalidArgument");
    }
    service.create(&minimal("one")).await;
    for _ in 0..5 {
        service.post("/distribution", &minimal("one")).await.refused(409, "DistributionAlreadyExists");
    }
    service.create(&minimal("two")).await;
}

#[tokio::test]
async fn what_is_there_at_the_start_and_what_others_delete_is_counted() {
    let first = service(two_of_each);
    let (id, _) = first.create(&minimal("one")).await;
    first.create(&minimal("two")).await;
    let mut settings = Settings { deployment_wait: std::time::Duration::ZERO, ..Settings::default() };
    two_of_each(&mut settings.environment.quotas);
    let second = Service::over(std::sync::Arc::clone(&first.store), settings);
    second.post("/distribution", &minimal("three")).await.refused(400, "TooManyDistributions");
    first.remove(&id).await;
    second.create(&minimal("three")).await;
}

#[tokio::test]
async fn of_many_creates_at_once_only_as_many_as_fit_succeed() {
    let service = service(two_of_each);
    let configs: Vec<_> = (0..8).map(|number| minimal(&number.to_string())).collect();
    let creates = configs.iter().map(|config| service.post("/distribution", config));
    let all = futures_util::future::join_all(creates).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 2);
}

#[tokio::test]
async fn one_distribution_more_than_may_use_a_policy_is_refused() {
    let service = service(|quotas| quotas.max_distributions_per_resource = 2);
    for kind in &KINDS {
        let (id, _) = kind.create(&service, "mine").await;
        let code = match kind.name {
            "CachePolicy" => "TooManyDistributionsAssociatedToCachePolicy",
            "OriginRequestPolicy" => "TooManyDistributionsAssociatedToOriginRequestPolicy",
            _ => "TooManyDistributionsAssociatedToResponseHeadersPolicy",
        };
        let config = |number: usize| kind.user(&format!("{} {number}", kind.name), &id);
        let (user, version) = service.create(&config(1)).await;
        service.create(&config(2)).await;
        service.post("/distribution", &config(3)).await.refused(400, code).says(&id);
        // Whoever is among them may change.
        let (mut shown, _) = service.config(&user).await;
        shown.comment = "changed".into();
        let answer = service.put(&format!("/distribution/{user}/config"), &version, &shown).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}
