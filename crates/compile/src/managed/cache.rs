//! Managed cache policies (M01 to M11).

use shapes::{
    CachePolicyConfig, CachePolicyCookiesConfig, CachePolicyHeaderBehavior, CachePolicyHeadersConfig,
    CachePolicyQueryStringsConfig, ParametersInCacheKeyAndForwardedToOrigin,
};

use super::{Names, counted, shown_name};

/// A managed cache policy.
pub(super) struct Policy {
    pub(super) id: &'static str,
    /// Without the prefix `Managed-`.
    name: &'static str,
    /// Minimum, default and maximum TTL in seconds.
    ttl_s: [i64; 3],
    /// Headers of the key.
    headers: &'static [&'static str],
    /// Cookies of the key.
    cookies: Names,
    /// Query parameters of the key.
    query: Names,
    /// Whether gzip is part of the key (D30).
    gzip: bool,
    /// Whether brotli is part of the key (D30).
    brotli: bool,
}

impl Policy {
    /// The document.
    pub(super) fn config(&self) -> CachePolicyConfig {
        let [minimum, default, maximum] = self.ttl_s;
        CachePolicyConfig {
            name: shown_name(self.name),
            min_ttl: minimum,
            default_ttl: Some(default),
            max_ttl: Some(maximum),
            parameters_in_cache_key_and_forwarded_to_origin: Some(self.key()),
            ..CachePolicyConfig::default()
        }
    }

    fn key(&self) -> ParametersInCacheKeyAndForwardedToOrigin {
        let headers = (!self.headers.is_empty()).then(|| counted(self.headers));
        let (cookies, cookie_names) = self.cookies.config();
        let (query, query_names) = self.query.config();
        ParametersInCacheKeyAndForwardedToOrigin {
            enable_accept_encoding_gzip: self.gzip,
            enable_accept_encoding_brotli: Some(self.brotli),
            headers_config: CachePolicyHeadersConfig {
                header_behavior: match headers {
                    Some(_) => CachePolicyHeaderBehavior::Whitelist,
                    None => CachePolicyHeaderBehavior::None,
                },
                headers,
            },
            cookies_config: CachePolicyCookiesConfig {
                cookie_behavior: cookies.into(),
                cookies: cookie_names,
            },
            query_strings_config: CachePolicyQueryStringsConfig {
                query_string_behavior: query.into(),
                query_strings: query_names,
            },
        }
    }
}

const ORIGIN_CONTROLLED_HEADERS: &[&str] =
    &["Host", "Origin", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"];

/// M01 to M07.
pub(super) const POLICIES: &[Policy] = &[
    Policy {
        id: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        name: "CachingOptimized",
        ttl_s: [1, 86_400, 31_536_000],
        headers: &[],
        cookies: Names::None,
        query: Names::None,
        gzip: true,
        brotli: true,
    },
    Policy {
        id: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        name: "CachingOptimizedForUncompressedObjects",
        ttl_s: [1, 86_400, 31_536_000],
        headers: &[],
        cookies: Names::None,
        query: Names::None,
        gzip: false,
        brotli: false,
    },
    Policy {
        id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        name: "CachingDisabled",
        ttl_s: [0, 0, 0],
        headers: &[],
        cookies: Names::None,
        query: Names::None,
        gzip: false,
        brotli: false,
    },
    Policy {
        id: "2e54312d-136d-493c-8eb9-b001f22f67d2",
        name: "Amplify",
        ttl_s: [2, 2, 600],
        headers: &["Authorization", "CloudFront-Viewer-Country", "Host"],
        cookies: Names::All,
        query: Names::All,
        gzip: true,
        brotli: true,
    },
    Policy {
        id: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        name: "Elemental-MediaPackage",
        ttl_s: [0, 86_400, 31_536_000],
        headers: &["Origin"],
        cookies: Names::None,
        query: Names::Only(&["aws.manifestfilter", "start", "end", "m"]),
        gzip: true,
        brotli: false,
    },
    Policy {
        id: "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        name: "UseOriginCacheControlHeaders",
        ttl_s: [0, 0, 31_536_000],
        headers: ORIGIN_CONTROLLED_HEADERS,
        cookies: Names::All,
        query: Names::None,
        gzip: true,
        brotli: true,
    },
    Policy {
        id: "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        name: "UseOriginCacheControlHeaders-QueryStrings",
        ttl_s: [0, 0, 31_536_000],
        headers: ORIGIN_CONTROLLED_HEADERS,
        cookies: Names::All,
        query: Names::All,
        gzip: true,
        brotli: true,
    },
];

/// M08 to M11: ids and names of policies whose values are not public.
pub(super) const WITHHELD: &[(&str, &str)] = &[
    ("4d1d2f1d-3a71-49ad-9e08-7ea5d843a556", "Amplify-Default"),
    ("a6bad946-36c3-4c33-aa98-362c74a7fb13", "Amplify-DefaultNoCookies"),
    ("1c6db51a-a33f-469a-8245-dae26771f530", "Amplify-ImageOptimization"),
    ("7e5fad67-ee98-4ad0-b05a-394999eefc1a", "Amplify-StaticContent"),
];
