//! The documents and their history as rows.
//!
//! Methods assume that one thread calls them. Writes happen between [`Tables::begin`] and [`Tables::end`].

use rusqlite::{Connection, OptionalExtension, Row, Rows, params};

use super::History;
use crate::{
    Batch, Change, Document, Error, Known, MAX_PAGE_BYTES, MAX_PAGE_DOCUMENTS, Page, Revision, Transaction,
    Write,
};

/// A replay hands out at most this many commits at a time ...
const REPLAY_BATCHES: usize = 256;

/// ... and stops after the commit that reaches this size.
const REPLAY_BYTES: usize = 1024 * 1024;

/// The rows, and what is known about them without reading.
pub(super) struct Tables {
    connection: Connection,
    history: History,
    state: State,
    /// The state to return to if the open transaction fails.
    begun: State,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    revision: u64,
    /// Changes of this revision and older ones are forgotten.
    compacted: u64,
    history_bytes: u64,
}

/// A part of the history.
pub(super) struct Replay {
    pub batches: Vec<Batch>,
    /// Where to go on.
    pub next: Revision,
}

// === impl Tables ===

impl Tables {
    /// Reads the counters of an opened file.
    pub(super) fn load(connection: Connection, history: History) -> rusqlite::Result<Self> {
        let counter = |name: &str| {
            connection.query_row("SELECT value FROM counters WHERE name = ?1", [name], |row| unsigned(row, 0))
        };
        let (revision, compacted) = (counter("revision")?, counter("compacted")?);
        let bytes = "SELECT coalesce(sum(bytes), 0) FROM changes";
        let history_bytes = connection.query_row(bytes, [], |row| unsigned(row, 0))?;
        let state = State { revision, compacted, history_bytes };
        Ok(Self { connection, history, state, begun: state })
    }

    /// The revision of the last commit; inside a transaction, of the last one that it holds.
    pub(super) fn revision(&self) -> Revision {
        Revision(self.state.revision)
    }

