//! The history of invalidations on disk: a file of frames, each with its length and checksum.
//!
//! Frames are written by the thread that writes records, and in the order in which invalidations were counted. So
//! no record is on disk whose stamp the journal does not know. The first frame is a picture of all lists, the others are one
//! invalidation each; when they have become many, a new file with one picture takes the place of the old one.

use std::io;
use std::sync::Arc;

use super::bytes::{Reader, Writer, sum};
use super::files::{Files, StoredFile};
use crate::invalidate::Invalidations;

const NAME: &str = "invalidations";
const NEW_NAME: &str = "invalidations.new";
/// Bytes in front of a frame's content.
const FRAME: usize = 12;
/// A file is written anew when it has grown by so much, and by its own length.
const GROWTH: u64 = 4 << 20;

/// The writing end.
#[derive(Debug)]
pub(super) struct Journal {
    files: Arc<dyn Files>,
    /// `None` when something is missing in the file: it has to be written anew before anything relies on it.
    file: Option<Arc<dyn StoredFile>>,
    end: u64,
    picture_len: u64,
}

impl Journal {
    pub(super) fn new(files: Arc<dyn Files>) -> Self {
        Self { files, file: None, end: 0, picture_len: 0 }
    }

    /// Adds what `Event::encode` made.
    pub(super) fn append(&mut self, content: &[u8]) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let frame = frame(content);
        if let Err(error) = file.write_at(&frame, self.end) {
            self.file = None;
            return Err(error);
        }
        self.end += frame.len() as u64;
        Ok(())
    }

    /// Makes sure that everything that was invalidated so far is in the file, and that it is not too long.
    pub(super) fn ensure(&mut self, invalidations: &Invalidations) -> io::Result<()> {
        let is_long = self.end > 2 * self.picture_len + GROWTH;
        if self.file.is_some() && !is_long {
            return Ok(());
        }
        self.file = None;
        let frame = frame(&invalidations.picture());
        let file = self.files.create(NEW_NAME)?;
        file.write_at(&frame, 0)?;
        self.files.rename(NEW_NAME, NAME)?;
        (self.end, self.picture_len) = (frame.len() as u64, frame.len() as u64);
        self.file = Some(file);
        Ok(())
    }
}

fn frame(content: &[u8]) -> Vec<u8> {
    let mut writer = Writer(Vec::with_capacity(FRAME + content.len()));
    writer.u64(sum(content)).text(content);
    writer.0
}

/// Reads the history into `invalidations`, which is empty; `false` when there is none that can be used. A frame
/// that broke off is as good as not written.
pub(super) fn recover(files: &dyn Files, invalidations: &Invalidations) -> io::Result<bool> {
    let file = match files.open(NAME) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let len = usize::try_from(file.size()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; len];
    file.read_at(&mut bytes, 0)?;
    let mut reader = Reader(&bytes);
    let is_picture = next(&mut reader).is_some_and(|content| invalidations.recover_picture(content));
    while is_picture && next(&mut reader).is_some_and(|content| invalidations.recover_event(content)) {}
    Ok(is_picture)
}

fn next<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let expected = reader.u64()?;
    reader.text().filter(|content| sum(content) == expected)
}
