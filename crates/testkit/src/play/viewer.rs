//! A viewer: writes requests as the script says and reads whatever comes back.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::net::TcpStream;

use super::origin::{short, shown};
use super::stage::Stage;
use super::wire::{Connection, Message};
use crate::script::Ask;

/// The request header that asks the edge for its timeline.
const EXPLAIN: &str = "x-warmfront-explain: 1\r\n";

/// The response header with the timeline.
pub const TIMELINE: &str = "x-warmfront-timeline";

/// A viewer with at most one connection.
pub struct Viewer {
    name: String,
    edge: SocketAddr,
    stage: Rc<Stage>,
    connection: Option<Connection>,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The answer; `None` when the connection ended without one.
    pub answer: Option<Message>,
    /// Whether the edge closed the connection afterwards; only known when somebody asked.
    pub closed: Option<bool>,
}

impl Viewer {
    /// A viewer that has not connected yet.
    pub fn new(name: &str, edge: SocketAddr, stage: &Rc<Stage>) -> Self {
        Self { name: name.to_owned(), edge, stage: Rc::clone(stage), connection: None }
    }

    /// Asks and waits for the end of the answer.
    pub async fn ask(&mut self, ask: &Ask, host: &str) -> io::Result<Outcome> {
        let request = self.text(ask, host);
        if self.is_closed() {
            self.connection = None;
        }
        let mut connection = match self.connection.take() {
            Some(kept) => kept,
            None => Connection::new(TcpStream::connect(self.edge).await?),
        };
        let first = request.split("\r\n").next().unwrap_or_default();
        self.stage.say(format!(
            "{:>4} -> {} (host {})",
            self.name,
            short(first),
            ask.host.as_deref().unwrap_or(host)
        ));
        // The edge may answer and close before it has read everything.
        let _ = connection.send(&request).await;
        let answer = connection.response(&ask.method).await?;
        self.stage.say(format!(
            "{:>4} <- {}",
            self.name,
            answer.as_ref().map_or("(nothing)".to_owned(), told)
        ));
        if answer.as_ref().is_some_and(|answer| answer.complete) {
            self.connection = Some(connection);
        }
        Ok(Outcome { answer, closed: None })
    }

    /// Waits until the edge closes the connection; `false` when it sends something else.
    pub async fn closed(&mut self) -> io::Result<bool> {
        match &mut self.connection {
            Some(connection) => connection.closed().await,
            None => Ok(true),
        }
    }

    /// Whether the edge has closed the connection already.
    pub fn is_closed(&mut self) -> bool {
        self.connection.as_mut().is_none_or(Connection::is_closed)
    }

    fn text(&self, ask: &Ask, host: &str) -> String {
        if let Some(raw) = &ask.raw {
            return self.stage.fill_in(raw);
        }
        let version = if ask.old { "1.0" } else { "1.1" };
        let target = self.stage.fill_in(&ask.target);
        let host = ask.host.as_deref().unwrap_or(host);
        let mut text = format!(
            "{} {target} HTTP/{version}\r\nhost: {}\r\n{EXPLAIN}",
            ask.method,
            self.stage.fill_in(host)
        );
        for (name, value) in &ask.headers {
            text.push_str(&format!("{name}: {}\r\n", self.stage.fill_in(value)));
        }
        match ask.body.as_deref().map(|body| self.stage.fill_in(body)) {
            Some(body) => {
                let chunked =
                    ask.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
                let length = super::wire::bytes(&body).len();
                match chunked {
                    true => text.push_str(&format!("\r\n{length:x}\r\n{body}\r\n0\r\n\r\n")),
                    false => text.push_str(&format!("content-length: {length}\r\n\r\n{body}")),
                }
            }
            None => text.push_str("\r\n"),
        }
        text
    }
}

fn told(answer: &Message) -> String {
    let broken = if answer.complete { "" } else { "\n          (broken off)" };
    format!("{}{}{broken}", answer.first, shown(answer))
}
