//! Differential fuzzing against hyper: what both take, both take in the same way.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rules::request::Scheme;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::super::body::{Decoder, Piece};
use super::super::head::{self, Persistence};
use super::fuzz::{corpus, viewer};

/// A request as somebody read it.
#[derive(Debug, PartialEq, Eq)]
struct Meaning {
    method: String,
    version: http::Version,
    authority: Option<String>,
    path: String,
    query: Option<String>,
    lines: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

#[test]
fn what_hyper_takes_too_means_the_same_to_both() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let corpus = corpus();
    let mut both = 0;
    fuzz::run(|random| {
        let document = corpus.damaged(random)?;
        let ours = ours(&document);
        let theirs = runtime.block_on(theirs(&document));
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "{}", document.escape_ascii());
            both += 1;
        }
        Ok(())
    });
    // Nothing is compared by a codec that refuses everything. A case that is run again compares what it can.
    assert!(both > 50 || std::env::var_os("WARMFRONT_FUZZ_SEED").is_some(), "{both} requests compared");
}

/// The requests that we take, up to the first that we refuse or that is not whole.
fn ours(document: &[u8]) -> Vec<Meaning> {
    let mut buffer = BytesMut::from(document);
    let mut all = Vec::new();
    loop {
        let Ok(Some(end)) = head::find_end(&mut buffer, &mut 0) else { return all };
        let Ok(head) = head::parse(&buffer.split_to(end).freeze(), viewer(), Scheme::Http) else {
            return all;
        };
        let mut decoder = Decoder::new(head.framing);
        let mut body = Vec::new();
        loop {
            match decoder.next(&mut buffer) {
                Ok(Piece::Data(piece)) => body.extend_from_slice(&piece),
                Ok(Piece::End) => break,
                Ok(Piece::NeedsMore) | Err(_) => return all,
            }
        }
        let arrival = head.arrival;
        let lines = arrival.fields.iter();
        let mut lines: Vec<_> =
            lines.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
        lines.sort();
        all.push(Meaning {
            method: arrival.method.to_string(),
            version: arrival.version,
            authority: Some(arrival.authority.to_string()),
            path: arrival.path.to_string(),
            query: arrival.query.map(|query| query.to_string()),
            lines,
            body,
        });
        if head.persistence == Persistence::Ends {
            return all;
        }
    }
}

/// Those that hyper takes.
async fn theirs(document: &[u8]) -> Vec<Meaning> {
    let all = Rc::new(RefCell::new(Vec::new()));
    let (mut near, far) = tokio::io::duplex(1 << 20);
    near.write_all(document).await.unwrap();
    near.shutdown().await.unwrap();
    let taken = Rc::clone(&all);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let taken = Rc::clone(&taken);
        async move {
            let (parts, body) = request.into_parts();
            if let Ok(body) = body.collect().await {
                taken.borrow_mut().push(meaning(&parts, &body.to_bytes()));
            }
            Ok::<_, Infallible>(hyper::Response::new(Empty::<Bytes>::new()))
        }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(far), service);
    let mut replies = Vec::new();
    // How it ends does not matter.
    let (_, read) = tokio::join!(serving, near.read_to_end(&mut replies));
    read.unwrap();
    all.take()
}

fn meaning(parts: &http::request::Parts, body: &[u8]) -> Meaning {
    let host = parts.headers.get("host").map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let named = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let lines = parts.headers.iter().filter(|(name, _)| name.as_str() != "host");
    let mut lines: Vec<_> =
        lines.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    lines.sort();
    Meaning {
        method: parts.method.to_string(),
        version: parts.version,
        authority: Some(named.or(host).unwrap_or_default()),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        lines,
        body: body.to_vec(),
    }
}
