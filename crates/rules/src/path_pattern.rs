//! Path patterns of cache behaviors (E.5).

/// A compiled path pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: Box<str>,
}

impl PathPattern {
    /// Compiles a pattern; a leading `/` is optional and meaningless (E42).
    pub fn new(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// Whether the pattern matches the whole of `path` (E41).
    pub fn matches(&self, path: &str) -> bool {
        self.text.as_ref() == path
    }

    /// The pattern as configured.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
