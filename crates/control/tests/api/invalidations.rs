//! Invalidations (control plane 3.2).

use std::time::Duration;

use crate::service::{Answer, Service, minimal};
use control::Settings;
use shapes::{Distribution, Invalidation, InvalidationBatch};

fn batch(reference: &str, paths: &[&str]) -> InvalidationBatch {
    InvalidationBatch {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        caller_reference: reference.into(),
    }
}

async fn create(service: &Service, id: &str, batch: &InvalidationBatch) -> Answer {
    service.post(&format!("/distribution/{id}/invalidation"), batch).await
}

#[tokio::test]
async fn an_invalidation_is_in_progress_when_created_and_completed_when_read() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let answer = create(&service, &id, &batch("a", &["/a.jpg", "/images/*"])).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let created: Invalidation = answer.read();
    assert!(created.id.starts_with('I') && created.id.len() == 14, "{}", created.id);
    assert_eq!(created.status, "InProgress");
    assert_eq!(created.invalidation_batch, batch("a", &["/a.jpg", "/images/*"]));
    let path = format!("/distribution/{id}/invalidation/{}", created.id);
    assert_eq!(answer.header("location"), format!("https://cloudfront.amazonaws.com/2020-05-31{path}"));
    assert_eq!(answer.header("etag"), "");

    let answer = service.get(&path).await;
    assert_eq!(answer.header("etag"), "");
    let read: Invalidation = answer.read();
    assert_eq!(read, Invalidation { status: "Completed".into(), ..created });
}

#[tokio::test]
async fn the_same_reference_with_the_same_paths_is_the_first_invalidation_again() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let first = create(&service, &id, &batch("a", &["/a", "/b"])).await;
    let again = create(&service, &id, &batch("a", &["/b", "/a"])).await;
    assert_eq!((again.status.as_u16(), again.text("Id")), (201, first.text("Id")));
    assert_eq!(again.header("location"), first.header("location"));
    let answer = create(&service, &id, &batch("a", &["/c"])).await;
    answer.refused(400, "InvalidationBatchAlreadyExists").says(&first.text("Id"));
    // Ansible's module knows the refusal by CloudFront's sentence.
    answer.says(
        "Your request contains a caller reference that was used for a previous invalidation batch for the same \
         distribution.",
    );
    // Another distribution has references of its own.
    let (other, _) = service.create(&minimal("two")).await;
    assert_ne!(create(&service, &other, &batch("a", &["/a", "/b"])).await.text("Id"), first.text("Id"));
}

#[tokio::test]
async fn many_creates_with_one_reference_make_one_invalidation() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let document = batch("a", &["/a"]);
    let answers = futures_util::future::join_all((0..20).map(|_| create(&service, &id, &document))).await;
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.text("Id") == answers[0].text("Id")));
}

#[tokio::test]
async fn many_different_creates_at_once_all_succeed() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let batches: Vec<_> = (0..50).map(|number| batch(&number.to_string(), &["/a"])).collect();
    let answers =
        futures_util::future::join_all(batches.iter().map(|batch| create(&service, &id, batch))).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(service.get(&format!("/distribution/{id}/invalidation")).await.text("Quantity"), "50");
}

#[tokio::test]
async fn wrong_paths_counts_and_sizes_are_refused() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    for path in ["a.jpg", "/a*b", "/caf\u{e9}", ""] {
        let answer = create(&service, &id, &batch("a", &[path])).await;
        answer.refused(400, "InvalidArgument").says("one or more invalid invalidation paths");
    }
    create(&service, &id, &batch("", &["/a"])).await.refused(400, "InvalidArgument");
    create(&service, &id, &batch("a", &[])).await.refused(400, "InvalidArgument");
    let mut lying = batch("a", &["/a"]);
    lying.paths.quantity = 3;
    create(&service, &id, &lying).await.refused(400, "InconsistentQuantities");
    let sixteen: Vec<_> = (0..16).map(|number| format!("/{number}/*")).collect();
    let sixteen: Vec<_> = sixteen.iter().map(String::as_str).collect();
    create(&service, &id, &batch("a", &sixteen)).await.refused(413, "BatchTooLarge");
}

