//! The local certificate authority: made at the first start, kept in the data directory, and asked by the edge for a
//! certificate whenever a viewer names a distribution over TLS (O01).
//!
//! Certificates for viewers are made on demand and only kept in memory. Which names may have one is decided by the edge.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use edge::tls::Certify;
use observe::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::sign::CertifiedKey;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::Failure;
use crate::files::{self, Readers};

/// The authority's certificate, for viewers to trust.
const CERTIFICATE_FILE: &str = "ca.pem";
/// Its key, for the owner only.
const KEY_FILE: &str = "ca-key.pem";

const DAY_S: u64 = 86_400;
/// Validity of the authority.
const AUTHORITY_DAYS: u64 = 3_650;
/// Validity of a certificate for viewers; browsers refuse longer ones.
const CERTIFICATE_DAYS: u64 = 390;
/// A certificate that is older is made anew.
const RENEW_DAYS: u64 = 300;
/// Clocks of viewers may be late.
const EARLIER_DAYS: u64 = 2;
/// Certificates that are kept; wildcard names could ask for any number.
const MAX_KEPT: usize = 4_096;
/// Longest common name (RFC 5280 appendix A.1); longer names are in the subject alternative name only.
const MAX_COMMON_NAME_BYTES: usize = 64;

/// The authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    clock: Clock,
    certificate: PathBuf,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A certificate that was made.
struct Kept {
    key: Arc<CertifiedKey>,
    made_at_s: u64,
}

// === impl Authority ===

impl Authority {
    /// The authority of a data directory; made if there is none.
    pub fn open(directory: &Path, clock: Clock) -> Result<Self, Failure> {
        let key = key(&directory.join(KEY_FILE))?;
        let certificate = directory.join(CERTIFICATE_FILE);
        // The name follows from the key, so that the certificate need not be read.
        let params = authority(&key, clock.wall_s());
        if files::read(&certificate)?.is_none() {
            let made = params.self_signed(&key).map_err(unusable)?;
            files::write(&certificate, &made.pem(), Readers::Everybody)?;
        }
        let certificate = std::path::absolute(&certificate).unwrap_or(certificate);
        Ok(Self { issuer: Issuer::new(params, key), clock, certificate, kept: Mutex::default() })
    }

    /// The file that viewers must trust.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// The certificate and key for several names and addresses at once; `None` when it cannot be had.
    pub fn certify_all(&self, names: &[String]) -> Option<Arc<CertifiedKey>> {
        let now_s = self.clock.wall_s();
        let is_recent = |kept: &&Kept| now_s.saturating_sub(kept.made_at_s) < RENEW_DAYS * DAY_S;
        // No name has a comma.
        let list = names.join(",");
        if let Some(kept) = self.kept().get(&list).filter(is_recent) {
            return Some(Arc::clone(&kept.key));
        }
        let key = match self.make(names, now_s) {
            Ok(key) => Arc::new(key),
            Err(error) => {
                tracing::error!(names = list, %error, "no certificate could be made");
                return None;
            }
        };
        let mut kept = self.kept();
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(list, Kept { key: Arc::clone(&key), made_at_s: now_s });
        Some(key)
    }

    fn make(&self, names: &[String], now_s: u64) -> Result<CertifiedKey, Failure> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(unusable)?;
        let made = certificate(names, now_s)?.signed_by(&key, &self.issuer).map_err(unusable)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = any_ecdsa_type(&der).map_err(|error| Failure::Tls(error.to_string()))?;
        Ok(CertifiedKey::new(vec![made.der().clone()], signer))
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        // The map is whole whatever happened to another holder of the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Certify for Authority {
    fn certify(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.certify_all(&[name.to_owned()])
    }
}

/// The authority's key; made if there is none.
fn key(path: &Path) -> Result<KeyPair, Failure> {
    if let Some(pem) = files::read(path)? {
        let damaged =
            |error: rcgen::Error| Failure::Damaged { path: path.to_owned(), why: error.to_string() };
        return KeyPair::from_pem(&pem).map_err(damaged);
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(unusable)?;
    files::write(path, &key.serialize_pem(), Readers::Owner)?;
    Ok(key)
}

fn authority(key: &KeyPair, now_s: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Two authorities never share a name: browsers and keychains tell them apart by it. The first octet of a
    // point only says how it is written.
    let mark: String =
        key.public_key_raw().iter().skip(1).take(4).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name.push(DnType::OrganizationName, "Warmfront");
    params.distinguished_name.push(DnType::CommonName, format!("Warmfront local authority {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now_s, AUTHORITY_DAYS);
    params
}

fn certificate(names: &[String], now_s: u64) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(names).map_err(unusable)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(name) = names.first().filter(|name| name.len() <= MAX_COMMON_NAME_BYTES) {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, now_s, CERTIFICATE_DAYS);
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, now_s: u64, days: u64) {
    let day = |at_s: u64| {
        let second = i64::try_from(at_s).unwrap_or_default();
        let date = jiff::Timestamp::from_second(second).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    params.not_before = day(now_s.saturating_sub(EARLIER_DAYS * DAY_S));
    params.not_after = day(now_s.saturating_add(days * DAY_S));
}

fn unusable(error: rcgen::Error) -> Failure {
    Failure::Tls(error.to_string())
}

#[cfg(test)]
mod tests {
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

    use super::*;

    fn open(directory: &Path) -> Authority {
        Authority::open(directory, Clock::system()).unwrap()
    }

    fn is_trusted(authority: &Authority, key: &CertifiedKey, name: &'static str) -> bool {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority.certificate()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&key.cert[0], &[], &name, &[], UnixTime::now()).is_ok()
    }

    #[test]
    fn a_certificate_is_for_its_name_only_and_its_authority_survives_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let first = open(directory.path());
        let key = first.certify("www.example.com").unwrap();
        assert!(is_trusted(&first, &key, "www.example.com"));
        assert!(!is_trusted(&first, &key, "example.com"));
        let second = open(directory.path());
        let key = second.certify("a.b.example.com").unwrap();
        assert!(is_trusted(&first, &key, "a.b.example.com"));
    }

    #[test]
    fn a_certificate_is_made_once() {
        let directory = tempfile::tempdir().unwrap();
        let authority = open(directory.path());
        let key = authority.certify("a.example").unwrap();
        assert!(Arc::ptr_eq(&key, &authority.certify("a.example").unwrap()));
    }

    #[test]
    fn a_certificate_may_be_for_several_names_and_addresses() {
        let directory = tempfile::tempdir().unwrap();
        let authority = open(directory.path());
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let key = authority.certify_all(&names).unwrap();
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert!(is_trusted(&authority, &key, name), "{name}");
        }
        assert!(!is_trusted(&authority, &key, "127.0.0.2"));
    }

    #[test]
    fn names_without_end_fill_no_memory() {
        let directory = tempfile::tempdir().unwrap();
        let authority = open(directory.path());
        let key = authority.certify("a.example").unwrap();
        for number in 0..MAX_KEPT {
            let kept = Kept { key: Arc::clone(&key), made_at_s: 0 };
            authority.kept().insert(format!("{number}.example"), kept);
        }
        authority.certify("b.example").unwrap();
        assert!(authority.kept().len() <= MAX_KEPT);
    }

    #[test]
    fn another_directory_has_another_authority() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = open(one.path()).certify("a.example").unwrap();
        assert!(!is_trusted(&open(two.path()), &key, "a.example"));
    }
}
