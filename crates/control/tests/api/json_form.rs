//! JSON in the place of XML: the same operations, the same answers, the same refusals.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shapes::operations::Tier;
use shapes::{
    CachePolicy, CachePolicyConfig, CachePolicyList, CloudFrontOriginAccessIdentity,
    CloudFrontOriginAccessIdentityConfig, CloudFrontOriginAccessIdentityList, Distribution,
    DistributionConfig, DistributionConfigWithTags, DistributionIdList, DistributionList, Invalidation,
    InvalidationBatch, InvalidationList, Operation, OriginAccessControl, OriginAccessControlConfig,
    OriginAccessControlList, OriginRequestPolicy, OriginRequestPolicyConfig, OriginRequestPolicyList,
    ResponseHeadersPolicy, ResponseHeadersPolicyConfig, ResponseHeadersPolicyList, Shape, TagKeys, Tags,
    operations, xml,
};

use crate::policies::KINDS;
use crate::service::{Answer, Service, minimal};

const JSON: (&str, &str) = ("accept", "application/json");
const JSON_BODY: (&str, &str) = ("content-type", "application/json");

/// A document's shape, as what it makes of the other form.
struct Root {
    name: &'static str,
    as_json: fn(&str) -> Value,
}

const fn root<T: Shape>() -> Root {
    Root { name: T::NAME, as_json: |document| value(&shapes::json::write(&xml_of::<T>(document))) }
}

fn xml_of<T: Shape>(document: &str) -> T {
    xml::read(document.as_bytes()).unwrap_or_else(|error| panic!("{error}: {document}"))
}

fn value(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_else(|error| panic!("{error}: {document}"))
}

const ROOTS: [Root; 25] = [
    root::<CachePolicy>(),
    root::<CachePolicyConfig>(),
    root::<CachePolicyList>(),
    root::<CloudFrontOriginAccessIdentity>(),
    root::<CloudFrontOriginAccessIdentityConfig>(),
    root::<CloudFrontOriginAccessIdentityList>(),
    root::<Distribution>(),
    root::<DistributionConfig>(),
    root::<DistributionConfigWithTags>(),
    root::<DistributionIdList>(),
    root::<DistributionList>(),
    root::<Invalidation>(),
    root::<InvalidationBatch>(),
    root::<InvalidationList>(),
    root::<OriginAccessControl>(),
    root::<OriginAccessControlConfig>(),
    root::<OriginAccessControlList>(),
    root::<OriginRequestPolicy>(),
    root::<OriginRequestPolicyConfig>(),
    root::<OriginRequestPolicyList>(),
    root::<ResponseHeadersPolicy>(),
    root::<ResponseHeadersPolicyConfig>(),
    root::<ResponseHeadersPolicyList>(),
    root::<TagKeys>(),
    root::<Tags>(),
];

/// The value of an XML document, as JSON would tell it.
fn as_json(document: &str) -> Value {
    let (_, rest) = document.split_once("?>").unwrap_or(("", document));
    let name: String =
        rest.trim_start().trim_start_matches('<').chars().take_while(char::is_ascii_alphanumeric).collect();
    let root = ROOTS.iter().find(|root| root.name == name).unwrap_or_else(|| panic!("{name}: {document}"));
    (root.as_json)(document)
}

/// Members that are another for every resource are only looked at for being there.
fn masked(value: Value) -> Value {
    const DIFFERENT: [&str; 10] = [
        "Id",
        "ARN",
        "DomainName",
        "ETag",
        "CallerReference",
        "Name",
        "S3CanonicalUserId",
        "CreateTime",
        "LastModifiedTime",
        "Comment",
    ];
    match value {
        Value::Object(members) => {
            let masked = |(name, value): (String, Value)| match &value {
                Value::String(text) if DIFFERENT.contains(&name.as_str()) => (name, json!(!text.is_empty())),
                _ => (name, masked(value)),
            };
            Value::Object(members.into_iter().map(masked).collect())
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(masked).collect()),
        other => other,
    }
}

/// Headers that say the same in both forms.
fn headers_of(answer: &Answer) -> (u16, bool, bool, String) {
    let has = |name| !answer.header(name).is_empty();
    (answer.status.as_u16(), has("etag"), has("location"), answer.header("x-warmfront-warning").to_owned())
}

