//! How fuzz targets run. A target is a test of its room that calls [`run`] with a property; the property takes what it
//! needs from a finite row of random bytes and panics when it does not hold.
//!
//! A run lasts as long as `WARMFRONT_FUZZ_SECONDS` says, by default [`DEFAULT_SECONDS`], with a new random start each time.
//! A failure prints its seed; `WARMFRONT_FUZZ_SEED` runs that one case again. `cargo xtask fuzz` runs targets for longer.
//! Chosen and argued in docs/decisions/0009-fuzzing.md.

mod corpus;

use std::env;
use std::time::{Duration, Instant};

pub use arbtest::arbitrary::{self, Unstructured};
pub use corpus::{Corpus, read as corpus};

/// What a property answers; an error means that the bytes did not suffice, not that it failed.
pub type Outcome = arbitrary::Result<()>;

/// How long a target runs when nothing is said.
pub const DEFAULT_SECONDS: u64 = 3;

/// The most random bytes for one case.
const MAX_BYTES: u32 = 16 * 1024;

/// Longest that one case may take: far more than any of them needs, far less than one that grows with the square.
const MAX_CASE: Duration = Duration::from_secs(10);

const SECONDS: &str = "WARMFRONT_FUZZ_SECONDS";
const SEED: &str = "WARMFRONT_FUZZ_SEED";

/// Asks the property again and again until the time is over.
///
/// # Panics
/// When the property does, when a case takes longer than ten seconds, or when a variable cannot be read.
pub fn run(mut property: impl FnMut(&mut Unstructured<'_>) -> Outcome) {
    let _hint = Hint;
    let test = arbtest::arbtest(|bytes: &mut Unstructured<'_>| {
        let started = Instant::now();
        let outcome = property(bytes);
        let took = started.elapsed();
        assert!(took < MAX_CASE, "one case took {took:?}; at most {MAX_CASE:?} is accepted");
        outcome
    });
    let test = test.size_max(MAX_BYTES);
    match seed() {
        Some(seed) => test.seed(seed).run(),
        None => test.budget(budget()).run(),
    }
}

fn budget() -> Duration {
    let text = env::var(SECONDS).unwrap_or_else(|_| DEFAULT_SECONDS.to_string());
    Duration::from_secs(text.parse().unwrap_or_else(|_| refuse(SECONDS, &text, "a number of seconds")))
}

fn seed() -> Option<u64> {
    let text = env::var(SEED).ok()?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    Some(
        u64::from_str_radix(digits, 16)
            .unwrap_or_else(|_| refuse(SEED, &text, "a seed as a failure prints it")),
    )
}

#[expect(clippy::panic, reason = "this is how a test says that it cannot run")]
fn refuse<T>(variable: &str, text: &str, accepted: &str) -> T {
    panic!("{variable} is {text:?}; accepted: {accepted}")
}

/// Says how a failure can be seen again; arbtest prints the seed itself.
struct Hint;

impl Drop for Hint {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the same case again: {SEED}=<the seed above> and the same test");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "found")]
    fn a_planted_fault_is_found_before_the_time_is_over() {
        run(|bytes| {
            // One case in 256: also a busy machine gets there.
            let byte: u8 = bytes.arbitrary()?;
            assert!(byte != b'n', "found");
            Ok(())
        });
    }
}
