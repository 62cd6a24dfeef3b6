//! The canonical request, the string to sign and the key that signs it.
//!
//! Everything here is a restatement of one text form: method, path, query, headers, names of the signed headers,
//! payload hash, each on its own line. Which headers are signed is the caller's decision.

use std::borrow::Cow;

use aws_lc_rs::hmac;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::{ALGORITHM, Scope, Signable, hex, names, sha256, time};
use crate::keys::SecretKey;

/// Everything but RFC 3986's unreserved characters is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same, with the slash kept: for paths.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Whether a service takes the path as it is (S3 and its relatives: encoded once, dots and empty segments kept).
/// All others normalize it and encode what is on the wire once more.
pub fn service_encodes_path_once(service: &str) -> bool {
    matches!(service, "s3" | "s3-object-lambda" | "s3-outposts" | "s3express")
}

/// The path of an S3 request in its one canonical spelling: every octet but the unreserved ones and `/` encoded.
///
/// Servers differ in whether they re-encode the path before checking a signature; a request that is *sent* with this
/// path is understood by both kinds.
pub fn s3_path(path: &str) -> String {
    let decoded: Cow<'_, [u8]> = percent_decode_str(path).into();
    let encoded = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
    if encoded.starts_with('/') { encoded } else { format!("/{encoded}") }
}

/// The SHA-256 of the canonical request, in hexadecimal. `signed` is sorted, in lower case, without duplicates.
pub(super) fn request_hash(request: &Signable<'_>, service: &str, signed: &[&str], payload: &[u8]) -> String {
    let path = if service_encodes_path_once(service) { s3_path(request.path) } else { path(request.path) };
    let mut text = Vec::with_capacity(512);
    for line in [request.method, &path, &query(request.query)] {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    for name in signed {
        header_line(request, name, &mut text);
    }
    text.push(b'\n');
    text.extend_from_slice(signed.join(";").as_bytes());
    text.push(b'\n');
    text.extend_from_slice(payload);
    hex(&sha256(&text))
}

/// The text that the signature is made of. `date` is a basic date.
pub(super) fn string_to_sign(date: &str, scope: Scope<'_>, request_hash: &str) -> String {
    format!("{ALGORITHM}\n{date}\n{}\n{request_hash}", scope_text(date, scope))
}

/// `day/region/service/aws4_request`.
pub(super) fn scope_text(date: &str, scope: Scope<'_>) -> String {
    format!("{}/{}/{}/aws4_request", time::day(date), scope.region, scope.service)
}

/// The key that signs requests of one day, region and service.
pub(super) fn signing_key(secret: &SecretKey, date: &str, scope: Scope<'_>) -> hmac::Key {
    let first = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{}", secret.expose()).as_bytes());
    [time::day(date), scope.region, scope.service, "aws4_request"].iter().fold(first, |key, part| {
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
    })
}

/// The path for every service but S3: dot and empty segments removed, then what is on the wire encoded once more.
fn path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let tail = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    percent_encode(format!("/{}{tail}", kept.join("/")).as_bytes(), RESERVED_IN_PATH).to_string()
}

/// Parameters sorted by encoded name, then value; a bare key gets an empty value. `+` is a space, as in HTML forms.
fn query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> =
        query.split('&').filter(|pair| !pair.is_empty()).map(parameter).collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn parameter(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (encode_again(name), encode_again(value))
}

fn encode_again(part: &str) -> String {
    let spaced = part.replace('+', " ");
    let decoded: Cow<'_, [u8]> = percent_decode_str(&spaced).into();
    percent_encode(&decoded, RESERVED).to_string()
}

/// `name:value\n`, repeated headers joined by commas in the order in which they were received.
fn header_line(request: &Signable<'_>, name: &str, text: &mut Vec<u8>) {
    text.extend_from_slice(name.as_bytes());
    text.push(b':');
    if name == names::HOST {
        folded(request.host.as_bytes(), text);
    } else {
        let values = request.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        for (index, (_, value)) in values.enumerate() {
            if index > 0 {
                text.push(b',');
            }
            folded(value, text);
        }
    }
    text.push(b'\n');
}

/// A value without outer white space and with each run of white space as one space.
fn folded(value: &[u8], text: &mut Vec<u8>) {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_s3_path_is_encoded_once_and_its_dots_stay() {
        for (wire, canonical) in [
            ("", "/"),
            ("/test$file.text", "/test%24file.text"),
            ("/test%24file.text", "/test%24file.text"),
            ("/a//b/../c", "/a//b/../c"),
            ("/caf%c3%a9 x", "/caf%C3%A9%20x"),
            ("/50%", "/50%25"),
            ("/a+b~c", "/a%2Bb~c"),
        ] {
            assert_eq!(s3_path(wire), canonical, "{wire}");
            assert_eq!(s3_path(canonical), canonical, "{canonical} is not a fixed point");
        }
    }

    #[test]
    fn another_service_s_path_is_normalized_and_encoded_twice() {
        for (wire, canonical) in
            [("", "/"), ("//", "/"), ("/a%20b", "/a%2520b"), ("/x/./y//../z/", "/x/z/"), ("/../..", "/")]
        {
            assert_eq!(path(wire), canonical, "{wire}");
        }
    }

    #[test]
    fn a_query_is_sorted_and_re_encoded_and_bare_keys_get_an_equals_sign() {
        for (wire, canonical) in [
            ("", ""),
            ("WithTags", "WithTags="),
            ("WithTags=", "WithTags="),
            ("Resource=arn:aws:x/y&Operation=Tag", "Operation=Tag&Resource=arn%3Aaws%3Ax%2Fy"),
            ("Resource=arn%3aaws", "Resource=arn%3Aaws"),
            ("b=2&a=b&&a=a&a", "a=&a=a&a=b&b=2"),
            ("q=a+b%20c%2B", "q=a%20b%20c%2B"),
            ("t=a=b", "t=a%3Db"),
        ] {
            assert_eq!(query(wire), canonical, "{wire}");
        }
    }

    #[test]
    fn repeated_headers_are_joined_and_white_space_is_folded() {
        let headers: [(&str, &[u8]); 3] =
            [("My-Header", b"  a  \t b "), ("other", b"x"), ("MY-HEADER", b"c")];
        let request = Signable { method: "GET", host: " h ", path: "/", query: "", headers: &headers };
        let mut text = Vec::new();
        header_line(&request, "my-header", &mut text);
        header_line(&request, "host", &mut text);
        assert_eq!(text, b"my-header:a b,c\nhost:h\n");
    }
}