/// Two resources side by side: one is spoken about in XML, the other in JSON.
struct Pair<'a> {
    service: &'a Service,
    called: BTreeSet<&'static str>,
}

/// What one of the two is: its path and its version.
#[derive(Clone, Default)]
struct Made {
    id: String,
    etag: String,
}

impl Pair<'_> {
    /// The same call in both forms, each about its own resource; answers what came of it.
    async fn call(
        &mut self,
        method: &str,
        paths: [&str; 2],
        etags: [&str; 2],
        documents: [Option<&str>; 2],
    ) -> [Made; 2] {
        let operation = self.note(method, paths[0]);
        let in_xml = self.xml(method, paths[0], etags[0], documents[0].unwrap_or_default()).await;
        let document = documents[1].map(|document| as_json(document).to_string()).unwrap_or_default();
        let in_json = self.json(method, paths[1], etags[1], &document).await;
        assert!(in_xml.status.is_success(), "{operation}: {in_xml:?}");
        assert_eq!(headers_of(&in_xml), headers_of(&in_json), "{operation}: {in_json:?}");
        let mut ids = [String::new(), String::new()];
        if !in_xml.body.is_empty() {
            let (xml, json) = (as_json(&in_xml.body), value(&in_json.body));
            assert_eq!(in_json.header("content-type"), "application/json");
            ids = [&xml, &json].map(|value| value["Id"].as_str().unwrap_or_default().to_owned());
            assert_eq!(masked(json), masked(xml), "{operation}");
        } else {
            assert_eq!(in_json.body, "", "{operation}");
        }
        let [first, second] = ids;
        let etag = |answer: &Answer| answer.header("etag").to_owned();
        [Made { id: first, etag: etag(&in_xml) }, Made { id: second, etag: etag(&in_json) }]
    }

    /// A call about nothing of one's own.
    async fn same(&mut self, method: &str, path: &str) {
        let operation = self.note(method, path);
        let in_xml = self.xml(method, path, "", "").await;
        let in_json = self.json(method, path, "", "").await;
        assert_eq!(headers_of(&in_xml), headers_of(&in_json), "{operation}");
        assert_eq!(in_xml.header("etag"), in_json.header("etag"), "{operation}");
        assert_eq!(value(&in_json.body), as_json(&in_xml.body), "{operation}");
    }

    /// The same wrong call in both forms.
    async fn refused(&mut self, method: &str, path: &str, etag: &str, document: &str) {
        let operation = self.note(method, path);
        let json = if document.is_empty() { String::new() } else { as_json(document).to_string() };
        let in_xml = self.xml(method, path, etag, document).await;
        let in_json = self.json(method, path, etag, &json).await;
        assert_eq!(in_xml.status, in_json.status, "{operation}: {in_xml:?} {in_json:?}");
        assert!(in_xml.status.is_client_error(), "{operation}: {in_xml:?}");
        let told = value(&in_json.body);
        let error = |name| told["Error"][name].as_str().unwrap_or_default();
        assert_eq!(error("Code"), in_xml.text("Code"), "{operation}");
        assert_eq!(error("Type"), in_xml.text("Type"), "{operation}");
        let message = error("Message")
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        assert_eq!(message, in_xml.text("Message"), "{operation}");
        assert_eq!(told["RequestId"], in_json.header("x-amzn-requestid"), "{operation}");
        let problems = in_xml.header("x-warmfront-problems");
        assert_eq!(problems, in_json.header("x-warmfront-problems"), "{operation}");
        let count = told["Problems"].as_array().map(Vec::len).unwrap_or_default();
        assert_eq!(
            count.to_string(),
            problems.split(';').next().filter(|count| !count.is_empty()).unwrap_or("0")
        );
    }

    async fn xml(&self, method: &str, path: &str, etag: &str, document: &str) -> Answer {
        self.service.call(method, path, &if_match(etag), document.as_bytes()).await
    }

    async fn json(&self, method: &str, path: &str, etag: &str, document: &str) -> Answer {
        let headers = [vec![JSON, JSON_BODY], if_match(etag)].concat();
        self.service.call(method, path, &headers, document.as_bytes()).await
    }

    fn note(&mut self, method: &str, path: &str) -> &'static str {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let found = operations::find(method, &format!("/2020-05-31{path}"), query).expect("an operation");
        let row = found.operation.row();
        if row.tier == Tier::T1 {
            self.called.insert(row.name);
        }
        row.name
    }
}

