//! The rooms table of `ARCHITECTURE.md` says what the manifests say: which room is built from which.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Finding;
use crate::run::Failure;
use crate::workspace;

const PAGE: &str = "ARCHITECTURE.md";

/// Compares the table with the packages, both ways.
pub fn run(metadata: &Value) -> Result<Vec<Finding>, Failure> {
    let told = table(&workspace::read(PAGE)?);
    Ok(compare(&told, &workspace::rooms(metadata)))
}

fn compare(told: &BTreeMap<String, Vec<String>>, built: &BTreeMap<String, Vec<String>>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (room, uses) in built {
        match told.get(room) {
            None => found.push(format!("{PAGE}: the room `{room}` has no row in the rooms table")),
            Some(told) if told != uses => found.push(format!(
                "{PAGE}: `{room}` is said to depend on [{}] but depends on [{}]",
                told.join(", "),
                uses.join(", ")
            )),
            Some(_) => {}
        }
    }
    for room in told.keys().filter(|room| !built.contains_key(*room)) {
        found.push(format!("{PAGE}: there is no room `{room}`"));
    }
    found
}

/// The rows `| `room` | one line | `this`, `that` | ... |` of the table below the heading about rooms.
fn table(page: &str) -> BTreeMap<String, Vec<String>> {
    let (_, section) = page.split_once("## The rooms\n").unwrap_or_default();
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|');
            let room = cells.next()?.trim().trim_end_matches('`');
            let uses = cells.nth(1)?;
            let mut uses: Vec<String> = uses.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            uses.sort();
            Some((room.to_owned(), uses))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{compare, table};

    const PAGE: &str = "# Map\n\n## The rooms\n\n| room | one line | depends on |\n| --- | --- | --- |\n\
        | `edge` | viewers | `rules`, `cache` |\n| `rules` | decides | nothing |\n\n## Next\n| `no` | a | `b` |\n";

    #[test]
    fn rows_are_read_up_to_the_next_heading() {
        let told = table(PAGE);
        assert_eq!(told["edge"], ["cache", "rules"]);
        assert!(told["rules"].is_empty());
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn an_edge_that_only_one_side_has_is_found() {
        let told = table(PAGE);
        let mut built = told.clone();
        assert!(compare(&told, &built).is_empty());
        built.insert("edge".into(), vec!["rules".into()]);
        built.insert("store".into(), Vec::new());
        assert_eq!(compare(&told, &built).len(), 2);
    }
}
