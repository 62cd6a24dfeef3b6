//! An origin: where a distribution's objects come from, and how it is asked.

use crate::{Counted, Shape, string_enum::string_enum};

/// One origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Origin {
    /// The name by which behaviors and origin groups refer to it.
    pub id: String,
    /// Its host name.
    pub domain_name: String,
    /// What is put before every path, without a slash at its end.
    pub origin_path: Option<String>,
    /// Headers added to every request.
    #[shape(item = "OriginCustomHeader")]
    pub custom_headers: Option<Counted<OriginCustomHeader>>,
    /// Settings of an S3 bucket that is not a website.
    #[shape(name = "S3OriginConfig")]
    pub s3_origin_config: Option<S3OriginConfig>,
    /// Settings of any other HTTP server.
    pub custom_origin_config: Option<CustomOriginConfig>,
    /// Settings of a server inside a private network.
    pub vpc_origin_config: Option<VpcOriginConfig>,
    /// How often a connection is tried: 1 to 3.
    pub connection_attempts: Option<i32>,
    /// How long each try may take, in seconds: 1 to 10.
    pub connection_timeout: Option<i32>,
    /// How long the whole response may take, in seconds.
    pub response_completion_timeout: Option<i32>,
    /// The extra caching layer before the origin.
    pub origin_shield: Option<OriginShield>,
    /// The origin access control that signs requests; empty for none.
    pub origin_access_control_id: Option<String>,
}

/// A header that is added to every request to an origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginCustomHeader {
    /// Its name.
    pub header_name: String,
    /// Its value, often a secret.
    pub header_value: String,
}

/// Settings of an S3 bucket that is not a website.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct S3OriginConfig {
    /// `origin-access-identity/cloudfront/` and the identity's id, or empty for none.
    pub origin_access_identity: String,
    /// How long to wait for the response and between its parts, in seconds.
    pub origin_read_timeout: Option<i32>,
}

/// Settings of an HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct CustomOriginConfig {
    /// Port for HTTP.
    #[shape(name = "HTTPPort")]
    pub http_port: i32,
    /// Port for HTTPS.
    #[shape(name = "HTTPSPort")]
    pub https_port: i32,
    /// Which of the two is used.
    pub origin_protocol_policy: OriginProtocolPolicy,
    /// TLS versions that may be spoken.
    #[shape(item = "SslProtocol")]
    pub origin_ssl_protocols: Option<Counted<SslProtocol>>,
    /// How long to wait for the response and between its parts, in seconds.
    pub origin_read_timeout: Option<i32>,
    /// How long an idle connection is kept, in seconds.
    pub origin_keepalive_timeout: Option<i32>,
    /// Which address families are tried.
    pub ip_address_type: Option<IpAddressType>,
    /// The certificate shown to the origin.
    pub origin_mtls_config: Option<OriginMtlsConfig>,
}

/// The certificate shown to an origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginMtlsConfig {
    /// Its Amazon resource name.
    pub client_certificate_arn: String,
}

/// Settings of a server inside a private network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct VpcOriginConfig {
    /// Id of the VPC origin.
    pub vpc_origin_id: String,
    /// The account that owns it.
    pub owner_account_id: Option<String>,
    /// How long to wait for the response and between its parts, in seconds.
    pub origin_read_timeout: Option<i32>,
    /// How long an idle connection is kept, in seconds.
    pub origin_keepalive_timeout: Option<i32>,
}

/// The extra caching layer before an origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct OriginShield {
    /// Whether it is used.
    pub enabled: bool,
    /// The region in which it stands.
    pub origin_shield_region: Option<String>,
}

string_enum! {
    /// Which protocol an origin is asked with.
    OriginProtocolPolicy {
        HttpOnly = "http-only",
        MatchViewer = "match-viewer",
        HttpsOnly = "https-only",
    }
}

string_enum! {
    /// A TLS version that may be spoken with an origin.
    SslProtocol {
        SslV3 = "SSLv3",
        TlsV1 = "TLSv1",
        TlsV1_1 = "TLSv1.1",
        TlsV1_2 = "TLSv1.2",
    }
}

string_enum! {
    /// Which address families of an origin are tried.
    IpAddressType {
        Ipv4 = "ipv4",
        Ipv6 = "ipv6",
        Dualstack = "dualstack",
    }
}