fn if_match(etag: &str) -> Vec<(&str, &str)> {
    if etag.is_empty() { Vec::new() } else { vec![("if-match", etag)] }
}

fn pair(service: &Service) -> Pair<'_> {
    Pair { service, called: BTreeSet::new() }
}

/// Every operation of the first tier.
fn first_tier() -> BTreeSet<&'static str> {
    let rows = Operation::ALL.iter().map(|operation| operation.row());
    rows.filter(|row| row.tier == Tier::T1).map(|row| row.name).collect()
}

fn resource(id: &str) -> String {
    format!("Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2F{id}")
}

/// What is created, read, replaced and deleted alike: collection, where its configuration is, and documents of it.
struct Simple {
    collection: &'static str,
    config: &'static str,
    update: &'static str,
    documents: [String; 2],
    changed: [String; 2],
}

fn simple() -> Vec<Simple> {
    let control = |name: &str, behavior: &str| {
        xml::write(&OriginAccessControlConfig {
            name: name.into(),
            description: None,
            signing_protocol: "sigv4".into(),
            signing_behavior: behavior.into(),
            origin_access_control_origin_type: "s3".into(),
        })
    };
    let identity = |reference: &str, comment: &str| {
        xml::write(&CloudFrontOriginAccessIdentityConfig {
            caller_reference: reference.into(),
            comment: comment.into(),
        })
    };
    let mut all = vec![
        Simple {
            collection: "/origin-access-control",
            config: "/config",
            update: "/config",
            documents: ["x", "j"].map(|name| control(name, "always")),
            changed: ["x", "j"].map(|name| control(name, "never")),
        },
        Simple {
            collection: "/origin-access-identity/cloudfront",
            config: "/config",
            update: "/config",
            documents: ["x", "j"].map(|name| identity(name, "one")),
            changed: ["x", "j"].map(|name| identity(name, "two")),
        },
    ];
    all.extend(KINDS.iter().map(|kind| Simple {
        collection: kind.path,
        config: "/config",
        update: "",
        documents: ["x", "j"].map(|name| kind.document(name, "one")),
        changed: ["x", "j"].map(|name| kind.document(name, "two")),
    }));
    all
}

#[tokio::test]
async fn every_operation_of_the_first_tier_answers_the_same_in_both_forms() {
    let service = Service::start();
    let mut pair = pair(&service);
    for kind in simple() {
        let sent = [0, 1].map(|number: usize| Some(kind.documents[number].as_str()));
        let made = pair.call("POST", [kind.collection; 2], [""; 2], sent).await;
        let own =
            |rest: &str| [0, 1].map(|number: usize| format!("{}/{}{rest}", kind.collection, made[number].id));
        pair.same("GET", &own("")[0]).await;
        pair.same("GET", &own(kind.config)[0]).await;
        pair.same("GET", &format!("{}?MaxItems=1", kind.collection)).await;
        let changed = [0, 1].map(|number: usize| Some(kind.changed[number].as_str()));
        let paths = own(kind.update);
        let etags = [made[0].etag.as_str(), made[1].etag.as_str()];
        let new = pair.call("PUT", [&paths[0], &paths[1]], etags, changed).await;
        let (paths, etags) = (own(""), [new[0].etag.as_str(), new[1].etag.as_str()]);
        if let Some(kind) = KINDS.iter().find(|policy| policy.path == kind.collection) {
            pair.same("GET", &format!("{}/{}", kind.users, made[0].id)).await;
        }
        pair.call("DELETE", [&paths[0], &paths[1]], etags, [None; 2]).await;
    }
    distributions(&mut pair).await;
    assert_eq!(pair.called, first_tier());
}

