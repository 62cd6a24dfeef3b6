//! A hit over HTTP/1.1 takes nothing from the heap: counted, so it does not depend on how busy the machine is.
//!
//! A real edge serves on the only runtime of this process, over TCP. The viewer and the origin are threads that
//! allocate nothing while it is counted, so whatever is counted is the edge's; where it comes from is printed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of a test; it tells where allocations are"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use compile::{Environment, Identity, References};
use edge::listen::Transport;
use edge::{Edge, Settings, Worker};
use observe::Clock;
use rules::model::Distribution;
use shapes::{DistributionConfig, xml};
use tokio::sync::watch;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const HITS: usize = 1_000;
/// Enough for every buffer and table to have its final size.
const WARM_UP: usize = 100;
const BODY: &str = "0123456789abcdef";
/// Places that are printed when there are allocations.
const SHOWN: usize = 12;
/// Calls that are kept of each place.
const FRAMES: usize = 32;
/// Calls that say nothing about a place.
const NOT_SHOWN: [&str; 4] = ["(alloc/", "(core/", "dhat-", "<alloc::"];

const SITE: &str = "d1.cloudfront.localhost";
const PAGED: &str = "d2.cloudfront.localhost";

/// What is asked again and again: a name for it, the host, the path and the status.
const CASES: [(&str, &str, &str, u16); 3] = [
    ("an object of 1 KiB", SITE, "/object", 200),
    ("a remembered 404", SITE, "/missing", 404),
    ("a 404 with a page", PAGED, "/missing", 404),
];

#[test]
fn hits_do_not_allocate() {
    let edge = serving(origin());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heap.json");
    let mut missing = Viewer::new(edge, SITE, "/never-asked-for", 200);
    assert_ne!(counted(&file, || missing.hit()), 0, "a miss allocates: the counter counts");
    let mut viewers = CASES.map(|(_, host, path, status)| Viewer::new(edge, host, path, status));
    for viewer in &mut viewers {
        (0..WARM_UP).for_each(|_| viewer.hit());
    }
    let counts = CASES.map(|(name, ..)| name).into_iter().zip(&mut viewers).map(|(name, viewer)| {
        let count = counted(&file, || (0..HITS).for_each(|_| viewer.hit()));
        println!("{name}: {count} allocations in {HITS} hits");
        if count > 0 {
            tell_where(&file);
        }
        count
    });
    assert_eq!(counts.sum::<u64>(), 0, "hits have allocated; the places are above");
}

/// How often this process allocates in `what`; where, is in the file afterwards.
fn counted(file: &Path, what: impl FnOnce()) -> u64 {
    let profiler = dhat::Profiler::builder().file_name(file).trim_backtraces(Some(FRAMES)).build();
    what();
    let count = dhat::HeapStats::get().total_blocks;
    drop(profiler);
    count
}

/// A viewer on one connection, with everything that it needs for its life.
struct Viewer {
    stream: TcpStream,
    request: String,
    status: [u8; 3],
    answer: [u8; 4096],
}

impl Viewer {
    fn new(edge: SocketAddr, host: &str, path: &str, status: u16) -> Self {
        let mut status_digits = [0; 3];
        status_digits.copy_from_slice(status.to_string().as_bytes());
        Self {
            stream: TcpStream::connect(edge).unwrap(),
            request: format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            status: status_digits,
            answer: [0; 4096],
        }
    }

    /// One request, and its whole answer, which must be the right one.
    fn hit(&mut self) {
        self.stream.write_all(self.request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let read = self.stream.read(&mut self.answer[length..]).unwrap();
            assert_ne!(read, 0, "the edge has hung up");
            length += read;
            let answer = &self.answer[..length];
            let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            if answer.len() == head + 4 + 64 * BODY.len() {
                assert_eq!(answer[9..12], self.status, "status");
                assert!(answer.ends_with(BODY.as_bytes()), "body");
                return;
            }
        }
    }
}

/// Starts an edge on a thread with a runtime of its own; answers where.
fn serving(origin: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // Time stands still: nothing becomes old, whatever the machine does meanwhile.
            let edge = Edge::new(settings(), Clock::standing_at_ms(1_800_000_000_000)).unwrap();
            let distributions =
                vec![distribution(SITE, origin, ""), distribution(PAGED, origin, PAGE_FOR_404)];
            edge.install(Arc::new(compile::snapshot(1, distributions)));
            let worker = Worker::new(edge).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (_going_on, shutdown) = watch::channel(false);
            edge::listen::serve(worker, listener, Transport::Plain, shutdown).await;
        });
    });
    address
}

fn settings() -> Settings {
    Settings {
        cache: cache::Limits::default(),
        origins: origin::Settings::default(),
        explain: false,
        pop: "LOC50-P1".into(),
        public_https_port: 443,
        head_timeout: Duration::from_secs(10),
        drain_timeout: Duration::from_secs(1),
        max_connections: 16,
        max_compressions: 2,
    }
}

const PAGE_FOR_404: &str = "<CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse>\
    <ErrorCode>404</ErrorCode><ResponsePagePath>/page</ResponsePagePath><ResponseCode>404</ResponseCode>\
    <ErrorCachingMinTTL>3600</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses>";

fn distribution(host: &str, origin: SocketAddr, errors: &str) -> Arc<Distribution> {
    let document = format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>{host}</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>site</Id>\
         <DomainName>site.localhost</DomainName><CustomOriginConfig><HTTPPort>{}</HTTPPort><HTTPSPort>443</HTTPSPort>\
         <OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>\
         <DefaultCacheBehavior><TargetOriginId>site</TargetOriginId>\
         <ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>\
         <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>{errors}\
         <Comment></Comment><Enabled>true</Enabled></DistributionConfig>",
        origin.port(),
    );
    let config: DistributionConfig = xml::read(document.as_bytes()).unwrap();
    let identity = Identity {
        id: host.into(),
        arn: format!("arn:aws:cloudfront::123456789012:distribution/{host}"),
        etag: "EA".into(),
        domain_name: host.into(),
    };
    Arc::new(
        compile::distribution(&identity, &config, &References::default(), &Environment::default()).unwrap(),
    )
}

/// An origin that has everything but what is missing, for an hour.
fn origin() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                while let Ok(1..) = stream.read(&mut request) {
                    let status =
                        if request.starts_with(b"GET /missing ") { "404 Not Found" } else { "200 OK" };
                    let body = BODY.repeat(64);
                    let head = format!("Content-Length: {}\r\nCache-Control: max-age=3600", body.len());
                    write!(stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}").unwrap();
                }
            });
        }
    });
    address
}

/// Prints where most allocations come from: how many, and the calls from the allocation outwards.
fn tell_where(file: &Path) {
    let found: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut places: Vec<_> = found["pps"].as_array().unwrap().iter().collect();
    places.sort_by_key(|place| std::cmp::Reverse(place["tbk"].as_u64()));
    for place in places.iter().take(SHOWN) {
        println!("  {} allocations, {} bytes:", place["tbk"], place["tb"]);
        for frame in place["fs"].as_array().unwrap() {
            let index = usize::try_from(frame.as_u64().unwrap()).unwrap();
            let call = found["ftbl"][index].as_str().unwrap_or_default();
            if !NOT_SHOWN.iter().any(|part| call.contains(part)) {
                println!("    {}", call.split_once(": ").map_or(call, |(_, call)| call));
            }
        }
    }
}
