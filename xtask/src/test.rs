//! `cargo xtask test`: the checks, then every suite, then one line with the sum of all of them.
//!
//! Everything is built once with the settings of the tests, so that the binary that real clients talk to and
//! the libraries that the Rust suites use are the same. The suites go on after a failure, so that one run
//! shows everything that is wrong.

use std::path::Path;

use crate::check;
use crate::python;
use crate::run::{self, Failure};
use crate::summary::Summary;
use crate::workspace;

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
    let interpreter = python::interpreter()?;
    run::run(run::cargo(&["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    rust_suites(&interpreter, &mut summary)?;
    client_suite(&interpreter, &mut summary)?;
    println!("\n{summary}");
    match (checked, summary.failed) {
        (Ok(()), 0) => Ok(()),
        (Ok(()), failed) => Err(Failure(format!("{failed} tests failed"))),
        (Err(failure), _) => Err(failure),
    }
}

/// Unit tests, tables, golden pairs, scripts, contracts and the examples in the documentation.
fn rust_suites(interpreter: &Path, summary: &mut Summary) -> Result<(), Failure> {
    let mut tests = run::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    // The drift test of `shapes` reads CloudFront's public model out of botocore.
    tests.env("WARMFRONT_BOTOCORE_PYTHON", interpreter);
    let before = *summary;
    let succeeded = run::watch(tests, |line| summary.look(line))?;
    summary.note_end(before, succeeded);
    Ok(())
}

/// boto3 and the AWS CLI against the real binary.
fn client_suite(interpreter: &Path, summary: &mut Summary) -> Result<(), Failure> {
    let mut tests = run::command(interpreter, &["-m", "pytest", "tests/clients"]);
    tests.env("WARMFRONT", workspace::target().join("debug/warmfront"));
    let before = *summary;
    let succeeded = run::watch(tests, |line| summary.look(line))?;
    summary.note_end(before, succeeded);
    Ok(())
}
