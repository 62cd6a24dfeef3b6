//! Every request finds its operation, or is told so in CloudFront's words.

use crate::service::{Service, now_s, signed};
use shapes::Operation;
use shapes::operations::Tier;

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_with_the_envelope() {
    let service = Service::start();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/2020-05-31"),
        ("GET", "/2020-05-31/nothing"),
        ("PATCH", "/2020-05-31/distribution"),
        ("GET", "/2019-03-26/distribution"),
        ("POST", "/2020-05-31/tagging?Operation=Paint"),
        ("GET", "/2020-05-31/distribution/%ff"),
    ] {
        let answer = service.send(signed(&service.credentials, method, path, &[], b"", now_s())).await;
        answer.refused(404, "UnknownOperationException");
    }
}

#[tokio::test]
async fn every_operation_that_is_not_implemented_refuses_by_its_name() {
    let service = Service::start();
    let mut refused = 0;
    for operation in Operation::ALL.iter().filter(|operation| !control::IMPLEMENTED.contains(operation)) {
        let row = operation.row();
        let path = row.path.replace(['{', '}'], "");
        let path = if path.ends_with("?RoutingEndpoint") { format!("{path}=x") } else { path };
        let answer = service.call(row.method.as_str(), &path, &[], b"<x/>").await;
        answer.refused(400, "UnsupportedOperation").says(row.name);
        refused += 1;
    }
    assert_eq!(refused + control::IMPLEMENTED.len(), 167);
}

#[test]
fn the_whole_first_tier_is_implemented() {
    let first = Operation::ALL.iter().filter(|operation| operation.row().tier == Tier::T1);
    let missing: Vec<_> =
        first.clone().filter(|operation| !control::IMPLEMENTED.contains(operation)).collect();
    assert_eq!((first.count(), missing.as_slice()), (46, [].as_slice()));
}

#[tokio::test]
async fn every_implemented_operation_is_carried_out() {
    let service = Service::start();
    for operation in control::IMPLEMENTED {
        let row = operation.row();
        let path = row.path.replace(['{', '}'], "");
        let answer = service.call(row.method.as_str(), &path, &[], b"").await;
        assert!(!answer.body.contains("UnsupportedOperation"), "{}", row.name);
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let service = Service::start();
    let path = format!("/distribution?Marker={}", "x".repeat(20_000));
    service.get(&path).await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn ids_that_cannot_be_ids_name_nothing() {
    let service = Service::start();
    let long = "E".repeat(5000);
    for id in ["EUNKNOWN", "%2E%2E", "E1%2FE2", "caf%C3%A9", long.as_str()] {
        service.get(&format!("/distribution/{id}")).await.refused(404, "NoSuchDistribution");
        service.get(&format!("/distribution/{id}/invalidation")).await.refused(404, "NoSuchDistribution");
        service.get(&format!("/origin-access-control/{id}")).await.refused(404, "NoSuchOriginAccessControl");
        service.get(&format!("/cache-policy/{id}")).await.refused(404, "NoSuchCachePolicy");
        service.get(&format!("/distributionsByCachePolicyId/{id}")).await.refused(404, "NoSuchCachePolicy");
    }
}
