//! A distribution from its creation to its end (control plane 3.2).

use crate::service::{Service, lenient, minimal};
use control::Settings;
use shapes::{Distribution, DistributionConfig, DistributionList};
use store::Revision;

fn with_aliases(reference: &str, aliases: &[&str]) -> DistributionConfig {
    let mut config = minimal(reference);
    config.aliases = Some(aliases.iter().map(|alias| (*alias).to_owned()).collect());
    config
}

#[tokio::test]
async fn a_create_answers_the_whole_resource_with_its_address_and_version() {
    let service = Service::start();
    let answer = service.post("/distribution", &minimal("one")).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let created: Distribution = answer.read();
    assert!(created.id.starts_with('E') && created.id.len() == 14, "{}", created.id);
    assert_eq!(created.arn, format!("arn:aws:cloudfront::123456789012:distribution/{}", created.id));
    assert_eq!(created.status, "InProgress");
    assert_eq!(created.domain_name, format!("d{}.cloudfront.localhost", created.id[1..].to_lowercase()));
    let location = format!("https://cloudfront.amazonaws.com/2020-05-31/distribution/{}", created.id);
    assert_eq!(answer.header("location"), location);
    assert_eq!(answer.header("etag").len(), 14);
    assert_ne!(answer.header("etag"), created.id);
    assert_eq!(created.distribution_config.price_class, Some(shapes::PriceClass::All));
}

#[tokio::test]
async fn the_very_next_read_says_deployed_and_shows_the_same() {
    let service = Service::start();
    let created: Distribution = service.post("/distribution", &minimal("one")).await.read();
    let answer = service.get(&format!("/distribution/{}", created.id)).await;
    assert_eq!(answer.status, 200);
    let read: Distribution = answer.read();
    assert_eq!(read.status, "Deployed");
    assert_eq!(Distribution { status: created.status.clone(), ..read }, created);
    let (config, etag) = service.config(&created.id).await;
    assert_eq!((config, etag.as_str()), (created.distribution_config, answer.header("etag")));
}

#[tokio::test]
async fn reading_does_not_change_the_status_only_the_edge_does() {
    let service = Service::without_edge(quick());
    let (id, _) = service.create(&minimal("one")).await;
    let path = format!("/distribution/{id}");
    for _ in 0..3 {
        assert_eq!(service.get(&path).await.text("Status"), "InProgress");
        let list: DistributionList = service.get("/distribution").await.read();
        assert_eq!(list.items[0].status, "InProgress");
    }
    service.deployment.applied(service.store.revision().await.unwrap());
    assert_eq!(service.get(&path).await.text("Status"), "Deployed");
}

#[tokio::test]
async fn an_empty_body_is_missing() {
    let service = Service::start();
    for path in [
        "/distribution",
        "/distribution?WithTags",
        "/origin-access-control",
        "/tagging?Operation=Tag&Resource=x",
    ] {
        service.call("POST", path, &[], b"").await.refused(400, "MissingBody");
    }
}

#[tokio::test]
async fn a_caller_reference_is_used_once_and_the_refusal_names_its_distribution() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let answer = service.post("/distribution", &minimal("one")).await;
    answer.refused(409, "DistributionAlreadyExists").says(&id);
    assert_eq!(service.config(&id).await.1, etag);

    service.remove(&id).await;
    assert_ne!(service.create(&minimal("one")).await.0, id);
}

