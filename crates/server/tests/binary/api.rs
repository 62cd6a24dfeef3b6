//! Signed calls of the CloudFront API, and the documents that tests send.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Scope, Signable, sign};

use crate::http::{Answer, try_send};
use crate::process::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Server};

/// A caller with a key pair.
pub struct Api {
    address: SocketAddr,
    pair: Credentials,
}

/// A distribution that was created.
#[derive(Debug, Clone)]
pub struct Created {
    pub id: String,
    pub domain_name: String,
    pub etag: String,
}

impl Api {
    /// With the key pair of the tests.
    pub fn of(server: &Server) -> Self {
        Self::with(server.api, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    }

    pub fn with(address: SocketAddr, id: &str, secret: &str) -> Self {
        Self { address, pair: Credentials::new(id, SecretKey::new(secret)) }
    }

    pub fn call(&self, method: &str, path: &str, if_match: Option<&str>, body: &str) -> Answer {
        self.try_call(method, path, if_match, body).unwrap()
    }

    /// An error when the server goes away.
    pub fn try_call(
        &self,
        method: &str,
        path: &str,
        if_match: Option<&str>,
        body: &str,
    ) -> std::io::Result<Answer> {
        let path = format!("/2020-05-31/{path}");
        let signed = self.signed(method, &path, body);
        let headers = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<_> = headers.chain(if_match.map(|version| ("if-match", version))).collect();
        try_send(self.address, method, &path, &headers, body)
    }

    /// The headers of a signed request, with the host.
    pub fn signed(&self, method: &str, path: &str, body: &str) -> Vec<(String, String)> {
        self.signed_for("cloudfront", method, path, body)
    }

    /// The same for another service; S3 wants the hash of the body as a header.
    pub fn signed_for(&self, service: &str, method: &str, path: &str, body: &str) -> Vec<(String, String)> {
        let host = self.address.to_string();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let signable = Signable { method, host: &host, path, query, headers: &[] };
        let scope = Scope { region: "eu-central-1", service };
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let signed = sign(&signable, &self.pair, scope, PayloadHash::of(body.as_bytes()), now_s);
        let own = signed.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.chain([("host".to_owned(), host.clone())]).collect()
    }

    /// `CreateDistribution`
    pub fn create(&self, document: &str) -> Created {
        created(&self.call("POST", "distribution", None, document))
    }

    /// The status that `GetDistribution` tells.
    pub fn status(&self, id: &str) -> String {
        let answer = self.call("GET", &format!("distribution/{id}"), None, "");
        assert_eq!(answer.status, 200, "{answer:?}");
        text(&answer.body, "Status").to_owned()
    }
}

/// What a create answered.
pub fn created(answer: &Answer) -> Created {
    assert_eq!(answer.status, 201, "{answer:?}");
    Created {
        id: text(&answer.body, "Id").to_owned(),
        domain_name: text(&answer.body, "DomainName").to_owned(),
        etag: answer.header("etag").unwrap().to_owned(),
    }
}

/// The text of the first element with this name.
pub fn text<'a>(document: &'a str, name: &str) -> &'a str {
    let start = document.find(&format!("<{name}>")).unwrap() + name.len() + 2;
    let end = document[start..].find("</").unwrap();
    &document[start..start + end]
}

/// A distribution with one origin on this machine. Objects without a lifetime are kept for a minute, errors for 30 s.
pub fn document(reference: &str, alias: Option<&str>, origin: SocketAddr) -> String {
    let aliases = alias.map_or(String::new(), |alias| {
        format!("<Aliases><Quantity>1</Quantity><Items><CNAME>{alias}</CNAME></Items></Aliases>")
    });
    format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>{reference}</CallerReference>{aliases}\
         <Origins><Quantity>1</Quantity><Items><Origin><Id>origin</Id><DomainName>origin.localhost</DomainName>\
         <CustomOriginConfig><HTTPPort>{port}</HTTPPort><HTTPSPort>443</HTTPSPort>\
         <OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>\
         <DefaultCacheBehavior><TargetOriginId>origin</TargetOriginId>\
         <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
         <ForwardedValues><QueryString>false</QueryString><Cookies><Forward>none</Forward></Cookies></ForwardedValues>\
         <MinTTL>0</MinTTL><DefaultTTL>60</DefaultTTL></DefaultCacheBehavior>\
         <CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>404</ErrorCode>\
         <ErrorCachingMinTTL>30</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses>\
         <Comment></Comment><Enabled>true</Enabled></DistributionConfig>",
        port = origin.port(),
    )
}
