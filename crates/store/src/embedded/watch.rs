//! A watch that pulls: it remembers where it is and asks the tables for more when it has handed out what it had.
//!
//! A slow follower costs nothing: its backlog is the history on disk. Once the history has moved past it, it is told.

use std::collections::VecDeque;

use super::worker::{Handle, Kind};
use crate::{Answer, Batch, Changes, Error, Revision};

/// The place of one follower in the history.
pub(super) struct Pull {
    handle: Handle,
    prefix: String,
    /// The first revision that has not been fetched.
    next: Revision,
    /// Fetched and not handed out; bounded by what one replay returns.
    fetched: VecDeque<Batch>,
}

impl Pull {
    /// Starts at `from`, which must still be in the history.
    pub(super) async fn start(handle: Handle, prefix: &str, from: Revision) -> Result<Self, Error> {
        let mut pull = Self { handle, prefix: prefix.to_owned(), next: from, fetched: VecDeque::new() };
        pull.fetch().await?;
        Ok(pull)
    }

    async fn fetch(&mut self) -> Result<(), Error> {
        let (prefix, from) = (self.prefix.clone(), self.next);
        let replay = self.handle.ask(Kind::Read, move |tables| tables.replay(&prefix, from)).await?;
        self.next = replay.next;
        self.fetched.extend(replay.batches);
        Ok(())
    }

    async fn advance(&mut self) -> Result<Batch, Error> {
        loop {
            if let Some(batch) = self.fetched.pop_front() {
                return Ok(batch);
            }
            self.handle.reached(self.next).await?;
            self.fetch().await?;
        }
    }
}

impl Changes for Pull {
    fn next(&mut self) -> Answer<'_, Batch> {
        Box::pin(self.advance())
    }

    fn ready(&mut self) -> Option<Batch> {
        self.fetched.pop_front()
    }
}