#[tokio::test]
async fn many_creates_with_one_caller_reference_make_one_distribution() {
    let service = Service::start();
    let config = minimal("one");
    let mut created = 0;
    let calls = (0..20).map(|_| service.post("/distribution", &config));
    for answer in futures_util::future::join_all(calls).await {
        match answer.status.as_u16() {
            201 => created += 1,
            _ => {
                answer.refused(409, "DistributionAlreadyExists");
            }
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn if_match_is_judged_in_cloudfronts_order() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let (config, _) = service.config(&id).await;
    let path = format!("/distribution/{id}/config");
    let document = shapes::xml::write(&config);
    let put = |path: String, if_match: Option<&'static str>| {
        let (service, document) = (&service, document.as_bytes());
        async move {
            let headers: Vec<_> = if_match.map(|value| ("if-match", value)).into_iter().collect();
            service.call("PUT", &path, &headers, document).await
        }
    };
    // Missing or empty counts before everything else, also when the id is unknown.
    put(path.clone(), None).await.refused(400, "InvalidIfMatchVersion");
    put(path.clone(), Some("")).await.refused(400, "InvalidIfMatchVersion");
    put("/distribution/EUNKNOWN/config".into(), None).await.refused(400, "InvalidIfMatchVersion");
    // An unknown id counts before a token that could never be one.
    put("/distribution/EUNKNOWN/config".into(), Some("garbage")).await.refused(404, "NoSuchDistribution");
    put(path.clone(), Some("garbage")).await.refused(400, "InvalidIfMatchVersion");
    put(path.clone(), Some("E2QWRUHEXAMPLE")).await.refused(412, "PreconditionFailed");
    assert_eq!(service.config(&id).await.1, etag);
    // Quotation marks are accepted.
    let answer = service.put(&path, &format!("\"{etag}\""), &config).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn every_update_has_a_new_version_and_replaces_everything() {
    let service = Service::start();
    let mut config = minimal("one");
    config.default_root_object = Some("index.html".into());
    config.comment = "before".into();
    let (id, first) = service.create(&config).await;
    let (mut config, _) = service.config(&id).await;
    config.comment = "after".into();
    config.default_root_object = Some(String::new());
    let answer = service.put(&format!("/distribution/{id}/config"), &first, &config).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.text("Status"), "InProgress");
    assert_eq!(answer.header("location"), "");
    let (now, second) = service.config(&id).await;
    assert_eq!(now, config);
    assert_ne!(first, second);
    assert_eq!(answer.header("etag"), second);

    let answer = service.put(&format!("/distribution/{id}/config"), &second, &config).await;
    assert_ne!(answer.header("etag"), second, "the same document again is a new version too");
    service
        .put(&format!("/distribution/{id}/config"), &first, &config)
        .await
        .refused(412, "PreconditionFailed");
}

#[tokio::test]
async fn of_many_updates_of_one_version_one_wins() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let (config, _) = service.config(&id).await;
    let path = format!("/distribution/{id}/config");
    let mut won = 0;
    for answer in futures_util::future::join_all((0..20).map(|_| service.put(&path, &etag, &config))).await {
        match answer.status.as_u16() {
            200 => won += 1,
            _ => {
                answer.refused(412, "PreconditionFailed");
            }
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_caller_reference_cannot_be_changed() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let (mut config, _) = service.config(&id).await;
    config.caller_reference = "two".into();
    let answer = service.put(&format!("/distribution/{id}/config"), &etag, &config).await;
    answer.refused(400, "IllegalUpdate");
}

#[tokio::test]
async fn an_update_with_parts_missing_is_refused_unless_updates_are_lenient() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let path = format!("/distribution/{id}/config");
    let answer = service.put(&path, &etag, &minimal("one")).await;
    answer.refused(400, "IllegalUpdate").says("Aliases");
    assert!(answer.header("x-warmfront-problems").contains("Origins.Items[0].CustomHeaders"), "{answer:?}");

    let lenient = Service::with(Settings { strict_update: false, ..Settings::default() });
    let (id, etag) = lenient.create(&minimal("one")).await;
    let (before, _) = lenient.config(&id).await;
    let answer = lenient.put(&format!("/distribution/{id}/config"), &etag, &minimal("one")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(lenient.config(&id).await.0, before);
}

#[tokio::test]
async fn only_a_disabled_and_deployed_distribution_can_be_deleted() {
    let service = Service::without_edge(quick());
    let (id, etag) = service.create(&minimal("one")).await;
    let path = format!("/distribution/{id}");
    let everything = || async { service.deployment.applied(service.store.revision().await.unwrap()) };
    everything().await;
    service.delete(&path, &etag).await.refused(409, "DistributionNotDisabled");

    let (mut config, _) = service.config(&id).await;
    config.enabled = false;
    let answer = service.put(&format!("{path}/config"), &etag, &config).await;
    let disabled = answer.header("etag").to_owned();
    service.delete(&path, &disabled).await.refused(409, "DistributionNotDisabled");

    everything().await;
    service.call("DELETE", &path, &[], b"").await.refused(400, "InvalidIfMatchVersion");
    service.delete(&path, &etag).await.refused(412, "PreconditionFailed");
    assert_eq!(service.delete(&path, &disabled).await.status, 204);
    service.get(&path).await.refused(404, "NoSuchDistribution");
    service.delete(&path, &disabled).await.refused(404, "NoSuchDistribution");
}

#[tokio::test]
async fn a_deleted_distribution_leaves_nothing_behind() {
    let service = Service::start();
    service.api.sweep().await.unwrap();
    let before = keys(&service).await;
    let (id, _) = service.create(&with_aliases("one", &["www.example.com", "example.com"])).await;
    for number in 0..3 {
        let batch = shapes::InvalidationBatch {
            paths: vec!["/*".to_owned()].into(),
            caller_reference: format!("batch {number}"),
        };
        assert_eq!(service.post(&format!("/distribution/{id}/invalidation"), &batch).await.status, 201);
    }
    assert!(keys(&service).await.len() > before.len() + 10);
    service.remove(&id).await;
    assert_eq!(keys(&service).await, before);
}

#[tokio::test]
async fn an_alternate_domain_name_belongs_to_one_distribution() {
    let service = Service::start();
    let (first, etag) = service.create(&with_aliases("one", &["www.example.com"])).await;
    let answer = service.post("/distribution", &with_aliases("two", &["www.example.com"])).await;
    answer.refused(409, "CNAMEAlreadyExists").says("www.example.com");
    // The failed create has not taken its caller reference.
    let (second, second_etag) = service.create(&with_aliases("two", &["two.example.com"])).await;

    let (mut config, _) = service.config(&second).await;
    config.aliases = Some(vec!["two.example.com".to_owned(), "www.example.com".to_owned()].into());
    let path = format!("/distribution/{second}/config");
    service.put(&path, &second_etag, &config).await.refused(409, "CNAMEAlreadyExists");

    let (mut without, _) = service.config(&first).await;
    without.aliases = Some(Vec::new().into());
    assert_eq!(service.put(&format!("/distribution/{first}/config"), &etag, &without).await.status, 200);
    assert_eq!(service.put(&path, &second_etag, &config).await.status, 200);
    // And the name is taken again.
    let answer = service.post("/distribution", &with_aliases("three", &["www.example.com"])).await;
    answer.refused(409, "CNAMEAlreadyExists");
}

#[tokio::test]
async fn a_hundred_names_can_be_exchanged_for_a_hundred_others_and_are_free_again() {
    let service = Service::start();
    let names =
        |letter: char| (0..100).map(|number| format!("{letter}{number}.example.com")).collect::<Vec<_>>();
    let (old, new) = (names('a'), names('b'));
    let mut config = with_aliases("one", &[]);
    config.aliases = Some(old.clone().into());
    let (id, etag) = service.create(&config).await;
    let (mut config, _) = service.config(&id).await;
    config.aliases = Some(new.clone().into());
    let answer = service.put(&format!("/distribution/{id}/config"), &etag, &config).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let claims = |keys: &[String]| keys.iter().filter(|key| key.contains("/alias/")).count();
    assert_eq!(claims(&keys(&service).await), 100);
    let mut config = with_aliases("two", &[]);
    config.aliases = Some(old.into());
    service.create(&config).await;
    let mut config = with_aliases("three", &[]);
    config.aliases = Some(vec![new[99].clone()].into());
    service.post("/distribution", &config).await.refused(409, "CNAMEAlreadyExists");
}

#[tokio::test]
async fn a_claim_that_its_holder_gave_up_is_free() {
    let service = Service::start();
    let (holder, _) = service.create(&minimal("one")).await;
    // As left behind by a stop between the two commits of a very large update.
    for (name, value) in [("www.example.com", holder.as_str()), ("old.example.com", "EDELETED")] {
        let claim = store::Transaction::new().put(format!("cloudfront/alias/{name}"), value.as_bytes());
        service.store.commit(claim).await.unwrap();
    }
    let (id, _) = service.create(&with_aliases("two", &["www.example.com", "old.example.com"])).await;
    let claim = service.store.read("cloudfront/alias/www.example.com").await.unwrap().unwrap();
    assert_eq!(claim.value, id.as_bytes());
}

#[tokio::test]
async fn an_unenforced_setting_is_kept_and_named_in_a_warning() {
    let service = Service::with(lenient());
    let answer = service.post("/distribution", &minimal("one")).await;
    assert_eq!(answer.header("x-warmfront-warning"), "", "{answer:?}");
    let mut config = minimal("two");
    config.logging = Some(shapes::LoggingConfig {
        enabled: Some(true),
        include_cookies: Some(false),
        bucket: Some("logs.s3.amazonaws.com".into()),
        prefix: Some(String::new()),
    });
    let answer = service.post("/distribution", &config).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.header("x-warmfront-warning").contains("Logging"), "{answer:?}");
    let created: Distribution = answer.read();
    assert_eq!(created.distribution_config.logging, config.logging);
}

#[tokio::test]
async fn everything_survives_a_restart_and_status_starts_anew() {
    let first = Service::start();
    let (id, etag) = first.create(&minimal("one")).await;
    let (config, _) = first.config(&id).await;
    let second = Service::over(std::sync::Arc::clone(&first.store), quick());
    assert_eq!(second.config(&id).await, (config, etag));
    assert_eq!(second.get(&format!("/distribution/{id}")).await.text("Status"), "InProgress");
    let loaded = control::records::load_all(&*second.store).await.unwrap();
    assert_eq!((loaded.distributions.len(), loaded.unreadable.len()), (1, 0));
    assert_eq!(loaded.distributions[0].id, id);
    second.deployment.applied(loaded.revision);
    assert_eq!(second.get(&format!("/distribution/{id}")).await.text("Status"), "Deployed");
}

#[tokio::test]
async fn watching_yields_what_an_edge_needs_to_know() {
    use control::records::{Change, PREFIX};

    let service = Service::start();
    service.api.sweep().await.unwrap();
    let mut watch = service.store.watch(PREFIX, Revision(2)).await.unwrap();
    let (id, _) = service.create(&minimal("one")).await;
    let batch = watch.next().await.unwrap();
    let changes: Vec<Change> =
        batch.changes.iter().filter_map(|change| Change::of(change).unwrap()).collect();
    let [Change::Distribution(record)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((record.id.as_str(), record.config_revision), (id.as_str(), batch.revision));
    assert_eq!(record.config().unwrap(), service.config(&id).await.0);
}

/// Answers without waiting for an edge.
fn quick() -> Settings {
    Settings { deployment_wait: std::time::Duration::ZERO, ..Settings::default() }
}

async fn keys(service: &Service) -> Vec<String> {
    let page = service.store.list("", None, 1000).await.unwrap();
    page.documents.into_iter().map(|document| document.key).collect()
}
