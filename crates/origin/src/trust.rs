//! Which certificate authorities are trusted, and which names a certificate may carry (F51, F52).
//!
//! `rustls-native-certs` lets `SSL_CERT_FILE` *replace* the system's roots. Here the variable *adds* to them, so
//! that a test or an operator can bring an authority without losing the public ones.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::Error;

/// Where the common systems keep their bundle; the first that exists is read.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The system's roots and `SSL_CERT_FILE`'s, read once per process: every worker trusts the same ones.
static ENVIRONMENT: OnceLock<RootCertStore> = OnceLock::new();

/// All trusted authorities: the environment's and `extra`.
pub(crate) fn roots(extra: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut roots = ENVIRONMENT.get_or_init(of_environment).clone();
    for root in extra {
        roots.add(root.clone()).map_err(Error::UnusableRoot)?;
    }
    Ok(roots)
}

fn of_environment() -> RootCertStore {
    let named = rustls_native_certs::load_native_certs();
    let system = SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.is_file());
    let system = rustls_native_certs::load_certs_from_paths(system, None);
    for error in named.errors.iter().chain(&system.errors) {
        tracing::warn!(%error, "some trusted certificate authorities could not be read");
    }
    let mut certificates = named.certs;
    certificates.extend(system.certs);
    certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
    certificates.dedup();
    let mut roots = RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(certificates);
    tracing::debug!(added, ignored, "trusted certificate authorities read");
    roots
}

/// Accepts a valid certificate that matches any one of several names: the origin's domain name, the forwarded
/// `Host`, or both (F51). Everything but the name is left to webpki.
#[derive(Debug)]
pub(crate) struct AnyNameVerifier {
    webpki: Arc<WebPkiServerVerifier>,
    names: Vec<ServerName<'static>>,
}

// === impl AnyNameVerifier ===

impl AnyNameVerifier {
    /// A verifier for certificates that carry one of `names`; names that are no server names match nothing.
    pub(crate) fn new(webpki: Arc<WebPkiServerVerifier>, names: &[Arc<str>]) -> Self {
        let names = names.iter().filter_map(|name| ServerName::try_from(name.to_string()).ok()).collect();
        Self { webpki, names }
    }
}

/// The webpki verifier shared by all origins; `None` without a single trusted authority.
pub(crate) fn webpki(
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, Error> {
    if roots.is_empty() {
        return Ok(None);
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
    builder.build().map(Some).map_err(Error::Verifier)
}

fn is_wrong_name(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

impl ServerCertVerifier for AnyNameVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut refusal = rustls::Error::InvalidCertificate(CertificateError::NotValidForName);
        for name in &self.names {
            match self.webpki.verify_server_cert(end_entity, intermediates, name, ocsp_response, now) {
                Err(error) if is_wrong_name(&error) => refusal = error,
                decided => return decided,
            }
        }
        Err(refusal)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set by the test below for the process it starts: how many roots that one must find.
    const EXPECTED: &str = "ORIGIN_TEST_EXPECTED_ROOTS";

    #[test]
    fn ssl_cert_file_adds_to_the_roots_of_the_system() {
        if let Ok(expected) = std::env::var(EXPECTED) {
            return assert_eq!(of_environment().len().to_string(), expected);
        }
        let system = SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.is_file());
        let mut certificates = rustls_native_certs::load_certs_from_paths(system, None).certs;
        certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        certificates.dedup();
        let of_system = RootCertStore::empty().add_parsable_certificates(certificates).0;

        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("own.pem");
        std::fs::write(&file, own.pem()).unwrap();
        // Only a process of its own can have another environment.
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "trust::tests::ssl_cert_file_adds_to_the_roots_of_the_system"])
            .env("SSL_CERT_FILE", &file)
            .env_remove("SSL_CERT_DIR")
            .env(EXPECTED, (of_system + 1).to_string())
            .status();
        assert!(status.unwrap().success());
    }
}
