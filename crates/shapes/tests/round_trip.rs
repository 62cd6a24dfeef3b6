//! Bodies as clients write them: nothing is lost, and what we write has one form.

use std::collections::BTreeSet;

use shapes::{
    AllowedMethods, Counted, Distribution, DistributionConfig, DistributionConfigWithTags, DistributionList,
    FindingKind, InvalidationBatch, Kind, Member, Method, OriginAccessControlConfig, Shape, Tag, TagKeys,
    Tags, Timestamp, ViewerProtocolPolicy, inspect,
    xml::{read, write, write_as},
};

/// Every member of a distribution's configuration, in declared order, indented.
const EVERYTHING: &str = include_str!("bodies/everything.xml");

/// As boto3 writes it: no declaration, the caller's order, `<Comment />`.
const FROM_BOTO3: &str = "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><CallerReference>shop-2026-01</CallerReference><Comment /><Enabled>true</Enabled><Origins><Quantity>1</Quantity><Items><Origin><Id>pages</Id><DomainName>pages.localhost</DomainName><CustomOriginConfig><HTTPPort>8081</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>pages</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy><CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId><Compress>true</Compress><AllowedMethods><Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items><CachedMethods><Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items></CachedMethods></AllowedMethods></DefaultCacheBehavior><CustomErrorResponses><Quantity>2</Quantity><Items><CustomErrorResponse><ErrorCode>404</ErrorCode><ResponsePagePath>/errors/404.html</ResponsePagePath><ResponseCode>404</ResponseCode><ErrorCachingMinTTL>30</ErrorCachingMinTTL></CustomErrorResponse><CustomErrorResponse><ErrorCode>503</ErrorCode><ErrorCachingMinTTL>0</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses></DistributionConfig>";

fn from_boto3() -> DistributionConfig {
    read(FROM_BOTO3.as_bytes()).expect("boto3's body is read")
}

/// The document without declaration and indentation, empty elements in their long form.
fn compact(document: &str) -> String {
    let mut compact = String::new();
    for line in document.lines() {
        let line = if line.trim_start().starts_with('<') { line.trim_start() } else { line };
        match line.strip_suffix(" />") {
            Some(start) => {
                let name = &start[start.rfind('<').expect("an element starts") + 1..];
                compact.push_str(&format!("{start}></{name}>"));
            }
            None => compact.push_str(line),
        }
        if !line.ends_with('>') {
            compact.push('\n');
        }
    }
    compact
}

fn without_declaration(document: &str) -> &str {
    document.split_once("?>\n").expect("a declaration").1
}

#[test]
fn a_configuration_with_every_member_is_written_exactly_as_it_was_read() {
    let config: DistributionConfig = read(EVERYTHING.as_bytes()).expect("read");
    let expected = compact(EVERYTHING).replace("\"all\"", "&quot;all&quot;");
    assert_eq!(without_declaration(&write(&config)), expected);
    assert_eq!(inspect(&config), []);
}

