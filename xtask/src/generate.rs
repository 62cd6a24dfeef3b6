//! Writes the pages that are made from tables or from the tests. Each page is checked by a test that does
//! the same and compares; with `UPDATE_GOLDEN` set, that test writes instead.

use crate::run::{self, Failure};

/// `docs/compatibility.md`: what becomes of each setting.
///
/// # Errors
/// When the test program cannot be built or fails.
pub fn docs(_: &[String]) -> Result<(), Failure> {
    update(&["test", "--package", "compile", "--test", "compatibility_page", "--locked"])
}

/// `docs/coverage.md`: which test proves which behavior.
///
/// # Errors
/// When the test program cannot be built or fails.
pub fn coverage(_: &[String]) -> Result<(), Failure> {
    update(&["test", "--package", "testkit", "--test", "coverage", "--locked"])
}

fn update(arguments: &[&str]) -> Result<(), Failure> {
    let mut test = run::cargo(arguments);
    test.env("UPDATE_GOLDEN", "1");
    run::run(test)
}
