//! Names, addresses, connection attempts (J20 to J23) and what is tried again (J31, J32, J35).

use http::Method;
use origin::RequestBody;
use rules::failure::OriginFailure;
use rules::request::Scheme;
use tokio::join;
use tokio::net::{TcpListener, TcpSocket};

use crate::support::{NEVER, Peer, SOON, fetch, get, origin_at, origins, read, request, streaming};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A port that refuses connections as long as the socket lives.
fn refusing() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

#[tokio::test]
async fn a_refused_connection_is_tried_as_often_as_configured_and_for_every_method() {
    let (_socket, port) = refusing();
    for method in [Method::GET, Method::POST] {
        for attempts in [1, 3] {
            let mut origin = origin_at("127.0.0.1", port);
            origin.connection_attempts = attempts;
            let failure = fetch(&origin, request(method.clone(), "/")).await.unwrap_err();
            assert_eq!((failure.failure, failure.attempts), (OriginFailure::Connect, attempts));
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_not_established_in_time_uses_up_the_attempts() {
    // The socket is accepted by the system and nobody answers the TLS handshake.
    let peer = Peer::start().await;
    let mut origin = peer.origin();
    origin.connection_timeout = SOON;
    let mut hello = get("/");
    hello.scheme = Scheme::Https;
    let failure = fetch(&origin, hello).await.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::ConnectTimeout, 3));
}

#[tokio::test]
async fn a_name_without_address_fails_at_once() {
    let failure = fetch(&origin_at("name.invalid", 80), get("/")).await.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::Dns, 1));
}

#[tokio::test]
async fn every_name_below_localhost_is_this_machine() {
    let peer = Peer::start().await;
    let origin = origin_at("some.site.localhost", peer.address().port());
    let (result, _peer) = join!(fetch(&origin, get("/")), peer.reply(OK));
    assert_eq!(read(result.unwrap()).await, ("ok".into(), None));
}

#[tokio::test]
// proves: J21
async fn an_address_that_refuses_gives_way_to_the_next_one_in_the_same_attempt() {
    let (_socket, port) = refusing();
    let Ok(listener) = TcpListener::bind(("::1", port)).await else {
        return eprintln!("no IPv6 on this machine: nothing to see");
    };
    let origin = origin_at("site.localhost", port);
    let (result, _peer) = join!(fetch(&origin, get("/")), async {
        let mut peer = crate::support::Conversation::new(listener.accept().await.unwrap().0);
        peer.request().await;
        peer.send(OK).await;
        peer
    });
    assert_eq!(result.unwrap().attempts, 1);
}

#[tokio::test]
// proves: J31
async fn a_retry_after_a_slow_answer_goes_to_the_address_that_accepted() {
    let peer = Peer::start().await;
    let mut origin = origin_at("slow.localhost", peer.address().port());
    origin.response_timeout = SOON;
    origin.connection_attempts = 2;
    let (result, _both) = join!(fetch(&origin, get("/")), async {
        let mut first = peer.accept().await;
        first.request().await;
        let mut second = peer.accept().await;
        second.request().await;
        second.send(OK).await;
        (first, second)
    });
    assert_eq!(result.unwrap().attempts, 2);
}

#[tokio::test]
async fn get_and_head_are_tried_again_when_the_origin_closes_or_resets_before_its_answer() {
    for method in [Method::GET, Method::HEAD] {
        let peer = Peer::start().await;
        let origin = peer.origin();
        let (result, _peer) = join!(fetch(&origin, request(method, "/")), async {
            let mut first = peer.accept().await;
            first.request().await;
            drop(first);
            let mut second = peer.accept().await;
            second.request().await;
            second.reset();
            peer.reply(OK).await
        });
        let response = result.unwrap();
        assert_eq!((response.attempts, response.reused), (3, false));
    }
}

#[tokio::test]
async fn other_methods_are_not_tried_again_when_the_origin_closes_before_its_answer() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        let peer = Peer::start().await;
        let origin = peer.origin();
        let (result, ()) = join!(fetch(&origin, request(method, "/")), async {
            peer.accept().await.request().await;
        });
        let failure = result.unwrap_err();
        assert_eq!((failure.failure, failure.attempts), (OriginFailure::ClosedEarly, 1));
    }
}

#[tokio::test]
async fn an_origin_that_closes_every_time_is_asked_as_often_as_configured() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let (result, ()) = join!(fetch(&origin, get("/")), async {
        for _ in 0..3 {
            peer.accept().await.request().await;
        }
    });
    let failure = result.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::ClosedEarly, 3));
}

#[tokio::test]
async fn a_silent_origin_is_given_up_and_asked_again_for_get_only() {
    for (method, attempts) in [(Method::GET, 3), (Method::HEAD, 3), (Method::POST, 1), (Method::OPTIONS, 1)] {
        let peer = Peer::start().await;
        let mut origin = peer.origin();
        origin.response_timeout = SOON;
        let (result, ()) = join!(fetch(&origin, request(method, "/")), async {
            for _ in 0..attempts {
                let mut conversation = peer.accept().await;
                conversation.request().await;
                conversation.end().await;
            }
        });
        let failure = result.unwrap_err();
        assert_eq!((failure.failure, failure.attempts), (OriginFailure::ResponseTimeout, attempts));
    }
}

#[tokio::test]
async fn the_completion_timeout_covers_all_attempts() {
    let peer = Peer::start().await;
    let mut origin = peer.origin();
    origin.response_timeout = SOON;
    origin.completion_timeout = Some(SOON + SOON / 2);
    let failure = fetch(&origin, get("/")).await.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::CompletionTimeout, 2));
}

#[tokio::test]
async fn a_request_body_that_was_begun_is_not_sent_twice() {
    let peer = Peer::start().await;
    let origin = peer.origin();
    let body = streaming(futures_util::stream::iter([Ok("hello".into())]), Some(5));
    let origins = origins();
    // GET with a body: the method alone would allow another attempt.
    let (result, ()) = join!(origins.fetch(&origin, get("/"), body), async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        conversation.body(5).await;
    });
    let failure = result.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::ClosedEarly, 1));
}

#[tokio::test]
async fn requests_above_the_limit_of_connections_wait_for_their_turn() {
    let peer = Peer::start().await;
    let mut origin = peer.origin();
    let settings = origin::Settings { max_connections_per_origin: 1, ..Default::default() };
    let origins = origin::Origins::new(settings).unwrap();
    let (first, mut conversation) =
        join!(origins.fetch(&origin, get("/"), RequestBody::Empty), peer.reply(OK));
    let first = first.unwrap();
    (origin.connection_timeout, origin.connection_attempts) = (SOON, 1);
    let failure = origins.fetch(&origin, get("/"), RequestBody::Empty).await.unwrap_err();
    assert_eq!(failure.failure, OriginFailure::ConnectTimeout);

    origin.connection_timeout = NEVER;
    let (second, (), _) = join!(
        origins.fetch(&origin, get("/"), RequestBody::Empty),
        async {
            conversation.request().await;
            conversation.send(OK).await;
        },
        read(first),
    );
    assert!(second.unwrap().reused, "the waiting request takes over the connection of the one before it");
}
