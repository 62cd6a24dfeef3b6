//! Looks through a document before it is parsed, for what makes parsing slow out of all proportion.
//!
//! The parser compares each attribute of an element with the others, and copies the namespaces of the surrounding elements
//! whenever an element declares one: 40,000 attributes, or 3,000 nested elements with a namespace each, would keep it busy for
//! seconds. No document of CloudFront's needs more than a few of either. Whether the document is well-formed is not decided here:
//! up to the first fault both see the same tags, and the parser stops there.

use crate::read_error::{Position, ReadError};

/// The deepest nesting of elements; CloudFront's documents need 11.
const MAX_DEPTH: usize = 32;

/// The most attributes of one element; CloudFront's documents have one, the namespace.
const MAX_ATTRIBUTES: usize = 8;

/// The most attributes of a document, for clients that repeat the namespace.
const MAX_ATTRIBUTES_IN_ALL: usize = 1_000;

/// Refuses elements that are nested too deeply or have too many attributes.
pub fn check(document: &str) -> Result<(), ReadError> {
    let (mut rest, mut depth, mut attributes) = (document, 0_usize, 0_usize);
    while let Some((_, markup)) = rest.split_once('<') {
        let tag = match markup {
            _ if markup.starts_with("!--") => Tag::skipped(markup, 3, "-->"),
            _ if markup.starts_with("![CDATA[") => Tag::skipped(markup, 8, "]]>"),
            _ if markup.starts_with('?') => Tag::skipped(markup, 1, "?>"),
            _ => Tag::read(markup),
        };
        depth = tag.nesting.apply(depth);
        if depth > MAX_DEPTH {
            let text = format!("elements are nested deeper than {MAX_DEPTH} levels");
            return Err(refusal(document, markup, &text));
        }
        if tag.attributes > MAX_ATTRIBUTES {
            let text = format!("an element has more than {MAX_ATTRIBUTES} attributes");
            return Err(refusal(document, markup, &text));
        }
        attributes += tag.attributes;
        if attributes > MAX_ATTRIBUTES_IN_ALL {
            let text = format!("the document has more than {MAX_ATTRIBUTES_IN_ALL} attributes");
            return Err(refusal(document, markup, &text));
        }
        rest = tag.rest;
    }
    Ok(())
}

fn refusal(document: &str, markup: &str, text: &str) -> ReadError {
    let before = document.get(..document.len() - markup.len()).unwrap_or_default();
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let rows = above.matches('\n').count() + usize::from(before.contains('\n')) + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let position = Position { row: number(rows), column: number(line.chars().count()) };
    ReadError::malformed(&text).at(Some(position))
}

/// What stands between `<` and its `>`.
struct Tag<'a> {
    nesting: Nesting,
    attributes: usize,
    /// What follows.
    rest: &'a str,
}

#[derive(Clone, Copy)]
enum Nesting {
    Deeper,
    Same,
    Back,
}

impl Nesting {
    fn apply(self, depth: usize) -> usize {
        match self {
            Self::Deeper => depth + 1,
            Self::Same => depth,
            Self::Back => depth.saturating_sub(1),
        }
    }
}

impl<'a> Tag<'a> {
    /// A comment, a section of characters, or an instruction: everything up to `end`.
    fn skipped(markup: &'a str, start: usize, end: &str) -> Self {
        let content = markup.get(start..).unwrap_or_default();
        let rest = content.split_once(end).map_or("", |(_, rest)| rest);
        Self { nesting: Nesting::Same, attributes: 0, rest }
    }

    /// The tag of an element. `>` and `=` in the quotes of an attribute do not count.
    fn read(markup: &'a str) -> Self {
        let (mut quote, mut attributes, mut before) = (None, 0, b' ');
        for (at, byte) in markup.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                (None, b'>') => {
                    let nesting = match before {
                        _ if markup.starts_with('/') => Nesting::Back,
                        b'/' => Nesting::Same,
                        _ => Nesting::Deeper,
                    };
                    return Self { nesting, attributes, rest: markup.get(at + 1..).unwrap_or_default() };
                }
                (None, _) => {}
            }
            before = byte;
        }
        Self { nesting: Nesting::Same, attributes, rest: "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth))
    }

    fn attributes(count: usize) -> String {
        let all: String = (0..count).map(|number| format!(" a{number}='>='")).collect();
        format!("<a{all}/>")
    }

    #[test]
    fn depth_and_attributes_are_bounded() {
        assert_eq!(check(&nested(MAX_DEPTH)), Ok(()));
        assert_eq!(check(&attributes(MAX_ATTRIBUTES)), Ok(()));
        let refused = |text: &str| check(text).expect_err("refused").to_string();
        let deep = format!("<?xml version='1.0'?>\n{}", nested(MAX_DEPTH + 1));
        assert_eq!(
            refused(&deep),
            "the document is malformed: elements are nested deeper than 32 levels (line 2, column 97)"
        );
        let all = format!("<a>{}</a>", "<b c=''/>".repeat(MAX_ATTRIBUTES_IN_ALL));
        assert_eq!(check(&all), Ok(()));
        let one_more = all.replace("<a>", "<a d=''>");
        assert!(refused(&one_more).contains("the document has more than 1000 attributes"));
        let many = "the document is malformed: an element has more than 8 attributes (line 1, column 1)";
        assert_eq!(refused(&attributes(MAX_ATTRIBUTES + 1)), many);
    }

    #[test]
    fn tags_in_comments_sections_and_quotes_do_not_count() {
        let many = "<a>".repeat(MAX_DEPTH + 1);
        for text in [
            format!("<a><!--{many}--></a>"),
            format!("<a><![CDATA[{many}]]></a>"),
            format!("<?a {many}?><a/>"),
            format!("<a>{}</a>", "<b c='/>'></b>".repeat(MAX_DEPTH + 1)),
            format!("<a>{}</a>", "<b c=\"'>\"/>".repeat(MAX_DEPTH + 1)),
            "<a><!-- never closed".to_owned(),
            "<a b='never closed".to_owned(),
        ] {
            assert_eq!(check(&text), Ok(()), "{text}");
        }
    }
}
