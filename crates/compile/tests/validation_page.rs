//! `docs/validation.md` has every rule that a golden pair proves. `UPDATE_GOLDEN=1` rewrites it, after the pairs.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- rules: begin (generated from tests/golden/compile) -->\n";
const END: &str = "<!-- rules: end -->\n";

/// A rule: the element, the code and what would be accepted; with CloudFront's words where they are known.
type Rules = BTreeMap<(String, String, String), Option<String>>;

fn rules() -> Rules {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/compile");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut rules = Rules::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "pair")) {
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("problem ")) {
            let (head, message) = line.split_once(": ").unwrap();
            let (code, path) = head.split_once(' ').unwrap();
            let (words, explanation) = match message.rsplit_once(" | ") {
                Some((words, explanation)) => (Some(words.to_owned()), explanation),
                None => (None, message),
            };
            let accepted = explanation.split_once("Accepted").map_or("", |(_, accepted)| accepted);
            let accepted = accepted.strip_prefix(": ").unwrap_or(accepted).trim();
            rules.entry((element(path), code.to_owned(), without_numbers(code, accepted))).or_insert(words);
        }
    }
    rules
}

/// The path of any such element: entries without their places, listed behaviors as the default one.
fn element(path: &str) -> String {
    let mut out = String::new();
    let mut is_place = false;
    for character in path.chars() {
        match character {
            '[' => is_place = true,
            ']' => is_place = false,
            _ if is_place => continue,
            _ => {}
        }
        out.push(character);
    }
    if out == "CacheBehaviors.Items[]" {
        return "DefaultCacheBehavior".into();
    }
    match out.strip_prefix("CacheBehaviors.Items[].") {
        Some(member) if member != "PathPattern" => format!("DefaultCacheBehavior.{member}"),
        _ => out,
    }
}

/// What depends on the document is left out.
fn without_numbers(code: &str, accepted: &str) -> String {
    if code == "InconsistentQuantities" { "the number of Items.".into() } else { accepted.to_owned() }
}

fn markdown() -> String {
    let mut out =
        String::from("| element | code | accepted | CloudFront's words |\n| --- | --- | --- | --- |\n");
    for ((element, code, accepted), words) in rules() {
        let words = words.unwrap_or_default();
        out.push_str(&format!("| `{element}` | `{code}` | {} | {} |\n", escaped(&accepted), escaped(&words)));
    }
    out
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        if "|<>*_`\\[]~".contains(character) {
            out.push('\\');
        }
        out.push(character);
        out
    })
}

#[test]
fn the_page_of_validation_has_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/validation.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the rules' first mark");
    let (_, after) = rest.split_once(END).expect("the page has the rules' last mark");
    let expected = format!("{before}{BEGIN}\n{}\n{END}{after}", markdown());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert!(page == expected, "the page is not what the pairs say; run again with UPDATE_GOLDEN=1");
    }
}
