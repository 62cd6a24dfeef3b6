//! A new process takes over: no connection is refused, no answer lost, and a failed attempt does no harm.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

use crate::api::{Api, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{ACCESS_KEY_ID, DEADLINE, SECRET_ACCESS_KEY, Server, command, complaint, until};

fn taking_over(data_dir: &Path, flags: &[&str]) -> Server {
    let mut flags = flags.to_vec();
    flags.push("--take-over");
    Server::start(data_dir, &flags)
}

/// Viewers that connect all the time, each for one request.
struct Viewers {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

impl Viewers {
    fn start(edge: SocketAddr, host: &str) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let threads = (0..4).map(|_| {
            let (stop, answered, host) = (Arc::clone(&stop), Arc::clone(&answered), host.to_owned());
            thread::spawn(move || {
                let mut failures = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    match http::try_send(edge, "GET", "/page", &[("host", &host)], "") {
                        Ok(answer) if answer.status == 200 => {
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        other => failures.push(format!("{other:?}")),
                    }
                }
                failures
            })
        });
        Self { threads: threads.collect(), stop, answered }
    }

    /// Waits for so many more answers.
    fn more(&self, count: usize) {
        let enough = self.answered.load(Ordering::SeqCst) + count;
        until(|| (self.answered.load(Ordering::SeqCst) >= enough).then_some(()));
    }

    fn failures(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }
}

#[test]
fn viewers_and_callers_notice_nothing_when_a_new_process_takes_over() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::start(|_, _| (200, "page".into())));
    let mut first = Server::start(directory.path(), &[]);
    let created = Api::of(&first).create(&document("first", None, origin.address));
    let viewers = Viewers::start(first.edge_http, &created.domain_name);
    viewers.more(100);
    // Fewer sockets than workers, then more of them.
    let mut second = taking_over(directory.path(), &["--workers", "4"]);
    assert!(first.ended().success());
    viewers.more(200);
    let third = taking_over(directory.path(), &["--workers", "1"]);
    assert!(second.ended().success());
    viewers.more(200);
    assert_eq!(viewers.failures(), Vec::<String>::new());
    for later in [&second, &third] {
        assert_eq!(
            (later.api, later.edge_http, later.edge_https),
            (first.api, first.edge_http, first.edge_https)
        );
    }
    let api = Api::of(&third);
    assert_eq!(api.status(&created.id), "Deployed");
    let another = api.create(&document("second", None, origin.address));
    assert_eq!(http::get(third.edge_http, &another.domain_name, "/").body, "page");
}

#[test]
fn an_answer_under_way_is_finished_by_the_process_that_ends() {
    let directory = tempfile::tempdir().unwrap();
    let (asked, was_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (asked, released) = (Mutex::new(asked), Mutex::new(released));
    let origin = Origin::start(move |path, _| {
        if path == "/slow" {
            asked.lock().unwrap().send(()).unwrap();
            released.lock().unwrap().recv_timeout(DEADLINE).unwrap();
        }
        (200, path.to_owned())
    });
    let mut first = Server::start(directory.path(), &[]);
    let host = Api::of(&first).create(&document("first", None, origin.address)).domain_name;
    let (edge, name) = (first.edge_http, host.clone());
    let viewer = thread::spawn(move || http::get(edge, &name, "/slow"));
    was_asked.recv_timeout(DEADLINE).unwrap();
    let second = taking_over(directory.path(), &[]);
    assert_eq!(http::get(second.edge_http, &host, "/quick").body, "/quick");
    release.send(()).unwrap();
    assert_eq!(viewer.join().unwrap().body, "/slow");
    assert!(first.ended().success());
}

#[test]
fn a_process_that_fails_to_take_over_does_not_take_the_viewers_along() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let mut first = Server::start(directory.path(), &[]);
    let host = Api::of(&first).create(&document("first", None, origin.address)).domain_name;
    let missing = directory.path().join("nobody.pem");
    let flags = ["--take-over", "--origin-ca", missing.to_str().unwrap()];
    let text = complaint(
        command("serve", directory.path(), &flags)
            .env("WARMFRONT_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("WARMFRONT_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    );
    assert!(text.contains("nobody.pem"), "{text}");
    assert_eq!(http::get(first.edge_http, &host, "/a").body, "/a 1");
    let second = taking_over(directory.path(), &[]);
    assert!(first.ended().success());
    assert_eq!(http::get(second.edge_http, &host, "/b").body, "/b 2");
    assert!(!Api::of(&second).create(&document("second", None, origin.address)).id.is_empty());
}

#[test]
fn without_a_process_to_take_over_from_the_start_is_as_usual() {
    let directory = tempfile::tempdir().unwrap();
    Server::start(directory.path(), &[]).kill();
    // What a killed process left behind is in nobody's way.
    let server = taking_over(directory.path(), &[]);
    assert_eq!(http::get(server.edge_http, "nobody.example", "/").status, 403);
    assert!(TcpStream::connect(server.api).is_ok());
}
