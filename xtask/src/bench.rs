//! `cargo xtask bench`: builds with optimization, makes the peers and the tools present, and lets `benches/run.py`
//! measure; `bench soak` lets `benches/soak.py` do its worst for some minutes; `bench api` measures the API alone.
//! Never part of the tests: what a clock says depends on the machine and its other work.

use crate::python;
use crate::run::{self, Failure};
use crate::workspace;

/// What a measurement needs: programs, and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 12] = [
    ("nginx", "nginx"),
    ("haproxy", "haproxy"),
    ("varnishd", "varnish"),
    ("traffic_server", "trafficserver"),
    ("wrk", "wrk"),
    ("h2load", "nghttp2-client"),
    ("curl", "curl"),
    ("openssl", "openssl"),
    ("taskset", "util-linux"),
    ("strace", "strace"),
    ("valgrind", "valgrind"),
    ("cc", "build-essential"),
];

/// Measures; arguments go to `benches/run.py`, those after `soak` to `benches/soak.py`, those after `api` to
/// `crates/server/benches/api`.
///
/// # Errors
/// When something is missing, does not build, or answers wrongly while being measured.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("api", rest)) => api(rest),
        Some(("soak", rest)) => script("benches/soak.py", rest),
        _ => {
            let missing: Vec<&str> = PROGRAMS
                .into_iter()
                .filter(|(program, _)| !is_there(program))
                .map(|(_, package)| package)
                .collect();
            run::install(&missing)?;
            script("benches/run.py", arguments)
        }
    }
}

/// Runs a Python script with the address of a binary that is fit to be measured.
fn script(path: &str, arguments: &[String]) -> Result<(), Failure> {
    let interpreter = python::interpreter()?;
    run::run(run::cargo(&["build", "--release", "--locked", "--bin", "warmfront"]))?;
    let mut measure = run::command(interpreter, &[path]);
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
