//! Response headers policies: headers that viewers get beyond the origin's.

use super::ResponseHeadersPolicyType;
use crate::{Counted, Shape, Timestamp, string_enum::string_enum};

/// A response headers policy: the document that callers write.
#[derive(Debug, Clone, PartialEq, Default, Shape)]
pub struct ResponseHeadersPolicyConfig {
    /// A note for people.
    pub comment: Option<String>,
    /// Its name, unique in the account.
    pub name: String,
    /// Headers for requests from other sites.
    pub cors_config: Option<ResponseHeadersPolicyCorsConfig>,
    /// Headers that protect the viewer.
    pub security_headers_config: Option<ResponseHeadersPolicySecurityHeadersConfig>,
    /// The `Server-Timing` header.
    pub server_timing_headers_config: Option<ResponseHeadersPolicyServerTimingHeadersConfig>,
    /// Any other headers.
    #[shape(item = "ResponseHeadersPolicyCustomHeader")]
    pub custom_headers_config: Option<Counted<ResponseHeadersPolicyCustomHeader>>,
    /// Headers that are taken away.
    #[shape(item = "ResponseHeadersPolicyRemoveHeader")]
    pub remove_headers_config: Option<Counted<ResponseHeadersPolicyRemoveHeader>>,
}

/// Headers for requests from other sites.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyCorsConfig {
    /// Sites that may ask.
    #[shape(item = "Origin")]
    pub access_control_allow_origins: Counted<String>,
    /// Headers that they may send.
    #[shape(item = "Header")]
    pub access_control_allow_headers: Counted<String>,
    /// Methods that they may use.
    #[shape(item = "Method")]
    pub access_control_allow_methods: Counted<ResponseHeadersPolicyAccessControlAllowMethodsValues>,
    /// Whether they may send credentials.
    pub access_control_allow_credentials: bool,
    /// Headers of the answer that they may read.
    #[shape(item = "Header")]
    pub access_control_expose_headers: Option<Counted<String>>,
    /// How long a preflight's answer may be remembered, in seconds.
    pub access_control_max_age_sec: Option<i32>,
    /// Whether these replace the origin's.
    pub origin_override: bool,
}

/// Headers that protect the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicySecurityHeadersConfig {
    /// `X-XSS-Protection`
    #[shape(name = "XSSProtection")]
    pub xss_protection: Option<ResponseHeadersPolicyXSSProtection>,
    /// `X-Frame-Options`
    pub frame_options: Option<ResponseHeadersPolicyFrameOptions>,
    /// `Referrer-Policy`
    pub referrer_policy: Option<ResponseHeadersPolicyReferrerPolicy>,
    /// `Content-Security-Policy`
    pub content_security_policy: Option<ResponseHeadersPolicyContentSecurityPolicy>,
    /// `X-Content-Type-Options`
    pub content_type_options: Option<ResponseHeadersPolicyContentTypeOptions>,
    /// `Strict-Transport-Security`
    pub strict_transport_security: Option<ResponseHeadersPolicyStrictTransportSecurity>,
}

/// `X-XSS-Protection`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyXSSProtection {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
    /// Whether the filter is on.
    pub protection: bool,
    /// Whether a page is blocked instead of repaired.
    pub mode_block: Option<bool>,
    /// Where reports go.
    pub report_uri: Option<String>,
}

/// `X-Frame-Options`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyFrameOptions {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
    /// Its value.
    pub frame_option: FrameOptionsList,
}

/// `Referrer-Policy`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyReferrerPolicy {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
    /// Its value.
    pub referrer_policy: ReferrerPolicyList,
}

/// `Content-Security-Policy`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyContentSecurityPolicy {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
    /// Its value.
    pub content_security_policy: String,
}

/// `X-Content-Type-Options: nosniff`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyContentTypeOptions {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
}

/// `Strict-Transport-Security`
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyStrictTransportSecurity {
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
    /// Whether names below the host's are meant too.
    pub include_subdomains: Option<bool>,
    /// Whether browsers may know it beforehand.
    pub preload: Option<bool>,
    /// How long it holds, in seconds.
    pub access_control_max_age_sec: i32,
}

/// The `Server-Timing` header.
#[derive(Debug, Clone, PartialEq, Default, Shape)]
pub struct ResponseHeadersPolicyServerTimingHeadersConfig {
    /// Whether it is sent.
    pub enabled: bool,
    /// For how many of a hundred answers, up to four decimals.
    pub sampling_rate: Option<f64>,
}

/// A header of the caller's choice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyCustomHeader {
    /// Its name.
    pub header: String,
    /// Its value.
    pub value: String,
    /// Whether it replaces the origin's.
    #[shape(name = "Override")]
    pub override_origin: bool,
}

/// A header that is taken away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ResponseHeadersPolicyRemoveHeader {
    /// Its name.
    pub header: String,
}

string_enum! {
    /// A method that other sites may use.
    ResponseHeadersPolicyAccessControlAllowMethodsValues {
        Get = "GET",
        Post = "POST",
        Options = "OPTIONS",
        Put = "PUT",
        Delete = "DELETE",
        Patch = "PATCH",
        Head = "HEAD",
        All = "ALL",
    }
}

string_enum! {
    /// Who may frame a page.
    FrameOptionsList {
        Deny = "DENY",
        SameOrigin = "SAMEORIGIN",
    }
}

string_enum! {
    /// What a link's target learns about the page.
    ReferrerPolicyList {
        NoReferrer = "no-referrer",
        NoReferrerWhenDowngrade = "no-referrer-when-downgrade",
        Origin = "origin",
        OriginWhenCrossOrigin = "origin-when-cross-origin",
        SameOrigin = "same-origin",
        StrictOrigin = "strict-origin",
        StrictOriginWhenCrossOrigin = "strict-origin-when-cross-origin",
        UnsafeUrl = "unsafe-url",
    }
}

/// A response headers policy as the API shows it.
#[derive(Debug, Clone, PartialEq, Default, Shape)]
pub struct ResponseHeadersPolicy {
    /// Its id.
    pub id: String,
    /// When it was last written.
    pub last_modified_time: Timestamp,
    /// What it says.
    pub response_headers_policy_config: ResponseHeadersPolicyConfig,
}

/// A page of the list of response headers policies.
#[derive(Debug, Clone, PartialEq, Default, Shape)]
pub struct ResponseHeadersPolicyList {
    /// Where the next page begins; absent on the last.
    pub next_marker: Option<String>,
    /// The most entries of a page.
    pub max_items: i32,
    /// Entries on this page.
    pub quantity: i32,
    /// The policies.
    #[shape(item = "ResponseHeadersPolicySummary")]
    pub items: Vec<ResponseHeadersPolicySummary>,
}

/// A response headers policy in a list.
#[derive(Debug, Clone, PartialEq, Default, Shape)]
pub struct ResponseHeadersPolicySummary {
    /// Where it comes from.
    #[shape(name = "Type")]
    pub policy_type: ResponseHeadersPolicyType,
    /// The policy.
    pub response_headers_policy: ResponseHeadersPolicy,
}
