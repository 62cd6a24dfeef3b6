//! What is refused before anything else is looked at: ways to sign that are not supported, signatures that leave out what
//! matters, and requests for what this server does not do, so that nothing is silently ignored.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method};
use s3s::{S3Error, S3ErrorCode, s3_error};

use crate::error::not_implemented;
use crate::query;

/// Parameters that belong to a signature in the query, in lower case.
const SIGNATURE_PARAMETERS: [&str; 6] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// Parameters of requests to buckets and of requests that change something. All others are refused.
const PARAMETERS: [&str; 25] = [
    "bucket-region",
    "continuation-token",
    "delete",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "location",
    "marker",
    "max-buckets",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "partNumber",
    "policy",
    "policyStatus",
    "prefix",
    "start-after",
    "upload-id-marker",
    "uploadId",
    "uploads",
    "x-amz-checksum-mode",
    "x-id",
];

/// Sub-resources of objects that this server does not have. Other parameters of a read are ignored, as S3 does: they may
/// come from a viewer.
const OBJECT_SUBRESOURCES: [&str; 11] = [
    "acl",
    "attributes",
    "legal-hold",
    "object-lambda",
    "partNumber",
    "retention",
    "select",
    "tagging",
    "torrent",
    "versionId",
    "versions",
];

/// Headers of S3 that are understood, or that change nothing. All others of a request that changes something are refused.
const HEADERS: [&str; 24] = [
    "x-amz-bucket-region",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-checksum-type",
    "x-amz-cf-id",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-range",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-expected-bucket-owner",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-request-payer",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-tagging-directive",
    "x-amz-trailer",
    "x-amz-user-agent",
];

/// Longest that a signature in a query may be valid, in seconds.
const MAX_EXPIRES_S: u64 = 7 * 24 * 60 * 60;

/// Looks at the head of a request.
pub(crate) fn check(head: &Parts) -> Result<(), S3Error> {
    check_method(head)?;
    check_signature(head)?;
    let is_read_of_object = matches!(head.method, Method::GET | Method::HEAD) && is_object(head.uri.path());
    let refused = query::pairs(head.uri.query().unwrap_or_default()).find(|(name, _)| {
        let is_known = PARAMETERS.contains(&&**name)
            || SIGNATURE_PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
        if is_read_of_object { OBJECT_SUBRESOURCES.contains(&&**name) } else { !is_known }
    });
    if let Some((name, _)) = refused {
        return Err(not_implemented(&name));
    }
    if is_read_of_object {
        return check_headers(&head.headers, |name| name.starts_with("x-amz-server-side-encryption"));
    }
    check_acl(&head.headers)?;
    check_headers(&head.headers, |name| {
        name.starts_with("x-amz-") && !name.starts_with("x-amz-meta-") && !HEADERS.contains(&name)
    })
}

/// Whether a path names an object.
fn is_object(path: &str) -> bool {
    path.strip_prefix('/').and_then(|path| path.split_once('/')).is_some_and(|(_, key)| !key.is_empty())
}

fn check_method(head: &Parts) -> Result<(), S3Error> {
    match head.method {
        Method::GET | Method::HEAD | Method::PUT | Method::DELETE => Ok(()),
        Method::POST => {
            let kind = head.headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
            if kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
                return Err(not_implemented("uploads by HTML forms"));
            }
            Ok(())
        }
        Method::OPTIONS => {
            let code = S3ErrorCode::Custom("AccessForbidden".into());
            let mut error = S3Error::with_message(code, "CORSResponse: CORS is not enabled for this bucket.");
            error.set_status_code(http::StatusCode::FORBIDDEN);
            Err(error)
        }
        _ => Err(s3_error!(
            MethodNotAllowed,
            "The method is not allowed. Accepted: GET, HEAD, PUT, POST, DELETE."
        )),
    }
}

/// An ACL that leaves everything with the owner changes nothing; buckets have no others.
fn check_acl(headers: &HeaderMap) -> Result<(), S3Error> {
    let grants = headers.keys().any(|name| name.as_str().starts_with("x-amz-grant-"));
    let canned = headers.get("x-amz-acl").map(|value| value.as_bytes());
    if grants || canned.is_some_and(|acl| acl != b"private" && acl != b"bucket-owner-full-control") {
        return Err(s3_error!(
            AccessControlListNotSupported,
            "The bucket does not allow ACLs. Accepted: private, bucket-owner-full-control, or none; a bucket policy \
             grants access to others."
        ));
    }
    Ok(())
}

