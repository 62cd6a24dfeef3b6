//! Which behaviour of the catalogue is proven by which test: generates `docs/coverage.md`.
//!
//! The numbers and their short titles are in `docs/behaviours.tsv`. A proof is a script's `shows` line, a row
//! of a table in `docs/rules` (its `number` column), the comment of a golden pair that cites a number in
//! parentheses, or a test below a marker: `// proves: B20 C14` in Rust, `# proves: B20` in Python. The page says
//! "not proven" where there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{repository, script};

/// Groups of the catalogue by the letter of their numbers.
const GROUPS: [(&str, &str); 15] = [
    ("0", "Order of processing"),
    ("A", "Custom error responses"),
    ("B", "Error caching and stale objects"),
    ("C", "Expiration"),
    ("D", "Cache key, collapsing, policies"),
    ("E", "Viewer requests and limits"),
    ("F", "Requests to origins"),
    ("G", "S3-type origins"),
    ("H", "Responses to viewers"),
    ("I", "Conditional requests"),
    ("J", "Origin groups, retries, timeouts"),
    ("K", "Invalidation"),
    ("M", "Policies"),
    ("O", "TLS and HTTP versions of viewers, viewer protocol policy"),
    ("Q", "Built-in error answers"),
];

/// A behaviour of the table.
struct Behaviour {
    number: String,
    title: String,
    /// Why it is not part of this version.
    later: Option<String>,
}

/// Proofs by number; each is a link in Markdown.
#[derive(Default)]
struct Proofs(BTreeMap<String, BTreeSet<String>>);

/// The page as it should be.
///
/// # Errors
/// Files that cannot be read, and proofs of numbers that do not exist.
pub fn page() -> Result<String, String> {
    let root = repository();
    let behaviours = behaviours(&read(&root.join("docs/behaviours.tsv"))?)?;
    let known: BTreeSet<&str> = behaviours.iter().map(|behaviour| behaviour.number.as_str()).collect();
    let mut proofs = Proofs::default();
    scripts(&root, &known, &mut proofs)?;
    tables(&root, &mut proofs)?;
    pairs(&root, &mut proofs)?;
    markers(&root, &known, &mut proofs)?;
    Ok(printed(&behaviours, &proofs))
}

fn behaviours(table: &str) -> Result<Vec<Behaviour>, String> {
    let mut behaviours: Vec<Behaviour> = Vec::new();
    for line in table.lines() {
        let mut cells = line.split('\t').map(str::to_owned);
        let (Some(number), Some(title)) = (cells.next(), cells.next()) else {
            return Err(format!("docs/behaviours.tsv: `{line}` has no title"));
        };
        if behaviours.iter().any(|behaviour| behaviour.number == number) {
            return Err(format!("docs/behaviours.tsv: {number} is there twice"));
        }
        behaviours.push(Behaviour { number, title, later: cells.next() });
    }
    Ok(behaviours)
}

impl Proofs {
    fn add(&mut self, number: &str, label: &str, link: &str) {
        self.0.entry(number.to_owned()).or_default().insert(format!("[{label}]({link})"));
    }
}

fn scripts(root: &Path, known: &BTreeSet<&str>, proofs: &mut Proofs) -> Result<(), String> {
    let folder = root.join("tests/scripts");
    for path in files(&folder, "edge")? {
        let shown = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        let script = script::read(&read(&path)?).map_err(|mistake| format!("{shown}: {mistake}"))?;
        for number in &script.shows {
            check_known(number, known, &shown)?;
            proofs.add(number, shown.trim_end_matches(".edge"), &format!("../tests/scripts/{shown}"));
        }
    }
    Ok(())
}

/// Rows of tables whose first column is called `number`.
fn tables(root: &Path, proofs: &mut Proofs) -> Result<(), String> {
    for path in files(&root.join("docs/rules"), "md")? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut in_table = false;
        for line in read(&path)?.lines() {
            let first = line.strip_prefix('|').and_then(|rest| rest.split('|').next()).map(str::trim);
            match first {
                Some("number") => in_table = true,
                Some(cell) if in_table => {
                    for number in cell.split([',', ' ']).filter(|word| is_number(word)) {
                        proofs.add(number, &format!("table {name}"), &format!("rules/{name}.md"));
                    }
                }
                Some(_) => {}
                None => in_table = false,
            }
        }
    }
    Ok(())
}

/// Golden pairs whose first line cites numbers in parentheses, as in `# Only three sets of methods (E16)`.
fn pairs(root: &Path, proofs: &mut Proofs) -> Result<(), String> {
    let folder = root.join("tests/golden");
    for path in files(&folder, "pair")? {
        let text = read(&path)?;
        let comment = text.lines().next().filter(|line| line.starts_with('#')).unwrap_or_default();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let link = format!("../{}", path.strip_prefix(root).unwrap_or(&path).display());
        for cited in comment.split('(').skip(1).filter_map(|rest| rest.split(')').next()) {
            for number in cited_numbers(cited) {
                proofs.add(&number, &format!("pair {name}"), &link);
            }
        }
    }
    Ok(())
}