#[test]
fn the_body_with_every_member_really_has_every_member() {
    let document = roxmltree::Document::parse(EVERYTHING).expect("well-formed");
    let elements: BTreeSet<String> = document
        .descendants()
        .filter(|node| node.is_element())
        .map(|node| {
            let mut path: Vec<_> = node
                .ancestors()
                .filter(|node| node.is_element())
                .map(|node| node.tag_name().name())
                .collect();
            path.reverse();
            path.join(".")
        })
        .collect();
    // A member of both kinds of behavior may stand in either.
    let either = |path: &str| {
        elements.contains(path)
            || elements
                .contains(&path.replace("CacheBehaviors.Items.CacheBehavior.", "DefaultCacheBehavior."))
            || elements
                .contains(&path.replace("DefaultCacheBehavior.", "CacheBehaviors.Items.CacheBehavior."))
    };
    let missing: Vec<_> = declared("DistributionConfig", DistributionConfig::MEMBERS)
        .into_iter()
        .filter(|path| !either(path))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// The paths of all members below `prefix`.
fn declared(prefix: &str, members: &[Member]) -> Vec<String> {
    let mut paths = Vec::new();
    for member in members {
        let path =
            if member.name.is_empty() { prefix.to_owned() } else { format!("{prefix}.{}", member.name) };
        below(&path, member.item, member.kind, &mut paths);
        if !member.name.is_empty() {
            paths.push(path);
        }
    }
    paths
}

fn below(path: &str, item: Option<&str>, kind: Kind, paths: &mut Vec<String>) {
    match kind {
        Kind::Structure { members, .. } => paths.extend(declared(path, members)),
        Kind::Entries(entry) => {
            below(&format!("{path}.{}", item.expect("an item name")), None, *entry, paths)
        }
        Kind::Counted(entry) => {
            below(&format!("{path}.Items.{}", item.expect("an item name")), None, *entry, paths)
        }
        _ => {}
    }
}

#[test]
fn boto3s_order_is_read_and_our_order_is_written() {
    let config = from_boto3();
    assert_eq!(config.comment, "");
    assert_eq!(config.default_cache_behavior.viewer_protocol_policy, ViewerProtocolPolicy::RedirectToHttps);
    let errors = config.custom_error_responses.as_ref().expect("custom error responses");
    assert_eq!(errors.items[0].response_code.as_deref(), Some("404"));
    assert_eq!(errors.items[1].response_page_path, None, "what was not said stays not said");
    assert_eq!(errors.items[1].error_caching_min_ttl, Some(0));
    let written = write(&config);
    let (origins, comment) = (written.find("<Origins>"), written.find("<Comment></Comment>"));
    assert!(origins.is_some() && origins < comment, "{written}");
    assert_eq!(read::<DistributionConfig>(written.as_bytes()), Ok(config));
}

#[test]
fn a_document_begins_with_the_declaration_and_names_the_namespace_on_its_root_only() {
    let written = write(&TagKeys { items: vec!["a".into(), "b".into()] });
    assert_eq!(
        written,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TagKeys xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <Items><Key>a</Key><Key>b</Key></Items></TagKeys>"
    );
    assert!(
        write_as("Result", &TagKeys::default())
            .ends_with("<Result xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"></Result>")
    );
}

#[test]
fn absent_and_empty_text_are_told_apart() {
    let oac = |description: &str| {
        let body = format!(
            "<OriginAccessControlConfig><Name>n</Name>{description}<SigningProtocol>sigv4</SigningProtocol><SigningBehavior>always\
             </SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>"
        );
        read::<OriginAccessControlConfig>(body.as_bytes()).expect("read").description
    };
    assert_eq!(oac(""), None);
    assert_eq!(oac("<Description/>"), Some(String::new()));
    assert_eq!(oac("<Description />"), Some(String::new()));
    assert_eq!(oac("<Description></Description>"), Some(String::new()));
    assert_eq!(oac("<Description> \n </Description>"), Some(" \n ".to_owned()));
    assert_eq!(oac("<Description>a<!-- b -->c<![CDATA[<d>]]></Description>"), Some("ac<d>".to_owned()));
}

#[test]
fn a_quantity_that_lies_is_kept_and_found_with_its_path() {
    let lie = FROM_BOTO3
        .replacen("<Quantity>2</Quantity><Items><Method>HEAD", "<Quantity>3</Quantity><Items><Method>HEAD", 1)
        .replace(
            "<Quantity>2</Quantity><Items><CustomErrorResponse>",
            "<Quantity>-1</Quantity><Items><CustomErrorResponse>",
        );
    let config: DistributionConfig = read(lie.as_bytes()).expect("read");
    let errors = config.custom_error_responses.as_ref().expect("present");
    assert_eq!((errors.quantity, errors.len(), errors.is_consistent()), (-1, 2, false));
    let found: Vec<_> = inspect(&config).into_iter().map(|finding| (finding.path, finding.kind)).collect();
    assert_eq!(
        found,
        [
            (
                "DefaultCacheBehavior.AllowedMethods".to_owned(),
                FindingKind::InconsistentQuantity { quantity: 3, items: 2 }
            ),
            ("CustomErrorResponses".to_owned(), FindingKind::InconsistentQuantity { quantity: -1, items: 2 }),
        ]
    );
    assert!(write(&config).contains("<CustomErrorResponses><Quantity>-1</Quantity>"));
}

#[test]
fn a_word_that_cloudfront_does_not_know_is_kept_and_found_with_its_path() {
    let body = EVERYTHING.replace(">https-only</ViewerProtocolPolicy>", ">Https-Only</ViewerProtocolPolicy>");
    let config: DistributionConfig = read(body.as_bytes()).expect("read");
    let findings = inspect(&config);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].path, "CacheBehaviors.Items[0].ViewerProtocolPolicy");
    assert_eq!(
        findings[0].kind,
        FindingKind::UnknownValue {
            value: "Https-Only".into(),
            known: &["allow-all", "https-only", "redirect-to-https"]
        }
    );
    assert!(write(&config).contains("<ViewerProtocolPolicy>Https-Only</ViewerProtocolPolicy>"));
}

