//! Reads the executable tables of `docs/rules/`: the document is the test.
//!
//! Every table row of a file becomes a [`Row`]. A test reads cells by column name, and a row that goes away
//! with a column nobody read fails the test: a column cannot be added to a document without being checked.
//! Every table has a column `number` with behaviour numbers, checked here for their form.

#![allow(
    dead_code,
    clippy::panic,
    clippy::unwrap_used,
    reason = "shared by test programs: each uses a part of it, and what cannot be read fails the test"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// One row of a table.
pub struct Row {
    place: String,
    cells: Vec<(String, String)>,
    read: RefCell<BTreeSet<String>>,
}

/// The rows of every table in `docs/rules/<file>`, in order. Panics when there is none.
pub fn read(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("docs/rules/{file}: {error}"));
    let rows = rows_of(file, &text);
    assert!(!rows.is_empty(), "docs/rules/{file} has no table row");
    rows
}

fn rows_of(file: &str, text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut columns: Option<Vec<String>> = None;
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        let place = format!("docs/rules/{file}:{}", index + 1);
        fenced ^= line.trim_start().starts_with("```");
        if fenced || !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells = split(line, &place);
        match &columns {
            None => columns = Some(cells),
            Some(names) if is_rule(&cells) => {
                assert_eq!(names.len(), cells.len(), "{place}: width of the table")
            }
            Some(names) => rows.push(Row::of(place, names, cells)),
        }
    }
    rows
}

/// The cells of a line; `\|` is a bar within a cell.
fn split(line: &str, place: &str) -> Vec<String> {
    let inner = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    let inner = inner.unwrap_or_else(|| panic!("{place}: a table line begins and ends with a bar"));
    let guarded = inner.replace("\\|", "\u{1}");
    guarded.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// Whether this is the line of dashes below the column names.
fn is_rule(cells: &[String]) -> bool {
    cells
        .iter()
        .all(|cell| cell.contains('-') && cell.chars().all(|character| matches!(character, '-' | ':')))
}

impl Row {
    fn of(place: String, columns: &[String], cells: Vec<String>) -> Self {
        assert_eq!(columns.len(), cells.len(), "{place}: as many cells as columns");
        let row = Self {
            place,
            cells: columns.iter().cloned().zip(cells).collect(),
            read: RefCell::new(BTreeSet::from(["number".to_owned()])),
        };
        row.check_numbers();
        row
    }

    fn check_numbers(&self) {
        let numbers = self.find("number").unwrap_or_else(|| panic!("{self}: no column `number`"));
        let well_formed = |number: &str| {
            let (group, digits) = number.split_at(1);
            group.chars().all(|letter| letter.is_ascii_uppercase())
                && digits.len() == 2
                && digits.chars().all(|digit| digit.is_ascii_digit())
        };
        let all = numbers.split(',').map(str::trim);
        assert!(all.clone().all(|number| number.len() == 3 && well_formed(number)), "{self}: cell `number`");
    }

    fn find(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.as_str())
    }

    /// Whether the row's table has this column: tells tables of one file apart.
    pub fn has(&self, column: &str) -> bool {
        self.find(column).is_some()
    }

    /// The cell as written, without surrounding spaces. Panics when there is no such column.
    pub fn cell(&self, column: &str) -> &str {
        self.read.borrow_mut().insert(column.to_owned());
        self.find(column).unwrap_or_else(|| panic!("{self}: no column `{column}`"))
    }

    /// The cell without backticks; a lone dash is nothing.
    pub fn text(&self, column: &str) -> &str {
        let cell = self.cell(column);
        if is_nothing(cell) { "" } else { cell.trim_matches('`') }
    }

    /// The parts of a cell separated by `<br>`, without backticks; a lone dash is no part at all.
    pub fn lines(&self, column: &str) -> Vec<String> {
        let cell = self.cell(column);
        let parts = cell.split("<br>").map(str::trim).filter(|part| !is_nothing(part));
        parts.map(|part| part.trim_matches('`').to_owned()).collect()
    }

    /// The cell as a number. Panics when it is none.
    pub fn count(&self, column: &str) -> u64 {
        self.text(column).parse().unwrap_or_else(|_| self.unreadable(column))
    }

    /// The cell as `yes` or `no`. Panics when it is neither.
    pub fn yes(&self, column: &str) -> bool {
        match self.cell(column) {
            "yes" => true,
            "no" => false,
            _ => self.unreadable(column),
        }
    }

    /// Fails because nobody knows what the cell means.
    pub fn unreadable(&self, column: &str) -> ! {
        panic!("{self}: cell `{column}` cannot be read: {}", self.cell(column))
    }
}

fn is_nothing(cell: &str) -> bool {
    matches!(cell, "–" | "-" | "")
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.place)?;
        self.cells.iter().try_for_each(|(name, cell)| write!(out, " | {name}: {cell}"))
    }
}

impl Drop for Row {
    /// Rows are consumed one by one, so a row that was read in part is the one that a panic is about.
    fn drop(&mut self) {
        let read = self.read.borrow();
        if std::thread::panicking() {
            if read.len() > 1 {
                eprintln!("failed at {self}");
            }
            return;
        }
        let unread = self.cells.iter().map(|(name, _)| name).find(|name| !read.contains(*name));
        assert!(unread.is_none(), "{self}: unknown column `{}`", unread.map_or("", String::as_str));
    }
}

#[test]
#[should_panic(expected = "unknown column `new`")]
fn a_column_that_no_test_reads_fails() {
    for row in rows_of("x.md", "| number | a | new |\n|---|---|---|\n| A01 | 1 | 2 |\n") {
        assert_eq!(row.count("a"), 1);
    }
}

#[test]
#[should_panic(expected = "cell `a` cannot be read")]
fn a_cell_that_cannot_be_read_fails() {
    for row in rows_of("x.md", "| number | a |\n|---|---|\n| A01 | one |\n") {
        row.count("a");
    }
}

#[test]
#[should_panic(expected = "cell `number`")]
fn a_row_without_a_behaviour_number_fails() {
    rows_of("x.md", "| number | a |\n|---|---|\n| soon | 1 |\n");
}
