//! The statement of a bucket policy that lets this distribution read (G30).

use rules::model::{Distribution, EdgeIdentity, Origin, OriginSigning};
use serde_json::{Value, json};

/// The bucket policy to paste for `origin`; `None` when requests to it carry no signature.
pub fn bucket_policy(distribution: &Distribution, origin: &Origin) -> Option<String> {
    let signature = match &origin.signing {
        OriginSigning::Unsigned => return None,
        OriginSigning::Always(signature) | OriginSigning::NoOverride(signature) => signature,
    };
    let resource = format!("arn:aws:s3:::{}/*", signature.bucket);
    let statement = match &signature.identity {
        EdgeIdentity::OriginAccessIdentity(id) => identity_statement(id, &resource),
        EdgeIdentity::Distribution(_) => json!({
            "Sid": "AllowCloudFrontServicePrincipalReadOnly",
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": "s3:GetObject",
            "Resource": resource,
            "Condition": { "StringEquals": { "AWS:SourceArn": &*distribution.arn } },
        }),
    };
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    serde_json::to_string_pretty(&policy).ok()
}

fn identity_statement(id: &str, resource: &str) -> Value {
    json!({
        "Sid": "AllowOriginAccessIdentity",
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}") },
        "Action": "s3:GetObject",
        "Resource": resource,
    })
}
