//! Adds up what the suites say about themselves.

use std::fmt;

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, or suites that broke without naming a test.
    pub failed: u64,
}

impl Summary {
    /// Looks at one line of a suite's output: cargo's `test result:`, the last lines of pytest and Vitest, and the
    /// two lines of Node.js count.
    pub fn look(&mut self, line: &str) {
        let line = line.trim();
        if let Some(count) = node(line, "pass") {
            self.passed += count;
        } else if let Some(count) = node(line, "fail").or_else(|| node(line, "cancelled")) {
            self.failed += count;
        }
        let pytest = || line.strip_prefix("===").filter(|rest| rest.contains(" in "));
        let counts = line.strip_prefix("test result: ").or_else(|| line.strip_prefix("Tests  "));
        let counts = counts.or_else(|| pytest().map(|rest| rest.trim_matches('=')));
        let Some(counts) = counts else { return };
        for part in counts.split([',', ';', '.', '|']) {
            let words: Vec<&str> = part.split_whitespace().collect();
            for pair in words.windows(2) {
                let [count, what] = pair else { continue };
                let Ok(count) = count.parse::<u64>() else { continue };
                match *what {
                    "passed" => self.passed += count,
                    "failed" | "error" | "errors" => self.failed += count,
                    _ => {}
                }
            }
        }
    }

    /// Counts a suite that broke although none of its tests said so: one that was not built, or that crashed.
    pub fn note_end(&mut self, before: Self, succeeded: bool) {
        if !succeeded && self.failed == before.failed {
            self.failed += 1;
        }
    }
}

/// The count in a line such as `\u{2139} pass 12`.
fn node(line: &str, what: &str) -> Option<u64> {
    line.strip_prefix('\u{2139}')?.trim_start().strip_prefix(what)?.trim().parse().ok()
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    fn of(lines: &[&str]) -> Summary {
        let mut summary = Summary::default();
        lines.iter().for_each(|line| summary.look(line));
        summary
    }

    #[test]
    fn cargo_and_pytest_are_added_up() {
        let summary = of(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "======= 1 failed, 20 passed, 2 errors in 3.21s =======",
        ]);
        assert_eq!(summary, Summary { passed: 35, failed: 5 });
    }

    #[test]
    fn node_is_added_up() {
        let summary = of(&["\u{2139} tests 9", "\u{2139} pass 6", "\u{2139} fail 2", "\u{2139} cancelled 1"]);
        assert_eq!(summary, Summary { passed: 6, failed: 3 });
        assert_eq!(of(&["\u{2139} duration_ms 7", "\u{2139} passing 7"]), Summary::default());
    }

    #[test]
    fn vitest_is_added_up() {
        let summary =
            of(&[" Test Files  1 failed | 4 passed (5)", "      Tests  1 failed | 115 passed (116)"]);
        assert_eq!(summary, Summary { passed: 115, failed: 1 });
        assert_eq!(of(&["      Tests  116 passed (116)"]), Summary { passed: 116, failed: 0 });
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(of(&["5 passed", "running 3 tests", "=== FAILURES ==="]), Summary::default());
    }

    #[test]
    fn a_suite_that_breaks_without_a_word_is_a_failure() {
        let mut summary = Summary::default();
        summary.note_end(Summary::default(), false);
        assert_eq!(summary.to_string(), "0 passed, 1 failed");
    }
}
