//! SIGTERM and Ctrl-C: answers under way are finished, nothing new is taken, the exit status is 0.

use std::net::TcpStream;
use std::sync::{Mutex, mpsc};

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{DEADLINE, Server, until};

#[test]
fn an_answer_under_way_is_finished_before_the_process_ends() {
    let directory = tempfile::tempdir().unwrap();
    let (asked, was_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (asked, released) = (Mutex::new(asked), Mutex::new(released));
    let origin = Origin::start(move |_, _| {
        asked.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv_timeout(DEADLINE).unwrap();
        (200, "slow but whole".into())
    });
    let mut server = Server::start(directory.path(), &[]);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let edge = server.edge_http;
    let viewer = std::thread::spawn(move || http::get(edge, &host, "/slow"));
    was_asked.recv_timeout(DEADLINE).unwrap();
    server.terminate();
    until(|| TcpStream::connect(edge).is_err().then_some(()));
    until(|| TcpStream::connect(server.api).is_err().then_some(()));
    release.send(()).unwrap();
    let answer = viewer.join().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "slow but whole"));
    assert!(server.ended().success());
}

#[test]
fn a_second_signal_does_not_wait() {
    let directory = tempfile::tempdir().unwrap();
    let (asked, was_asked) = mpsc::channel();
    let asked = Mutex::new(asked);
    let origin = Origin::start(move |_, _| {
        asked.lock().unwrap().send(()).unwrap();
        loop {
            std::thread::park();
        }
    });
    let mut server = Server::start(directory.path(), &["--drain-timeout", "600"]);
    let host = Api::of(&server).create(&document("first", None, origin.address)).domain_name;
    let edge = server.edge_http;
    let viewer = std::thread::spawn(move || http::try_send(edge, "GET", "/", &[("host", &host)], ""));
    was_asked.recv_timeout(DEADLINE).unwrap();
    server.terminate();
    until(|| TcpStream::connect(edge).is_err().then_some(()));
    server.terminate();
    assert!(server.ended().success());
    assert!(viewer.join().unwrap().is_err());
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start(directory.path(), &["--drain-timeout", "600"]);
    let idle = [server.api, server.edge_http].map(|address| TcpStream::connect(address).unwrap());
    // An answer on a later connection says that the idle ones have been accepted.
    assert_eq!(http::get(server.api, "localhost", "/_warmfront/health").status, 200);
    server.terminate();
    assert!(server.ended().success());
    drop(idle);
}
