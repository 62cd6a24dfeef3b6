//! Origins: where a distribution's objects come from (F, G, J.2, J.3).
//!
//! An origin is a bucket (`S3OriginConfig`) or a server (`CustomOriginConfig`). A bucket with an AWS name can
//! be asked at another store; see [`Environment::s3_endpoint`].

use std::sync::Arc;
use std::time::Duration;

use rules::model::{
    EdgeIdentity, Endpoint, Origin, OriginKind, OriginScheme, OriginSignature, OriginSigning,
};
use shapes::{CustomOriginConfig, OriginProtocolPolicy};

use crate::environment::{Environment, References};
use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::s3::{self, BucketName};
use crate::{access, custom_headers, text};

/// Default connection attempts (J20).
pub(crate) const CONNECTION_ATTEMPTS: i32 = 3;
/// Default connection timeout in seconds (J20).
pub(crate) const CONNECTION_TIMEOUT_S: i32 = 10;
/// Default response timeout in seconds (J30).
pub(crate) const READ_TIMEOUT_S: i32 = 30;
/// Default keep-alive timeout in seconds (F08).
pub(crate) const KEEPALIVE_TIMEOUT_S: i32 = 5;

/// Response timeouts that can be set, in seconds (J30).
const READ_TIMEOUTS_S: std::ops::RangeInclusive<i64> = 1..=120;
/// Keep-alive timeouts that can be set, in seconds (F08).
const KEEPALIVE_TIMEOUTS_S: std::ops::RangeInclusive<i64> = 1..=300;

/// Checks the origin at `path` and gives what the edge gets; it counts only when nothing was reported.
pub(crate) fn compile(
    report: &mut Report,
    path: &str,
    distribution_id: &str,
    origin: &shapes::Origin,
    references: &References,
    environment: &Environment,
) -> Origin {
    let bucket = s3::bucket_name(&origin.domain_name);
    check_kind(report, path, origin);
    check_domain_name(report, path, origin, bucket.is_some());
    check_origin_path(report, path, origin.origin_path.as_deref().unwrap_or_default());
    check_shield(report, path, origin);
    let timeouts = Timeouts::of(origin);
    timeouts.check(report, path);
    let place = place(report, path, origin, bucket.as_ref(), environment);
    Origin {
        id: origin.id.as_str().into(),
        kind: if origin.s3_origin_config.is_some() { OriginKind::S3 } else { OriginKind::Custom },
        domain_name: origin.domain_name.as_str().into(),
        endpoint: place.endpoint,
        path_prefix: place.path_prefix,
        custom_headers: custom_headers::compile(
            report,
            &format!("{path}.CustomHeaders"),
            origin.custom_headers.as_ref(),
            &environment.quotas,
        ),
        signing: signing(report, path, distribution_id, origin, bucket.as_ref(), references, environment),
        connection_attempts: u8::try_from(timeouts.attempts).unwrap_or(1),
        connection_timeout: seconds(timeouts.connection_s),
        response_timeout: seconds(timeouts.read_s),
        completion_timeout: timeouts.completion_s.map(seconds),
        keepalive_timeout: seconds(timeouts.keepalive_s),
    }
}

fn seconds(number: i32) -> Duration {
    Duration::from_secs(u64::try_from(number).unwrap_or_default())
}

/// Exactly one of the three kinds.
fn check_kind(report: &mut Report, path: &str, origin: &shapes::Origin) {
    let kinds = [
        origin.s3_origin_config.is_some(),
        origin.custom_origin_config.is_some(),
        origin.vpc_origin_config.is_some(),
    ];
    let count = kinds.into_iter().filter(|given| *given).count();
    let stage = if count == 0 { Stage::Required } else { Stage::Field };
    report.require(count == 1, stage, INVALID_ARGUMENT, path, || {
        format!(
            "{path} has {count} of S3OriginConfig, CustomOriginConfig and VpcOriginConfig. Accepted: exactly one."
        )
    });
}

fn check_domain_name(report: &mut Report, path: &str, origin: &shapes::Origin, is_bucket: bool) {
    let path = format!("{path}.DomainName");
    let name = &origin.domain_name;
    if !text::is_host_name(name) {
        let message = format!(
            "{path} is {}. Accepted: a host name without scheme, port and path, at most 253 characters.",
            Quoted(name)
        );
        report.add(Stage::Field, INVALID_ARGUMENT, path, message);
    } else if origin.s3_origin_config.is_some() && !is_bucket {
        let words = "The parameter Origin DomainName does not refer to a valid S3 bucket.";
        let explanation = format!(
            "{path} is {}, and the origin has an S3OriginConfig. Accepted: <bucket>.s3.<region>.amazonaws.com or \
             <bucket>.s3.<domain>; a CustomOriginConfig for everything else, websites of buckets included.",
            Quoted(name)
        );
        report.add_known(Stage::Field, INVALID_ARGUMENT, path, words, explanation);
    }
}