    /// Opens a transaction.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        self.begun = self.state;
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(Error::storage)
    }

    /// Makes everything since [`Tables::begin`] durable, or undoes it.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let written = self.state.revision != self.begun.revision;
        let kept = if written { self.forget().and_then(|()| self.save()) } else { Ok(()) };
        let done = kept.and_then(|()| self.connection.execute_batch("COMMIT"));
        done.map_err(|error| {
            self.undo();
            Error::storage(error)
        })
    }

    /// Undoes everything since [`Tables::begin`].
    pub(super) fn undo(&mut self) {
        self.state = self.begun;
        // Some failures have ended the transaction already; then there is nothing to roll back.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
    }

    pub(super) fn read(&self, key: &str) -> Result<Option<Document>, Error> {
        self.connection
            .prepare_cached("SELECT key, value, revision, created FROM documents WHERE key = ?1")
            .and_then(|mut found| found.query_row([key], document).optional())
            .map_err(Error::storage)
    }

    pub(super) fn list(&self, prefix: &str, after: &str, limit: usize) -> Result<Page, Error> {
        self.page(prefix, after, limit.clamp(1, MAX_PAGE_DOCUMENTS)).map_err(Error::storage)
    }

    /// As [`Tables::list`], without the values of what is `known`.
    pub(super) fn list_unknown(
        &self,
        prefix: &str,
        after: &str,
        limit: usize,
        known: &Known,
    ) -> Result<Page, Error> {
        self.unknown(prefix, after, limit.clamp(1, MAX_PAGE_DOCUMENTS), known).map_err(Error::storage)
    }

    fn page(&self, prefix: &str, after: &str, limit: usize) -> rusqlite::Result<Page> {
        let (condition, first) = beginning(prefix, after);
        let mut found = self.connection.prepare_cached(&format!(
            "SELECT key, value, revision, created FROM documents WHERE {condition} ORDER BY key"
        ))?;
        self.fill(found.query([first])?, prefix, limit, document)
    }

    fn unknown(&self, prefix: &str, after: &str, limit: usize, known: &Known) -> rusqlite::Result<Page> {
        let (condition, first) = beginning(prefix, after);
        let mut found = self.connection.prepare_cached(&format!(
            "SELECT key, revision, created FROM documents INDEXED BY stamps WHERE {condition} ORDER BY key"
        ))?;
        let mut value = self.connection.prepare_cached("SELECT value FROM documents WHERE key = ?1")?;
        self.fill(found.query([first])?, prefix, limit, |row| {
            let (key, revision) = (row.get::<_, String>(0)?, Revision(unsigned(row, 1)?));
            let is_known = known(&key, revision);
            let value = if is_known { Vec::new() } else { value.query_row([&key], |row| row.get(0))? };
            Ok(Document { key, value, revision, created: Revision(unsigned(row, 2)?) })
        })
    }

    /// Keys with the prefix are neighbors: the page ends before the first one without it.
    fn fill(
        &self,
        mut rows: Rows<'_>,
        prefix: &str,
        limit: usize,
        mut document: impl FnMut(&Row<'_>) -> rusqlite::Result<Document>,
    ) -> rusqlite::Result<Page> {
        let mut page = Page { documents: Vec::new(), next_after: None, revision: self.revision() };
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            if !starts_with(row, 0, prefix)? {
                break;
            }
            if page.documents.len() >= limit || bytes >= MAX_PAGE_BYTES {
                page.next_after = page.documents.last().map(|last| last.key.clone());
                break;
            }
            let document = document(row)?;
            bytes += document.value.len();
            page.documents.push(document);
        }
        Ok(page)
    }

    /// Does a transaction; a compare that does not hold is answered with its key. Needs [`Tables::begin`].
    pub(super) fn commit(&mut self, transaction: &Transaction) -> Result<Result<Revision, String>, Error> {
        for compare in &transaction.compares {
            let found = self.stamps(compare.key()).map_err(Error::storage)?;
            if !compare.holds(found.map(|(revision, _)| Revision(revision))) {
                return Ok(Err(compare.key().to_owned()));
            }
        }
        self.write_all(&transaction.writes).map_err(Error::storage).map(Ok)
    }

    fn write_all(&mut self, writes: &[Write]) -> rusqlite::Result<Revision> {
        let revision = self.revision().next();
        let mut changed = false;
        for (ordinal, write) in writes.iter().enumerate() {
            changed |= self.write(revision.0, ordinal, write)?;
        }
        if changed {
            self.state.revision = revision.0;
        }
        Ok(self.revision())
    }

    /// Does one write and remembers it in the history; `false` if it changes nothing.
    fn write(&mut self, revision: u64, ordinal: usize, write: &Write) -> rusqlite::Result<bool> {
        let stamps = self.stamps(write.key())?;
        let created = stamps.map_or(revision, |(_, created)| created);
        let (value, bytes) = match write {
            Write::Delete(_) if stamps.is_none() => return Ok(false),
            Write::Delete(key) => {
                self.connection.prepare_cached("DELETE FROM documents WHERE key = ?1")?.execute([key])?;
                (None, key.len())
            }
            Write::Put(key, value) => {
                self.connection
                    .prepare_cached("INSERT OR REPLACE INTO documents VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![key, value, signed(revision), signed(created)])?;
                (Some(value), key.len() + value.len())
            }
        };
        let bytes = bytes as u64;
        self.connection.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![
                signed(revision),
                signed(ordinal as u64),
                signed(bytes),
                write.key(),
                value.map(|_| signed(created)),
                value,
            ],
        )?;
        self.state.history_bytes += bytes;
        Ok(true)
    }

    /// Revision and creation of the document at `key`.
    fn stamps(&self, key: &str) -> rusqlite::Result<Option<(u64, u64)>> {
        self.connection
            .prepare_cached("SELECT revision, created FROM documents INDEXED BY stamps WHERE key = ?1")?
            .query_row([key], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))
            .optional()
    }

    /// The next commits from `from` on that touch `prefix`.
    pub(super) fn replay(&self, prefix: &str, from: Revision) -> Result<Replay, Error> {
        // No commit has revision 0; it means from the first one.
        let from = from.max(Revision(1));
        if from.0 <= self.state.compacted {
            return Err(Error::Compacted { oldest: Revision(self.state.compacted).next() });
        }
        self.batches(prefix, from).map_err(Error::storage)
    }

    fn batches(&self, prefix: &str, from: Revision) -> rusqlite::Result<Replay> {
        let mut found = self.connection.prepare_cached(
            "SELECT key, value, revision, created FROM changes WHERE revision >= ?1 ORDER BY revision, ordinal",
        )?;
        let mut rows = found.query([signed(from.0)])?;
        let mut batches: Vec<Batch> = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            let revision = Revision(unsigned(row, 2)?);
            let full = batches.len() >= REPLAY_BATCHES || bytes >= REPLAY_BYTES;
            if full && batches.last().is_some_and(|last| last.revision < revision) {
                return Ok(Replay { batches, next: revision });
            }
            if !starts_with(row, 0, prefix)? {
                continue;
            }
            let change = change(row)?;
            if let Change::Put(document) = &change {
                bytes += document.value.len();
            }
            match batches.last_mut() {
                Some(last) if last.revision == revision => last.changes.push(change),
                _ => batches.push(Batch { revision, changes: vec![change] }),
            }
        }
        Ok(Replay { batches, next: self.revision().next().max(from) })
    }

    /// Drops the oldest history until it fits its bounds.
    fn forget(&mut self) -> rusqlite::Result<()> {
        let newest = self.state.revision;
        let oldest = newest.saturating_sub(self.history.max_revisions.max(1)).max(self.state.compacted);
        self.forget_until(oldest)?;
        while self.state.history_bytes > self.history.max_bytes && self.state.compacted + 1 < newest {
            self.forget_until(self.state.compacted + 1)?;
        }
        Ok(())
    }

    fn forget_until(&mut self, revision: u64) -> rusqlite::Result<()> {
        if revision <= self.state.compacted {
            return Ok(());
        }
        let bytes = "SELECT coalesce(sum(bytes), 0) FROM changes WHERE revision <= ?1";
        let freed =
            self.connection.prepare_cached(bytes)?.query_row([signed(revision)], |row| unsigned(row, 0))?;
        let delete = "DELETE FROM changes WHERE revision <= ?1";
        self.connection.prepare_cached(delete)?.execute([signed(revision)])?;
        self.state.history_bytes = self.state.history_bytes.saturating_sub(freed);
        self.state.compacted = revision;
        Ok(())
    }

    fn save(&self) -> rusqlite::Result<()> {
        let mut update = self.connection.prepare_cached("UPDATE counters SET value = ?2 WHERE name = ?1")?;
        update.execute(params!["revision", signed(self.state.revision)])?;
        if self.state.compacted != self.begun.compacted {
            update.execute(params!["compacted", signed(self.state.compacted)])?;
        }
        Ok(())
    }
}

/// Where a page begins, with what to bind. With both lower bounds the engine would begin at the first one and skip.
fn beginning<'a>(prefix: &'a str, after: &'a str) -> (&'static str, &'a str) {
    if after < prefix { ("key >= ?1", prefix) } else { ("key > ?1", after) }
}

fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        key: row.get(0)?,
        value: row.get(1)?,
        revision: Revision(unsigned(row, 2)?),
        created: Revision(unsigned(row, 3)?),
    })
}

fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let removed = row.get_ref(1)? == rusqlite::types::ValueRef::Null;
    if removed { row.get(0).map(Change::Delete) } else { document(row).map(Change::Put) }
}

fn starts_with(row: &Row<'_>, column: usize, prefix: &str) -> rusqlite::Result<bool> {
    Ok(row.get_ref(column)?.as_bytes()?.starts_with(prefix.as_bytes()))
}

/// SQLite's integers are signed; a revision that does not fit would take 300,000 years of commits.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or(0))
}
