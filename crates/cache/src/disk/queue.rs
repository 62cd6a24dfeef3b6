//! A queue between those who ask and the threads that do it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::sync::lock;

/// First in, first out; any number of threads on both sides.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let state = State { items: VecDeque::new(), is_closed: false };
        Self { state: Mutex::new(state), ready: Condvar::new() }
    }

    /// Adds an item, unless there are `limit` already or the queue is closed: then it comes back.
    pub(super) fn push(&self, item: T, limit: usize) -> Result<(), T> {
        let mut state = lock(&self.state);
        if state.is_closed || state.items.len() >= limit {
            return Err(item);
        }
        state.items.push_back(item);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for the next item; `None` when the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = lock(&self.state);
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if state.is_closed {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing is added from now on; what is there is still done.
    pub(super) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.ready.notify_all();
    }
}
