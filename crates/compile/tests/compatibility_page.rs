//! The settings part of `docs/compatibility.md` is what the table says. `UPDATE_GOLDEN=1` rewrites it.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- settings: begin (generated from compile::support) -->\n";
const END: &str = "<!-- settings: end -->\n";

#[test]
fn the_compatibility_page_has_every_setting() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compatibility.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the settings' first mark");
    let (_, after) = rest.split_once(END).expect("the page has the settings' last mark");
    let expected = format!("{before}{BEGIN}\n{}\n{END}{after}", compile::support::markdown());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert!(page == expected, "the page is not what the table says; run again with UPDATE_GOLDEN=1");
    }
}
