//! The pack is what the sources give: a changed source without `cargo xtask console` fails here.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};

/// As in `console/pack.mjs`.
const SOURCES: [&str; 7] =
    ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "public", "src"];

#[test]
fn the_pack_was_made_from_these_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console");
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root.join(source), &mut files);
    }
    let mut named: Vec<(String, PathBuf)> =
        files.into_iter().map(|path| (name(&root, &path), path)).collect();
    named.sort();
    let lines: String = named
        .iter()
        .map(|(name, path)| format!("{} {name}\n", hexadecimal(&fs::read(path).expect("readable"))))
        .collect();
    assert_eq!(
        console::sources_digest(),
        Ok(hexadecimal(lines.as_bytes()).as_str()),
        "console/ has changed since it was packed: run `cargo xtask console` and commit crates/console/console.pack"
    );
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).expect("a folder") {
        collect(&entry.expect("an entry").path(), files);
    }
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/")
}

fn hexadecimal(content: &[u8]) -> String {
    digest(&SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
