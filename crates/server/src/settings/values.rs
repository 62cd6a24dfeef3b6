//! How the values of flags are written: addresses, sizes, domains, the store that stands in for S3.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use compile::{Quotas, S3Endpoint};
use rules::model::OriginScheme;

/// Units, in the order in which they are tried; a bare number counts bytes.
const UNITS: [(&str, u64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

/// A number of bytes: `512MiB`, `2GB`, `65536`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let unit = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
    let (number, bytes) = unit.unwrap_or((text, 1));
    let count: Option<u64> = number.trim_end().parse().ok();
    count
        .and_then(|count| count.checked_mul(bytes))
        .ok_or_else(|| "expected a size like 512MiB, 2GB or 65536".into())
}

/// `HOST:PORT`; a name stands for its first address.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|error| format!("{error}; expected HOST:PORT"))?;
    found.next().ok_or_else(|| "the name has no address".into())
}

/// The number of an account.
pub fn account_id(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.into()) } else { Err("expected 12 digits".into()) }
}

/// Units of time, in seconds.
const TIME_UNITS: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

/// A number with its unit: `30s`, `15m`, `24h`, `7d`; at most ten years.
pub fn duration(text: &str) -> Result<Duration, String> {
    let unit = TIME_UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let seconds = unit.and_then(|(number, seconds)| number.parse::<u64>().ok()?.checked_mul(seconds));
    seconds
        .filter(|seconds| *seconds <= 10 * 366 * 86_400)
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a time like 30s, 15m, 24h or 7d, at most ten years".into())
}

/// A domain name or an IP address.
pub fn host_name(text: &str) -> Result<String, String> {
    let is_address = text.parse::<IpAddr>().is_ok();
    if is_address { Ok(text.into()) } else { domain(text) }
}

/// A URL without a path.
pub fn s3_endpoint(text: &str) -> Result<S3Endpoint, String> {
    let expected = || "expected http://HOST:PORT or https://HOST:PORT, without a path".to_owned();
    let url: http::Uri = text.parse().map_err(|_| expected())?;
    let (scheme, usual_port) = match url.scheme_str() {
        Some("http") => (OriginScheme::HttpOnly, 80),
        Some("https") => (OriginScheme::HttpsOnly, 443),
        _ => return Err(expected()),
    };
    let host = url.host().filter(|_| url.path() == "/" && url.query().is_none()).ok_or_else(expected)?;
    Ok(S3Endpoint { scheme, host: host.to_ascii_lowercase(), port: url.port_u16().unwrap_or(usual_port) })
}

/// A quota that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    name: String,
    number: usize,
}

impl Quota {
    /// The quotas with this one changed.
    pub fn applied_to(&self, mut quotas: Quotas) -> Quotas {
        // The name was looked up when the flag was read.
        let _known = quotas.set(&self.name, self.number);
        quotas
    }
}

/// `NAME=NUMBER`; the name is one of the quotas'.
pub fn quota(text: &str) -> Result<Quota, String> {
    let (name, number) = text.split_once('=').ok_or("expected NAME=NUMBER, such as origins=200")?;
    let number = number.trim().parse().map_err(|_| format!("expected a number after {name}="))?;
    let quota = Quota { name: name.trim().to_owned(), number };
    Quotas::default().set(&quota.name, number).map_err(|unknown| unknown.to_string())?;
    Ok(quota)
}

/// Where the bucket server listens, if it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketsFlag {
    /// There is none.
    Off,
    /// At this address.
    At(SocketAddr),
}

/// `HOST:PORT`, or `off`.
pub fn buckets(text: &str) -> Result<BucketsFlag, String> {
    match text {
        "off" => Ok(BucketsFlag::Off),
        _ => address(text).map(BucketsFlag::At).map_err(|error| format!("{error}, or off")),
    }
}

/// A domain name, in lower case.
pub fn domain(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // What goes before it must fit into the 253 characters of a name.
    let is_domain = text.len() <= 200 && text.split('.').all(is_label);
    if is_domain {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("expected a domain name like cloudfront.localhost".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_unit_or_counts_bytes() {
        assert_eq!(bytes("65536"), Ok(65536));
        assert_eq!(bytes("1GiB"), Ok(1 << 30));
        assert_eq!(bytes("2 MB"), Ok(2_000_000));
        assert_eq!(bytes("7B"), Ok(7));
        for wrong in ["", "GiB", "-1", "1.5GiB", "99999999999TiB", "1 gib"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_quota_has_a_known_name_and_a_number() {
        assert_eq!(quota("origins=200").unwrap().applied_to(Quotas::default()).max_origins, 200);
        for (wrong, expected) in [
            ("origins", "NAME=NUMBER"),
            ("origins=many", "a number"),
            ("origin=1", "Accepted: distributions, "),
        ] {
            let error = quota(wrong).unwrap_err();
            assert!(error.contains(expected), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
        for wrong in ["", "5", "h", "-1s", "1.5h", "99999d", "99999999999999999999d", "1 h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for right in ["api.example", "192.0.2.1", "2001:db8::1"] {
            assert_eq!(host_name(right), Ok(right.into()));
        }
        for wrong in ["", "api.example:443", "[::1]", "*.example", "a,b"] {
            assert!(host_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_domain_has_labels() {
        assert_eq!(domain("CDN.example"), Ok("cdn.example".into()));
        for wrong in ["", ".example", "a..b", "-a.example", "a_b", "a/b", "*.example", &"a".repeat(64)] {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_store_that_stands_in_for_s3_is_a_url_without_a_path() {
        let store = s3_endpoint("http://Store.localhost:9000").unwrap();
        assert_eq!(
            (store.scheme, &*store.host, store.port),
            (OriginScheme::HttpOnly, "store.localhost", 9000)
        );
        assert_eq!(s3_endpoint("https://s3.example/").unwrap().port, 443);
        for wrong in ["store:9000", "ftp://store", "http://store/bucket", "http://store/?x", ""] {
            assert!(s3_endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_bucket_server_has_an_address_or_is_off() {
        assert_eq!(buckets("off"), Ok(BucketsFlag::Off));
        assert_eq!(buckets("127.0.0.1:1"), Ok(BucketsFlag::At(([127, 0, 0, 1], 1).into())));
        assert!(buckets("on").unwrap_err().ends_with("or off"));
    }

    #[test]
    fn an_address_may_be_a_name() {
        assert_eq!(address("localhost:80").map(|address| address.port()), Ok(80));
        assert!(address("8080").is_err());
    }
}
