//! Executes `docs/rules/compression.md`.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use rules::compression::{self, Coding, Compress, Facts};
use rules::response_headers;

use crate::{given, tables};

#[test]
fn every_row_of_compression_holds() {
    for row in tables::read("compression.md") {
        if row.has("decided") {
            decides(&row);
        } else if row.has("type") {
            knows_types(&row);
        } else {
            changes_heads(&row);
        }
    }
}

/// A behavior that compresses, and a viewer that takes it.
const READY: [&str; 3] = ["gzip", "br", "compress"];
const TAKES_BOTH: &str = "accept-encoding: gzip, br";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn decides(row: &tables::Row) {
    let by_viewer = row.has("request");
    let (behavior, origin, request) = match by_viewer {
        true => (row.lines("behavior"), row.lines("origin"), row.lines("request")),
        false => (words(&READY), Vec::new(), words(&[TAKES_BOTH])),
    };
    let (status, length, response) = match by_viewer {
        true => (200, Some(5_000), words(&["content-type: text/html"])),
        false => {
            let length = (!row.text("length").is_empty()).then(|| row.count("length"));
            (row.count("status"), length, row.lines("response"))
        }
    };
    let head = given::request(&request);
    let decided = compression::decide(&Facts {
        behavior: &given::behavior_with(&behavior),
        origin: Some(&given::origin_with(&origin)),
        head: &head,
        method: &head.method,
        status: StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap(),
        fields: &given::fields(&response),
        length,
    });
    let (found, because) = match decided {
        Compress::As(coding, because) => (coding.as_str(), because),
        Compress::Not(because) => ("plain", because),
    };
    assert_eq!(found, row.cell("decided"), "{row}: {because}");
    assert_eq!(because.text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(because.number), "{row}: {because}");
}

fn knows_types(row: &tables::Row) {
    let head = given::request(&words(&[TAKES_BOTH]));
    let kind = row.text("type");
    let lines: Vec<String> =
        (!kind.is_empty()).then(|| format!("{CONTENT_TYPE}: {kind}")).into_iter().collect();
    let decided = compression::decide(&Facts {
        behavior: &given::behavior_with(&words(&READY)),
        origin: None,
        head: &head,
        method: &head.method,
        status: StatusCode::OK,
        fields: &given::fields(&lines),
        length: Some(5_000),
    });
    assert_eq!(matches!(decided, Compress::As(..)), row.yes("compressed"), "{row}: {decided:?}");
}

fn changes_heads(row: &tables::Row) {
    let changed = match row.has("304") {
        true => response_headers::validated(
            &given::fields(&row.lines("stored")),
            given::fields(&row.lines("304")),
        ),
        false => compression::encoded(given::fields(&row.lines("response")), Coding::Brotli),
    };
    assert_eq!(given::lines(&changed), row.lines("becomes"), "{row}");
}