async fn distributions(pair: &mut Pair<'_>) {
    let documents = ["x", "j"].map(|name| xml::write(&minimal(name)));
    let tagged = ["xt", "jt"].map(|name| {
        let tags = Tags { items: vec![shapes::Tag { key: "team".into(), value: Some("web".into()) }] };
        xml::write(&DistributionConfigWithTags { distribution_config: minimal(name), tags })
    });
    fn some(documents: &[String; 2]) -> [Option<&str>; 2] {
        [Some(&documents[0]), Some(&documents[1])]
    }
    pair.call("POST", ["/distribution?WithTags"; 2], [""; 2], some(&tagged)).await;
    let made = pair.call("POST", ["/distribution"; 2], [""; 2], some(&documents)).await;
    let own = |rest: &str| [0, 1].map(|number: usize| format!("/distribution/{}{rest}", made[number].id));
    pair.same("GET", &own("")[0]).await;
    pair.same("GET", &own("/config")[0]).await;
    pair.same("GET", "/distribution?MaxItems=3").await;
    pair.same("GET", "/distributionsByWebACLId/null").await;

    let tags = xml::write(&Tags { items: vec![shapes::Tag { key: "a".into(), value: None }] });
    let keys = xml::write(&TagKeys { items: vec!["a".into()] });
    let paths = [0, 1].map(|number: usize| resource(&made[number].id));
    for (action, document) in [("Tag", &tags), ("Untag", &keys)] {
        let paths = paths.clone().map(|resource| format!("/tagging?Operation={action}&{resource}"));
        pair.call("POST", [&paths[0], &paths[1]], [""; 2], [Some(document), Some(document)]).await;
        pair.same("GET", &format!("/tagging?{}", resource(&made[0].id))).await;
    }

    let batch = InvalidationBatch { paths: vec!["/a".to_owned()].into(), caller_reference: "r".into() };
    let batch = [xml::write(&batch), xml::write(&batch)];
    let paths = own("/invalidation");
    let invalidations = pair.call("POST", [&paths[0], &paths[1]], [""; 2], some(&batch)).await;
    pair.same("GET", &paths[0]).await;
    pair.same("GET", &format!("{}/{}", paths[0], invalidations[0].id)).await;

    let mut etags = [made[0].etag.clone(), made[1].etag.clone()];
    let paths = own("/config");
    let mut disabled = Vec::new();
    for path in &paths {
        let mut config: DistributionConfig = pair.service.get(path).await.read();
        config.enabled = false;
        disabled.push(xml::write(&config));
    }
    let disabled: [Option<&str>; 2] = [Some(&disabled[0]), Some(&disabled[1])];
    let new = pair.call("PUT", [&paths[0], &paths[1]], [&etags[0], &etags[1]], disabled).await;
    etags = new.map(|made| made.etag);
    let paths = own("");
    pair.call("DELETE", [&paths[0], &paths[1]], [&etags[0], &etags[1]], [None; 2]).await;
}

#[tokio::test]
async fn every_operation_of_the_first_tier_refuses_the_same_in_both_forms() {
    let service = Service::start();
    let mut pair = pair(&service);
    let nobody = "E00000000000AA";
    for kind in simple() {
        let one = format!("{}/{nobody}", kind.collection);
        pair.refused("POST", kind.collection, "", "").await;
        pair.refused("GET", &one, "", "").await;
        pair.refused("GET", &format!("{one}{}", kind.config), "", "").await;
        pair.refused("GET", &format!("{}?MaxItems=0", kind.collection), "", "").await;
        pair.refused("PUT", &format!("{one}{}", kind.update), "", &kind.documents[0]).await;
        pair.refused("PUT", &format!("{one}{}", kind.update), nobody, &kind.documents[0]).await;
        pair.refused("DELETE", &one, nobody, "").await;
    }
    for kind in &KINDS {
        pair.refused("GET", &format!("{}/{nobody}", kind.users), "", "").await;
    }
    let mut wrong = minimal("one");
    wrong.default_cache_behavior.target_origin_id = "<nobody> & \"co\"".into();
    wrong.default_cache_behavior.viewer_protocol_policy = "never".into();
    let wrong = xml::write(&wrong);
    let tags = Tags { items: vec![shapes::Tag { key: "aws:mine".into(), value: None }] };
    let with_tags =
        xml::write(&DistributionConfigWithTags { distribution_config: minimal("one"), tags: tags.clone() });
    let (id, etag) = service.create(&minimal("two")).await;
    let batch = InvalidationBatch { paths: vec!["no slash".to_owned()].into(), caller_reference: "r".into() };
    pair.refused("POST", "/distribution", "", &wrong).await;
    pair.refused("POST", "/distribution?WithTags", "", &with_tags).await;
    pair.refused("GET", &format!("/distribution/{nobody}"), "", "").await;
    pair.refused("GET", &format!("/distribution/{nobody}/config"), "", "").await;
    pair.refused("PUT", &format!("/distribution/{id}/config"), &etag, &wrong).await;
    pair.refused("PUT", &format!("/distribution/{id}/config"), &etag, &xml::write(&minimal("two"))).await;
    pair.refused("DELETE", &format!("/distribution/{id}"), &etag, "").await;
    pair.refused("GET", "/distribution?MaxItems=many", "", "").await;
    pair.refused("GET", "/distributionsByWebACLId/what%20now", "", "").await;
    pair.refused("POST", &format!("/distribution/{id}/invalidation"), "", &xml::write(&batch)).await;
    pair.refused("GET", &format!("/distribution/{id}/invalidation?Marker=I1"), "", "").await;
    pair.refused("GET", &format!("/distribution/{id}/invalidation/I1"), "", "").await;
    pair.refused("GET", &format!("/tagging?{}", resource(nobody)), "", "").await;
    pair.refused("POST", &format!("/tagging?Operation=Tag&{}", resource(&id)), "", &xml::write(&tags)).await;
    let keys = xml::write(&TagKeys { items: vec!["a".into()] });
    pair.refused("POST", &format!("/tagging?Operation=Untag&{}", resource(nobody)), "", &keys).await;
    assert_eq!(pair.called, first_tier());
}

