//! A distribution's side towards viewers: certificates and restrictions.

use crate::{Shape, string_enum::string_enum};

/// The certificate for viewers' TLS: the default one, or one from a certificate store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ViewerCertificate {
    /// Whether it is the one for the name that CloudFront gave the distribution.
    pub cloud_front_default_certificate: Option<bool>,
    /// Id of a certificate in IAM.
    #[shape(name = "IAMCertificateId")]
    pub iam_certificate_id: Option<String>,
    /// Name of a certificate in ACM.
    #[shape(name = "ACMCertificateArn")]
    pub acm_certificate_arn: Option<String>,
    /// How the certificate is chosen for a connection.
    #[shape(name = "SSLSupportMethod")]
    pub ssl_support_method: Option<SSLSupportMethod>,
    /// The oldest protocol that viewers may speak, and by that the ciphers.
    pub minimum_protocol_version: Option<MinimumProtocolVersion>,
    /// The certificate's id or name (legacy).
    pub certificate: Option<String>,
    /// Which store `certificate` is in (legacy).
    pub certificate_source: Option<CertificateSource>,
}

string_enum! {
    /// How a certificate is chosen for a connection.
    SSLSupportMethod {
        SniOnly = "sni-only",
        Vip = "vip",
        StaticIp = "static-ip",
    }
}

string_enum! {
    /// The oldest protocol that viewers may speak, with the set of ciphers.
    MinimumProtocolVersion {
        SslV3 = "SSLv3",
        TlsV1 = "TLSv1",
        TlsV1_2016 = "TLSv1_2016",
        TlsV1_1_2016 = "TLSv1.1_2016",
        TlsV1_2_2018 = "TLSv1.2_2018",
        TlsV1_2_2019 = "TLSv1.2_2019",
        TlsV1_2_2021 = "TLSv1.2_2021",
        TlsV1_3_2025 = "TLSv1.3_2025",
        TlsV1_2_2025 = "TLSv1.2_2025",
    }
}

string_enum! {
    /// Which store a certificate is in (legacy).
    CertificateSource {
        CloudFront = "cloudfront",
        Iam = "iam",
        Acm = "acm",
    }
}

/// Certificates that viewers must show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct ViewerMtlsConfig {
    /// Whether they must.
    pub mode: Option<ViewerMtlsMode>,
    /// What the certificates are checked against.
    pub trust_store_config: Option<TrustStoreConfig>,
}

string_enum! {
    /// Whether viewers must show a certificate.
    ViewerMtlsMode {
        Required = "required",
        Optional = "optional",
        Passthrough = "passthrough",
    }
}

/// What viewers' certificates are checked against.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct TrustStoreConfig {
    /// The trust store's id.
    pub trust_store_id: String,
    /// Whether viewers are told the accepted authorities.
    pub advertise_trust_store_ca_names: Option<bool>,
    /// Whether an expired certificate is accepted.
    pub ignore_certificate_expiry: Option<bool>,
}

/// Who may not be served.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct Restrictions {
    /// By country.
    pub geo_restriction: GeoRestriction,
}

/// Which countries are served.
#[derive(Debug, Clone, PartialEq, Eq, Default, Shape)]
pub struct GeoRestriction {
    /// Whether the countries are those served or those refused.
    pub restriction_type: GeoRestrictionType,
    /// How many countries there are, according to the caller.
    pub quantity: i32,
    /// The countries, as two letters.
    #[shape(item = "Location")]
    pub items: Vec<String>,
}

string_enum! {
    /// Whether the named countries are those served or those refused.
    GeoRestrictionType {
        Blacklist = "blacklist",
        Whitelist = "whitelist",
        None = "none",
    }
}
