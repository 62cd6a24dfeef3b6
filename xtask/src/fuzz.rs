//! `cargo xtask fuzz`: the fuzz targets for longer than the tests run them, with optimization.
//!
//! A target is a test of its room; docs/decisions/0009-fuzzing.md says how they are written.

use crate::run::{self, Failure};

/// How long each target runs when nothing is said.
const SECONDS: &str = "60";

/// Where targets are: package, and how cargo is told the test programs that hold them.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("shapes", &["--test", "fuzz"]),
    ("signing", &["--test", "fuzz"]),
    ("buckets", &["--lib", "policy::fuzz"]),
    ("edge", &["--lib", "h1::tests"]),
];

/// Runs all targets, or those with a name in them: `[NAME] [--seconds N]`.
///
/// # Errors
/// When a target finds something; its output has the seed.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let (mut seconds, mut name) = (SECONDS, None);
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--seconds" => {
                let given = arguments.next().filter(|given| given.parse::<u32>().is_ok());
                seconds = given.ok_or_else(|| Failure("--seconds is followed by a number".into()))?;
            }
            _ => name = Some(argument),
        }
    }
    for (package, program) in PROGRAMS {
        let mut test = run::cargo(&["test", "--release", "--locked", "--package", package]);
        test.args(program).args(name).env("WARMFRONT_FUZZ_SECONDS", seconds);
        run::run(test)?;
    }
    Ok(())
}
