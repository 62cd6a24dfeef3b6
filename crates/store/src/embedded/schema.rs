//! Opening: the directory, its lock, the file's settings and its schema.
//!
//! The schema only moves forward, one step at a time; a file from a newer version is refused rather than guessed at.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// The name of the file that holds the documents.
pub const DATABASE_FILE: &str = "store.db";

/// The name of the file whose lock says that the directory is in use.
pub const LOCK_FILE: &str = "store.lock";

/// Marks the file as ours: "WFst".
const APPLICATION_ID: i32 = 0x5746_7374;

/// Step n leads from schema n to schema n + 1. Steps are never changed, only added.
const STEPS: &[&str] = &[
    "
    CREATE TABLE documents (
        key      TEXT PRIMARY KEY NOT NULL,
        value    BLOB NOT NULL,
        revision INTEGER NOT NULL,
        created  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE changes (
        revision INTEGER NOT NULL,
        ordinal  INTEGER NOT NULL,
        bytes    INTEGER NOT NULL,
        key      TEXT NOT NULL,
        created  INTEGER,
        value    BLOB,
        PRIMARY KEY (revision, ordinal)
    ) STRICT;
    CREATE TABLE counters (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT;
    INSERT INTO counters VALUES ('revision', 0), ('compacted', 0);
",
    "
    -- Comparing and paging look at revisions; beside large values those would be far apart.
    CREATE INDEX stamps ON documents (key, revision, created);
",
];

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read or written as a database.
    #[error("cannot open the store {path}: {source}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: rusqlite::Error,
    },
    /// The directory or a file in it cannot be created or opened.
    #[error("cannot use the data directory {path}: {source}")]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// Another process has the directory open.
    #[error("the data directory {path} is in use by another process")]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// Written by a newer version of this program.
    #[error(
        "the store {path} has schema {found}, newer than {supported}; use the version that wrote it, or a later one"
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: usize,
        /// The newest schema that is understood.
        supported: usize,
    },
    /// A database, but not one of ours.
    #[error("{path} is not a store of this program")]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The store's thread could not be started.
    #[error("cannot start the store's thread: {0}")]
    Thread(#[source] io::Error),
}

// === impl OpenError ===

impl OpenError {
    pub(super) fn database(path: &Path, source: rusqlite::Error) -> Self {
        Self::Database { path: path.to_owned(), source }
    }

    fn directory(path: &Path, source: io::Error) -> Self {
        Self::Directory { path: path.to_owned(), source }
    }
}

/// Creates the directory if needed and takes its lock. The system releases it however the process ends.
pub(super) fn lock(directory: &Path) -> Result<File, OpenError> {
    create_directory(directory).map_err(|e| OpenError::directory(directory, e))?;
    let path = directory.join(LOCK_FILE);
    let file = private_file(&path).map_err(|e| OpenError::directory(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: directory.to_owned() }),
        Err(TryLockError::Error(e)) => Err(OpenError::directory(&path, e)),
    }
}

/// Opens or creates the file so that a commit that returned survives the loss of power.
pub(super) fn open_file(directory: &Path, path: &Path) -> Result<Connection, OpenError> {
    private_file(path).map_err(|e| OpenError::directory(path, e))?;
    let mut connection = Connection::open(path).map_err(|e| OpenError::database(path, e))?;
    prepare(&mut connection, path)?;
    // The names of the new files must be as durable as what is in them.
    File::open(directory).and_then(|d| d.sync_all()).map_err(|e| OpenError::directory(directory, e))?;
    Ok(connection)
}

/// An empty store that is never written to a disk.
pub(super) fn open_memory() -> Result<Connection, OpenError> {
    let path = Path::new(":memory:");
    let mut connection = Connection::open_in_memory().map_err(|e| OpenError::database(path, e))?;
    prepare(&mut connection, path)?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |e| OpenError::database(path, e);
    let found = version(connection).map_err(failed)?;
    if found == 0 && !is_empty(connection).map_err(failed)?
        || found > 0 && !is_ours(connection).map_err(failed)?
    {
        return Err(OpenError::NotAStore { path: path.to_owned() });
    }
    if found > STEPS.len() {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found, supported: STEPS.len() });
    }
    configure(connection).and_then(|()| upgrade(connection, found)).map_err(failed)
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    // A negative version is nobody's: it is refused as one that is too new.
    connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        .map(|n| usize::try_from(n).unwrap_or(usize::MAX))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .query_row("PRAGMA application_id", [], |row| row.get::<_, i32>(0))
        .map(|id| id == APPLICATION_ID)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // FULL makes each commit wait for its fsync in WAL mode; NORMAL would lose the last ones with the power.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
         PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 67108864;",
    )
}

fn upgrade(connection: &mut Connection, found: usize) -> rusqlite::Result<()> {
    if found == STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in STEPS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
        STEPS.len()
    ))?;
    transaction.commit()
}

/// Keys of accounts may be in the store: only its owner may look.
fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)?;
    fs::metadata(directory)
        .and_then(|found| if found.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) })
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.read(true).write(true).create(true).truncate(false).open(path)
}
