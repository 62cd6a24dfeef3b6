//! Signed calls on one connection that is kept alive.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};

use signing::keys::{Credentials, SecretKey};
use signing::sigv4::{PayloadHash, Scope, Signable, sign};

use crate::server::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

const SCOPE: Scope<'_> = Scope { region: "us-east-1", service: "cloudfront" };

/// What came back.
pub struct Answer {
    pub status: u16,
    pub etag: String,
    pub body: String,
}

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
    pair: Credentials,
}

impl Connection {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let pair = Credentials::new(ACCESS_KEY_ID, SecretKey::new(SECRET_ACCESS_KEY));
        Self { stream: BufReader::with_capacity(64 * 1024, stream), host: address.to_string(), pair }
    }

    /// A call of the API; `target` is what follows the version, with its query.
    pub fn call(&mut self, method: &str, target: &str, if_match: Option<&str>, body: &str) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = format!("/2020-05-31/{path}");
        let signable = Signable { method, host: &self.host, path: &path, query, headers: &[] };
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let signed = sign(&signable, &self.pair, SCOPE, PayloadHash::of(body.as_bytes()), now_s);
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = format!(
            "{method} {path}{mark}{query} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        for (name, value) in signed.iter().chain(if_match.map(|version| ("if-match", version))) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.exchange(request.as_bytes())
    }

    /// A viewer's `GET`.
    pub fn get(&mut self, host: &str) -> Answer {
        self.exchange(format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes())
    }

    fn exchange(&mut self, request: &[u8]) -> Answer {
        self.stream.get_mut().write_all(request).unwrap();
        let (mut length, mut is_chunked, mut etag) = (0, false, String::new());
        let first = self.line();
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "transfer-encoding" => is_chunked = true,
                "etag" => etag = value.trim().to_owned(),
                _ => {}
            }
        }
        let body = if is_chunked { self.chunks() } else { self.bytes(length) };
        Answer { status, etag, body: String::from_utf8(body).unwrap() }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "the connection was closed");
        line.trim_end().to_owned()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line(), 16).unwrap();
            body.extend(self.bytes(size));
            self.line();
            if size == 0 {
                return body;
            }
        }
    }
}

/// The text of the first element of this name.
pub fn text<'a>(document: &'a str, name: &str) -> &'a str {
    let start = document.find(&format!("<{name}>")).expect("the document has the element") + name.len() + 2;
    let end = document[start..].find("</").unwrap();
    &document[start..start + end]
}
