//! The thread that owns the tables, and the handle to it.
//!
//! Jobs wait in a queue whose length is bounded by permits: a caller waits for one before it enqueues, and the permit
//! goes with the job. Answers travel back over one-shot channels, so that a caller who went away costs nothing.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use super::tables::Tables;
use crate::{Error, Revision};

/// The most jobs that wait or run.
const MAX_WAITING: usize = 256;

/// The most commits that share one fsync.
const MAX_GROUP: usize = 64;

/// Whether a job needs a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// Sends jobs to the thread.
#[derive(Clone)]
pub(super) struct Handle {
    queue: mpsc::Sender<Message>,
    permits: Arc<Semaphore>,
    newest: watch::Receiver<Revision>,
}

/// The other end, to be run on a thread.
pub(super) struct Worker {
    tables: Tables,
    queue: mpsc::Receiver<Message>,
    newest: watch::Sender<Revision>,
}

enum Message {
    Close,
    Job(Job),
}

/// Runs on the tables, or passes on why it must not.
type Work = Box<dyn FnOnce(Result<&mut Tables, Error>) -> Done + Send>;

struct Job {
    kind: Kind,
    work: Work,
    _permit: OwnedSemaphorePermit,
}

/// A job that ran but has not been answered yet.
struct Done {
    /// The engine's failure, which spoils the whole group.
    failure: Option<Error>,
    /// Answers the caller: with the job's own result, or with what happened to its group.
    reply: Box<dyn FnOnce(Result<(), Error>)>,
}

/// Jobs that were waiting together.
#[derive(Default)]
struct Group {
    reads: Vec<Job>,
    writes: Vec<Job>,
}

pub(super) fn prepare(tables: Tables) -> (Handle, Worker) {
    let (sender, receiver) = mpsc::channel();
    let (publish, newest) = watch::channel(tables.revision());
    let handle = Handle { queue: sender, permits: Arc::new(Semaphore::new(MAX_WAITING)), newest };
    (handle, Worker { tables, queue: receiver, newest: publish })
}

// === impl Handle ===

impl Handle {
    /// Runs `work` on the thread. Dropping the future does not take back a job that is in the queue.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnOnce(&mut Tables) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::Closed)?;
        let (answer, answered) = oneshot::channel();
        let work =
            Box::new(move |tables: Result<&mut Tables, Error>| Done::new(tables.and_then(work), answer));
        let job = Job { kind, work, _permit: permit };
        self.queue.send(Message::Job(job)).map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// The last durable revision; `None` once the thread has ended.
    pub(super) fn newest(&self) -> Option<Revision> {
        self.newest.has_changed().is_ok().then(|| *self.newest.borrow())
    }

    /// Waits until `revision` is durable.
    pub(super) async fn reached(&mut self, revision: Revision) -> Result<(), Error> {
        self.newest.wait_for(|newest| *newest >= revision).await.map(drop).map_err(|_| Error::Closed)
    }

    /// Lets the thread end after the jobs before this call.
    pub(super) fn close(&self) {
        self.permits.close();
        // The thread may be gone already, which is what was wanted.
        let _ = self.queue.send(Message::Close);
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("newest", &self.newest()).finish_non_exhaustive()
    }
}

// === impl Worker ===

impl Worker {
    /// Serves jobs until [`Handle::close`].
    pub(super) fn run(mut self) {
        let mut open = true;
        while open && let Ok(Message::Job(first)) = self.queue.recv() {
            let mut group = Group::default();
            group.add(first);
            open = self.gather(&mut group);
            self.write(group.writes);
            // Reads come after the group: they must not see what is not durable yet.
            for job in group.reads {
                (job.work)(Ok(&mut self.tables)).answer(Ok(()));
            }
        }
    }

    /// Takes what is waiting, without waiting; `false` if the end is among it.
    fn gather(&self, group: &mut Group) -> bool {
        while group.writes.len() < MAX_GROUP && group.reads.len() < MAX_GROUP {
            match self.queue.try_recv() {
                Ok(Message::Job(job)) => group.add(job),
                Ok(Message::Close) => return false,
                Err(_) => return true,
            }
        }
        true
    }

    /// Does all writes in one transaction, and only then answers them.
    fn write(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let mut outcome = self.tables.begin();
        let mut ran = Vec::with_capacity(jobs.len());
        for job in jobs {
            // After a failure the engine may have left the transaction: no further job may write.
            let done = (job.work)(outcome.clone().map(|()| &mut self.tables));
            outcome = done.failure.clone().map_or(Ok(()), Err);
            ran.push((done, job._permit));
        }
        let outcome = outcome.inspect_err(|_| self.tables.undo()).and_then(|()| self.tables.end());
        self.publish(&outcome);
        for (done, _permit) in ran {
            done.answer(outcome.clone());
        }
    }

    /// Wakes the watches before the writers hear of their success.
    fn publish(&self, outcome: &Result<(), Error>) {
        match outcome {
            Ok(()) => {
                let revision = self.tables.revision();
                self.newest.send_if_modified(|newest| std::mem::replace(newest, revision) != revision);
            }
            Err(error) => tracing::error!(%error, "a group of commits failed"),
        }
    }
}

// === impl Done ===

impl Done {
    fn new<T: 'static>(result: Result<T, Error>, answer: oneshot::Sender<Result<T, Error>>) -> Self {
        let failure = result.as_ref().err().cloned();
        // Nobody waits for the answer of an abandoned job.
        let reply = Box::new(move |group: Result<(), Error>| drop(answer.send(group.and(result))));
        Self { failure, reply }
    }

    fn answer(self, group: Result<(), Error>) {
        (self.reply)(group);
    }
}

// === impl Group ===

impl Group {
    fn add(&mut self, job: Job) {
        match job.kind {
            Kind::Read => self.reads.push(job),
            Kind::Write => self.writes.push(job),
        }
    }
}
