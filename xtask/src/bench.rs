//! `cargo xtask bench`: builds with optimization, makes nginx and wrk present, and lets `benches/run.py`
//! measure; `cargo xtask bench api` measures the API alone. Never part of the tests: what a clock says depends on the machine and its other work.

use crate::python;
use crate::run::{self, Failure};
use crate::workspace;

/// Measures; arguments go to `benches/run.py`, those after `api` to `crates/server/benches/api`.
///
/// # Errors
/// When something is missing, does not build, or answers wrongly while being measured.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(("api", arguments)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return api(arguments);
    }
    let missing: Vec<&str> = ["nginx", "wrk", "taskset"]
        .into_iter()
        .filter(|program| !is_there(program))
        .map(|program| if program == "taskset" { "util-linux" } else { program })
        .collect();
    run::install(&missing)?;
    let interpreter = python::interpreter()?;
    run::run(run::cargo(&["build", "--release", "--locked", "--bin", "warmfront"]))?;
    let mut measure = run::command(interpreter, &["benches/run.py"]);
    measure.args(arguments).env("WARMFRONT", workspace::target().join("release/warmfront"));
    run::run(measure)
}

/// Prints tables for `docs/benchmarks.md`; needs nothing but cargo and a few minutes.
fn api(arguments: &[String]) -> Result<(), Failure> {
    let mut measure = run::cargo(&["bench", "--locked", "--package", "server", "--bench", "api", "--"]);
    measure.args(arguments);
    run::run(measure)
}

fn is_there(program: &str) -> bool {
    run::works(run::command("sh", &["-c", &format!("command -v {program}")]))
}
