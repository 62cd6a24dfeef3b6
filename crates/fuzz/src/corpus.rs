//! Documents that are worth damaging, and how they are damaged.

use std::fs;
use std::path::Path;

use crate::{Unstructured, arbitrary};

/// The most changes to one document.
const MAX_CHANGES: usize = 8;

/// The most bytes that one change takes away or repeats.
const MAX_SPAN: usize = 200;

/// Documents, and words of their language.
#[derive(Debug)]
pub struct Corpus {
    documents: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

/// The files of a folder, in the order of their names.
///
/// # Panics
/// When the folder cannot be read or is empty.
#[must_use]
pub fn read(folder: impl AsRef<Path>, words: &'static [&'static str]) -> Corpus {
    let entries = fs::read_dir(&folder).expect("the folder of the corpus is in the repository");
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    let documents: Vec<_> =
        paths.iter().map(|path| fs::read(path).expect("a file of the repository can be read")).collect();
    assert!(!documents.is_empty(), "the corpus is empty");
    Corpus { documents, words }
}

impl Corpus {
    /// The documents as they are.
    pub fn documents(&self) -> impl Iterator<Item = &[u8]> {
        self.documents.iter().map(Vec::as_slice)
    }

    /// One of the documents, damaged in up to eight places; sometimes nothing but noise.
    ///
    /// # Errors
    /// When the bytes do not suffice.
    pub fn damaged(&self, bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
        if bytes.ratio(1, 16)? {
            return bytes.arbitrary();
        }
        let mut document = bytes.choose(&self.documents)?.clone();
        for _ in 0..bytes.int_in_range(0..=MAX_CHANGES)? {
            self.change(bytes, &mut document)?;
        }
        Ok(document)
    }

    fn change(&self, bytes: &mut Unstructured<'_>, document: &mut Vec<u8>) -> arbitrary::Result<()> {
        let at = bytes.int_in_range(0..=document.len())?;
        let end = (at + bytes.int_in_range(0..=MAX_SPAN)?).min(document.len());
        let insert: Vec<u8> = match bytes.int_in_range(0..=5)? {
            0 => Vec::new(),
            1 => document.get(at..end).unwrap_or_default().repeat(2),
            2 => bytes.bytes(bytes.len().min(4))?.to_vec(),
            3 => self.piece(bytes)?,
            _ => {
                let word = if self.words.is_empty() { "" } else { bytes.choose(self.words)? };
                let end = if bytes.arbitrary()? { at } else { (at + word.len()).min(document.len()) };
                drop(document.splice(at..end, word.bytes()));
                return Ok(());
            }
        };
        drop(document.splice(at..end, insert));
        Ok(())
    }

    /// A part of any of the documents.
    fn piece(&self, bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
        let other = bytes.choose(&self.documents)?;
        let start = bytes.int_in_range(0..=other.len())?;
        let end = (start + bytes.int_in_range(0..=MAX_SPAN)?).min(other.len());
        Ok(other.get(start..end).unwrap_or_default().to_vec())
    }
}
