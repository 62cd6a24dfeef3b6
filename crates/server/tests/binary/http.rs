//! HTTP/1.1 as a viewer or an SDK speaks it, on one connection per request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::process::DEADLINE;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// `GET`
pub fn get(address: SocketAddr, host: &str, path: &str) -> Answer {
    send(address, "GET", path, &[("host", host)], "")
}

/// `POST` without a signature.
pub fn post(address: SocketAddr, host: &str, path: &str, body: &str) -> Answer {
    send(address, "POST", path, &[("host", host)], body)
}

/// One request with these headers.
pub fn send(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    try_send(address, method, path, headers, body).unwrap()
}

/// One request; an error when the other end goes away.
pub fn try_send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    exchange(stream, method, path, headers, body)
}

/// One request on any stream.
pub fn exchange(
    mut stream: impl Read + Write,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
    let mut wire = Vec::new();
    stream.read_to_end(&mut wire)?;
    parse(&wire).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

fn parse(wire: &[u8]) -> Option<Answer> {
    let end = wire.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&wire[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pair =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<_> = lines.filter_map(pair).collect();
    let body = &wire[end + 4..];
    let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if is_chunked { unchunked(body)? } else { body.to_vec() };
    let declared =
        headers.iter().find(|(name, _)| name == "content-length").map(|(_, length)| length.parse());
    if declared.is_some_and(|length| length != Ok(body.len())) {
        return None;
    }
    Some(Answer { status, headers, body: String::from_utf8(body).ok()? })
}

fn unchunked(mut wire: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = wire.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&wire[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(wire.get(end + 2..end + 2 + size)?);
        wire = wire.get(end + 4 + size..)?;
    }
}
