//! Lines and words of a script: indentation, comments, quotes.
//!
//! A line without indentation starts a block, an indented line is an item of it, and a line that is indented
//! further than the first item continues the item before. Nothing here knows what the words mean.

use std::collections::VecDeque;
use std::fmt;

/// What is wrong with a script, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line number from 1.
    pub line: usize,
    /// What was expected or is not understood.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.message)
    }
}

/// A word, or a text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Without quotes and with escapes resolved; every character below 256 stands for one byte.
    pub text: String,
    /// Whether it was in quotes; a quoted text is never a keyword.
    pub quoted: bool,
}

/// The words of one line that are still to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Line number from 1.
    pub line: usize,
    rest: VecDeque<Word>,
}

impl Words {
    /// An error at this line.
    pub fn mistake<T>(&self, message: impl Into<String>) -> Result<T, Mistake> {
        Err(Mistake { line: self.line, message: message.into() })
    }

    /// Whether every word has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the next word if it is the keyword `word`.
    pub fn next_is(&mut self, word: &str) -> bool {
        let matches = self.peek() == Some(word);
        if matches {
            self.rest.pop_front();
        }
        matches
    }

    /// The next word, if it is not a text in quotes.
    pub fn peek(&self) -> Option<&str> {
        self.rest.front().filter(|word| !word.quoted).map(|word| word.text.as_str())
    }

    /// Whether a text in quotes comes next.
    pub fn text_follows(&self) -> bool {
        self.rest.front().is_some_and(|word| word.quoted)
    }

    /// The next word or text.
    pub fn take(&mut self, what: &str) -> Result<String, Mistake> {
        match self.rest.pop_front() {
            Some(word) => Ok(word.text),
            None => self.mistake(format!("{what} is missing")),
        }
    }

    /// The next word, which must be the keyword `word`.
    pub fn expect(&mut self, word: &str) -> Result<(), Mistake> {
        if self.next_is(word) {
            return Ok(());
        }
        let found = self.rest.front().map_or("the end of the line", |found| &found.text).to_owned();
        self.mistake(format!("expected `{word}`, found `{found}`"))
    }

    /// The next word as a number.
    pub fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N, Mistake> {
        let word = self.take(what)?;
        word.parse().or_else(|_| self.mistake(format!("{what} is not a number: `{word}`")))
    }

    /// A header line `name: value` in quotes, as a pair.
    pub fn header(&mut self) -> Result<(String, String), Mistake> {
        let text = self.take("a header \"name: value\"")?;
        match text.split_once(':') {
            Some((name, value)) => Ok((name.to_owned(), value.trim_start_matches(' ').to_owned())),
            None => self.mistake(format!("a header is written \"name: value\", not `{text}`")),
        }
    }

    /// Every word up to the end of the line.
    pub fn take_all(&mut self) -> Vec<String> {
        self.rest.drain(..).map(|word| word.text).collect()
    }

    /// Nothing may be left.
    pub fn end(&self) -> Result<(), Mistake> {
        match self.rest.front() {
            Some(word) => self.mistake(format!("`{}` is not understood here", word.text)),
            None => Ok(()),
        }
    }
}

/// A line without indentation and its items.
#[derive(Debug, Clone)]
pub struct Block {
    /// The line itself.
    pub head: Words,
    /// Its items.
    pub items: Vec<Words>,
}

/// Reads the lines of a script into blocks.
pub fn blocks(source: &str) -> Result<Vec<Block>, Mistake> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut item_indent = None;
    for (position, raw) in source.lines().enumerate() {
        let line = position + 1;
        let rest = split(raw, line)?;
        if rest.is_empty() {
            continue;
        }
        let indent = raw.len() - raw.trim_start_matches(' ').len();
        let words = Words { line, rest };
        if indent == 0 {
            item_indent = None;
            blocks.push(Block { head: words, items: Vec::new() });
            continue;
        }
        let Some(block) = blocks.last_mut() else {
            return words.mistake("the first line may not be indented");
        };
        let first = *item_indent.get_or_insert(indent);
        match block.items.last_mut() {
            Some(item) if indent > first => item.rest.extend(words.rest),
            _ if indent < first => return words.mistake("the indentation fits no line before"),
            _ => block.items.push(words),
        }
    }
    Ok(blocks)
}

/// Splits one line into words; a word that begins with `#` begins a comment.
fn split(raw: &str, line: usize) -> Result<VecDeque<Word>, Mistake> {
    let mut words = VecDeque::new();
    let mut rest = raw.trim();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => text(quoted, line)?,
            None => {
                let end = rest.find(' ').unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                (Word { text: word.to_owned(), quoted: false }, after)
            }
        };
        words.push_back(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// A text up to its closing quote, and what follows it.
fn text(quoted: &str, line: usize) -> Result<(Word, &str), Mistake> {
    let mistake = |message: &str| Mistake { line, message: message.to_owned() };
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let after = quoted.get(at + 1..).unwrap_or_default();
                return Ok((Word { text, quoted: true }, after));
            }
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('x') => {
                    let digits: String = characters.by_ref().take(2).map(|(_, digit)| digit).collect();
                    let byte = u8::from_str_radix(&digits, 16)
                        .map_err(|_| mistake("\\x wants two hexadecimal digits"))?;
                    text.push(char::from(byte));
                }
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                _ => return Err(mistake("an escape is one of \\n \\r \\t \\xNN \\\" \\\\")),
            },
            _ => text.push(character),
        }
    }
    Err(mistake("a quote is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_goes_on_while_lines_are_indented_further() {
        let source =
            "origin o1 # who\n  on GET /a\n     reply 404\n  then \"a \\\"#\\\" \\x41\"\n\nclock +1s\n";
        let blocks = blocks(source).unwrap();
        assert_eq!(blocks.len(), 2);
        let items: Vec<_> = blocks[0].items.iter().map(|item| item.clone().take_all()).collect();
        assert_eq!(items, [vec!["on", "GET", "/a", "reply", "404"], vec!["then", "a \"#\" A"]]);
        assert_eq!(blocks[1].head.line, 6);
    }

    #[test]
    fn a_mistake_names_its_line() {
        assert_eq!(blocks("a\nb \"c\n").unwrap_err().to_string(), "line 2: a quote is not closed");
        assert_eq!(blocks("  a").unwrap_err().line, 1);
        let wrong = blocks("a\n   b\n c\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 3: the indentation fits no line before");
    }
}
