//! Managed response headers policies (M30 to M36).

use shapes::{
    FrameOptionsList, ReferrerPolicyList, ResponseHeadersPolicyConfig,
    ResponseHeadersPolicyContentTypeOptions, ResponseHeadersPolicyCorsConfig,
    ResponseHeadersPolicyFrameOptions, ResponseHeadersPolicyReferrerPolicy,
    ResponseHeadersPolicySecurityHeadersConfig, ResponseHeadersPolicyStrictTransportSecurity,
    ResponseHeadersPolicyXSSProtection,
};

use super::{counted, shown_name};

/// A managed response headers policy.
pub(super) struct Policy {
    pub(super) id: &'static str,
    /// Without the prefix `Managed-`.
    name: &'static str,
    /// Its CORS block.
    cors: Cors,
    /// Whether it adds the five security headers (M35).
    security: bool,
}

/// The CORS block of a managed policy; none of them overrides the origin (M36).
#[derive(Clone, Copy)]
enum Cors {
    /// No CORS headers.
    None,
    /// Any origin.
    Simple,
    /// Any origin, all methods, everything exposed.
    Preflight,
}

impl Policy {
    /// The document.
    pub(super) fn config(&self) -> ResponseHeadersPolicyConfig {
        ResponseHeadersPolicyConfig {
            name: shown_name(self.name),
            cors_config: self.cors.config(),
            security_headers_config: self.security.then(security),
            ..ResponseHeadersPolicyConfig::default()
        }
    }
}

impl Cors {
    fn config(self) -> Option<ResponseHeadersPolicyCorsConfig> {
        // Of the simple policy the guide names nothing but the origin, so a preflight gets no methods.
        let methods: &[&str] = match self {
            Self::None => return None,
            Self::Simple => &[],
            Self::Preflight => &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        };
        Some(ResponseHeadersPolicyCorsConfig {
            access_control_allow_origins: counted(&["*"]),
            access_control_allow_methods: methods.iter().map(|method| (*method).into()).collect(),
            access_control_expose_headers: matches!(self, Self::Preflight).then(|| counted(&["*"])),
            ..ResponseHeadersPolicyCorsConfig::default()
        })
    }
}

/// M35.
fn security() -> ResponseHeadersPolicySecurityHeadersConfig {
    ResponseHeadersPolicySecurityHeadersConfig {
        xss_protection: Some(ResponseHeadersPolicyXSSProtection {
            protection: true,
            mode_block: Some(true),
            ..ResponseHeadersPolicyXSSProtection::default()
        }),
        frame_options: Some(ResponseHeadersPolicyFrameOptions {
            override_origin: false,
            frame_option: FrameOptionsList::SameOrigin,
        }),
        referrer_policy: Some(ResponseHeadersPolicyReferrerPolicy {
            override_origin: false,
            referrer_policy: ReferrerPolicyList::StrictOriginWhenCrossOrigin,
        }),
        content_type_options: Some(ResponseHeadersPolicyContentTypeOptions { override_origin: true }),
        strict_transport_security: Some(ResponseHeadersPolicyStrictTransportSecurity {
            access_control_max_age_sec: 31_536_000,
            ..ResponseHeadersPolicyStrictTransportSecurity::default()
        }),
        content_security_policy: None,
    }
}

/// M30 to M34.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "60669652-455b-4ae9-85a4-c4c02393f86c",
        name: "SimpleCORS",
        cors: Cors::Simple,
        security: false,
    },
    Policy {
        id: "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        name: "CORS-With-Preflight",
        cors: Cors::Preflight,
        security: false,
    },
    Policy {
        id: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        name: "SecurityHeadersPolicy",
        cors: Cors::None,
        security: true,
    },
    Policy {
        id: "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        name: "CORS-and-SecurityHeadersPolicy",
        cors: Cors::Simple,
        security: true,
    },
    Policy {
        id: "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        name: "CORS-with-preflight-and-SecurityHeadersPolicy",
        cors: Cors::Preflight,
        security: true,
    },
];
