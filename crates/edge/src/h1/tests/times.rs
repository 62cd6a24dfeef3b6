//! Time limits, shutdown, and what an idle connection holds. Time is the runtime's own and passes at once.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Version};
use http_body::Body;
use http_body_util::BodyExt;
use rules::Fields;
use rules::request::{Scheme, Text};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::body::Spoiled;
use super::super::connection::Connection;
use super::super::head::{Framing, Persistence};
use super::super::reply::{Asked, Outgoing};
use super::super::upload::Upload;
use super::super::{MAX_IDLE, MAX_STALL, answered, request, serve, write};
use super::fuzz::viewer;
use super::replies;
use super::stage::{HEAD_TIMEOUT, worker};
use crate::Worker;
use crate::answer::Answer;
use crate::exchange::{Arrival, Reply, ReplyBody};

/// Answered by the edge alone.
const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n";

fn join(worker: &Arc<Worker>, capacity: usize) -> (DuplexStream, watch::Sender<bool>) {
    let (near, far) = tokio::io::duplex(capacity);
    let (shutdown, stop) = watch::channel(false);
    tokio::spawn(serve(Arc::clone(worker), far, viewer(), Scheme::Http, stop));
    (near, shutdown)
}

/// Reads one reply of the kind that [`ASK`] gets.
async fn reply(stream: &mut DuplexStream) -> replies::Got {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"</html>\r\n")
        && !bytes.ends_with(b"</HTML>\r\n")
        && !bytes.ends_with(b"</BODY></HTML>")
    {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.unwrap();
        assert!(length > 0, "ended: {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&piece[..length]);
    }
    replies::read(&bytes, &[]).remove(0)
}

