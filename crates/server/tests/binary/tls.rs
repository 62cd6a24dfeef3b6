//! HTTPS with certificates of the local authority, by SNI; HTTP/1.1 and HTTP/2; the viewer protocol policy.

use std::net::TcpStream;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{DEADLINE, Server};

const BOTH: [&[u8]; 2] = [b"h2", b"http/1.1"];

fn trusting(
    server: &Server,
    protocols: &[&[u8]],
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.said("ca")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

fn server_name(name: &str) -> ServerName<'static> {
    ServerName::try_from(name.to_owned()).unwrap()
}

fn exchange(server: &Server, config: ClientConfig, name: &str, path: &str) -> std::io::Result<http::Answer> {
    let tls = ClientConnection::new(Arc::new(config), server_name(name)).unwrap();
    let stream = TcpStream::connect(server.edge_https)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    http::exchange(StreamOwned::new(tls, stream), "GET", path, &[("host", name)], "")
}

fn over_http1(server: &Server, name: &str, path: &str) -> std::io::Result<http::Answer> {
    exchange(server, trusting(server, &[b"http/1.1"], rustls::ALL_VERSIONS), name, path)
}

/// A connection that was agreed on for HTTP/2.
async fn http2(server: &Server, name: &str) -> SendRequest<Empty<Bytes>> {
    let stream = tokio::net::TcpStream::connect(server.edge_https).await.unwrap();
    let config = trusting(server, &BOTH, rustls::ALL_VERSIONS);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = connector.connect(server_name(name), stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(sender: &mut SendRequest<Empty<Bytes>>, url: &str) -> (u16, Bytes) {
    let answer = sender.send_request(hyper::Request::get(url).body(Empty::new()).unwrap()).await.unwrap();
    assert_eq!(answer.version(), hyper::Version::HTTP_2);
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.unwrap().to_bytes())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A distribution with this viewer protocol policy; answers its domain name.
fn with_policy(api: &Api, origin: &Origin, policy: &str) -> String {
    let document = document(policy, None, origin.address);
    api.create(&document.replace("allow-all", policy)).domain_name
}

// proves: O01 O02
#[test]
fn domain_name_and_alias_have_certificates_and_other_names_are_refused() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let created = Api::of(&server).create(&document("first", Some("*.example.com"), origin.address));
    for name in [created.domain_name.as_str(), "www.example.com", "a.b.example.com"] {
        let answer = over_http1(&server, name, "/a").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, "/a 1"), "{name}");
    }
    for name in ["example.com", "other.example.org"] {
        assert!(over_http1(&server, name, "/a").is_err(), "{name}");
    }
    let mut nameless = trusting(&server, &[b"http/1.1"], rustls::ALL_VERSIONS);
    nameless.enable_sni = false;
    assert!(exchange(&server, nameless, &created.domain_name, "/a").is_err());
}

// proves: O18
#[test]
fn viewers_may_speak_tls_1_3_and_1_2() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let name = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    for version in [&version::TLS13, &version::TLS12] {
        let config = trusting(&server, &[b"http/1.1"], &[version]);
        assert_eq!(exchange(&server, config, &name, "/a").unwrap().body, "/a 1");
    }
}

// proves: O20
#[test]
fn http_2_is_spoken_where_it_is_agreed_on() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let name = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let answer =
        block_on(async { ask(&mut http2(&server, &name).await, &format!("https://{name}/two")).await });
    assert_eq!(answer, (200, "/two 1".into()));
    assert_eq!(over_http1(&server, &name, "/two").unwrap().body, "/two 1");
}

// proves: O20
#[test]
fn http_2_is_not_agreed_on_where_the_distribution_has_http_1_1_only() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let only = "<HttpVersion>http1.1</HttpVersion><Enabled>";
    let document = document("first", None, origin.address).replace("<Enabled>", only);
    let name = Api::of(&server).create(&document).domain_name;
    let both = trusting(&server, &BOTH, rustls::ALL_VERSIONS);
    // The answer is read as HTTP/1.1: HTTP/2 frames would be no answer.
    assert_eq!(exchange(&server, both, &name, "/a").unwrap().body, "/a 1");
}

// proves: E06
#[test]
fn a_connection_may_be_used_for_another_distribution_but_for_no_unknown_host() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let api = Api::of(&server);
    let one = api.create(&document("first", None, origin.address)).domain_name;
    let two = api.create(&document("second", None, origin.address)).domain_name;
    block_on(async {
        let mut connection = http2(&server, &one).await;
        assert_eq!(ask(&mut connection, &format!("https://{one}/a")).await.1, "/a 1");
        assert_eq!(ask(&mut connection, &format!("https://{two}/b")).await.1, "/b 2");
        assert_eq!(ask(&mut connection, "https://nobody.example/a").await.0, 403);
    });
}

// proves: O30 O31 O32
#[test]
fn redirect_to_https_sends_http_viewers_to_the_https_port_and_serves_them_there() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let name = with_policy(&Api::of(&server), &origin, "redirect-to-https");
    let answer = http::get(server.edge_http, &name, "/a?b=c");
    assert_eq!(answer.status, 301);
    let location = format!("https://{name}:{}/a?b=c", server.edge_https.port());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert_eq!(answer.header("x-cache"), Some("Redirect from cloudfront"));
    assert_eq!(over_http1(&server, &name, "/a").unwrap().body, "/a 1", "nothing was asked before");
    let answer =
        block_on(async { ask(&mut http2(&server, &name).await, &format!("https://{name}/b")).await });
    assert_eq!(answer, (200, "/b 2".into()));
}

// proves: O30
#[test]
fn https_only_refuses_http_viewers_and_serves_https_ones() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let name = with_policy(&Api::of(&server), &origin, "https-only");
    assert_eq!(http::get(server.edge_http, &name, "/a").status, 403);
    assert_eq!(over_http1(&server, &name, "/a").unwrap().body, "/a 1", "nothing was asked before");
    let answer =
        block_on(async { ask(&mut http2(&server, &name).await, &format!("https://{name}/b")).await });
    assert_eq!(answer, (200, "/b 2".into()));
}
