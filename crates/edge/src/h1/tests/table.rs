//! Executes `docs/rules/http1.md` against a listener: bytes in; replies, the connection's fate and what the origin
//! saw out.

use tokio::io::AsyncWriteExt;

use super::replies::{self, Got};
use super::stage::{HOST, Stage, rest};
use super::tables;

/// Shows that a connection goes on: it must be read as a request of its own, and answered.
const LAST: &str = "GET /last HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn every_row_of_http1_holds() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in tables::read("http1.md") {
        count += 1;
        let case = format!("{row}");
        let bytes = bytes(&row.lines("bytes").concat());
        let expected = row.text("answers").to_owned();
        let end = row.cell("then").to_owned();
        let mut seen = row.lines("origin saw");
        assert!(!row.cell("case").is_empty());
        if let Err(why) = check(&stage, &bytes, &expected, &end, &mut seen).await {
            wrong.push(format!("{case}\n    {why}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 80, "{count} rows");
}

async fn check(
    stage: &Stage,
    bytes: &[u8],
    expected: &str,
    end: &str,
    seen: &mut Vec<String>,
) -> Result<(), String> {
    let mut viewer = stage.connect().await;
    // The edge may have ended the connection before it got everything.
    let _ = viewer.write_all(bytes).await;
    let mut expected: Vec<&str> = expected.split_whitespace().collect();
    match end {
        "stays" => {
            let _ = viewer.write_all(LAST.as_bytes()).await;
            expected.push("200");
            seen.push("GET /last".to_owned());
        }
        "closes" | "ends" => {}
        "waits" => viewer.shutdown().await.unwrap(),
        other => panic!("`then` is {other}"),
    }
    let is_head = |answer: &&str| if answer.ends_with('-') { "HEAD" } else { "GET" };
    let finals = expected.iter().filter(|answer| !answer.starts_with('1'));
    let methods: Vec<&str> = finals.map(is_head).collect();
    let got = replies::read(&rest(&mut viewer).await?, &methods);
    let statuses: Vec<String> = got.iter().map(|reply| reply.status.to_string()).collect();
    let wanted: Vec<&str> = expected.iter().map(|answer| answer.trim_end_matches('-')).collect();
    let text = |request: &String| request.replace("\r\n", "\\r\\n");
    let really_seen: Vec<String> = stage.seen().iter().map(text).collect();
    if statuses != wanted {
        return Err(format!("answers {statuses:?}, and the origin saw {really_seen:?}"));
    }
    if really_seen != *seen {
        return Err(format!("the origin saw {really_seen:?}"));
    }
    tells_its_end(&got, end)
}

/// The last reply says that the connection ends, and no other does.
fn tells_its_end(got: &[Got], end: &str) -> Result<(), String> {
    let Some((last, others)) = got.split_last() else { return Ok(()) };
    let connection = |reply: &Got| reply.field("connection").unwrap_or_default();
    if let Some(other) = others.iter().find(|reply| connection(reply).contains("close")) {
        return Err(format!("closes too early: {other:?}"));
    }
    let is_told = connection(last) == "close";
    let is_whole = got.iter().all(|reply| reply.is_whole);
    match is_told || end != "closes" {
        true if is_whole => Ok(()),
        true => Err("a body is not whole".to_owned()),
        false => Err(format!("connection: {:?}", connection(last))),
    }
}

/// What a cell stands for: see the head of the document.
fn bytes(cell: &str) -> Vec<u8> {
    let text = cell.replace("{host}", &format!("Host: {HOST}"));
    let mut bytes = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '⏎' => bytes.extend_from_slice(b"\r\n"),
            '␍' => bytes.push(b'\r'),
            '␊' => bytes.push(b'\n'),
            '␉' => bytes.push(b'\t'),
            '␀' => bytes.push(0),
            '␣' => bytes.push(b' '),
            '\\' => {
                let digits = rest.strip_prefix('x').and_then(|rest| rest.get(..2)).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &rest[3..];
            }
            '{' => {
                let (repeated, after) = rest.split_once('}').unwrap();
                let (unit, times) = repeated.rsplit_once('*').unwrap();
                let unit = unit.replace('⏎', "\r\n");
                bytes.extend_from_slice(unit.repeat(times.parse().unwrap()).as_bytes());
                rest = after;
            }
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}
