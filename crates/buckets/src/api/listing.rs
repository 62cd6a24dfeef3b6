//! ListObjects, in both versions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::{Api, etag, number, timestamp};
use crate::limits::MAX_KEYS;
use crate::store::{Entry, ListAsked};

/// What stays as it is under `encoding-type=url`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

pub(super) fn list(api: &Api, req: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = req.input;
    let bucket = api.store.bucket(&input.bucket)?;
    let style = Style::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys)?;
    let page = bucket.list(&ListAsked {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: input.marker.as_deref().unwrap_or_default(),
        limit,
    });
    // Without a delimiter the last key says where to go on.
    let next = page.next.as_deref().filter(|_| input.delimiter.is_some()).map(|next| style.write(next));
    let is_truncated = page.next.is_some();
    let (contents, common_prefixes) = style.entries(page.entries);
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(style.write(input.prefix.as_deref().unwrap_or_default())),
        marker: Some(style.write(input.marker.as_deref().unwrap_or_default())),
        max_keys: Some(number(limit as u64, i32::MAX)),
        is_truncated: Some(is_truncated),
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        delimiter: input.delimiter.as_deref().map(|text| style.write(text)),
        next_marker: next,
        encoding_type: input.encoding_type,
        ..Default::default()
    }))
}

pub(super) fn list_v2(
    api: &Api,
    req: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = req.input;
    let bucket = api.store.bucket(&input.bucket)?;
    let style = Style::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys)?;
    let token = input.continuation_token.as_deref().map(position).transpose()?;
    let page = bucket.list(&ListAsked {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: input.delimiter.as_deref().unwrap_or_default(),
        after: token.as_deref().or(input.start_after.as_deref()).unwrap_or_default(),
        limit,
    });
    let next = page.next.as_ref().map(|next| URL_SAFE_NO_PAD.encode(next));
    let count = page.entries.len() as u64;
    let (contents, common_prefixes) = style.entries(page.entries);
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(style.write(input.prefix.as_deref().unwrap_or_default())),
        max_keys: Some(number(limit as u64, i32::MAX)),
        key_count: Some(number(count, i32::MAX)),
        continuation_token: input.continuation_token,
        is_truncated: Some(next.is_some()),
        next_continuation_token: next,
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        delimiter: input.delimiter.as_deref().map(|text| style.write(text)),
        encoding_type: input.encoding_type,
        start_after: input.start_after.as_deref().map(|text| style.write(text)),
        ..Default::default()
    }))
}

fn limit(max_keys: Option<i32>) -> S3Result<usize> {
    let given = max_keys.map_or(Ok(MAX_KEYS), usize::try_from);
    let given =
        given.map_err(|_| s3_error!(InvalidArgument, "max-keys is negative. Accepted: 0 to {MAX_KEYS}."))?;
    Ok(given.min(MAX_KEYS))
}

fn position(token: &str) -> S3Result<String> {
    let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The continuation token is none of ours. Accepted: the one of the page before."
        )
    })
}

/// How names are written in the answer.
#[derive(Debug, Clone, Copy)]
enum Style {
    Plain,
    Url,
}

// === impl Style ===

impl Style {
    fn of(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(_) => Err(s3_error!(InvalidArgument, "The encoding-type is not known. Accepted: url.")),
        }
    }

    fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Url => utf8_percent_encode(text, ENCODED).to_string(),
        }
    }

    fn entries(self, entries: Vec<Entry>) -> (Vec<Object>, Vec<CommonPrefix>) {
        let (mut objects, mut prefixes) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::CommonPrefix(prefix) => {
                    prefixes.push(CommonPrefix { prefix: Some(self.write(&prefix)) });
                }
                Entry::Object(key, listed) => objects.push(Object {
                    key: Some(self.write(&key)),
                    e_tag: Some(etag(&listed.etag)),
                    last_modified: Some(timestamp(listed.modified_ms)),
                    size: Some(number(listed.size, i64::MAX)),
                    storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
                    ..Default::default()
                }),
            }
        }
        (objects, prefixes)
    }
}
