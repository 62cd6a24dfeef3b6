//! Which headers of a request a policy may name (D23, D24, F.2, A35).

use http::header::HeaderName;

use super::names::Choice;
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};

/// What a name is listed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// To be part of the cache key.
    CacheKey,
    /// To be sent to origins.
    OriginRequest,
    /// To be sent to origins, CloudFront's own only.
    OriginRequestGenerated,
    /// To be kept from origins.
    Except,
}

/// Headers of one connection and such that the edge writes or withholds whatever a policy says, lower-case.
const NEVER: [&str; 13] = [
    "connection",
    "content-length",
    "cookie",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Headers that cannot be part of a key besides those (F17), lower-case.
const NOT_IN_KEY: [&str; 4] = ["cache-control", "max-forwards", "pragma", "request-range"];

/// CloudFront's own headers that a cache policy may name (D24), as people write them.
const GENERATED_FOR_KEY: [&str; 18] = [
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
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
];

/// CloudFront's own headers that only an origin request policy may name (D24, A35).
const GENERATED_FOR_ORIGIN: [&str; 9] = [
    "CloudFront-Error-Args",
    "CloudFront-Error-Uri",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-Header-Count",
    "CloudFront-Viewer-Header-Order",
    "CloudFront-Viewer-JA3-Fingerprint",
    "CloudFront-Viewer-JA4-Fingerprint",
    "CloudFront-Viewer-TLS",
];

/// Reports every name of `choice` that cannot be used.
pub(crate) fn check(report: &mut Report, choice: &Choice<'_>, purpose: Use) {
    for (index, name) in choice.names.iter().enumerate() {
        let path = choice.item_path(index);
        let accepted = match HeaderName::from_bytes(name.as_bytes()) {
            Ok(header) => refusal(header.as_str(), purpose),
            Err(_) => Some("the name of a header".to_owned()),
        };
        if let Some(accepted) = accepted {
            let message = format!("{path} is {}. Accepted: {accepted}.", Quoted(name));
            report.add(Stage::Field, INVALID_ARGUMENT, path, message);
        }
    }
    choice.check_once(report, str::to_ascii_lowercase);
}

/// What would be accepted instead of `name`, which is lower-case; `None` when it is accepted.
fn refusal(name: &str, purpose: Use) -> Option<String> {
    let is_own = name.starts_with("cloudfront-");
    let for_key = || is_one_of(name, &GENERATED_FOR_KEY);
    let for_origin = || for_key() || is_one_of(name, &GENERATED_FOR_ORIGIN);
    let never = || NEVER.contains(&name) || name.starts_with("x-edge-");
    match purpose {
        Use::CacheKey if is_own => {
            (!for_key()).then(|| format!("of CloudFront's own headers {}", GENERATED_FOR_KEY.join(", ")))
        }
        Use::CacheKey => (never() || NOT_IN_KEY.contains(&name))
            .then(|| "the name of a header that can be part of the cache key".to_owned()),
        Use::OriginRequest if !is_own => {
            never().then(|| "the name of a header that can be sent to an origin".to_owned())
        }
        Use::OriginRequest | Use::OriginRequestGenerated => (!for_origin()).then(|| {
            let own = GENERATED_FOR_KEY.iter().chain(&GENERATED_FOR_ORIGIN).copied();
            format!("of CloudFront's own headers {}", own.collect::<Vec<_>>().join(", "))
        }),
        Use::Except => None,
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
