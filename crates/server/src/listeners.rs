//! Sockets: one per worker on a shared port, so that the kernel spreads connections over the workers.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::error::Failure;

/// Connections that may wait for a worker; the kernel's own limit applies too.
const BACKLOG: i32 = 4096;

/// Listening sockets that share an address.
pub struct Shared {
    /// The address, with the real port.
    pub address: SocketAddr,
    /// One for each worker.
    pub sockets: Vec<TcpListener>,
}

/// Opens `count` sockets on `address`; `flag` is named when that fails.
pub fn shared(flag: &'static str, address: SocketAddr, count: usize) -> Result<Shared, Failure> {
    open_shared(address, count).map_err(|source| Failure::Listen { flag, address, source })
}

/// Opens one socket on `address`; `flag` is named when that fails.
pub fn single(flag: &'static str, address: SocketAddr) -> Result<TcpListener, Failure> {
    open(address, false).map_err(|source| Failure::Listen { flag, address, source })
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
    fn workers_share_a_port_but_nobody_else_gets_it() {
        let ours = shared("--edge-http", ANY, 3).unwrap();
        assert_eq!(ours.sockets.len(), 3);
        for socket in &ours.sockets {
            assert_eq!(socket.local_addr().unwrap(), ours.address);
        }
        let refused = shared("--edge-http", ours.address, 1).err().unwrap().to_string();
        assert!(refused.contains("--edge-http") && refused.contains(&ours.address.to_string()), "{refused}");
    }
}
