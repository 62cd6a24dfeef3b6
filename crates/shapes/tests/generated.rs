//! Generated documents: any document that a shape's metadata allows is read, written in declared order, and read again the same,
//! in XML and in JSON.
//! Any other bytes are an error, never a panic.

use proptest::{collection::vec, option, prelude::*, string::string_regex};
use shapes::{
    Distribution, DistributionConfig, DistributionConfigWithTags, DistributionList, Invalidation,
    InvalidationList, Kind, Member, NAMESPACE, OriginAccessControl, OriginAccessControlList, Shape, TagKeys,
    Timestamp, inspect, json,
    xml::{read, write},
};

/// An element's content.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Text(String),
    Elements(Vec<(String, Tree)>),
}

fn content(kind: Kind, item: Option<&'static str>) -> BoxedStrategy<Tree> {
    match kind {
        Kind::Text => string_regex("[\\t\\n\\r -~\u{e4}\u{fffd}\u{1f600}]{0,12}")
            .expect("a pattern")
            .prop_map(Tree::Text)
            .boxed(),
        Kind::Boolean => any::<bool>().prop_map(|value| Tree::Text(value.to_string())).boxed(),
        Kind::Integer => any::<i32>().prop_map(|value| Tree::Text(value.to_string())).boxed(),
        Kind::Long => any::<i64>().prop_map(|value| Tree::Text(value.to_string())).boxed(),
        Kind::Double => (-100_000..100_000_i32)
            .prop_map(|value| Tree::Text((f64::from(value) / 1000.0).to_string()))
            .boxed(),
        Kind::Timestamp => any::<i64>()
            .prop_map(|value| Tree::Text(Timestamp::from_unix_milliseconds(value).to_string()))
            .boxed(),
        Kind::Enumeration(words) => {
            prop_oneof![4 => proptest::sample::select(words).prop_map(str::to_owned), 1 => "[a-z-]{0,6}"]
                .prop_map(Tree::Text)
                .boxed()
        }
        Kind::Structure { members, .. } => structure(members),
        Kind::Entries(entry) => entries(*entry, item),
        Kind::Counted(entry) => (any::<i32>(), entries(*entry, item))
            .prop_map(|(quantity, items)| {
                Tree::Elements(vec![
                    ("Quantity".into(), Tree::Text(quantity.to_string())),
                    ("Items".into(), items),
                ])
            })
            .boxed(),
    }
}

fn entries(entry: Kind, item: Option<&'static str>) -> BoxedStrategy<Tree> {
    let item = item.expect("lists have an item name");
    vec(content(entry, None), 0..3)
        .prop_map(move |entries| {
            Tree::Elements(entries.into_iter().map(|entry| (item.to_owned(), entry)).collect())
        })
        .boxed()
}

fn structure(members: &'static [Member]) -> BoxedStrategy<Tree> {
    let members: Vec<_> = members.iter().map(optional_member).collect();
    members.prop_map(|members| Tree::Elements(members.into_iter().flatten().collect())).boxed()
}

/// The elements of one member: none, one, or those of a structure whose members stand among the others.
fn optional_member(member: &'static Member) -> BoxedStrategy<Vec<(String, Tree)>> {
    let content = content(member.kind, member.item);
    if member.name.is_empty() {
        return content
            .prop_map(|tree| match tree {
                Tree::Elements(elements) => elements,
                Tree::Text(_) => Vec::new(),
            })
            .boxed();
    }
    let named = content.prop_map(|tree| (member.name.to_owned(), tree));
    if member.required {
        named.prop_map(|element| vec![element]).boxed()
    } else {
        option::of(named).prop_map(|element| element.into_iter().collect()).boxed()
    }
}

/// Writes as a careless client does: members from last to first where order does not count, references for every special character.
fn serialize(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Text(text) => {
            for character in text.chars() {
                match character {
                    'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' => out.push(character),
                    _ => out.push_str(&format!("&#x{:x};", u32::from(character))),
                }
            }
        }
        Tree::Elements(elements) => {
            let is_list = elements.windows(2).all(|pair| pair[0].0 == pair[1].0);
            let mut elements: Vec<_> = elements.iter().collect();
            if !is_list {
                elements.reverse();
            }
            for (name, tree) in elements {
                out.push_str(&format!("\n <{name} >"));
                serialize(tree, out);
                out.push_str(&format!("</{name}>\r\n"));
            }
        }
    }
}

