//! Response heads: good ones, and everything that is none (J36, C47, C68, Q41).

use http::Method;
use origin::{Framing, Response};
use rules::failure::OriginFailure;
use rules::model::Origin;
use tokio::io::AsyncWriteExt;
use tokio::join;

use crate::support::{LATER, Peer, fetch, get, read, request};

async fn answered(method: Method, reply: &str) -> Result<Response, OriginFailure> {
    let peer = Peer::start().await;
    let origin = Origin { connection_attempts: 1, ..peer.origin() };
    // The connection is ended after the reply, so that what is missing is missed at once.
    let (result, _) = join!(fetch(&origin, request(method, "/")), async { drop(peer.reply(reply).await) });
    result.map_err(|failure| failure.failure)
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_given() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, head) = join!(fetch(&origin, get("/a%20b//c+d?x=%2F&y")), async {
        let mut conversation = peer.accept().await;
        let head = conversation.request().await;
        conversation.send("HTTP/1.1 204 No Content\r\n\r\n").await;
        head
    });
    result.unwrap();
    assert_eq!(head.line, "GET /a%20b//c+d?x=%2F&y HTTP/1.1");
    let fields: Vec<_> = head.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("host", "site.example"), ("x-test", "yes")]);
}

#[tokio::test]
async fn a_method_that_usually_has_a_body_says_that_it_has_none() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (_, head) = join!(fetch(&origin, request(Method::POST, "/")), async {
        let mut conversation = peer.accept().await;
        conversation.request().await
    });
    assert_eq!(head.field("content-length"), Some("0"));
}

#[tokio::test]
async fn a_target_that_cannot_be_sent_is_refused_before_anything_is() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, _peer) = join!(fetch(&origin, get("/a\r\nX: y")), peer.accept());
    assert_eq!(result.unwrap_err().failure, OriginFailure::InvalidResponse);
}

#[tokio::test]
async fn the_head_arrives_with_repeated_fields_and_the_framing_is_known() {
    let reply =
        "HTTP/1.1 418 Teapot\r\nSet-Cookie: a\r\nX-Y: \x7ez\r\nSet-Cookie: b\r\nContent-Length: 3\r\n\r\nabc";
    let response = answered(Method::GET, reply).await.unwrap();
    assert_eq!(response.status.as_u16(), 418);
    let cookies: Vec<_> = response.fields.all(&http::header::SET_COOKIE).collect();
    assert_eq!(cookies, ["a", "b"]);
    assert_eq!(response.body.framing(), Framing::Length(3));
    assert_eq!((response.attempts, response.reused), (1, false));
    assert_eq!(read(response).await, ("abc".into(), None));
}

#[tokio::test]
async fn a_length_that_is_declared_twice_is_stated_once() {
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok";
    let response = answered(Method::GET, reply).await.unwrap();
    let lengths: Vec<_> = response.fields.all(&http::header::CONTENT_LENGTH).collect();
    assert_eq!(lengths, ["2"]);
    assert_eq!(read(response).await, ("ok".into(), None));
}

#[tokio::test]
async fn answers_to_head_and_204_and_304_have_no_body_whatever_they_declare() {
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 204), (Method::GET, 304)] {
        let reply = format!("HTTP/1.1 {status} X\r\nContent-Length: 7\r\n\r\n");
        let response = answered(method, &reply).await.unwrap();
        assert_eq!(response.body.framing(), Framing::None);
        assert_eq!(read(response).await, (String::new(), None));
    }
}

#[tokio::test]
async fn what_is_no_http_response_is_an_invalid_response() {
    for reply in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "<html>no head at all</html>",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 Higher\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbroken line\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let failure = answered(Method::GET, reply).await.map(|response| response.status);
        assert_eq!(failure, Err(OriginFailure::InvalidResponse), "{reply:?}");
    }
}

#[tokio::test]
async fn an_invalid_response_is_not_asked_for_again() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, _peer) = join!(fetch(&origin, get("/")), peer.reply("garbage\r\n\r\n"));
    let failure = result.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::InvalidResponse, 1));
}

#[tokio::test]
async fn one_100_continue_and_other_informational_responses_are_swallowed() {
    let reply = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n\
                 HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let response = answered(Method::GET, reply).await.unwrap();
    assert!(!response.fields.contains(&http::header::LINK));
    assert_eq!(read(response).await, ("ok".into(), None));
}

#[tokio::test]
async fn a_second_100_continue_is_an_invalid_response_even_before_the_final_one() {
    let twice = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    let then_ok = format!("{twice}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let failure = answered(Method::GET, &then_ok).await.map(|response| response.status);
    assert_eq!(failure, Err(OriginFailure::InvalidResponse));

    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, _waiting) = join!(fetch(&origin, get("/")), peer.reply(twice));
    assert_eq!(result.unwrap_err().failure, OriginFailure::InvalidResponse);
}

#[tokio::test]
async fn an_origin_that_sends_informational_responses_for_ever_is_given_up() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, ()) = join!(fetch(&origin, get("/")), async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        while conversation.stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(result.unwrap_err().failure, OriginFailure::InvalidResponse);
}

/// A head of exactly `len` bytes.
fn head_of(len: usize) -> String {
    let start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Big: ";
    format!("{start}{}\r\n\r\n", "x".repeat(len - start.len() - 4))
}

#[tokio::test]
async fn a_header_block_of_32768_bytes_is_the_largest() {
    assert_eq!(answered(Method::GET, &head_of(32_768)).await.map(|r| r.status.as_u16()), Ok(200));
    let failure = answered(Method::GET, &head_of(32_769)).await.map(|response| response.status);
    assert_eq!(failure, Err(OriginFailure::HeaderTooBig));
}

#[tokio::test]
async fn an_endless_header_is_given_up_at_the_limit() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, written) = join!(fetch(&origin, get("/")), async {
        let mut conversation = peer.reply("HTTP/1.1 200 OK\r\n").await;
        let mut written = 0;
        while conversation.stream.write_all(b"X-More: of the same\r\n").await.is_ok() {
            written += 1;
            tokio::task::yield_now().await;
        }
        written
    });
    assert_eq!(result.unwrap_err().failure, OriginFailure::HeaderTooBig);
    assert!(written > 100, "it was given up before the limit");
}

#[tokio::test]
async fn an_origin_that_hangs_in_the_middle_of_its_head_is_too_slow() {
    let peer = Peer::start().await;
    let origin = Origin { response_timeout: LATER, connection_attempts: 1, ..peer.origin() };
    let (result, _hanging) = join!(fetch(&origin, get("/")), peer.reply("HTTP/1.1 200 OK\r\nContent-Le"));
    assert_eq!(result.unwrap_err().failure, OriginFailure::ResponseTimeout);
}

#[tokio::test]
async fn an_origin_that_closes_in_the_middle_of_its_head_closed_early() {
    let failure = answered(Method::GET, "HTTP/1.1 200 OK\r\nContent-Le").await.map(|r| r.status);
    assert_eq!(failure, Err(OriginFailure::ClosedEarly));
}
