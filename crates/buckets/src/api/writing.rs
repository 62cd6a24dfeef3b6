//! PutObject, CopyObject, DeleteObject and DeleteObjects.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::reading::pieces;
use super::{Api, check_key, etag, missing, store, timestamp};
use crate::access::Asker;
use crate::error;
use crate::limits::{MAX_HEADER_BYTES, MAX_KEYS, MAX_METADATA_BYTES};
use crate::receive::{Claims, Received, hex, receive};
use crate::store::{Bucket, Found, Kept, ObjectRecord, now_ms};

pub(super) async fn put(api: &Api, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
    let input = req.input;
    check_key(&input.key)?;
    let bucket = api.store.bucket(&input.bucket)?;
    let kept = Kept {
        cache_control: input.cache_control,
        content_disposition: input.content_disposition,
        content_encoding: without_framing(input.content_encoding),
        content_language: input.content_language,
        content_type: input.content_type,
        expires_ms: input.expires.map(milliseconds),
        metadata: input.metadata.unwrap_or_default().into_iter().collect(),
    };
    check_kept(&kept)?;
    let condition = condition(input.if_match, input.if_none_match)?;
    let claims = Claims::of(&req.headers, input.content_length, req.trailing_headers)?;
    let place = api.place_to_write()?;
    let received = receive(bucket.tmp(), input.body, &claims).await?;
    let record = record(input.key, &received, kept);
    put_received(&bucket, received, &record, condition).await?;
    drop(place);
    let mut response =
        S3Response::new(PutObjectOutput { e_tag: Some(etag(&record.etag)), ..Default::default() });
    response.headers = checksum_fields(&record.checksums);
    Ok(response)
}

pub(super) async fn copy(
    api: &Api,
    req: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let input = req.input;
    check_key(&input.key)?;
    let bucket = api.store.bucket(&input.bucket)?;
    let (source, source_key) = source(api, &req.extensions, &input.copy_source)?;
    let conditions = (input.copy_source_if_match, input.copy_source_if_none_match);
    if input.copy_source_if_modified_since.is_some() || input.copy_source_if_unmodified_since.is_some() {
        return Err(error::not_implemented("conditions on the time of a copy's source"));
    }
    let found = open_source(&req.extensions, &source, &source_key).await?;
    if !self::condition(conditions.0, conditions.1)?(Some(&found.record.etag)) {
        return Err(precondition_failed());
    }
    let replaces = match input.metadata_directive.as_ref().map(MetadataDirective::as_str) {
        None | Some("COPY") => false,
        Some("REPLACE") => true,
        Some(_) => {
            return Err(s3_error!(
                InvalidArgument,
                "The metadata directive is not known. Accepted: COPY, REPLACE."
            ));
        }
    };
    if !replaces && source.name() == bucket.name() && source_key == input.key {
        return Err(s3_error!(
            InvalidRequest,
            "This copy request is illegal because it is trying to copy an object to itself without changing its metadata."
        ));
    }
    let given = Kept {
        cache_control: input.cache_control,
        content_disposition: input.content_disposition,
        content_encoding: without_framing(input.content_encoding),
        content_language: input.content_language,
        content_type: input.content_type,
        expires_ms: input.expires.map(milliseconds),
        metadata: input.metadata.unwrap_or_default().into_iter().collect(),
    };
    let kept = if replaces { given } else { found.record.kept.clone() };
    check_kept(&kept)?;
    let place = api.place_to_write()?;
    let body = StreamingBlob::wrap(pieces(found.file, 0..found.record.size));
    let received = receive(bucket.tmp(), Some(body), &Claims::default()).await?;
    let record = ObjectRecord { checksums: found.record.checksums, ..record(input.key, &received, kept) };
    put_received(&bucket, received, &record, |_| true).await?;
    drop(place);
    let result = CopyObjectResult {
        e_tag: Some(etag(&record.etag)),
        last_modified: Some(timestamp(record.modified_ms)),
        ..Default::default()
    };
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..Default::default() }))
}

/// The source of a copy, if whoever asks may read it.
pub(super) fn source(
    api: &Api,
    extensions: &http::Extensions,
    source: &CopySource,
) -> S3Result<(Arc<Bucket>, String)> {
    let CopySource::Bucket { bucket, key, version_id: None } = source else {
        return Err(error::not_implemented("copying from a version or an access point"));
    };
    let bucket = api.store.bucket(bucket)?;
    if !Asker::of(extensions)?.may(&bucket, "s3:GetObject", Some(key)) {
        return Err(error::access_denied());
    }
    Ok((bucket, key.to_string()))
}

pub(super) async fn open_source(
    extensions: &http::Extensions,
    bucket: &Arc<Bucket>,
    key: &str,
) -> S3Result<Found> {
    let (opened, key) = (Arc::clone(bucket), key.to_owned());
    let found = store::blocking(move || opened.object(&key)).await?;
    found.ok_or_else(|| missing(extensions, bucket))
}

