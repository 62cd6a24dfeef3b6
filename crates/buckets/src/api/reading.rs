//! GetObject and HeadObject: conditions (RFC 9110 section 13.2.2), ranges, and what is kept with an object.

use std::fs::File;
use std::io::SeekFrom;
use std::ops::Range as Bytes;
use std::sync::Arc;

use bytes::BytesMut;
use futures_util::stream;
use http::header::{CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::{Api, etag, missing, number, store, timestamp};
use crate::access::Asker;
use crate::store::{Found, Kept, ObjectRecord};

/// How much of a file is read at once.
const PIECE_BYTES: usize = 64 * 1024;

pub(super) async fn get(api: &Api, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
    let input = &req.input;
    let overrides = [
        &input.response_cache_control,
        &input.response_content_disposition,
        &input.response_content_encoding,
        &input.response_content_language,
        &input.response_content_type,
    ];
    let overrides = overrides.iter().any(|given| given.is_some()) || input.response_expires.is_some();
    if overrides && Asker::of(&req.extensions)?.is_anonymous() {
        return Err(s3_error!(
            InvalidRequest,
            "Request specific response headers cannot be used for anonymous GET requests."
        ));
    }
    let found = find(api, &req, &input.bucket, &input.key).await?;
    let conditions = Conditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
        if_modified_since: input.if_modified_since.as_ref(),
        if_unmodified_since: input.if_unmodified_since.as_ref(),
    };
    conditions.check(&found.record)?;
    let part = part(input.range.as_ref(), found.record.size)?;
    let shown =
        Shown::of(&found.record, input.range.is_some().then_some(&part), input.checksum_mode.as_ref());
    let body = StreamingBlob::wrap(pieces(found.file, part));
    let mut response = S3Response::new(GetObjectOutput {
        accept_ranges: Some("bytes".into()),
        body: Some(body),
        cache_control: shown.kept.cache_control,
        content_disposition: shown.kept.content_disposition,
        content_encoding: shown.kept.content_encoding,
        content_language: shown.kept.content_language,
        content_length: Some(shown.length),
        content_range: shown.content_range,
        content_type: shown.kept.content_type,
        e_tag: Some(shown.etag),
        expires: shown.expires,
        last_modified: Some(shown.modified),
        metadata: Some(shown.metadata),
        ..Default::default()
    });
    response.headers = shown.checksums;
    Ok(response)
}

pub(super) async fn head(
    api: &Api,
    req: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = &req.input;
    let found = find(api, &req, &input.bucket, &input.key).await?;
    let conditions = Conditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
        if_modified_since: input.if_modified_since.as_ref(),
        if_unmodified_since: input.if_unmodified_since.as_ref(),
    };
    conditions.check(&found.record)?;
    let part = part(input.range.as_ref(), found.record.size)?;
    let shown =
        Shown::of(&found.record, input.range.is_some().then_some(&part), input.checksum_mode.as_ref());
    let mut response = S3Response::new(HeadObjectOutput {
        accept_ranges: Some("bytes".into()),
        cache_control: shown.kept.cache_control,
        content_disposition: shown.kept.content_disposition,
        content_encoding: shown.kept.content_encoding,
        content_language: shown.kept.content_language,
        content_length: Some(shown.length),
        content_range: shown.content_range,
        content_type: shown.kept.content_type,
        e_tag: Some(shown.etag),
        expires: shown.expires,
        last_modified: Some(shown.modified),
        metadata: Some(shown.metadata),
        ..Default::default()
    });
    response.headers = shown.checksums;
    Ok(response)
}

async fn find<T>(api: &Api, req: &S3Request<T>, bucket: &str, key: &str) -> S3Result<Found> {
    let bucket = api.store.bucket(bucket)?;
    let (opened, key) = (Arc::clone(&bucket), key.to_owned());
    let found = store::blocking(move || opened.object(&key)).await?;
    found.ok_or_else(|| missing(&req.extensions, &bucket))
}

/// Which bytes are asked for.
pub(super) fn part(range: Option<&Range>, size: u64) -> S3Result<Bytes<u64>> {
    let Some(range) = range else { return Ok(0..size) };
    range.check(size).map_err(|_| {
        let mut error = s3_error!(InvalidRange, "The requested range is not satisfiable.");
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::try_from(format!("bytes */{size}")) {
            headers.insert(http::header::CONTENT_RANGE, value);
        }
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        error.set_headers(headers);
        error
    })
}

