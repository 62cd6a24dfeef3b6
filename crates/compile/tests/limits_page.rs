//! The quotas of `docs/operating/limits.md` are what the table says. `UPDATE_GOLDEN=1` rewrites them.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- quotas: begin (generated from compile::Quotas) -->\n";
const END: &str = "<!-- quotas: end -->\n";

#[test]
fn the_page_of_limits_has_every_quota() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating/limits.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the quotas' first mark");
    let (_, after) = rest.split_once(END).expect("the page has the quotas' last mark");
    let rows = compile::Quotas::default().rows();
    let rows: String =
        rows.iter().map(|row| format!("| `{}` | {} | {} |\n", row.name, row.number, row.text)).collect();
    let expected = format!(
        "{before}{BEGIN}\n| name | default | what it limits |\n| --- | --- | --- |\n{rows}\n{END}{after}"
    );
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert!(page == expected, "the page is not what the table says; run again with UPDATE_GOLDEN=1");
    }
}
