//! Executes `docs/rules/admission.md`.

use rules::admit::{self, Admission, Refusal};
use rules::model::{Methods, ViewerProtocolPolicy};

use crate::{given, tables};

#[test]
fn every_row_of_admission_holds() {
    for row in tables::read("admission.md") {
        if row.has("Host lines") {
            receives(&row);
        } else if row.has("`CDN-Loop`") {
            guards_against_loops(&row);
        } else {
            decides(&row);
        }
    }
}

fn receives(row: &tables::Row) {
    let length = |column| usize::try_from(row.count(column)).unwrap();
    let head = given::request(&row.lines("request"));
    match admit::receive(&head, length("Host lines"), length("URL"), length("head")) {
        Ok(()) => assert_eq!((row.cell("answer"), row.text("detailed type")), ("ok", "")),
        Err(refusal) => is_refused(row, &refusal),
    }
}

fn guards_against_loops(row: &tables::Row) {
    let lines: Vec<String> =
        row.lines("`CDN-Loop`").iter().map(|value| format!("cdn-loop: {value}")).collect();
    match admit::stacked(&given::fields(&lines), "edge1") {
        Ok(()) => assert_eq!(row.cell("answer"), "ok"),
        Err(refusal) => {
            assert_eq!(answer(&refusal), row.cell("answer"));
            assert_eq!(refusal.because.number, row.cell("number"));
        }
    }
}

fn decides(row: &tables::Row) {
    let mut behavior = given::behavior();
    behavior.viewer_protocol_policy = match row.cell("viewer protocol policy") {
        "allow-all" => ViewerProtocolPolicy::AllowAll,
        "https-only" => ViewerProtocolPolicy::HttpsOnly,
        "redirect-to-https" => ViewerProtocolPolicy::RedirectToHttps,
        _ => row.unreadable("viewer protocol policy"),
    };
    behavior.allowed_methods = match row.cell("allowed methods") {
        "GET, HEAD" => Methods::GetHead,
        "GET, HEAD, OPTIONS" => Methods::GetHeadOptions,
        "all" => Methods::All,
        _ => row.unreadable("allowed methods"),
    };
    match admit::decide(&given::request(&row.lines("request")), &behavior, row.yes("body")) {
        Admission::Proceed => assert_eq!((row.cell("answer"), row.text("detailed type")), ("proceed", "")),
        Admission::RedirectToHttps { status, because } => {
            assert_eq!(
                (row.cell("answer"), row.text("detailed type")),
                (&*format!("redirect {}", status.as_u16()), "")
            );
            assert_eq!(because.number, row.cell("number"));
        }
        Admission::Refuse(refusal) => is_refused(row, &refusal),
    }
}

fn is_refused(row: &tables::Row, refusal: &Refusal) {
    assert_eq!(answer(refusal), row.cell("answer"), "{}", refusal.because);
    assert_eq!(refusal.detailed, row.cell("detailed type"), "{}", refusal.because);
    assert_eq!(refusal.because.number, row.cell("number"), "{}", refusal.because);
    assert!(!refusal.sentence.is_empty());
}

fn answer(refusal: &Refusal) -> String {
    let page = if refusal.page { " page" } else { "" };
    let close = if refusal.close { " close" } else { "" };
    format!("{}{page}{close}", refusal.status.as_u16())
}

#[test]
fn a_control_byte_in_the_url_is_refused() {
    for (path, query) in [("/a\u{7f}", None), ("/a\u{0}b", None), ("/a", Some("x=\u{1}")), ("/a b", None)] {
        let mut head = given::request(&[]);
        head.path = path.into();
        head.query = query.map(Into::into);
        let refusal = admit::receive(&head, 1, 20, 100).unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.because.number), (400, "E14"), "{path:?} {query:?}");
    }
}

#[test]
fn a_connect_without_path_is_left_to_the_behavior() {
    let mut head = given::request(&["CONNECT /".to_owned()]);
    head.path = "".into();
    assert_eq!(admit::receive(&head, 1, 20, 100), Ok(()));
}

#[test]
fn an_unknown_host_has_no_page_but_a_bad_default_root_object_may_have_one() {
    assert_eq!(answer(&admit::unknown_host()), "403");
    assert_eq!(answer(&admit::invalid_default_root_object()), "400 page");
    assert!(admit::invalid_default_root_object().sentence.contains("InvalidDefaultRootObject"));
    assert_eq!(answer(&admit::body_too_large()), "413 close");
    assert_eq!(answer(&admit::unparsable()), "400 close");
}
