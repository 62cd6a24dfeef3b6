//! Slows down whoever guesses: failures are counted for each address together with the access key id that was tried, and
//! for each address alone. Beyond a number that mistakes explain, the address must wait, twice as long each time.
//!
//! The counts of an address never concern another one: nobody can lock out the owner of a key by guessing at it from
//! elsewhere. What is remembered is bounded; ids are kept as keyed hashes, because people paste secrets into the wrong field.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failures with one access key id after which its next attempts from the same address must wait.
const FREE_FOR_A_KEY: u32 = 10;
/// Failures with any ids after which everything from an address must wait.
const FREE_FOR_AN_ADDRESS: u32 = 100;
/// The longest wait, in seconds.
const MAX_WAIT_S: u64 = 900;
/// Failures that are older are forgotten.
const FORGET_MS: u64 = 3_600_000;
/// Counters that are kept at most, each some fifty bytes.
const MAX_COUNTERS: usize = 10_000;

/// Counters of failed attempts.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    hasher: RandomState,
    counters: Mutex<HashMap<Subject, Failures>>,
}

/// What is counted: an address with a key id, or an address with all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Subject {
    network: IpAddr,
    key: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_ms: u64,
}

// === impl Attempts ===

impl Attempts {
    /// Seconds after which the address may try the id again; `None` when it may now.
    pub(super) fn wait_s(&self, peer: IpAddr, access_key_id: &str, now_ms: u64) -> Option<u64> {
        let counters = self.counters();
        let waits = self.subjects(peer, access_key_id).map(|subject| {
            counters.get(&subject).map_or(0, |failures| failures.wait_ms(subject.free(), now_ms))
        });
        waits.into_iter().max().filter(|wait_ms| *wait_ms > 0).map(|wait_ms| wait_ms.div_ceil(1000))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, peer: IpAddr, access_key_id: &str, now_ms: u64) {
        let mut counters = self.counters();
        for subject in self.subjects(peer, access_key_id) {
            make_room(&mut counters, now_ms);
            let failures = counters.entry(subject).or_insert(Failures { count: 0, last_ms: now_ms });
            let before = if failures.is_forgotten(now_ms) { 0 } else { failures.count };
            *failures = Failures { count: before.saturating_add(1), last_ms: now_ms };
        }
    }

    /// Forgets the failures of whoever has shown that the key is theirs. What the address did to other keys stays.
    pub(super) fn succeeded(&self, peer: IpAddr, access_key_id: &str) {
        let mut counters = self.counters();
        if counters.is_empty() {
            return;
        }
        for subject in self.subjects(peer, access_key_id) {
            counters.remove(&subject);
        }
    }

    fn subjects(&self, peer: IpAddr, access_key_id: &str) -> [Subject; 2] {
        let network = network(peer);
        [Some(self.hasher.hash_one(access_key_id)), None].map(|key| Subject { network, key })
    }

    fn counters(&self) -> MutexGuard<'_, HashMap<Subject, Failures>> {
        // The map is whole whatever happened to another holder of the lock.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Subject ===

impl Subject {
    const fn free(self) -> u32 {
        if self.key.is_some() { FREE_FOR_A_KEY } else { FREE_FOR_AN_ADDRESS }
    }
}

// === impl Failures ===

impl Failures {
    fn wait_ms(self, free: u32, now_ms: u64) -> u64 {
        let Some(beyond) = self.count.checked_sub(free) else { return 0 };
        if self.is_forgotten(now_ms) {
            return 0;
        }
        let wait_s = 1_u64.checked_shl(beyond).unwrap_or(MAX_WAIT_S).clamp(1, MAX_WAIT_S);
        self.last_ms.saturating_add(wait_s * 1000).saturating_sub(now_ms)
    }

    /// Old, or from a future that a reset of the clock has taken back.
    const fn is_forgotten(self, now_ms: u64) -> bool {
        now_ms < self.last_ms || now_ms - self.last_ms > FORGET_MS
    }
}

/// Leaves a place free: what is forgotten goes first, else the older half.
fn make_room(counters: &mut HashMap<Subject, Failures>, now_ms: u64) {
    if counters.len() < MAX_COUNTERS {
        return;
    }
    counters.retain(|_, failures| !failures.is_forgotten(now_ms));
    if counters.len() < MAX_COUNTERS {
        return;
    }
    let mut moments: Vec<u64> = counters.values().map(|failures| failures.last_ms).collect();
    let middle = moments.len() / 2;
    let (_, median, _) = moments.select_nth_unstable(middle);
    let (median, mut left) = (*median, middle);
    counters.retain(|_, failures| {
        let stays = failures.last_ms >= median && left > 0;
        left -= usize::from(stays);
        stays
    });
}

/// Whose address it is: for IPv6 the network of 64 bits, of which one machine has every address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            std::net::Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));
    const NOW_MS: u64 = 1_000_000_000;

