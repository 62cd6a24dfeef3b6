//! TLS towards viewers: certificate by SNI, security policy and HTTP version by distribution, resumption by tickets.

mod suites;

use std::io;
use std::sync::Arc;

use quinn::crypto::rustls::QuicServerConfig;
use rules::model::{Distribution, Snapshot};
use rules::security_policy::SecurityPolicy;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{Acceptor, ClientHello, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CipherSuite, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, rustls};

use crate::edge::Edge;

/// Gives out certificates. The name is one that a distribution answers to.
pub trait Certify: Send + Sync {
    /// The certificate and key for `name`, lower-case; `None` when it cannot be had.
    fn certify(&self, name: &str) -> Option<Arc<CertifiedKey>>;
}

/// Accepts TLS connections for the names of the snapshot in use. Clones share the keys of session tickets, so that a
/// session that began with one worker goes on with any other.
#[derive(Clone)]
pub struct TlsAcceptor {
    edge: Arc<Edge>,
    over_tcp: Arc<[OfPolicy; SecurityPolicy::ALL.len()]>,
    over_quic: Arc<QuicServerConfig>,
}

/// Configurations of one security policy.
struct OfPolicy {
    with_http2: Arc<ServerConfig>,
    http1_only: Arc<ServerConfig>,
}

// === impl TlsAcceptor ===

impl TlsAcceptor {
    /// An acceptor whose certificates come from `certify`.
    ///
    /// # Errors
    /// When the crypto library does not offer what the security policies need (O18), or no randomness.
    pub fn new(edge: Arc<Edge>, certify: Arc<dyn Certify>) -> Result<Self, rustls::Error> {
        let by_name = |over_quic| {
            Arc::new(ByName { edge: Arc::clone(&edge), certify: Arc::clone(&certify), over_quic })
        };
        let tickets = Ticketer::new()?;
        let of_policy = |policy| -> Result<OfPolicy, rustls::Error> {
            let config =
                |protocols: &[&[u8]]| config(policy, by_name(false), &tickets, protocols).map(Arc::new);
            Ok(OfPolicy { with_http2: config(&[b"h2", b"http/1.1"])?, http1_only: config(&[b"http/1.1"])? })
        };
        let [first, second, third] = SecurityPolicy::ALL;
        let over_tcp = Arc::new([of_policy(first)?, of_policy(second)?, of_policy(third)?]);
        // QUIC is TLS 1.3 only (RFC 9001 section 4.2).
        let over_quic = config(SecurityPolicy::Tls13From2025, by_name(true), &tickets, &[b"h3"])?;
        let over_quic = QuicServerConfig::try_from(over_quic)
            .map_err(|_| rustls::Error::General("no cipher suite for the first packets of QUIC".into()))?;
        Ok(Self { edge, over_tcp, over_quic: Arc::new(over_quic) })
    }

    /// Makes the handshake; says whether HTTP/2 was agreed on.
    ///
    /// # Errors
    /// What the handshake failed on; a name that no distribution answers to is refused (O02).
    pub async fn accept(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, bool)> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let config = self.config_for(start.client_hello().server_name());
        let stream = start.into_stream(config).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((stream, http2))
    }

    /// What the distribution behind `name` asks for (O10, O20).
    fn config_for(&self, name: Option<&str>) -> Arc<ServerConfig> {
        let snapshot = self.edge.snapshot();
        let distribution = name.and_then(|name| find(&snapshot, name));
        let policy = distribution.map(|it| it.security_policy).unwrap_or_default();
        let [from_2021, tls12_from_2025, tls13_from_2025] = &*self.over_tcp;
        let of_policy = match policy {
            SecurityPolicy::Tls12From2021 => from_2021,
            SecurityPolicy::Tls12From2025 => tls12_from_2025,
            SecurityPolicy::Tls13From2025 => tls13_from_2025,
        };
        let has_http2 = distribution.is_some_and(|it| it.http2);
        Arc::clone(if has_http2 { &of_policy.with_http2 } else { &of_policy.http1_only })
    }

    /// The same for connections over QUIC.
    pub(crate) fn over_quic(&self) -> Arc<QuicServerConfig> {
        Arc::clone(&self.over_quic)
    }
}

fn find<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Arc<Distribution>> {
    snapshot.hosts.find(name).and_then(|index| snapshot.distributions.get(index))
}

fn config(
    policy: SecurityPolicy,
    resolver: Arc<ByName>,
    tickets: &Arc<dyn ProducesTickets>,
    protocols: &[&[u8]],
) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(suites::provider(policy)))
        .with_protocol_versions(suites::versions(policy))?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config.ignore_client_order = true;
    // Their keys change every six hours; a session is kept by its viewer only.
    config.ticketer = Arc::clone(tickets);
    Ok(config)
}

/// Resolves a certificate for names of the snapshot in use only: strangers cannot make us sign for any name.
struct ByName {
    edge: Arc<Edge>,
    certify: Arc<dyn Certify>,
    over_quic: bool,
}

impl std::fmt::Debug for ByName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ByName")
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        let snapshot = self.edge.snapshot();
        let distribution = find(&snapshot, &name)?;
        if self.over_quic && !may_speak_http3(distribution, hello.cipher_suites()) {
            return None;
        }
        self.certify.certify(&name)
    }
}

/// Whether the distribution has HTTP/3 (O20), and its policy a suite that the viewer has: one configuration serves all
/// connections over QUIC.
fn may_speak_http3(distribution: &Distribution, offered: &[CipherSuite]) -> bool {
    let mut suites = suites::suites(distribution.security_policy).iter();
    distribution.http3 && suites.any(|suite| suite.tls13().is_some() && offered.contains(&suite.suite()))
}
