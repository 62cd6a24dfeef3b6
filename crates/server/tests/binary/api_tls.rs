//! The API over TLS, and the warning when it is open to a network without.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::api::Api;
use crate::http::{self, Answer};
use crate::process::{ACCESS_KEY_ID, DEADLINE, SECRET_ACCESS_KEY, Server, command, complaint};

const LIST: &str = "/2020-05-31/distribution";

fn trusting(authority: &Path, protocol: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    Arc::new(config)
}

fn list_over_http1(server: &Server, authority: &Path, name: &str) -> std::io::Result<Answer> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let tls = ClientConnection::new(trusting(authority, b"http/1.1"), name).unwrap();
    let stream = TcpStream::connect(server.api)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let signed = Api::of(server).signed("GET", LIST, "");
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    http::exchange(StreamOwned::new(tls, stream), "GET", LIST, &headers, "")
}

async fn ask_over_http2(
    server: &Server,
    request: hyper::http::request::Builder,
    body: String,
) -> (u16, String) {
    let stream = tokio::net::TcpStream::connect(server.api).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(trusting(Path::new(server.said("ca")), b"h2"));
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let running = tokio::spawn(connection);
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let cookie = answer.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    running.abort();
    (status, cookie.unwrap_or_else(|| String::from_utf8(body.to_vec()).unwrap()))
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn the_api_speaks_tls_with_a_certificate_for_its_address_and_names() {
    let directory = tempfile::tempdir().unwrap();
    let flags = ["--api-tls", "--api-name", "api.example", "--api-name", "cdn.example"];
    let server = Server::start(directory.path(), &flags);
    assert!(server.said("api").starts_with("https://127.0.0.1:"), "{}", server.ready);
    assert!(
        server.greeting.contains("AWS_CA_BUNDLE=") && server.greeting.contains("--endpoint-url https://")
    );
    let authority = Path::new(server.said("ca"));
    for name in ["localhost", "127.0.0.1", "api.example", "cdn.example"] {
        assert_eq!(list_over_http1(&server, authority, name).unwrap().status, 200, "{name}");
    }
    assert!(list_over_http1(&server, authority, "other.example").is_err());
    // Clear text is no request.
    assert!(http::try_send(server.api, "GET", LIST, &[("host", "localhost")], "").is_err());
}

#[test]
fn http_2_is_spoken_with_signatures_and_sessions() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path(), &["--api-tls"]);
    block_on(async {
        let uri = format!("https://{}{LIST}", server.api);
        let signed = Api::of(&server).signed("GET", LIST, "");
        let request = signed
            .iter()
            .filter(|(name, _)| name != "host")
            .fold(hyper::Request::get(uri), |request, (name, value)| request.header(name, value));
        let (status, body) = ask_over_http2(&server, request, String::new()).await;
        assert!(status == 200 && body.contains("<DistributionList"), "{status} {body}");

        let pair = serde_json::json!({
            "accessKeyId": ACCESS_KEY_ID, "secretAccessKey": SECRET_ACCESS_KEY,
        });
        let request = hyper::Request::post(format!("https://{}/console/session", server.api))
            .header("origin", format!("https://{}", server.api));
        let (status, cookie) = ask_over_http2(&server, request, pair.to_string()).await;
        assert!(status == 204 && cookie.contains("; Secure"), "{status} {cookie}");
    });
}

#[test]
fn the_operators_own_certificate_is_used() {
    let (directory, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["own.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let (certificate_file, key_file) = (own.path().join("own.pem"), own.path().join("own-key.pem"));
    std::fs::write(&certificate_file, certificate.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate_file.to_str().unwrap(), key_file.to_str().unwrap());
    let server =
        Server::start(directory.path(), &["--api-certificate", certificate, "--api-private-key", key]);
    assert!(server.said("api").starts_with("https://"));
    assert_eq!(list_over_http1(&server, &certificate_file, "own.example").unwrap().status, 200);
    drop(server);

    let half = complaint(&mut command("serve", directory.path(), &["--api-certificate", certificate]));
    assert!(half.contains("--api-private-key"), "{half}");
    let flags = ["--api-certificate", key, "--api-private-key", key];
    let wrong = complaint(&mut command("serve", directory.path(), &flags));
    assert!(wrong.contains("--api-certificate") && wrong.contains("no certificate"), "{wrong}");
}

#[test]
fn an_api_that_is_open_to_the_network_without_tls_is_warned_of() {
    let directory = tempfile::tempdir().unwrap();
    let warning = |flags: &[&str]| {
        let errors = directory.path().join("errors");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_warmfront"));
        let any = "127.0.0.1:0";
        command.args(["serve", "--edge-http", any, "--edge-https", any, "--workers", "1", "--data-dir"]);
        command.arg(directory.path().join("data")).args(flags).env_clear();
        drop(Server::spawn(command.stderr(std::fs::File::create(&errors).unwrap())));
        std::fs::read_to_string(errors).unwrap()
    };
    let said = warning(&["--api", "0.0.0.0:0"]);
    assert!(said.contains("warning: the API is open") && said.contains("--api-tls"), "{said}");
    for fine in [&["--api", "0.0.0.0:0", "--api-tls"][..], &["--api", "127.0.0.1:0"]] {
        let said = warning(fine);
        assert!(!said.contains("the API is open"), "{fine:?}: {said}");
    }
}
