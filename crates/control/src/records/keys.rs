//! Where everything is kept. Texts of callers that may be long are kept under their digest.

use super::Kind;
use crate::ids::digest;

/// Every key of the API begins with it.
pub const PREFIX: &str = "cloudfront/";

/// Records of distributions, by id.
pub(crate) const DISTRIBUTIONS: &str = "cloudfront/distribution/";

/// Records of invalidations, by distribution and the newest first.
pub(crate) const INVALIDATIONS: &str = "cloudfront/invalidation/";

/// Ids of deleted distributions whose invalidations are still there.
pub(crate) const DELETED: &str = "cloudfront/deleted/";

/// Which way of keeping things the store has reached: [`FORMAT_NOW`] once everything is kept as this version does.
pub(crate) const FORMAT: &str = "cloudfront/format";

/// The value of [`FORMAT`] that this version writes.
pub(crate) const FORMAT_NOW: &str = "2";

/// Written by every configuration that refers to a resource of the account, so that a change of one notices it.
pub(crate) const REFERENCES_USED: &str = "cloudfront/references-used";

/// Written by whatever could make a reference wrong, so that configurations notice it.
pub(crate) const REFERENCES_CHANGED: &str = "cloudfront/references-changed";

/// What the first version kept instead of [`uses`]: the origin access controls of a distribution, by distribution.
pub(crate) const FORMER_USES: &str = "cloudfront/origin-access-control-uses/";

/// What the first version kept instead of [`REFERENCES_USED`] and [`REFERENCES_CHANGED`].
pub(crate) const FORMER_MARKS: [&str; 2] =
    ["cloudfront/origin-access-controls-used", "cloudfront/origin-access-controls-withdrawn"];

/// A distribution.
pub(crate) fn distribution(id: &str) -> String {
    format!("{DISTRIBUTIONS}{id}")
}

/// The id at the end of the key of a record.
pub(crate) fn last_part(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, last)| last)
}

/// The distribution that was created with this caller reference.
pub(crate) fn caller_reference(reference: &str) -> String {
    format!("{CALLER_REFERENCES}{}", digest(reference))
}

/// Claims of caller references of distributions. There is one for each distribution.
pub(crate) const CALLER_REFERENCES: &str = "cloudfront/caller-reference/";

/// The distribution that has this alternate domain name; case does not matter.
pub(crate) fn alias(name: &str) -> String {
    format!("{ALIASES}{}", name.to_ascii_lowercase())
}

/// Claims of alternate domain names.
pub(crate) const ALIASES: &str = "cloudfront/alias/";

/// All resources of a kind.
pub(crate) fn resources(kind: Kind) -> String {
    format!("{PREFIX}{}/", kind.row().segment)
}

/// A resource.
pub(crate) fn resource(kind: Kind, id: &str) -> String {
    format!("{}{id}", resources(kind))
}

/// The kind and the id of the resource that is kept under a key.
pub(crate) fn resource_of(key: &str) -> Option<(Kind, &str)> {
    let (segment, id) = key.strip_prefix(PREFIX)?.split_once('/')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.row().segment == segment)?;
    Some((kind, id))
}

/// Claims of the names, or of the caller references, of a kind. There is one for each resource.
pub(crate) fn claims(kind: Kind) -> String {
    format!("{PREFIX}{}-name/", kind.row().segment)
}

/// The resource that has this name, or that was created with this caller reference.
pub(crate) fn claim(kind: Kind, text: &str) -> String {
    format!("{}{}", claims(kind), digest(text))
}

/// The distributions that use something: `what` tells a kind, `id` one of it.
pub(crate) fn uses(what: &str, id: &str) -> String {
    format!("{USES}{what}/{id}/")
}

/// Says that a distribution uses something.
pub(crate) fn use_by(what: &str, id: &str, distribution_id: &str) -> String {
    format!("{}{distribution_id}", uses(what, id))
}

/// Which distributions use what.
const USES: &str = "cloudfront/use/";

/// All invalidations of a distribution.
pub(crate) fn invalidations(distribution_id: &str) -> String {
    format!("{INVALIDATIONS}{distribution_id}/")
}

/// The invalidation with this number. A larger number comes before a smaller one, because the list does.
pub(crate) fn invalidation(distribution_id: &str, number: u64) -> String {
    format!("{INVALIDATIONS}{distribution_id}/{:020}", u64::MAX - number)
}

/// Numbers of the invalidations of a distribution, by id.
pub(crate) fn invalidation_ids(distribution_id: &str) -> String {
    format!("cloudfront/invalidation-id/{distribution_id}/")
}

/// The number of the invalidation with this id.
pub(crate) fn invalidation_id(distribution_id: &str, id: &str) -> String {
    format!("{}{id}", invalidation_ids(distribution_id))
}

/// Numbers of the invalidations of a distribution, by caller reference.
pub(crate) fn invalidation_references(distribution_id: &str) -> String {
    format!("cloudfront/invalidation-reference/{distribution_id}/")
}

/// The number of the invalidation with this caller reference.
pub(crate) fn invalidation_reference(distribution_id: &str, reference: &str) -> String {
    format!("{}{}", invalidation_references(distribution_id), digest(reference))
}

/// Written with every invalidation of a distribution: its revision is that of the newest one.
pub(crate) fn newest_invalidation(distribution_id: &str) -> String {
    format!("cloudfront/newest-invalidation/{distribution_id}")
}

/// A distribution was deleted and its invalidations are still there.
pub(crate) fn deleted(distribution_id: &str) -> String {
    format!("{DELETED}{distribution_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_invalidation_is_the_first_in_the_order_of_keys() {
        let keys = [u64::MAX, 1000, 999, 10, 9, 1, 0].map(|number| invalidation("E1", number));
        assert!(keys.is_sorted(), "{keys:?}");
    }

    #[test]
    fn the_key_of_a_resource_tells_its_kind_and_id() {
        for kind in Kind::ALL {
            assert_eq!(resource_of(&resource(kind, "E1")), Some((kind, "E1")));
            assert_eq!(resource_of(&claim(kind, "name")), None);
        }
        assert_eq!(resource_of(&distribution("E1")), None);
        assert_eq!(resource_of(&use_by("cache-policy", "1", "E1")), None);
    }

    #[test]
    fn a_key_is_short_whatever_the_caller_sends() {
        assert!(caller_reference(&"x".repeat(100_000)).len() < 200);
        assert_eq!(alias("WWW.Example.com"), alias("www.example.com"));
    }
}
