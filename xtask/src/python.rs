//! The Python environment of the tests with real clients: made once below the build folder, from pinned
//! versions, and made again when the pins change.

use std::fs;
use std::path::PathBuf;

use crate::run::{self, Failure};
use crate::workspace;

/// What is installed; every version is pinned.
const REQUIREMENTS: &str = "tests/clients/requirements.txt";

/// The interpreter of an environment that has everything in `tests/clients/requirements.txt`.
///
/// # Errors
/// When Python or its venv module is missing and cannot be installed, or pip fails.
pub fn interpreter() -> Result<PathBuf, Failure> {
    let pins = workspace::read(REQUIREMENTS)?;
    let folder = workspace::target().join("python");
    let (interpreter, stamp) = (folder.join("bin/python"), folder.join("installed.txt"));
    let is_current = fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins);
    if is_current && run::works(run::command(&interpreter, &["-c", "import boto3, pytest"])) {
        return Ok(interpreter);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    run::install(&missing())?;
    let folder_text = folder.to_string_lossy();
    run::run(run::command("python3", &["-m", "venv", &folder_text]))?;
    run::run(run::command(
        &interpreter,
        &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS],
    ))?;
    fs::write(&stamp, pins)?;
    Ok(interpreter)
}

/// Debian packages that the environment needs and that are not there.
fn missing() -> Vec<&'static str> {
    let has_python = run::works(run::command("python3", &["--version"]));
    // `ensurepip` is what a Debian machine without python3-venv lacks.
    let has_venv = run::works(run::command("python3", &["-c", "import venv, ensurepip"]));
    match (has_python, has_venv) {
        (true, true) => Vec::new(),
        (true, false) => vec!["python3-venv"],
        (false, _) => vec!["python3", "python3-venv"],
    }
}
