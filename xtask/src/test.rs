//! `cargo xtask test`: the checks, then every suite, then one line with the sum of all of them.
//!
//! Everything is built once with the settings of the tests, so that the binary that real clients talk to and
//! the libraries that the Rust suites use are the same. The suites go on after a failure, so that one run
//! shows everything that is wrong.

use crate::check;
use crate::run::{self, Failure};
use crate::suites;
use crate::summary::Summary;

/// Runs everything.
///
/// # Errors
/// When a check or a test fails.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut summary = Summary::default();
    let checked = check::run(arguments);
    if let Err(failure) = &checked {
        println!("\nthe checks failed: {failure}");
    }
    run::run(run::cargo(&["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    suites::all(&mut summary);
    checked.and(end(summary))
}

/// Runs the suites with real clients only, against the binary that `WARMFRONT` names when it is set.
///
/// # Errors
/// When a test fails.
pub fn clients(_: &[String]) -> Result<(), Failure> {
    let mut summary = Summary::default();
    if std::env::var_os(suites::BINARY).is_none() {
        run::run(run::cargo(&["build", "--package", "server", "--locked"]))?;
    }
    suites::clients(&mut summary);
    end(summary)
}

fn end(summary: Summary) -> Result<(), Failure> {
    println!("\n{summary}");
    match summary.failed {
        0 => Ok(()),
        failed => Err(Failure(format!("{failed} tests failed"))),
    }
}
