//! Words that must not be in the sources: left-over marks, paths of one machine, and other people's names for
//! what CloudFront has its own name for (`docs/glossary.md`).

use super::Finding;
use crate::run::Failure;
use crate::workspace::{self, File};

/// Words that the glossary replaces, in the rooms where CloudFront's rules live.
const REPLACED: [(&str, &str); 5] = [
    ("backend", "origin"),
    ("client", "viewer"),
    ("downstream", "viewer"),
    ("purge", "invalidation"),
    ("upstream", "origin"),
];

/// Names that others gave and that we have to use.
const GIVEN: [&str; 7] = [
    "ClientHello",
    "client_hello",
    "ignore_client_order",
    "with_no_client_auth",
    "is_client_error",
    "cdn-downstream",
    "cdn-upstream",
];

/// Where the replaced words are looked for.
const ROOMS_OF_RULES: [&str; 2] = ["crates/edge", "crates/rules"];

/// Sources in the wide sense.
const SOURCES: [&str; 10] = [".rs", ".md", ".toml", ".py", ".js", ".yml", ".edge", ".pair", ".conf", ".txt"];

/// All findings about words.
pub fn run() -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    for file in workspace::files(".", &SOURCES)? {
        found.extend(marks(&file));
        found.extend(machine_paths(&file));
        if ROOMS_OF_RULES.iter().any(|room| file.path.starts_with(room)) && file.path.ends_with(".rs") {
            found.extend(replaced(&file));
        }
    }
    Ok(found)
}

/// Marks that somebody left to come back to. Spelled in parts so that this file does not contain them.
fn marks(file: &File) -> Vec<Finding> {
    let marks = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X:")];
    lines_with(file, |line| marks.iter().any(|mark| line.contains(mark)), "finish it or open an issue")
}

/// Paths that exist on one machine only. Tests make their own folders.
fn machine_paths(file: &File) -> Vec<Finding> {
    let starts: Vec<String> =
        ["home", "root", "tmp", "work", "Users"].iter().map(|folder| format!("/{folder}/")).collect();
    let is_path = |line: &str| {
        starts.iter().any(|start| {
            line.match_indices(start.as_str()).any(|(at, _)| {
                // Part of a longer path or of an address, such as `var/tmp/` or `example.com/home/`.
                !line[..at]
                    .ends_with(|before: char| before.is_ascii_alphanumeric() || ".-_}*]>".contains(before))
            })
        })
    };
    // Requests in tests may well ask for such a path.
    let is_data = |path: &str| path.ends_with(".edge") || path.ends_with(".pair") || path.contains("/tests/");
    if is_data(&file.path) {
        return Vec::new();
    }
    lines_with(file, is_path, "a path of some machine")
}

fn replaced(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let plain = GIVEN.iter().fold(line.to_owned(), |line, given| line.replace(given, "")).to_lowercase();
        for (word, better) in REPLACED {
            if plain.contains(word) {
                found.push(format!("{}:{number}: say {better}, not {word} (docs/glossary.md)", file.path));
            }
        }
    }
    found
}

fn lines_with(file: &File, matches: impl Fn(&str) -> bool, advice: &str) -> Vec<Finding> {
    (1..)
        .zip(file.text.lines())
        .filter(|(_, line)| matches(line))
        .map(|(number, line)| format!("{}:{number}: {advice}: {}", file.path, line.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{machine_paths, marks, replaced};
    use crate::workspace::File;

    fn file(text: &str) -> File {
        File { path: "crates/edge/src/lib.rs".into(), text: text.into() }
    }

    #[test]
    fn marks_are_found_with_their_line() {
        let found = marks(&file(concat!("fine\n// TO", "DO later\n")));
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|finding| finding.starts_with("crates/edge/src/lib.rs:2: ")));
    }

    #[test]
    fn names_that_others_gave_may_be_used() {
        assert!(replaced(&file("use rustls::server::ClientHello;\n\"cdn-upstream-fbl\"")).is_empty());
        assert_eq!(replaced(&file("let upstream = 1; // the Client")).len(), 2);
    }

    #[test]
    fn a_path_of_a_machine_is_found_and_an_address_is_not() {
        let path = |folder: &str| format!("open(\"/{folder}/x\")");
        assert_eq!(machine_paths(&file(&path("home"))).len(), 1);
        assert!(machine_paths(&file("http://example.com/home/x")).is_empty());
    }
}
