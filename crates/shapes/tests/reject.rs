//! Documents that are refused, each with its path and reason.

use shapes::{
    DistributionConfig, InvalidationBatch, Position, ReadError, ReadErrorKind, Shape, TagKeys, Tags,
    xml::{MAX_NODES, read},
};

const EVERYTHING: &str = include_str!("bodies/everything.xml");

/// The error for the document with one replacement.
fn changed(from: &str, to: &str) -> ReadError {
    assert!(EVERYTHING.contains(from), "{from} is in the document");
    refused::<DistributionConfig>(&EVERYTHING.replacen(from, to, 1))
}

fn refused<T: Shape + std::fmt::Debug>(document: &str) -> ReadError {
    read::<T>(document.as_bytes()).expect_err("refused")
}

fn invalid(value: &str, expected: &'static str) -> ReadErrorKind {
    ReadErrorKind::InvalidValue { value: value.into(), expected }
}

fn is_malformed(document: &[u8]) -> bool {
    let error = read::<TagKeys>(document).expect_err("refused");
    assert_eq!(error.path, "");
    matches!(error.kind, ReadErrorKind::Malformed(_))
}

#[test]
fn an_unknown_element_is_named_with_its_path_and_place() {
    let error = changed("<OriginPath>/v2</OriginPath>", "<OriginPaht>/v2</OriginPaht>");
    assert_eq!(
        (error.path.as_str(), &error.kind),
        ("Origins.Items[0].OriginPaht", &ReadErrorKind::UnknownElement)
    );
    assert_eq!(error.position, Some(Position { row: 17, column: 9 }));
    assert_eq!(
        error.to_string(),
        "Origins.Items[0].OriginPaht: the element is not known (line 17, column 9)"
    );
}

#[test]
fn an_unknown_element_is_found_in_every_kind_of_place() {
    let path = |from, to| {
        let error = changed(from, to);
        assert_eq!(error.kind, ReadErrorKind::UnknownElement);
        error.path
    };
    assert_eq!(path("<Comment>", "<Extra/><Comment>"), "Extra");
    assert_eq!(path("<PathPattern>", "<Extra/><PathPattern>"), "CacheBehaviors.Items[0].Extra");
    assert_eq!(path("<CNAME>", "<Alias/><CNAME>"), "Aliases.Items.Alias");
    assert_eq!(path("<Aliases>", "<Aliases><Extra/>"), "Aliases.Extra");
    assert_eq!(
        path("<ParameterDefinitions>", "<ParameterDefinitions><Extra/>"),
        "TenantConfig.ParameterDefinitions.Extra"
    );
    assert_eq!(
        path(
            "<Enabled>false</Enabled>\n  <ViewerCertificate>",
            "<Enabled><b>false</b></Enabled><ViewerCertificate>"
        ),
        "Enabled.b"
    );
}

#[test]
fn a_missing_required_member_is_named_with_its_path() {
    for (from, to, path) in [
        ("<CallerReference>everything</CallerReference>", "", "CallerReference"),
        ("<DomainName>shop.example</DomainName>", "", "Origins.Items[1].DomainName"),
        ("<PathPattern>/img/*.jp?g</PathPattern>", "", "CacheBehaviors.Items[0].PathPattern"),
        (
            "<ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>",
            "",
            "CacheBehaviors.Items[0].ViewerProtocolPolicy",
        ),
        ("<ErrorCode>500</ErrorCode>", "", "CustomErrorResponses.Items[1].ErrorCode"),
        ("<Aliases>\n    <Quantity>2</Quantity>", "<Aliases>", "Aliases.Quantity"),
        ("<OriginId>bucket</OriginId>", "", "OriginGroups.Items[0].Members.Items[0].OriginId"),
    ] {
        let error = changed(from, to);
        assert_eq!((error.path.as_str(), error.kind), (path, ReadErrorKind::MissingMember));
    }
}

