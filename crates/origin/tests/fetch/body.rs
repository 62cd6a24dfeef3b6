//! Response bodies: whole, short, long, broken, slow (C60 to C62, J30, J34), and streamed.

use futures_util::StreamExt;
use origin::{Framing, RequestBody};
use rules::failure::OriginFailure;
use rules::model::Origin;
use tokio::io::AsyncWriteExt;
use tokio::join;

use crate::support::{Conversation, LATER, Peer, SOON, fetch, get, origins, read};

/// Reads the answer of an origin that ends the connection after `reply`.
async fn body_of(reply: &str) -> (String, Option<OriginFailure>) {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, ()) = join!(fetch(&origin, get("/")), async { drop(peer.reply(reply).await) });
    read(result.unwrap()).await
}

#[tokio::test]
async fn a_body_arrives_whole_in_each_framing() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: t\r\n\r\n";
    let closed = "HTTP/1.1 200 OK\r\n\r\nhello";
    let old = "HTTP/1.0 200 OK\r\n\r\nhello";
    for reply in [length, chunked, closed, old] {
        assert_eq!(body_of(reply).await, ("hello".into(), None), "{reply:?}");
    }
}

#[tokio::test]
async fn a_body_shorter_than_its_length_closed_early() {
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    assert_eq!(body_of(reply).await, ("hello".into(), Some(OriginFailure::ClosedEarly)));
}

#[tokio::test]
async fn a_chunked_body_without_its_end_closed_early() {
    for reply in ["5\r\nhello\r\n", "9\r\nhello", "5\r\nhello\r\n0\r\n"] {
        let reply = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{reply}");
        assert_eq!(body_of(&reply).await, ("hello".into(), Some(OriginFailure::ClosedEarly)), "{reply:?}");
    }
}

#[tokio::test]
async fn a_broken_chunk_is_an_invalid_response() {
    for broken in ["zz\r\nabc\r\n", "3\r\nabcdef\r\n", "fffffffffffffffff\r\n"] {
        let reply = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n{broken}");
        let (text, failure) = body_of(&reply).await;
        assert!(text.starts_with("hello"), "{text}");
        assert_eq!(failure, Some(OriginFailure::InvalidResponse), "{broken:?}");
    }
}

#[tokio::test]
async fn a_body_longer_than_its_length_is_delivered_to_its_length_and_then_invalid() {
    for connection in ["keep-alive", "close"] {
        let reply = format!(
            "HTTP/1.1 200 OK\r\nConnection: {connection}\r\nContent-Length: 5\r\n\r\nhello, and more than announced"
        );
        let peer = Peer::start().await;
        let origin = peer.origin();
        let (result, mut conversation) = join!(fetch(&origin, get("/")), peer.reply(&reply));
        let (text, failure) = read(result.unwrap()).await;
        assert_eq!((text.as_str(), failure), ("hello", Some(OriginFailure::InvalidResponse)), "{connection}");
        conversation.end().await;
    }
}

#[tokio::test]
async fn a_reset_in_the_body_closed_early() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let (result, conversation) = join!(fetch(&origin, get("/")), peer.reply(reply));
    let mut body = result.unwrap().body;
    assert_eq!(body.next().await.unwrap().unwrap(), "hello");
    conversation.reset();
    assert_eq!(body.next().await, Some(Err(OriginFailure::ClosedEarly)));
}

#[tokio::test]
async fn each_gap_in_the_body_is_limited_by_the_response_timeout() {
    let peer = Peer::start().await;
    let origin = Origin { response_timeout: LATER, ..peer.origin() };
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let (result, mut conversation) = join!(fetch(&origin, get("/")), peer.reply(reply));
    assert_eq!(read(result.unwrap()).await, ("hello".into(), Some(OriginFailure::ResponseTimeout)));
    conversation.end().await;
}

#[tokio::test]
async fn a_slow_reader_is_not_a_slow_origin() {
    let peer = Peer::start().await;
    let origin = Origin { response_timeout: LATER, ..peer.origin() };
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let (result, _peer) = join!(fetch(&origin, get("/")), peer.reply(reply));
    let response = result.unwrap();
    // Longer than the response timeout passes before anybody reads: the clock of another silent origin proves it.
    let silent = Peer::start().await;
    let slow = Origin { response_timeout: LATER + SOON, connection_attempts: 1, ..silent.origin() };
    assert_eq!(fetch(&slow, get("/")).await.unwrap_err().failure, OriginFailure::ResponseTimeout);
    assert_eq!(read(response).await, ("hello".into(), None));
}

#[tokio::test]
async fn the_completion_timeout_covers_the_body_however_steadily_it_comes() {
    let peer = Peer::start().await;
    let origin = Origin { completion_timeout: Some(LATER), ..peer.origin() };
    let (result, mut conversation) =
        join!(fetch(&origin, get("/")), peer.reply("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"));
    let drip = async {
        while conversation.stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    let ((_, failure), ()) = join!(read(result.unwrap()), drip);
    assert_eq!(failure, Some(OriginFailure::CompletionTimeout));
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    let (result, mut conversation) = join!(fetch(&origin, get("/")), peer.reply(reply));
    drop(result.unwrap());
    conversation.end().await;
}

#[tokio::test]
async fn dropping_the_fetch_closes_the_connection() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let origins = origins();
    let mut conversation = tokio::select! {
        _ = origins.fetch(&origin, get("/"), RequestBody::Empty) => unreachable!("nobody answers"),
        conversation = async {
            let mut conversation = peer.accept().await;
            conversation.request().await;
            conversation
        } => conversation,
    };
    conversation.end().await;
}

const LARGE: usize = 64 * 1024 * 1024;

/// Writes until nothing more is taken, however long one waits. Returns how much was taken.
async fn write_until_stuck(conversation: &Conversation, piece: &[u8]) -> usize {
    let (mut written, mut refused) = (0, 0);
    while refused < 5_000 && written < LARGE {
        match conversation.stream.try_write(&piece[..piece.len().min(LARGE - written)]) {
            Ok(len) => (written, refused) = (written + len, 0),
            Err(_) => refused += 1,
        }
        tokio::task::yield_now().await;
    }
    written
}

#[tokio::test]
async fn a_large_download_waits_for_its_reader_and_then_arrives_whole() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n");
    let (result, mut conversation) = join!(fetch(&origin, get("/")), peer.reply(&reply));
    let mut body = result.unwrap().body;
    assert_eq!(body.framing(), Framing::Length(LARGE as u64));

    let piece = vec![b'x'; 64 * 1024];
    let written = write_until_stuck(&conversation, &piece).await;
    assert!(written < LARGE / 2, "{written} bytes were taken although nobody reads");

    let rest = async {
        let mut left = LARGE - written;
        while left > 0 {
            let len = left.min(piece.len());
            conversation.send(&piece[..len]).await;
            left -= len;
        }
    };
    let all = async {
        let (mut len, mut largest) = (0, 0);
        while let Some(piece) = body.next().await {
            let piece = piece.unwrap();
            largest = largest.max(piece.len());
            len += piece.len();
        }
        (len, largest)
    };
    let ((), (len, largest)) = join!(rest, all);
    assert_eq!(len, LARGE);
    assert!(largest <= 256 * 1024, "a single piece of {largest} bytes");
}