fn check_origin_path(report: &mut Report, path: &str, origin_path: &str) {
    let path = format!("{path}.OriginPath");
    report.length(&path, origin_path, 255);
    let shaped = origin_path.is_empty() || origin_path.starts_with('/') && !origin_path.ends_with('/');
    let safe = text::is_free_of_unsafe(origin_path) && !origin_path.contains(['?', '#']);
    report.require(shaped && safe, Stage::Field, INVALID_ARGUMENT, &path, || {
        format!(
            "{path} is {}. Accepted: nothing, or a path that begins with / and does not end with it, percent-encoded \
             where needed.",
            Quoted(origin_path)
        )
    });
}

fn check_shield(report: &mut Report, path: &str, origin: &shapes::Origin) {
    let Some(shield) = &origin.origin_shield else { return };
    let region = shield.origin_shield_region.as_deref().unwrap_or_default();
    let path = format!("{path}.OriginShield.OriginShieldRegion");
    report.require(!shield.enabled || !region.is_empty(), Stage::Required, INVALID_ARGUMENT, &path, || {
        format!("{path} is missing. Accepted: a region, since OriginShield is enabled.")
    });
    report.require(region.is_empty() || is_region(region), Stage::Field, INVALID_ARGUMENT, &path, || {
        format!("{path} is {}. Accepted: a region like us-east-1.", Quoted(region))
    });
}

/// Two letters, a word and a digit, as CloudFront's model says.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [country, place, number] = parts[..] else { return false };
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    country.len() == 2
        && is_word(country)
        && is_word(place)
        && number.len() == 1
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Attempts and time limits with their defaults.
struct Timeouts {
    attempts: i32,
    connection_s: i32,
    read_s: i32,
    keepalive_s: i32,
    completion_s: Option<i32>,
    /// The member that holds response and keep-alive timeout.
    held_by: &'static str,
}

impl Timeouts {
    fn of(origin: &shapes::Origin) -> Self {
        let (held_by, read_s, keepalive_s) =
            match (&origin.s3_origin_config, &origin.custom_origin_config, &origin.vpc_origin_config) {
                (Some(bucket), _, _) => ("S3OriginConfig", bucket.origin_read_timeout, None),
                (_, Some(server), _) => {
                    ("CustomOriginConfig", server.origin_read_timeout, server.origin_keepalive_timeout)
                }
                (_, _, Some(vpc)) => {
                    ("VpcOriginConfig", vpc.origin_read_timeout, vpc.origin_keepalive_timeout)
                }
                (None, None, None) => ("CustomOriginConfig", None, None),
            };
        Self {
            attempts: origin.connection_attempts.unwrap_or(CONNECTION_ATTEMPTS),
            connection_s: origin.connection_timeout.unwrap_or(CONNECTION_TIMEOUT_S),
            read_s: read_s.unwrap_or(READ_TIMEOUT_S),
            keepalive_s: keepalive_s.unwrap_or(KEEPALIVE_TIMEOUT_S),
            completion_s: origin.response_completion_timeout,
            held_by,
        }
    }

    fn check(&self, report: &mut Report, path: &str) {
        report.range(INVALID_ARGUMENT, &format!("{path}.ConnectionAttempts"), self.attempts, 1..=3);
        report.range(INVALID_ARGUMENT, &format!("{path}.ConnectionTimeout"), self.connection_s, 1..=10);
        let held_by = format!("{path}.{}", self.held_by);
        let read = format!("{held_by}.OriginReadTimeout");
        report.range("InvalidOriginReadTimeout", &read, self.read_s, READ_TIMEOUTS_S);
        let keepalive = format!("{held_by}.OriginKeepaliveTimeout");
        report.range("InvalidOriginKeepaliveTimeout", &keepalive, self.keepalive_s, KEEPALIVE_TIMEOUTS_S);
        let Some(completion_s) = self.completion_s else { return };
        let path = format!("{path}.ResponseCompletionTimeout");
        report.require(completion_s >= self.read_s, Stage::Field, INVALID_ARGUMENT, &path, || {
            format!(
                "{path} is {completion_s}. Accepted: at least the OriginReadTimeout, which is {}.",
                self.read_s
            )
        });
    }
}

/// Where the origin is and what stands before every path.
struct Place {
    endpoint: Endpoint,
    path_prefix: Arc<str>,
}

