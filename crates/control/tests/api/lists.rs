//! Lists, page by page (control plane 1.5).

use std::time::Duration;

use crate::service::{Answer, Service, minimal};
use control::Settings;
use shapes::{DistributionList, InvalidationBatch, InvalidationList, OriginAccessControlList, xml};

#[tokio::test]
async fn an_empty_list_has_its_marker_and_no_next_one() {
    let service = Service::start();
    let answer = service.get("/distribution").await;
    let list: DistributionList = answer.read();
    assert_eq!((list.marker.as_str(), list.max_items, list.is_truncated, list.quantity), ("", 100, false, 0));
    assert!(answer.body.contains("<Marker></Marker>"), "{}", answer.body);
    assert!(!answer.body.contains("NextMarker") && !answer.body.contains("<Items>"), "{}", answer.body);
}

#[tokio::test]
async fn every_distribution_is_on_exactly_one_page() {
    let service = Service::start();
    let mut created = Vec::new();
    for number in 0..7 {
        created.push(service.create(&minimal(&number.to_string())).await.0);
    }
    created.sort_unstable();
    let mut listed = Vec::new();
    let mut marker = String::new();
    loop {
        let list: DistributionList =
            service.get(&format!("/distribution?MaxItems=3&Marker={marker}")).await.read();
        assert_eq!((&list.marker, list.max_items), (&marker, 3));
        assert_eq!(list.quantity, i32::try_from(list.items.len()).unwrap());
        listed.extend(list.items.iter().map(|item| item.id.clone()));
        assert_eq!(list.is_truncated, list.next_marker.is_some());
        match list.next_marker {
            Some(next) => {
                assert_eq!(Some(&next), listed.last(), "the marker is the last id of the page before");
                marker = next;
            }
            None => break,
        }
    }
    assert_eq!(listed, created);
}

#[tokio::test]
async fn a_page_that_ends_exactly_with_the_list_is_not_truncated() {
    let service = Service::start();
    for number in 0..2 {
        service.create(&minimal(&number.to_string())).await;
    }
    let list: DistributionList = service.get("/distribution?MaxItems=2").await.read();
    assert_eq!((list.quantity, list.is_truncated, list.next_marker), (2, false, None));
}

#[tokio::test]
async fn a_marker_that_was_deleted_meanwhile_still_marks_its_place() {
    let service = Service::start();
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(service.create(&minimal(&number.to_string())).await.0);
    }
    ids.sort_unstable();
    service.remove(&ids[1]).await;
    let list: DistributionList = service.get(&format!("/distribution?Marker={}", ids[1])).await.read();
    assert_eq!(list.items.iter().map(|item| &item.id).collect::<Vec<_>>(), [&ids[2]]);
}

#[tokio::test]
async fn a_summary_has_every_member_that_strict_clients_want() {
    let service = Service::start();
    let (id, etag) = service.create(&minimal("one")).await;
    let answer = service.get("/distribution").await;
    for member in [
        "Aliases",
        "Origins",
        "DefaultCacheBehavior",
        "CacheBehaviors",
        "CustomErrorResponses",
        "Comment",
        "PriceClass",
        "Enabled",
        "ViewerCertificate",
        "Restrictions",
        "WebACLId",
        "HttpVersion",
        "IsIPV6Enabled",
        "Staging",
    ] {
        assert!(answer.body.contains(&format!("<{member}>")), "{member}: {}", answer.body);
    }
    let list: DistributionList = answer.read();
    assert_eq!(
        (list.items[0].id.as_str(), list.items[0].etag.as_deref()),
        (id.as_str(), Some(etag.as_str()))
    );
    assert_eq!(list.items[0].status, "Deployed");
}

