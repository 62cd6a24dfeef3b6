//! What viewers ask and expect: `GET /a.txt header "x: y" expect 404 x-cache Error age 3 origin o1 untouched`.

use super::words::{Mistake, Words};
use super::{Statement, times};

/// One request of a viewer, or several alike.
#[derive(Debug, Clone)]
pub struct RequestLine {
    /// Line number from 1.
    pub line: usize,
    /// The name under which it is finished later; `None` when the script waits for the answer at once.
    pub started_as: Option<String>,
    /// How many viewers ask the same at once.
    pub viewers: usize,
    /// What is asked.
    pub ask: Ask,
    /// What must come.
    pub expectations: Vec<Expectation>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The method; for the conversation only when `raw` is there.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// `Host` instead of the distribution's domain name.
    pub host: Option<String>,
    /// Header lines in order.
    pub headers: Vec<(String, String)>,
    /// The body; with its own `Content-Length`.
    pub body: Option<String>,
    /// `HTTP/1.0` instead of 1.1.
    pub old: bool,
    /// The whole request, byte for byte.
    pub raw: Option<String>,
}

/// How a value must look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// Exactly this.
    Is(String),
    /// This somewhere in it.
    Contains(String),
    /// Anything, but present.
    Any,
    /// Absent.
    Absent,
}

/// Something that must be true of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// The status.
    Status(u16),
    /// The reason phrase.
    Phrase(String),
    /// A header; several lines of one name are joined with `, `.
    Header(String, Matching),
    /// The body.
    Body(Matching),
    /// The body and how many times its text is repeated is too long to print: its length.
    BodyLength(usize),
    /// The body without its coding, and that it has one.
    Unpacked(String),
    /// How many requests reached an origin meanwhile.
    Origin(String, usize),
    /// Timeline entries that begin like this, in this order.
    Steps(Vec<String>),
    /// No timeline entry begins like this.
    NoStep(String),
    /// The answer ends before its body is complete.
    Broken,
    /// The connection ends without any answer.
    NoAnswer,
    /// The edge closes the connection after the answer.
    Closed,
    /// The connection stays open after the answer.
    KeptOpen,
    /// With several viewers: how many get this result in `X-Cache`.
    Results(String, usize),
}

/// What the last request for a target must have looked like at an origin.
#[derive(Debug, Clone)]
pub struct SawLine {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers.
    pub headers: Vec<(String, Matching)>,
    /// The body.
    pub body: Option<String>,
    /// The HTTP version of the request line.
    pub version: Option<String>,
}

/// Reads `viewer NAME -> DISTRIBUTION` and its requests.
pub(super) fn read(head: &mut Words, items: Vec<Words>) -> Result<Statement, Mistake> {
    let (viewer, distribution) = viewer_words(head)?;
    let requests = items.into_iter().map(request).collect::<Result<_, _>>()?;
    Ok(Statement::Viewer { viewer, distribution, requests })
}

/// Reads `NAME -> DISTRIBUTION`.
pub fn viewer_words(head: &mut Words) -> Result<(String, String), Mistake> {
    let viewer = head.take("the viewer's name")?;
    head.expect("->")?;
    Ok((viewer, head.take("the distribution")?))
}

fn request(mut words: Words) -> Result<RequestLine, Mistake> {
    let line = words.line;
    let mut started_as = None;
    if words.next_is("start") {
        started_as = Some(words.take("a name")?);
    }
    let mut viewers = 1;
    if words.next_is("with") {
        viewers = words.number("how many viewers")?;
        words.expect("viewers")?;
    }
    let ask = ask(&mut words)?;
    words.expect("expect")?;
    let mut expectations = Vec::new();
    if let Some(Ok(status)) = words.peek().map(str::parse) {
        words.take("the status")?;
        expectations.push(Expectation::Status(status));
    }
    while !words.is_empty() {
        expectations.push(expectation(&mut words)?);
    }
    if expectations.is_empty() {
        return words.mistake("what is expected is missing");
    }
    Ok(RequestLine { line, started_as, viewers, ask, expectations })
}

fn ask(words: &mut Words) -> Result<Ask, Mistake> {
    let mut ask = Ask::default();
    if words.next_is("raw") {
        ask.raw = Some(words.take("the bytes")?);
        return Ok(ask);
    }
    ask.method = words.take("a method")?;
    ask.target = words.take("a path")?;
    while !words.is_empty() && words.peek() != Some("expect") {
        match words.take("a part of the request")?.as_str() {
            "header" => ask.headers.push(words.header()?),
            "host" => ask.host = Some(words.take("a host")?),
            "body" => ask.body = Some(words.take("the body")?),
            "over-1.0" => ask.old = true,
            other => return words.mistake(format!("`{other}` is not a part of a request")),
        }
    }
    Ok(ask)
}

