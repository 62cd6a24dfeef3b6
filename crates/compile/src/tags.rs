//! Tags of a resource: how many, and which characters.

use std::collections::BTreeSet;

use shapes::Tags;

use crate::problems::{Problems, Quoted, Report, Stage};
use crate::quotas::Quotas;

const INVALID_TAGGING: &str = "InvalidTagging";

/// Checks tags that are to be attached. That a resource does not get more than [`Quotas::max_tags`] by adding to
/// those it has is for the caller to check.
pub fn tags(tags: &Tags, quotas: &Quotas) -> Problems {
    let mut report = Report::default();
    report.limit(INVALID_TAGGING, "Items", tags.items.len(), quotas.max_tags);
    let mut seen = BTreeSet::new();
    for (index, tag) in tags.items.iter().enumerate() {
        let path = format!("Items[{index}].Key");
        report.require(is_key(&tag.key), Stage::Field, INVALID_TAGGING, &path, || {
            format!(
                "{path} is {}. Accepted: 1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:.",
                Quoted(&tag.key)
            )
        });
        report.require(seen.insert(&tag.key), Stage::Field, INVALID_TAGGING, &path, || {
            format!("{path} {} is there already. Accepted: each key once.", Quoted(&tag.key))
        });
        let value = tag.value.as_deref().unwrap_or_default();
        let path = format!("Items[{index}].Value");
        report.require(is_value(value), Stage::Field, INVALID_TAGGING, &path, || {
            format!(
                "{path} is {}. Accepted: at most 256 letters, digits, spaces and _.:/=+-@.",
                Quoted(value)
            )
        });
    }
    report.finish()
}

fn is_key(key: &str) -> bool {
    let reserved = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    (1..=128).contains(&key.chars().count()) && key.chars().all(is_tag_character) && !reserved
}

fn is_value(value: &str) -> bool {
    value.chars().count() <= 256 && value.chars().all(is_tag_character)
}

/// Letters and digits of any script.
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric() || " _.:/=+-@".contains(character)
}

#[cfg(test)]
mod tests {
    use shapes::Tag;

    use super::*;

    fn checked(list: &[(&str, &str)]) -> Vec<String> {
        let items = list
            .iter()
            .map(|(key, value)| Tag { key: (*key).into(), value: Some((*value).into()) })
            .collect();
        tags(&Tags { items }, &Quotas::default())
            .iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect()
    }

    #[test]
    fn ordinary_tags_pass() {
        assert!(
            checked(&[("stage", "test 1"), ("cost:center", ""), ("Größe", "a/b=c+d-e@f_g.h")]).is_empty()
        );
    }

    #[test]
    fn keys_and_values_outside_the_rules_are_refused() {
        let long = "v".repeat(257);
        let wrong = [("", "a"), ("aws:x", "a"), ("a!", "a"), ("k", &long), ("k", "b")];
        assert_eq!(
            checked(&wrong),
            [
                "InvalidTagging Items[0].Key",
                "InvalidTagging Items[1].Key",
                "InvalidTagging Items[2].Key",
                "InvalidTagging Items[3].Value",
                "InvalidTagging Items[4].Key",
            ]
        );
    }

    #[test]
    fn fifty_tags_are_the_most() {
        let keys: Vec<String> = (0..=50).map(|number| format!("k{number}")).collect();
        let all: Vec<_> = keys.iter().map(|key| (key.as_str(), "")).collect();
        assert!(checked(&all[..50]).is_empty());
        assert_eq!(checked(&all), ["InvalidTagging Items"]);
    }
}