fn check_headers(headers: &HeaderMap, is_refused: impl Fn(&str) -> bool) -> Result<(), S3Error> {
    for (name, value) in headers {
        let name = name.as_str();
        let changes_nothing = match name {
            "x-amz-acl" => true,
            "x-amz-storage-class" => value == "STANDARD",
            "x-amz-object-ownership" => value == "BucketOwnerEnforced",
            "x-amz-bucket-object-lock-enabled" => value == "false",
            _ => false,
        };
        if !changes_nothing && is_refused(name) {
            return Err(not_implemented(name));
        }
    }
    Ok(())
}

/// Signature V4 for S3 that covers the host and every header of S3's own.
fn check_signature(head: &Parts) -> Result<(), S3Error> {
    if head.headers.contains_key("x-amz-security-token") {
        return Err(s3_error!(InvalidToken, "Temporary credentials are not known here."));
    }
    let mut in_query = None;
    let (mut expires, mut is_v2, mut credential) = (None, false, String::new());
    for (name, value) in query::pairs(head.uri.query().unwrap_or_default()) {
        match &*name {
            "X-Amz-SignedHeaders" => in_query = Some(value),
            "X-Amz-Expires" => expires = Some(value),
            "X-Amz-Credential" => credential = value,
            "X-Amz-Security-Token" => {
                return Err(s3_error!(InvalidToken, "Temporary credentials are not known here."));
            }
            "AWSAccessKeyId" => is_v2 = true,
            _ => {}
        }
    }
    let in_header = head.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    // The AWS CLI's first version still signs links so.
    let is_link = matches!(head.method, Method::GET | Method::HEAD);
    if is_v2 && !is_link || in_header.is_some_and(|value| !value.starts_with("AWS4-HMAC-SHA256 ")) {
        return Err(s3_error!(
            InvalidRequest,
            "The authorization mechanism that you provided is not supported. Accepted: AWS4-HMAC-SHA256; also \
             version 2 in the query of a GET."
        ));
    }
    if let Some(expires) = expires
        && !expires.parse().is_ok_and(|expires: u64| (1..=MAX_EXPIRES_S).contains(&expires))
    {
        return Err(s3_error!(
            AuthorizationQueryParametersError,
            "X-Amz-Expires is out of range. Accepted: 1 to {MAX_EXPIRES_S} seconds."
        ));
    }
    match (in_header, in_query) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(s3_error!(
            InvalidArgument,
            "There are two signatures. Accepted: one, in the header or in the query."
        )),
        (Some(header), None) => {
            let part = |name: &str| {
                let mut parts = header.split([',', ' ']);
                parts.find_map(|part| part.strip_prefix(name)).unwrap_or_default().to_owned()
            };
            check_scope(&part("Credential="))?;
            check_coverage(&head.headers, &part("SignedHeaders="), &[])
        }
        (None, Some(signed)) => {
            check_scope(&credential)?;
            // Clients add it to what was signed without it; it is checked all the same.
            check_coverage(&head.headers, &signed, &["x-amz-content-sha256"])
        }
    }
}

/// The scope must name this service.
fn check_scope(credential: &str) -> Result<(), S3Error> {
    let service = credential.rsplit('/').nth(1);
    if service == Some("s3") {
        return Ok(());
    }
    Err(s3_error!(
        AuthorizationHeaderMalformed,
        "The credential is not scoped to this service. Accepted: <key>/<YYYYMMDD>/<region>/s3/aws4_request."
    ))
}

fn check_coverage(headers: &HeaderMap, signed: &str, except: &[&str]) -> Result<(), S3Error> {
    let is_signed = |name: &str| signed.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    let must = headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-"));
    let forgotten = must.chain(["host"]).find(|name| !is_signed(name) && !except.contains(name));
    match forgotten {
        None => Ok(()),
        Some(name) => Err(s3_error!(
            AccessDenied,
            "There were headers present in the request which were not signed: {name}."
        )),
    }
}
