//! The committed coverage page is what the tests really claim.

use std::fs;

#[test]
fn the_coverage_page_is_up_to_date() {
    let path = testkit::repository().join("docs/coverage.md");
    let page = testkit::coverage::page().expect("every proof names a behaviour that exists");
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&path, &page).expect("docs can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/coverage.md is old: UPDATE_COVERAGE=1 cargo test -p testkit --test coverage"
    );
}
