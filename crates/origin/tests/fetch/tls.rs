//! TLS to the origin: who is trusted, under which names (F50 to F54, J24).

use std::sync::Arc;

use http::HeaderValue;
use origin::{Failure, Origins, RequestBody, Response, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rules::failure::OriginFailure;
use rules::forward::OriginRequest;
use rules::model::{Origin, OriginKind};
use rules::request::Scheme;
use rustls::server::{Acceptor, WebPkiClientVerifier};
use rustls::{NamedGroup, ProtocolVersion, RootCertStore, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::join;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use crate::support::{Conversation, Peer, get, read};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A certificate chain with its key.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn authority() -> Authority {
    CertifiedIssuer::self_signed(authority_params(), KeyPair::generate().unwrap()).unwrap()
}

fn named(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn issue(authority: &Authority, params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    Identity { chain: vec![certificate.der().clone()], key: PrivateKeyDer::Pkcs8(key.serialize_der().into()) }
}

fn server(identity: Identity) -> Arc<ServerConfig> {
    server_with(identity, rustls::ALL_VERSIONS)
}

fn server_with(identity: Identity, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(identity.chain, identity.key).unwrap())
}

fn trusting(authority: &Authority) -> Arc<Origins> {
    Origins::new(Settings { roots: vec![authority.der().clone()], ..Settings::default() }).unwrap()
}

fn https(tls_name: &str, accepted: &[&str]) -> OriginRequest {
    OriginRequest {
        scheme: Scheme::Https,
        host: HeaderValue::try_from(tls_name).unwrap(),
        tls_name: tls_name.into(),
        accepted_names: accepted.iter().map(|name| Arc::from(*name)).collect(),
        ..get("/")
    }
}

/// Serves one request, if the handshake gets that far. Returns the name that was asked for.
async fn serve(
    peer: &Peer,
    config: Arc<ServerConfig>,
) -> Option<(Conversation<TlsStream<TcpStream>>, String)> {
    let stream = TlsAcceptor::from(config).accept(peer.accept().await.stream).await.ok()?;
    let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
    let mut conversation = Conversation::new(stream);
    conversation.request().await;
    conversation.send(OK).await;
    Some((conversation, name))
}

async fn fetch(
    origins: &Origins,
    config: Arc<ServerConfig>,
    request: OriginRequest,
) -> Result<Response, Failure> {
    let peer = Peer::start().await;
    let origin = peer.origin();
    // The conversation is dropped only with the answer in hand.
    let (result, _conversation) =
        join!(origins.fetch(&origin, request, RequestBody::Empty), serve(&peer, config));
    result
}

fn refused(result: Result<Response, Failure>) -> Failure {
    let failure = result.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::Tls, 1), "{}", failure.detail);
    failure
}

// proves: F50
#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted_with_tls_1_3_and_1_2() {
    let ca = authority();
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let config = server_with(issue(&ca, &named(&["site.example"])), &[version]);
        let response = fetch(&trusting(&ca), config, https("site.example", &["site.example"])).await.unwrap();
        assert_eq!(response.status.as_u16(), 200);
    }
}

// proves: F50 G13
#[tokio::test]
async fn servers_and_buckets_are_asked_with_tls_1_3_when_they_speak_it() {
    let ca = authority();
    for kind in [OriginKind::Custom, OriginKind::S3] {
        let peer = Peer::start().await;
        let origin = Origin { kind, ..peer.origin() };
        let config = server(issue(&ca, &named(&["site.example"])));
        let origins = trusting(&ca);
        let request = https("site.example", &["site.example"]);
        let (result, served) =
            join!(origins.fetch(&origin, request, RequestBody::Empty), serve(&peer, config));
        assert_eq!(result.unwrap().status.as_u16(), 200);
        let version = served.unwrap().0.stream.get_ref().1.protocol_version();
        assert_eq!(version, Some(ProtocolVersion::TLSv1_3), "{kind:?}");
    }
}

// proves: F50 F55
#[tokio::test]
async fn modern_versions_suites_and_curves_are_offered_and_no_others() {
    let (ca, peer) = (authority(), Peer::start().await);
    let origin = peer.origin();
    let origins = trusting(&ca);
    let fetched = origins.fetch(&origin, https("site.example", &["site.example"]), RequestBody::Empty);
    let (_, (suites, groups)) = join!(fetched, async {
        let start = LazyConfigAcceptor::new(Acceptor::default(), peer.accept().await.stream).await.unwrap();
        let hello = start.client_hello();
        let suites: Vec<_> = hello.cipher_suites().iter().map(|suite| format!("{suite:?}")).collect();
        (suites, hello.named_groups().unwrap().to_vec())
    });
    for suite in [
        "TLS13_AES_128_GCM_SHA256",
        "TLS13_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ] {
        assert!(suites.iter().any(|offered| offered == suite), "{suite} of {suites:?}");
    }
    let is_modern = |suite: &String| {
        let authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
        authenticated && (suite.starts_with("TLS13_") || suite.starts_with("TLS_ECDHE_"))
            || suite == "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
    };
    assert!(suites.iter().all(is_modern), "{suites:?}");
    for group in [NamedGroup::secp256r1, NamedGroup::secp384r1, NamedGroup::X25519] {
        assert!(groups.contains(&group), "{group:?} of {groups:?}");
    }
}

