//! How the API behaves in numbers: calls per second and their percentiles with few and many distributions, memory, the
//! way from an update to the edge, and a start with everything. Started by `cargo xtask bench api`.
//!
//! It decides nothing but what is measured; `measure` does it, `report` prints it as Markdown. Calls are signed and
//! sent by threads of this process, which shares the machine with the server: the numbers are a lower bound.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for measuring, not a library"
)]

mod calls;
mod documents;
mod measure;
mod report;
mod server;

use std::path::PathBuf;
use std::time::Duration;

/// Numbers of distributions, ascending: the same data directory grows from one to the next.
const SIZES: [usize; 2] = [1_000, 10_000];

/// How long each kind of call is measured.
const SECONDS: u64 = 5;

/// What to measure.
struct Plan {
    binary: PathBuf,
    sizes: Vec<usize>,
    per_kind: Duration,
}

fn main() {
    let plan = plan(std::env::args().skip(1));
    let measured = measure::everything(&plan);
    println!("{}", report::markdown(&measured));
}

/// `--distributions 1000,10000 --seconds 5`; other arguments are cargo's and do not matter.
fn plan(mut arguments: impl Iterator<Item = String>) -> Plan {
    let binary =
        std::env::var_os("WARMFRONT").map_or_else(|| env!("CARGO_BIN_EXE_warmfront").into(), PathBuf::from);
    let mut plan = Plan { binary, sizes: SIZES.to_vec(), per_kind: Duration::from_secs(SECONDS) };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--distributions" => {
                let sizes = arguments.next().expect("--distributions is followed by numbers");
                plan.sizes = sizes.split(',').map(|size| size.parse().expect("a number")).collect();
                plan.sizes.sort_unstable();
            }
            "--seconds" => {
                let seconds = arguments.next().expect("--seconds is followed by a number");
                plan.per_kind = Duration::from_secs(seconds.parse().expect("a number"));
            }
            _ => {}
        }
    }
    plan
}
