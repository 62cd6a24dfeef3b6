//! The Python environments of the tests with real clients: one for boto3 and the AWS CLI, which the other
//! suites use too, and one each for Ansible and Cloud Custodian, which bring their own versions of everything.

use std::path::{Path, PathBuf};

use crate::kept;
use crate::run::{self, Failure};
use crate::workspace;

/// What is installed beside boto3 and the AWS CLI; every version is pinned.
const REQUIREMENTS: &str = "tests/clients/requirements.txt";

/// Cloud Custodian, and what it runs on.
const CUSTODIAN: &str = "tests/clients/custodian/requirements.txt";

/// An S3 server of other people's that verifies signatures.
const MOTO: &str = "tests/clients/moto/requirements.txt";

/// What Ansible runs on.
const ANSIBLE: &str = "tests/clients/ansible/requirements.txt";

/// The wheel that has Ansible's modules for CloudFront, with its hash.
const ANSIBLE_MODULES: &str = "tests/clients/ansible/collections.txt";

/// Takes the collections that we need out of that wheel; most of it is for other clouds.
const UNPACK: &str = "tests/clients/ansible/unpack.py";

/// The interpreter of an environment that has everything in `tests/clients/requirements.txt`.
///
/// # Errors
/// When Python or its venv module is missing and cannot be installed, or pip fails.
pub fn interpreter() -> Result<PathBuf, Failure> {
    plain("python", REQUIREMENTS, "aioquic, boto3, h2, pytest").map(|folder| python(&folder))
}

/// A folder with an environment for Cloud Custodian.
///
/// # Errors
/// When Python or its venv module is missing and cannot be installed, or pip fails.
pub fn custodian() -> Result<PathBuf, Failure> {
    plain("custodian", CUSTODIAN, "c7n")
}

/// A folder with an environment for moto, which stands for stores outside.
///
/// # Errors
/// When Python or its venv module is missing and cannot be installed, or pip fails.
pub fn moto() -> Result<PathBuf, Failure> {
    plain("moto", MOTO, "moto.server, flask_cors, yaml, py_partiql_parser")
}

/// A folder with an environment for Ansible, and the collections beside it in `collections`.
///
/// # Errors
/// When Python or its venv module is missing and cannot be installed, or pip fails.
pub fn ansible() -> Result<PathBuf, Failure> {
    let pins = workspace::read(ANSIBLE)? + &workspace::read(ANSIBLE_MODULES)?;
    let works = |folder: &Path| imports(folder, "ansible, boto3");
    kept::folder("ansible", &pins, works, |folder| {
        environment(folder, ANSIBLE)?;
        let collections = folder.join("collections");
        run::run(run::command(python(folder), &[UNPACK, ANSIBLE_MODULES, &collections.to_string_lossy()]))
    })
}

/// An environment with nothing but what `requirements` says; it works when it has `modules`.
fn plain(name: &str, requirements: &str, modules: &str) -> Result<PathBuf, Failure> {
    let pins = workspace::read(requirements)?;
    kept::folder(name, &pins, |folder| imports(folder, modules), |folder| environment(folder, requirements))
}

/// Makes an environment in `folder` and installs what `requirements` says.
fn environment(folder: &Path, requirements: &str) -> Result<(), Failure> {
    run::install(&missing())?;
    run::run(run::command("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
    run::run(run::command(
        python(folder),
        &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
    ))
}

fn python(folder: &Path) -> PathBuf {
    folder.join("bin/python")
}

fn imports(folder: &Path, modules: &str) -> bool {
    run::works(run::command(python(folder), &["-c", &format!("import {modules}")]))
}

/// Debian packages that an environment needs and that are not there.
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
