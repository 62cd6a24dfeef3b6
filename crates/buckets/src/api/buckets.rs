//! Buckets and their policies.

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::{Api, store, timestamp};
use crate::policy::Policy;

/// The region of a bucket whose maker named none; S3 writes it as an empty location.
const DEFAULT_REGION: &str = "us-east-1";

pub(super) fn list(api: &Api, req: &S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    let prefix = req.input.prefix.as_deref().unwrap_or_default();
    let all = api.store.all();
    let matching = all.iter().filter(|bucket| bucket.name().starts_with(prefix));
    let buckets = matching.map(|bucket| Bucket {
        bucket_region: Some(bucket.region()),
        creation_date: Some(timestamp(bucket.created_ms())),
        name: Some(bucket.name().to_owned()),
    });
    // There are never more of them than fit into a page.
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(buckets.collect()),
        owner: Some(Owner { display_name: None, id: Some(api.account.clone()) }),
        prefix: req.input.prefix.clone(),
        ..Default::default()
    }))
}

pub(super) async fn create(
    api: &Api,
    req: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    let asked = req.input.create_bucket_configuration.and_then(|asked| asked.location_constraint);
    let region = asked.map_or(DEFAULT_REGION.to_owned(), |region| region.as_str().to_owned());
    let is_region = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() || region.len() > 32 || !region.bytes().all(is_region) {
        return Err(s3_error!(
            InvalidLocationConstraint,
            "The LocationConstraint is no region. Accepted: for example eu-west-1."
        ));
    }
    let (store, name) = (Arc::clone(&api.store), req.input.bucket.clone());
    store::blocking(move || store.create(&name, &region)).await?;
    Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{}", req.input.bucket)) }))
}

pub(super) async fn delete(
    api: &Api,
    req: S3Request<DeleteBucketInput>,
) -> S3Result<S3Response<DeleteBucketOutput>> {
    let store = Arc::clone(&api.store);
    store::blocking(move || store.delete(&req.input.bucket)).await?;
    Ok(S3Response::new(DeleteBucketOutput::default()))
}

pub(super) fn head(api: &Api, req: &S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
    let bucket = api.store.bucket(&req.input.bucket)?;
    Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(bucket.region()), ..Default::default() }))
}

pub(super) fn location(
    api: &Api,
    req: &S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    let region = api.store.bucket(&req.input.bucket)?.region();
    let named = (region != DEFAULT_REGION).then(|| BucketLocationConstraint::from(region));
    Ok(S3Response::new(GetBucketLocationOutput { location_constraint: named }))
}

pub(super) fn policy(
    api: &Api,
    req: &S3Request<GetBucketPolicyInput>,
) -> S3Result<S3Response<GetBucketPolicyOutput>> {
    let policy = existing_policy(api, &req.input.bucket)?;
    Ok(S3Response::new(GetBucketPolicyOutput { policy: Some(policy.text().to_owned()) }))
}

pub(super) fn policy_status(
    api: &Api,
    req: &S3Request<GetBucketPolicyStatusInput>,
) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
    let is_public = existing_policy(api, &req.input.bucket)?.is_public();
    let policy_status = Some(PolicyStatus { is_public: Some(is_public) });
    Ok(S3Response::new(GetBucketPolicyStatusOutput { policy_status }))
}

fn existing_policy(api: &Api, bucket: &str) -> S3Result<Arc<Policy>> {
    let policy = api.store.bucket(bucket)?.policy();
    policy.ok_or_else(|| s3_error!(NoSuchBucketPolicy, "The bucket policy does not exist."))
}

pub(super) async fn put_policy(
    api: &Api,
    req: S3Request<PutBucketPolicyInput>,
) -> S3Result<S3Response<PutBucketPolicyOutput>> {
    let bucket = api.store.bucket(&req.input.bucket)?;
    let policy = Policy::parse(&req.input.policy, bucket.name())?;
    store::blocking(move || bucket.set_policy(Some(policy))).await?;
    Ok(S3Response::new(PutBucketPolicyOutput::default()))
}

pub(super) async fn delete_policy(
    api: &Api,
    req: S3Request<DeleteBucketPolicyInput>,
) -> S3Result<S3Response<DeleteBucketPolicyOutput>> {
    let bucket = api.store.bucket(&req.input.bucket)?;
    store::blocking(move || bucket.set_policy(None)).await?;
    Ok(S3Response::new(DeleteBucketPolicyOutput::default()))
}
