//! `cargo xtask console`: builds the console and packs it into the file that the binary carries.
//!
//! `--check` builds it and compares instead of writing. Only this needs Node.js; building Warmfront does not.

use std::ffi::OsString;
use std::fs;
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

/// Makes Node.js and the packages of the lock file present; packages that are there stay until it changes.
///
/// # Errors
/// When that fails.
pub fn prepare() -> Result<(), Failure> {
    run::install(&run::missing_node())?;
    let lock = workspace::read(&format!("{SOURCES}/package-lock.json"))?;
    // npm empties its folder before it begins, so that a stamp in there is never older than what is beside it.
    let stamp = workspace::root().join(SOURCES).join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == lock) {
        return Ok(());
    }
    run::run(inside("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))?;
    Ok(fs::write(stamp, lock)?)
}

/// Names the browser of the tests.
const BROWSER: &str = "CHROMIUM";

/// A browser for the tests, installed when it is missing.
///
/// # Errors
/// When there is none and it cannot be installed.
pub fn browser() -> Result<OsString, Failure> {
    let browser = std::env::var_os(BROWSER).unwrap_or_else(|| "/usr/bin/chromium".into());
    let is_missing = !run::works(run::command(&browser, &["--version"]));
    run::install(if is_missing { &["chromium"] } else { &[] })?;
    Ok(browser)
}

/// Forms, tables and rules, in jsdom.
///
/// # Errors
/// When what they need cannot be made present.
pub fn unit_tests() -> Result<Command, Failure> {
    prepare()?;
    let mut tests = inside("npm", &["test"]);
    tests.env("NO_COLOR", "1");
    Ok(tests)
}

/// The console in a real browser, one file at a time: each has a browser and a server of its own.
///
/// # Errors
/// When what they need cannot be made present.
pub fn browser_tests() -> Result<Command, Failure> {
    prepare()?;
    let mut tests = run::command("node", &["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    let files = workspace::files("tests/console", &[".test.mjs"])?;
    tests.args(files.iter().map(|file| &file.path)).env(BROWSER, browser()?);
    tests.env("WARMFRONT_CONSOLE_SHOTS", workspace::target().join("console"));
    Ok(tests)
}

/// A command that runs where the sources are.
pub fn inside(program: &str, arguments: &[&str]) -> Command {
    let mut command = run::command(program, arguments);
    command.current_dir(workspace::root().join(SOURCES));
    command
}
