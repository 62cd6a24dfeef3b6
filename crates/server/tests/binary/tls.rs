//! HTTPS with certificates of the local authority, by SNI.

use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{DEADLINE, Server};

fn trusting(server: &Server, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.said("ca")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(config)
}

fn over_http1(server: &Server, name: &str, path: &str) -> std::io::Result<http::Answer> {
    let server_name = ServerName::try_from(name.to_owned()).unwrap();
    let tls = ClientConnection::new(trusting(server, &[b"http/1.1"]), server_name).unwrap();
    let stream = TcpStream::connect(server.edge_https)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    http::exchange(StreamOwned::new(tls, stream), "GET", path, &[("host", name)], "")
}

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
}

#[test]
fn http_2_is_spoken_where_it_is_agreed_on() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let name = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.edge_https).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(trusting(&server, &[b"h2", b"http/1.1"]));
        let stream = connector.connect(ServerName::try_from(name.clone()).unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let executor = hyper_util::rt::TokioExecutor::new();
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
        tokio::spawn(connection);
        let request = hyper::Request::get(format!("https://{name}/two"));
        let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!((answer.status(), answer.version()), (hyper::StatusCode::OK, hyper::Version::HTTP_2));
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        assert_eq!(&body[..], b"/two 1");
    });
}
