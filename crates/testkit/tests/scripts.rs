//! Performs every script under `tests/scripts`, each as a test of its own, named by its path.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let root = testkit::repository().join("tests/scripts");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let trials = paths.into_iter().map(|path| trial(&root, path)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("tests/scripts is part of the repository");
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "edge") {
            paths.push(path);
        }
    }
}

fn trial(root: &Path, path: PathBuf) -> Trial {
    let name = path.strip_prefix(root).unwrap_or(&path).with_extension("").display().to_string();
    let cited = format!("tests/scripts/{name}.edge");
    Trial::test(name, move || {
        let source = fs::read_to_string(&path).map_err(|error| Failed::from(error.to_string()))?;
        testkit::play::run(&cited, &source).map_err(Failed::from)
    })
}
