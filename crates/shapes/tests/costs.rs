//! What a hostile document may cost at most: time and memory stay in proportion to its size.
//!
//! One test, because the memory of the whole process is measured.

#![allow(clippy::disallowed_methods, reason = "a test that measures may read the clock")]

use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use shapes::{InvalidationBatch, xml};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Far more than any of these needs without optimization on a busy machine; what grows with the square takes minutes.
const MOST_TIME: Duration = Duration::from_secs(10);

/// Bytes of memory for each byte of a document, and what every document may use.
const MOST_MEMORY: usize = 64;
const SOME_MEMORY: usize = 1024 * 1024;

fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn no_document_costs_more_time_or_memory_than_its_size_explains() {
    let size = xml::MAX_DOCUMENT_BYTES;
    let within = |content: String| format!("<InvalidationBatch>{content}</InvalidationBatch>");
    let documents = [
        ("nothing but depth", "<a>".repeat(size / 3)),
        ("elements side by side", within("<Paths/>".repeat(size / 9))),
        ("attributes", format!("<InvalidationBatch{}/>", numbered(100_000, |n| format!(" a{n}=''")))),
        ("namespaces", format!("<InvalidationBatch{}/>", numbered(100_000, |n| format!(" xmlns:a{n}='b'")))),
        ("nested namespaces", numbered(100_000, |n| format!("<a xmlns:a{n}='b{n}'>"))),
        (
            "few attributes everywhere",
            within(numbered(40_000, |n| format!("<a b='' c='' d='' e='' xmlns:f='{n}'/>"))),
        ),
        (
            "namespaces on every level",
            within(format!(
                "{}{}",
                numbered(30, |n| format!("<a xmlns:b{n}='1' xmlns:c{n}='2' xmlns:d{n}='3'>")),
                "<b xmlns:e='4'/>".repeat(size / 20),
            )),
        ),
        ("references", within("&#65;".repeat(size / 6))),
        ("carriage returns", within("\r".repeat(size - 100))),
        ("sections", within("<![CDATA[x]]>".repeat(size / 14))),
        ("comments", within("<!---->".repeat(size / 8))),
        ("a comment without end", format!("<!--{}", "<!--".repeat(size / 5))),
        ("quotes without end", "<a b='".repeat(size / 7)),
        ("a long name", format!("<{}/>", "a".repeat(size - 10))),
        (
            "references to no character",
            within(format!("<CallerReference>{}</CallerReference>", "&#xFFFD;".repeat(size / 9))),
        ),
    ];
    for (name, document) in documents {
        assert!(document.len() <= size + 100, "{name}");
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let started = Instant::now();
        assert!(xml::read::<InvalidationBatch>(document.as_bytes()).is_err(), "{name}");
        let (took, used) = (started.elapsed(), MEMORY.peak_usage() - before);
        assert!(took < MOST_TIME, "{name}: {took:?}");
        let most = SOME_MEMORY + MOST_MEMORY * document.len();
        assert!(used <= most, "{name}: {used} bytes of memory for {} bytes", document.len());
    }
}
