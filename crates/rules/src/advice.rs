//! What is allowed and will disappoint: warnings about custom error responses before the outage they are for.
//!
//! Everything here is decided on the compiled model, the same that viewers are served from. Nothing is refused
//! for it. What only asking the page's origin can tell is not here.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::model::{
    BehaviorIndex, CacheBehavior, Distribution, ErrorPage, ErrorResponse, Methods, OriginKind, OriginSigning,
    Target,
};
use crate::path_pattern;
use crate::ttl;

/// A warning about the custom error response for one HTTP error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The HTTP error code of the custom error response.
    pub error_code: u16,
    /// What will disappoint.
    pub concern: Concern,
}

/// What will disappoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// The page comes from the origin whose failures it is for (A31, A36).
    SameOrigin {
        /// The origin.
        origin: Arc<str>,
        /// A cache behavior whose objects come from it, by its path pattern.
        behavior: Arc<str>,
    },
    /// A cache behavior that comes earlier catches the page's path (A31).
    CaughtEarlier {
        /// Path pattern of the one that wins.
        winner: Arc<str>,
        /// Path pattern of the one that matches too, and is not asked.
        other: Arc<str>,
    },
    /// The page's behavior stores nothing, so every error costs a fetch of the page (B15, B16).
    PageNotCached,
    /// Without a lifetime from the origin this error is never remembered (B05).
    NeedsMaxAge,
    /// This error is never remembered, whatever the error caching minimum TTL says (B04).
    NeverRemembered,
    /// Success for viewers of a behavior that takes writes: programs cannot see the error (A11).
    HidesErrors {
        /// Path pattern of the behavior.
        behavior: Arc<str>,
    },
    /// A bucket that may not be listed says 403 for objects that do not exist (G11).
    BucketHides404 {
        /// The bucket's origin.
        origin: Arc<str>,
    },
    /// The page's bucket is asked without a signature: only public objects can be read (G22).
    BucketUnsigned {
        /// The bucket's origin.
        origin: Arc<str>,
    },
}

// === impl Concern ===

impl Concern {
    /// One word for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::SameOrigin { .. } => "same-origin",
            Self::CaughtEarlier { .. } => "caught-earlier",
            Self::PageNotCached => "page-not-cached",
            Self::NeedsMaxAge => "needs-max-age",
            Self::NeverRemembered => "never-remembered",
            Self::HidesErrors { .. } => "hides-errors",
            Self::BucketHides404 { .. } => "bucket-hides-404",
            Self::BucketUnsigned { .. } => "bucket-unsigned",
        }
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameOrigin { origin, behavior } => write!(
                out,
                "The page comes from the origin {origin}, which also answers the cache behavior {behavior}. When that \
                 origin is down, its page is down too. Keep pages on another origin."
            ),
            Self::CaughtEarlier { winner, other } => write!(
                out,
                "The cache behavior {winner} comes first and serves the page's path; {other} matches it too and is \
                 not asked. Move {other} before {winner} if the page is there."
            ),
            Self::PageNotCached => out.write_str(
                "The cache behavior of the page stores nothing, so the page is fetched again for every error.",
            ),
            Self::NeedsMaxAge => out.write_str(
                "This error is remembered only when the origin sends max-age, s-maxage or the like with it. Without \
                 it every request asks the origin again, whatever the error caching minimum TTL is.",
            ),
            Self::NeverRemembered => {
                out.write_str("This error is never remembered; the error caching minimum TTL has no effect on it.")
            }
            Self::HidesErrors { behavior } => write!(
                out,
                "Viewers get 200 in place of this error, also from the cache behavior {behavior}, which takes \
                 writes. Programs that call it cannot see that it failed."
            ),
            Self::BucketHides404 { origin } => write!(
                out,
                "The bucket of the origin {origin} answers 403 for objects that do not exist unless it may be \
                 listed. Add a custom error response for 403, or grant s3:ListBucket."
            ),
            Self::BucketUnsigned { origin } => write!(
                out,
                "The page's bucket, origin {origin}, is asked without a signature: it can read the page only when \
                 that is public. Give the origin an origin access control."
            ),
        }
    }
}

/// Every warning about the custom error responses of a distribution, ascending by error code.
pub fn advise(distribution: &Distribution) -> Vec<Advice> {
    let mut found = Vec::new();
    for response in distribution.error_responses.iter() {
        let concerns = about(distribution, response);
        found.extend(concerns.into_iter().map(|concern| Advice { error_code: response.error_code, concern }));
    }
    found
}

fn about(distribution: &Distribution, response: &ErrorResponse) -> Vec<Concern> {
    let mut concerns = Vec::new();
    if let Some(page) = &response.page {
        concerns.extend(same_origin(distribution, response.error_code, page));
        concerns.extend(caught_earlier(distribution, page));
        concerns.extend(page_not_cached(distribution, page));
        concerns.extend(bucket_unsigned(distribution, page));
        concerns.extend(hides_errors(distribution, page));
    }
    concerns.extend(memory(response.error_code));
    concerns.extend(bucket_hides_404(distribution, response));
    concerns
}

