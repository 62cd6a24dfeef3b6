//! The queues of S3-FIFO: small for newcomers, main for what was used again, ghost for who left early.
//!
//! Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache eviction" (SOSP 2023), weighted by
//! bytes. A hit moves nothing. Nodes of slots that are gone stay in the queues until they come to the front
//! or make up half of them.

use std::collections::{HashSet, VecDeque};

use rules::cache_key::CacheKey;

/// Share of the bytes that newcomers have, as a divisor.
const SMALL_SHARE: u64 = 10;
/// The ghost remembers at least so many keys.
const MIN_GHOSTS: usize = 64;
/// Dead nodes that are tolerated in any case.
const MIN_DEAD: usize = 64;

/// Which queue a slot is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    Main,
    Small,
}

/// A key in a queue. The ticket tells the slot it was made for from a later one of the same key.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) key: CacheKey,
    pub(crate) ticket: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Queues {
    small: VecDeque<Node>,
    main: VecDeque<Node>,
    small_bytes: u64,
    main_bytes: u64,
    ghosts: VecDeque<u64>,
    ghost_set: HashSet<u64>,
    dead: usize,
    tickets: u64,
}

impl Queues {
    /// The queue and the ticket for a slot that is new.
    pub(crate) fn admit(&mut self, key: &CacheKey, weight: u64) -> (Queue, u64) {
        self.tickets += 1;
        let queue = if self.ghost_set.remove(&key.hash64()) { Queue::Main } else { Queue::Small };
        self.push(queue, Node { key: key.clone(), ticket: self.tickets }, weight);
        (queue, self.tickets)
    }

    pub(crate) fn push(&mut self, queue: Queue, node: Node, weight: u64) {
        *self.bytes(queue) += weight;
        self.nodes(queue).push_back(node);
    }

    /// The front of the queue whose turn it is; with `is_flipped`, of the other one, because what is in the
    /// first is in use. Its weight is still counted: the caller pushes it back, or takes it out with
    /// [`Self::subtract`], or, if its slot is gone, reports it with [`Self::bury`].
    pub(crate) fn pop(&mut self, is_flipped: bool) -> Option<(Queue, Node)> {
        let small_is_over = self.small_bytes >= (self.small_bytes + self.main_bytes) / SMALL_SHARE;
        let order = match small_is_over != is_flipped {
            true => [Queue::Small, Queue::Main],
            false => [Queue::Main, Queue::Small],
        };
        order.into_iter().find_map(|queue| Some((queue, self.nodes(queue).pop_front()?)))
    }

    /// A slot left the queue, or became lighter.
    pub(crate) fn subtract(&mut self, queue: Queue, weight: u64) {
        let bytes = self.bytes(queue);
        *bytes = bytes.saturating_sub(weight);
    }

    /// A slot changed its weight where it is.
    pub(crate) fn reweigh(&mut self, queue: Queue, old: u64, new: u64) {
        self.subtract(queue, old);
        *self.bytes(queue) += new;
    }

    /// A slot was removed, its node is still in its queue.
    pub(crate) fn abandon(&mut self, queue: Queue, weight: u64) {
        self.subtract(queue, weight);
        self.dead += 1;
    }

    /// A node without a slot was popped.
    pub(crate) fn bury(&mut self) {
        self.dead = self.dead.saturating_sub(1);
    }

    /// Sweeps the nodes without a slot when they outnumber those with one.
    pub(crate) fn sweep(&mut self, is_alive: impl Fn(&Node) -> bool) {
        if self.dead > MIN_DEAD && self.dead * 2 > self.small.len() + self.main.len() {
            self.small.retain(&is_alive);
            self.main.retain(&is_alive);
            self.dead = 0;
        }
    }

    /// Remembers a newcomer that was evicted, among at most `live` others.
    pub(crate) fn haunt(&mut self, key: &CacheKey, live: usize) {
        if self.ghost_set.insert(key.hash64()) {
            self.ghosts.push_back(key.hash64());
        }
        while self.ghosts.len() > live.max(MIN_GHOSTS) {
            if let Some(oldest) = self.ghosts.pop_front() {
                self.ghost_set.remove(&oldest);
            }
        }
    }

    fn nodes(&mut self, queue: Queue) -> &mut VecDeque<Node> {
        match queue {
            Queue::Main => &mut self.main,
            Queue::Small => &mut self.small,
        }
    }

    fn bytes(&mut self, queue: Queue) -> &mut u64 {
        match queue {
            Queue::Main => &mut self.main_bytes,
            Queue::Small => &mut self.small_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::cache_key::Variant;

    fn key(number: usize) -> CacheKey {
        CacheKey::new("E1", Variant::Get, &format!("/{number}"), b"")
    }

    #[test]
    fn nodes_without_a_slot_are_swept_before_they_outnumber_the_others() {
        let mut queues = Queues::default();
        for number in 0..10_000 {
            let (queue, _) = queues.admit(&key(number), 10);
            if number >= 100 {
                queues.abandon(queue, 10);
                queues.sweep(|node| node.ticket <= 100);
            }
        }
        assert!(queues.small.len() <= 100 + 100 + MIN_DEAD, "{}", queues.small.len());
        assert_eq!(queues.small_bytes, 1_000);
    }

    #[test]
    fn who_left_early_and_comes_back_is_no_newcomer() {
        let mut queues = Queues::default();
        queues.haunt(&key(1), 0);
        assert_eq!(queues.admit(&key(1), 10).0, Queue::Main);
        assert_eq!(queues.admit(&key(2), 10).0, Queue::Small);
        (10..200).for_each(|number| queues.haunt(&key(number), 0));
        assert_eq!(queues.ghosts.len(), MIN_GHOSTS);
        assert_eq!(queues.admit(&key(10), 10).0, Queue::Small, "forgotten by now");
    }
}
