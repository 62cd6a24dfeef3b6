//! Where everything is kept. Texts of callers that may be long are kept under their digest.

use crate::ids::digest;

/// Every key of the API begins with it.
pub const PREFIX: &str = "cloudfront/";

/// Records of distributions, by id.
pub(crate) const DISTRIBUTIONS: &str = "cloudfront/distribution/";

/// Records of invalidations, by distribution and the newest first.
pub(crate) const INVALIDATIONS: &str = "cloudfront/invalidation/";

/// Records of origin access controls, by id.
pub(crate) const ORIGIN_ACCESS_CONTROLS: &str = "cloudfront/origin-access-control/";

/// Ids of deleted distributions whose invalidations are still there.
pub(crate) const DELETED: &str = "cloudfront/deleted/";

/// Written by every configuration that uses an origin access control, so that a delete of one notices it.
pub(crate) const ORIGIN_ACCESS_CONTROLS_USED: &str = "cloudfront/origin-access-controls-used";

/// Written by whatever could make a reference to an origin access control wrong, so that configurations notice it.
pub(crate) const ORIGIN_ACCESS_CONTROLS_WITHDRAWN: &str = "cloudfront/origin-access-controls-withdrawn";

/// Which origin access controls a distribution uses, by distribution.
pub(crate) const ORIGIN_ACCESS_CONTROL_USES: &str = "cloudfront/origin-access-control-uses/";

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
    format!("cloudfront/caller-reference/{}", digest(reference))
}

/// The distribution that has this alternate domain name; case does not matter.
pub(crate) fn alias(name: &str) -> String {
    format!("{ALIASES}{}", name.to_ascii_lowercase())
}

/// Claims of alternate domain names.
pub(crate) const ALIASES: &str = "cloudfront/alias/";

/// An origin access control.
pub(crate) fn origin_access_control(id: &str) -> String {
    format!("{ORIGIN_ACCESS_CONTROLS}{id}")
}

/// The origin access control that has this name.
pub(crate) fn origin_access_control_name(name: &str) -> String {
    format!("cloudfront/origin-access-control-name/{}", digest(name))
}

/// The origin access controls that a distribution uses.
pub(crate) fn origin_access_control_uses(distribution_id: &str) -> String {
    format!("{ORIGIN_ACCESS_CONTROL_USES}{distribution_id}")
}

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
    fn a_key_is_short_whatever_the_caller_sends() {
        assert!(caller_reference(&"x".repeat(100_000)).len() < 200);
        assert_eq!(alias("WWW.Example.com"), alias("www.example.com"));
    }
}
