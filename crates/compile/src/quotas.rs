//! Quotas: how many and how much, as CloudFront documents it and whoever runs the product may change it.
//!
//! One table is the struct, its defaults, the names of the flag `--quota` and the table of
//! `docs/operating/limits.md`. What no setting can change (a year as the longest error TTL, 128 characters of
//! comment) is a rule and stands where the rule is checked.

use std::fmt;

/// Declares [`Quotas`]: a row is a member, its name in settings, its default and what it limits.
macro_rules! quotas {
    ($($member:ident, $name:literal, $default:literal, $text:literal;)+) => {
        /// How many and how much; the defaults are CloudFront's where the table does not say otherwise.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Quotas {
            $(#[doc = $text] pub $member: usize,)+
        }

        impl Default for Quotas {
            fn default() -> Self {
                Self { $($member: $default,)+ }
            }
        }

        impl Quotas {
            /// No quotas: for what has been accepted under whatever quotas there were then.
            pub const fn unlimited() -> Self {
                Self { $($member: usize::MAX,)+ }
            }

            /// All quotas, in the order of the table.
            pub fn rows(&self) -> Vec<Quota> {
                vec![$(Quota { name: $name, number: self.$member, text: $text },)+]
            }

            /// Changes one quota by its name in settings.
            ///
            /// # Errors
            /// No quota has that name.
            pub fn set(&mut self, name: &str, number: usize) -> Result<(), UnknownQuota> {
                match name {
                    $($name => self.$member = number,)+
                    _ => return Err(UnknownQuota { name: name.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

quotas! {
    max_distributions, "distributions", 20_000, "Distributions of the account. CloudFront's 500 (E09) protect an edge that many share; one of your own has no use for them.";
    max_distributions_per_resource, "distributions-per-resource", 100, "Distributions that may use the same custom policy or the same origin access control (G29).";
    max_aliases, "aliases", 100, "Alternate domain names of a distribution (E05).";
    max_origins, "origins", 100, "Origins of a distribution (E09).";
    max_origin_groups, "origin-groups", 10, "Origin groups of a distribution (J01).";
    max_cache_behaviors, "cache-behaviors", 75, "Cache behaviors of a distribution, besides the default one (E09).";
    max_origin_custom_headers, "origin-custom-headers", 30, "Custom headers of an origin (F41).";
    max_origin_custom_header_name, "origin-custom-header-name", 256, "Characters of an origin custom header's name (F41).";
    max_origin_custom_header_value, "origin-custom-header-value", 1_783, "Characters of an origin custom header's value (F41).";
    max_origin_custom_headers_total, "origin-custom-headers-total", 10_240, "Characters of all names and values of an origin's custom headers (F41).";
    max_trusted_signers, "trusted-signers", 4, "Trusted signers of a cache behavior.";
    max_key_groups, "key-groups", 4, "Trusted key groups of a cache behavior (L02).";
    max_forwarded_headers, "forwarded-headers", 10, "Headers in ForwardedValues (D26).";
    max_forwarded_cookies, "forwarded-cookies", 10, "Names of cookies in ForwardedValues (D26).";
    max_forwarded_cookie_bytes, "forwarded-cookie-bytes", 512, "Bytes of all cookie names in ForwardedValues, with one more for each name (D26).";
    max_forwarded_query_strings, "forwarded-query-strings", 10, "Names of query parameters in ForwardedValues (D26).";
    max_forwarded_query_string_name, "forwarded-query-string-name", 128, "Characters of a query parameter's name in ForwardedValues (D26).";
    max_forwarded_query_strings_total, "forwarded-query-strings-total", 512, "Characters of all query parameters' names in ForwardedValues (D26).";
    max_error_page_path, "error-page-path", 4_000, "Characters of a ResponsePagePath.";
    max_invalidation_paths, "invalidation-paths", 3_000, "Paths without a wildcard in one batch, and in progress for a distribution (K14).";
    max_invalidation_wildcards, "invalidation-wildcards", 15, "Paths with a wildcard in one batch, and in progress for a distribution (K14).";
    max_tags, "tags", 50, "Tags of a resource.";
    max_cache_policy_headers, "cache-policy-headers", 10, "Headers of a cache policy (D25).";
    max_cache_policy_cookies, "cache-policy-cookies", 10, "Cookies of a cache policy (D25).";
    max_cache_policy_query_strings, "cache-policy-query-strings", 10, "Query parameters of a cache policy (D25).";
    max_cache_policy_names_total, "cache-policy-names-total", 1_024, "Characters of all names in a cache policy (D25).";
    max_origin_request_policy_headers, "origin-request-policy-headers", 10, "Headers of an origin request policy (D25).";
    max_origin_request_policy_cookies, "origin-request-policy-cookies", 10, "Cookies of an origin request policy (D25).";
    max_origin_request_policy_query_strings, "origin-request-policy-query-strings", 10, "Query parameters of an origin request policy (D25).";
    max_origin_request_policy_names_total, "origin-request-policy-names-total", 1_024, "Characters of all names in an origin request policy (D25).";
    max_response_headers_policy_custom_headers, "response-headers-policy-custom-headers", 10, "Custom headers of a response headers policy (M51).";
    max_remove_headers, "remove-headers", 10, "Headers that a response headers policy removes.";
    max_csp_length, "content-security-policy", 1_783, "Characters of a Content-Security-Policy (M50).";
    max_cors_origin_length, "cors-origin", 1_783, "Characters of an origin in Access-Control-Allow-Origin (M46).";
    max_cache_policies, "cache-policies", 20, "Custom cache policies of the account.";
    max_origin_request_policies, "origin-request-policies", 20, "Custom origin request policies of the account.";
    max_response_headers_policies, "response-headers-policies", 20, "Custom response headers policies of the account.";
    max_origin_access_controls, "origin-access-controls", 100, "Origin access controls of the account (G29).";
    max_origin_access_identities, "origin-access-identities", 100, "Origin access identities of the account (G29).";
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Its name in settings.
    pub name: &'static str,
    /// The most there may be.
    pub number: usize,
    /// What is counted.
    pub text: &'static str,
}

/// No quota has that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownQuota {
    /// The name that was given.
    pub name: String,
}

impl fmt::Display for UnknownQuota {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Quotas::default().rows().into_iter().map(|row| row.name).collect();
        write!(out, "\"{}\" is no quota. Accepted: {}.", self.name, names.join(", "))
    }
}

impl std::error::Error for UnknownQuota {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quota_is_set_by_its_name_and_by_no_other() {
        for row in Quotas::default().rows() {
            let mut quotas = Quotas::default();
            quotas.set(row.name, 7_777).unwrap();
            let changed: Vec<_> = quotas.rows().into_iter().filter(|row| row.number == 7_777).collect();
            assert_eq!(changed.iter().map(|row| row.name).collect::<Vec<_>>(), [row.name]);
        }
    }

    #[test]
    fn a_name_that_is_no_quota_is_answered_with_all_names() {
        let mut quotas = Quotas::default();
        let message = quotas.set("origin", 1).unwrap_err().to_string();
        assert!(
            message.contains("\"origin\"")
                && message.contains("Accepted: distributions, ")
                && message.contains(" origins, "),
            "{message}"
        );
        assert_eq!(quotas, Quotas::default());
    }
}
