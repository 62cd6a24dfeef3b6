//! What CloudFront changes in a document before it stores and shows it.
//!
//! Nothing here repairs a mistake: a document that is wrong before is wrong afterwards.

use shapes::{
    CertificateSource, CustomErrorResponse, DistributionConfig, HttpVersion, LoggingConfig,
    MinimumProtocolVersion, SSLSupportMethod, ViewerCertificate,
};

use crate::error_responses;

/// Rewrites the document as CloudFront shows it afterwards.
pub fn normalize(config: &mut DistributionConfig) {
    for response in config.custom_error_responses.iter_mut().flat_map(|list| &mut list.items) {
        normalize_error_response(response);
    }
    if let Some(logging) = config.logging.as_mut().filter(|logging| logging.enabled != Some(true)) {
        clear(logging);
    }
    if let Some(certificate) = &mut config.viewer_certificate {
        normalize_certificate(certificate);
    }
    // Old documents spell the version `HTTP2`.
    if let Some(HttpVersion::Other(word)) = &config.http_version {
        let lower = HttpVersion::from(word.to_ascii_lowercase().as_str());
        if lower.is_known() {
            config.http_version = Some(lower);
        }
    }
}

/// Absent page and code are shown as empty texts, an absent TTL as the one in effect.
fn normalize_error_response(response: &mut CustomErrorResponse) {
    response.response_page_path.get_or_insert_default();
    response.response_code.get_or_insert_default();
    response.error_caching_min_ttl.get_or_insert(error_responses::DEFAULT_MIN_TTL_S);
}

/// Logging that is not enabled keeps nothing.
fn clear(logging: &mut LoggingConfig) {
    *logging = LoggingConfig {
        enabled: Some(false),
        include_cookies: Some(false),
        bucket: Some(String::new()),
        prefix: Some(String::new()),
    };
}

fn normalize_certificate(certificate: &mut ViewerCertificate) {
    let given = |id: &Option<String>| id.clone().filter(|id| !id.is_empty());
    let acm = given(&certificate.acm_certificate_arn);
    let iam = given(&certificate.iam_certificate_id);
    let (source, id) = match (certificate.cloud_front_default_certificate, acm, iam) {
        (Some(true), None, None) => {
            // Whatever was asked for, the default certificate has this policy (O14).
            certificate.minimum_protocol_version = Some(MinimumProtocolVersion::TlsV1);
            certificate.ssl_support_method = Some(SSLSupportMethod::Vip);
            (CertificateSource::CloudFront, None)
        }
        (None | Some(false), Some(arn), None) => (CertificateSource::Acm, Some(arn)),
        (None | Some(false), None, Some(id)) => (CertificateSource::Iam, Some(id)),
        // More than one certificate, or none: the checks refuse it as it is.
        _ => return,
    };
    certificate.cloud_front_default_certificate = Some(source == CertificateSource::CloudFront);
    certificate.certificate = id;
    certificate.certificate_source = Some(source);
}
