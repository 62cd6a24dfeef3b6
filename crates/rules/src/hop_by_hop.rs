//! Header fields that concern one connection only and are never passed on (H04, RFC 9110 section 7.6.1).

use http::header::{CONNECTION, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};

use crate::Fields;

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
