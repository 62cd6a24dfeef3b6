//! `cargo xtask check`: formatting, lints, documentation and the house rules.

use crate::run::{self, Failure};
use crate::tidy;

/// Runs every check; the quick ones first.
///
/// # Errors
/// The first check that fails.
pub fn run(_: &[String]) -> Result<(), Failure> {
    tidy::run()?;
    run::run(run::cargo(&["fmt", "--all", "--check"]))?;
    run::run(run::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ]))?;
    let mut documentation =
        run::cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked", "--quiet"]);
    documentation.env("RUSTDOCFLAGS", "--deny warnings");
    run::run(documentation)
}