#[tokio::test]
async fn page_sizes_outside_one_to_a_hundred_are_refused() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    for list in
        ["/distribution".into(), "/origin-access-control".into(), format!("/distribution/{id}/invalidation")]
    {
        for wrong in ["0", "-1", "101", "ten", "1e2"] {
            let answer: Answer = service.get(&format!("{list}?MaxItems={wrong}")).await;
            answer.refused(400, "InvalidArgument").says("MaxItems");
        }
        assert_eq!(service.get(&format!("{list}?MaxItems=&Marker=")).await.status, 200);
    }
    service.get(&format!("/distribution?Marker={}", "x".repeat(2000))).await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn invalidations_are_listed_the_newest_first() {
    let service = Service::start();
    let (id, _) = service.create(&minimal("one")).await;
    let path = format!("/distribution/{id}/invalidation");
    let mut created = Vec::new();
    for number in 0..5 {
        let batch =
            InvalidationBatch { paths: vec!["/a".to_owned()].into(), caller_reference: number.to_string() };
        created.insert(0, service.post(&path, &batch).await.text("Id"));
    }
    let first: InvalidationList = service.get(&format!("{path}?MaxItems=3")).await.read();
    let next = first.next_marker.clone().unwrap();
    assert_eq!(next, first.items[2].id);
    let second: InvalidationList = service.get(&format!("{path}?MaxItems=3&Marker={next}")).await.read();
    assert!(!second.is_truncated);
    let listed: Vec<_> = first.items.iter().chain(&second.items).map(|item| item.id.clone()).collect();
    assert_eq!(listed, created);
    service.get(&format!("{path}?Marker=IUNKNOWN")).await.refused(400, "InvalidArgument");
}

#[tokio::test]
async fn origin_access_controls_are_listed_by_page() {
    let service = Service::start();
    for number in 0..3 {
        let document = format!(
            "<OriginAccessControlConfig><Name>n{number}</Name><SigningProtocol>sigv4</SigningProtocol>\
             <SigningBehavior>always</SigningBehavior>\
             <OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>"
        );
        let answer = service.call("POST", "/origin-access-control", &[], document.as_bytes()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let first: OriginAccessControlList = service.get("/origin-access-control?MaxItems=2").await.read();
    assert!(first.is_truncated && first.quantity == 2);
    let next = first.next_marker.as_deref().unwrap();
    let second: OriginAccessControlList =
        service.get(&format!("/origin-access-control?Marker={next}")).await.read();
    assert_eq!((second.is_truncated, second.items.len()), (false, 1));
    assert!(xml::write(&second).contains("<Description></Description>"));
}

#[tokio::test]
async fn there_are_no_streaming_distributions_and_asking_for_them_is_no_mistake() {
    let service = Service::start();
    let answer = service.get("/streaming-distribution?Marker=E1&MaxItems=7").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("<StreamingDistributionList xmlns="), "{}", answer.body);
    let members = ["Marker", "MaxItems", "IsTruncated", "Quantity"].map(|name| answer.text(name));
    assert_eq!(members, ["E1", "7", "false", "0"]);
    service.get("/streaming-distribution/E1").await.refused(400, "UnsupportedOperation");
}

#[tokio::test]
async fn a_list_shows_what_is_kept_now_however_often_it_was_asked_for() {
    let service = Service::without_edge(Settings { deployment_wait: Duration::ZERO, ..Settings::default() });
    let (first, etag) = service.create(&minimal("first <&>")).await;
    let (second, _) = service.create(&minimal("second")).await;
    // What the page says in the other form is made anew each time.
    let list = || async {
        let page: DistributionList = service.get("/distribution").await.read();
        let json = service.call("GET", "/distribution", &[("accept", "application/json")], b"").await;
        assert_eq!(shapes::json::read::<DistributionList>(json.body.as_bytes()).unwrap(), page);
        page.items
    };
    let statuses = |items: &[shapes::DistributionSummary]| -> Vec<String> {
        items.iter().map(|item| item.status.clone()).collect()
    };
    assert_eq!(statuses(&list().await), ["InProgress", "InProgress"]);
    service.deployment.applied(service.store.revision().await.unwrap());
    let before = list().await;
    assert_eq!(statuses(&before), ["Deployed", "Deployed"]);
    assert_eq!(list().await, before);

    let (mut config, _) = service.config(&first).await;
    config.comment = "<Status>\"changed\"</Status>".into();
    let updated = service.put(&format!("/distribution/{first}/config"), &etag, &config).await;
    assert_eq!(updated.status, 200, "{}", updated.body);
    let after = list().await;
    let find = |items: &[shapes::DistributionSummary], id: &str| {
        items.iter().find(|item| item.id == id).cloned().unwrap()
    };
    assert_eq!(find(&after, &first).comment, config.comment);
    assert_eq!(find(&after, &first).status, "InProgress");
    assert_eq!(find(&after, &second), find(&before, &second));
    service.deployment.applied(service.store.revision().await.unwrap());
    assert_eq!(statuses(&list().await), ["Deployed", "Deployed"]);
}
