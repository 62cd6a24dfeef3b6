//! Files that are there completely or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A name in `directory` that nothing else has.
pub(crate) fn unique(directory: &Path) -> PathBuf {
    directory.join(uuid::Uuid::new_v4().simple().to_string())
}

/// Makes the names in a directory durable. Blocks.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Replaces a file with a JSON document. Blocks.
pub(crate) fn write(tmp: &Path, path: &Path, document: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(document).map_err(io::Error::other)?;
    let draft = unique(tmp);
    let mut file = File::create_new(&draft)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Does what blocks away from the runtime. It is done to its end even when nobody waits for it any more.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, super::Error> + Send + 'static,
) -> Result<T, super::Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error).into()))
}

/// A file that is being written; removed again unless it is put into its place.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    file: tokio::fs::File,
    placed: bool,
}

// === impl Draft ===

impl Draft {
    /// An empty file.
    pub(crate) async fn new(tmp: &Path) -> io::Result<Self> {
        let path = unique(tmp);
        let file = tokio::fs::File::create_new(&path).await?;
        Ok(Self { path, file, placed: false })
    }

    /// Appends.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Appends all of another file.
    pub(crate) async fn append(&mut self, from: io::Take<File>) -> io::Result<()> {
        let length = from.limit();
        let mut from = tokio::fs::File::from_std(from.into_inner()).take(length);
        let copied = tokio::io::copy(&mut from, &mut self.file).await?;
        if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Makes what was written durable.
    pub(crate) async fn sync(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_all().await
    }

    /// Puts it into its place, replacing what is there. Blocks.
    pub(crate) fn place(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.placed {
            // What stays is removed at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}
