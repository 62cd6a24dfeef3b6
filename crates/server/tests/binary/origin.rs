//! A scripted origin: each request gets what the test says, and is counted.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An origin that answers until the test process ends.
pub struct Origin {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Origin {
    /// `answer` gets the path and the number of the request, and gives status and body.
    pub fn start(answer: impl Fn(&str, usize) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let (count, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                    let Some(first) = lines.next() else { return };
                    lines.take_while(|line| !line.is_empty()).for_each(drop);
                    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                    let (status, body) = answer(first.split(' ').nth(1).unwrap_or_default(), number);
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
                    );
                    // The edge may have lost interest.
                    let _ = (&stream).write_all(format!("{head}{body}").as_bytes());
                });
            }
        });
        Self { address, requests }
    }

    /// Every request gets its own number.
    pub fn counting() -> Self {
        Self::start(|path, number| (200, format!("{path} {number}")))
    }

    /// Requests so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}
