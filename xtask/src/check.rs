//! `cargo xtask check`: formatting, lints, documentation and the house rules.

use crate::run::{self, Failure};
use crate::suites::RUST_SDK;
use crate::tidy;

/// Runs every check; the quick ones first.
///
/// # Errors
/// The first check that fails.
pub fn run(_: &[String]) -> Result<(), Failure> {
    tidy::run()?;
    run::run(run::cargo(&["fmt", "--all", "--check"]))?;
    run::run(run::cargo(&["fmt", "--manifest-path", RUST_SDK, "--check"]))?;
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
    // Private items are documented too, so links to them lead somewhere.
    documentation.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private-intra-doc-links");
    run::run(documentation)
}
