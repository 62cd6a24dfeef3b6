//! What people see on the terminal, and the one line that scripts read.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use signing::keys::Credentials;

use crate::error::Failure;
use crate::keys::{Keys, Source};
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

/// The greeting of `serve`.
pub fn welcome(addresses: &Addresses, keys: &Keys, data_dir: &Path, authority: &Path) -> String {
    let id = &keys.pair.access_key_id;
    let (key, secret) = match &keys.source {
        Source::Environment => {
            (format!("{id}  (from the environment)"), "$WARMFRONT_SECRET_ACCESS_KEY".into())
        }
        Source::Kept(path) => (format!("{id}  (secret: {})", path.display()), "...".into()),
        Source::Created(path) => {
            let key =
                format!("{id}  (new; this is the one time its secret is shown, see {})", path.display());
            (key, keys.pair.secret_key.expose().to_owned())
        }
    };
    let mut text = heading(addresses);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "  Data  {}  (authority for HTTPS: {})\n  Key   {key}\n\n{}\n",
        data_dir.display(),
        authority.display(),
        aws_lines(addresses, id, &secret),
    );
    text
}

/// Name, version and addresses.
pub fn heading(addresses: &Addresses) -> String {
    format!(
        "\n  Warmfront {} - CloudFront that you run yourself\n\n  API   http://{}\n  Edge  http://{}  https://{}\n",
        env!("CARGO_PKG_VERSION"),
        addresses.api,
        addresses.edge_http,
        addresses.edge_https,
    )
}

/// Lines to paste for the AWS CLI.
pub fn aws_lines(addresses: &Addresses, id: &str, secret: &str) -> String {
    format!(
        "    export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} AWS_DEFAULT_REGION=us-east-1\n    \
         aws cloudfront list-distributions --endpoint-url http://{}\n",
        addresses.api
    )
}

/// The same with the pair itself.
pub fn aws_lines_with(addresses: &Addresses, pair: &Credentials) -> String {
    aws_lines(addresses, &pair.access_key_id, pair.secret_key.expose())
}

/// The line for scripts: `ready`, then `name=value` separated by spaces. Names are only ever added; spaces and percent
/// signs in the file's name are percent-encoded, so that splitting the line at spaces is enough.
pub fn ready(addresses: &Addresses, authority: &Path, more: &str) -> String {
    format!(
        "ready api=http://{} edge-http=http://{} edge-https=https://{} ca={}{more}\n",
        addresses.api,
        addresses.edge_http,
        addresses.edge_https,
        authority.display().to_string().replace('%', "%25").replace(' ', "%20"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_spaces_does_not_break_the_line_for_scripts() {
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let addresses = Addresses { api: any, edge_http: any, edge_https: any };
        let line = ready(&addresses, Path::new("/my data/100%/ca.pem"), " demo=x");
        assert_eq!(line.split_whitespace().count(), 6);
        assert!(line.contains(" ca=/my%20data/100%25/ca.pem demo=x"), "{line}");
    }
}
