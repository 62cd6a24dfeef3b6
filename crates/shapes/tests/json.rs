//! The JSON form: what the AWS CLI prints and takes, the same values as in XML, and refusals with their path.

use serde_json::json;
use shapes::{
    Counted, CustomErrorResponse, DistributionConfig, DistributionConfigWithTags, DistributionList,
    ErrorCode, FindingKind, InvalidationBatch, InvalidationSummary, ReadError, ReadErrorKind, Shape, Tag,
    TagKeys, Tags, Timestamp, inspect, json, json::Problem, xml,
};

const EVERYTHING: &str = include_str!("bodies/everything.xml");

fn everything() -> DistributionConfig {
    xml::read(EVERYTHING.as_bytes()).expect("read")
}

fn parsed<T: Shape>(value: &T) -> serde_json::Value {
    serde_json::from_str(&json::write(value)).expect("JSON")
}

fn refused<T: Shape + std::fmt::Debug>(document: &serde_json::Value) -> ReadError {
    json::read::<T>(document.to_string().as_bytes()).expect_err("refused")
}

fn invalid(value: &str, expected: &'static str) -> ReadErrorKind {
    ReadErrorKind::InvalidValue { value: value.into(), expected }
}

/// The configuration with one member replaced; `null` takes it away.
fn changed(pointer: &str, value: serde_json::Value) -> ReadError {
    let mut document = parsed(&everything());
    *document.pointer_mut(pointer).expect("in the document") = value;
    refused::<DistributionConfig>(&document)
}

#[test]
fn a_configuration_with_every_member_is_the_same_in_both_forms() {
    let config = everything();
    let written = json::write(&config);
    assert_eq!(json::read(written.as_bytes()), Ok(config));
}

#[test]
fn numbers_truth_values_texts_and_lists_are_those_of_json() {
    let summary = InvalidationSummary {
        id: "I1".into(),
        create_time: Timestamp::from_unix_milliseconds(1_767_323_045_006),
        status: "Completed".into(),
    };
    assert_eq!(
        json::write(&summary),
        r#"{"Id":"I1","CreateTime":"2026-01-02T03:04:05.006Z","Status":"Completed"}"#
    );
    let response = CustomErrorResponse {
        error_code: 404,
        response_page_path: Some("/errors/\"404\".html".into()),
        response_code: Some("404".into()),
        error_caching_min_ttl: Some(30),
    };
    assert_eq!(
        json::write(&response),
        r#"{"ErrorCode":404,"ResponsePagePath":"/errors/\"404\".html","ResponseCode":"404","ErrorCachingMinTTL":30}"#
    );
    let behavior = &parsed(&everything())["DefaultCacheBehavior"];
    assert_eq!(behavior["SmoothStreaming"], json!(false));
    assert_eq!(behavior["AllowedMethods"]["Items"][0], json!("GET"));
}

