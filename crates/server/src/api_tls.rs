//! TLS for the API: a certificate of the local authority for the names of the API's address, or the operator's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::authority::Authority;
use crate::error::Failure;
use crate::settings::ApiTls;

/// How TLS is spoken at the API's address; `None` when it is not.
pub fn configuration(
    settings: &ApiTls,
    address: IpAddr,
    authority: &Arc<Authority>,
) -> Result<Option<Arc<ServerConfig>>, Failure> {
    if !settings.is_on() {
        return Ok(None);
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| Failure::Tls(error.to_string()))?
        .with_no_client_auth();
    let mut config = match settings.own() {
        Some((certificate, key)) => {
            let (chain, private_key) = (chain(certificate)?, private_key(key)?);
            builder
                .with_single_cert(chain, private_key)
                .map_err(|error| unusable("--api-certificate", certificate, &error))?
        }
        None => {
            let names = names(address, &settings.api_name);
            let resolver = OfAuthority { authority: Arc::clone(authority), names };
            builder.with_cert_resolver(Arc::new(resolver))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}

/// The certificate of the local authority. It is for all names at once: whoever connects to an address names nobody.
struct OfAuthority {
    authority: Arc<Authority>,
    names: Vec<String>,
}

impl std::fmt::Debug for OfAuthority {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("OfAuthority")
    }
}

impl ResolvesServerCert for OfAuthority {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.authority.certify_all(&self.names)
    }
}

/// `localhost`, the address (all of this machine's loopback for an unspecified one), and what else it is called.
fn names(address: IpAddr, more: &[String]) -> Vec<String> {
    let loopback = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let addresses = if address.is_unspecified() { loopback.to_vec() } else { vec![address] };
    let mut names = vec!["localhost".to_owned()];
    names.extend(addresses.iter().map(IpAddr::to_string));
    for name in more {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let failed = |error: rustls_pki_types::pem::Error| unusable("--api-certificate", path, &error);
    let read = CertificateDer::pem_file_iter(path).map_err(failed)?;
    let chain = read.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    if chain.is_empty() {
        Err(unusable("--api-certificate", path, &"no certificate in it"))
    } else {
        Ok(chain)
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unusable("--api-private-key", path, &error))
}

fn unusable(flag: &'static str, path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::ApiCertificate { flag, path: path.to_owned(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_for_localhost_the_address_and_the_names_that_were_given() {
        let given = ["api.example".to_owned(), "localhost".to_owned()];
        assert_eq!(
            names(Ipv4Addr::new(192, 0, 2, 1).into(), &given),
            ["localhost", "192.0.2.1", "api.example"]
        );
        assert_eq!(names(Ipv4Addr::UNSPECIFIED.into(), &[]), ["localhost", "127.0.0.1", "::1"]);
    }
}
