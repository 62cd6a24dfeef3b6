//! A worker has a limited number of fetches under way, also of those whose viewers have left.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Mutex, mpsc};

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{DEADLINE, Server, until};

#[test]
// proves: A18 A93 Q25
fn at_capacity_the_answer_is_503_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let (asked, was_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (asked, released) = (Mutex::new(asked), Mutex::new(released));
    let origin = Origin::start(move |_, _| {
        asked.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv_timeout(DEADLINE).unwrap();
        (200, "at last".into())
    });
    let server = Server::start(directory.path(), &["--workers", "1", "--max-connections", "1"]);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let mut leaver = TcpStream::connect(server.edge_http).unwrap();
    write!(leaver, "GET /one HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
    was_asked.recv_timeout(DEADLINE).unwrap();
    drop(leaver);
    // The viewer is gone, its fetch is not: nothing else can be fetched. Until the place of its connection is
    // free, other connections are closed.
    let headers = [("host", host.as_str()), ("connection", "close")];
    let refused = until(|| http::try_send(server.edge_http, "GET", "/two", &headers, "").ok());
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("x-cache"), Some("CapacityExceeded from cloudfront"));
    release.send(()).unwrap();
    release.send(()).unwrap();
    let served = until(|| {
        http::try_send(server.edge_http, "GET", "/two", &headers, "")
            .ok()
            .filter(|answer| answer.status == 200)
    });
    assert_eq!(served.body, "at last");
}
