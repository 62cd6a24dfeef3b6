//! Node.js and the AWS SDK for JavaScript, for the tests in `tests/clients/javascript`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::kept;
use crate::run::{self, Failure};
use crate::workspace;

/// Where the manifest and the lock file are.
const TESTS: &str = "tests/clients/javascript";

/// The folder with the packages in `package-lock.json`, for `NODE_PATH`.
///
/// # Errors
/// When Node.js or npm is missing and cannot be installed, or npm fails.
pub fn modules() -> Result<PathBuf, Failure> {
    run::install(&run::missing_node())?;
    let manifest = workspace::read(&format!("{TESTS}/package.json"))?;
    let lock = workspace::read(&format!("{TESTS}/package-lock.json"))?;
    let pins = format!("{manifest}{lock}");
    let works = |folder: &Path| folder.join("node_modules").exists();
    let folder = kept::folder("javascript", &pins, works, |folder| {
        fs::write(folder.join("package.json"), &manifest)?;
        fs::write(folder.join("package-lock.json"), &lock)?;
        let mut install = run::command("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        install.current_dir(folder);
        run::run(install)
    })?;
    Ok(folder.join("node_modules"))
}
