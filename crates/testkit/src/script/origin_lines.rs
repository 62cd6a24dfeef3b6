//! What an origin answers: `on GET /a.txt reply 404`, `then reply 200 body "here"`.
//!
//! Each answer is given once, in order, unless `always` or `N times` comes before it. A request without an
//! answer that is left fails the script.

use super::words::{Mistake, Words};

/// The answers to one method and request target.
#[derive(Debug, Clone)]
pub struct OnLine {
    /// The method.
    pub method: String,
    /// Path and query exactly as they must arrive.
    pub target: String,
    /// In order.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// How often it is given; `None` for always.
    pub times: Option<usize>,
    /// What is done, in order.
    pub acts: Vec<Act>,
}

/// A thing that an origin does on a connection.
#[derive(Debug, Clone)]
pub enum Act {
    /// Waits until the script releases the name.
    Wait(String),
    /// Does nothing any more.
    Hang,
    /// Closes the connection with a reset.
    Reset,
    /// Closes the connection.
    Close,
    /// Sends these bytes.
    Raw(String),
    /// Sends these bytes again and again until the other side gives up.
    Endless(String),
    /// Sends an interim response with this status.
    Interim(u16),
    /// Sends the head of a response.
    Head(Reply),
    /// Sends a piece of the body.
    Piece(String),
    /// Ends the body.
    End,
}

/// The head of a response.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status line's code and phrase, as text so that it may be nonsense.
    pub status: String,
    /// In order.
    pub headers: Vec<(String, String)>,
    /// How the end of the body is told.
    pub framing: Framing,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By `Content-Length`, with the length of the pieces.
    Length,
    /// By a `Content-Length` that may lie.
    Declared(u64),
    /// In chunks.
    Chunked,
    /// By closing the connection.
    UntilClose,
}

/// Reads the items of an origin.
pub(super) fn read(items: Vec<Words>) -> Result<Vec<OnLine>, Mistake> {
    let mut lines: Vec<OnLine> = Vec::new();
    for mut words in items {
        match words.take("`on` or `then`")?.as_str() {
            "on" => {
                let method = words.take("a method")?;
                let target = words.take("a path")?;
                lines.push(OnLine { method, target, answers: vec![answer(&mut words)?] });
            }
            "then" => match lines.last_mut() {
                Some(line) => line.answers.push(answer(&mut words)?),
                None => return words.mistake("`then` follows an `on` line"),
            },
            other => {
                return words.mistake(format!("an origin's line begins with `on` or `then`, not `{other}`"));
            }
        }
    }
    Ok(lines)
}

fn answer(words: &mut Words) -> Result<Answer, Mistake> {
    let times = match words.peek() {
        Some("always") => {
            words.expect("always")?;
            None
        }
        Some(word) if word.parse::<usize>().is_ok() => {
            let times = words.number("how many times")?;
            words.expect("times")?;
            Some(times)
        }
        _ => Some(1),
    };
    let mut acts = Vec::new();
    while !words.is_empty() {
        act(words, &mut acts)?;
    }
    if acts.is_empty() {
        return words.mistake("an answer is missing");
    }
    Ok(Answer { times, acts })
}

fn act(words: &mut Words, acts: &mut Vec<Act>) -> Result<(), Mistake> {
    match words.take("an answer")?.as_str() {
        "wait" => acts.push(Act::Wait(words.take("what is waited for")?)),
        "hang" => acts.push(Act::Hang),
        "reset" => acts.push(Act::Reset),
        "close" => acts.push(Act::Close),
        "raw" => acts.push(Act::Raw(words.take("the bytes")?)),
        "endless" => acts.push(Act::Endless(words.take("the bytes")?)),
        "interim" => acts.push(Act::Interim(words.number("a status")?)),
        "reply" => reply(words, acts)?,
        other => return words.mistake(format!("`{other}` is not an answer")),
    }
    Ok(())
}

/// `reply STATUS [header "n: v"]... [body "..." | length N | chunked | until-close] pieces and faults`.
fn reply(words: &mut Words, acts: &mut Vec<Act>) -> Result<(), Mistake> {
    let status = words.take("a status")?;
    let mut reply = Reply { status, headers: Vec::new(), framing: Framing::Length };
    while words.next_is("header") {
        reply.headers.push(words.header()?);
    }
    reply.framing = match words.peek() {
        Some("length") => {
            words.expect("length")?;
            Framing::Declared(words.number("a length")?)
        }
        Some("chunked") => {
            words.expect("chunked")?;
            Framing::Chunked
        }
        Some("until-close") => {
            words.expect("until-close")?;
            Framing::UntilClose
        }
        _ => Framing::Length,
    };
    acts.push(Act::Head(reply));
    loop {
        if words.text_follows() || words.next_is("body") {
            acts.push(Act::Piece(words.take("a piece of the body")?));
        } else if words.next_is("wait") {
            acts.push(Act::Wait(words.take("what is waited for")?));
        } else {
            break;
        }
    }
    match words.peek() {
        None => acts.push(Act::End),
        Some("hang" | "reset") => {}
        Some("break") => {
            words.expect("break")?;
            acts.push(Act::Close);
        }
        Some("close") => acts.push(Act::End),
        Some(other) => return words.mistake(format!("`{other}` cannot follow a reply")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::words::blocks;
    use super::*;

    fn lines(source: &str) -> Result<Vec<OnLine>, Mistake> {
        read(blocks(source)?.remove(0).items)
    }

    #[test]
    fn answers_follow_each_other() {
        let lines = lines("o\n  on GET /a reply 404\n  then always reply 200 header \"a: b:c\" body \"x\"\n")
            .unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].answers[0].times, Some(1));
        assert_eq!(lines[0].answers[1].times, None);
        let Act::Head(head) = &lines[0].answers[1].acts[0] else { panic!("no head") };
        assert_eq!(head.headers, [("a".to_owned(), "b:c".to_owned())]);
    }

    #[test]
    fn a_body_that_breaks_off_has_no_end() {
        let lines = lines("o\n  on GET /a reply 200 chunked \"a\" wait go \"b\" break\n").unwrap();
        let acts = format!("{:?}", lines[0].answers[0].acts);
        assert!(acts.ends_with("Piece(\"a\"), Wait(\"go\"), Piece(\"b\"), Close]"), "{acts}");
    }

    #[test]
    fn an_answer_must_be_understood() {
        assert!(lines("o\n  then reply 404\n").is_err());
        assert!(lines("o\n  on GET /a\n").is_err());
        assert!(lines("o\n  on GET /a reply 200 loudly\n").is_err());
    }
}
