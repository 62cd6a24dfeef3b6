//! Message heads: ours on the way out, signed if need be (G.2), and the origin's on the way in, checked (J36, Q41).

use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, Method, Request, StatusCode};
use rules::Fields;
use rules::forward::OriginRequest;
use signing::keys::Credentials;
use signing::sigv4::{self, PayloadHash, Scope, Signable};

use crate::body::Framing;
use crate::outgoing::{Outgoing, Upload};

/// Who signs, and when.
pub(crate) struct Signer<'a> {
    pub(crate) credentials: &'a Credentials,
    /// Seconds since the Unix epoch.
    pub(crate) at_s: u64,
}

/// The request as the HTTP library wants it; `Err` says what about it cannot be sent.
pub(crate) fn outgoing(
    request: &OriginRequest,
    upload: Option<&Upload>,
    signer: Option<&Signer<'_>>,
) -> Result<Request<Outgoing>, &'static str> {
    let signing = request.sign.as_deref().map(|signature| &*signature.region).zip(signer);
    let target = if signing.is_some() { canonical_target(&request.target) } else { request.target.clone() };
    let mut fields = request.fields.clone();
    if let Some((region, signer)) = signing {
        sign(request, &target, &mut fields, upload.is_some(), region, signer)?;
    }
    let mut outgoing = Request::new(Outgoing(upload.cloned()));
    *outgoing.method_mut() = request.method.clone();
    *outgoing.uri_mut() = origin_form(target)?;
    *outgoing.headers_mut() = lines(fields, &request.host, &request.method, upload)?;
    Ok(outgoing)
}

/// The path for a signed request in S3's one spelling, which names the same key (G03): stores differ in how they
/// spell it again when they check the signature. The query stays as it is.
fn canonical_target(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => format!("{}?{query}", sigv4::s3_path(path)),
        None => sigv4::s3_path(target),
    }
}

/// `/path?query` on the request line (RFC 9112 section 3.2.1), byte for byte (F05).
fn origin_form(target: String) -> Result<Uri, &'static str> {
    let len = target.len();
    let target =
        PathAndQuery::try_from(target).map_err(|_| "the target has a character that cannot be sent")?;
    // A fragment would be cut off silently.
    if target.as_str().len() != len {
        return Err("the target has a fragment");
    }
    let mut parts = http::uri::Parts::default();
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).map_err(|_| "the target cannot be sent")
}

/// `Host` first (RFC 9110 section 7.2), then the given fields, then the framing, which is ours alone.
fn lines(
    fields: Fields,
    host: &HeaderValue,
    method: &Method,
    upload: Option<&Upload>,
) -> Result<HeaderMap, &'static str> {
    const TOO_MANY: &str = "the request has too many header fields";
    let mut map = HeaderMap::try_with_capacity(fields.len() + 2).map_err(|_| TOO_MANY)?;
    map.insert(HOST, host.clone());
    for (name, value) in fields {
        if name != HOST && name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
            map.try_append(name, value).map_err(|_| TOO_MANY)?;
        }
    }
    match upload.map(Upload::length) {
        Some(Some(length)) => drop(map.insert(CONTENT_LENGTH, HeaderValue::from(length))),
        Some(None) => drop(map.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"))),
        // RFC 9110 section 8.6: methods that usually carry a body say so when they do not.
        None if matches!(*method, Method::POST | Method::PUT | Method::PATCH) => {
            map.insert(CONTENT_LENGTH, HeaderValue::from(0));
        }
        None => {}
    }
    Ok(map)
}

/// Signs for S3 over the `Host`, path and fields that are sent (G24); a viewer's `Authorization` is overwritten (G21).
/// A body is never read ahead, so its hash is left out of the signature.
fn sign(
    request: &OriginRequest,
    target: &str,
    fields: &mut Fields,
    has_body: bool,
    region: &str,
    signer: &Signer<'_>,
) -> Result<(), &'static str> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let host = std::str::from_utf8(request.host.as_bytes()).map_err(|_| "the Host cannot be signed")?;
    let headers: Vec<(&str, &[u8])> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let signable = Signable { method: request.method.as_str(), host, path, query, headers: &headers };
    let payload = if has_body { PayloadHash::Unsigned } else { PayloadHash::empty() };
    let signed =
        sigv4::sign(&signable, signer.credentials, Scope { region, service: "s3" }, payload, signer.at_s);
    for (name, value) in signed.iter() {
        let name = HeaderName::from_static(name);
        let mut value = HeaderValue::try_from(value).map_err(|_| "the credentials cannot be sent")?;
        value.set_sensitive(name == AUTHORIZATION || name == "x-amz-security-token");
        fields.set(name, value);
    }
    Ok(())
}

/// The fields of an origin's response, in order of arrival of each name.
pub(crate) fn fields(map: HeaderMap) -> Fields {
    let mut last = None;
    map.into_iter()
        .filter_map(|(name, value)| {
            // The map names only the first of several lines.
            last = name.or_else(|| last.take());
            last.clone().map(|name| (name, value))
        })
        .collect()
}

