//! Sockets: one per worker on a shared port, so that the kernel spreads connections over the workers.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use crate::error::Failure;

/// Connections that may wait for a worker; the kernel's own limit applies too.
const BACKLOG: i32 = 4096;
/// What the kernel keeps of packets that a worker has not read, in bytes; its own limit applies too.
const PACKET_BUFFER_BYTES: usize = 2 * 1024 * 1024;
/// Free ports of one protocol that are tried until one is free with the other protocol too.
const MAX_TRIES: usize = 32;

/// Listening sockets that share an address.
pub struct Shared {
    /// The address, with the real port.
    pub address: SocketAddr,
    /// One for each worker.
    pub sockets: Vec<TcpListener>,
}

/// At least `count` sockets on `address`: those that were handed over, and new ones. `flag` is named when that fails.
pub fn shared(
    flag: &'static str,
    address: SocketAddr,
    count: usize,
    handed: Vec<TcpListener>,
) -> Result<Shared, Failure> {
    let opened = if handed.is_empty() { open_shared(address, count) } else { completed(handed, count) };
    opened.map_err(|source| Failure::Listen { flag, address, source })
}

/// Opens what is missing; nobody else can have the port.
fn completed(mut sockets: Vec<TcpListener>, count: usize) -> io::Result<Shared> {
    let address = sockets.first().map_or(Err(io::ErrorKind::InvalidInput.into()), TcpListener::local_addr)?;
    while sockets.len() < count {
        sockets.push(open(address, true)?);
    }
    Ok(Shared { address, sockets })
}

/// Opens one socket on `address`; `flag` is named when that fails.
pub fn single(flag: &'static str, address: SocketAddr) -> Result<TcpListener, Failure> {
    open(address, false).map_err(|source| Failure::Listen { flag, address, source })
}

/// The same with as many sockets for packets.
pub fn shared_with_packets(
    flag: &'static str,
    address: SocketAddr,
    count: usize,
    handed: (Vec<TcpListener>, Vec<UdpSocket>),
) -> Result<(Shared, Vec<UdpSocket>), Failure> {
    let (connections, mut sockets) = handed;
    if !connections.is_empty() {
        let shared = shared(flag, address, count, connections)?;
        let address = shared.address;
        let is_shared = !sockets.is_empty();
        while sockets.len() < count {
            sockets.push(
                open_packets(address, is_shared || count > 1)
                    .map_err(|source| Failure::ListenForPackets { flag, address, source })?,
            );
        }
        return Ok((shared, sockets));
    }
    let failed = |source| Failure::Listen { flag, address, source };
    let mut tries = if address.port() == 0 { MAX_TRIES } else { 1 };
    loop {
        let shared = open_shared(address, count).map_err(failed)?;
        tries -= 1;
        match packets(shared.address, count) {
            Ok(sockets) => return Ok((shared, sockets)),
            Err(source) if source.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(source) => return Err(Failure::ListenForPackets { flag, address, source }),
        }
    }
}

fn packets(address: SocketAddr, count: usize) -> io::Result<Vec<UdpSocket>> {
    // As for connections: no other process may have the port.
    drop(open_packets(address, false)?);
    (0..count).map(|_| open_packets(address, true)).collect()
}

/// One more socket for packets that shares `address` with others of this process.
pub fn open_packets(address: SocketAddr, is_shared: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if is_shared {
        socket.set_reuse_port(true)?;
    }
    // Without the larger buffers it works too.
    let _ = socket.set_recv_buffer_size(PACKET_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(PACKET_BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn open_shared(address: SocketAddr, count: usize) -> io::Result<Shared> {
    if address.port() != 0 {
        // A port that is shared within this process could also be shared with another one that runs already.
        drop(open(address, false)?);
    }
    let first = open(address, true)?;
    let address = first.local_addr()?;
    let mut sockets = vec![first];
    for _ in 1..count {
        sockets.push(open(address, true)?);
    }
    Ok(Shared { address, sockets })
}

fn open(address: SocketAddr, is_shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Connections of an earlier process that are still closing do not stand in the way.
    socket.set_reuse_address(true)?;
    if is_shared {
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

    #[test]
    fn packets_come_to_the_same_port_as_connections() {
        let (ours, packets) = shared_with_packets("--edge-https", ANY, 2, Default::default()).unwrap();
        assert_eq!((ours.sockets.len(), packets.len()), (2, 2));
        assert!(packets.iter().all(|socket| socket.local_addr().unwrap() == ours.address));
        drop(ours.sockets);
        let refused = shared_with_packets("--edge-https", ours.address, 1, Default::default())
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains("--no-http3"), "{refused}");
    }

    #[test]
    fn workers_share_a_port_but_nobody_else_gets_it() {
        let ours = shared("--edge-http", ANY, 3, Vec::new()).unwrap();
        assert_eq!(ours.sockets.len(), 3);
        for socket in &ours.sockets {
            assert_eq!(socket.local_addr().unwrap(), ours.address);
        }
        let refused = shared("--edge-http", ours.address, 1, Vec::new()).err().unwrap().to_string();
        assert!(refused.contains("--edge-http") && refused.contains(&ours.address.to_string()), "{refused}");
    }
}
