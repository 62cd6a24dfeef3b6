//! The operations part of `docs/compatibility.md` is what the tables say. `UPDATE_GOLDEN=1` rewrites it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use shapes::Operation;
use shapes::operations::Tier;

const BEGIN: &str =
    "<!-- operations: begin (generated from shapes::operations and control::IMPLEMENTED) -->\n";
const END: &str = "<!-- operations: end -->\n";

#[test]
fn the_compatibility_page_has_every_operation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the operations' first mark");
    let (_, after) = rest.split_once(END).expect("the page has the operations' last mark");
    let expected = format!("{before}{BEGIN}\n{}\n{END}{after}", markdown());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert!(page == expected, "the page is not what the tables say; run again with UPDATE_GOLDEN=1");
    }
}

/// One row for each operation, those that are carried out first.
fn markdown() -> String {
    let mut page = String::from("| operation | request | this version |\n| --- | --- | --- |\n");
    let mut operations = Operation::ALL.to_vec();
    operations.sort_by_key(|operation| !control::IMPLEMENTED.contains(operation));
    for operation in operations {
        let row = operation.row();
        let state = if control::IMPLEMENTED.contains(&operation) {
            "carried out"
        } else {
            match row.tier {
                Tier::T1 | Tier::T2 => "refused, not yet supported",
                Tier::T3 => "refused",
            }
        };
        let _ = writeln!(page, "| {} | `{} {}` | {state} |", row.name, row.method.as_str(), row.path);
    }
    page
}