/// `G22, G23` or `M01 to M07`.
fn cited_numbers(cited: &str) -> Vec<String> {
    if let Some((from, to)) = cited.split_once(" to ")
        && is_number(from)
        && is_number(to)
    {
        let digits = |number: &str| number.get(1..).and_then(|digits| digits.parse::<u32>().ok());
        let (letter, range) = (from.get(..1).unwrap_or_default(), digits(from).zip(digits(to)));
        return range
            .map_or(Vec::new(), |(from, to)| (from..=to).map(|n| format!("{letter}{n:02}")).collect());
    }
    cited.split([',', ' ']).filter(|word| is_number(word)).map(str::to_owned).collect()
}

/// Tests below a `proves:` marker.
fn markers(root: &Path, known: &BTreeSet<&str>, proofs: &mut Proofs) -> Result<(), String> {
    let mut paths = files(&root.join("crates"), "rs")?;
    paths.extend(files(&root.join("xtask"), "rs")?);
    paths.extend(files(&root.join("tests"), "py")?);
    for path in paths {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = read(&path)?;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let marker = line.trim_start();
            let marked = marker.strip_prefix("// proves:").or_else(|| marker.strip_prefix("# proves:"));
            let Some(numbers) = marked else { continue };
            let Some(test) = lines.clone().find_map(function_name) else {
                return Err(format!("{shown}: no test follows `{marker}`"));
            };
            for number in numbers.split([',', ' ']).filter(|number| !number.is_empty()) {
                check_known(number, known, &shown)?;
                proofs.add(number, &format!("`{test}`"), &format!("../{shown}"));
            }
        }
    }
    Ok(())
}

fn function_name(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("async ");
    let rest = line.strip_prefix("fn ").or_else(|| line.strip_prefix("def "))?;
    rest.split('(').next().map(str::to_owned)
}

/// A letter and two digits.
fn is_number(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 3
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.iter().skip(1).all(u8::is_ascii_digit)
}

fn check_known(number: &str, known: &BTreeSet<&str>, shown: &str) -> Result<(), String> {
    match known.contains(number) {
        true => Ok(()),
        false => Err(format!("{shown}: {number} is not in docs/behaviours.tsv")),
    }
}

fn printed(behaviours: &[Behaviour], proofs: &Proofs) -> String {
    let is_proven = |behaviour: &&Behaviour| proofs.0.contains_key(&behaviour.number);
    let proven = behaviours.iter().filter(is_proven).count();
    let open = behaviours.iter().filter(|behaviour| !is_proven(behaviour));
    let (later, missing): (Vec<_>, Vec<_>) = open.partition(|behaviour| behaviour.later.is_some());
    let mut page = String::from(concat!(
        "# Coverage\n\n",
        "Which behaviour is proven by which test. Generated from `behaviours.tsv`, the scripts, the tables in `rules/`,\n",
        "the golden pairs and the `proves:` markers of tests; a test compares it with what is committed\n",
        "(`UPDATE_COVERAGE=1 cargo test -p testkit --test coverage` writes it). \"Later\" is not part of this version.\n\n",
    ));
    let _ = writeln!(
        page,
        "{} behaviours: {proven} proven, {} not proven, {} later.",
        behaviours.len(),
        missing.len(),
        later.len()
    );
    for (letter, title) in GROUPS {
        let _ = write!(page, "\n## {letter}: {title}\n\n| number | behaviour | proven by |\n|---|---|---|\n");
        for behaviour in behaviours.iter().filter(|behaviour| behaviour.number.starts_with(letter)) {
            let _ = writeln!(
                page,
                "| {} | {} | {} |",
                behaviour.number,
                behaviour.title,
                cell(behaviour, proofs)
            );
        }
    }
    page
}

fn cell(behaviour: &Behaviour, proofs: &Proofs) -> String {
    let links =
        proofs.0.get(&behaviour.number).into_iter().flatten().cloned().collect::<Vec<_>>().join("<br>");
    match (links.is_empty(), &behaviour.later) {
        (false, Some(later)) => format!("{links}<br>the rest later: {later}"),
        (false, None) => links,
        (true, Some(later)) => format!("later: {later}"),
        (true, None) => "**not proven**".to_owned(),
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Files with this extension in a folder and below, sorted; none when the folder does not exist.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cited_alone_in_lists_and_in_ranges() {
        assert_eq!(cited_numbers("G22, G23"), ["G22", "G23"]);
        assert_eq!(cited_numbers("M01 to M03"), ["M01", "M02", "M03"]);
        assert!(cited_numbers("see above").is_empty());
    }

    #[test]
    fn a_behaviour_without_a_proof_is_not_claimed() {
        let behaviours = behaviours("A01\tfirst\nA02\tsecond\nA03\tthird\tfunctions come later").unwrap();
        let mut proofs = Proofs::default();
        proofs.add("A01", "a test", "a.rs");
        let page = printed(&behaviours, &proofs);
        assert!(page.contains("3 behaviours: 1 proven, 1 not proven, 1 later."), "{page}");
        assert!(page.contains("| A01 | first | [a test](a.rs) |"));
        assert!(page.contains("| A02 | second | **not proven** |"));
        assert!(page.contains("| A03 | third | later: functions come later |"));
    }

    #[test]
    fn the_table_names_each_number_once() {
        assert!(behaviours("A01\ta\nA01\tb").is_err());
        assert!(behaviours("A01").is_err());
    }
}
