//! A rehearsal tells what viewers would get, by the code that serves them, and touches nothing.

#![allow(clippy::unwrap_used, reason = "a test program: what cannot be had fails the test")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use compile::{Environment, Identity, References};
use edge::exchange::Arrival;
use edge::rehearsal::{BodyEnd, Outcome, Rehearsal, Rehearsed};
use edge::{Edge, Settings};
use http::header::{CACHE_CONTROL, HeaderValue};
use http::{Method, StatusCode, Version};
use observe::Clock;
use rules::Fields;
use rules::failure::OriginFailure;
use rules::model::Distribution;
use rules::request::Scheme;
use shapes::{DistributionConfig, xml};

const HOST: &str = "d1.cloudfront.localhost";

/// A site and its pages on two origins, and a page for 503 and 502 each.
fn distribution() -> Arc<Distribution> {
    let origin = |id: &str| {
        format!(
            "<Origin><Id>{id}</Id><DomainName>{id}.example.com</DomainName><CustomOriginConfig><HTTPPort>80</HTTPPort>\
             <HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin>"
        )
    };
    let behavior = |target: &str| {
        format!(
            "<TargetOriginId>{target}</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
             <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId>"
        )
    };
    let response = |code: u16| {
        format!(
            "<CustomErrorResponse><ErrorCode>{code}</ErrorCode><ResponsePagePath>/errors/down.html</ResponsePagePath>\
             <ResponseCode>{code}</ResponseCode><ErrorCachingMinTTL>30</ErrorCachingMinTTL></CustomErrorResponse>"
        )
    };
    let document = format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>r</CallerReference><Origins><Quantity>2</Quantity><Items>{}{}</Items></Origins>\
         <DefaultCacheBehavior>{}</DefaultCacheBehavior>\
         <CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/errors/*</PathPattern>{}\
         </CacheBehavior></Items></CacheBehaviors>\
         <CustomErrorResponses><Quantity>2</Quantity><Items>{}{}</Items></CustomErrorResponses>\
         <Comment></Comment><Enabled>true</Enabled></DistributionConfig>",
        origin("site"),
        origin("pages"),
        behavior("site"),
        behavior("pages"),
        response(502),
        response(503),
    );
    let config: DistributionConfig = xml::read(document.as_bytes()).unwrap();
    let identity = Identity {
        id: "E1".into(),
        arn: "arn:aws:cloudfront::123456789012:distribution/E1".into(),
        etag: "EA".into(),
        domain_name: HOST.into(),
    };
    Arc::new(
        compile::distribution(&identity, &config, &References::default(), &Environment::default()).unwrap(),
    )
}

fn edge() -> Arc<Edge> {
    let settings = Settings {
        cache: cache::Limits::default(),
        origins: origin::Settings::default(),
        explain: false,
        pop: "LOC50-P1".into(),
        public_https_port: 443,
        head_timeout: Duration::from_secs(1),
        drain_timeout: Duration::from_secs(1),
        max_connections: 1,
        max_compressions: 1,
    };
    Edge::new(settings, Clock::standing_at_ms(1_800_000_000_000)).unwrap()
}

fn rehearsal(edge: &Edge) -> Rehearsal {
    let origins = origin::Origins::new(origin::Settings::default()).unwrap();
    let rehearsal = Rehearsal::new(edge, origins, distribution()).unwrap();
    rehearsal.direct(&"pages".into(), answers(200, "We are down", ""));
    rehearsal
}

fn answers(status: u16, body: &'static str, cache_control: &'static str) -> Option<Outcome> {
    let mut fields = Fields::default();
    if !cache_control.is_empty() {
        fields.append(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    let status = StatusCode::from_u16(status).unwrap();
    Some(Outcome::Answers { status, fields, body: Bytes::from_static(body.as_bytes()) })
}

fn arrival() -> Arrival {
    Arrival {
        method: Method::GET,
        version: Version::HTTP_11,
        scheme: Scheme::Http,
        authority: HOST.into(),
        host_lines: 1,
        path: "/news".into(),
        query: None,
        fields: Fields::default(),
        viewer: "127.0.0.1:40000".parse().unwrap(),
        body: origin::RequestBody::Empty,
        body_length: None,
    }
}

fn told(rehearsed: &Rehearsed) -> (u16, &str) {
    (rehearsed.status.as_u16(), std::str::from_utf8(&rehearsed.body).unwrap())
}

#[tokio::test]
async fn a_failing_origin_gives_the_page_with_every_reason() {
    let edge = edge();
    let rehearsal = rehearsal(&edge);
    rehearsal.direct(&"site".into(), answers(503, "busy", ""));
    let rehearsed = rehearsal.ask(arrival(), 100).await;
    assert_eq!(told(&rehearsed), (503, "We are down"));
    assert_eq!(rehearsed.body_end, BodyEnd::Whole);
    let timeline = rehearsed.timeline.to_string();
    for part in ["fetch:answered origin=site status=503", "error-page:", "origin=pages status=200"] {
        assert!(timeline.contains(part), "{part}: {timeline}");
    }
    assert!(edge.snapshot().distributions.is_empty(), "the edge that serves is as it was");
}

#[tokio::test]
async fn what_the_edge_still_has_comes_before_the_page_and_time_passes_by_order() {
    let edge = edge();
    let rehearsal = rehearsal(&edge);
    let site: Arc<str> = "site".into();
    rehearsal.direct(&site, answers(200, "news", "max-age=60"));
    assert_eq!(told(&rehearsal.ask(arrival(), 100).await), (200, "news"));
    rehearsal.wait(Duration::from_secs(61));
    rehearsal.direct(&site, Some(Outcome::Fails(OriginFailure::Connect)));
    assert_eq!(told(&rehearsal.ask(arrival(), 100).await), (200, "news"), "expired, and better than nothing");
    rehearsal.direct(&site, answers(404, "gone", ""));
    rehearsal.wait(Duration::from_secs(31));
    assert_eq!(told(&rehearsal.ask(arrival(), 100).await), (404, "gone"));
}

#[tokio::test]
async fn a_page_is_shown_as_its_behavior_gives_it_and_cut_where_enough_was_seen() {
    let edge = edge();
    let rehearsal = rehearsal(&edge);
    let seen = rehearsal.page(arrival(), StatusCode::BAD_GATEWAY, 6).await.unwrap();
    assert_eq!(told(&seen), (200, "We are"));
    assert_eq!(seen.body_end, BodyEnd::Cut);
    assert!(rehearsal.page(arrival(), StatusCode::NOT_FOUND, 6).await.is_none(), "404 has no page");
    rehearsal.direct(&"pages".into(), answers(403, "AccessDenied", ""));
    let again = self::rehearsal(&edge);
    again.direct(&"pages".into(), answers(403, "AccessDenied", ""));
    assert_eq!(
        told(&again.page(arrival(), StatusCode::BAD_GATEWAY, 100).await.unwrap()),
        (403, "AccessDenied")
    );
}
