//! `cargo xtask console`: builds the console and packs it into the file that the binary carries.
//!
//! `--check` builds it and compares instead of writing. Only this needs Node.js; building Warmfront does not.

use std::process::Command;

use crate::run::{self, Failure};
use crate::workspace;

/// Where the sources are.
const SOURCES: &str = "console";

/// Where the pack is, seen from the sources.
const PACK: &str = "../crates/console/console.pack";

/// Builds and packs, or with `--check` compares.
///
/// # Errors
/// When Node.js or npm is missing and cannot be installed, the build fails, or the comparison finds a difference.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let is_check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err(Failure("the only option is --check".to_owned())),
    };
    prepare()?;
    run::run(inside("npm", &["run", "build"]))?;
    let check: &[&str] = if is_check { &["--check"] } else { &[] };
    run::run(inside("node", &[&["pack.mjs", PACK], check].concat()))
}

/// Makes Node.js and the packages of the lock file present.
///
/// # Errors
/// When that fails.
pub fn prepare() -> Result<(), Failure> {
    run::install(&run::missing_node())?;
    run::run(inside("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))
}

/// A command that runs where the sources are.
pub fn inside(program: &str, arguments: &[&str]) -> Command {
    let mut command = run::command(program, arguments);
    command.current_dir(workspace::root().join(SOURCES));
    command
}