fn expectation(words: &mut Words) -> Result<Expectation, Mistake> {
    let header = |name: &str, matching| Ok(Expectation::Header(name.to_owned(), matching));
    match words.take("an expectation")?.as_str() {
        "x-cache" => {
            let result = words.take("the result")?;
            let whole = if result.contains(' ') { result } else { format!("{result} from cloudfront") };
            header("x-cache", Matching::Is(whole))
        }
        "age" => header("age", Matching::Is(words.take("seconds")?)),
        "header" => {
            let name = words.take("a header's name")?;
            header(&name, matching(words)?)
        }
        "no" => match words.take("what must be absent")?.as_str() {
            "age" => header("age", Matching::Absent),
            "header" => header(&words.take("a header's name")?, Matching::Absent),
            "step" => Ok(Expectation::NoStep(words.take("a step")?)),
            "answer" => Ok(Expectation::NoAnswer),
            other => words.mistake(format!("`no {other}` is not an expectation")),
        },
        "body" if words.next_is("length") => Ok(Expectation::BodyLength(words.number("a length")?)),
        "body" => Ok(Expectation::Body(matching(words)?)),
        "unpacked" => Ok(Expectation::Unpacked(words.take("a text")?)),
        "origin" => {
            let origin = words.take("an origin")?;
            if words.next_is("untouched") {
                return Ok(Expectation::Origin(origin, 0));
            }
            words.expect("asked")?;
            Ok(Expectation::Origin(origin, times(words)?))
        }
        "steps" => {
            let mut steps = vec![words.take("a step")?];
            while words.text_follows() {
                steps.push(words.take("a step")?);
            }
            Ok(Expectation::Steps(steps))
        }
        "phrase" => Ok(Expectation::Phrase(words.take("a reason phrase")?)),
        "broken" => Ok(Expectation::Broken),
        "closed" => Ok(Expectation::Closed),
        "kept-open" => Ok(Expectation::KeptOpen),
        "result" => {
            let result = words.take("a result")?;
            Ok(Expectation::Results(result, times(words)?))
        }
        other => words.mistake(format!("`{other}` is not an expectation")),
    }
}

/// `"value"`, `contains "value"`, `any`, or `empty`.
fn matching(words: &mut Words) -> Result<Matching, Mistake> {
    if words.next_is("contains") {
        return Ok(Matching::Contains(words.take("a part")?));
    }
    if words.next_is("any") {
        return Ok(Matching::Any);
    }
    if words.next_is("empty") {
        return Ok(Matching::Is(String::new()));
    }
    if !words.text_follows() {
        return words.mistake("a value in quotes is missing");
    }
    Ok(Matching::Is(words.take("a value")?))
}

/// Reads `GET /a header x "y" no header z body "..."`.
pub(super) fn saw(words: &mut Words) -> Result<SawLine, Mistake> {
    let mut saw = SawLine {
        method: words.take("a method")?,
        target: words.take("a path")?,
        headers: Vec::new(),
        body: None,
        version: None,
    };
    while !words.is_empty() {
        match words.take("a part of the request")?.as_str() {
            "over" => saw.version = Some(words.take("a version")?),
            "header" => {
                let name = words.take("a header's name")?;
                saw.headers.push((name, matching(words)?));
            }
            "no" => {
                words.expect("header")?;
                saw.headers.push((words.take("a header's name")?, Matching::Absent));
            }
            "body" => saw.body = Some(words.take("the body")?),
            other => return words.mistake(format!("`{other}` is not a part of a request")),
        }
    }
    Ok(saw)
}

#[cfg(test)]
mod tests {
    use super::super::words::blocks;
    use super::*;

    fn requests(source: &str) -> Result<Vec<RequestLine>, Mistake> {
        let mut block = blocks(source)?.remove(0);
        block.head.expect("viewer")?;
        match read(&mut block.head, block.items)? {
            Statement::Viewer { requests, .. } => Ok(requests),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_line_reads_aloud() {
        let requests = requests(concat!(
            "viewer v1 -> d1\n",
            "  GET /a.txt header \"x: y\"\n",
            "    expect 404 x-cache Error no age body contains \"gone\" origin o1 asked once\n",
            "           steps \"lookup:nothing\" \"judge:remember\"\n",
            "  start crowd with 50 viewers GET /b expect 200 result Miss once result Hit 49 times\n",
        ))
        .unwrap();
        assert_eq!(
            requests[0].expectations,
            [
                Expectation::Status(404),
                Expectation::Header("x-cache".to_owned(), Matching::Is("Error from cloudfront".to_owned())),
                Expectation::Header("age".to_owned(), Matching::Absent),
                Expectation::Body(Matching::Contains("gone".to_owned())),
                Expectation::Origin("o1".to_owned(), 1),
                Expectation::Steps(vec!["lookup:nothing".to_owned(), "judge:remember".to_owned()]),
            ]
        );
        assert_eq!((requests[1].started_as.as_deref(), requests[1].viewers), (Some("crowd"), 50));
        assert_eq!(requests[1].expectations.last(), Some(&Expectation::Results("Hit".to_owned(), 49)));
    }

    #[test]
    fn a_request_without_an_expectation_is_a_mistake() {
        assert!(requests("viewer v1 -> d1\n  GET /a\n").is_err());
        assert!(requests("viewer v1 -> d1\n  GET /a expect\n").is_err());
        assert!(requests("viewer v1 -> d1\n  GET /a expect 200 lucky\n").is_err());
    }
}
