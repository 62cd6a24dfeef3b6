//! TLS towards viewers: certificate by SNI, HTTP version by ALPN.

use std::io;
use std::sync::Arc;

use rules::model::Snapshot;
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, rustls};

use crate::edge::Edge;

/// Gives out certificates. The name is one that a distribution answers to.
pub trait Certify: Send + Sync {
    /// The certificate and key for `name`, lower-case; `None` when it cannot be had.
    fn certify(&self, name: &str) -> Option<Arc<CertifiedKey>>;
}

/// Accepts TLS connections for the names of the snapshot in use.
#[derive(Clone)]
pub struct TlsAcceptor {
    edge: Arc<Edge>,
    with_http2: Arc<ServerConfig>,
    http1_only: Arc<ServerConfig>,
}

impl TlsAcceptor {
    /// An acceptor whose certificates come from `certify`.
    ///
    /// # Errors
    /// When the crypto library does not offer TLS 1.2 and 1.3 (O18).
    pub fn new(edge: Arc<Edge>, certify: Arc<dyn Certify>) -> Result<Self, rustls::Error> {
        let resolver = Arc::new(ByName { edge: Arc::clone(&edge), certify });
        let with_http2 = Arc::new(config(resolver.clone(), &[b"h2", b"http/1.1"])?);
        let http1_only = Arc::new(config(resolver, &[b"http/1.1"])?);
        Ok(Self { edge, with_http2, http1_only })
    }

    /// Makes the handshake; says whether HTTP/2 was agreed on.
    ///
    /// # Errors
    /// What the handshake failed on; a name that no distribution answers to is refused (O02).
    pub async fn accept(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, bool)> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let speaks_http2 = allows_http2(&self.edge.snapshot(), start.client_hello().server_name());
        let config = if speaks_http2 { &self.with_http2 } else { &self.http1_only };
        let stream = start.into_stream(Arc::clone(config)).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((stream, http2))
    }
}

/// Whether the distribution behind `name` announces HTTP/2 (O20).
fn allows_http2(snapshot: &Snapshot, name: Option<&str>) -> bool {
    let index = name.and_then(|name| snapshot.hosts.find(name));
    index.and_then(|index| snapshot.distributions.get(index)).is_some_and(|distribution| distribution.http2)
}

fn config(resolver: Arc<ByName>, protocols: &[&[u8]]) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}

/// Resolves a certificate for names of the snapshot in use only: strangers cannot make us sign for any name.
struct ByName {
    edge: Arc<Edge>,
    certify: Arc<dyn Certify>,
}

impl std::fmt::Debug for ByName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ByName")
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        self.edge.snapshot().hosts.find(&name)?;
        self.certify.certify(&name)
    }
}
