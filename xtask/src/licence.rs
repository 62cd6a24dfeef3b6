//! Which licences the code that we build upon may have.
//!
//! Reads the expressions of `cargo metadata` (SPDX: `OR`, `AND`, `WITH`, brackets; and the old `/` for `OR`).

/// The licences that are fine for a program under Apache-2.0 that people change and pass on as they like.
const ALLOWED: [&str; 11] = [
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an expression can be fulfilled with allowed licences alone. What cannot be read is not allowed.
pub fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    reader.any() == Some(true) && reader.words.is_empty()
}

/// What is left to read of an expression.
struct Reader<'a> {
    words: &'a [&'a str],
}

impl Reader<'_> {
    fn accept(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Option<bool> {
        let mut allowed = self.every()?;
        while self.accept("OR") {
            allowed |= self.every()?;
        }
        Some(allowed)
    }

    fn every(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.accept("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.accept("(") {
            let allowed = self.any()?;
            return self.accept(")").then_some(allowed);
        }
        let (name, rest) = self.words.split_first()?;
        self.words = rest;
        // An exception only ever permits more.
        if self.accept("WITH") {
            self.words = self.words.split_first()?.1;
        }
        Some(ALLOWED.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(is_allowed("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
        assert!(is_allowed("Apache-2.0 / MIT"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0"));
        assert!(is_allowed("ISC AND (Apache-2.0 OR ISC) AND BSD-3-Clause"));
    }

    #[test]
    fn copyleft_and_nonsense_are_refused() {
        for expression in ["GPL-3.0", "AGPL-3.0 AND MIT", "", "MIT OR", "(MIT", "MIT Apache-2.0"] {
            assert!(!is_allowed(expression), "{expression}");
        }
    }
}
