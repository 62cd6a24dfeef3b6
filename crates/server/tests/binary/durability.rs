//! Every acknowledged write survives kill -9.

use std::sync::mpsc;

use crate::api::{Api, Created, created, document};
use crate::http;
use crate::origin::Origin;
use crate::process::{DEADLINE, Server};

/// Writers at the same time.
const WRITERS: usize = 4;
/// Acknowledged writes before the kill.
const ENOUGH: usize = 40;

#[test]
fn every_acknowledged_write_is_there_after_a_kill() {
    let (directory, origin) = (tempfile::tempdir().unwrap(), Origin::counting());
    let server = Server::start(directory.path(), &[]);
    let (sender, receiver) = mpsc::channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (api, sender, address) = (Api::of(&server), sender.clone(), origin.address);
            std::thread::spawn(move || {
                for number in 0.. {
                    let body = document(&format!("{writer}-{number}"), None, address);
                    // The server is killed in the middle of some call.
                    let Ok(answer) = api.try_call("POST", "distribution", None, &body) else { return };
                    sender.send(created(&answer)).unwrap();
                }
            })
        })
        .collect();
    drop(sender);
    let mut acknowledged: Vec<Created> = Vec::new();
    while acknowledged.len() < ENOUGH {
        acknowledged.push(receiver.recv_timeout(DEADLINE).unwrap());
    }
    server.kill();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    acknowledged.extend(receiver);

    let server = Server::start(directory.path(), &[]);
    let api = Api::of(&server);
    for created in acknowledged {
        let answer = api.call("GET", &format!("distribution/{}", created.id), None, "");
        assert_eq!((answer.status, answer.header("etag")), (200, Some(created.etag.as_str())));
        assert_eq!(http::get(server.edge_http, &created.domain_name, "/a").status, 200);
    }
}