// proves: F51 F53
#[tokio::test]
async fn the_server_name_is_announced_and_another_accepted_name_suffices() {
    let (ca, peer) = (authority(), Peer::start().await);
    let origin = peer.origin();
    let config = server(issue(&ca, &named(&["bucket.example"])));
    let request = https("www.example", &["www.example", "bucket.example"]);
    let origins = trusting(&ca);
    let (result, served) = join!(origins.fetch(&origin, request, RequestBody::Empty), serve(&peer, config));
    assert_eq!(read(result.unwrap()).await, ("ok".into(), None));
    assert_eq!(served.unwrap().1, "www.example");
}

// proves: F51
#[tokio::test]
async fn a_certificate_for_none_of_the_accepted_names_is_refused() {
    let ca = authority();
    let config = server(issue(&ca, &named(&["other.example"])));
    let failure =
        refused(fetch(&trusting(&ca), config, https("a.example", &["a.example", "b.example"])).await);
    assert!(failure.detail.contains("NotValidForName") || failure.detail.contains("not valid for name"));
}

// proves: F52
#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let ca = authority();
    let mut params = named(&["site.example"]);
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    let config = server(issue(&ca, &params));
    let failure = refused(fetch(&trusting(&ca), config, https("site.example", &["site.example"])).await);
    assert!(failure.detail.contains("xpired"), "{}", failure.detail);
}

// proves: F52
#[tokio::test]
async fn a_self_signed_certificate_is_refused() {
    let key = KeyPair::generate().unwrap();
    let certificate = named(&["site.example"]).self_signed(&key).unwrap();
    let identity = Identity {
        chain: vec![certificate.der().clone()],
        key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
    };
    let result =
        fetch(&trusting(&authority()), server(identity), https("site.example", &["site.example"])).await;
    refused(result);
}

// proves: F52
#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let config = server(issue(&authority(), &named(&["site.example"])));
    refused(fetch(&trusting(&authority()), config, https("site.example", &["site.example"])).await);
}

// proves: F52
#[tokio::test]
async fn an_intermediate_certificate_must_be_sent() {
    let root = authority();
    let middle = CertifiedIssuer::signed_by(authority_params(), KeyPair::generate().unwrap(), &root).unwrap();
    let request = || https("site.example", &["site.example"]);

    let config = server(issue(&middle, &named(&["site.example"])));
    refused(fetch(&trusting(&root), config, request()).await);

    let mut identity = issue(&middle, &named(&["site.example"]));
    identity.chain.push(middle.der().clone());
    assert!(fetch(&trusting(&root), server(identity), request()).await.is_ok());
}

// proves: J24
#[tokio::test]
async fn an_origin_that_does_not_speak_tls_is_refused() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let origins = trusting(&authority());
    let fetched = origins.fetch(&origin, https("site.example", &["site.example"]), RequestBody::Empty);
    let (result, _plain) = join!(fetched, async {
        let mut conversation = peer.accept().await;
        conversation.send("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        conversation
    });
    refused(result);
}

// proves: F54
#[tokio::test]
async fn an_origin_that_insists_on_a_certificate_of_ours_is_refused() {
    let ca = authority();
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let identity = issue(&ca, &named(&["site.example"]));
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(Arc::clone(&verifier))
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        let request = https("site.example", &["site.example"]);
        let failure = fetch(&trusting(&ca), Arc::new(config), request).await.unwrap_err();
        assert_eq!(failure.failure, OriginFailure::Tls, "{}", failure.detail);
    }
}

#[tokio::test]
async fn a_connection_is_used_again_only_for_the_names_it_was_verified_for() {
    let (ca, peer) = (authority(), Peer::start().await);
    let origin = peer.origin();
    let config = server(issue(&ca, &named(&["bucket.example"])));
    let origins = trusting(&ca);
    let lenient = https("www.example", &["www.example", "bucket.example"]);
    let (first, served) =
        join!(origins.fetch(&origin, lenient.clone(), RequestBody::Empty), serve(&peer, Arc::clone(&config)));
    read(first.unwrap()).await;
    let (mut conversation, _) = served.unwrap();

    let strict = https("www.example", &["www.example"]);
    let (refusal, _) = join!(origins.fetch(&origin, strict, RequestBody::Empty), serve(&peer, config));
    refused(refusal);

    let (again, ()) = join!(origins.fetch(&origin, lenient, RequestBody::Empty), async {
        conversation.request().await;
        conversation.send(OK).await;
    });
    assert!(again.unwrap().reused);
}

#[tokio::test]
async fn a_body_until_close_may_end_without_a_tls_farewell() {
    let (ca, peer) = (authority(), Peer::start().await);
    let origin = peer.origin();
    let config = server(issue(&ca, &named(&["site.example"])));
    let origins = trusting(&ca);
    let (result, ()) =
        join!(origins.fetch(&origin, https("site.example", &["site.example"]), RequestBody::Empty), async {
            let stream = TlsAcceptor::from(config).accept(peer.accept().await.stream).await.unwrap();
            let mut conversation = Conversation::new(stream);
            conversation.request().await;
            conversation.send("HTTP/1.1 200 OK\r\n\r\nhello").await;
        });
    assert_eq!(read(result.unwrap()).await, ("hello".into(), None));
}
