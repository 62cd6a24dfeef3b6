//! Flags that put the API behind TLS.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::values;

/// Flags that put the API behind TLS.
#[derive(Debug, Default, Args)]
pub struct ApiTls {
    /// Serve the API over HTTPS, with a certificate of the authority in the data directory.
    #[arg(long, env = "WARMFRONT_API_TLS", value_parser = BoolishValueParser::new())]
    pub api_tls: bool,
    /// Another name of the API's address in that certificate; may be given several times.
    #[arg(long, value_name = "NAME", env = "WARMFRONT_API_NAME", value_delimiter = ',', value_parser = values::host_name)]
    pub api_name: Vec<String>,
    /// PEM file with a certificate of your own for the API, and what leads to its authority.
    #[arg(long, value_name = "FILE", env = "WARMFRONT_API_CERTIFICATE", requires = "api_private_key")]
    pub api_certificate: Option<PathBuf>,
    /// PEM file with the private key of that certificate.
    #[arg(long, value_name = "FILE", env = "WARMFRONT_API_PRIVATE_KEY", requires = "api_certificate")]
    pub api_private_key: Option<PathBuf>,
}

// === impl ApiTls ===

impl ApiTls {
    /// Whether the API speaks TLS.
    pub const fn is_on(&self) -> bool {
        self.api_tls || self.api_certificate.is_some()
    }

    /// The files of a certificate of the operator's own.
    pub fn own(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.api_certificate.as_ref().zip(self.api_private_key.as_ref())
    }
}
