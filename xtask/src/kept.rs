//! What the suites need from package registries is fetched once, into folders of their own below the build
//! folder. A folder remembers what it was made from and is made again when that changes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Failure;
use crate::workspace;

/// Written last, so that a folder whose making was interrupted is made again.
const STAMP: &str = "installed.txt";

/// The folder `name` below the build folder: as it is when it was made from `pins` and still `works`,
/// otherwise emptied and given to `make`.
///
/// # Errors
/// When `make` fails, or the folder cannot be written.
pub fn folder(
    name: &str,
    pins: &str,
    works: impl FnOnce(&Path) -> bool,
    make: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let folder = workspace::target().join(name);
    let stamp = folder.join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == pins) && works(&folder) {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    make(&folder)?;
    fs::write(&stamp, pins)?;
    Ok(folder)
}
