//! `cargo xtask bench`: builds with optimization, makes nginx and wrk present, and lets `benches/run.py`
//! measure. Never part of the tests: what a clock says depends on the machine and its other work.

use crate::python;
use crate::run::{self, Failure};
use crate::workspace;

/// Measures; arguments go to `benches/run.py`.
///
/// # Errors
/// When something is missing, does not build, or answers wrongly while being measured.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
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

fn is_there(program: &str) -> bool {
    run::works(run::command("sh", &["-c", &format!("command -v {program}")]))
}
