//! The viewer certificate's settings, which must agree with each other (O01, O14).
//!
//! The edge makes its certificates itself, so an alias needs none. A certificate of one's own lives outside: a
//! reference to it is refused unless references are lenient, and then it is kept but not used.

use rules::security_policy::SecurityPolicy;
use shapes::{MinimumProtocolVersion, SSLSupportMethod, ViewerCertificate};

use crate::environment::Environment;
use crate::problems::{Quoted, Report, Stage};

const PATH: &str = "ViewerCertificate";
const INVALID: &str = "InvalidViewerCertificate";

/// Checks the certificate's settings.
pub(crate) fn check(report: &mut Report, certificate: &ViewerCertificate, environment: &Environment) {
    let given = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
    let acm = given(&certificate.acm_certificate_arn);
    let iam = given(&certificate.iam_certificate_id);
    let own = usize::from(acm.is_some()) + usize::from(iam.is_some());
    let default = certificate.cloud_front_default_certificate == Some(true);
    let words = "You cannot specify more than one of ACMCertificateArn, IAMCertificateId and \
                 CloudFrontDefaultCertificate true.";
    report.require_known(own + usize::from(default) <= 1, Stage::Field, INVALID, PATH, words, || {
        format!(
            "{PATH} names more than one certificate. Accepted: one of ACMCertificateArn, IAMCertificateId and \
             CloudFrontDefaultCertificate true."
        )
    });
    report.require(own > 0 || default, Stage::Field, INVALID, PATH, || {
        format!(
            "{PATH} names no certificate. Accepted: one of ACMCertificateArn, IAMCertificateId and \
             CloudFrontDefaultCertificate true."
        )
    });
    if let Some(arn) = &acm {
        check_arn(report, arn);
        check_reference(report, "ACMCertificateArn", arn, environment);
    }
    if let Some(id) = &iam {
        check_reference(report, "IAMCertificateId", id, environment);
    }
    if own == 1 && !default {
        check_own(report, certificate);
    }
}

/// The policy that the edge keeps to: older ones are what TLS 1.2 and 1.3 leave of them (O18), and the default certificate
/// always has the oldest (O14).
pub(crate) fn security_policy(certificate: Option<&ViewerCertificate>) -> SecurityPolicy {
    let own = certificate.filter(|certificate| certificate.cloud_front_default_certificate != Some(true));
    match own.and_then(|own| own.minimum_protocol_version.as_ref()) {
        Some(MinimumProtocolVersion::TlsV1_2_2025) => SecurityPolicy::Tls12From2025,
        Some(MinimumProtocolVersion::TlsV1_3_2025) => SecurityPolicy::Tls13From2025,
        _ => SecurityPolicy::Tls12From2021,
    }
}

/// No certificates are held here.
fn check_reference(report: &mut Report, member: &str, id: &str, environment: &Environment) {
    let path = format!("{PATH}.{member}");
    report.require(environment.lenient_references, Stage::Reference, INVALID, &path, || {
        format!(
            "{path} is {}, which does not exist: certificates come from the local authority. Accepted: \
             CloudFrontDefaultCertificate true, also for aliases.",
            Quoted(id)
        )
    });
}

fn check_arn(report: &mut Report, arn: &str) {
    let path = format!("{PATH}.ACMCertificateArn");
    report.require(is_certificate_arn(arn), Stage::Field, INVALID, &path, || {
        format!("{path} is {}. Accepted: arn:aws:acm:us-east-1:<account>:certificate/<id>.", Quoted(arn))
    });
}

/// Certificates for viewers are in one region; the partition in China has its own.
fn is_certificate_arn(arn: &str) -> bool {
    let ["arn", partition, "acm", region, account, resource] = arn.split(':').collect::<Vec<_>>()[..] else {
        return false;
    };
    let is_here = match partition {
        "aws" => region == "us-east-1",
        "aws-cn" => region.starts_with("cn-"),
        _ => false,
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_here && is_account && resource.strip_prefix("certificate/").is_some_and(|id| !id.is_empty())
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
