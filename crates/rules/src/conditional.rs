//! Whether a viewer that asks conditionally already has what would be sent (I20, RFC 9110 section 13).
//!
//! Evaluated on the copy that would be delivered, stored or just refreshed (I22). `If-Match` and
//! `If-Unmodified-Since` are the origin's to evaluate (I24). [`part_is_current`] is the question of `If-Range`.

use http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED};
use http::{Method, StatusCode};

use crate::{Because, Fields};

/// What a viewer's preconditions make of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// It is sent as it is.
    Deliver,
    /// 304 is sent instead.
    NotModified(Because),
}

/// Evaluates `If-None-Match`, or `If-Modified-Since` in its absence, for GET and HEAD on a successful response.
pub fn evaluate(
    method: &Method,
    request: &Fields,
    response_status: StatusCode,
    response: &Fields,
) -> Precondition {
    if !matches!(*method, Method::GET | Method::HEAD) || !response_status.is_success() {
        return Precondition::Deliver;
    }
    if request.contains(&IF_NONE_MATCH) {
        return when(names_etag(request, response), "viewer holds this entity tag");
    }
    when(is_unmodified(request, response), "not modified since the viewer's date")
}

/// Whether a viewer who asks for a part may have it of this response: without `If-Range` always, otherwise if it names
/// the response's entity tag, both strong, or exactly its date (I10, RFC 9110 section 13.1.5).
pub fn part_is_current(request: &Fields, response: &Fields) -> bool {
    let mut lines = request.all(&IF_RANGE);
    let Some(line) = lines.next() else { return true };
    let said = line.as_bytes().trim_ascii();
    let held = match said {
        [b'"', ..] => &ETAG,
        // A weak tag says nothing about bytes.
        [b'W', b'/', ..] => return false,
        _ => &LAST_MODIFIED,
    };
    lines.next().is_none() && response.first(held).is_some_and(|held| held.as_bytes().trim_ascii() == said)
}

const fn when(not_modified: bool, text: &'static str) -> Precondition {
    if not_modified { Precondition::NotModified(Because::new("I20", text)) } else { Precondition::Deliver }
}

/// Whether a tag of `If-None-Match` equals the response's under weak comparison, or is `*`.
fn names_etag(request: &Fields, response: &Fields) -> bool {
    let held = response.first(&ETAG).map(|etag| opaque(etag.as_bytes()));
    request.all(&IF_NONE_MATCH).any(|line| {
        line.as_bytes().trim_ascii() == b"*"
            || held.is_some_and(|held| Tags(line.as_bytes()).any(|tag| tag == held))
    })
}

/// The part of an entity tag that weak comparison looks at (RFC 9110 section 8.8.3.2).
fn opaque(etag: &[u8]) -> &[u8] {
    let etag = etag.trim_ascii();
    etag.strip_prefix(b"W/").unwrap_or(etag)
}

/// The entity tags of a list, without their `W/`. A comma within quotes belongs to the tag.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let skipped = self.0.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t'))?;
        let rest = self.0.get(skipped..)?;
        let mut quoted = false;
        let end = rest
            .iter()
            .position(|byte| {
                quoted ^= *byte == b'"';
                *byte == b',' && !quoted
            })
            .unwrap_or(rest.len());
        let (tag, after) = rest.split_at_checked(end)?;
        self.0 = after;
        Some(opaque(tag))
    }
}

