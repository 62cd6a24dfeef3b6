//! Every document of the API that has a shape, as functions that forget its type.

use std::fmt::Debug;

use shapes::{Member, Shape, json, xml};

/// A shape that is the root of documents.
pub struct Root {
    pub name: &'static str,
    pub members: &'static [Member],
    /// Reads, writes, and reads again; `None` when the document is refused.
    pub through_xml: fn(&[u8]) -> Option<String>,
    /// Whether a document that we wrote is the same after JSON.
    pub through_json: fn(&str) -> bool,
    /// The same value as JSON.
    pub to_json: fn(&[u8]) -> Option<String>,
    /// Reads JSON; what is understood must survive XML.
    pub through_xml_from_json: fn(&[u8]),
}

const fn root<T: Shape + PartialEq + Debug>() -> Root {
    Root {
        name: T::NAME,
        members: T::MEMBERS,
        through_xml: through_xml::<T>,
        through_json: through_json::<T>,
        to_json: |document| xml::read::<T>(document).ok().map(|value| json::write(&value)),
        through_xml_from_json: through_xml_from_json::<T>,
    }
}

fn through_xml<T: Shape + PartialEq + Debug>(document: &[u8]) -> Option<String> {
    let value = xml::read::<T>(document).inspect_err(|error| drop(error.to_string())).ok()?;
    drop(shapes::inspect(&value));
    let written = xml::write(&value);
    assert_eq!(xml::read::<T>(written.as_bytes()).as_ref(), Ok(&value), "{written}");
    Some(written)
}

fn through_json<T: Shape + PartialEq + Debug>(document: &str) -> bool {
    let value = xml::read::<T>(document.as_bytes()).expect("it was written by us");
    json::read::<T>(json::write(&value).as_bytes()).as_ref() == Ok(&value)
}

fn through_xml_from_json<T: Shape + PartialEq + Debug>(document: &[u8]) {
    let Ok(value) = json::read::<T>(document) else { return };
    let again = json::write(&value);
    assert_eq!(json::read::<T>(again.as_bytes()).as_ref(), Ok(&value), "{again}");
    // XML cannot carry every character that JSON can; what it carries stays from then on.
    let written = xml::write(&value);
    let value = xml::read::<T>(written.as_bytes()).expect("what we write can be read");
    assert_eq!(xml::write(&value), written);
}

/// All of them.
pub const ROOTS: [Root; 25] = [
    root::<shapes::CachePolicy>(),
    root::<shapes::CachePolicyConfig>(),
    root::<shapes::CachePolicyList>(),
    root::<shapes::CloudFrontOriginAccessIdentity>(),
    root::<shapes::CloudFrontOriginAccessIdentityConfig>(),
    root::<shapes::CloudFrontOriginAccessIdentityList>(),
    root::<shapes::Distribution>(),
    root::<shapes::DistributionConfig>(),
    root::<shapes::DistributionConfigWithTags>(),
    root::<shapes::DistributionIdList>(),
    root::<shapes::DistributionList>(),
    root::<shapes::Invalidation>(),
    root::<shapes::InvalidationBatch>(),
    root::<shapes::InvalidationList>(),
    root::<shapes::OriginAccessControl>(),
    root::<shapes::OriginAccessControlConfig>(),
    root::<shapes::OriginAccessControlList>(),
    root::<shapes::OriginRequestPolicy>(),
    root::<shapes::OriginRequestPolicyConfig>(),
    root::<shapes::OriginRequestPolicyList>(),
    root::<shapes::ResponseHeadersPolicy>(),
    root::<shapes::ResponseHeadersPolicyConfig>(),
    root::<shapes::ResponseHeadersPolicyList>(),
    root::<shapes::TagKeys>(),
    root::<shapes::Tags>(),
];
