//! A scripted origin: a raw TCP server that answers what the script says, also what no server should.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::stage::Stage;
use super::wire::{Connection, Message};
use crate::script::Framing;
use crate::script::{Act, Answer, OnLine, OriginState, Reply};

/// Bytes after which an endless answer ends after all.
const ENDLESS_BYTES: usize = 16 * 1024 * 1024;

/// An origin of a script.
pub struct ScriptedOrigin {
    name: String,
    address: SocketAddr,
    stage: Rc<Stage>,
    answers: RefCell<HashMap<(String, String), VecDeque<Answer>>>,
    received: RefCell<Vec<Message>>,
    /// Holds the port while nobody listens.
    reserved: RefCell<Option<TcpSocket>>,
    tasks: RefCell<Vec<JoinHandle<()>>>,
}

/// Whether a connection can be used again.
#[derive(PartialEq, Eq)]
enum After {
    Keep,
    Close,
}

impl ScriptedOrigin {
    /// Starts an origin on a free port of the loopback interface.
    pub async fn start(name: &str, stage: &Rc<Stage>) -> io::Result<Rc<Self>> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = socket.local_addr()?;
        let origin = Rc::new(Self {
            name: name.to_owned(),
            address,
            stage: Rc::clone(stage),
            answers: RefCell::default(),
            received: RefCell::default(),
            reserved: RefCell::new(Some(socket)),
            tasks: RefCell::default(),
        });
        origin.enter(OriginState::Up).await?;
        Ok(origin)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets the answers of some requests; answers that were left for them are forgotten.
    pub fn learn(&self, lines: &[OnLine]) {
        let mut answers = self.answers.borrow_mut();
        for line in lines {
            let key = (line.method.clone(), self.stage.fill_in(&line.target));
            answers.insert(key, line.answers.iter().cloned().collect());
        }
    }

    /// How many requests have arrived.
    pub fn asked(&self) -> usize {
        self.received.borrow().len()
    }

    /// The last request for a target.
    pub fn last(&self, method: &str, target: &str) -> Option<Message> {
        let received = self.received.borrow();
        received.iter().rev().find(|message| message.word(0) == method && message.word(1) == target).cloned()
    }

    /// Changes state; connections that are open end.
    pub async fn enter(self: &Rc<Self>, state: OriginState) -> io::Result<()> {
        let tasks = self.tasks.take();
        for task in tasks {
            task.abort();
            // Only a task that has ended has closed its sockets.
            let _ = task.await;
        }
        self.stage.say(format!("{} is {state:?}", self.name));
        let socket = match self.reserved.borrow_mut().take() {
            Some(socket) => socket,
            None => {
                let socket = TcpSocket::new_v4()?;
                socket.set_reuseaddr(true)?;
                socket.bind(self.address)?;
                socket
            }
        };
        match state {
            OriginState::Down => *self.reserved.borrow_mut() = Some(socket),
            OriginState::Up => {
                let listener = socket.listen(1024)?;
                let origin = Rc::clone(self);
                self.spawn(async move { origin.accept(listener).await });
            }
            OriginState::BlackHole => self.black_hole(socket)?,
        }
        Ok(())
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().push(tokio::task::spawn_local(task));
    }

    /// Listens without accepting and fills the queue, so that the system ignores further connections.
    fn black_hole(self: &Rc<Self>, socket: TcpSocket) -> io::Result<()> {
        let listener = socket.listen(1)?;
        let address = self.address;
        self.spawn(async move {
            let mut fillers = Vec::new();
            for _ in 0..2 {
                fillers.push(TcpStream::connect(address).await);
            }
            std::future::pending::<()>().await;
            drop((listener, fillers));
        });
        Ok(())
    }

