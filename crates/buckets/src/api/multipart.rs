//! Uploads in parts.

use std::sync::Arc;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::reading::{part, pieces};
use super::writing::{
    check_kept, checksum_fields, condition, milliseconds, open_source, put_draft, source, without_framing,
};
use super::{Api, check_key, etag, number, store, timestamp};
use crate::error;
use crate::limits::{MAX_OBJECT_BYTES, MAX_PARTS, MAX_UPLOADS, MIN_PART_BYTES};
use crate::receive::{Claims, Received, hex, receive};
use crate::store::{Draft, Kept, ObjectRecord, PartRecord, Upload, now_ms};

pub(super) async fn create(
    api: &Api,
    req: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
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
    let algorithm = input.checksum_algorithm.as_ref().map(|algorithm| algorithm.as_str().to_owned());
    let key = input.key.clone();
    let id = store::blocking(move || Upload::begin(&bucket, &key, kept, algorithm)).await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: input.checksum_algorithm,
        checksum_type: input.checksum_type,
        ..Default::default()
    }))
}

async fn find(api: &Api, bucket: &str, key: &str, id: &str) -> S3Result<Upload> {
    let bucket = api.store.bucket(bucket)?;
    let (key, id) = (key.to_owned(), id.to_owned());
    Ok(store::blocking(move || Upload::find(&bucket, &id, &key)).await?)
}

fn check_number(number: i32) -> S3Result<()> {
    if (1..=MAX_PARTS).contains(&number) {
        return Ok(());
    }
    Err(s3_error!(InvalidArgument, "The part number is {number}. Accepted: 1 to {MAX_PARTS}."))
}

pub(super) async fn upload_part(
    api: &Api,
    req: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    let input = req.input;
    check_number(input.part_number)?;
    let upload = find(api, &input.bucket, &input.key, &input.upload_id).await?;
    let claims = Claims::of(&req.headers, input.content_length, req.trailing_headers)?;
    let place = api.place_to_write()?;
    let received = receive(upload.bucket().tmp(), input.body, &claims).await?;
    let checksums = received.checksums.clone();
    let record = put_part(upload, received, input.part_number).await?;
    drop(place);
    let mut response =
        S3Response::new(UploadPartOutput { e_tag: Some(etag(&record.etag)), ..Default::default() });
    response.headers = checksum_fields(&checksums);
    // A part's checksum has no type.
    response.headers.remove("x-amz-checksum-type");
    Ok(response)
}

pub(super) async fn upload_part_copy(
    api: &Api,
    req: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let input = req.input;
    check_number(input.part_number)?;
    let upload = find(api, &input.bucket, &input.key, &input.upload_id).await?;
    let (bucket, key) = source(api, &req.extensions, &input.copy_source)?;
    let found = open_source(&req.extensions, &bucket, &key).await?;
    let is_right = condition(input.copy_source_if_match, input.copy_source_if_none_match)?;
    if !is_right(Some(&found.record.etag)) {
        return Err(s3_error!(PreconditionFailed, "The source of the copy is another one."));
    }
    let range = input.copy_source_range.as_deref().map(Range::parse).transpose();
    let range = range.map_err(|_| {
        s3_error!(InvalidArgument, "The range is not understood. Accepted: bytes=<first>-<last>.")
    })?;
    let part = part(range.as_ref(), found.record.size)?;
    let place = api.place_to_write()?;
    let body = StreamingBlob::wrap(pieces(found.file, part));
    let received = receive(upload.bucket().tmp(), Some(body), &Claims::default()).await?;
    let record = put_part(upload, received, input.part_number).await?;
    drop(place);
    let result = CopyPartResult {
        e_tag: Some(etag(&record.etag)),
        last_modified: Some(timestamp(record.modified_ms)),
        ..Default::default()
    };
    Ok(S3Response::new(UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() }))
}

async fn put_part(upload: Upload, received: Received, number: i32) -> S3Result<PartRecord> {
    let record = PartRecord { number, size: received.size, etag: hex(&received.md5), modified_ms: now_ms() };
    let mut draft = received.draft;
    draft.write(&store::trailer(&record).map_err(error::disk)?).await.map_err(error::disk)?;
    draft.sync().await.map_err(error::disk)?;
    store::blocking(move || upload.put_part(draft, number)).await?;
    Ok(record)
}

pub(super) async fn complete(
    api: &Api,
    req: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let input = req.input;
    let upload = find(api, &input.bucket, &input.key, &input.upload_id).await?;
    let condition = condition(input.if_match, input.if_none_match)?;
    let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let listed = upload.clone();
    let there = store::blocking(move || listed.parts()).await?;
    let parts = chosen(&named, &there)?;
    let size = parts.iter().map(|part| part.size).sum();
    if size > MAX_OBJECT_BYTES {
        return Err(error::too_large());
    }
    if input.mpu_object_size.is_some_and(|expected| u64::try_from(expected) != Ok(size)) {
        return Err(s3_error!(InvalidRequest, "The parts do not add up to x-amz-mp-object-size."));
    }
    let place = api.place_to_write()?;
    let bucket = Arc::clone(upload.bucket());
    let mut draft = Draft::new(bucket.tmp()).await.map_err(error::disk)?;
    for part in &parts {
        let bytes = upload.part(part)?;
        draft.append(bytes).await.map_err(error::disk)?;
    }
    let record = ObjectRecord {
        key: input.key.clone(),
        size,
        etag: etag_of_parts(&parts),
        modified_ms: now_ms(),
        kept: upload.record.kept.clone(),
        checksums: Default::default(),
    };
    put_draft(&bucket, draft, &record, condition).await?;
    drop(place);
    // The object is there; what is left of the upload can still be aborted.
    if let Err(error) = store::blocking(move || upload.remove()).await {
        tracing::warn!(%error, "a completed upload's parts stay for now");
    }
    Ok(S3Response::new(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(etag(&record.etag)),
        ..Default::default()
    }))
}

