//! A script: what the origins answer, how the distributions are configured, what viewers ask and expect.
//!
//! [`read`] turns the text into [`Script`]; everything that can be wrong with the text is found here, before
//! anything runs. What the words do is `play`'s business.

mod distribution_lines;
mod origin_lines;
mod policy_lines;
mod viewer_lines;
pub mod words;

use std::time::Duration;

pub use distribution_lines::{
    BehaviorLines, DistributionLines, ErrorLine, GroupLine, Names, OriginLine, TtlLine,
};
pub use origin_lines::{Act, Answer, Framing, OnLine, Reply};
pub use policy_lines::PolicyLines;
pub use viewer_lines::{Ask, Expectation, Matching, RequestLine, SawLine, viewer_words};
pub use words::{Mistake, Words};

/// A whole script.
#[derive(Debug)]
pub struct Script {
    /// One sentence.
    pub title: String,
    /// Numbers of the catalogue that it proves.
    pub shows: Vec<String>,
    /// What happens, in order.
    pub statements: Vec<(usize, Statement)>,
}

/// One thing that happens.
#[derive(Debug)]
pub enum Statement {
    /// An origin appears, or its answers to some requests change.
    Origin(String, Vec<OnLine>),
    /// An origin's state changes.
    OriginState(String, OriginState),
    /// An origin has been asked so often since the script began.
    Asked(String, usize),
    /// What the last request of that target looked like at an origin.
    Saw(String, SawLine),
    /// A policy of the account appears or is changed; distributions that are declared from now on use it.
    Policy(Box<PolicyLines>),
    /// A distribution appears or is replaced by a new configuration.
    Distribution(Box<DistributionLines>),
    /// Requests of one viewer.
    Viewer {
        /// The viewer's name.
        viewer: String,
        /// The distribution that it asks.
        distribution: String,
        /// Its requests.
        requests: Vec<RequestLine>,
    },
    /// Waits for requests that were started.
    Finish(String),
    /// A viewer that started a request goes away.
    Leave(String),
    /// Lets everyone go on who waits for this name.
    Release(String),
    /// The edge starts anew with this many bytes for its cache.
    Memory(u64),
    /// Time passes.
    Clock(Duration),
    /// Paths are invalidated.
    Invalidate(String, Vec<String>),
}

/// States of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginState {
    /// It answers.
    Up,
    /// It refuses connections.
    Down,
    /// Connections to it are never established.
    BlackHole,
}

/// Statements that have items.
const TAKE_ITEMS: [&str; 7] =
    ["origin", "distribution", "change", "viewer", "cache-policy", "request-policy", "headers-policy"];

/// Reads a script.
///
/// # Errors
/// The first mistake, with its line.
pub fn read(source: &str) -> Result<Script, Mistake> {
    let mut script = Script { title: String::new(), shows: Vec::new(), statements: Vec::new() };
    for block in words::blocks(source)? {
        let line = block.head.line;
        let mut head = block.head;
        let takes_items = head.peek().is_some_and(|word| TAKE_ITEMS.contains(&word));
        if let (false, Some(item)) = (takes_items, block.items.first()) {
            return item.mistake("this line may not be indented");
        }
        let word = head.take("a statement")?;
        let statement = match word.as_str() {
            "title" => {
                script.title = head.take("the title")?;
                None
            }
            "shows" => {
                script.shows = head.take_all();
                None
            }
            "origin" => Some(origin(&mut head, block.items)?),
            "cache-policy" | "request-policy" | "headers-policy" => {
                Some(policy_lines::read(&word, &mut head, block.items)?)
            }
            "distribution" | "change" => Some(distribution_lines::read(&mut head, block.items)?),
            "viewer" => Some(viewer_lines::read(&mut head, block.items)?),
            "finish" => Some(Statement::Finish(head.take("the name of a started request")?)),
            "leave" => Some(Statement::Leave(head.take("the name of a started request")?)),
            "release" => Some(Statement::Release(head.take("what is waited for")?)),
            "memory" => Some(Statement::Memory(head.number("bytes")?)),
            "clock" => Some(Statement::Clock(clock(&mut head)?)),
            "invalidate" => Some(Statement::Invalidate(head.take("a distribution")?, head.take_all())),
            other => return head.mistake(format!("`{other}` is not a statement")),
        };
        head.end()?;
        script.statements.extend(statement.map(|statement| (line, statement)));
    }
    match (script.title.is_empty(), script.shows.is_empty()) {
        (true, _) => Err(Mistake { line: 1, message: "the title is missing".to_owned() }),
        (_, true) => Err(Mistake { line: 1, message: "what it shows is missing".to_owned() }),
        _ => Ok(script),
    }
}

/// `origin NAME` with its answers, a change of its state, or an expectation.
fn origin(head: &mut Words, items: Vec<Words>) -> Result<Statement, Mistake> {
    let name = head.take("the origin's name")?;
    if head.next_is("asked") {
        return Ok(Statement::Asked(name, times(head)?));
    }
    if head.next_is("untouched") {
        return Ok(Statement::Asked(name, 0));
    }
    if head.next_is("saw") {
        return Ok(Statement::Saw(name, viewer_lines::saw(head)?));
    }
    if head.next_is("is") {
        let state = match head.take("up, down or black-holed")?.as_str() {
            "up" => OriginState::Up,
            "down" => OriginState::Down,
            "black-holed" => OriginState::BlackHole,
            other => return head.mistake(format!("an origin is up, down or black-holed, not `{other}`")),
        };
        return Ok(Statement::OriginState(name, state));
    }
    Ok(Statement::Origin(name, origin_lines::read(items)?))
}

/// `once`, `twice` or `N times`.
fn times(words: &mut Words) -> Result<usize, Mistake> {
    if words.next_is("once") {
        return Ok(1);
    }
    if words.next_is("twice") {
        return Ok(2);
    }
    let count = words.number("how many times")?;
    words.expect("times")?;
    Ok(count)
}

/// `+31s` or `+500ms`.
fn clock(words: &mut Words) -> Result<Duration, Mistake> {
    let word = words.take("how far the clock moves")?;
    let parsed = word.strip_prefix('+').and_then(duration);
    match parsed {
        Some(duration) => Ok(duration),
        None => words.mistake(format!("the clock moves by +31s or +500ms, not by `{word}`")),
    }
}

/// `31s` or `500ms`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_a_title_and_what_it_shows() {
        assert_eq!(read("shows A01").unwrap_err().message, "the title is missing");
        assert_eq!(read("title \"x\"").unwrap_err().message, "what it shows is missing");
    }

    #[test]
    fn a_word_that_is_not_understood_is_a_mistake() {
        let wrong = read("title \"x\"\nshows A01\nclock +3\n").unwrap_err();
        assert_eq!(wrong.line, 3);
        let wrong = read("title \"x\"\nshows A01\nwait o1\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 3: `wait` is not a statement");
        let wrong = read("title \"x\"\nshows A01\nrelease go now\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 3: `now` is not understood here");
    }
}
