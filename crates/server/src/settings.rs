//! What the binary is told: flags with their environment variables, and the secrets that only the environment brings.
//!
//! Flags become the settings of the rooms here, once; nothing else reads the environment.

mod api_tls;
mod keys;
mod s3_credentials;
mod secrets;
mod values;

pub use api_tls::ApiTls;
pub use keys::{KeyAction, KeyCommand};
pub use s3_credentials::S3Credentials;
pub use secrets::Secrets;
pub use values::{BucketsFlag, Quota};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{BoolishValueParser, Resettable};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use compile::{Environment, Quotas, S3Endpoint};

/// Longest that a viewer may take for its TLS handshake, and for each request head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Bodies that are being compressed at the same time: each takes up to 4 MiB of memory.
const MAX_COMPRESSIONS: usize = 64;

/// CloudFront that you run yourself.
#[derive(Debug, Parser)]
#[command(name = "warmfront", version, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// What the process was started with: flags, then environment, then defaults. Ends the process when that makes
    /// no sense.
    pub fn of_process() -> Self {
        let matches = without_empty_variables(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// A variable that is set but empty counts as absent: files for containers leave them so.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    command.mut_subcommands(|command| {
        command.mut_args(|flag| {
            let is_empty = flag.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
            if is_empty { flag.env(Resettable::Reset) } else { flag }
        })
    })
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the CloudFront API and the edge.
    Serve(Serve),
    /// Run them with a small site behind a distribution, to see custom error responses at work.
    Demo(Demo),
    /// Show and change the keys of the API, also while the server runs.
    #[command(after_help = KEYS_HELP)]
    Keys(KeyCommand),
}

/// Flags of `serve`.
#[derive(Debug, Args)]
#[command(after_help = SECRETS_HELP, next_line_help = true)]
pub struct Serve {
    /// Directory that holds everything that is kept; created if needed.
    #[arg(long, value_name = "DIR", env = "WARMFRONT_DATA_DIR", default_value = "warmfront-data")]
    pub data_dir: PathBuf,
    /// Take over from the process that runs on the same data directory, without refusing a connection; start as usual
    /// when there is none.
    #[arg(long, env = "WARMFRONT_TAKE_OVER", value_parser = BoolishValueParser::new())]
    pub take_over: bool,
    /// TLS for the API.
    #[command(flatten)]
    pub api_tls: ApiTls,
    /// All other flags.
    #[command(flatten)]
    pub settings: Settings,
}

/// Flags of `demo`.
#[derive(Debug, Args)]
#[command(after_help = SECRETS_HELP, next_line_help = true)]
pub struct Demo {
    /// Directory that holds everything that is kept; created if needed.
    #[arg(long, value_name = "DIR", env = "WARMFRONT_DEMO_DATA_DIR", default_value = "warmfront-demo")]
    pub data_dir: PathBuf,
    /// All other flags.
    #[command(flatten)]
    pub settings: Settings,
}

