//! The pack: a head of lines, an empty line, and the files' Brotli-compressed bodies one after the other.
//!
//! Written by `console/pack.mjs`, which describes the format. Reading copies nothing.

use thiserror::Error;

/// The first line.
const TITLE: &str = "warmfront console 1";

/// A pack, read.
#[derive(Debug)]
pub(crate) struct Pack {
    /// SHA-256 of the sources, in hexadecimal digits.
    pub(crate) sources: &'static str,
    /// The files, sorted by path.
    pub(crate) files: Vec<File>,
}

/// A file in the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct File {
    /// Path below [`crate::PATH`].
    pub(crate) path: &'static str,
    /// SHA-256 of the content, in hexadecimal digits.
    pub(crate) digest: &'static str,
    /// Length of the content, in bytes.
    pub(crate) length: usize,
    /// The content, compressed with Brotli.
    pub(crate) brotli: &'static [u8],
}

/// The pack is not what `cargo xtask console` writes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the console's pack is damaged: {0}")]
pub struct PackError(&'static str);

/// Reads a pack.
pub(crate) fn read(pack: &'static [u8]) -> Result<Pack, PackError> {
    let end = pack.windows(2).position(|pair| pair == b"\n\n").ok_or(PackError("its head does not end"))?;
    let (head, bodies) = pack.split_at_checked(end + 2).ok_or(PackError("its head does not end"))?;
    let head = std::str::from_utf8(head).map_err(|_| PackError("its head is not text"))?;
    let mut lines = head.trim_end().lines();
    if lines.next() != Some(TITLE) {
        return Err(PackError("its first line is another one"));
    }
    let sources = lines.next().and_then(|line| line.strip_prefix("sources "));
    let sources = sources.ok_or(PackError("it does not name its sources"))?;
    let mut rest = bodies;
    let files = lines.map(|line| file(line, &mut rest)).collect::<Result<_, _>>()?;
    if rest.is_empty() { Ok(Pack { sources, files }) } else { Err(PackError("it is longer than its files")) }
}

/// `<compressed length> <length> <digest> <path>`, and the body from the front of `rest`.
fn file(line: &'static str, rest: &mut &'static [u8]) -> Result<File, PackError> {
    let mut words = line.splitn(4, ' ');
    let mut number = || words.next()?.parse::<usize>().ok();
    let (Some(compressed), Some(length)) = (number(), number()) else {
        return Err(PackError("a line has no lengths"));
    };
    let (Some(digest), Some(path)) = (words.next(), words.next()) else {
        return Err(PackError("a line has no digest or path"));
    };
    let (brotli, after) =
        rest.split_at_checked(compressed).ok_or(PackError("it is shorter than its files"))?;
    *rest = after;
    Ok(File { path, digest, length, brotli })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_with_their_bodies_in_order() {
        let pack = read(b"warmfront console 1\nsources 0a\n3 9 d1 a.js\n2 8 d2 b c.css\n\nxyzuv").unwrap();
        assert_eq!(pack.sources, "0a");
        assert_eq!(pack.files[0], File { path: "a.js", digest: "d1", length: 9, brotli: b"xyz" });
        assert_eq!(pack.files[1], File { path: "b c.css", digest: "d2", length: 8, brotli: b"uv" });
    }

    #[test]
    fn a_damaged_pack_is_an_error_and_not_a_panic() {
        for (pack, reason) in [
            (&b""[..], "does not end"),
            (b"warmfront console 2\nsources 0a\n\n", "first line"),
            (b"warmfront console 1\n\n", "sources"),
            (b"warmfront console 1\nsources 0a\nx y d a\n\n", "lengths"),
            (b"warmfront console 1\nsources 0a\n1 1 d\n\nx", "digest or path"),
            (b"warmfront console 1\nsources 0a\n9 1 d a\n\nx", "shorter"),
            (b"warmfront console 1\nsources 0a\n1 1 d a\n\nxy", "longer"),
            (b"\xff\n\n", "not text"),
        ] {
            let error = read(pack).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
