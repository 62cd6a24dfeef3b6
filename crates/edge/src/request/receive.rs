//! Receive: limits, syntax, loops; the request head in the words of the rules.

use std::net::{IpAddr, Ipv4Addr};

use http::header::HeaderName;
use http::{Method, Version};
use observe::{Step, Timeline};
use rules::admit::{self, Refusal};
use rules::hop_by_hop::drop_named_by_connection;
use rules::hosts::split_authority;
use rules::limits::MAX_REQUEST_BODY_BYTES;
use rules::request::{RequestHead, Scheme, Text};
use rules::{Because, Fields};

use super::note;
use crate::edge::Worker;
use crate::exchange::Arrival;

/// The request header that asks for the timeline.
static EXPLAIN: HeaderName = HeaderName::from_static("x-warmfront-explain");

/// Whether the viewer asks for the timeline and may have it.
pub fn explain(worker: &Worker, arrival: &Arrival) -> bool {
    worker.edge().settings().explain && arrival.fields.contains(&EXPLAIN)
}

/// A request that is refused before it has found its cache behavior.
pub struct Refused {
    /// Its head.
    pub head: RequestHead,
    /// Why and how.
    pub refusal: Refusal,
}

/// The head of a request that may go on, with its body; or the refusal.
pub fn run(
    worker: &Worker,
    arrival: Arrival,
    timeline: &mut Timeline,
) -> Result<(RequestHead, origin::RequestBody), Box<Refused>> {
    let host = lowercase_host(&arrival.authority);
    let mut head = RequestHead {
        method: arrival.method,
        scheme: arrival.scheme,
        version: arrival.version,
        host,
        authority: arrival.authority,
        path: arrival.path,
        query: arrival.query.filter(|query| !query.is_empty()),
        fields: arrival.fields,
        viewer_ip: arrival.viewer.ip(),
        viewer_port: arrival.viewer.port(),
    };
    head.fields.remove(&EXPLAIN);
    // Measured as it arrived (E11), read without what concerns this connection only.
    let head_len = head_len(&head);
    drop_named_by_connection(&mut head.fields);
    let checked = admit::receive(&head, arrival.host_lines, url_len(&head), head_len)
        .and_then(|()| body_limit(arrival.body_length))
        .and_then(|()| admit::stacked(&head.fields, &worker.edge().names().edge_id));
    match checked {
        Ok(()) => {
            let inputs = [note::said("path", &head.path), None, None];
            note::push(timeline, Step::Receive, "ok", inputs, Because::new("", ""));
            Ok((head, arrival.body))
        }
        Err(refusal) => {
            let inputs = [note::number("status", refusal.status.as_u16().into()), None, None];
            note::push(timeline, Step::Receive, "refuse", inputs, refusal.because);
            Err(Box::new(Refused { head, refusal }))
        }
    }
}

/// The host of an authority without its port; a part of the same text when it is lower-case already.
fn lowercase_host(authority: &Text) -> Text {
    let host = split_authority(authority).map(|(host, _)| host).unwrap_or_default();
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return host.to_ascii_lowercase().into();
    }
    authority.slice_ref(host)
}

fn body_limit(length: Option<u64>) -> Result<(), Refusal> {
    match length {
        Some(length) if length > MAX_REQUEST_BODY_BYTES => Err(admit::body_too_large()),
        _ => Ok(()),
    }
}

/// Length of the URL made from the request: scheme, host, path and query (E10).
fn url_len(head: &RequestHead) -> usize {
    let query = head.query.as_ref().map_or(0, |query| query.len() + 1);
    head.scheme.as_str().len() + "://".len() + head.authority.len() + head.path.len() + query
}

/// Length of request line and header lines on the wire (E11).
fn head_len(head: &RequestHead) -> usize {
    let query = head.query.as_ref().map_or(0, |query| query.len() + 1);
    let request_line = head.method.as_str().len() + head.path.len() + query + " HTTP/1.1\r\n".len() + 1;
    request_line + "host: \r\n".len() + head.authority.len() + head.fields.wire_len() + "\r\n".len()
}

/// The head of a request of which nothing could be read.
pub fn nothing() -> RequestHead {
    RequestHead {
        method: Method::GET,
        scheme: Scheme::Http,
        version: Version::HTTP_11,
        host: Text::new(),
        authority: Text::new(),
        path: Text::from_static("/"),
        query: None,
        fields: Fields::default(),
        viewer_ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        viewer_port: 0,
    }
}
