//! Fuzz targets of the codec's parts: heads, chunks, replies.

use std::net::{Ipv4Addr, SocketAddr};

use ::fuzz::{Corpus, Unstructured, arbitrary};
use bytes::{Bytes, BytesMut};
use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode, Version};
use rules::Fields;
use rules::request::Scheme;
use tokio::io::AsyncReadExt;

use super::super::body::{Decoder, Piece, Spoiled};
use super::super::connection::Connection;
use super::super::head::{self, Framing, Head, Persistence};
use super::super::reply::{Asked, Ended, Outgoing};
use super::replies;
use crate::exchange::{Reply, ReplyBody};
use crate::ids::Ids;
use crate::sent::OwnFields;

/// Words of the language, right and wrong.
const WORDS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\0",
    " ",
    "\t",
    ":",
    ": ",
    ";",
    ",",
    "/",
    "#",
    "?",
    "%",
    "@",
    "0",
    "5",
    "ff",
    "-1",
    "+5",
    "0x5",
    "fffffffffffffffff",
    "0\r\n\r\n",
    "\r\n ",
    "GET ",
    "POST ",
    "HEAD ",
    "CONNECT ",
    "get ",
    " HTTP/1.1",
    " HTTP/1.0",
    " HTTP/2.0",
    "http://",
    "Host: h.example\r\n",
    "Host: \r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 5, 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "GET /poison HTTP/1.1\r\nHost: h.example\r\n\r\n",
];

/// Requests to damage.
pub fn corpus() -> Corpus {
    ::fuzz::corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/src/h1/tests/corpus"), WORDS)
}

/// The viewer of all requests here.
pub fn viewer() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 1))
}

/// Cuts `bytes` into pieces.
fn pieces<'a>(bytes: &'a [u8], random: &mut Unstructured<'_>) -> arbitrary::Result<Vec<&'a [u8]>> {
    let most = *random.choose(&[1, 2, 5, 50, 500])?;
    let (mut pieces, mut left) = (Vec::new(), bytes);
    while !left.is_empty() {
        let (piece, rest) = left.split_at(random.int_in_range(1..=most)?.min(left.len()));
        pieces.push(piece);
        left = rest;
    }
    Ok(pieces)
}

#[test]
fn a_head_is_the_same_however_it_arrives() {
    let corpus = corpus();
    ::fuzz::run(|random| {
        let document = corpus.damaged(random)?;
        let whole = read_head([&document[..]]);
        let chopped = read_head(pieces(&document, random)?);
        if let Some(Ok(head)) = whole {
            assert_eq!(chopped, Some(Ok(head)), "{}", document.escape_ascii());
        } else {
            assert!(!matches!(chopped, Some(Ok(_))), "{}", document.escape_ascii());
        }
        Ok(())
    });
}

/// The first head of what arrives in these pieces, told; or the status of its refusal.
fn read_head<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Option<Result<String, u16>> {
    let (mut buffer, mut scanned) = (BytesMut::new(), 0);
    for piece in pieces {
        buffer.extend_from_slice(piece);
        match head::find_end(&mut buffer, &mut scanned) {
            Ok(None) => {}
            Ok(Some(end)) => {
                let bytes = buffer.split_to(end).freeze();
                let read = head::parse(&bytes, viewer(), Scheme::Http);
                return Some(read.map(|head| told(&head)).map_err(|refusal| refusal.status.as_u16()));
            }
            Err(refusal) => return Some(Err(refusal.status.as_u16())),
        }
    }
    None
}

fn told(head: &Head) -> String {
    let Head { arrival, framing, persistence, expects_continue } = head;
    format!("{arrival:?} {framing:?} {persistence:?} {expects_continue}")
}

#[test]
fn a_chunked_body_is_the_same_however_it_arrives() {
    let bodies = ["0\r\n\r\n", "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\nZ:\r\n\r\nGET", "ff\r\nx"];
    let corpus = corpus();
    ::fuzz::run(|random| {
        let mut document = match random.ratio(1, 2)? {
            true => random.choose(&bodies)?.as_bytes().to_vec(),
            false => corpus.damaged(random)?,
        };
        if random.ratio(1, 2)? {
            let at = random.int_in_range(0..=document.len())?;
            let word = random.choose(WORDS)?;
            drop(document.splice(at..at, word.bytes()));
        }
        let whole = decode([&document[..]]);
        let chopped = decode(pieces(&document, random)?);
        assert_eq!(chopped, whole, "{}", document.escape_ascii());
        Ok(())
    });
}