/// Whether `Last-Modified` is not later than `If-Modified-Since`. Dates that cannot be read decide nothing.
fn is_unmodified(request: &Fields, response: &Fields) -> bool {
    let (Some(since), Some(modified)) =
        (request.first_str(&IF_MODIFIED_SINCE), response.first_str(&LAST_MODIFIED))
    else {
        return false;
    };
    match (httpdate::parse_http_date(since), httpdate::parse_http_date(modified)) {
        (Ok(since), Ok(modified)) => modified <= since,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{HeaderName, HeaderValue};

    const MONDAY: &str = "Mon, 06 Nov 2023 08:00:00 GMT";
    const TUESDAY: &str = "Tue, 07 Nov 2023 08:00:00 GMT";

    fn fields(lines: &[(HeaderName, &'static str)]) -> Fields {
        lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn not_modified(request: &[(HeaderName, &'static str)], response: &[(HeaderName, &'static str)]) -> bool {
        let answer = evaluate(&Method::GET, &fields(request), StatusCode::OK, &fields(response));
        answer != Precondition::Deliver
    }

    #[test]
    fn entity_tags_are_compared_weakly_and_by_their_whole_text() {
        let held = [(ETAG, "\"a,b\"")];
        assert!(not_modified(&[(IF_NONE_MATCH, "\"a,b\"")], &held));
        assert!(not_modified(&[(IF_NONE_MATCH, "\"x\", W/\"a,b\"")], &held));
        assert!(not_modified(&[(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, "\"a,b\"")], &held));
        assert!(!not_modified(&[(IF_NONE_MATCH, "\"a\"")], &held));
        assert!(not_modified(&[(IF_NONE_MATCH, "\"v\"")], &[(ETAG, "W/\"v\"")]));
        assert!(!not_modified(&[(IF_NONE_MATCH, "\"v")], &[(ETAG, "\"v\"")]));
    }

    #[test]
    fn a_star_matches_whatever_is_held() {
        assert!(not_modified(&[(IF_NONE_MATCH, "*")], &[]));
    }

    #[test]
    fn a_date_decides_only_without_an_entity_tag() {
        let held = [(ETAG, "\"v\""), (LAST_MODIFIED, MONDAY)];
        assert!(not_modified(&[(IF_MODIFIED_SINCE, MONDAY)], &held));
        assert!(not_modified(&[(IF_MODIFIED_SINCE, TUESDAY)], &held));
        assert!(!not_modified(&[(IF_MODIFIED_SINCE, MONDAY)], &[(LAST_MODIFIED, TUESDAY)]));
        assert!(!not_modified(&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, TUESDAY)], &held));
        assert!(!not_modified(
            &[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, TUESDAY)],
            &[(LAST_MODIFIED, MONDAY)]
        ));
    }

    #[test]
    fn unreadable_or_missing_dates_deliver_the_whole() {
        assert!(!not_modified(&[(IF_MODIFIED_SINCE, "yesterday")], &[(LAST_MODIFIED, MONDAY)]));
        assert!(!not_modified(&[(IF_MODIFIED_SINCE, MONDAY)], &[]));
        assert!(!not_modified(&[], &[(ETAG, "\"v\""), (LAST_MODIFIED, MONDAY)]));
    }

    // proves: I10
    #[test]
    fn a_part_is_current_only_under_strong_comparison() {
        let held = fields(&[(ETAG, "\"v\""), (LAST_MODIFIED, MONDAY)]);
        let weak = fields(&[(ETAG, "W/\"v\"")]);
        let current = |said: &'static str| part_is_current(&fields(&[(IF_RANGE, said)]), &held);
        assert!(part_is_current(&Fields::default(), &held));
        assert!(current("\"v\"") && current(MONDAY));
        assert!(!current("\"w\"") && !current("W/\"v\"") && !current(TUESDAY) && !current("yesterday"));
        assert!(!part_is_current(&fields(&[(IF_RANGE, "W/\"v\"")]), &weak));
        assert!(!part_is_current(&fields(&[(IF_RANGE, "\"v\"")]), &weak));
        assert!(!part_is_current(&fields(&[(IF_RANGE, "\"v\""), (IF_RANGE, "\"v\"")]), &held));
        assert!(!part_is_current(&fields(&[(IF_RANGE, "")]), &Fields::default()));
    }

    #[test]
    fn other_methods_and_error_statuses_are_never_turned_into_304() {
        let request = fields(&[(IF_NONE_MATCH, "*")]);
        for (method, status) in
            [(Method::POST, 200), (Method::OPTIONS, 200), (Method::GET, 404), (Method::GET, 302)]
        {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(evaluate(&method, &request, status, &Fields::default()), Precondition::Deliver);
        }
        let head = evaluate(&Method::HEAD, &request, StatusCode::OK, &Fields::default());
        assert!(matches!(head, Precondition::NotModified(because) if because.number == "I20"));
    }
}