    fn after(failures: u32) -> Attempts {
        let attempts = Attempts::default();
        (0..failures).for_each(|_| attempts.failed(HERE, "KEY", NOW_MS));
        attempts
    }

    #[test]
    fn mistakes_are_free_and_then_every_wait_is_twice_as_long_up_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = [0, 1, 9, 10, 11, 12, 19, 20, 99, 1000]
            .map(|failures| after(failures).wait_s(HERE, "KEY", NOW_MS))
            .into();
        let expected = [0, 0, 0, 1, 2, 4, 512, 900, 900, 900];
        assert_eq!(waits, expected.map(|wait_s| Some(wait_s).filter(|wait_s| *wait_s > 0)));
    }

    #[test]
    fn a_wait_ends_and_failures_are_forgotten_after_an_hour() {
        let attempts = after(12);
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS + 3_001), Some(1));
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS + 4_000), None);
        attempts.failed(HERE, "KEY", NOW_MS + 4_000);
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS + 4_000), Some(8));
        attempts.failed(HERE, "KEY", NOW_MS + 4_001 + FORGET_MS);
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS + 4_001 + FORGET_MS), None);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        assert_eq!(after(20).wait_s(HERE, "KEY", NOW_MS - 1), None);
    }

    #[test]
    fn another_address_and_another_key_are_not_concerned() {
        let attempts = after(50);
        assert!(attempts.wait_s(HERE, "KEY", NOW_MS).is_some());
        assert_eq!(attempts.wait_s(THERE, "KEY", NOW_MS), None);
        assert_eq!(attempts.wait_s(HERE, "OTHER", NOW_MS), None);
    }

    #[test]
    fn an_address_that_tries_many_keys_must_wait_with_all_of_them() {
        let attempts = Attempts::default();
        (0..99).for_each(|number| attempts.failed(HERE, &format!("KEY{number}"), NOW_MS));
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS), None);
        attempts.failed(HERE, "KEY99", NOW_MS);
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS), Some(1));
        assert_eq!(attempts.wait_s(THERE, "KEY", NOW_MS), None);
    }

    #[test]
    fn success_with_one_key_does_not_forgive_guesses_at_another() {
        let attempts = after(50);
        attempts.succeeded(HERE, "OTHER");
        assert!(attempts.wait_s(HERE, "KEY", NOW_MS).is_some());
        attempts.succeeded(HERE, "KEY");
        assert_eq!(attempts.wait_s(HERE, "KEY", NOW_MS), None);
    }

    #[test]
    fn one_machine_with_many_addresses_of_ipv6_is_one() {
        let attempts = Attempts::default();
        for number in 0..20 {
            attempts.failed(format!("2001:db8::{number}").parse().unwrap(), "KEY", NOW_MS);
        }
        assert!(attempts.wait_s("2001:db8::ffff:1".parse().unwrap(), "KEY", NOW_MS).is_some());
        assert_eq!(attempts.wait_s("2001:db8:0:1::1".parse().unwrap(), "KEY", NOW_MS), None);
        (0..20).for_each(|_| attempts.failed("::ffff:192.0.2.2".parse().unwrap(), "KEY", NOW_MS));
        assert!(attempts.wait_s(THERE, "KEY", NOW_MS).is_some());
    }

    #[test]
    fn strangers_without_end_fill_no_memory_and_the_newest_stay() {
        let attempts = Attempts::default();
        for number in 0..20_000_u32 {
            let peer = IpAddr::V4(std::net::Ipv4Addr::from_bits(number));
            attempts.failed(peer, "KEY", NOW_MS + u64::from(number / 100));
            assert!(attempts.counters().len() <= MAX_COUNTERS);
        }
        (0..10).for_each(|_| attempts.failed(HERE, "KEY", NOW_MS + 200));
        assert!(attempts.wait_s(HERE, "KEY", NOW_MS + 200).is_some());
    }
}
