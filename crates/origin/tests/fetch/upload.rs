//! The viewer's request body on its way to the origin (F09).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::Method;
use origin::{BoxError, RequestBody};
use rules::failure::OriginFailure;
use rules::model::Origin;
use tokio::join;
use tokio::sync::mpsc;

use crate::support::{LATER, Peer, SOON, fetch, get, origins, read, request, streaming};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A viewer whose pieces the test sends one by one.
fn viewer()
-> (mpsc::UnboundedSender<Result<Bytes, BoxError>>, impl stream::Stream<Item = Result<Bytes, BoxError>>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let pieces = stream::unfold(receiver, |mut receiver| async {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    (sender, pieces)
}

#[tokio::test]
async fn a_declared_length_is_declared_to_the_origin() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let body = streaming(stream::iter([Ok("hello ".into()), Ok("world".into())]), Some(11));
    let (result, (head, received)) = join!(origins.fetch(&origin, request(Method::POST, "/"), body), async {
        let mut conversation = peer.accept().await;
        let head = conversation.request().await;
        let received = conversation.body(11).await;
        conversation.send(OK).await;
        (head, received)
    });
    result.unwrap();
    assert_eq!(received, b"hello world");
    assert_eq!(head.field("content-length"), Some("11"));
    assert_eq!(head.field("transfer-encoding"), None);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_chunked() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let body = streaming(stream::iter([Ok("hello".into())]), None);
    let (result, head) = join!(origins.fetch(&origin, request(Method::PUT, "/"), body), async {
        let mut conversation = peer.accept().await;
        let head = conversation.request().await;
        assert_eq!(conversation.body(15).await, b"5\r\nhello\r\n0\r\n\r\n");
        conversation.send(OK).await;
        head
    });
    result.unwrap();
    assert_eq!(head.field("content-length"), None);
}

#[tokio::test]
async fn a_connection_is_used_again_after_an_upload() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let body = streaming(stream::iter([Ok("hello".into())]), Some(5));
    let (first, mut conversation) = join!(origins.fetch(&origin, request(Method::POST, "/"), body), async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        conversation.body(5).await;
        conversation.send(OK).await;
        conversation
    });
    read(first.unwrap()).await;
    let (second, ()) = join!(origins.fetch(&origin, get("/"), RequestBody::Empty), async {
        conversation.request().await;
        conversation.send(OK).await;
    });
    assert!(second.unwrap().reused);
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_upload_is_delivered() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let (viewer, pieces) = viewer();
    viewer.send(Ok("first".into())).unwrap();
    let reply = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
    let (result, mut conversation) =
        join!(origins.fetch(&origin, request(Method::POST, "/"), streaming(pieces, Some(1000))), async {
            let mut conversation = peer.accept().await;
            conversation.request().await;
            conversation.send(reply).await;
            conversation
        });
    let response = result.unwrap();
    assert_eq!(response.status.as_u16(), 413);
    assert_eq!(read(response).await, ("big".into(), None));
    // The rest of the upload would be taken for a request: the connection is closed.
    conversation.end().await;
}

#[tokio::test]
async fn an_answer_is_delivered_even_when_the_origin_closes_in_the_middle_of_the_upload() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[0; PIECE])));
    let reply = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig";
    let upload = origins.fetch(&origin, request(Method::POST, "/"), streaming(endless, None));
    let (result, ()) = join!(upload, async { drop(peer.reply(reply).await) });
    let response = result.unwrap();
    assert_eq!(response.status.as_u16(), 413);
    assert_eq!(read(response).await, ("big".into(), None));
}

#[tokio::test]
async fn a_viewer_that_breaks_off_ends_the_request_to_the_origin() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let (viewer, pieces) = viewer();
    viewer.send(Ok("hello".into())).unwrap();
    let upload = origins.fetch(&origin, request(Method::POST, "/"), streaming(pieces, Some(10)));
    let (result, ()) = join!(upload, async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        conversation.body(5).await;
        viewer.send(Err("the viewer went away".into())).unwrap();
        conversation.end().await;
    });
    let failure = result.unwrap_err();
    assert!(failure.request_body_broke_off);
    assert_eq!(failure.attempts, 1);
}