    async fn accept(self: Rc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let origin = Rc::clone(&self);
            self.spawn(async move {
                // A connection that the other side ends is no fault of the script; what matters is asserted.
                let _ = origin.serve(Connection::new(stream)).await;
            });
        }
    }

    async fn serve(&self, mut connection: Connection) -> io::Result<()> {
        while let Some(request) = connection.request().await? {
            let (method, target) = (request.word(0).to_owned(), request.word(1).to_owned());
            self.stage.say(self.line("<-", &format!("{}{}", request.first, shown(&request))));
            self.received.borrow_mut().push(request);
            self.stage.changed();
            let Some(answer) = self.next_answer(&method, &target) else {
                self.stage.wrong(format!("{} was not meant to be asked {method} {target}", self.name));
                let unscripted = "HTTP/1.1 500 Unscripted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                return connection.send(unscripted).await;
            };
            if self.perform(&mut connection, &method, &answer.acts).await? == After::Close {
                return Ok(());
            }
        }
        Ok(())
    }

    fn line(&self, arrow: &str, text: &str) -> String {
        format!("{:>4} {arrow} {text}", self.name)
    }

    fn next_answer(&self, method: &str, target: &str) -> Option<Answer> {
        let mut answers = self.answers.borrow_mut();
        let queue = answers.get_mut(&(method.to_owned(), target.to_owned()))?;
        let answer = queue.front_mut()?;
        match &mut answer.times {
            None => Some(answer.clone()),
            Some(times) if *times > 1 => {
                *times -= 1;
                Some(answer.clone())
            }
            Some(_) => queue.pop_front(),
        }
    }

    async fn perform(&self, connection: &mut Connection, method: &str, acts: &[Act]) -> io::Result<After> {
        let mut body = Body::default();
        for (position, act) in acts.iter().enumerate() {
            match act {
                Act::Wait(name) => self.stage.released(name).await,
                Act::Hang => {
                    self.stage.say(self.line("->", "(hangs)"));
                    std::future::pending::<()>().await;
                }
                Act::Reset => {
                    self.stage.say(self.line("->", "(resets)"));
                    SockRef::from(&connection.stream).set_linger(Some(Duration::ZERO))?;
                    return Ok(After::Close);
                }
                Act::Close => return Ok(After::Close),
                Act::Raw(bytes) => {
                    self.stage.say(self.line("->", bytes));
                    connection.send(&self.stage.fill_in(bytes)).await?;
                    body.after = Some(After::Close);
                }
                Act::Endless(bytes) => {
                    for _ in 0..ENDLESS_BYTES / bytes.len().max(1) {
                        connection.send(bytes).await?;
                    }
                }
                Act::Interim(status) => {
                    connection.send(&format!("HTTP/1.1 {status} Interim\r\n\r\n")).await?
                }
                Act::Head(reply) => {
                    body = Body::new(method, reply, acts.get(position..).unwrap_or_default(), &self.stage);
                    let head = self.head(reply, &body);
                    self.stage.say(self.line("->", head.split("\r\n\r\n").next().unwrap_or_default()));
                    connection.send(&head).await?;
                }
                Act::Piece(text) => body.piece(connection, &self.stage.fill_in(text)).await?,
                Act::End => return body.end(connection).await,
            }
        }
        Ok(body.after.unwrap_or(After::Close))
    }

    fn head(&self, reply: &Reply, body: &Body) -> String {
        let status = match reply.status.contains(' ') {
            true => reply.status.clone(),
            false => format!("{} Scripted", reply.status),
        };
        let mut head = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {}\r\n", self.stage.fill_in(value)));
        }
        match (reply.framing, body.never) {
            (Framing::Length, true) => {}
            (Framing::Length, false) => head.push_str(&format!("content-length: {}\r\n", body.length)),
            (Framing::Declared(length), _) => head.push_str(&format!("content-length: {length}\r\n")),
            (Framing::Chunked, _) => head.push_str("transfer-encoding: chunked\r\n"),
            (Framing::UntilClose, _) => head.push_str("connection: close\r\n"),
        }
        head.push_str("\r\n");
        head
    }
}

/// The body of one answer.
#[derive(Default)]
struct Body {
    framing: Option<Framing>,
    /// No bytes are sent: the method was HEAD or the status has no body.
    silent: bool,
    /// The status never has a body, so that its length is not told either.
    never: bool,
    length: u64,
    after: Option<After>,
}

impl Body {
    fn new(method: &str, reply: &Reply, acts: &[Act], stage: &Stage) -> Self {
        let never = matches!(reply.status.get(..3), Some("204" | "304"));
        let pieces = acts.iter().filter_map(|act| match act {
            Act::Piece(text) => Some(super::wire::bytes(&stage.fill_in(text)).len() as u64),
            _ => None,
        });
        let (silent, length) = (never || method == "HEAD", pieces.sum());
        Self { framing: Some(reply.framing), silent, never, length, after: None }
    }

    async fn piece(&self, connection: &mut Connection, text: &str) -> io::Result<()> {
        match (self.silent, self.framing) {
            (true, _) => Ok(()),
            (false, Some(Framing::Chunked)) => {
                connection.send(&format!("{:x}\r\n{text}\r\n", super::wire::bytes(text).len())).await
            }
            (false, _) => connection.send(text).await,
        }
    }

    async fn end(self, connection: &mut Connection) -> io::Result<After> {
        match self.framing {
            Some(Framing::Chunked) if !self.silent => {
                connection.send("0\r\n\r\n").await?;
                Ok(After::Keep)
            }
            Some(Framing::Declared(length)) if !self.silent && length != self.length => Ok(After::Close),
            Some(Framing::UntilClose) => Ok(After::Close),
            _ => Ok(After::Keep),
        }
    }
}

/// Headers and body for the conversation.
pub fn shown(message: &Message) -> String {
    let mut shown = String::new();
    for (name, value) in &message.headers {
        shown.push_str(&format!("\n          {name}: {}", short(value)));
    }
    if !message.body.is_empty() {
        shown.push_str(&format!("\n\n          {}", short(&message.body)));
    }
    shown
}

/// The beginning of a text that may be very long.
pub fn short(text: &str) -> String {
    const SHOWN: usize = 2_000;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.to_owned(),
    }
}
