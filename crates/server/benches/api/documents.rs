//! The distributions that are created: what a small site has, no more and no less.

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// The viewer protocol policies of the default behavior between which updates go back and forth; the edge answers a
/// viewer without TLS by itself, with 301 and 403 (for which there must be no custom error response).
pub const POLICIES: [(&str, u16); 2] = [("redirect-to-https", 301), ("https-only", 403)];

/// Two origins, two alternate domain names, two behaviors beside the default, four custom error responses.
pub fn distribution(number: usize) -> String {
    let origins = ["site", "pages"].map(origin).concat();
    let behaviors =
        ["/errors/*", "images/*.jpg"].map(|pattern| behavior("CacheBehavior", Some(pattern))).concat();
    let errors = [404, 500, 502, 503].map(error).concat();
    format!(
        "<DistributionConfig xmlns=\"{NAMESPACE}\"><CallerReference>bench-{number}</CallerReference>\
         <Aliases><Quantity>2</Quantity><Items><CNAME>www-{number}.example.com</CNAME>\
         <CNAME>static-{number}.example.com</CNAME></Items></Aliases>\
         <Origins><Quantity>2</Quantity><Items>{origins}</Items></Origins>{default}\
         <CacheBehaviors><Quantity>2</Quantity><Items>{behaviors}</Items></CacheBehaviors>\
         <CustomErrorResponses><Quantity>4</Quantity><Items>{errors}</Items></CustomErrorResponses>\
         <Comment>number {number}</Comment><Enabled>true</Enabled></DistributionConfig>",
        default = behavior("DefaultCacheBehavior", None),
    )
}

fn origin(id: &str) -> String {
    format!(
        "<Origin><Id>{id}</Id><DomainName>{id}.localhost</DomainName><CustomOriginConfig><HTTPPort>80</HTTPPort>\
         <HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin>"
    )
}

fn behavior(element: &str, pattern: Option<&str>) -> String {
    let target = if pattern == Some("/errors/*") { "pages" } else { "site" };
    let pattern = pattern.map_or(String::new(), |pattern| format!("<PathPattern>{pattern}</PathPattern>"));
    let policy = POLICIES[0].0;
    format!(
        "<{element}>{pattern}<TargetOriginId>{target}</TargetOriginId>\
         <ViewerProtocolPolicy>{policy}</ViewerProtocolPolicy><Compress>true</Compress>\
         <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></{element}>"
    )
}

fn error(code: u16) -> String {
    format!(
        "<CustomErrorResponse><ErrorCode>{code}</ErrorCode><ResponsePagePath>/errors/{code}.html</ResponsePagePath>\
         <ResponseCode>{code}</ResponseCode><ErrorCachingMinTTL>30</ErrorCachingMinTTL></CustomErrorResponse>"
    )
}