// proves: K14 K15
#[tokio::test]
async fn no_more_than_the_limit_is_in_progress_at_once() {
    let service = Service::without_edge(Settings { deployment_wait: Duration::ZERO, ..Settings::default() });
    let (id, _) = service.create(&minimal("one")).await;
    for number in 0..15 {
        assert_eq!(create(&service, &id, &batch(&number.to_string(), &["/*"])).await.status, 201);
    }
    let answer = create(&service, &id, &batch("more", &["/*"])).await;
    answer.refused(400, "TooManyInvalidationsInProgress");
    assert_eq!(create(&service, &id, &batch("plain", &["/a"])).await.status, 201);
    let shown: Distribution = service.get(&format!("/distribution/{id}")).await.read();
    assert_eq!(shown.in_progress_invalidation_batches, 16);

    service.deployment.applied(service.store.revision().await.unwrap());
    let shown: Distribution = service.get(&format!("/distribution/{id}")).await.read();
    assert_eq!(shown.in_progress_invalidation_batches, 0);
    assert_eq!(create(&service, &id, &batch("more", &["/*"])).await.status, 201);
}

// proves: K14 K15
#[tokio::test]
async fn three_thousand_plain_paths_may_be_in_progress_and_not_one_more() {
    let service = Service::without_edge(Settings { deployment_wait: Duration::ZERO, ..Settings::default() });
    let (id, _) = service.create(&minimal("one")).await;
    let paths: Vec<_> = (0..3_000).map(|number| format!("/{number}")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    assert_eq!(create(&service, &id, &batch("first", &paths[..1_000])).await.status, 201);
    assert_eq!(create(&service, &id, &batch("second", &paths[1_000..])).await.status, 201);
    let answer = create(&service, &id, &batch("more", &["/more"])).await;
    answer.refused(400, "TooManyInvalidationsInProgress");
    assert_eq!(create(&service, &id, &batch("wildcard", &["/*"])).await.status, 201);
    // The limit is each distribution's own.
    let (other, _) = service.create(&minimal("two")).await;
    assert_eq!(create(&service, &other, &batch("more", &["/more"])).await.status, 201);
}

#[tokio::test]
async fn unknown_distributions_and_invalidations_have_codes_of_their_own() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let (other, _) = service.create(&minimal("two")).await;
    let invalidation = create(&service, &id, &batch("a", &["/a"])).await.text("Id");
    create(&service, "EUNKNOWN", &batch("a", &["/a"])).await.refused(404, "NoSuchDistribution");
    let get = |id: &str, invalidation: &str| format!("/distribution/{id}/invalidation/{invalidation}");
    service.get(&get("EUNKNOWN", &invalidation)).await.refused(404, "NoSuchDistribution");
    service.get(&get(&id, "IUNKNOWN")).await.refused(404, "NoSuchInvalidation");
    service.get(&get(&other, &invalidation)).await.refused(404, "NoSuchInvalidation");
}

#[tokio::test]
async fn a_sweep_finishes_what_a_stop_in_the_middle_of_a_delete_left() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    for number in 0..150 {
        assert_eq!(create(&service, &id, &batch(&number.to_string(), &["/a"])).await.status, 201);
    }
    // A delete that got no further than its first commit.
    let half = store::Transaction::new()
        .delete(format!("cloudfront/distribution/{id}"))
        .delete(format!("cloudfront/use/web-acl/none/{id}"))
        .put(format!("cloudfront/deleted/{id}"), Vec::new());
    service.store.commit(half).await.unwrap();
    service.api.sweep().await.unwrap();
    let left = service.store.list("", None, 1000).await.unwrap().documents;
    let left: Vec<_> = left.iter().filter(|document| document.key.contains(&id)).collect();
    assert!(left.is_empty(), "{left:?}");
}
