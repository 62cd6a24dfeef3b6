//! A rehearsed request, and why a question has no answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use edge::exchange::Arrival;
use http::{Method, Uri, Version};
use rules::Fields;
use rules::model::Distribution;
use rules::request::Scheme;

/// Where rehearsed viewers come from.
const VIEWER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// Why a question has no answer: the caller's sentence, naming the member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// The question is not one.
    #[error("{0}")]
    Invalid(String),
    /// It took too long.
    #[error("The rehearsal took longer than {0} seconds: an origin that is really asked does not answer.")]
    TooSlow(u64),
    /// A fault of ours.
    #[error("The rehearsal could not begin.")]
    Internal,
}

/// A GET for `path` of the distribution, as a viewer on HTTPS would send it.
pub fn plain(distribution: &Distribution, path: &str) -> Arrival {
    Arrival {
        method: Method::GET,
        version: Version::HTTP_11,
        scheme: Scheme::Https,
        authority: (&*distribution.domain_name).into(),
        host_lines: 1,
        path: path.into(),
        query: None,
        fields: Fields::default(),
        viewer: VIEWER,
        body: origin::RequestBody::Empty,
        body_length: Some(0),
    }
}

/// A request for `url`: a path with its query, or a whole address that also chooses scheme and host.
pub fn request(
    distribution: &Distribution,
    method: Method,
    url: &str,
    fields: Fields,
) -> Result<Arrival, Unanswerable> {
    let wrong = || {
        let accepted = "Accepted: a path such as /index.html?a=1, or an address such as https://name/path.";
        Unanswerable::Invalid(format!("requests[].url is \"{url}\". {accepted}"))
    };
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let scheme = match uri.scheme_str() {
        None | Some("https") => Scheme::Https,
        Some("http") => Scheme::Http,
        Some(_) => return Err(wrong()),
    };
    if !uri.path().starts_with('/') {
        return Err(wrong());
    }
    let plain = plain(distribution, uri.path());
    Ok(Arrival {
        method,
        scheme,
        authority: uri.authority().map_or(plain.authority, |authority| authority.as_str().into()),
        query: uri.query().map(Into::into),
        fields,
        ..plain
    })
}
