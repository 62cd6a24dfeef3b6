//! Which connections are used again (F08, J35).

use futures_util::StreamExt;
use http::Method;
use origin::{Origins, RequestBody, Response};
use rules::failure::OriginFailure;
use rules::model::Origin;
use tokio::join;

use crate::support::{Conversation, Peer, SOON, origins, read, request};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async fn fetch(origins: &Origins, origin: &Origin, method: Method) -> Response {
    origins.fetch(origin, request(method, "/"), RequestBody::Empty).await.unwrap()
}

async fn answer(conversation: &mut Conversation, reply: &str) {
    conversation.request().await;
    conversation.send(reply).await;
}

/// A first exchange that leaves a connection behind.
async fn one_exchange(origins: &Origins, origin: &Origin, peer: &Peer) -> Conversation {
    let (response, conversation) = join!(fetch(origins, origin, Method::GET), peer.reply(OK));
    assert_eq!(read(response).await, ("ok".into(), None));
    conversation
}

#[tokio::test]
async fn a_connection_whose_response_was_read_carries_the_next_request() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    for first_reply in [OK, chunked] {
        let (peer, origins) = (Peer::start().await, origins());
        let origin = peer.origin();
        let (first, mut conversation) = join!(fetch(&origins, &origin, Method::GET), peer.reply(first_reply));
        assert!(!first.reused);
        read(first).await;
        let (second, ()) = join!(fetch(&origins, &origin, Method::GET), answer(&mut conversation, OK));
        assert!(second.reused);
        assert_eq!(second.attempts, 1);
    }
}

#[tokio::test]
async fn a_response_without_a_body_need_not_be_read() {
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    for (method, reply) in [
        (Method::HEAD, head),
        (Method::GET, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        (Method::DELETE, "HTTP/1.1 204 No Content\r\n\r\n"),
        (Method::GET, empty),
    ] {
        let (peer, origins) = (Peer::start().await, origins());
        let origin = peer.origin();
        let (first, mut conversation) = join!(fetch(&origins, &origin, method), peer.reply(reply));
        drop(first);
        let (second, ()) = join!(fetch(&origins, &origin, Method::GET), answer(&mut conversation, OK));
        assert!(second.reused, "{reply:?}");
    }
}

#[tokio::test]
async fn a_reader_may_stop_at_the_last_announced_byte() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let (first, mut conversation) = join!(fetch(&origins, &origin, Method::GET), peer.reply(OK));
    let mut body = first.body;
    assert_eq!(body.next().await.unwrap().unwrap(), "ok");
    drop(body);
    let (second, ()) = join!(fetch(&origins, &origin, Method::GET), answer(&mut conversation, OK));
    assert!(second.reused);
}

#[tokio::test]
async fn a_connection_that_the_origin_wants_closed_is_not_used_again() {
    for reply in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let (peer, origins) = (Peer::start().await, origins());
        let origin = peer.origin();
        let (first, mut conversation) = join!(fetch(&origins, &origin, Method::GET), peer.reply(reply));
        assert_eq!(read(first).await, ("ok".into(), None));
        conversation.end().await;
        let (second, _peer) = join!(fetch(&origins, &origin, Method::GET), peer.reply(OK));
        assert!(!second.reused);
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_not_even_tried() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    drop(one_exchange(&origins, &origin, &peer).await);
    // The end is noticed while another exchange goes on.
    let other = Peer::start().await;
    one_exchange(&origins, &other.origin(), &other).await;
    let (second, _peer) = join!(fetch(&origins, &origin, Method::GET), peer.reply(OK));
    assert_eq!((second.reused, second.attempts), (false, 1));
}

#[tokio::test]
async fn an_idle_connection_that_closes_at_the_next_request_is_replaced_for_every_method() {
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let (peer, origins) = (Peer::start().await, origins());
        let origin = Origin { connection_attempts: 1, ..peer.origin() };
        let mut idle = one_exchange(&origins, &origin, &peer).await;
        let (second, _peer) = join!(fetch(&origins, &origin, method), async {
            idle.request().await;
            drop(idle);
            peer.reply(OK).await
        });
        assert_eq!((second.reused, second.attempts), (false, 2));
    }
}

#[tokio::test]
async fn an_idle_connection_is_replaced_by_a_new_one_and_not_by_the_next_idle_one() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let get = || fetch(&origins, &origin, Method::GET);
    let (one, other, first, second) = join!(get(), get(), peer.reply(OK), peer.reply(OK));
    read(one).await;
    read(other).await;
    let (mut first, mut second) = (first, second);
    let (last, _peer) = join!(fetch(&origins, &origin, Method::POST), async {
        tokio::select! {
            _ = first.request() => drop(first),
            _ = second.request() => drop(second),
        }
        peer.reply(OK).await
    });
    assert_eq!((last.reused, last.attempts), (false, 2));
}

#[tokio::test]
async fn an_idle_connection_is_replaced_once_only() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let mut idle = one_exchange(&origins, &origin, &peer).await;
    let post = origins.fetch(&origin, request(Method::POST, "/"), RequestBody::Empty);
    let (second, ()) = join!(post, async {
        idle.request().await;
        drop(idle);
        peer.accept().await.request().await;
    });
    let failure = second.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::ClosedEarly, 2));
}

#[tokio::test]
async fn an_answer_that_broke_off_on_an_idle_connection_is_not_blamed_on_idleness() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let mut idle = one_exchange(&origins, &origin, &peer).await;
    let post = origins.fetch(&origin, request(Method::POST, "/"), RequestBody::Empty);
    let (second, ()) = join!(post, async {
        answer(&mut idle, "HTTP/1.1 200 O").await;
        drop(idle);
    });
    assert_eq!(second.unwrap_err().attempts, 1);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_the_keep_alive_timeout() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = Origin { keepalive_timeout: SOON, ..peer.origin() };
    let mut conversation = one_exchange(&origins, &origin, &peer).await;
    conversation.end().await;
    let (second, _peer) = join!(fetch(&origins, &origin, Method::GET), peer.reply(OK));
    assert!(!second.reused);
}

#[tokio::test]
async fn surplus_bytes_never_become_the_answer_to_the_next_request() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let planted = format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
    let (first, _first) = join!(fetch(&origins, &origin, Method::GET), peer.reply(&planted));
    assert_eq!(read(first).await, ("ok".into(), Some(OriginFailure::InvalidResponse)));
    let (second, _second) = join!(fetch(&origins, &origin, Method::GET), peer.reply(OK));
    assert!(!second.reused);
    assert_eq!(read(second).await, ("ok".into(), None));
}

#[tokio::test]
async fn origins_do_not_share_connections() {
    let (one, other, origins) = (Peer::start().await, Peer::start().await, origins());
    let _idle = one_exchange(&origins, &one.origin(), &one).await;
    let second_origin = other.origin();
    let (second, _peer) = join!(fetch(&origins, &second_origin, Method::GET), other.reply(OK));
    assert!(!second.reused);
}
