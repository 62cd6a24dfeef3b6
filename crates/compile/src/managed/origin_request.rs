//! Managed origin request policies (M20 to M29).

use rules::model::HeaderSelection;

use super::{ManagedNames, header_names};

/// A managed origin request policy.
#[derive(Debug)]
pub struct ManagedOriginRequestPolicy {
    /// Its id.
    pub id: &'static str,
    /// Its name, without the prefix `Managed-`.
    pub name: &'static str,
    /// Headers sent to the origin.
    pub headers: ManagedHeaders,
    /// Cookies sent to the origin.
    pub cookies: ManagedNames,
    /// Query parameters sent to the origin.
    pub query: ManagedNames,
}

/// Which headers a managed policy sends to the origin; names are lower-case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagedHeaders {
    /// Every viewer header.
    AllViewer,
    /// Every viewer header and these generated ones.
    AllViewerAnd(&'static [&'static str]),
    /// Every viewer header except these.
    AllViewerExcept(&'static [&'static str]),
    /// Only these.
    Only(&'static [&'static str]),
}

impl ManagedOriginRequestPolicy {
    /// The policy with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        ORIGIN_REQUEST_POLICIES.iter().find(|policy| policy.id == id)
    }

    /// The headers as the model says them.
    pub fn header_selection(&self) -> HeaderSelection {
        match self.headers {
            ManagedHeaders::AllViewer => HeaderSelection::AllViewer,
            ManagedHeaders::AllViewerAnd(names) => HeaderSelection::AllViewerAnd(header_names(names)),
            ManagedHeaders::AllViewerExcept(names) => HeaderSelection::AllViewerExcept(header_names(names)),
            ManagedHeaders::Only(names) => HeaderSelection::Only(header_names(names)),
        }
    }
}

/// The generated headers of M21 (M28).
const GENERATED_HEADERS_2022_06: &[&str] = &[
    "cloudfront-forwarded-proto",
    "cloudfront-is-android-viewer",
    "cloudfront-is-desktop-viewer",
    "cloudfront-is-ios-viewer",
    "cloudfront-is-mobile-viewer",
    "cloudfront-is-smarttv-viewer",
    "cloudfront-is-tablet-viewer",
    "cloudfront-viewer-address",
    "cloudfront-viewer-asn",
    "cloudfront-viewer-city",
    "cloudfront-viewer-country",
    "cloudfront-viewer-country-name",
    "cloudfront-viewer-country-region",
    "cloudfront-viewer-country-region-name",
    "cloudfront-viewer-http-version",
    "cloudfront-viewer-latitude",
    "cloudfront-viewer-longitude",
    "cloudfront-viewer-metro-code",
    "cloudfront-viewer-postal-code",
    "cloudfront-viewer-time-zone",
    "cloudfront-viewer-tls",
];

/// M20 to M27.
pub const ORIGIN_REQUEST_POLICIES: &[ManagedOriginRequestPolicy] = &[
    ManagedOriginRequestPolicy {
        id: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        name: "AllViewer",
        headers: ManagedHeaders::AllViewer,
        cookies: ManagedNames::All,
        query: ManagedNames::All,
    },
    ManagedOriginRequestPolicy {
        id: "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        name: "AllViewerAndCloudFrontHeaders-2022-06",
        headers: ManagedHeaders::AllViewerAnd(GENERATED_HEADERS_2022_06),
        cookies: ManagedNames::All,
        query: ManagedNames::All,
    },
    ManagedOriginRequestPolicy {
        id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        name: "AllViewerExceptHostHeader",
        headers: ManagedHeaders::AllViewerExcept(&["host"]),
        cookies: ManagedNames::All,
        query: ManagedNames::All,
    },
    ManagedOriginRequestPolicy {
        id: "59781a5b-3903-41f3-afcb-af62929ccde1",
        name: "CORS-CustomOrigin",
        headers: ManagedHeaders::Only(&["origin"]),
        cookies: ManagedNames::None,
        query: ManagedNames::None,
    },
    ManagedOriginRequestPolicy {
        id: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        name: "CORS-S3Origin",
        headers: ManagedHeaders::Only(&[
            "access-control-request-headers",
            "access-control-request-method",
            "origin",
        ]),
        cookies: ManagedNames::None,
        query: ManagedNames::None,
    },
    ManagedOriginRequestPolicy {
        id: "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        name: "Elemental-MediaTailor-PersonalizedManifests",
        headers: ManagedHeaders::Only(&[
            "access-control-request-headers",
            "access-control-request-method",
            "origin",
            "user-agent",
            "x-forwarded-for",
        ]),
        cookies: ManagedNames::None,
        query: ManagedNames::All,
    },
    ManagedOriginRequestPolicy {
        id: "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        name: "HostHeaderOnly",
        headers: ManagedHeaders::Only(&["host"]),
        cookies: ManagedNames::None,
        query: ManagedNames::None,
    },
    ManagedOriginRequestPolicy {
        id: "acba4595-bd28-49b8-b9fe-13317c0390fa",
        name: "UserAgentRefererHeaders",
        headers: ManagedHeaders::Only(&["referer", "user-agent"]),
        cookies: ManagedNames::None,
        query: ManagedNames::None,
    },
];