/// The parts that were named, if they are there and in order.
fn chosen(named: &[CompletedPart], there: &[PartRecord]) -> S3Result<Vec<PartRecord>> {
    if named.is_empty() {
        return Err(s3_error!(MalformedXML, "No part is named. Accepted: at least one."));
    }
    if !named.is_sorted_by(|a, b| a.part_number < b.part_number) {
        return Err(s3_error!(InvalidPartOrder, "The list of parts was not in ascending order."));
    }
    let mut parts: Vec<PartRecord> = Vec::new();
    for (index, part) in named.iter().enumerate() {
        let number = part.part_number.unwrap_or_default();
        let found = there.iter().find(|found| found.number == number);
        let is_it = |found: &&PartRecord| part.e_tag.as_ref().is_some_and(|tag| tag.value() == found.etag);
        let Some(found) = found.filter(is_it) else {
            return Err(s3_error!(InvalidPart, "Part {number} is not there, or has another entity tag."));
        };
        if found.size < MIN_PART_BYTES && index + 1 < named.len() {
            return Err(s3_error!(
                EntityTooSmall,
                "Part {number} is too small. Accepted: 5 MiB or more for all but the last."
            ));
        }
        parts.push(found.clone());
    }
    Ok(parts)
}

/// S3's entity tag of an object in parts: the MD5 of their MD5s, and their number.
fn etag_of_parts(parts: &[PartRecord]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        let digits = part.etag.as_bytes().chunks(2);
        let bytes: Vec<u8> =
            digits.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        md5.update(&bytes);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}

pub(super) async fn abort(
    api: &Api,
    req: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    if req.input.if_match_initiated_time.is_some() {
        return Err(error::not_implemented("conditions on the time of an upload"));
    }
    let upload = find(api, &req.input.bucket, &req.input.key, &req.input.upload_id).await?;
    store::blocking(move || upload.remove()).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

pub(super) async fn list_parts(
    api: &Api,
    req: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let input = req.input;
    let upload = find(api, &input.bucket, &input.key, &input.upload_id).await?;
    let limit = page_length(input.max_parts)?;
    let after = input.part_number_marker.unwrap_or_default();
    let listed = upload.clone();
    let all = store::blocking(move || listed.parts()).await?;
    let mut rest = all.into_iter().filter(|part| part.number > after);
    let parts: Vec<Part> = rest
        .by_ref()
        .take(limit)
        .map(|part| Part {
            part_number: Some(part.number),
            size: Some(number(part.size, i64::MAX)),
            e_tag: Some(etag(&part.etag)),
            last_modified: Some(timestamp(part.modified_ms)),
            ..Default::default()
        })
        .collect();
    let is_truncated = rest.next().is_some();
    Ok(S3Response::new(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(after),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        max_parts: Some(number(limit as u64, i32::MAX)),
        is_truncated: Some(is_truncated),
        checksum_algorithm: upload.record.checksum_algorithm.map(ChecksumAlgorithm::from),
        parts: Some(parts),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        ..Default::default()
    }))
}

pub(super) async fn list(
    api: &Api,
    req: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = req.input;
    if input.delimiter.is_some() || input.encoding_type.is_some() {
        return Err(error::not_implemented("delimiter and encoding-type of ListMultipartUploads"));
    }
    let bucket = api.store.bucket(&input.bucket)?;
    let limit = page_length(input.max_uploads)?;
    let all = store::blocking(move || Upload::all(&bucket)).await?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = (input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone());
    let is_next = |id: &str, key: &str| match &after.1 {
        Some(marker) => (key, id) > (after.0.as_str(), marker.as_str()),
        None => key > after.0.as_str(),
    };
    let mut rest =
        all.into_iter().filter(|(id, upload)| upload.key.starts_with(&prefix) && is_next(id, &upload.key));
    let uploads: Vec<MultipartUpload> = rest
        .by_ref()
        .take(limit)
        .map(|(id, upload)| MultipartUpload {
            key: Some(upload.key),
            upload_id: Some(id),
            initiated: Some(timestamp(upload.initiated_ms)),
            storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
            ..Default::default()
        })
        .collect();
    let is_truncated = rest.next().is_some();
    let last = uploads.last().filter(|_| is_truncated);
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        next_key_marker: last.and_then(|upload| upload.key.clone()),
        next_upload_id_marker: last.and_then(|upload| upload.upload_id.clone()),
        max_uploads: Some(number(limit as u64, i32::MAX)),
        is_truncated: Some(is_truncated),
        uploads: Some(uploads),
        ..Default::default()
    }))
}

fn page_length(asked: Option<i32>) -> S3Result<usize> {
    let given = asked.map_or(Ok(MAX_UPLOADS), usize::try_from);
    let given = given.map_err(|_| {
        s3_error!(InvalidArgument, "The length of a page is negative. Accepted: 0 to {MAX_UPLOADS}.")
    })?;
    Ok(given.min(MAX_UPLOADS))
}
