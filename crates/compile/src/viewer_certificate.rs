//! The viewer certificate's settings, which must agree with each other (O01, O14).
//!
//! The edge makes its certificates itself, so a certificate of one's own is kept but not used, and an alias
//! needs none.

use shapes::{MinimumProtocolVersion, SSLSupportMethod, ViewerCertificate};

use crate::problems::{Report, Stage};

const PATH: &str = "ViewerCertificate";
const INVALID: &str = "InvalidViewerCertificate";

/// Checks the certificate's settings.
pub(crate) fn check(report: &mut Report, certificate: &ViewerCertificate) {
    let is_given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let own = [&certificate.acm_certificate_arn, &certificate.iam_certificate_id];
    let own = own.into_iter().filter(|id| is_given(id)).count();
    let default = certificate.cloud_front_default_certificate == Some(true);
    report.require(own + usize::from(default) <= 1, Stage::Field, INVALID, PATH, || {
        "You cannot specify more than one of ACMCertificateArn, IAMCertificateId and \
         CloudFrontDefaultCertificate true."
            .into()
    });
    report.require(own > 0 || default, Stage::Field, INVALID, PATH, || {
        format!(
            "{PATH} names no certificate. Accepted: one of ACMCertificateArn, IAMCertificateId and \
             CloudFrontDefaultCertificate true."
        )
    });
    if own == 1 && !default {
        check_own(report, certificate);
    }
}

fn check_own(report: &mut Report, certificate: &ViewerCertificate) {
    let (Some(method), Some(version)) =
        (&certificate.ssl_support_method, &certificate.minimum_protocol_version)
    else {
        let message = format!(
            "{PATH} names a certificate without SSLSupportMethod or MinimumProtocolVersion. Accepted: both with it."
        );
        report.add(Stage::Field, INVALID, PATH, message);
        return;
    };
    let old = matches!(version, MinimumProtocolVersion::SslV3 | MinimumProtocolVersion::TlsV1);
    let agrees = match method {
        SSLSupportMethod::SniOnly => *version != MinimumProtocolVersion::SslV3,
        SSLSupportMethod::Vip => old,
        SSLSupportMethod::StaticIp | SSLSupportMethod::Other(_) => true,
    };
    report.require(agrees, Stage::Field, "InvalidProtocolSettings", PATH, || {
        format!(
            "{PATH} has SSLSupportMethod {method} and MinimumProtocolVersion {version}. Accepted: vip with SSLv3 or \
             TLSv1, sni-only with TLSv1 or newer."
        )
    });
}
