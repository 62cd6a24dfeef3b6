//! Who follows a fill, and how far each one got.

use std::task::{Context, Waker};

use tokio::time::Instant;

/// One reader of a body that is being filled.
#[derive(Debug)]
pub(crate) struct Follower {
    /// Offset of the next byte that it will take.
    pub(crate) position: u64,
    /// When it last took something; only kept up to date for fills that are not kept.
    pub(crate) taken_at: Instant,
    serial: u64,
    waker: Option<Waker>,
}

/// A place among the followers. The serial number tells a follower from the next one in the same place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    index: usize,
    serial: u64,
}

impl Follower {
    pub(crate) fn wait(&mut self, context: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
    }
}

/// The followers by seat. A seat that was left is given to the next one.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    seats: Vec<Option<Follower>>,
    free: Vec<usize>,
    serial: u64,
}

impl Followers {
    pub(crate) fn len(&self) -> usize {
        self.seats.len() - self.free.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn enter(&mut self, position: u64) -> Seat {
        self.serial += 1;
        let serial = self.serial;
        let follower = Some(Follower { position, taken_at: Instant::now(), serial, waker: None });
        let index = self.free.pop().unwrap_or(self.seats.len());
        match self.seats.get_mut(index) {
            Some(empty) => *empty = follower,
            None => self.seats.push(follower),
        }
        Seat { index, serial }
    }

    /// Frees the seat, unless it was taken away before.
    pub(crate) fn leave(&mut self, seat: Seat) {
        if self.at(seat).is_some()
            && let Some(place) = self.seats.get_mut(seat.index)
        {
            *place = None;
            self.free.push(seat.index);
        }
    }

    pub(crate) fn at(&mut self, seat: Seat) -> Option<&mut Follower> {
        self.seats.get_mut(seat.index)?.as_mut().filter(|follower| follower.serial == seat.serial)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Follower> {
        self.seats.iter().flatten()
    }

    /// Where the slowest follower is.
    pub(crate) fn slowest(&self) -> Option<u64> {
        self.iter().map(|follower| follower.position).min()
    }

    /// Starts the stall clocks anew.
    pub(crate) fn excuse(&mut self, now: Instant) {
        self.seats.iter_mut().flatten().for_each(|follower| follower.taken_at = now);
    }

    /// Takes the wakers of all that wait.
    pub(crate) fn wakers(&mut self) -> Vec<Waker> {
        self.seats.iter_mut().flatten().filter_map(|follower| follower.waker.take()).collect()
    }

    /// Unseats the followers that `unseat` picks; answers with their wakers.
    pub(crate) fn cut(&mut self, mut unseat: impl FnMut(&Follower) -> bool) -> Vec<Waker> {
        let mut wakers = Vec::new();
        for (index, place) in self.seats.iter_mut().enumerate() {
            if let Some(cut) = place.take_if(|follower| unseat(follower)) {
                self.free.push(index);
                wakers.extend(cut.waker);
            }
        }
        wakers
    }
}
