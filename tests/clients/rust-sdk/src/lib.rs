//! The server under test as a process of its own, and the AWS SDK for Rust pointed at it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::config::retry::RetryConfig;
use aws_sdk_cloudfront::config::{BehaviorVersion, Credentials, Region};
use tempfile::TempDir;

pub mod configuration;

/// The page about clients: what it says to paste compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/clients.md")]
pub struct ClientsPage;

const ACCESS_KEY_ID: &str = "WFTESTS0000000000001";
const SECRET_ACCESS_KEY: &str = "not-a-secret-only-for-tests";

/// A server with an empty data directory; it ends when this is dropped.
pub struct Warmfront {
    process: Child,
    addresses: HashMap<String, String>,
    _folder: TempDir,
}

impl Warmfront {
    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    /// When the binary is not there or does not start: the test cannot go on.
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let mut process = Command::new(binary())
            .args([
                "serve",
                "--api",
                "127.0.0.1:0",
                "--edge-http",
                "127.0.0.1:0",
                "--edge-https",
                "127.0.0.1:0",
            ])
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts; set WARMFRONT to where it is");
        let addresses = process.stdout.take().map(|output| ready(BufReader::new(output))).unwrap_or_default();
        assert!(addresses.contains_key("api"), "the server ended before it was ready");
        Self { process, addresses, _folder: folder }
    }

    /// The SDK's client; one attempt for each call, so that every error is seen.
    pub fn cloudfront(&self) -> Client {
        let config = aws_sdk_cloudfront::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.addresses["api"])
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }
}

impl Drop for Warmfront {
    fn drop(&mut self) {
        // It may have ended already; then the test has failed and says why.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What `cargo xtask clients` built, or what is there when the tests are run by hand.
fn binary() -> PathBuf {
    std::env::var_os("WARMFRONT").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/debug/warmfront"),
        PathBuf::from,
    )
}

/// The addresses in the line for scripts: `ready`, then name=value.
fn ready(output: impl BufRead) -> HashMap<String, String> {
    let mut lines = output.lines().map_while(Result::ok);
    let line = lines.find(|line| line.starts_with("ready ")).unwrap_or_default();
    line.split(' ')
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}
