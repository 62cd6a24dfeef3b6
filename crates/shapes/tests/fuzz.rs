//! Fuzz targets of the codecs: what strangers send is an answer, never a panic; what was understood is written so that a second
//! reader understands the same; and no document costs out of proportion.
//!
//! They run for a few seconds in the tests and longer with `cargo xtask fuzz`; `fuzz` says how.

#[path = "fuzz/roots.rs"]
mod roots;
#[path = "fuzz/second_reader.rs"]
mod second_reader;
#[path = "fuzz/values.rs"]
mod values;

use fuzz::Corpus;
use roots::ROOTS;
use second_reader::Tree;
use shapes::Kind;

const WORDS: &[&str] = &[
    "<Items>",
    "</Items>",
    "<Items/>",
    "<Quantity>2</Quantity>",
    "<Quantity>",
    "<Key>k</Key>",
    "<Path>/</Path>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?a b?>",
    "&lt;",
    "&#13;",
    "&#x0;",
    "&#xD800;",
    "&#xFFFF;",
    "&a;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    " xmlns=''",
    " xmlns:a='b'",
    " a='b'",
    "\r",
    "\r\n",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "true",
    "false",
    "+1",
    "-0",
    "1e3",
    "NaN",
    "99999999999999999999",
    "2026-01-02T03:04:05Z",
    "</",
    "/>",
    "<a:b>",
    "<Comment>",
    "</Comment>",
];

fn corpus() -> Corpus {
    fuzz::corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/xml"), WORDS)
}

#[test]
fn any_xml_is_refused_or_understood_as_a_second_reader_does() {
    let corpus = corpus();
    for document in corpus.documents() {
        ROOTS.iter().for_each(|root| same_for_both_readers(root, document));
    }
    fuzz::run(|bytes| {
        let document = corpus.damaged(bytes)?;
        // The root that the document names is the likely one; the others must refuse it.
        let text = String::from_utf8_lossy(&document);
        let likely = ROOTS.iter().find(|root| text.contains(&format!("<{}", root.name)));
        let any = bytes.choose(&ROOTS)?;
        same_for_both_readers(likely.unwrap_or(any), &document);
        Ok(())
    });
}

/// What was read and written again says the same as the document, to a reader that shares no code with ours.
fn same_for_both_readers(root: &roots::Root, document: &[u8]) {
    let Some(written) = (root.through_xml)(document) else { return };
    let kind = Kind::Structure { name: root.name, members: root.members };
    let sent = Tree::read(document).expect("the second reader reads what ours reads");
    let kept = Tree::read(written.as_bytes()).expect("the second reader reads what we write");
    let shown = String::from_utf8_lossy(document);
    assert!(sent.says_the_same(&kept, kind), "{}\n{shown}\n{written}", root.name);
}

#[test]
fn any_value_survives_being_written_and_read() {
    fuzz::run(|bytes| {
        let root = bytes.choose(&ROOTS)?;
        let document = values::document(bytes, root.name, root.members)?;
        let written = (root.through_xml)(document.as_bytes());
        assert!(written.is_some(), "refused: {document}");
        same_for_both_readers(root, document.as_bytes());
        assert!((root.through_json)(&written.unwrap_or_default()), "changed by JSON: {document}");
        Ok(())
    });
}

#[test]
fn any_json_is_refused_or_survives() {
    let mut documents = Vec::new();
    for document in corpus().documents() {
        documents.extend(ROOTS.iter().filter_map(|root| Some(((root.to_json)(document)?, root))));
    }
    assert!(documents.len() >= 5, "the corpus is readable");
    fuzz::run(|bytes| {
        let (document, root) = bytes.choose(&documents)?;
        let mut document = document.clone().into_bytes();
        for _ in 0..bytes.int_in_range(0..=6)? {
            let at = bytes.int_in_range(0..=document.len())?;
            let end = (at + bytes.int_in_range(0..=8)?).min(document.len());
            let words: [&[u8]; 12] = [
                b"", b"{", b"}", b"[", b"null", b"\"", b"\\u0000", b"\\ud800", b",", b":", b"1e999", b"\xff",
            ];
            let word = *bytes.choose(&words)?;
            drop(document.splice(at..end, word.iter().copied()));
        }
        (root.through_xml_from_json)(&document);
        Ok(())
    });
}