async fn seconds_until_the_end(stream: &mut DuplexStream) -> u64 {
    let started = Instant::now();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    started.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_ends_after_its_time_and_every_request_begins_it_anew() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 65_536);
    for _ in 0..3 {
        tokio::time::sleep(HEAD_TIMEOUT - Duration::from_secs(1)).await;
        viewer.write_all(ASK).await.unwrap();
        assert_eq!(reply(&mut viewer).await.status, 403);
    }
    assert_eq!(seconds_until_the_end(&mut viewer).await, MAX_IDLE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_request_ends_sooner() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 65_536);
    assert_eq!(seconds_until_the_end(&mut viewer).await, HEAD_TIMEOUT.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_ends_the_connection_however_often_a_byte_comes() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 65_536);
    let started = Instant::now();
    for byte in ASK {
        if viewer.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    assert_eq!(seconds_until_the_end(&mut viewer).await, 0);
    let took = started.elapsed();
    assert!(took <= HEAD_TIMEOUT + Duration::from_secs(10), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_before_the_first_byte_is_not_taken_from_the_head() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 65_536);
    let (first, second) = ASK.split_at(10);
    for _ in 0..2 {
        tokio::time::sleep(HEAD_TIMEOUT - Duration::from_secs(1)).await;
        viewer.write_all(first).await.unwrap();
        tokio::time::sleep(HEAD_TIMEOUT - Duration::from_secs(1)).await;
        viewer.write_all(second).await.unwrap();
        assert_eq!(reply(&mut viewer).await.status, 403);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_but_steady_reader_gets_everything() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 64);
    viewer.write_all(ASK).await.unwrap();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") && bytes.len() < 1_000 {
        tokio::time::sleep(MAX_STALL - Duration::from_secs(1)).await;
        let mut piece = [0; 64];
        let length = viewer.read(&mut piece).await.unwrap();
        assert!(length > 0, "ended: {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&piece[..length]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_is_cut() {
    let worker = worker(1024);
    let (mut viewer, _shutdown) = join(&worker, 64);
    viewer.write_all(ASK).await.unwrap();
    tokio::time::sleep(MAX_STALL + Duration::from_secs(1)).await;
    let mut bytes = Vec::new();
    viewer.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes.len(), 64);
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_idle_connections_at_once_and_lets_requests_finish() {
    let worker = worker(1024);
    let (mut idle, stop_idle) = join(&worker, 65_536);
    idle.write_all(ASK).await.unwrap();
    assert_eq!(reply(&mut idle).await.field("connection").as_deref(), Some("keep-alive"));
    let (mut begun, stop_begun) = join(&worker, 65_536);
    let (first, second) = ASK.split_at(10);
    begun.write_all(first).await.unwrap();
    let (mut fresh, stop_fresh) = join(&worker, 65_536);
    let (mut silent, stop_silent) = join(&worker, 65_536);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for stop in [stop_idle, stop_begun, stop_fresh, stop_silent] {
        stop.send(true).unwrap();
    }
    assert_eq!(seconds_until_the_end(&mut idle).await, 0);
    fresh.write_all(ASK).await.unwrap();
    assert_eq!(reply(&mut fresh).await.field("connection").as_deref(), Some("close"));
    assert_eq!(seconds_until_the_end(&mut silent).await, 1);
    tokio::time::sleep(Duration::from_secs(5)).await;
    begun.write_all(second).await.unwrap();
    assert_eq!(reply(&mut begun).await.field("connection").as_deref(), Some("close"));
}

fn arrival(length: Option<u64>) -> Arrival {
    Arrival {
        method: Method::POST,
        version: Version::HTTP_11,
        scheme: Scheme::Http,
        authority: Text::from_static("h.example"),
        host_lines: 1,
        path: Text::from_static("/p"),
        query: None,
        fields: Fields::default(),
        viewer: SocketAddr::from(([127, 0, 0, 1], 1)),
        body: origin::RequestBody::Empty,
        body_length: length,
    }
}

/// Somebody who wants the whole body and never answers otherwise.
fn taker(arrival: Arrival, worker: &Arc<Worker>) -> std::pin::Pin<Box<dyn Future<Output = Reply> + Send>> {
    let origin::RequestBody::Streaming(body) = arrival.body else { panic!("no body") };
    let worker = Arc::clone(worker);
    Box::pin(async move {
        match body.collect().await {
            Ok(body) => refusal(&worker, format!("{} bytes", body.to_bytes().len())),
            Err(_) => std::future::pending().await,
        }
    })
}

fn refusal(worker: &Worker, sentence: String) -> Reply {
    let id = worker.ids().next();
    let answer = Answer::built_in(http::StatusCode::OK, &sentence, &id, None, false);
    request::refuse_unparsed(worker, answer, &id)
}

#[tokio::test(start_paused = true)]
async fn a_slow_but_steady_upload_goes_on_and_one_that_stops_ends() {
    let worker = worker(1024);
    for (bytes, is_taken) in [(20, true), (19, false)] {
        let (mut near, far) = tokio::io::duplex(65_536);
        let mut arrival = arrival(Some(20));
        let mut upload = Upload::of(&mut arrival, Framing::Length(20), false);
        let mut connection = Connection::new(far);
        let taking = taker(arrival, &worker);
        let sending = async {
            for _ in 0..bytes {
                tokio::time::sleep(MAX_STALL - Duration::from_secs(1)).await;
                near.write_all(b"x").await.unwrap();
            }
            Instant::now()
        };
        let (taken, sent) = tokio::join!(answered(&mut connection, taking, &mut upload), sending);
        match taken {
            Ok(_) => assert!(is_taken),
            Err(spoiled) => {
                assert_eq!((spoiled, is_taken), (Spoiled::Slow, false));
                assert_eq!(sent.elapsed().as_secs(), MAX_STALL.as_secs());
            }
        }
    }
}

// proves: E19
#[tokio::test(start_paused = true)]
async fn no_100_continue_is_written_into_a_reply_that_has_begun() {
    let worker = worker(1024);
    let (mut near, far) = tokio::io::duplex(16);
    let mut arrival = arrival(Some(20));
    let mut upload = Upload::of(&mut arrival, Framing::Length(20), true).unwrap();
    let origin::RequestBody::Streaming(mut body) = arrival.body else { panic!("no body") };
    let mut connection = Connection::new(far);
    assert!(!upload.may_stay(&mut connection.buffer));
    let before = upload.take_begun_continue();
    let asked = Asked { method: Method::POST, version: Version::HTTP_11 };
    let mut outgoing = Outgoing::new(refusal(&worker, "early".to_owned()), &asked, Persistence::Ends, before);
    // The body is wanted all the time.
    let wanting = std::future::poll_fn(|cx| {
        let _ = std::pin::Pin::new(&mut body).poll_frame(cx);
        std::task::Poll::<()>::Pending
    });
    let writing = async {
        write(&mut connection, &mut outgoing, Some(&mut upload)).await.unwrap();
        drop(connection);
    };
    let mut bytes = Vec::new();
    let reading = async { near.read_to_end(&mut bytes).await.unwrap() };
    tokio::select! {
        () = wanting => {}
        _ = async { tokio::join!(reading, writing) } => {}
    }
    let got = replies::read(&bytes, &["POST"]);
    assert_eq!((got.len(), got[0].status, got[0].is_whole), (1, 200, true));
    assert_eq!(got[0].field("connection").as_deref(), Some("close"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_longer_or_shorter_than_told_never_becomes_another_reply() {
    let worker = worker(1024);
    for told in [1, 1_000_000] {
        let (mut near, far) = tokio::io::duplex(65_536);
        let mut reply = refusal(&worker, "x".to_owned());
        reply.own.length = Some(told);
        reply.body = ReplyBody::Passing(origin::ResponseBody::made_up("two".into()));
        let asked = Asked { method: Method::GET, version: Version::HTTP_11 };
        let mut outgoing = Outgoing::new(reply, &asked, Persistence::Stays, b"");
        let mut connection = Connection::new(far);
        let ended = write(&mut connection, &mut outgoing, None).await.unwrap();
        assert!(matches!(ended, super::super::reply::Ended::Broken), "{told}");
        drop(connection);
        let mut bytes = Vec::new();
        near.read_to_end(&mut bytes).await.unwrap();
        let got = replies::read(&bytes, &[]);
        assert_eq!((got.len(), got[0].is_whole), (1, told == 1));
    }
}

#[tokio::test]
async fn an_idle_connection_takes_less_than_4_kib() {
    let worker = worker(1024);
    let (near, far) = tokio::io::duplex(1);
    let (_shutdown, stop) = watch::channel(false);
    let serving = serve(worker, far, viewer(), Scheme::Http, stop);
    let bytes = size_of_val(&serving) + size_of::<tokio::time::Sleep>();
    drop(near);
    assert!(bytes < 4096, "{bytes} bytes");
}