/// The data of a chunked body, how far it goes, and what it ends with.
fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, usize, Result<Piece, Spoiled>) {
    let (mut decoder, mut buffer) = (Decoder::new(Framing::Chunked), BytesMut::new());
    let (mut data, mut arrived) = (Vec::new(), 0);
    let mut end = Ok(Piece::NeedsMore);
    for piece in pieces {
        buffer.extend_from_slice(piece);
        arrived += piece.len();
        loop {
            match decoder.next(&mut buffer) {
                Ok(Piece::Data(piece)) => data.extend_from_slice(&piece),
                other => {
                    end = other;
                    break;
                }
            }
        }
        match end {
            Ok(Piece::End) => return (data, arrived - buffer.len(), end),
            Err(_) => return (data, 0, end),
            Ok(_) => {}
        }
    }
    (data, 0, end)
}

#[test]
fn a_reply_is_read_as_it_was_meant() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ids = Ids::new();
    ::fuzz::run(|random| {
        let meant = Meant::any(random)?;
        let capacity = *random.choose(&[1, 3, 100, 100_000])?;
        let bytes = runtime.block_on(written(&meant, &ids, capacity));
        let got = replies::read(&bytes, &[meant.asked.method.as_str()]);
        assert_eq!(got.len(), 1, "{meant:?}");
        assert_eq!(got[0].status, meant.status.as_u16());
        let is_bodyless = meant.asked.method == Method::HEAD || matches!(meant.status.as_u16(), 204 | 304);
        let body = if is_bodyless { &b""[..] } else { &meant.body };
        let declared = meant.length.unwrap_or(body.len());
        match is_bodyless {
            true => assert_eq!(got[0].body, b""),
            false => assert_eq!(got[0].body, &body[..declared.min(body.len())], "{meant:?}"),
        }
        assert_eq!(got[0].is_whole, is_bodyless || declared <= body.len(), "{meant:?}");
        assert_eq!(got[0].field("x-a").as_deref(), Some("b"));
        Ok(())
    });
}

/// A reply to be written.
#[derive(Debug)]
struct Meant {
    status: StatusCode,
    asked: Asked,
    persistence: Persistence,
    /// What the head says.
    length: Option<usize>,
    body: Vec<u8>,
    is_passing: bool,
    connection: Option<&'static str>,
}

impl Meant {
    fn any(random: &mut Unstructured<'_>) -> arbitrary::Result<Self> {
        let size = *random.choose(&[0_usize, 1, 10, 1_000, 17_000])?;
        let wrong = random.ratio(1, 4)?;
        Ok(Self {
            status: StatusCode::from_u16(*random.choose(&[200, 204, 206, 304, 403, 404, 494, 502])?).unwrap(),
            asked: Asked {
                method: random.choose(&[Method::GET, Method::HEAD, Method::POST])?.clone(),
                version: *random.choose(&[Version::HTTP_10, Version::HTTP_11])?,
            },
            persistence: *random.choose(&[Persistence::Stays, Persistence::Ends])?,
            length: match (random.arbitrary()?, wrong) {
                (true, _) => None,
                (false, false) => Some(size),
                (false, true) => Some(size.saturating_add_signed(*random.choose(&[-1, 1])?)),
            },
            body: vec![b'x'; size],
            is_passing: random.arbitrary()?,
            connection: *random.choose(&[None, Some("close"), Some("keep-alive")])?,
        })
    }
}

async fn written(meant: &Meant, ids: &Ids, capacity: usize) -> Vec<u8> {
    let (mut near, far) = tokio::io::duplex(capacity);
    let reply = Reply {
        status: meant.status,
        fields: Fields::from_iter([(HeaderName::from_static("x-a"), HeaderValue::from_static("b"))]).into(),
        own: OwnFields {
            age_s: None,
            x_cache: Some("Hit from cloudfront"),
            server: true,
            date: None,
            via: HeaderValue::from_static("via"),
            pop: HeaderValue::from_static("pop"),
            id: ids.next(),
            length: meant.length.map(|length| length as u64),
            connection: meant.connection,
            alt_svc: None,
        },
        body: match meant.is_passing {
            true => ReplyBody::Passing(origin::ResponseBody::made_up(Bytes::from(meant.body.clone()))),
            false if meant.body.is_empty() => ReplyBody::Empty,
            false => ReplyBody::Whole(Bytes::from(meant.body.clone())),
        },
    };
    let mut outgoing = Outgoing::new(reply, &meant.asked, meant.persistence, b"");
    let mut connection = Connection::new(far);
    let writing = async {
        let ended = std::future::poll_fn(|cx| outgoing.poll(&mut connection, cx)).await.unwrap();
        let is_cut = matches!(ended, Ended::Broken);
        let told = meant.length.unwrap_or(meant.body.len());
        let is_bodyless = meant.asked.method == Method::HEAD || matches!(meant.status.as_u16(), 204 | 304);
        assert_eq!(is_cut, told != meant.body.len() && !is_bodyless, "{meant:?}");
        drop(connection);
    };
    let mut bytes = Vec::new();
    let (read, ()) = tokio::join!(near.read_to_end(&mut bytes), writing);
    read.unwrap();
    bytes
}
