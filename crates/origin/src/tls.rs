//! TLS to origins (F50 to F53): TLS 1.2 and 1.3, SNI, one configuration for each set of accepted names.
//!
//! Sessions are resumed only within one configuration, so a session that was verified for one set of names is
//! never used for another.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Error;
use crate::trust::{self, AnyNameVerifier};

/// Configurations kept at a time. A forwarded `Host` makes the names viewer-controlled, so they are bounded:
/// when full, all are dropped and made anew, which costs resumption only.
const MAX_CONFIGURATIONS: usize = 256;

/// Sessions that each configuration remembers; all are of one server name.
const SESSIONS: usize = 16;

/// Names that a certificate may carry.
pub(crate) type Names = Arc<[Arc<str>]>;

/// Makes TLS connections to origins.
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    webpki: Option<Arc<WebPkiServerVerifier>>,
    configurations: Mutex<HashMap<Names, Arc<ClientConfig>>>,
}

// === impl Tls ===

impl Tls {
    /// Trusts the environment's authorities and `extra_roots`.
    pub(crate) fn new(extra_roots: &[CertificateDer<'static>]) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let webpki = trust::webpki(trust::roots(extra_roots)?, Arc::clone(&provider))?;
        let tls = Self { provider, webpki, configurations: Mutex::default() };
        // Wrong parameters would show at the first HTTPS origin only; make one configuration now.
        if let Some(webpki) = &tls.webpki {
            tls.make(webpki, &[]).map_err(Error::Tls)?;
        }
        Ok(tls)
    }

    /// Secures `stream`, announcing `sni` and accepting a certificate for any of `names`.
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
        sni: &str,
        names: &Names,
    ) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(sni.to_owned())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the name cannot be used for TLS"))?;
        TlsConnector::from(self.configuration(names)?).connect(name, stream).await
    }

    fn configuration(&self, names: &Names) -> io::Result<Arc<ClientConfig>> {
        let webpki =
            self.webpki.as_ref().ok_or_else(|| io::Error::other("no certificate authority is trusted"))?;
        let mut configurations = self.configurations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = configurations.get(names) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.make(webpki, names).map_err(io::Error::other)?);
        if configurations.len() >= MAX_CONFIGURATIONS {
            configurations.clear();
        }
        configurations.insert(Arc::clone(names), Arc::clone(&made));
        Ok(made)
    }

    fn make(
        &self,
        webpki: &Arc<WebPkiServerVerifier>,
        names: &[Arc<str>],
    ) -> Result<ClientConfig, rustls::Error> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyNameVerifier::new(Arc::clone(webpki), names)))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(config)
    }
}