/// Indices of the origins that a behavior asks.
fn origins_of(behavior: &CacheBehavior) -> [Option<usize>; 2] {
    match behavior.target {
        Target::Origin(index) => [Some(index), None],
        Target::Group { primary, secondary, .. } => [Some(primary), Some(secondary)],
    }
}

fn all_behaviors(distribution: &Distribution) -> impl Iterator<Item = (BehaviorIndex, &CacheBehavior)> {
    let behaviors = &distribution.behaviors;
    let listed = behaviors.listed.iter().enumerate().map(|(at, it)| (BehaviorIndex::Listed(at), it));
    listed.chain(std::iter::once((BehaviorIndex::Default, &behaviors.default)))
}

/// A failure of a behavior means that all origins it asks have failed; a page is lost with it when all of its own
/// origins are among them. An origin that answers 4xx is up, so only failures of the server count.
fn same_origin(distribution: &Distribution, error_code: u16, page: &ErrorPage) -> Option<Concern> {
    if error_code < 500 {
        return None;
    }
    let of_page = origins_of(distribution.behaviors.at(page.behavior));
    let (_, behavior) = all_behaviors(distribution).find(|(index, behavior)| {
        let serves_only_pages = *index == page.behavior && *index != BehaviorIndex::Default;
        let failed = origins_of(behavior);
        !serves_only_pages && of_page.iter().flatten().all(|origin| failed.contains(&Some(*origin)))
    })?;
    let origin = distribution.origins.get(of_page.into_iter().flatten().next()?)?;
    Some(Concern::SameOrigin {
        origin: Arc::clone(&origin.id),
        behavior: Arc::clone(behavior.pattern.shared()),
    })
}

fn caught_earlier(distribution: &Distribution, page: &ErrorPage) -> Option<Concern> {
    let BehaviorIndex::Listed(winner) = page.behavior else { return None };
    let listed = &distribution.behaviors.listed;
    let path = path_pattern::normalize(&page.path);
    let winner_behavior = listed.get(winner)?;
    let other = listed.iter().skip(winner + 1).find(|behavior| {
        behavior.pattern.matches(&path) && origins_of(behavior) != origins_of(winner_behavior)
    })?;
    Some(Concern::CaughtEarlier {
        winner: Arc::clone(winner_behavior.pattern.shared()),
        other: Arc::clone(other.pattern.shared()),
    })
}

fn page_not_cached(distribution: &Distribution, page: &ErrorPage) -> Option<Concern> {
    let behavior = distribution.behaviors.at(page.behavior);
    ttl::caching_is_off(&Method::GET, behavior).map(|_| Concern::PageNotCached)
}

fn bucket_unsigned(distribution: &Distribution, page: &ErrorPage) -> Option<Concern> {
    let mut origins = origins_of(distribution.behaviors.at(page.behavior)).into_iter().flatten();
    let unsigned = origins.find_map(|index| {
        let origin = distribution.origins.get(index)?;
        (origin.kind == OriginKind::S3 && origin.signing == OriginSigning::Unsigned).then_some(origin)
    })?;
    Some(Concern::BucketUnsigned { origin: Arc::clone(&unsigned.id) })
}

fn hides_errors(distribution: &Distribution, page: &ErrorPage) -> Option<Concern> {
    if !page.response_code.is_success() {
        return None;
    }
    let (_, behavior) =
        all_behaviors(distribution).find(|(_, behavior)| behavior.allowed_methods == Methods::All)?;
    Some(Concern::HidesErrors { behavior: Arc::clone(behavior.pattern.shared()) })
}

fn memory(error_code: u16) -> Option<Concern> {
    match error_code {
        416 => Some(Concern::NeverRemembered),
        400 | 403 | 405 | 412 | 415 => Some(Concern::NeedsMaxAge),
        _ => None,
    }
}

/// A bucket that only serves the page is asked for nothing that could be missing.
fn bucket_hides_404(distribution: &Distribution, response: &ErrorResponse) -> Option<Concern> {
    let forbidden = http::StatusCode::FORBIDDEN;
    if response.error_code != 404 || distribution.error_responses.find(forbidden).is_some() {
        return None;
    }
    let of_page = response.page.as_ref().map(|page| page.behavior);
    let serving = all_behaviors(distribution)
        .filter(|(index, _)| *index == BehaviorIndex::Default || of_page != Some(*index));
    let mut origins = serving.flat_map(|(_, behavior)| origins_of(behavior)).flatten();
    let bucket = origins
        .find_map(|index| distribution.origins.get(index).filter(|origin| origin.kind == OriginKind::S3))?;
    Some(Concern::BucketHides404 { origin: Arc::clone(&bucket.id) })
}
