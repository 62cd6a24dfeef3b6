//! What must be present in a replacement: an update never merges, so what is left out would be lost.
//!
//! Each check is a row: the member, whether it is there, CloudFront's code and, where known, its words. The
//! first three rows come first for every document, in the order that CloudFront was seen to use.

use shapes::{Counted, CustomErrorResponse, DefaultCacheBehavior, DistributionConfig, Origin};

use crate::problems::{INVALID_ARGUMENT, Problems, Report, Stage};

const ILLEGAL_UPDATE: &str = "IllegalUpdate";
const BAD_ERROR_RESPONSES: &str =
    "The specified list of custom error responses does not exist or is not valid.";

/// Checks that a replacement has every member that an update must have.
pub fn check_update(config: &DistributionConfig) -> Problems {
    let mut check = Check { report: Report::default() };
    check.words(
        config.aliases.is_some(),
        ILLEGAL_UPDATE,
        "Aliases",
        "Aliases are missing from the document.",
    );
    for (index, origin) in config.origins.iter().enumerate() {
        let path = format!("Origins.Items[{index}].CustomHeaders");
        let words = "The 'OriginCustomHeaders' field is missing";
        check.words(origin.custom_headers.is_some(), ILLEGAL_UPDATE, &path, words);
    }
    let behaviors = behaviors(config);
    for (path, behavior) in &behaviors {
        let path = format!("{path}.SmoothStreaming");
        let words = "The parameter SmoothStreaming flag is missing.";
        check.words(behavior.smooth_streaming.is_some(), INVALID_ARGUMENT, &path, words);
    }
    for (index, origin) in config.origins.iter().enumerate() {
        check.origin(&format!("Origins.Items[{index}]"), origin);
    }
    for (path, behavior) in &behaviors {
        check.behavior(path, behavior);
    }
    check.whole(config);
    check.error_responses(config.custom_error_responses.as_ref());
    check.report.finish()
}

fn behaviors(config: &DistributionConfig) -> Vec<(String, &DefaultCacheBehavior)> {
    let default = ("DefaultCacheBehavior".to_owned(), &config.default_cache_behavior);
    let listed = config.cache_behaviors.iter().flatten().enumerate();
    let listed =
        listed.map(|(index, behavior)| (format!("CacheBehaviors.Items[{index}]"), &behavior.settings));
    std::iter::once(default).chain(listed).collect()
}

fn missing(path: &str) -> String {
    format!("{path} is missing. Accepted: the complete document, as it was read, with the changes in it.")
}

struct Check {
    report: Report,
}

impl Check {
    fn words(&mut self, present: bool, code: &'static str, path: &str, words: &str) {
        self.report.require_known(present, Stage::Required, code, path, words, || missing(path));
    }

    fn present(&mut self, present: bool, path: &str) {
        self.report.require(present, Stage::Required, ILLEGAL_UPDATE, path, || missing(path));
    }

    fn whole(&mut self, config: &DistributionConfig) {
        self.present(config.default_root_object.is_some(), "DefaultRootObject");
        self.present(config.cache_behaviors.is_some(), "CacheBehaviors");
        self.present(config.logging.is_some(), "Logging");
        self.present(config.price_class.is_some(), "PriceClass");
        self.present(config.viewer_certificate.is_some(), "ViewerCertificate");
        self.present(config.restrictions.is_some(), "Restrictions");
        self.present(config.web_acl_id.is_some(), "WebACLId");
        self.present(config.http_version.is_some(), "HttpVersion");
    }

    fn origin(&mut self, path: &str, origin: &Origin) {
        self.present(origin.origin_path.is_some(), &format!("{path}.OriginPath"));
        let Some(server) = &origin.custom_origin_config else { return };
        let path = format!("{path}.CustomOriginConfig");
        self.present(server.origin_ssl_protocols.is_some(), &format!("{path}.OriginSslProtocols"));
        let read = format!("{path}.OriginReadTimeout");
        let words = "OriginReadTimeout is required for updates";
        self.words(server.origin_read_timeout.is_some(), ILLEGAL_UPDATE, &read, words);
        self.present(server.origin_keepalive_timeout.is_some(), &format!("{path}.OriginKeepaliveTimeout"));
    }

    fn behavior(&mut self, path: &str, behavior: &DefaultCacheBehavior) {
        self.present(behavior.allowed_methods.is_some(), &format!("{path}.AllowedMethods"));
        self.present(behavior.compress.is_some(), &format!("{path}.Compress"));
        let functions = format!("{path}.LambdaFunctionAssociations");
        self.present(behavior.lambda_function_associations.is_some(), &functions);
        let encryption = format!("{path}.FieldLevelEncryptionId");
        self.present(behavior.field_level_encryption_id.is_some(), &encryption);
        if let Some(values) = &behavior.forwarded_values {
            let path = format!("{path}.ForwardedValues.Headers");
            let words = "The parameter Header settings is required.";
            self.words(values.headers.is_some(), INVALID_ARGUMENT, &path, words);
        }
    }

    /// Every entry must have all its members; the texts may be empty (rules 14 and 15).
    fn error_responses(&mut self, list: Option<&Counted<CustomErrorResponse>>) {
        self.words(list.is_some(), ILLEGAL_UPDATE, "CustomErrorResponses", BAD_ERROR_RESPONSES);
        for (index, response) in list.into_iter().flatten().enumerate() {
            let members = [
                ("ResponsePagePath", response.response_page_path.is_some()),
                ("ResponseCode", response.response_code.is_some()),
                ("ErrorCachingMinTTL", response.error_caching_min_ttl.is_some()),
            ];
            for (member, present) in members {
                let path = format!("CustomErrorResponses.Items[{index}].{member}");
                self.words(present, ILLEGAL_UPDATE, &path, BAD_ERROR_RESPONSES);
            }
        }
    }
}