#[test]
fn a_member_twice_is_refused() {
    for (from, path) in [
        ("<Comment>", "Comment"),
        ("<PathPattern>", "CacheBehaviors.Items[0].PathPattern"),
        ("<TargetOriginId>shop", "CacheBehaviors.Items[0].TargetOriginId"),
    ] {
        let name = from[1..].split('>').next().expect("a name");
        let error = changed(from, &format!("<{name}>twice</{name}>{from}"));
        assert_eq!((error.path.as_str(), error.kind), (path, ReadErrorKind::Duplicate));
    }
    let error = changed("<Quantity>2</Quantity>", "<Quantity>2</Quantity><Quantity>2</Quantity>");
    assert_eq!((error.path.as_str(), error.kind), ("Aliases.Quantity", ReadErrorKind::Duplicate));
}

#[test]
fn a_number_that_is_none_is_refused() {
    for value in ["", " ", "five", "5.0", "+5", "0x5", "5 5", "2147483648", "-2147483649", "٥"] {
        let error = changed("<ConnectionTimeout>5<", &format!("<ConnectionTimeout>{value}<"));
        assert_eq!(
            (error.path.as_str(), error.kind),
            ("Origins.Items[0].ConnectionTimeout", invalid(value, "an integer"))
        );
    }
    let error = changed("<MaxTTL>3153600000<", "<MaxTTL>9223372036854775808<");
    assert_eq!(
        (error.path.as_str(), error.kind),
        ("CacheBehaviors.Items[0].MaxTTL", invalid("9223372036854775808", "an integer"))
    );
}

#[test]
fn white_space_around_a_number_or_a_truth_does_not_count() {
    let document =
        EVERYTHING.replace("<MinTTL>1<", "<MinTTL>\n 01 <").replace("<Staging>true<", "<Staging> true\n<");
    let config: DistributionConfig = read(document.as_bytes()).expect("read");
    assert_eq!(config.staging, Some(true));
    assert_eq!(config.cache_behaviors.expect("present").items[0].settings.min_ttl, Some(1));
}

#[test]
fn a_truth_that_is_none_is_refused() {
    for value in ["", "True", "1", "yes", "truefalse"] {
        let error = changed("<Staging>true<", &format!("<Staging>{value}<"));
        assert_eq!((error.path.as_str(), error.kind), ("Staging", invalid(value, "true or false")));
    }
}

#[test]
fn text_between_members_is_refused() {
    let error = changed("<Logging>", "<Logging>stray");
    assert_eq!(error.path, "Logging");
    assert!(matches!(error.kind, ReadErrorKind::InvalidValue { expected: "an element", .. }));
}

#[test]
fn another_root_is_refused() {
    let error = refused::<InvalidationBatch>(EVERYTHING);
    assert_eq!(
        error.kind,
        ReadErrorKind::WrongRoot { expected: "InvalidationBatch", found: "DistributionConfig".into() }
    );
    assert_eq!(error.path, "");
}

#[test]
fn cloudfronts_namespace_or_none_is_accepted_with_any_prefix() {
    for document in [
        "<TagKeys/>",
        "<TagKeys xmlns=''/>",
        "<TagKeys xmlns='http://cloudfront.amazonaws.com/doc/2020-05-31/'/>",
        "<c:TagKeys xmlns:c='http://cloudfront.amazonaws.com/doc/2020-05-31/'><c:Items/></c:TagKeys>",
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<!-- note -->\n<TagKeys></TagKeys>\n",
    ] {
        assert_eq!(read(document.as_bytes()), Ok(TagKeys::default()), "{document}");
    }
}

#[test]
fn another_namespace_is_refused_at_the_root_and_below() {
    let other = "http://cloudfront.amazonaws.com/doc/2010-11-01/";
    let error = refused::<TagKeys>(&format!("<TagKeys xmlns='{other}'/>"));
    assert_eq!((error.path.as_str(), error.kind), ("", ReadErrorKind::WrongNamespace(other.into())));
    let error = refused::<TagKeys>("<TagKeys><Items xmlns='urn:x'/></TagKeys>");
    assert_eq!((error.path.as_str(), error.kind), ("Items", ReadErrorKind::WrongNamespace("urn:x".into())));
}

