//! From a request head as HTTP libraries read it to an [`Arrival`]; its body is put in by whoever has it.

use std::net::SocketAddr;

use http::header::{HOST, HeaderValue};
use http::request::Parts;
use rules::Fields;
use rules::request::Scheme;

use crate::exchange::Arrival;

/// The arrival without its body.
pub fn of_parts(parts: Parts, viewer: SocketAddr, scheme: Scheme) -> Arrival {
    let mut hosts: Vec<HeaderValue> = Vec::new();
    let mut fields = Fields::with_capacity(parts.headers.len());
    let mut last = None;
    for (name, value) in parts.headers {
        // A repeated name comes without a name: it belongs to the one before.
        let Some(name) = name.or_else(|| last.clone()) else { continue };
        if name == HOST {
            hosts.push(value);
        } else {
            fields.append(name.clone(), value);
        }
        last = Some(name);
    }
    // The target's authority wins over Host (RFC 9113 section 8.3.1, RFC 9114 section 4.3.1).
    let named = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let host_lines = if named.is_some() { hosts.len().max(1) } else { hosts.len() };
    let authority = named.or_else(|| hosts.first().and_then(|host| host.to_str().ok()).map(str::to_owned));
    Arrival {
        method: parts.method,
        version: parts.version,
        scheme,
        authority: authority.unwrap_or_default().into(),
        host_lines,
        path: parts.uri.path().into(),
        query: parts.uri.query().map(Into::into),
        fields,
        viewer,
        body: origin::RequestBody::Empty,
        body_length: None,
    }
}
