//! What people see on the terminal, and the one line that scripts read.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::Failure;
use crate::keys::Source;
use crate::run::Addresses;

/// Prints to standard output at once. A closed output is no reason to stop serving.
pub fn say(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// Prints why the binary ends.
pub fn complain(failure: &Failure) {
    let _ = writeln!(io::stderr(), "warmfront: {failure}");
}

/// Warns whoever opens the API to a network in clear text.
pub fn warn_of_exposure(addresses: &Addresses) {
    if addresses.api_scheme == "http" && !addresses.api.ip().is_loopback() {
        let text = "warmfront: warning: the API is open to the network without TLS (--api): sessions, documents and answers \
                    can be read and changed on the way. Use --api-tls, or an address of the loopback.";
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// The greeting of `serve`.
pub fn welcome(addresses: &Addresses, source: &Source, data_dir: &Path, authority: &Path) -> String {
    let (key, id, secret) = key(source, data_dir);
    let mut text = heading(addresses);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "  Data  {}  (authority for HTTPS: {})\n  Key   {key}\n\n{}\n",
        data_dir.display(),
        authority.display(),
        aws_lines(addresses, authority, &id, &secret),
    );
    text
}

/// What is said about the key, its id, and its secret or what stands for it.
pub fn key(source: &Source, data_dir: &Path) -> (String, String, String) {
    let directory = data_dir.display();
    match source {
        Source::Environment(id) => {
            let secret = "$WARMFRONT_SECRET_ACCESS_KEY".into();
            (format!("{id}  (from the environment)"), id.clone(), secret)
        }
        Source::Kept(Some(id)) => {
            let said = format!("{id}  (`warmfront keys list --data-dir {directory}` shows all)");
            (said, id.clone(), "...".into())
        }
        Source::Kept(None) => {
            let said = format!("no enabled admin; `warmfront keys create --data-dir {directory}` makes one");
            (said, "...".into(), "...".into())
        }
        Source::Created(pair) => {
            let id = &pair.access_key_id;
            let said = format!("{id}  (new; this is the one time its secret is shown)");
            (said, id.clone(), pair.secret_key.expose().into())
        }
    }
}

/// Name, version and addresses.
pub fn heading(addresses: &Addresses) -> String {
    format!(
        "\n  Warmfront {} - CloudFront that you run yourself\n\n  Console  {}://{}/console/\n\n  API   \
         {}://{}\n  Edge  http://{}  https://{}\n{}",
        env!("CARGO_PKG_VERSION"),
        addresses.api_scheme,
        addresses.api,
        addresses.api_scheme,
        addresses.api,
        addresses.edge_http,
        addresses.edge_https,
        addresses.buckets.map(|buckets| format!("  S3    http://{buckets}  (buckets)\n")).unwrap_or_default(),
    )
}

/// Lines to paste for the AWS CLI.
pub fn aws_lines(addresses: &Addresses, authority: &Path, id: &str, secret: &str) -> String {
    let Addresses { api, api_scheme, buckets, .. } = addresses;
    let s3 =
        buckets.map(|buckets| format!("    aws s3 ls --endpoint-url http://{buckets}\n")).unwrap_or_default();
    let trusted = match *api_scheme {
        "https" => format!("    export AWS_CA_BUNDLE={}\n", authority.display()),
        _ => String::new(),
    };
    format!(
        "    export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} AWS_DEFAULT_REGION=us-east-1\n{trusted}    \
         aws cloudfront list-distributions --endpoint-url {api_scheme}://{api}\n{s3}",
    )
}

/// The line for scripts: `ready`, then `name=value` separated by spaces. Names are only ever added; spaces and percent
/// signs in the file's name are percent-encoded, so that splitting the line at spaces is enough.
pub fn ready(addresses: &Addresses, authority: &Path, more: &str) -> String {
    format!(
        "ready api={}://{} edge-http=http://{} edge-https=https://{} ca={}{more}{}{}\n",
        addresses.api_scheme,
        addresses.api,
        addresses.edge_http,
        addresses.edge_https,
        authority.display().to_string().replace('%', "%25").replace(' ', "%20"),
        addresses.buckets.map(|buckets| format!(" buckets=http://{buckets}")).unwrap_or_default(),
        if addresses.has_http3 {
            format!(" edge-http3=udp://{}", addresses.edge_https)
        } else {
            String::new()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_spaces_does_not_break_the_line_for_scripts() {
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let addresses = Addresses {
            api: any,
            api_scheme: "http",
            edge_http: any,
            edge_https: any,
            has_http3: true,
            buckets: Some(any),
        };
        let line = ready(&addresses, Path::new("/my data/100%/ca.pem"), " demo=x");
        assert_eq!(line.split_whitespace().count(), 8);
        assert!(
            line.contains(
                " ca=/my%20data/100%25/ca.pem demo=x buckets=http://127.0.0.1:1 edge-http3=udp://127.0.0.1:1"
            ),
            "{line}"
        );
    }
}