#[tokio::test]
async fn faults_of_a_json_document_have_the_codes_of_xml_and_name_the_member() {
    let service = Service::start();
    let headers = [JSON, JSON_BODY];
    for (document, code, path, accepted) in [
        ("{", "MalformedXML", "InvalidationBatch", "one JSON object"),
        ("[]", "InvalidArgument", "InvalidationBatch", "an object"),
        ("<InvalidationBatch/>", "MalformedXML", "InvalidationBatch", "one JSON object"),
        (r#"{"Path":1}"#, "MalformedXML", "Path", "Paths, CallerReference"),
        (r#"{"CallerReference":1}"#, "InvalidArgument", "CallerReference", "a string"),
        (r#"{"CallerReference":"r"}"#, "InvalidArgument", "Paths", "a document that has it"),
        (" ", "MissingBody", "InvalidationBatch", "the document"),
    ] {
        let (id, _) = service.create(&minimal(document)).await;
        let path_of_call = format!("/distribution/{id}/invalidation");
        let answer = service.call("POST", &path_of_call, &headers, document.as_bytes()).await;
        assert_eq!(answer.status, 400, "{document}");
        let told = value(&answer.body);
        assert_eq!(told["Error"]["Code"], code, "{told}");
        assert_eq!(
            (&told["Problems"][0]["Code"], &told["Problems"][0]["Path"]),
            (&json!(code), &json!(path))
        );
        let message = told["Problems"][0]["Message"].as_str().unwrap();
        assert!(message.contains("Accepted") && message.contains(accepted), "{message}");
    }
}

#[tokio::test]
async fn form_of_question_and_form_of_answer_are_chosen_apart() {
    let service = Service::start();
    let document = shapes::json::write(&minimal("one"));
    let answer = service.call("POST", "/distribution", &[JSON_BODY], document.as_bytes()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (201, "text/xml"));
    let document = xml::write(&minimal("two"));
    let answer = service.call("POST", "/distribution", &[JSON], document.as_bytes()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (201, "application/json"));
    let answer = service.call("GET", "/distribution", &[("accept", "*/*")], b"").await;
    assert_eq!(answer.header("content-type"), "text/xml");
    let unsigned = axum::http::Request::get("/2020-05-31/distribution").header("accept", "application/json");
    let answer = service.send(unsigned.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(value(&answer.body)["Error"]["Code"], "MissingAuthenticationToken");
}

#[tokio::test]
async fn a_json_document_is_limited_like_one_of_xml() {
    let settings = control::Settings { max_body_bytes: 100, ..control::Settings::default() };
    let service = Service::with(settings);
    let large = format!("{{\"Comment\":\"{}\"}}", "x".repeat(100));
    let answer = service.call("POST", "/distribution", &[JSON, JSON_BODY], large.as_bytes()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(value(&answer.body)["Error"]["Code"], "EntitySizeLimitExceeded");
}
