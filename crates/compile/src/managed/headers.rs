//! Managed response headers policies (M30 to M36).

use http::header::{HeaderName, HeaderValue};
use rules::model::{AllowOrigins, Cors, ResponseHeadersPolicy, SetHeader};

/// A managed response headers policy.
#[derive(Debug)]
pub struct ManagedResponseHeadersPolicy {
    /// Its id.
    pub id: &'static str,
    /// Its name, without the prefix `Managed-`.
    pub name: &'static str,
    /// Its CORS block.
    pub cors: ManagedCors,
    /// Whether it adds the five security headers (M35).
    pub security: bool,
}

/// The CORS block of a managed policy; none of them overrides the origin (M36).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagedCors {
    /// No CORS headers.
    None,
    /// Any origin.
    Simple,
    /// Any origin, all methods, everything exposed.
    Preflight,
}

impl ManagedResponseHeadersPolicy {
    /// The policy with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        MANAGED_RESPONSE_HEADERS_POLICIES.iter().find(|policy| policy.id == id)
    }

    /// As the model says it.
    pub fn compiled(&self) -> ResponseHeadersPolicy {
        ResponseHeadersPolicy {
            id: self.id.into(),
            remove: Box::default(),
            cors: self.cors.compiled(),
            set: if self.security { security_headers() } else { Box::default() },
            server_timing: None,
        }
    }
}

impl ManagedCors {
    fn compiled(self) -> Option<Cors> {
        let (methods, expose) = match self {
            Self::None => return None,
            // Nothing but the origin is named, so a preflight gets no methods.
            Self::Simple => ("", None),
            Self::Preflight => {
                ("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", Some(HeaderValue::from_static("*")))
            }
        };
        Some(Cors {
            override_origin: false,
            allow_origins: AllowOrigins::Any,
            allow_headers: Box::default(),
            allow_methods: HeaderValue::from_static(methods),
            allow_credentials: false,
            expose_headers: expose,
            max_age_s: None,
        })
    }
}

/// M35: name, value, whether it replaces the origin's.
const SECURITY_HEADERS: [(&str, &str, bool); 5] = [
    ("referrer-policy", "strict-origin-when-cross-origin", false),
    ("strict-transport-security", "max-age=31536000", false),
    ("x-content-type-options", "nosniff", true),
    ("x-frame-options", "SAMEORIGIN", false),
    ("x-xss-protection", "1; mode=block", false),
];

fn security_headers() -> Box<[SetHeader]> {
    SECURITY_HEADERS
        .into_iter()
        .map(|(name, value, override_origin)| SetHeader {
            name: HeaderName::from_static(name),
            value: HeaderValue::from_static(value),
            override_origin,
        })
        .collect()
}

/// M30 to M34.
pub const MANAGED_RESPONSE_HEADERS_POLICIES: &[ManagedResponseHeadersPolicy] = &[
    ManagedResponseHeadersPolicy {
        id: "60669652-455b-4ae9-85a4-c4c02393f86c",
        name: "SimpleCORS",
        cors: ManagedCors::Simple,
        security: false,
    },
    ManagedResponseHeadersPolicy {
        id: "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        name: "CORS-With-Preflight",
        cors: ManagedCors::Preflight,
        security: false,
    },
    ManagedResponseHeadersPolicy {
        id: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        name: "SecurityHeadersPolicy",
        cors: ManagedCors::None,
        security: true,
    },
    ManagedResponseHeadersPolicy {
        id: "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        name: "CORS-and-SecurityHeadersPolicy",
        cors: ManagedCors::Simple,
        security: true,
    },
    ManagedResponseHeadersPolicy {
        id: "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        name: "CORS-with-preflight-and-SecurityHeadersPolicy",
        cors: ManagedCors::Preflight,
        security: true,
    },
];