#[tokio::test]
async fn a_viewer_that_sends_less_than_it_declared_ends_the_request_to_the_origin() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let (viewer, pieces) = viewer();
    viewer.send(Ok("hello".into())).unwrap();
    let upload = origins.fetch(&origin, request(Method::POST, "/"), streaming(pieces, Some(10)));
    let (result, ()) = join!(upload, async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        conversation.body(5).await;
        drop(viewer);
        conversation.end().await;
    });
    assert!(result.unwrap_err().request_body_broke_off);
}

#[tokio::test]
async fn a_slow_viewer_is_not_a_slow_origin() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = Origin { response_timeout: LATER, ..peer.origin() };
    let (viewer, pieces) = viewer();
    viewer.send(Ok("he".into())).unwrap();
    let upload = origins.fetch(&origin, request(Method::POST, "/"), streaming(pieces, Some(5)));
    let (result, ()) = join!(upload, async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        conversation.body(2).await;
        // Longer than the response timeout passes: the clock of a silent origin proves it.
        let silent = Peer::start().await;
        let slow = Origin { response_timeout: LATER + SOON, connection_attempts: 1, ..silent.origin() };
        assert_eq!(fetch(&slow, get("/")).await.unwrap_err().failure, OriginFailure::ResponseTimeout);
        viewer.send(Ok("llo".into())).unwrap();
        conversation.body(3).await;
        conversation.send(OK).await;
    });
    assert_eq!(result.unwrap().status.as_u16(), 200);
}

#[tokio::test]
async fn an_origin_that_answers_while_it_reads_may_wait_for_the_viewer() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = Origin { response_timeout: LATER, ..peer.origin() };
    let (viewer, pieces) = viewer();
    viewer.send(Ok("he".into())).unwrap();
    let upload = origins.fetch(&origin, request(Method::POST, "/"), streaming(pieces, Some(5)));
    let (result, mut conversation) = join!(upload, async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        let echo = conversation.body(2).await;
        conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
        conversation.send(echo).await;
        conversation
    });
    let (answer, ()) = join!(read(result.unwrap()), async {
        let silent = Peer::start().await;
        let slow = Origin { response_timeout: LATER + SOON, connection_attempts: 1, ..silent.origin() };
        assert_eq!(fetch(&slow, get("/")).await.unwrap_err().failure, OriginFailure::ResponseTimeout);
        viewer.send(Ok("llo".into())).unwrap();
        let echo = conversation.body(3).await;
        conversation.send(echo).await;
    });
    assert_eq!(answer, ("hello".into(), None));
}

#[tokio::test]
async fn an_origin_that_does_not_read_the_upload_is_too_slow_and_not_asked_again() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = Origin { response_timeout: SOON, ..peer.origin() };
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[0; 65_536])));
    let (result, _conversation) =
        join!(origins.fetch(&origin, request(Method::PUT, "/"), streaming(endless, None)), peer.accept());
    let failure = result.unwrap_err();
    assert_eq!((failure.failure, failure.attempts), (OriginFailure::ResponseTimeout, 1));
}

const PIECE: usize = 64 * 1024;
const PIECES: usize = 1024;

#[tokio::test]
async fn a_large_upload_waits_for_its_origin_and_then_arrives_whole() {
    let (peer, origins) = (Peer::start().await, origins());
    let origin = peer.origin();
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let pieces = stream::repeat_with(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(Bytes::from_static(&[b'x'; PIECE]))
    });
    let body = streaming(pieces.take(PIECES), Some((PIECE * PIECES) as u64));
    let (result, stuck_at) = join!(origins.fetch(&origin, request(Method::PUT, "/"), body), async {
        let mut conversation = peer.accept().await;
        conversation.request().await;
        let stuck_at = until_unchanged(&taken).await;
        for _ in 0..PIECES {
            conversation.body(PIECE).await;
        }
        conversation.send(OK).await;
        stuck_at
    });
    assert!(
        stuck_at < PIECES / 2,
        "{stuck_at} pieces were taken from the viewer although the origin does not read"
    );
    assert_eq!(taken.load(Ordering::Relaxed), PIECES);
    assert_eq!(read(result.unwrap()).await, ("ok".into(), None));
}

/// Lets everybody else work until the counter stands still.
async fn until_unchanged(counter: &AtomicUsize) -> usize {
    let (mut last, mut same) = (0, 0);
    while same < 5_000 {
        tokio::task::yield_now().await;
        let now = counter.load(Ordering::Relaxed);
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}
