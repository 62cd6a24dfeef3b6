//! Managed cache policies (M01 to M11).

use std::time::Duration;

use rules::model::{Caching, CachingMode, KeyParts, TtlBounds};

use super::{ManagedNames, header_names};

/// A managed cache policy.
#[derive(Debug)]
pub struct ManagedCachePolicy {
    /// Its id.
    pub id: &'static str,
    /// Its name, without the prefix `Managed-`.
    pub name: &'static str,
    /// Minimum, default and maximum TTL in seconds.
    pub ttl_s: [u64; 3],
    /// Headers of the key, lower-case.
    pub headers: &'static [&'static str],
    /// Cookies of the key.
    pub cookies: ManagedNames,
    /// Query parameters of the key.
    pub query: ManagedNames,
    /// Whether gzip is part of the key (D30).
    pub gzip: bool,
    /// Whether brotli is part of the key (D30).
    pub brotli: bool,
}

impl ManagedCachePolicy {
    /// The policy with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        CACHE_POLICIES.iter().find(|policy| policy.id == id)
    }

    /// As the model says it.
    pub fn caching(&self) -> Caching {
        let [minimum, default, maximum] = self.ttl_s.map(Duration::from_secs);
        Caching {
            mode: if maximum.is_zero() { CachingMode::Disabled } else { CachingMode::Enabled },
            ttl: TtlBounds { minimum, default, maximum },
            key: KeyParts {
                query: self.query.selection(),
                headers: header_names(self.headers),
                cookies: self.cookies.selection(),
                gzip: self.gzip,
                brotli: self.brotli,
            },
        }
    }
}

const ORIGIN_CONTROLLED_HEADERS: &[&str] =
    &["host", "origin", "x-http-method", "x-http-method-override", "x-method-override"];

/// M01 to M07.
pub const CACHE_POLICIES: &[ManagedCachePolicy] = &[
    ManagedCachePolicy {
        id: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        name: "CachingOptimized",
        ttl_s: [1, 86_400, 31_536_000],
        headers: &[],
        cookies: ManagedNames::None,
        query: ManagedNames::None,
        gzip: true,
        brotli: true,
    },
    ManagedCachePolicy {
        id: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        name: "CachingOptimizedForUncompressedObjects",
        ttl_s: [1, 86_400, 31_536_000],
        headers: &[],
        cookies: ManagedNames::None,
        query: ManagedNames::None,
        gzip: false,
        brotli: false,
    },
    ManagedCachePolicy {
        id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        name: "CachingDisabled",
        ttl_s: [0, 0, 0],
        headers: &[],
        cookies: ManagedNames::None,
        query: ManagedNames::None,
        gzip: false,
        brotli: false,
    },
    ManagedCachePolicy {
        id: "2e54312d-136d-493c-8eb9-b001f22f67d2",
        name: "Amplify",
        ttl_s: [2, 2, 600],
        headers: &["authorization", "cloudfront-viewer-country", "host"],
        cookies: ManagedNames::All,
        query: ManagedNames::All,
        gzip: true,
        brotli: true,
    },
    ManagedCachePolicy {
        id: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        name: "Elemental-MediaPackage",
        ttl_s: [0, 86_400, 31_536_000],
        headers: &["origin"],
        cookies: ManagedNames::None,
        query: ManagedNames::Only(&["aws.manifestfilter", "start", "end", "m"]),
        gzip: true,
        brotli: false,
    },
    ManagedCachePolicy {
        id: "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        name: "UseOriginCacheControlHeaders",
        ttl_s: [0, 0, 31_536_000],
        headers: ORIGIN_CONTROLLED_HEADERS,
        cookies: ManagedNames::All,
        query: ManagedNames::None,
        gzip: true,
        brotli: true,
    },
    ManagedCachePolicy {
        id: "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        name: "UseOriginCacheControlHeaders-QueryStrings",
        ttl_s: [0, 0, 31_536_000],
        headers: ORIGIN_CONTROLLED_HEADERS,
        cookies: ManagedNames::All,
        query: ManagedNames::All,
        gzip: true,
        brotli: true,
    },
];

/// M08 to M11: ids and names of policies whose values are not public.
pub const WITHHELD_CACHE_POLICIES: &[(&str, &str)] = &[
    ("4d1d2f1d-3a71-49ad-9e08-7ea5d843a556", "Amplify-Default"),
    ("a6bad946-36c3-4c33-aa98-362c74a7fb13", "Amplify-DefaultNoCookies"),
    ("1c6db51a-a33f-469a-8245-dae26771f530", "Amplify-ImageOptimization"),
    ("7e5fad67-ee98-4ad0-b05a-394999eefc1a", "Amplify-StaticContent"),
];
