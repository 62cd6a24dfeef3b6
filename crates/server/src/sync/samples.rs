//! Records for tests.

use control::records::DistributionRecord;
use store::Revision;

/// A distribution with a server of its own.
pub const SERVER: &str = "<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>o.example.com</DomainName>\
    <CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>\
    <OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>";

/// A distribution with a bucket and an origin access control.
pub const BUCKET: &str = "<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id>\
    <DomainName>photos.s3.eu-west-1.amazonaws.com</DomainName>\
    <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>\
    <OriginAccessControlId>EOAC</OriginAccessControlId></Origin></Items></Origins>";

/// The id of a policy of the account's own.
pub const CUSTOM_POLICY: &str = "11111111-2222-4333-8444-555555555555";

/// The id of a managed policy, which the distributions here have unless they are to have another one.
const MANAGED_POLICY: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// A record of a distribution with this cache policy.
pub fn with_policy(id: &str, etag: &str, revision: u64, policy: &str) -> DistributionRecord {
    let record = record(id, etag, revision, SERVER);
    DistributionRecord { config_xml: record.config_xml.replace(MANAGED_POLICY, policy), ..record }
}

/// A configuration with these origins.
pub fn document(origins: &str) -> String {
    format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>r</CallerReference>{origins}\
         <DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
         <CachePolicyId>{MANAGED_POLICY}</CachePolicyId></DefaultCacheBehavior>\
         <Comment></Comment><Enabled>true</Enabled></DistributionConfig>"
    )
}

/// A record of a distribution with these origins.
pub fn record(id: &str, etag: &str, revision: u64, origins: &str) -> DistributionRecord {
    DistributionRecord {
        id: id.into(),
        arn: format!("arn:aws:cloudfront::123456789012:distribution/{id}"),
        etag: etag.into(),
        domain_name: format!("{id}.cloudfront.localhost"),
        last_modified_ms: 0,
        tags: Vec::new(),
        config_xml: document(origins),
        revision: Revision(revision),
        config_revision: Revision(revision),
    }
}