/// The tree of a document that we wrote.
fn parse(node: roxmltree::Node<'_, '_>) -> Tree {
    if node.children().any(|child| child.is_element()) {
        Tree::Elements(
            node.children().map(|child| (child.tag_name().name().to_owned(), parse(child))).collect(),
        )
    } else {
        Tree::Text(node.text().unwrap_or_default().to_owned())
    }
}

/// An element without content is the same whether it holds no text or no elements; an empty list is the same as none.
fn normal(tree: Tree) -> Tree {
    match tree {
        Tree::Elements(elements) if elements.is_empty() => Tree::Text(String::new()),
        Tree::Elements(elements) => {
            let normal = elements.into_iter().map(|(name, tree)| (name, normal(tree)));
            let kept: Vec<_> = normal
                .filter(|(name, tree)| !(is_list(name) && *tree == Tree::Text(String::new())))
                .collect();
            if kept.is_empty() { Tree::Text(String::new()) } else { Tree::Elements(kept) }
        }
        text => text,
    }
}

fn is_list(name: &str) -> bool {
    matches!(name, "Items" | "ParameterDefinitions" | "AliasICPRecordals")
}

/// What the document says is what is read, written and read again.
fn survives<T: Shape + PartialEq + std::fmt::Debug>(tree: &Tree) -> Result<(), TestCaseError> {
    let mut document = format!("<{} xmlns=\"{NAMESPACE}\">", T::NAME);
    serialize(tree, &mut document);
    document.push_str(&format!("</{}>", T::NAME));
    let value: T =
        read(document.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error} in {document}")))?;
    let written = write(&value);
    let parsed =
        roxmltree::Document::parse(&written).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(normal(parse(parsed.root_element())), normal(tree.clone()));
    let again = read::<T>(written.as_bytes());
    prop_assert_eq!(again.as_ref(), Ok(&value));
    let json = json::write(&value);
    prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
    let again = json::read::<T>(json.as_bytes());
    prop_assert_eq!(again.as_ref(), Ok(&value));
    for finding in inspect(&value) {
        prop_assert!(!finding.path.starts_with('.') && !finding.path.ends_with('.'), "{}", finding.path);
    }
    Ok(())
}

macro_rules! every_document_survives {
    ($($name:ident: $shape:ty, $cases:literal;)+) => {
        $(proptest! {
            #![proptest_config(ProptestConfig { cases: $cases, failure_persistence: None, ..ProptestConfig::default() })]
            #[test]
            fn $name(tree in structure(<$shape as Shape>::MEMBERS)) {
                survives::<$shape>(&tree)?;
            }
        })+
    };
}

every_document_survives! {
    any_distribution_config_survives: DistributionConfig, 64;
    any_distribution_config_with_tags_survives: DistributionConfigWithTags, 16;
    any_distribution_survives: Distribution, 16;
    any_distribution_list_survives: DistributionList, 16;
    any_invalidation_survives: Invalidation, 64;
    any_invalidation_list_survives: InvalidationList, 64;
    any_origin_access_control_survives: OriginAccessControl, 64;
    any_origin_access_control_list_survives: OriginAccessControlList, 64;
    any_tag_keys_survive: TagKeys, 64;
    any_cache_policy_survives: shapes::CachePolicy, 32;
    any_cache_policy_list_survives: shapes::CachePolicyList, 32;
    any_cloud_front_origin_access_identity_survives: shapes::CloudFrontOriginAccessIdentity, 32;
    any_cloud_front_origin_access_identity_list_survives: shapes::CloudFrontOriginAccessIdentityList, 32;
    any_distribution_id_list_survives: shapes::DistributionIdList, 32;
    any_origin_request_policy_survives: shapes::OriginRequestPolicy, 32;
    any_origin_request_policy_list_survives: shapes::OriginRequestPolicyList, 32;
    any_response_headers_policy_survives: shapes::ResponseHeadersPolicy, 32;
    any_response_headers_policy_list_survives: shapes::ResponseHeadersPolicyList, 32;
}

const EVERYTHING: &str = include_str!("bodies/everything.xml");

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_an_answer_and_not_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(read::<DistributionConfig>(&bytes).is_err());
    }

    #[test]
    fn a_damaged_document_is_an_answer_and_not_a_panic(at in 0..EVERYTHING.len(), drop in 0..40_usize, insert in vec(any::<u8>(), 0..8)) {
        let mut bytes = EVERYTHING.as_bytes().to_vec();
        let end = (at + drop).min(bytes.len());
        bytes.splice(at..end, insert);
        if let Ok(config) = read::<DistributionConfig>(&bytes) {
            prop_assert_eq!(read::<DistributionConfig>(write(&config).as_bytes()), Ok(config));
        }
    }
}
