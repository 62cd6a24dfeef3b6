//! Executes `docs/rules/behavior-match.md`; the pattern matcher and the normal form are also compared with
//! naive ones on random input.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;
use rules::hosts::{HostTable, split_authority};
use rules::model::{BehaviorIndex, Behaviors};
use rules::path_pattern::{PathPattern, normalize};

use crate::{given, tables};

#[test]
fn every_row_of_behavior_match_holds() {
    for row in tables::read("behavior-match.md") {
        if row.has("names") {
            finds_the_distribution(&row);
        } else if row.has("authority") {
            splits_the_authority(&row);
        } else if row.has("patterns in order") {
            finds_the_behavior(&row);
        } else {
            assert_eq!(normalize(row.text("received")), row.text("compared as"));
        }
    }
}

fn finds_the_distribution(row: &tables::Row) {
    let names = row.lines("names");
    let table = HostTable::build(names.iter().enumerate().map(|(index, name)| (Arc::from(&**name), index)));
    let found = table.find(row.text("host")).map_or("", |index| &names[index]);
    assert_eq!(found, row.text("answers"));
}

fn splits_the_authority(row: &tables::Row) {
    let port = row.lines("port").first().map(|port| port.parse::<u16>().unwrap());
    let wanted = match row.text("host") {
        "refused" => None,
        host => Some((host, port)),
    };
    assert_eq!(split_authority(row.text("authority")), wanted);
}

fn finds_the_behavior(row: &tables::Row) {
    let listed = row.lines("patterns in order").into_iter().map(|pattern| {
        let mut behavior = given::behavior();
        behavior.pattern = PathPattern::new(&pattern);
        behavior
    });
    let behaviors = Behaviors { listed: listed.collect(), default: given::behavior() };
    let index = behaviors.find(&normalize(row.text("path")));
    let found = match index {
        BehaviorIndex::Default => "default",
        BehaviorIndex::Listed(_) => behaviors.at(index).pattern.as_str(),
    };
    assert_eq!(found, row.text("behavior"));
}

#[test]
fn a_host_of_nothing_but_dots_is_refused_without_looking_up_each() {
    let table = HostTable::build([(Arc::from("*.example.com"), 0)]);
    assert_eq!(table.find(&format!("{}.example.com", "a".repeat(5000))), None);
    assert_eq!(table.find(&".".repeat(8000)), None);
}

#[test]
fn a_path_that_needs_no_change_is_not_copied() {
    for path in ["/", "/a/b.html", "/.well-known/x", "/a%20b"] {
        assert!(matches!(normalize(path), Cow::Borrowed(same) if same == path), "{path}");
    }
}

#[test]
fn a_pattern_full_of_stars_does_not_blow_up() {
    let pattern = PathPattern::new(&"*a".repeat(100));
    assert!(!pattern.matches(&format!("/{}b", "a".repeat(8000))));
}

/// The definition of a match, without any cleverness.
fn matches_naively(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| matches_naively(rest, &text[taken..])),
        Some(('?', rest)) => text.split_first().is_some_and(|(_, tail)| matches_naively(rest, tail)),
        Some((wanted, rest)) => {
            text.split_first().is_some_and(|(first, tail)| first == wanted && matches_naively(rest, tail))
        }
    }
}

fn characters(text: &str) -> Vec<char> {
    text.strip_prefix('/').unwrap_or(text).chars().collect()
}

proptest! {
    #[test]
    fn the_matcher_equals_a_naive_one(pattern in "/?[ab/é*?]{0,8}", path in "/[ab/é]{0,10}") {
        let naive = matches_naively(&characters(&pattern), &characters(&path));
        prop_assert_eq!(PathPattern::new(&pattern).matches(&path), naive);
    }

    #[test]
    fn normalising_twice_changes_nothing(path in "(/|[a%24eEF.1é]|\\.\\.|%2e|%41){0,20}") {
        let once = normalize(&path).into_owned();
        prop_assert!(once.starts_with('/'));
        prop_assert_eq!(normalize(&once), once.clone());
    }

    #[test]
    fn a_normal_path_has_no_dot_segment_and_no_repeated_slash(path in "\\PC{0,40}") {
        let normal = normalize(&path);
        prop_assert!(!normal.contains("//"));
        prop_assert!(normal.split('/').all(|segment| segment != "." && segment != ".."));
    }

    #[test]
    fn any_authority_is_split_or_refused_without_panic(authority in "\\PC{0,30}") {
        if let Some((host, _)) = split_authority(&authority) {
            prop_assert!(authority.starts_with(host) && !host.is_empty());
        }
    }
}
