//! Messages between two processes of one user, on a socket that keeps their boundaries and carries sockets along.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout, socket_peercred};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect,
    listen as rustix_listen, recvmsg, sendmsg, socket_with,
};
use zeroize::Zeroizing;

/// Most sockets of one message; the kernel takes 253.
pub const MAX_SOCKETS: usize = 64;
/// Longest message.
const MAX_MESSAGE_BYTES: usize = 256;
/// Longest wait for a message: the other process may have to read everything that is kept.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is said.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// Asks for the sockets.
    Ask,
    /// Sockets of a kind go along.
    Sockets(String),
    /// All sockets were sent; the secret of the bucket server, if there is one.
    ThatIsAll(Option<Zeroizing<[u8; 32]>>),
    /// Asks for what only one process may use.
    Release,
    /// It can be used.
    Released,
    /// Who asked serves now.
    Serving,
}

/// The other process.
pub struct Peer(OwnedFd);

/// Listens at `path`, for this user only. What an earlier process has left there is removed.
pub fn listen(path: &Path) -> io::Result<OwnedFd> {
    let socket = open()?;
    let address = SocketAddrUnix::new(path)?;
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    bind(&socket, &address)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    rustix_listen(&socket, 1)?;
    Ok(socket)
}

/// The next process that asks; `None` when none can any more. Others than this user's are turned away.
pub fn accept(listener: &OwnedFd) -> Option<Peer> {
    loop {
        match accept_with(listener, SocketFlags::CLOEXEC) {
            Ok(socket) => match ours(&socket) {
                Ok(true) => return Some(Peer(socket)),
                Ok(false) => tracing::warn!("another user's process wanted to take over"),
                Err(error) => tracing::warn!(%error, "a process that wanted to take over is not known"),
            },
            Err(rustix::io::Errno::INTR | rustix::io::Errno::CONNABORTED) => {}
            Err(error) => {
                tracing::warn!(%error, "no other process can take over any more");
                return None;
            }
        }
    }
}

fn ours(socket: &OwnedFd) -> io::Result<bool> {
    limit_waits(socket)?;
    let user = socket_peercred(socket)?.uid;
    Ok(user == rustix::process::geteuid() || user.is_root())
}

fn open() -> io::Result<OwnedFd> {
    Ok(socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

fn limit_waits(socket: &OwnedFd) -> io::Result<()> {
    set_socket_timeout(socket, Timeout::Recv, Some(PATIENCE))?;
    set_socket_timeout(socket, Timeout::Send, Some(PATIENCE))?;
    Ok(())
}

// === impl Peer ===

impl Peer {
    /// The process that listens at `path`.
    pub fn connect(path: &Path) -> io::Result<Self> {
        let socket = open()?;
        limit_waits(&socket)?;
        connect(&socket, &SocketAddrUnix::new(path)?)?;
        Ok(Self(socket))
    }

    /// Sends a message.
    pub fn send(&self, message: &Message) -> io::Result<()> {
        self.send_sockets(message, &[])
    }

    /// Sends a message with sockets, at most [`MAX_SOCKETS`].
    pub fn send_sockets(&self, message: &Message, sockets: &[BorrowedFd<'_>]) -> io::Result<()> {
        let text = Zeroizing::new(message.to_text());
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_SOCKETS))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !sockets.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(sockets)) {
            return Err(io::Error::other("too many sockets for one message"));
        }
        sendmsg(&self.0, &[IoSlice::new(text.as_bytes())], &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Waits for a message and what goes along.
    pub fn receive(&self) -> io::Result<(Message, Vec<OwnedFd>)> {
        let mut text = Zeroizing::new([0; MAX_MESSAGE_BYTES]);
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_SOCKETS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut slices = [IoSliceMut::new(&mut *text)];
        let received = recvmsg(&self.0, &mut slices, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
        let mut sockets = Vec::new();
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(some) = message {
                sockets.extend(some);
            }
        }
        if received.bytes == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let said = text.get(..received.bytes).and_then(|text| std::str::from_utf8(text).ok());
        let message = said.and_then(Message::from_text);
        Ok((message.ok_or_else(|| io::Error::other("the other process speaks another language"))?, sockets))
    }
}

// === impl Message ===

impl Message {
    fn to_text(&self) -> String {
        match self {
            Self::Ask => "ask 1".into(),
            Self::Sockets(kind) => format!("sockets {kind}"),
            Self::ThatIsAll(None) => "all".into(),
            Self::ThatIsAll(Some(secret)) => {
                let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("all {digits}")
            }
            Self::Release => "release".into(),
            Self::Released => "released".into(),
            Self::Serving => "serving".into(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        Some(match (word, rest) {
            ("ask", "1") => Self::Ask,
            ("sockets", kind) => Self::Sockets(kind.to_owned()),
            ("all", "") => Self::ThatIsAll(None),
            ("all", digits) => Self::ThatIsAll(Some(secret(digits)?)),
            ("release", "") => Self::Release,
            ("released", "") => Self::Released,
            ("serving", "") => Self::Serving,
            _ => return None,
        })
    }
}

fn secret(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut secret = Zeroizing::new([0; 32]);
    if digits.len() != 2 * secret.len() {
        return None;
    }
    for (number, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * number..2 * number + 2)?, 16).ok()?;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        let secret = Zeroizing::new(std::array::from_fn(|at| at as u8));
        let all = Message::ThatIsAll(Some(secret));
        for message in [Message::Ask, Message::Sockets("http".into()), all, Message::Serving] {
            assert_eq!(Message::from_text(&message.to_text()), Some(message));
        }
        for text in ["", "ask 2", "all 12", "release me", &format!("all {}", "é".repeat(32))] {
            assert_eq!(Message::from_text(text), None, "{text}");
        }
    }
}
