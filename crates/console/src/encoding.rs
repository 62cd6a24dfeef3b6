//! Which form of a file a browser gets: as packed, or unpacked, or compressed with gzip for those who come without TLS.

use std::io::{self, Read, Write};

use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header::ACCEPT_ENCODING};

/// A form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The best that the browser accepts. Wishes among those are not weighed; a quality of 0 is a refusal
    /// (RFC 9110, 12.5.3).
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let words: Vec<_> = values.flat_map(|value| value.split(',')).collect();
        let accepts = |name: &str| words.iter().any(|word| is_accepted(word, name));
        match () {
            () if accepts("br") => Self::Brotli,
            () if accepts("gzip") => Self::Gzip,
            () => Self::Identity,
        }
    }

    /// The word in `Content-Encoding`, if there is to be one.
    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

fn is_accepted(word: &str, name: &str) -> bool {
    let (coding, parameters) = word.split_once(';').unwrap_or((word, ""));
    let quality = parameters.trim().strip_prefix("q=").unwrap_or("1").trim();
    let is_refused = quality.parse::<f32>().is_ok_and(|quality| quality <= 0.0);
    coding.trim().eq_ignore_ascii_case(name) && !is_refused
}

/// The content of a packed file, whose length is known, so that no more than that is ever made.
///
/// # Errors
/// When it is not Brotli, or of another length.
pub(crate) fn unpacked(brotli: &[u8], length: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::with_capacity(length);
    let limit = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
    brotli_decompressor::Decompressor::new(brotli, 4096).take(limit).read_to_end(&mut content)?;
    if content.len() == length { Ok(content) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// The content compressed with gzip.
///
/// # Errors
/// None in memory; the type asks for it.
pub(crate) fn gzipped(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_smallest_accepted_form_wins_and_zero_refuses() {
        for (value, expected) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("br;q=0, GZIP;q=0.5", Encoding::Gzip),
            ("br; q=0.0,gzip; q=0", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("", Encoding::Identity),
            ("abr, xgzip", Encoding::Identity),
        ] {
            let headers = [(ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect();
            assert_eq!(Encoding::accepted(&headers), expected, "{value}");
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn what_is_longer_than_it_says_is_an_error() {
        // "hello" in Brotli, as one uncompressed block.
        let hello = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(unpacked(&hello, 5).unwrap(), b"hello");
        assert!(unpacked(&hello, 4).is_err());
        assert!(unpacked(&hello, 6).is_err());
        assert!(unpacked(b"nonsense", 5).is_err());
    }
}