#[test]
fn items_are_left_out_of_an_empty_counted_list_and_kept_in_empty_tags() {
    let batch = InvalidationBatch { caller_reference: "r".into(), ..InvalidationBatch::default() };
    assert!(write(&batch).contains("<Paths><Quantity>0</Quantity></Paths>"));
    assert!(write(&Tags::default()).contains("<Items></Items>"));
    assert!(write(&DistributionList::default()).contains("<Quantity>0</Quantity></DistributionList>"));
    let present = "<InvalidationBatch><Paths><Items/><Quantity>0</Quantity></Paths><CallerReference>r</CallerReference></InvalidationBatch>";
    assert_eq!(read::<InvalidationBatch>(present.as_bytes()), Ok(batch));
}

#[test]
fn values_that_are_built_here_count_themselves() {
    let paths: Counted<String> = ["/a".to_owned(), "/b".to_owned()].into_iter().collect();
    assert_eq!((paths.quantity, paths.is_consistent()), (2, true));
    let methods =
        AllowedMethods { quantity: 2, items: vec![Method::Get, Method::Head], cached_methods: None };
    assert_eq!(inspect(&methods), []);
}

#[test]
fn tags_travel_with_their_configuration() {
    let tags = vec![
        Tag { key: "team".into(), value: Some("shop & \"co\" <1>".into()) },
        Tag { key: "empty".into(), value: Some(String::new()) },
        Tag { key: "none".into(), value: None },
    ];
    let sent = DistributionConfigWithTags { distribution_config: from_boto3(), tags: Tags { items: tags } };
    assert_eq!(read(write(&sent).as_bytes()), Ok(sent));
}

#[test]
fn a_distribution_carries_its_moment_with_milliseconds() {
    let distribution = Distribution {
        id: "E1".into(),
        last_modified_time: Timestamp::from_unix_milliseconds(1_767_323_045_006),
        distribution_config: from_boto3(),
        ..Distribution::default()
    };
    let written = write(&distribution);
    assert!(written.contains("<LastModifiedTime>2026-01-02T03:04:05.006Z</LastModifiedTime>"), "{written}");
    assert_eq!(read(written.as_bytes()), Ok(distribution));
}

#[test]
fn text_that_xml_can_carry_survives_and_text_that_it_cannot_is_replaced() {
    let keys = |text: &str| TagKeys { items: vec![text.to_owned()] };
    for text in ["a\r\nb\rc\n\t", " <&>\"' ", "]]>", "\u{fffd}\u{10ffff}Ü", ""] {
        assert_eq!(read(write(&keys(text)).as_bytes()), Ok(keys(text)), "{text:?}");
    }
    assert_eq!(
        read(write(&keys("a\u{0}\u{b}\u{1f}\u{ffff}b")).as_bytes()),
        Ok(keys("a\u{fffd}\u{fffd}\u{fffd}\u{fffd}b"))
    );
}
