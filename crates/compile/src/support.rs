//! What this version does with each member of a `DistributionConfig`.
//!
//! One table decides what the compatibility page says and which warnings the API answers. Every member that a
//! document can have is in it: a test walks the shapes. Members of listed behaviors have the rows of
//! `DefaultCacheBehavior`.

mod enforced;
mod kept;

use shapes::{DistributionConfig, Kind, Member, Shape};

use enforced::ENFORCED;
use kept::KEPT;

/// What happens to a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// The edge obeys it, or it means nothing to an edge and the API keeps it.
    Enforced,
    /// It is checked, kept and shown, but the edge does not obey it.
    Stored {
        /// What happens instead.
        why: &'static str,
    },
    /// It refers to what lives outside: refused, and kept without being obeyed when references are lenient.
    Outside {
        /// What is missing.
        why: &'static str,
    },
    /// It would guard content, so a document that uses it is refused.
    Refused {
        /// What is missing.
        why: &'static str,
    },
}

impl Support {
    /// What happens instead, or what is missing.
    const fn why(self) -> Option<&'static str> {
        match self {
            Self::Enforced => None,
            Self::Stored { why } | Self::Outside { why } | Self::Refused { why } => Some(why),
        }
    }
}

/// A part of the document that is not enforced.
pub(crate) struct Kept {
    /// A member; all below it is meant.
    path: &'static str,
    support: Support,
    /// Whether a document uses it.
    is_used: fn(&DistributionConfig) -> bool,
}

/// What happens to the member at `path`, in the notation of [`paths`]; `None` when there is no such member.
pub fn of(path: &str) -> Option<Support> {
    let shared = path.strip_prefix("CacheBehaviors.Items[].").filter(|member| *member != "PathPattern");
    let path = shared.map_or(path.to_owned(), |member| format!("DefaultCacheBehavior.{member}"));
    let path = path.as_str();
    let kept = KEPT.iter().find(|kept| is_within(path, kept.path)).map(|kept| kept.support);
    kept.or_else(|| ENFORCED.contains(&path).then_some(Support::Enforced))
}

fn is_within(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// One sentence for each part of `config` that is used but not enforced.
pub fn warnings(config: &DistributionConfig) -> Vec<String> {
    let used = KEPT.iter().filter(|kept| (kept.is_used)(config));
    used.map(|kept| {
        let Some(why) = kept.support.why() else { return String::new() };
        format!("{} is kept but not enforced: {why}", kept.path)
    })
    .filter(|warning| !warning.is_empty())
    .collect()
}

/// Every member of a `DistributionConfig` that holds a value, such as `Origins.Items[].DomainName`. `Quantity`
/// is left out: it is always compared with the number of items.
pub fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    add_members("", DistributionConfig::MEMBERS, &mut paths);
    // What listed behaviors have in common with the default one is told once.
    paths.retain(|path| !path.starts_with("CacheBehaviors.") || path.ends_with(".PathPattern"));
    paths
}

fn add_members(prefix: &str, members: &[Member], paths: &mut Vec<String>) {
    for member in members.iter().filter(|member| member.name != "Quantity") {
        let dot = if prefix.is_empty() { "" } else { "." };
        add(&format!("{prefix}{dot}{}", member.name), member.kind, paths);
    }
}

fn add(path: &str, kind: Kind, paths: &mut Vec<String>) {
    match kind {
        Kind::Structure { members, .. } => add_members(path, members, paths),
        Kind::Entries(entry) => add(&format!("{path}[]"), *entry, paths),
        Kind::Counted(entry) => add(&format!("{path}.Items[]"), *entry, paths),
        // Everything else holds one value.
        _ => paths.push(path.to_owned()),
    }
}

/// The table for people, in Markdown.
pub fn markdown() -> String {
    let mut out = String::from(
        "| setting | this version |\n\
         | --- | --- |\n",
    );
    for path in paths() {
        let says = match of(&path) {
            Some(Support::Enforced) => "enforced".to_owned(),
            Some(Support::Stored { why }) => format!("kept, not enforced: {why}"),
            Some(Support::Outside { why }) => {
                format!("refused when used, kept with `--lenient-references`: {why}")
            }
            Some(Support::Refused { why }) => format!("refused when used: {why}"),
            None => "unknown".to_owned(),
        };
        out.push_str(&format!("| `{path}` | {says} |\n"));
    }
    out.push_str(
        "\nListed cache behaviors (`CacheBehaviors.Items[]`) are treated as `DefaultCacheBehavior` is.\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_the_shapes_is_in_the_table_once() {
        let paths = paths();
        let missing: Vec<_> = paths.iter().filter(|path| of(path).is_none()).collect();
        assert!(missing.is_empty(), "not in the table: {missing:#?}");
        let stale: Vec<_> = ENFORCED.iter().filter(|path| !paths.iter().any(|real| real == *path)).collect();
        assert!(stale.is_empty(), "no such member: {stale:#?}");
        let twice: Vec<_> =
            ENFORCED.iter().filter(|path| KEPT.iter().any(|kept| is_within(path, kept.path))).collect();
        assert!(twice.is_empty(), "enforced and kept at once: {twice:#?}");
    }

    #[test]
    fn every_kept_part_exists_in_the_shapes() {
        let paths = paths();
        for kept in KEPT {
            assert!(paths.iter().any(|path| is_within(path, kept.path)), "{}", kept.path);
        }
    }

    #[test]
    fn members_of_listed_behaviors_have_the_rows_of_the_default_one() {
        assert_eq!(of("CacheBehaviors.Items[].TargetOriginId"), Some(Support::Enforced));
        assert!(matches!(of("CacheBehaviors.Items[].SmoothStreaming"), Some(Support::Stored { .. })));
        assert_eq!(of("CacheBehaviors.Items[].Compress"), Some(Support::Enforced));
        assert_eq!(of("CacheBehaviors.Items[].Compression"), None);
    }

    #[test]
    fn a_document_that_uses_nothing_special_gets_no_warning() {
        let mut config = DistributionConfig::default();
        crate::defaults(&mut config);
        crate::normalize(&mut config);
        assert_eq!(warnings(&config), Vec::<String>::new());
    }
}