#[test]
fn a_counted_list_has_quantity_and_items_and_no_items_when_it_is_empty() {
    let batch = |paths: Vec<String>| InvalidationBatch { paths: paths.into(), caller_reference: "r".into() };
    assert_eq!(json::write(&batch(vec![])), r#"{"Paths":{"Quantity":0},"CallerReference":"r"}"#);
    assert_eq!(
        json::write(&batch(vec!["/a".into(), "/b*".into()])),
        r#"{"Paths":{"Quantity":2,"Items":["/a","/b*"]},"CallerReference":"r"}"#
    );
    assert_eq!(json::write(&Tags::default()), r#"{"Items":[]}"#);
    assert_eq!(parsed(&DistributionList::default())["Quantity"], json!(0));
}

#[test]
fn members_of_both_kinds_of_behavior_stand_beside_the_path_pattern() {
    let document = parsed(&everything());
    let behavior = &document["CacheBehaviors"]["Items"][0];
    assert!(behavior["PathPattern"].is_string() && behavior["TargetOriginId"].is_string(), "{behavior}");
}

#[test]
fn null_is_as_if_the_member_were_absent() {
    let tag: Tag = json::read(br#" {"Value": null, "Key": "team"} "#).expect("read");
    assert_eq!(tag, Tag { key: "team".into(), value: None });
    let error = refused::<Tag>(&json!({"Key": null}));
    assert_eq!((error.path.as_str(), error.kind), ("Key", ReadErrorKind::MissingMember));
}

#[test]
fn a_quantity_that_lies_and_a_word_that_is_not_known_are_kept_and_found() {
    let mut document = parsed(&everything());
    document["Aliases"]["Quantity"] = json!(9);
    document["PriceClass"] = json!("PriceClass_0");
    let config: DistributionConfig = json::read(document.to_string().as_bytes()).expect("read");
    let findings = inspect(&config);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(findings[0].path, "Aliases");
    assert!(matches!(findings[0].kind, FindingKind::InconsistentQuantity { quantity: 9, .. }));
    assert_eq!(findings[1].path, "PriceClass");
}

#[test]
fn what_the_shape_does_not_declare_is_refused_with_its_path() {
    let mut document = parsed(&everything());
    document["Origins"]["Items"][1]["OriginPaht"] = json!("/v2");
    let error = refused::<DistributionConfig>(&document);
    assert_eq!(error.path, "Origins.Items[1].OriginPaht");
    assert_eq!(error.kind, ReadErrorKind::UnknownElement);
    // The name that XML has for the root or for an entry is no member.
    let error = refused::<Tags>(&json!({"Items": [{"Tag": {"Key": "a"}}]}));
    assert_eq!(error.path, "Items[0].Tag");
    let error = refused::<Tags>(&json!({"Tags": {"Items": []}}));
    assert_eq!(error.path, "Tags");
}

#[test]
fn a_value_of_another_kind_is_refused_with_its_path() {
    for (pointer, value, path, kind) in [
        ("/Enabled", json!("true"), "Enabled", invalid("true", "true or false")),
        ("/Enabled", json!(1), "Enabled", invalid("1", "true or false")),
        ("/Comment", json!(7), "Comment", invalid("7", "a string")),
        ("/Aliases", json!(["a"]), "Aliases", invalid("[...]", "an object")),
        ("/Aliases/Items", json!({"CNAME": "a"}), "Aliases.Items", invalid("{...}", "a list")),
        ("/Aliases/Items/0", json!(null), "Aliases.Items[0]", invalid("null", "a string")),
        ("/Aliases/Quantity", json!("2"), "Aliases.Quantity", invalid("2", "an integer")),
        ("/Aliases/Quantity", json!(2.5), "Aliases.Quantity", invalid("2.5", "an integer")),
        (
            "/CustomErrorResponses/Items/0/ErrorCode",
            json!(4_000_000_000_u32),
            "CustomErrorResponses.Items[0].ErrorCode",
            invalid("4000000000", "an integer"),
        ),
        (
            "/CustomErrorResponses/Items/0/ResponseCode",
            json!(200),
            "CustomErrorResponses.Items[0].ResponseCode",
            invalid("200", "a string"),
        ),
        ("/Origins/Items/0/Id", json!(null), "Origins.Items[0].Id", ReadErrorKind::MissingMember),
    ] {
        let error = changed(pointer, value);
        assert_eq!((error.path.as_str(), error.kind), (path, kind), "{pointer}");
    }
    let error = refused::<Tags>(&json!([]));
    assert_eq!((error.path.as_str(), error.kind), ("", invalid("[...]", "an object")));
}

#[test]
fn a_member_twice_is_refused() {
    let error = json::read::<Tag>(br#"{"Key":"a","Key":"b"}"#).expect_err("refused");
    assert_eq!((error.path.as_str(), error.kind), ("Key", ReadErrorKind::Duplicate));
}

#[test]
fn text_that_xml_could_not_keep_is_refused_and_any_other_survives() {
    let error = json::read::<TagKeys>(br#"{"Items":["ok","a\u0001b"]}"#).expect_err("refused");
    assert_eq!(error.path, "Items[1]");
    for text in ["a\r\nb\t", "\"\\/", " <&>' ", "\u{7f}\u{fffd}\u{10ffff}\u{2028}", ""] {
        let keys = TagKeys { items: vec![text.to_owned()] };
        assert_eq!(json::read(json::write(&keys).as_bytes()), Ok(keys), "{text:?}");
    }
}

#[test]
fn what_is_not_one_json_object_is_malformed_and_the_place_is_told() {
    for document in ["", "{", "{}{}", "{'Key':1}", "<Tag/>", "{\"Key\":\"\\ud800\"}", "\u{feff}{}"] {
        let error = json::read::<Tag>(document.as_bytes()).expect_err(document);
        assert!(matches!(error.kind, ReadErrorKind::Malformed(_)), "{document}: {error}");
        assert!(error.position.is_some(), "{document}");
    }
    assert!(matches!(
        json::read::<Tag>(b"{\"Key\":\"\xff\"}").map_err(|error| error.kind),
        Err(ReadErrorKind::Malformed(_))
    ));
}

#[test]
fn depth_and_number_of_values_are_limited() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let error = json::read::<Tag>(deep.as_bytes()).expect_err("refused");
    assert!(matches!(error.kind, ReadErrorKind::Malformed(_)), "{error}");
    let many = format!("{{\"Items\":[{}\"a\"]}}", "\"a\",".repeat(json::MAX_VALUES as usize));
    let error = json::read::<TagKeys>(many.as_bytes()).expect_err("refused");
    assert!(error.to_string().contains("more than 200000 values"), "{error}");
}

#[test]
fn tags_travel_with_their_configuration() {
    let tags = Tags { items: vec![Tag { key: "team".into(), value: Some("shop".into()) }] };
    let sent = DistributionConfigWithTags { distribution_config: everything(), tags };
    assert_eq!(json::read(json::write(&sent).as_bytes()), Ok(sent));
}

#[test]
fn a_refusal_has_the_envelope_and_every_problem() {
    let problems = [
        Problem { code: "InvalidErrorCode", path: "CustomErrorResponses.Items[0].ErrorCode", message: "418" },
        Problem { code: "NoSuchOrigin", path: "DefaultCacheBehavior.TargetOriginId", message: "a \"b\"" },
    ];
    let body = json::error(ErrorCode::InvalidErrorCode, "No.", "0f2a", problems);
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "Error": {"Type": "Sender", "Code": "InvalidErrorCode", "Message": "No."},
            "RequestId": "0f2a",
            "Problems": [
                {"Code": "InvalidErrorCode", "Path": "CustomErrorResponses.Items[0].ErrorCode", "Message": "418"},
                {"Code": "NoSuchOrigin", "Path": "DefaultCacheBehavior.TargetOriginId", "Message": "a \"b\""},
            ],
        })
    );
    assert!(json::error(ErrorCode::InternalFailure, "", "", []).ends_with(r#""Problems":[]}"#));
}

#[test]
fn an_empty_list_may_be_left_out_or_sent_empty() {
    let expected = InvalidationBatch { paths: Counted::default(), caller_reference: "r".into() };
    for paths in
        [json!({"Quantity": 0}), json!({"Quantity": 0, "Items": []}), json!({"Quantity": 0, "Items": null})]
    {
        let document = json!({"Paths": paths, "CallerReference": "r"}).to_string();
        assert_eq!(json::read(document.as_bytes()).as_ref(), Ok(&expected));
    }
}
