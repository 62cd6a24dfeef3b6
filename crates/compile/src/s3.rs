//! Names of S3 buckets as origins: which bucket in which region a domain name means (G.1, G02).
//!
//! A name is a bucket's when a label `s3`, or one that starts with `s3-`, follows the bucket:
//! `<bucket>.s3.<region>.amazonaws.com`, the same with `dualstack.`, `<bucket>.s3-<region>.amazonaws.com`,
//! `<bucket>.s3.amazonaws.com`, and `<bucket>.s3.<domain>` of any S3-compatible store.

/// Region of names that do not say one.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// A bucket's domain name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketName<'a> {
    /// The bucket; may contain dots.
    pub(crate) bucket: &'a str,
    /// The region for signatures.
    pub(crate) region: &'a str,
    /// Whether the name belongs to AWS, so that a configured endpoint stands in for it.
    pub(crate) is_aws: bool,
}

/// Takes a domain name apart; `None` when it is not a bucket's (website endpoints are not).
pub(crate) fn bucket_name(domain_name: &str) -> Option<BucketName<'_>> {
    // The last match wins: a bucket may itself be called `s3.example`.
    let mut found = None;
    for (at, _) in domain_name.match_indices('.') {
        let (bucket, rest) = (domain_name.get(..at)?, domain_name.get(at + 1..)?);
        if let Some(region) = service_region(rest) {
            found = Some(BucketName { bucket, region, is_aws: is_aws(rest) });
        }
    }
    found.filter(|name| !name.bucket.is_empty())
}

/// Whether the name is that of a bucket served as a website (G02).
pub(crate) fn is_website(domain_name: &str) -> bool {
    domain_name.split('.').skip(1).any(|label| label == "s3-website" || label.starts_with("s3-website-"))
        && is_aws(domain_name)
}

fn is_aws(domain_name: &str) -> bool {
    domain_name.ends_with(".amazonaws.com") || domain_name.ends_with(".amazonaws.com.cn")
}

/// The region said by what follows the bucket; `None` when that is not an S3 service name.
fn service_region(rest: &str) -> Option<&str> {
    let mut labels = rest.split('.');
    let service = labels.next()?;
    if service == "s3" {
        let first = labels.next()?;
        let said = if first == "dualstack" { labels.next()? } else { first };
        return Some(if is_region(said) { said } else { DEFAULT_REGION });
    }
    let region = service.strip_prefix("s3-").filter(|region| !region.starts_with("website"))?;
    (is_region(region) && is_aws(rest)).then_some(region)
}

/// Whether a label looks like a region: words and a number joined by `-`.
fn is_region(label: &str) -> bool {
    let words = label.split('-').count();
    let ends_in_number =
        label.rsplit('-').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    words >= 3 && ends_in_number && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> Option<(&str, &str, bool)> {
        bucket_name(name).map(|found| (found.bucket, found.region, found.is_aws))
    }

    #[test]
    fn every_spelling_of_a_bucket_is_understood() {
        assert_eq!(parts("photos.s3.eu-west-1.amazonaws.com"), Some(("photos", "eu-west-1", true)));
        assert_eq!(parts("photos.s3.amazonaws.com"), Some(("photos", "us-east-1", true)));
        assert_eq!(parts("photos.s3-ap-south-1.amazonaws.com"), Some(("photos", "ap-south-1", true)));
        assert_eq!(parts("a.b.s3.dualstack.us-west-2.amazonaws.com"), Some(("a.b", "us-west-2", true)));
        assert_eq!(parts("photos.s3.store.example"), Some(("photos", "us-east-1", false)));
    }

    #[test]
    fn websites_and_servers_are_not_buckets() {
        assert_eq!(parts("www.example.com"), None);
        assert_eq!(parts("photos.s3-website-us-east-1.amazonaws.com"), None);
        assert_eq!(parts("photos.s3-website.eu-central-1.amazonaws.com"), None);
        assert_eq!(parts("s3.amazonaws.com"), None);
        assert_eq!(parts("photos.s3"), None);
        assert!(is_website("photos.s3-website-us-east-1.amazonaws.com"));
        assert!(is_website("photos.s3-website.eu-central-1.amazonaws.com"));
        assert!(!is_website("photos.s3.eu-central-1.amazonaws.com"));
    }
}