/// Bytes of a file, piece by piece.
pub(super) fn pieces(
    file: File,
    part: Bytes<u64>,
) -> impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> + Send + Sync + 'static {
    let state = (tokio::fs::File::from_std(file), part.start, part.end, false);
    stream::try_unfold(state, |(mut file, at, end, found)| async move {
        if at >= end {
            return Ok(None);
        }
        if !found {
            file.seek(SeekFrom::Start(at)).await?;
        }
        let wanted = usize::try_from(end - at).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let mut piece = BytesMut::zeroed(wanted);
        file.read_exact(&mut piece).await?;
        Ok(Some((piece.freeze(), (file, at + wanted as u64, end, true))))
    })
}

/// Conditions of a request.
struct Conditions<'a> {
    if_match: Option<&'a IfMatch>,
    if_none_match: Option<&'a IfNoneMatch>,
    if_modified_since: Option<&'a Timestamp>,
    if_unmodified_since: Option<&'a Timestamp>,
}

// === impl Conditions ===

impl Conditions<'_> {
    fn check(&self, record: &ObjectRecord) -> S3Result<()> {
        // HTTP dates have no fractions of a second.
        let modified = timestamp(record.modified_ms / 1000 * 1000);
        let is_it = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(tag) => tag.value() == record.etag,
        };
        let holds = match (self.if_match, self.if_unmodified_since) {
            (Some(condition), _) => is_it(condition),
            (None, Some(date)) => modified <= *date,
            (None, None) => true,
        };
        if !holds {
            return Err(s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold."
            ));
        }
        let is_known = match (self.if_none_match, self.if_modified_since) {
            (Some(condition), _) => is_it(condition),
            (None, Some(date)) => modified <= *date,
            (None, None) => false,
        };
        if is_known { Err(not_modified(record)) } else { Ok(()) }
    }
}

/// 304 with the fields that RFC 9110 section 15.4.5 asks for.
fn not_modified(record: &ObjectRecord) -> s3s::S3Error {
    let mut headers = HeaderMap::new();
    let mut add = |name, value: Option<String>| {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    };
    add(ETAG, Some(format!("\"{}\"", record.etag)));
    add(LAST_MODIFIED, Some(http_date(&timestamp(record.modified_ms))));
    add(CACHE_CONTROL, record.kept.cache_control.clone());
    add(EXPIRES, expires(&record.kept).as_ref().map(http_date));
    let mut error = s3_error!(NotModified);
    error.set_headers(headers);
    error
}

fn http_date(time: &Timestamp) -> String {
    let mut text = Vec::new();
    // Writing to memory does not fail; a time beyond all calendars is left out.
    let _ = time.format(TimestampFormat::HttpDate, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn expires(kept: &Kept) -> Option<Timestamp> {
    kept.expires_ms.and_then(|ms| u64::try_from(ms).ok()).map(timestamp)
}

/// What a reader sees of an object besides its bytes.
struct Shown {
    kept: Kept,
    metadata: Metadata,
    etag: ETag,
    modified: Timestamp,
    expires: Option<Timestamp>,
    length: i64,
    content_range: Option<String>,
    checksums: HeaderMap,
}

// === impl Shown ===

impl Shown {
    fn of(record: &ObjectRecord, part: Option<&Bytes<u64>>, checksum_mode: Option<&ChecksumMode>) -> Self {
        let mut kept = record.kept.clone();
        kept.content_type.get_or_insert_with(|| "binary/octet-stream".into());
        let metadata = std::mem::take(&mut kept.metadata).into_iter().collect();
        let length = part.map_or(record.size, |part| part.end - part.start);
        let content_range =
            part.map(|part| format!("bytes {}-{}/{}", part.start, part.end.saturating_sub(1), record.size));
        // Checksums are of the whole.
        let wants_checksums =
            part.is_none() && checksum_mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED);
        Self {
            metadata,
            etag: etag(&record.etag),
            modified: timestamp(record.modified_ms),
            expires: expires(&kept),
            kept,
            length: number(length, i64::MAX),
            content_range,
            checksums: if wants_checksums {
                super::writing::checksum_fields(&record.checksums)
            } else {
                HeaderMap::new()
            },
        }
    }
}
