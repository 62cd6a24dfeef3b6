//! Idle connections and turns: who may use or open a connection to an origin, and which one.
//!
//! A request first takes a turn (bounded per origin), then an idle connection, the last used first. Because a new
//! connection is opened only while none is idle, open connections never outnumber turns. Idle ones are closed after
//! the origin's keep-alive timeout (F08) by a task that lives only while there are any.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use rules::request::Scheme;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::link::{Link, Settled};
use crate::tls::Names;

/// The longest the closing of an expired idle connection is put off. Expired ones are never used.
const SWEEP_AT_LEAST_EVERY: Duration = Duration::from_secs(1);

/// How long a connection whose response nobody follows any more may take to become idle.
const SETTLE_LIMIT: Duration = Duration::from_secs(1);

/// What two requests must agree on to use the same connection. The accepted names are part of it because the
/// certificate was checked against them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) scheme: Scheme,
    pub(crate) host: Arc<str>,
    pub(crate) port: u16,
    pub(crate) tls_name: Arc<str>,
    pub(crate) accepted_names: Names,
}

/// The connections of one worker.
pub(crate) struct Pool {
    max_per_origin: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    groups: HashMap<Key, Group>,
    sweeping: bool,
}

struct Group {
    turns: Arc<Semaphore>,
    idle: Vec<Idle>,
}

struct Idle {
    link: Link,
    expires: Instant,
}

/// The right to use one connection to an origin.
pub(crate) struct Turn {
    pool: Arc<Pool>,
    key: Key,
    permit: Option<OwnedSemaphorePermit>,
}

/// A connection in use. Dropped, it is closed; settled, it may go back to the pool.
pub(crate) struct Lease {
    // Declared before the turn: the connection is closed before the turn is passed on.
    link: Link,
    keepalive_timeout: Duration,
    turn: Turn,
}

// === impl Pool ===

impl Pool {
    pub(crate) fn new(max_per_origin: usize) -> Arc<Self> {
        let max_per_origin = max_per_origin.clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self { max_per_origin, state: Mutex::default() })
    }

    /// Waits for a turn. Cancel-safe: a waiter that is dropped leaves the queue.
    pub(crate) async fn turn(self: &Arc<Self>, key: &Key) -> Turn {
        let turns = {
            let mut state = self.state();
            let group = state.groups.entry(key.clone()).or_insert_with(|| self.group());
            Arc::clone(&group.turns)
        };
        // The semaphore is never closed; without a permit the turn would merely not be counted.
        let mut turn = Turn { pool: Arc::clone(self), key: key.clone(), permit: None };
        turn.permit = turns.acquire_owned().await.ok();
        turn
    }

    fn group(&self) -> Group {
        Group { turns: Arc::new(Semaphore::new(self.max_per_origin)), idle: Vec::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes back a connection that is idle.
    fn put(self: &Arc<Self>, key: &Key, link: Link, keepalive_timeout: Duration) {
        let Ok(runtime) = Handle::try_current() else { return };
        let mut state = self.state();
        let Some(group) = state.groups.get_mut(key) else { return };
        if group.idle.len() >= self.max_per_origin {
            return;
        }
        group.idle.push(Idle { link, expires: Instant::now() + keepalive_timeout });
        if !std::mem::replace(&mut state.sweeping, true) {
            drop(runtime.spawn(sweep(Arc::downgrade(self))));
        }
    }

    /// Closes what has expired; says when to look again, `None` when nothing is idle any more.
    fn expire(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut state = self.state();
        for group in state.groups.values_mut() {
            group.idle.retain(|idle| idle.expires > now && idle.link.is_ready());
        }
        state.groups.retain(|_, group| !group.is_unused());
        let next = state.groups.values().flat_map(|group| &group.idle).map(|idle| idle.expires).min();
        state.sweeping = next.is_some();
        next.map(|next| next.min(now + SWEEP_AT_LEAST_EVERY))
    }

    /// Forgets a group that nobody uses: forwarded names make keys viewer-controlled.
    fn forget_if_unused(&self, key: &Key) {
        let mut state = self.state();
        if state.groups.get(key).is_some_and(Group::is_unused) {
            state.groups.remove(key);
        }
    }
}

impl Group {
    fn is_unused(&self) -> bool {
        self.idle.is_empty() && Arc::strong_count(&self.turns) == 1
    }
}

async fn sweep(pool: Weak<Pool>) {
    while let Some(next) = pool.upgrade().and_then(|pool| pool.expire()) {
        tokio::time::sleep_until(next).await;
    }
}

// === impl Turn ===

impl Turn {
    /// An idle connection that is still open, the last used first.
    pub(crate) fn idle_link(&self) -> Option<Link> {
        let now = Instant::now();
        let mut state = self.pool.state();
        let group = state.groups.get_mut(&self.key)?;
        while let Some(idle) = group.idle.pop() {
            if idle.expires > now && idle.link.is_ready() {
                return Some(idle.link);
            }
        }
        None
    }

    /// Puts a connection to use.
    pub(crate) fn lease(self, link: Link, keepalive_timeout: Duration) -> Lease {
        Lease { link, keepalive_timeout, turn: self }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.permit = None;
        self.pool.forget_if_unused(&self.key);
    }
}

// === impl Lease ===

impl Lease {
    /// The connection.
    pub(crate) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Hands an idle connection back.
    pub(crate) fn check_in(self) {
        let Self { link, keepalive_timeout, turn } = self;
        turn.pool.put(&turn.key, link, keepalive_timeout);
    }

    /// Hands the connection back as soon as it is idle, without anybody waiting for it.
    pub(crate) fn check_in_when_idle(mut self) {
        if self.link.is_ready() {
            return self.check_in();
        }
        let Ok(runtime) = Handle::try_current() else { return };
        drop(runtime.spawn(async move {
            let settled = std::future::poll_fn(|cx| self.poll_settled(cx));
            if tokio::time::timeout(SETTLE_LIMIT, settled).await == Ok(Settled::Reusable) {
                self.check_in();
            }
        }));
    }

    /// Waits until the connection is idle again or closed.
    pub(crate) fn poll_settled(&mut self, cx: &mut Context<'_>) -> Poll<Settled> {
        self.link.poll_settled(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tls_name: &str) -> Key {
        Key {
            scheme: Scheme::Https,
            host: "origin.example".into(),
            port: 443,
            tls_name: tls_name.into(),
            accepted_names: Arc::default(),
        }
    }

    #[tokio::test]
    async fn nothing_is_remembered_about_an_origin_without_turns_and_idle_connections() {
        let pool = Pool::new(1);
        let (one, other) = (pool.turn(&key("a")).await, pool.turn(&key("b")).await);
        assert_eq!(pool.state().groups.len(), 2);
        drop(one);
        assert_eq!(pool.state().groups.len(), 1);
        // A waiter that gives up leaves nothing behind either.
        let waiter = key("b");
        tokio::select! {
            biased;
            _ = pool.turn(&waiter) => unreachable!("there is one turn"),
            () = std::future::ready(()) => {}
        }
        drop(other);
        assert!(pool.state().groups.is_empty());
    }
}
