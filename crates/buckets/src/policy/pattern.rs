//! Patterns with `*` (any characters, also none) and `?` (one character).

/// A pattern of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(String);

// === impl Pattern ===

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        matches(&self.0, text, |a, b| a == b)
    }

    /// Actions are compared without regard to case.
    pub(super) fn matches_ignoring_case(&self, text: &str) -> bool {
        matches(&self.0, text, |a, b| a.eq_ignore_ascii_case(&b))
    }
}

/// Two pointers and the last star: never slower than the product of the lengths.
fn matches(pattern: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on after the last star took one character more.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let (mut next_pattern, mut next_text) = (pattern.clone(), text.clone());
        match (next_pattern.next(), next_text.next()) {
            (Some('*'), _) => {
                retry = Some((next_pattern.clone(), text.clone()));
                pattern = next_pattern;
            }
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == '?' || same(wanted, found) => {
                (pattern, text) = (next_pattern, next_text);
            }
            _ => {
                let Some((after_star, mut rest)) = retry.take() else { return false };
                if rest.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), rest.clone());
                retry = Some((after_star, rest));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        let is = |pattern: &str, text: &str| Pattern::new(pattern).matches(text);
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a/b"),
            ("a*c", "abbc"),
            ("a*c", "ac"),
            ("a?c", "a\u{fc}c"),
            ("*/*.html", "a/b/c.html"),
            ("**a", "bca"),
            ("a*b*c", "a-b-b-c"),
        ] {
            assert!(is(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a?c", "ac"), ("a*c", "ab"), ("A", "a"), ("*a", "ab"), ("?", "")]
        {
            assert!(!is(pattern, text), "{pattern} {text}");
        }
        assert!(Pattern::new("s3:getobject*").matches_ignoring_case("s3:GetObject"));
    }

    #[test]
    fn many_stars_do_not_take_long() {
        let pattern = Pattern::new(&"*a".repeat(500));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(1000))));
    }
}