#[test]
fn what_is_not_xml_is_malformed() {
    for document in [
        "",
        "   ",
        "{\"Items\":[]}",
        "<TagKeys>",
        "<TagKeys><Items></TagKeys></Items>",
        "<TagKeys/><TagKeys/>",
        "<TagKeys>&nbsp;</TagKeys>",
        "<TagKeys><Items><Key>a & b</Key></Items></TagKeys>",
        "<c:TagKeys/>",
    ] {
        assert!(is_malformed(document.as_bytes()), "{document}");
    }
}

#[test]
fn control_characters_are_malformed_raw_and_as_references() {
    for character in ["\u{0}", "\u{1}", "\u{b}", "\u{1f}", "\u{fffe}", "&#0;", "&#1;", "&#x1F;", "&#xFFFF;"] {
        let document = format!("<TagKeys><Items><Key>a{character}b</Key></Items></TagKeys>");
        assert!(is_malformed(document.as_bytes()), "{character:?}");
    }
}

#[test]
fn a_reference_to_what_is_no_character_is_malformed_and_not_replaced() {
    let key = |text: &str| {
        read::<TagKeys>(format!("<TagKeys><Items><Key>{text}</Key></Items></TagKeys>").as_bytes())
    };
    for reference in ["&#xD800;", "&#55296;", "&#x110000;"] {
        let error = key(&format!("a&amp;{reference}")).expect_err("refused");
        assert_eq!(error.path, "Items[0]");
        assert!(matches!(error.kind, ReadErrorKind::Malformed(_)), "{reference}");
    }
    assert_eq!(key("&#xFFFD;\u{fffd}&#65;"), Ok(TagKeys { items: vec!["\u{fffd}\u{fffd}A".into()] }));
}

#[test]
fn bytes_that_are_not_utf8_are_malformed() {
    assert!(is_malformed(b"<TagKeys><Items><Key>\xff</Key></Items></TagKeys>"));
    assert!(is_malformed(b"<TagKeys><Items><Key>\xed\xa0\x80</Key></Items></TagKeys>"));
    assert!(is_malformed(b"\xff\xfe<\0T\0a\0g\0s\0/\0>\0"));
}

#[test]
fn a_document_type_is_refused_and_no_entity_is_expanded() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><TagKeys><Items><Key>&c;</Key></Items></TagKeys>";
    assert!(is_malformed(bomb.as_bytes()));
    assert!(is_malformed(b"<!DOCTYPE TagKeys SYSTEM \"file:///etc/passwd\"><TagKeys/>"));
    assert!(is_malformed(b"<!DOCTYPE TagKeys><TagKeys/>"));
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let depth = 90_000;
    let deep = format!("<TagKeys>{}{}</TagKeys>", "<Items>".repeat(depth), "</Items>".repeat(depth));
    assert!(is_malformed(deep.as_bytes()));
}

#[test]
fn more_nodes_than_the_limit_are_malformed() {
    let keys = usize::try_from(MAX_NODES).expect("fits") + 1;
    let document = format!("<TagKeys><Items>{}</Items></TagKeys>", "<Key/>".repeat(keys));
    assert!(is_malformed(document.as_bytes()));
}

#[test]
fn an_error_repeats_at_most_a_hundred_characters_of_the_caller() {
    let long = "ü".repeat(10_000);
    let error = changed("<Staging>true<", &format!("<Staging>{long}<"));
    assert_eq!(error.kind, invalid(&"ü".repeat(100), "true or false"));
    let error = refused::<Tags>(&format!("<Tags><{long}/></Tags>"));
    assert_eq!(error.path.chars().count(), 100);
}

#[test]
fn a_moment_that_is_none_is_refused() {
    let document =
        "<Invalidation><Id>I</Id><Status>Completed</Status><CreateTime>yesterday</CreateTime></Invalidation>";
    let error = refused::<shapes::Invalidation>(document);
    assert_eq!(
        (error.path.as_str(), error.kind),
        ("CreateTime", invalid("yesterday", "an ISO 8601 timestamp"))
    );
}
