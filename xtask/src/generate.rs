//! Writes the pages that are made from tables or from the tests. Each page is checked by a test that does
//! the same and compares; with a variable set, that test writes instead.

use crate::run::{self, Failure};

/// `docs/compatibility.md`: what becomes of each setting, and of each operation.
///
/// # Errors
/// When the test program cannot be built or fails.
pub fn docs(_: &[String]) -> Result<(), Failure> {
    for package in ["compile", "control"] {
        update(&["test", "--package", package, "--test", "compatibility_page", "--locked"], "UPDATE_GOLDEN")?;
    }
    Ok(())
}

/// `docs/coverage.md`: which test proves which behavior.
///
/// # Errors
/// When the test program cannot be built or fails.
pub fn coverage(_: &[String]) -> Result<(), Failure> {
    update(&["test", "--package", "testkit", "--test", "coverage", "--locked"], "UPDATE_COVERAGE")
}

fn update(arguments: &[&str], variable: &str) -> Result<(), Failure> {
    let mut test = run::cargo(arguments);
    test.env(variable, "1");
    run::run(test)
}