fn place(
    report: &mut Report,
    path: &str,
    origin: &shapes::Origin,
    bucket: Option<&BucketName>,
    environment: &Environment,
) -> Place {
    let origin_path = origin.origin_path.as_deref().unwrap_or_default();
    if let (Some(bucket), Some(store), Some(_)) =
        (bucket.filter(|bucket| bucket.is_aws), &environment.s3_endpoint, &origin.s3_origin_config)
    {
        let endpoint = Endpoint {
            host: store.host.as_str().into(),
            http_port: store.port,
            https_port: store.port,
            scheme: store.scheme,
        };
        return Place { endpoint, path_prefix: format!("/{}{origin_path}", bucket.bucket).into() };
    }
    let (scheme, http_port, https_port) = match &origin.custom_origin_config {
        Some(server) => {
            let path = format!("{path}.CustomOriginConfig");
            let http_port = port(report, &format!("{path}.HTTPPort"), server.http_port);
            let https_port = port(report, &format!("{path}.HTTPSPort"), server.https_port);
            check_ssl_protocols(report, &path, server);
            (scheme(&server.origin_protocol_policy), http_port, https_port)
        }
        // Buckets are asked as the viewer came (G01).
        None => (OriginScheme::MatchViewer, 80, 443),
    };
    let host = origin.domain_name.to_ascii_lowercase().into();
    Place { endpoint: Endpoint { host, http_port, https_port, scheme }, path_prefix: origin_path.into() }
}

/// Ports that origins may have (F03).
fn port(report: &mut Report, path: &str, number: i32) -> u16 {
    let port = u16::try_from(number).ok().filter(|port| matches!(port, 80 | 443 | 1024..));
    report.require(port.is_some(), Stage::Value, INVALID_ARGUMENT, path, || {
        format!("{path} is {number}. Accepted: 80, 443, 1024 to 65535.")
    });
    port.unwrap_or_default()
}

fn check_ssl_protocols(report: &mut Report, path: &str, server: &CustomOriginConfig) {
    let Some(protocols) = &server.origin_ssl_protocols else { return };
    let path = format!("{path}.OriginSslProtocols");
    report.require(!protocols.is_empty(), Stage::Required, INVALID_ARGUMENT, &path, || {
        format!("{path} is empty. Accepted: at least one of {}.", shapes::SslProtocol::KNOWN.join(", "))
    });
}

fn scheme(policy: &OriginProtocolPolicy) -> OriginScheme {
    match policy {
        OriginProtocolPolicy::HttpOnly => OriginScheme::HttpOnly,
        OriginProtocolPolicy::HttpsOnly => OriginScheme::HttpsOnly,
        // An unknown word has been reported.
        OriginProtocolPolicy::MatchViewer | OriginProtocolPolicy::Other(_) => OriginScheme::MatchViewer,
    }
}

fn signing(
    report: &mut Report,
    path: &str,
    distribution_id: &str,
    origin: &shapes::Origin,
    bucket: Option<&BucketName>,
    references: &References,
    environment: &Environment,
) -> OriginSigning {
    let control = origin.origin_access_control_id.as_deref().filter(|id| !id.is_empty());
    let identity = origin
        .s3_origin_config
        .as_ref()
        .map(|bucket| bucket.origin_access_identity.as_str())
        .filter(|identity| !identity.is_empty());
    report.require(
        control.is_none() || identity.is_none(),
        Stage::Field,
        "IllegalOriginAccessConfiguration",
        path,
        || {
            format!(
                "{path} has an origin access control and an origin access identity. Accepted: one of them."
            )
        },
    );
    if let Some(identity) = identity {
        let path = format!("{path}.S3OriginConfig.OriginAccessIdentity");
        access::check_identity(report, &path, identity, references, environment);
    }
    match (control, identity) {
        (Some(id), _) => {
            let path = format!("{path}.OriginAccessControlId");
            access::check_domain_name(report, &path, &origin.domain_name, bucket.is_some());
            let signature = signature(bucket, EdgeIdentity::Distribution(distribution_id.into()));
            access::signing(report, &path, id, signature, references)
        }
        (None, Some(identity)) => {
            let id = identity.strip_prefix(access::IDENTITY_PREFIX).unwrap_or(identity);
            let identity = EdgeIdentity::OriginAccessIdentity(id.into());
            OriginSigning::Always(Arc::new(signature(bucket, identity)))
        }
        (None, None) => OriginSigning::Unsigned,
    }
}

/// A signature for a bucket on somebody's behalf.
fn signature(bucket: Option<&BucketName>, identity: EdgeIdentity) -> OriginSignature {
    OriginSignature {
        region: bucket.map_or(s3::DEFAULT_REGION, |bucket| bucket.region).into(),
        bucket: bucket.map_or("", |bucket| bucket.bucket).into(),
        identity,
    }
}
