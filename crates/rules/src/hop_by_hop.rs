//! Header fields that concern one connection only and are never passed on (H04, RFC 9110 section 7.6.1).

use http::header::{CONNECTION, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};

use crate::Fields;
use crate::names::CDN_LOOP;

/// Whether `name` is a hop-by-hop field. What `Connection` lists besides: [`named_by_connection`].
pub(crate) fn is_hop_by_hop(name: &HeaderName) -> bool {
    matches!(*name, CONNECTION | TE | TRAILER | TRANSFER_ENCODING | UPGRADE)
        || matches!(name.as_str(), "keep-alive" | "http2-settings")
        || name.as_str().starts_with("proxy-")
}

/// The names that the `Connection` fields list; usually none.
pub(crate) fn named_by_connection(fields: &Fields) -> Vec<HeaderName> {
    fields
        .all(&CONNECTION)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.eq_ignore_ascii_case(b"keep-alive") && !name.eq_ignore_ascii_case(b"close"))
        .filter_map(|name| HeaderName::from_bytes(name).ok())
        .collect()
}

/// Drops the fields that the viewer's `Connection` names. Done once, before anything reads the request: a field
/// that is in the cache key and does not reach the origin would let one viewer choose what others get.
/// `CDN-Loop` stays, or naming it would switch the loop guard off (E20).
pub fn drop_named_by_connection(fields: &mut Fields) {
    let named = named_by_connection(fields);
    if !named.is_empty() {
        fields.retain(|name, _| *name == CDN_LOOP || !named.contains(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn fields_named_by_connection_go_and_the_loop_guard_stays() {
        let mut fields: Fields =
            [("connection", "close, X-Lang, cdn-loop"), ("x-lang", "de"), ("cdn-loop", "me")]
                .into_iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
        drop_named_by_connection(&mut fields);
        let left: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(left, ["connection", "cdn-loop"]);
    }
}
