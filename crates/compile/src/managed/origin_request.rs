//! Managed origin request policies (M20 to M29).

use shapes::{
    OriginRequestPolicyConfig, OriginRequestPolicyCookiesConfig, OriginRequestPolicyHeadersConfig,
    OriginRequestPolicyQueryStringsConfig,
};

use super::{Names, counted, shown_name};

/// A managed origin request policy.
pub(super) struct Policy {
    pub(super) id: &'static str,
    /// Without the prefix `Managed-`.
    name: &'static str,
    /// Headers sent to the origin.
    headers: Headers,
    /// Cookies sent to the origin.
    cookies: Names,
    /// Query parameters sent to the origin.
    query: Names,
}

/// Which headers a managed policy sends to the origin.
enum Headers {
    /// Every viewer header.
    AllViewer,
    /// Every viewer header and these generated ones.
    AllViewerAnd(&'static [&'static str]),
    /// Every viewer header except these.
    AllViewerExcept(&'static [&'static str]),
    /// Only these.
    Only(&'static [&'static str]),
}

impl Policy {
    /// The document.
    pub(super) fn config(&self) -> OriginRequestPolicyConfig {
        let (headers, header_names) = match self.headers {
            Headers::AllViewer => ("allViewer", None),
            Headers::AllViewerAnd(names) => ("allViewerAndWhitelistCloudFront", Some(names)),
            Headers::AllViewerExcept(names) => ("allExcept", Some(names)),
            Headers::Only(names) => ("whitelist", Some(names)),
        };
        let (cookies, cookie_names) = self.cookies.config();
        let (query, query_names) = self.query.config();
        OriginRequestPolicyConfig {
            comment: None,
            name: shown_name(self.name),
            headers_config: OriginRequestPolicyHeadersConfig {
                header_behavior: headers.into(),
                headers: header_names.map(counted),
            },
            cookies_config: OriginRequestPolicyCookiesConfig {
                cookie_behavior: cookies.into(),
                cookies: cookie_names,
            },
            query_strings_config: OriginRequestPolicyQueryStringsConfig {
                query_string_behavior: query.into(),
                query_strings: query_names,
            },
        }
    }
}

/// The generated headers of M21 (M28).
const GENERATED_HEADERS_2022_06: &[&str] = &[
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-City",
    "CloudFront-Viewer-Country",
    "CloudFront-Viewer-Country-Name",
    "CloudFront-Viewer-Country-Region",
    "CloudFront-Viewer-Country-Region-Name",
    "CloudFront-Viewer-Http-Version",
    "CloudFront-Viewer-Latitude",
    "CloudFront-Viewer-Longitude",
    "CloudFront-Viewer-Metro-Code",
    "CloudFront-Viewer-Postal-Code",
    "CloudFront-Viewer-Time-Zone",
    "CloudFront-Viewer-TLS",
];

/// M20 to M27.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        name: "AllViewer",
        headers: Headers::AllViewer,
        cookies: Names::All,
        query: Names::All,
    },
    Policy {
        id: "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        name: "AllViewerAndCloudFrontHeaders-2022-06",
        headers: Headers::AllViewerAnd(GENERATED_HEADERS_2022_06),
        cookies: Names::All,
        query: Names::All,
    },
    Policy {
        id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        name: "AllViewerExceptHostHeader",
        headers: Headers::AllViewerExcept(&["Host"]),
        cookies: Names::All,
        query: Names::All,
    },
    Policy {
        id: "59781a5b-3903-41f3-afcb-af62929ccde1",
        name: "CORS-CustomOrigin",
        headers: Headers::Only(&["Origin"]),
        cookies: Names::None,
        query: Names::None,
    },
    Policy {
        id: "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        name: "CORS-S3Origin",
        headers: Headers::Only(&[
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Origin",
        ]),
        cookies: Names::None,
        query: Names::None,
    },
    Policy {
        id: "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        name: "Elemental-MediaTailor-PersonalizedManifests",
        headers: Headers::Only(&[
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Origin",
            "User-Agent",
            "X-Forwarded-For",
        ]),
        cookies: Names::None,
        query: Names::All,
    },
    Policy {
        id: "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        name: "HostHeaderOnly",
        headers: Headers::Only(&["Host"]),
        cookies: Names::None,
        query: Names::None,
    },
    Policy {
        id: "acba4595-bd28-49b8-b9fe-13317c0390fa",
        name: "UserAgentRefererHeaders",
        headers: Headers::Only(&["Referer", "User-Agent"]),
        cookies: Names::None,
        query: Names::None,
    },
];
