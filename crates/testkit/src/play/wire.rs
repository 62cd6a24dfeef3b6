//! HTTP/1.1 read and written byte by byte, so that both ends can be wrong on purpose.
//!
//! Bytes are handled as text in which every character below 256 stands for one byte.

use std::io::{self, Read as _};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Most bytes of a head or of a body that the workshop reads.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A connection with what was read too far.
pub struct Connection {
    /// The socket.
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

/// A request or a response.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Request line or status line.
    pub first: String,
    /// In order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body without its framing.
    pub body: String,
    /// Whether the whole body arrived.
    pub complete: bool,
}

impl Message {
    /// All lines of a header joined with `, `.
    pub fn header(&self, name: &str) -> Option<String> {
        let lines: Vec<&str> = self
            .headers
            .iter()
            .filter(|(line, _)| line.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// The word at `position` of the first line.
    pub fn word(&self, position: usize) -> &str {
        self.first.split(' ').nth(position).unwrap_or_default()
    }
}

/// How the end of a body is told.
enum End {
    None,
    Length(usize),
    Chunked,
    Close,
}

/// The body of an answer without its `Content-Encoding`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn unpacked(answer: &Message) -> Result<String, String> {
    let packed = bytes(&answer.body);
    let mut unpacked = Vec::new();
    let read = match answer.header("content-encoding").as_deref() {
        Some("br") => brotli::Decompressor::new(packed.as_slice(), 4096).read_to_end(&mut unpacked),
        Some("gzip") => flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked),
        other => return Err(format!("the coding is {other:?}, neither br nor gzip")),
    };
    read.map_err(|error| format!("the body cannot be unpacked: {error}"))?;
    Ok(text(&unpacked))
}

impl Connection {
    /// Wraps a connected socket.
    pub fn new(stream: TcpStream) -> Self {
        // Without it small pieces would wait for acknowledgements; the tests work either way, only slower.
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: Vec::new() }
    }

    /// Sends text.
    pub async fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(&bytes(text)).await
    }

    /// The next request with its body; `None` when the other side is done.
    ///
    /// What does not begin with a method, such as a TLS handshake, ends the conversation.
    pub async fn request(&mut self) -> io::Result<Option<Message>> {
        let begins = |first: &u8| first.is_ascii_alphabetic();
        if self.buffer.is_empty() && !self.more().await? || !self.buffer.first().is_some_and(begins) {
            return Ok(None);
        }
        let Some(mut message) = self.head().await? else { return Ok(None) };
        let end = framing(&message, End::None);
        self.body(&mut message, end).await?;
        Ok(Some(message))
    }

    /// The next final response with its body; `None` when the connection ends first.
    pub async fn response(&mut self, method: &str) -> io::Result<Option<Message>> {
        loop {
            let Some(mut message) = self.head().await? else { return Ok(None) };
            let status: u16 = message.word(1).parse().unwrap_or_default();
            if (100..200).contains(&status) {
                continue;
            }
            let bodiless = method == "HEAD" || matches!(status, 204 | 304);
            let end = if bodiless { End::None } else { framing(&message, End::Close) };
            self.body(&mut message, end).await?;
            return Ok(Some(message));
        }
    }

    /// Reads more; `false` at the end of the connection, also when it was reset.
    async fn more(&mut self) -> io::Result<bool> {
        if self.buffer.len() > MAX_BYTES {
            return Err(io::Error::other("too much to read"));
        }
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(read) => Ok(read > 0),
            Err(_) => Ok(false),
        }
    }

    async fn head(&mut self) -> io::Result<Option<Message>> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                return Ok(Some(parse(&text(&head))));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    async fn body(&mut self, message: &mut Message, end: End) -> io::Result<()> {
        let mut body = Vec::new();
        message.complete = match end {
            End::None => true,
            End::Length(length) => self.take(length, &mut body).await?,
            End::Chunked => self.chunks(&mut body).await?,
            End::Close => {
                while self.more().await? {}
                body.append(&mut self.buffer);
                true
            }
        };
        message.body = text(&body);
        Ok(())
    }

    /// Moves up to `length` bytes; whether all of them came.
    async fn take(&mut self, length: usize, into: &mut Vec<u8>) -> io::Result<bool> {
        while self.buffer.len() < length {
            if !self.more().await? {
                into.append(&mut self.buffer);
                return Ok(false);
            }
        }
        into.extend(self.buffer.drain(..length));
        Ok(true)
    }

    async fn chunks(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let Some(line) = self.line().await? else { return Ok(false) };
            let digits = line.split(';').next().unwrap_or_default();
            let Ok(size) = usize::from_str_radix(digits, 16) else { return Ok(false) };
            if !self.take(size, body).await? || self.line().await?.is_none() {
                return Ok(false);
            }
            if size == 0 {
                return Ok(true);
            }
        }
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return Ok(Some(text(&line).trim_end().to_owned()));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// Waits until the other side closes; whether it did so without sending more.
    pub async fn closed(&mut self) -> io::Result<bool> {
        Ok(self.buffer.is_empty() && !self.more().await?)
    }

    /// Whether the other side has closed already.
    pub fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        match self.stream.try_read(&mut byte) {
            Ok(0) => true,
            Ok(_) => {
                self.buffer.extend(byte);
                false
            }
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }
}

fn framing(message: &Message, otherwise: End) -> End {
    let chunked = message.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked"));
    if chunked {
        return End::Chunked;
    }
    match message.header("content-length").and_then(|length| length.parse().ok()) {
        Some(length) => End::Length(length),
        None => otherwise,
    }
}

fn parse(head: &str) -> Message {
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
        .collect();
    Message { first, headers, body: String::new(), complete: false }
}

/// Text as bytes; a character above 255 becomes its UTF-8 form.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(u32::from(character)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(character.to_string().into_bytes()),
        }
    }
    bytes
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