const SECRETS_HELP: &str = "Secrets come from the environment:
  WARMFRONT_ACCESS_KEY_ID, WARMFRONT_SECRET_ACCESS_KEY
          A key pair of the API with the role admin, which is not kept. Without them one is made at the first
          start, shown once, and kept in the data directory, sealed; `warmfront keys` makes more.
  WARMFRONT_SEALING_KEY, WARMFRONT_SEALING_KEY_FILE
          What the kept keys are sealed with (64 hexadecimal digits, or 32 bytes in Base64), or a file that says
          so. Without them it is in the data directory.
  WARMFRONT_S3_ACCESS_KEY_ID, WARMFRONT_S3_SECRET_ACCESS_KEY
          Signs requests to S3 origins elsewhere for origin access control. Without them the API's key pair does.
  WARMFRONT_S3_CREDENTIALS_FILE
          JSON file (mode 0600) with a key pair for each bucket elsewhere; the bucket * stands for all others:
          {\"BUCKET\": {\"AccessKeyId\": \"...\", \"SecretAccessKey\": \"...\"}}
  SSL_CERT_FILE
          Certificate authorities to trust for origins, besides the system's.

When everything listens, a line on standard output says where, for scripts (api=https://ADDR with --api-tls):
  ready api=http://ADDR edge-http=http://ADDR edge-https=https://ADDR ca=FILE buckets=http://ADDR
FILE is the authority to trust for HTTPS; spaces in it are written as %20.";

const KEYS_HELP: &str = "Secrets come from the environment:
  WARMFRONT_SEALING_KEY, WARMFRONT_SEALING_KEY_FILE
          What the keys are sealed with, if the server has it from there too.

A server that runs on the directory knows of a change with the next request.";

/// Flags that `serve` and `demo` share.
#[derive(Debug, Args)]
pub struct Settings {
    /// Address of the edge for HTTP/1.1 in clear text; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", env = "WARMFRONT_EDGE_HTTP", default_value = "127.0.0.1:8080", value_parser = values::address)]
    pub edge_http: SocketAddr,
    /// Address of the edge for HTTPS with HTTP/1.1 and HTTP/2, and by UDP with HTTP/3.
    #[arg(long, value_name = "ADDR", env = "WARMFRONT_EDGE_HTTPS", default_value = "127.0.0.1:8443", value_parser = values::address)]
    pub edge_https: SocketAddr,
    /// Do not speak HTTP/3, which viewers otherwise reach by UDP on the address of --edge-https.
    #[arg(long, env = "WARMFRONT_NO_HTTP3", value_parser = BoolishValueParser::new())]
    pub no_http3: bool,
    /// Address of the CloudFront API.
    #[arg(long, value_name = "ADDR", env = "WARMFRONT_API", default_value = "127.0.0.1:9080", value_parser = values::address)]
    pub api: SocketAddr,
    /// Threads that serve viewers [default: one for each core].
    #[arg(long, value_name = "N", env = "WARMFRONT_WORKERS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
    /// S3-compatible store that stands in for S3: origins named BUCKET.s3.REGION.amazonaws.com are asked there,
    /// path-style.
    #[arg(long, value_name = "URL", env = "WARMFRONT_S3_ENDPOINT", value_parser = values::s3_endpoint)]
    pub s3_endpoint: Option<S3Endpoint>,
    /// Address of the bucket server that stands in for S3 without --s3-endpoint, or `off`
    /// [default: 127.0.0.1:9090, or any free port when it is taken].
    #[arg(long, value_name = "ADDR", env = "WARMFRONT_BUCKETS", value_parser = values::buckets)]
    pub buckets: Option<BucketsFlag>,
    /// Let POST /_warmfront/clock move the cache's time, and POST /_warmfront/reset empty everything. For tests:
    /// neither asks for a key.
    #[arg(long, env = "WARMFRONT_VIRTUAL_CLOCK", value_parser = BoolishValueParser::new())]
    pub virtual_clock: bool,
    /// Keep references to what lives outside of this product (origin access identities, web ACLs, field-level
    /// encryption, real-time logs, buckets for logs, certificates) instead of refusing them.
    #[arg(long, env = "WARMFRONT_LENIENT_REFERENCES", value_parser = BoolishValueParser::new())]
    pub lenient_references: bool,
    /// Fill what an UpdateDistribution leaves out with defaults instead of refusing it.
    #[arg(long, env = "WARMFRONT_LENIENT_UPDATES", value_parser = BoolishValueParser::new())]
    pub lenient_updates: bool,
    /// Change a quota, such as origins=200; can be repeated. docs/operating/limits.md has all names.
    #[arg(long, value_name = "NAME=NUMBER", env = "WARMFRONT_QUOTAS", value_delimiter = ',', value_parser = values::quota)]
    pub quota: Vec<Quota>,
    /// Account in ARNs, 12 digits.
    #[arg(long, value_name = "DIGITS", env = "WARMFRONT_ACCOUNT_ID", default_value = "123456789012", value_parser = values::account_id)]
    pub account_id: String,
    /// What follows the first label of the domain names that distributions get. Names below localhost open in a
    /// browser on this machine as they are.
    #[arg(
        long,
        value_name = "DOMAIN",
        env = "WARMFRONT_DOMAIN_SUFFIX",
        default_value = "cloudfront.localhost",
        value_parser = values::domain
    )]
    pub domain_suffix: String,
    /// Port that redirects to HTTPS name [default: the port of --edge-https].
    #[arg(long, value_name = "PORT", env = "WARMFRONT_PUBLIC_HTTPS_PORT")]
    pub public_https_port: Option<u16>,
    /// Memory that the cache may use.
    #[arg(long, value_name = "BYTES", env = "WARMFRONT_CACHE_MEMORY", default_value = "1GiB", value_parser = values::bytes)]
    pub cache_memory: u64,
    /// Larger objects pass through and are not kept.
    #[arg(long, value_name = "BYTES", env = "WARMFRONT_MAX_OBJECT_SIZE", default_value = "256MiB", value_parser = values::bytes)]
    pub max_object_size: u64,
    /// Disk that the cache may use besides, so that more fits and a restart loses nothing; 0 is none.
    #[arg(long, value_name = "BYTES", env = "WARMFRONT_CACHE_DISK_SIZE", default_value = "0", value_parser = values::bytes)]
    pub cache_disk_size: u64,
    /// Directory of the cache on disk, which nothing else is in [default: cache in the data directory].
    #[arg(long, value_name = "DIR", env = "WARMFRONT_CACHE_DISK")]
    pub cache_disk: Option<PathBuf>,
    /// Connections of viewers that one worker holds at the same time.
    #[arg(long, value_name = "N", env = "WARMFRONT_MAX_CONNECTIONS", default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,
    /// Answer a request with the header X-Warmfront-Explain with its timeline, in X-Warmfront-Timeline.
    #[arg(long, env = "WARMFRONT_EXPLAIN", value_parser = BoolishValueParser::new())]
    pub explain: bool,
    /// Location code in X-Amz-Cf-Pop.
    #[arg(long, value_name = "CODE", env = "WARMFRONT_POP", default_value = "LOC50-P1")]
    pub pop: String,
    /// PEM file with certificate authorities to trust for origins, besides the system's.
    #[arg(long, value_name = "FILE", env = "WARMFRONT_ORIGIN_CA")]
    pub origin_ca: Option<PathBuf>,
    /// How long requests under way may go on after SIGTERM or Ctrl-C, in seconds.
    #[arg(long, value_name = "SECONDS", env = "WARMFRONT_DRAIN_TIMEOUT", default_value_t = 30)]
    pub drain_timeout: u16,
    /// What is logged to standard error: a level, or rules like `warn,control=info,edge=debug`
    /// [default: RUST_LOG, or `warn`].
    #[arg(long, value_name = "FILTER", env = "WARMFRONT_LOG")]
    pub log: Option<String>,
}

