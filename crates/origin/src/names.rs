//! From an origin's host to the addresses that attempts go through (J21, J23).
//!
//! Literal addresses are taken as they are; `localhost` and every name below it are always this machine
//! (RFC 6761 section 6.3), whatever a name server says; all others go to the system's resolver. Nothing is
//! remembered here. See docs/decisions/0003-name-resolution.md.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// More addresses than attempts can ever use are not kept.
const MAX_ADDRESSES: usize = 8;

/// The addresses of `host`, never empty; in the order in which they should be tried.
///
/// Cancel-safe; a lookup that is under way in the system's resolver ends on its own.
pub(crate) async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Some(known) = without_lookup(host) {
        return Ok(known.into_iter().map(|ip| SocketAddr::new(ip, port)).collect());
    }
    let found: Vec<_> = tokio::net::lookup_host((host, port)).await?.take(MAX_ADDRESSES).collect();
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    Ok(found)
}

/// The addresses that need no resolver: of a literal address and of loopback names.
fn without_lookup(host: &str) -> Option<Vec<IpAddr>> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = bare.parse() {
        return Some(vec![ip]);
    }
    is_loopback_name(host).then(|| vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
}

fn is_loopback_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let top = host.rsplit('.').next().unwrap_or(host);
    top.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_addresses_need_no_resolver() {
        assert_eq!(without_lookup("192.0.2.7"), Some(vec![IpAddr::from([192, 0, 2, 7])]));
        assert_eq!(without_lookup("[2001:db8::1]"), "2001:db8::1".parse().ok().map(|ip| vec![ip]));
    }

    #[test]
    fn every_name_below_localhost_is_loopback_ipv4_first() {
        let loopback = Some(vec![IpAddr::from([127, 0, 0, 1]), "::1".parse().unwrap()]);
        for name in ["localhost", "LocalHost.", "site.localhost", "a.b.localhost"] {
            assert_eq!(without_lookup(name), loopback, "{name}");
        }
        for name in ["localhost.example", "notlocalhost", "localhost.com"] {
            assert_eq!(without_lookup(name), None, "{name}");
        }
    }
}
