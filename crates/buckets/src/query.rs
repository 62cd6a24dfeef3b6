//! Queries as S3 reads them.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Names and values, decoded. What is not UTF-8 then has replacement characters and matches nothing.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
        (percent_decode_str(name).decode_utf8_lossy(), value)
    })
}