pub(super) async fn delete(
    api: &Api,
    req: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = req.input;
    if input.if_match.is_some() {
        return Err(error::not_implemented("If-Match of DeleteObject"));
    }
    let bucket = api.store.bucket(&input.bucket)?;
    store::blocking(move || bucket.delete(&input.key)).await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

pub(super) async fn delete_many(
    api: &Api,
    req: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let delete = req.input.delete;
    if delete.objects.is_empty() || delete.objects.len() > MAX_KEYS {
        return Err(s3_error!(MalformedXML, "Delete has no or too many objects. Accepted: 1 to {MAX_KEYS}."));
    }
    let bucket = api.store.bucket(&req.input.bucket)?;
    let asker = Asker::of(&req.extensions)?;
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for ObjectIdentifier { key, version_id, e_tag, last_modified_time, size } in delete.objects {
        let refusal =
            if version_id.is_some() || e_tag.is_some() || last_modified_time.is_some() || size.is_some() {
                Some(("NotImplemented", "Versions and conditions are not implemented."))
            } else if !asker.may(&bucket, "s3:DeleteObject", Some(&key)) {
                Some(("AccessDenied", "Access Denied"))
            } else {
                None
            };
        if let Some((code, message)) = refusal {
            errors.push(Error {
                code: Some(code.into()),
                key: Some(key),
                message: Some(message.into()),
                version_id,
            });
            continue;
        }
        let (bucket, gone) = (Arc::clone(&bucket), key.clone());
        store::blocking(move || bucket.delete(&gone)).await?;
        deleted.push(DeletedObject { key: Some(key), ..Default::default() });
    }
    let deleted = (!delete.quiet.unwrap_or_default()).then_some(deleted);
    Ok(S3Response::new(DeleteObjectsOutput { deleted, errors: Some(errors), ..Default::default() }))
}

fn record(key: String, received: &Received, kept: Kept) -> ObjectRecord {
    ObjectRecord {
        key,
        size: received.size,
        etag: hex(&received.md5),
        modified_ms: now_ms(),
        kept,
        checksums: received.checksums.clone(),
    }
}

/// Makes an object of what was received.
async fn put_received(
    bucket: &Arc<Bucket>,
    received: Received,
    record: &ObjectRecord,
    condition: impl FnOnce(Option<&str>) -> bool + Send + 'static,
) -> S3Result<()> {
    put_draft(bucket, received.draft, record, condition).await
}

/// Makes an object of a draft that has its bytes.
pub(super) async fn put_draft(
    bucket: &Arc<Bucket>,
    mut draft: store::Draft,
    record: &ObjectRecord,
    condition: impl FnOnce(Option<&str>) -> bool + Send + 'static,
) -> S3Result<()> {
    draft.write(&store::trailer(record).map_err(error::disk)?).await.map_err(error::disk)?;
    draft.sync().await.map_err(error::disk)?;
    let (bucket, record) = (Arc::clone(bucket), record.clone());
    let is_put = store::blocking(move || bucket.put(draft, &record, condition)).await?;
    if is_put { Ok(()) } else { Err(precondition_failed()) }
}

fn precondition_failed() -> s3s::S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold.")
}

/// What must hold for the entity tag that is there.
pub(super) fn condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<impl FnOnce(Option<&str>) -> bool + Send + 'static> {
    let is_it = |condition: &ETagCondition, there: Option<&str>| match condition {
        ETagCondition::Any => there.is_some(),
        ETagCondition::ETag(tag) => there == Some(tag.value()),
    };
    Ok(move |there: Option<&str>| {
        if_match.is_none_or(|condition| is_it(&condition, there))
            && !if_none_match.is_some_and(|condition| is_it(&condition, there))
    })
}

/// `aws-chunked` is how the body came, and no part of the object.
pub(super) fn without_framing(encoding: Option<String>) -> Option<String> {
    let encoding = encoding?;
    let kept: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    let kept = kept.join(", ");
    (!kept.is_empty()).then_some(kept)
}

pub(super) fn milliseconds(time: Timestamp) -> i64 {
    let mut seconds = Vec::new();
    // Seconds with fractions, which are not kept.
    let _ = time.format(TimestampFormat::EpochSeconds, &mut seconds);
    let text = String::from_utf8(seconds).unwrap_or_default();
    let whole = text.split('.').next().unwrap_or_default();
    whole.parse::<i64>().unwrap_or_default().saturating_mul(1000)
}

pub(super) fn check_kept(kept: &Kept) -> S3Result<()> {
    if kept.metadata_bytes() > MAX_METADATA_BYTES {
        return Err(s3_error!(
            MetadataTooLarge,
            "Your metadata headers exceed the maximum allowed metadata size. Accepted: {MAX_METADATA_BYTES} bytes."
        ));
    }
    if kept.header_bytes() > MAX_HEADER_BYTES {
        return Err(s3_error!(
            MetadataTooLarge,
            "The headers that are kept with the object are too long. Accepted: {MAX_HEADER_BYTES} bytes."
        ));
    }
    Ok(())
}

/// Checksums as header fields.
pub(super) fn checksum_fields(checksums: &BTreeMap<String, String>) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for (name, value) in checksums {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            fields.insert(name, value);
        }
    }
    if !fields.is_empty() {
        fields.insert("x-amz-checksum-type", HeaderValue::from_static("FULL_OBJECT"));
    }
    fields
}
