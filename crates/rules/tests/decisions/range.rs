//! Executes `docs/rules/range.md`.

use http::header::{HeaderValue, RANGE};
use http::{Method, StatusCode};
use proptest::prelude::*;
use rules::Fields;
use rules::range::{self, Cut, Received, Span, Wanted};

use crate::{given, tables};

#[test]
fn every_row_of_range_holds() {
    for row in tables::read("range.md") {
        if row.has("judged") { judges(&row) } else { cuts(&row) }
    }
}

fn cuts(row: &tables::Row) {
    let head = given::request(&row.lines("request"));
    let found = match range::cut(&Wanted::by(&head.method, &head.fields), row.count("length")) {
        Cut::Whole => vec!["whole".to_owned()],
        Cut::Part(span) => vec![said(span)],
        Cut::Parts(spans) => spans.into_iter().map(said).collect(),
        Cut::Nothing => vec!["nothing".to_owned()],
    };
    assert_eq!(found, row.lines("gets"), "{row}");
}

fn said(span: Span) -> String {
    format!("{}-{}", span.start, span.end - 1)
}

fn judges(row: &tables::Row) {
    let asked_for = row.text("asked for");
    let request: Vec<String> =
        (!asked_for.is_empty()).then(|| format!("range: {asked_for}")).into_iter().collect();
    let wanted = Wanted::by(&Method::GET, &given::fields(&request));
    let fields = given::fields(&row.lines("response"));
    let length = (!row.text("body").is_empty()).then(|| row.count("body"));
    let judged = match range::received(&wanted, &fields, length) {
        Received::AsAsked => "kept",
        Received::Contradiction => "contradiction",
        Received::Other(because) => {
            assert!(row.cell("number").contains(because.number), "{row}");
            because.text
        }
    };
    assert_eq!(judged, row.cell("judged"), "{row}");
    let contradicts = range::contradicts_itself(StatusCode::PARTIAL_CONTENT, &fields, length);
    assert_eq!(contradicts, judged == "contradiction", "{row}");
    assert!(!range::contradicts_itself(StatusCode::OK, &fields, length), "{row}");
}

#[test]
fn more_ranges_than_the_limit_are_none() {
    let list = |count: u64| {
        let ranges: Vec<String> = (0..count).map(|at| format!("{}-{}", at * 10, at * 10 + 1)).collect();
        let fields = given::fields(&[format!("range: bytes={}", ranges.join(","))]);
        range::cut(&Wanted::by(&Method::GET, &fields), 100_000)
    };
    assert!(matches!(list(64), Cut::Parts(spans) if spans.len() == 64));
    assert_eq!(list(65), Cut::Whole);
}

fn spans(cut: Cut) -> Vec<Span> {
    match cut {
        Cut::Whole | Cut::Nothing => Vec::new(),
        Cut::Part(span) => vec![span],
        Cut::Parts(spans) => spans,
    }
}

fn wanted(value: &[u8]) -> Wanted {
    match HeaderValue::from_bytes(value) {
        Ok(value) => Wanted::by(&Method::GET, &[(RANGE, value)].into_iter().collect::<Fields>()),
        Err(_) => Wanted::Whole,
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_for_lies_within_the_object_in_order(
        value in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "bytes=[0-9,\\- ]{0,60}".prop_map(String::into_bytes),
            prop::collection::vec((0_u64..2_000, 0_u64..2_000), 1..6).prop_map(|ranges| {
                let ranges: Vec<String> = ranges.iter().map(|(one, other)| format!("{one}-{other}")).collect();
                format!("bytes={}", ranges.join(",")).into_bytes()
            }),
        ],
        length in prop_oneof![0_u64..2_000, any::<u64>()],
    ) {
        let found = spans(range::cut(&wanted(&value), length));
        for span in &found {
            prop_assert!(span.start < span.end && span.end <= length, "{span:?} of {length}");
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "{pair:?}");
        }
        let sum: u64 = found.iter().map(|span| span.len()).sum();
        prop_assert!(sum <= length);
    }

    #[test]
    fn one_range_means_what_it_says(first in 0_u64..2_000, more in 0_u64..2_000, length in 0_u64..3_000) {
        let last = first + more;
        let found = range::cut(&wanted(format!("bytes={first}-{last}").as_bytes()), length);
        let expected: Vec<u64> = (first..=last).filter(|at| *at < length).collect();
        match (found, expected.as_slice()) {
            (Cut::Nothing, []) => {}
            (Cut::Part(span), [start, .., end]) => prop_assert_eq!((span.start, span.end), (*start, end + 1)),
            (Cut::Part(span), [only]) => prop_assert_eq!((span.start, span.end), (*only, only + 1)),
            (found, expected) => prop_assert!(false, "{:?}, expected {} bytes", found, expected.len()),
        }
    }

    #[test]
    fn whatever_an_origin_says_only_exact_parts_are_kept(
        value in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "bytes [0-9]{0,21}-[0-9]{0,21}/[0-9*]{0,21}".prop_map(String::into_bytes),
        ],
        length in prop::option::of(any::<u64>()),
    ) {
        let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let fields: Fields = [(http::header::CONTENT_RANGE, value)].into_iter().collect();
        let judged = range::received(&wanted(b"bytes=5-9"), &fields, length);
        if judged == Received::AsAsked {
            let said = String::from_utf8_lossy(fields.first(&http::header::CONTENT_RANGE).unwrap().as_bytes()).into_owned();
            prop_assert!(said.contains('5'), "{said}");
        }
    }
}
