//! Origin access controls: how requests to an origin are signed.

use crate::{Shape, string_enum::string_enum};

/// How requests are signed: the document that callers write.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginAccessControlConfig {
    /// Its name, unique in the account.
    pub name: String,
    /// A note for people.
    pub description: Option<String>,
    /// The signature's protocol.
    pub signing_protocol: OriginAccessControlSigningProtocols,
    /// Which requests are signed.
    pub signing_behavior: OriginAccessControlSigningBehaviors,
    /// What kind of origin it is for.
    pub origin_access_control_origin_type: OriginAccessControlOriginTypes,
}

/// An origin access control as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginAccessControl {
    /// Its id.
    pub id: String,
    /// How requests are signed.
    pub origin_access_control_config: Option<OriginAccessControlConfig>,
}

/// A page of the list of origin access controls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginAccessControlList {
    /// Where this page begins: what the caller sent.
    pub marker: String,
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Whether more follow.
    pub is_truncated: bool,
    /// Entries on this page.
    pub quantity: i32,
    /// The origin access controls.
    #[shape(item = "OriginAccessControlSummary")]
    pub items: Vec<OriginAccessControlSummary>,
}

/// An origin access control in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginAccessControlSummary {
    /// Its id.
    pub id: String,
    /// A note for people; empty for none.
    pub description: String,
    /// Its name.
    pub name: String,
    /// The signature's protocol.
    pub signing_protocol: OriginAccessControlSigningProtocols,
    /// Which requests are signed.
    pub signing_behavior: OriginAccessControlSigningBehaviors,
    /// What kind of origin it is for.
    pub origin_access_control_origin_type: OriginAccessControlOriginTypes,
}

string_enum! {
    /// The protocol of a signature.
    OriginAccessControlSigningProtocols {
        Sigv4 = "sigv4",
    }
}

string_enum! {
    /// Which requests are signed; `no-override` spares those that carry the viewer's own `Authorization`.
    OriginAccessControlSigningBehaviors {
        Never = "never",
        Always = "always",
        NoOverride = "no-override",
    }
}

string_enum! {
    /// What kind of origin is asked.
    OriginAccessControlOriginTypes {
        S3 = "s3",
        MediaStore = "mediastore",
        MediaPackageV2 = "mediapackagev2",
        Lambda = "lambda",
    }
}
