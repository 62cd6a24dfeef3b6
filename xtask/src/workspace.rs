//! The repository as files: its root, its sources, and what cargo knows of its packages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{self, Failure};

/// The root of the repository.
pub fn root() -> &'static Path {
    // This package is one level below the root.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A file of the repository.
#[derive(Debug)]
pub struct File {
    /// Path below the root, with `/` on every system.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 4] = ["target", ".git", "node_modules", "__pycache__"];

/// The text files below `folder` whose name ends with one of `endings`, sorted by path.
///
/// # Errors
/// When the folder cannot be read. Files that are not UTF-8 are none of ours and left out.
pub fn files(folder: &str, endings: &[&str]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    collect(&root().join(folder), endings, &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<File>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if entry.file_type()?.is_dir() {
            if !FOREIGN.contains(&name.as_str()) {
                collect(&path, endings, found)?;
            }
        } else if endings.iter().any(|ending| name.ends_with(ending))
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push(File { path, text });
        }
    }
    Ok(())
}

/// The text of one file.
///
/// # Errors
/// When it cannot be read; the text names it.
pub fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(root().join(path)).map_err(|error| Failure(format!("{path}: {error}")))
}

/// What `cargo metadata` says.
///
/// # Errors
/// When cargo fails or says something unexpected.
pub fn metadata() -> Result<Value, Failure> {
    let text = run::output(run::cargo(&["metadata", "--format-version", "1", "--locked"]))?;
    serde_json::from_str(&text).map_err(|error| Failure(format!("cargo metadata: {error}")))
}

/// The packages in `metadata`.
pub fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

/// Our packages, each with those of our packages that it is built from (not those that only its tests use).
pub fn rooms(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let ours: Vec<&Value> = packages(metadata).filter(|package| package["source"].is_null()).collect();
    let names: Vec<&str> = ours.iter().filter_map(|package| package["name"].as_str()).collect();
    ours.iter()
        .filter_map(|package| {
            let mut uses: Vec<String> = package["dependencies"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| names.contains(name))
                .map(str::to_owned)
                .collect();
            uses.sort();
            Some((package["name"].as_str()?.to_owned(), uses))
        })
        .collect()
}