/// How the body of an origin's response is delimited (RFC 9112 section 6.3); `Err` says why it is not a response.
pub(crate) fn framing(method: &Method, status: StatusCode, fields: &Fields) -> Result<Framing, &'static str> {
    if !(200..600).contains(&status.as_u16()) {
        return Err("the status is out of range");
    }
    let length = content_length(fields)?;
    let chunked = is_chunked(fields)?;
    if length.is_some() && chunked {
        return Err("both Content-Length and Transfer-Encoding");
    }
    let bodiless =
        *method == Method::HEAD || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    Ok(match length {
        _ if bodiless => Framing::None,
        _ if chunked => Framing::Chunked,
        Some(length) => Framing::Length(length),
        None => Framing::UntilClose,
    })
}

/// Leaves one line where an origin declared the same length several times (RFC 9110 section 8.6).
pub(crate) fn state_length_once(fields: &mut Fields, framing: Framing) {
    let Framing::Length(length) = framing else { return };
    let mut lines = fields.all(&CONTENT_LENGTH);
    let plain = lines.next().is_some_and(|value| value.as_bytes().iter().all(u8::is_ascii_digit));
    let once = lines.next().is_none();
    drop(lines);
    if !(plain && once) {
        fields.set(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

/// The declared length; repeated ones must agree.
fn content_length(fields: &Fields) -> Result<Option<u64>, &'static str> {
    const INVALID: &str = "Content-Length is not one number";
    let mut length = None;
    for value in fields.all(&CONTENT_LENGTH) {
        for item in value.to_str().map_err(|_| INVALID)?.split(',').map(str::trim) {
            if item.is_empty() || !item.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(INVALID);
            }
            let item: u64 = item.parse().map_err(|_| INVALID)?;
            if length.replace(item).is_some_and(|before| before != item) {
                return Err("Content-Length contradicts itself");
            }
        }
    }
    Ok(length)
}

/// Whether the body is chunked. No other coding was asked for, so none is understood.
fn is_chunked(fields: &Fields) -> Result<bool, &'static str> {
    match fields.joined(&TRANSFER_ENCODING) {
        None => Ok(false),
        Some(coding) if coding.trim_ascii().eq_ignore_ascii_case(b"chunked") => Ok(true),
        Some(_) => Err("Transfer-Encoding is not chunked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(
        method: Method,
        status: u16,
        lines: &[(HeaderName, &'static str)],
    ) -> Result<Framing, &'static str> {
        let fields =
            lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        framing(&method, StatusCode::from_u16(status).unwrap(), &fields)
    }

    #[test]
    fn the_body_ends_where_rfc_9112_says() {
        let get = |status, lines: &[_]| framed(Method::GET, status, lines);
        assert_eq!(get(200, &[(CONTENT_LENGTH, "5")]), Ok(Framing::Length(5)));
        assert_eq!(get(200, &[(TRANSFER_ENCODING, "Chunked")]), Ok(Framing::Chunked));
        assert_eq!(get(200, &[]), Ok(Framing::UntilClose));
        assert_eq!(get(204, &[(CONTENT_LENGTH, "5")]), Ok(Framing::None));
        assert_eq!(get(304, &[(CONTENT_LENGTH, "5")]), Ok(Framing::None));
        assert_eq!(framed(Method::HEAD, 200, &[(CONTENT_LENGTH, "5")]), Ok(Framing::None));
    }

    #[test]
    fn lengths_that_agree_are_one_and_others_are_no_response() {
        assert_eq!(
            framed(Method::GET, 200, &[(CONTENT_LENGTH, "5"), (CONTENT_LENGTH, "5, 5")]),
            Ok(Framing::Length(5))
        );
        for lengths in ["5, 6", "-1", "+5", "", "5 6", "99999999999999999999"] {
            assert!(framed(Method::GET, 200, &[(CONTENT_LENGTH, lengths)]).is_err(), "{lengths}");
        }
        assert!(framed(Method::GET, 200, &[(CONTENT_LENGTH, "5"), (TRANSFER_ENCODING, "chunked")]).is_err());
        assert!(framed(Method::GET, 200, &[(TRANSFER_ENCODING, "gzip, chunked")]).is_err());
    }

    #[test]
    fn repeated_lines_keep_their_name_and_order() {
        let mut map = HeaderMap::new();
        map.append("a", HeaderValue::from_static("1"));
        map.append("b", HeaderValue::from_static("2"));
        map.append("a", HeaderValue::from_static("3"));
        let fields = fields(map);
        let lines: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        assert_eq!(lines, [("a", &b"1"[..]), ("a", b"3"), ("b", b"2")]);
    }

    #[test]
    fn a_target_is_sent_as_it_is_or_not_at_all() {
        for target in ["/a%20b/c+d?x=%2F&y", "//double", "/caf\u{e9}", "/a|b\"{}"] {
            assert_eq!(origin_form(target.to_owned()).unwrap().to_string(), target);
        }
        for target in ["/a b", "/a\r\nHost: x", "/a#b"] {
            assert!(origin_form(target.to_owned()).is_err(), "{target}");
        }
    }
}