// === impl Command ===

impl Command {
    /// The flags that all commands share which serve.
    pub const fn settings(&self) -> Option<&Settings> {
        match self {
            Self::Serve(serve) => Some(&serve.settings),
            Self::Demo(demo) => Some(&demo.settings),
            Self::Keys(_) => None,
        }
    }
}

// === impl Settings ===

impl Settings {
    /// What is logged.
    pub fn log_filter(&self) -> String {
        let given = self.log.clone().or_else(|| std::env::var("RUST_LOG").ok());
        given.filter(|filter| !filter.is_empty()).unwrap_or_else(|| "warn".into())
    }

    /// Number of threads that serve viewers.
    pub fn worker_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.workers.map_or_else(cores, usize::from)
    }

    /// How long requests under way may go on after a signal.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_timeout.into())
    }

    /// Quotas, as far as they are not CloudFront's.
    pub fn quotas(&self) -> Quotas {
        self.quota.iter().fold(Quotas::default(), |quotas, quota| quota.applied_to(quotas))
    }

    /// Where the product runs, as compiling needs to know it for what has been accepted: a quota that was lowered
    /// since does not take a distribution off the edge.
    pub fn environment(&self) -> Environment {
        Environment {
            s3_endpoint: self.s3_endpoint.clone(),
            lenient_references: self.lenient_references,
            account_id: self.account_id.clone(),
            quotas: Quotas::unlimited(),
        }
    }

    /// Settings of the API.
    pub fn of_control(&self) -> control::Settings {
        control::Settings {
            account_id: self.account_id.clone(),
            domain_suffix: self.domain_suffix.clone(),
            strict_update: !self.lenient_updates,
            environment: Environment { quotas: self.quotas(), ..self.environment() },
            ..control::Settings::default()
        }
    }

    /// The cache's disk tier, if there is one.
    pub fn of_cache_disk(&self, data_dir: &Path) -> Option<cache::DiskSettings> {
        let dir = self.cache_disk.clone().unwrap_or_else(|| data_dir.join("cache"));
        (self.cache_disk_size > 0).then(|| cache::DiskSettings::new(dir, self.cache_disk_size))
    }

    /// Settings of the edge; `https_port` is the one that it listens on.
    pub fn of_edge(&self, https_port: u16, origins: origin::Settings) -> edge::Settings {
        edge::Settings {
            cache: cache::Limits {
                memory_bytes: self.cache_memory,
                max_object_bytes: self.max_object_size,
                ..cache::Limits::default()
            },
            origins,
            explain: self.explain,
            pop: Arc::from(self.pop.as_str()),
            public_https_port: self.public_https_port.unwrap_or(https_port),
            head_timeout: HEAD_TIMEOUT,
            drain_timeout: self.drain(),
            max_connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            max_compressions: MAX_COMPRESSIONS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_changed_by_name_for_new_documents_only() {
        let words = ["warmfront", "serve", "--quota", "origins=3,aliases=4", "--quota", "origins=5"];
        let arguments = Arguments::try_parse_from(words).unwrap();
        let settings = arguments.command.settings().unwrap();
        let expected = Quotas { max_origins: 5, max_aliases: 4, ..Quotas::default() };
        assert_eq!(settings.of_control().environment.quotas, expected);
        assert_eq!(settings.environment().quotas, Quotas::unlimited());
    }

    #[test]
    fn every_flag_is_explained_and_has_a_variable() {
        for name in ["serve", "demo"] {
            let mut command = Arguments::command();
            command.build();
            let command = command.find_subcommand(name).unwrap();
            for flag in
                command.get_arguments().filter(|flag| !["help", "version"].contains(&flag.get_id().as_str()))
            {
                assert!(flag.get_help().is_some(), "{name}: {flag:?}");
                assert!(
                    flag.get_env().is_some_and(|name| name.to_string_lossy().starts_with("WARMFRONT_")),
                    "{flag:?}"
                );
            }
        }
    }
}
