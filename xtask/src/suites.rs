//! The suites that `cargo xtask test` adds up. Each says where its counts come from; one that cannot even be
//! prepared counts as a failure, and the others still run.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::console;
use crate::javascript;
use crate::python;
use crate::run::{self, Failure};
use crate::summary::Summary;
use crate::workspace;

/// The manifest of the tests with the AWS SDK for Rust, a workspace of its own.
pub const RUST_SDK: &str = "tests/clients/rust-sdk/Cargo.toml";

/// Names another binary to test.
pub const BINARY: &str = "WARMFRONT";

/// A suite: what it is called in the summary, and the command that runs it once everything it needs is there.
struct Suite {
    name: &'static str,
    prepare: fn() -> Result<Command, Failure>,
}

const RUST: Suite = Suite { name: "Rust", prepare: rust };

const CONSOLE: [Suite; 2] = [
    Suite { name: "the console's forms and rules", prepare: console::unit_tests },
    Suite { name: "the console in a browser, and its pack", prepare: browser },
];

const CLIENTS: [Suite; 3] = [
    Suite { name: "boto3, the AWS CLI, Ansible and Cloud Custodian", prepare: pytest },
    Suite { name: "the AWS SDK for JavaScript", prepare: node },
    Suite { name: "the AWS SDK for Rust", prepare: rust_sdk },
];

/// Everything: our own tests, those of the console, then those with real clients.
pub fn all(summary: &mut Summary) {
    RUST.run(summary);
    CONSOLE.iter().for_each(|suite| suite.run(summary));
    clients(summary);
}

/// The tests with real clients, against the binary that is there.
pub fn clients(summary: &mut Summary) {
    CLIENTS.iter().for_each(|suite| suite.run(summary));
}

impl Suite {
    fn run(&self, summary: &mut Summary) {
        let (before, started) = (*summary, Instant::now());
        let succeeded = (self.prepare)().and_then(|command| run::watch(command, |line| summary.look(line)));
        if let Err(failure) = &succeeded {
            println!("\n{}: {failure}", self.name);
        }
        summary.note_end(before, matches!(succeeded, Ok(true)));
        let (passed, failed) = (summary.passed - before.passed, summary.failed - before.failed);
        println!("\n-- {}: {passed} passed, {failed} failed, {} s", self.name, started.elapsed().as_secs());
    }
}

/// Unit tests, tables, golden pairs, scripts, contracts and the examples in the documentation.
fn rust() -> Result<Command, Failure> {
    let mut tests = run::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    // The drift test of `shapes` reads CloudFront's public model out of botocore.
    tests.env("WARMFRONT_BOTOCORE_PYTHON", python::interpreter()?);
    Ok(tests)
}

fn pytest() -> Result<Command, Failure> {
    let mut tests = run::command(python::interpreter()?, &["-m", "pytest", "tests/clients"]);
    tests.env("WARMFRONT_ANSIBLE", python::ansible()?).env("WARMFRONT_CUSTODIAN", python::custodian()?);
    tests.env("WARMFRONT_MOTO", python::moto()?);
    Ok(against_the_binary(tests))
}

fn node() -> Result<Command, Failure> {
    let modules = javascript::modules()?;
    let mut tests = run::command("node", &["--test", "--test-reporter=spec"]);
    let files = workspace::files("tests/clients/javascript", &[".test.js"])?;
    tests.args(files.iter().map(|file| &file.path)).env("NODE_PATH", modules);
    // The SDK announces years ahead which versions of Node.js it will want.
    tests.env("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
    Ok(against_the_binary(tests))
}

fn browser() -> Result<Command, Failure> {
    console::browser_tests().map(against_the_binary)
}

/// Built apart from the product, with a lock file and a build folder of its own.
fn rust_sdk() -> Result<Command, Failure> {
    let folder = workspace::target().join("rust-sdk");
    let mut tests = run::cargo(&["test", "--locked", "--no-fail-fast", "--manifest-path", RUST_SDK]);
    tests.arg("--target-dir").arg(folder).env_remove("CARGO_TARGET_DIR");
    Ok(against_the_binary(tests))
}

/// The binary that is tested: the one that `WARMFRONT` names, otherwise the one that was built for the tests.
pub fn binary() -> PathBuf {
    std::env::var_os(BINARY).map_or_else(|| workspace::target().join("debug/warmfront"), PathBuf::from)
}

fn against_the_binary(mut tests: Command) -> Command {
    tests.env(BINARY, binary());
    tests
}
