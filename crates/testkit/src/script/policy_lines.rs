//! Policies of an account: `cache-policy`, `request-policy` and `headers-policy` with a name and items.
//!
//! The words become the documents that callers of the API write; whether they make sense is for `compile` to say.

use shapes::{
    CachePolicyConfig, Counted, OriginRequestPolicyConfig, ResponseHeadersPolicyConfig,
    ResponseHeadersPolicyContentSecurityPolicy, ResponseHeadersPolicyContentTypeOptions,
    ResponseHeadersPolicyCorsConfig, ResponseHeadersPolicyCustomHeader, ResponseHeadersPolicyFrameOptions,
    ResponseHeadersPolicyReferrerPolicy, ResponseHeadersPolicyRemoveHeader,
    ResponseHeadersPolicySecurityHeadersConfig, ResponseHeadersPolicyServerTimingHeadersConfig,
    ResponseHeadersPolicyStrictTransportSecurity, ResponseHeadersPolicyXSSProtection,
};

use super::Statement;
use super::words::{Mistake, Words};

/// A policy under its name in the script.
#[derive(Debug, Clone)]
pub enum PolicyLines {
    /// A cache policy.
    Cache(CachePolicyConfig),
    /// An origin request policy.
    Request(OriginRequestPolicyConfig),
    /// A response headers policy.
    Headers(ResponseHeadersPolicyConfig),
}

/// Reads the items of the policy `kind`, which is one of the three statements.
pub(super) fn read(kind: &str, head: &mut Words, items: Vec<Words>) -> Result<Statement, Mistake> {
    let name = head.take("the policy's name")?;
    let mut policy = match kind {
        "cache-policy" => PolicyLines::Cache(empty_cache_policy(name)),
        "request-policy" => PolicyLines::Request(empty_request_policy(name)),
        _ => PolicyLines::Headers(ResponseHeadersPolicyConfig {
            name,
            ..ResponseHeadersPolicyConfig::default()
        }),
    };
    for mut words in items {
        match &mut policy {
            PolicyLines::Cache(config) => cache_line(&mut words, config)?,
            PolicyLines::Request(config) => request_line(&mut words, config)?,
            PolicyLines::Headers(config) => headers_line(&mut words, config)?,
        }
        words.end()?;
    }
    Ok(Statement::Policy(Box::new(policy)))
}

fn empty_cache_policy(name: String) -> CachePolicyConfig {
    let mut config = CachePolicyConfig { name, ..CachePolicyConfig::default() };
    let key = config.parameters_in_cache_key_and_forwarded_to_origin.get_or_insert_default();
    key.headers_config.header_behavior = "none".into();
    key.cookies_config.cookie_behavior = "none".into();
    key.query_strings_config.query_string_behavior = "none".into();
    config
}

fn empty_request_policy(name: String) -> OriginRequestPolicyConfig {
    let mut config = OriginRequestPolicyConfig { name, ..OriginRequestPolicyConfig::default() };
    config.headers_config.header_behavior = "none".into();
    config.cookies_config.cookie_behavior = "none".into();
    config.query_strings_config.query_string_behavior = "none".into();
    config
}

fn cache_line(words: &mut Words, config: &mut CachePolicyConfig) -> Result<(), Mistake> {
    let setting = words.take("a setting")?;
    let key = config.parameters_in_cache_key_and_forwarded_to_origin.get_or_insert_default();
    match setting.as_str() {
        "ttl" => {
            config.min_ttl = words.number("the minimum TTL")?;
            config.default_ttl = Some(words.number("the default TTL")?);
            config.max_ttl = Some(words.number("the maximum TTL")?);
        }
        "headers" => {
            let (word, names) = choice(words)?;
            key.headers_config.header_behavior = word.into();
            key.headers_config.headers = names;
        }
        "cookies" => {
            let (word, names) = choice(words)?;
            key.cookies_config.cookie_behavior = word.into();
            key.cookies_config.cookies = names;
        }
        "query" => {
            let (word, names) = choice(words)?;
            key.query_strings_config.query_string_behavior = word.into();
            key.query_strings_config.query_strings = names;
        }
        "gzip" => key.enable_accept_encoding_gzip = true,
        "brotli" => key.enable_accept_encoding_brotli = Some(true),
        other => return words.mistake(format!("`{other}` is not a setting of a cache policy")),
    }
    Ok(())
}

fn request_line(words: &mut Words, config: &mut OriginRequestPolicyConfig) -> Result<(), Mistake> {
    match words.take("a setting")?.as_str() {
        "headers" => {
            let (word, names) = choice(words)?;
            config.headers_config.header_behavior = word.into();
            config.headers_config.headers = names;
        }
        "cookies" => {
            let (word, names) = choice(words)?;
            config.cookies_config.cookie_behavior = word.into();
            config.cookies_config.cookies = names;
        }
        "query" => {
            let (word, names) = choice(words)?;
            config.query_strings_config.query_string_behavior = word.into();
            config.query_strings_config.query_strings = names;
        }
        other => return words.mistake(format!("`{other}` is not a setting of an origin request policy")),
    }
    Ok(())
}

/// CloudFront's word and the names that follow: `all`, `all-except a,b`, or names alone for a whitelist.
fn choice(words: &mut Words) -> Result<(&'static str, Option<Counted<String>>), Mistake> {
    let first = words.take("names, `none`, `all` or `all-except`")?;
    let word = match first.as_str() {
        "none" => return Ok(("none", None)),
        "all" => return Ok(("all", None)),
        "all-viewer" => return Ok(("allViewer", None)),
        "all-viewer-and" => "allViewerAndWhitelistCloudFront",
        "all-except" => "allExcept",
        names => return Ok(("whitelist", Some(list(names)))),
    };
    Ok((word, Some(list(&words.take("names")?))))
}

fn list(names: &str) -> Counted<String> {
    names.split(',').map(str::to_owned).collect()
}

// === response headers policies ===

fn headers_line(words: &mut Words, config: &mut ResponseHeadersPolicyConfig) -> Result<(), Mistake> {
    let setting = words.take("a setting")?;
    match setting.as_str() {
        "adds" | "replaces" => {
            let (header, value) = words.header()?;
            let header =
                ResponseHeadersPolicyCustomHeader { header, value, override_origin: setting == "replaces" };
            push(config.custom_headers_config.get_or_insert_default(), header);
        }
        "removes" => {
            for header in words.take_all() {
                let header = ResponseHeadersPolicyRemoveHeader { header };
                push(config.remove_headers_config.get_or_insert_default(), header);
            }
        }
        "server-timing" => {
            config.server_timing_headers_config = Some(ResponseHeadersPolicyServerTimingHeadersConfig {
                enabled: true,
                sampling_rate: Some(words.number("a percentage")?),
            });
        }
        _ if setting.starts_with("allow-") || CORS.contains(&setting.as_str()) => {
            cors_line(&setting, words, config.cors_config.get_or_insert_default())?;
        }
        _ => security_line(&setting, words, config.security_headers_config.get_or_insert_default())?,
    }
    Ok(())
}

fn push<T>(list: &mut Counted<T>, item: T) {
    list.items.push(item);
    list.quantity += 1;
}

/// Settings of the cross-origin block that do not begin with `allow-`.
const CORS: [&str; 4] = ["expose-headers", "max-age", "credentials", "replaces-cors"];

fn cors_line(
    setting: &str,
    words: &mut Words,
    block: &mut ResponseHeadersPolicyCorsConfig,
) -> Result<(), Mistake> {
    match setting {
        "allow-origins" => block.access_control_allow_origins = words.take_all().into(),
        "allow-headers" => block.access_control_allow_headers = words.take_all().into(),
        "allow-methods" => {
            block.access_control_allow_methods =
                words.take_all().iter().map(|method| method.as_str().into()).collect();
        }
        "expose-headers" => block.access_control_expose_headers = Some(words.take_all().into()),
        "max-age" => block.access_control_max_age_sec = Some(words.number("seconds")?),
        "credentials" => block.access_control_allow_credentials = true,
        "replaces-cors" => block.origin_override = true,
        other => return words.mistake(format!("`{other}` is not a setting of a response headers policy")),
    }
    Ok(())
}

fn security_line(
    setting: &str,
    words: &mut Words,
    block: &mut ResponseHeadersPolicySecurityHeadersConfig,
) -> Result<(), Mistake> {
    let override_origin = words.next_is("replaces");
    match setting {
        "content-security-policy" => {
            let content_security_policy = words.take("a policy")?;
            block.content_security_policy =
                Some(ResponseHeadersPolicyContentSecurityPolicy { override_origin, content_security_policy });
        }
        "content-type-options" => {
            block.content_type_options = Some(ResponseHeadersPolicyContentTypeOptions { override_origin });
        }
        "frame-options" => {
            let frame_option = words.take("DENY or SAMEORIGIN")?.as_str().into();
            block.frame_options = Some(ResponseHeadersPolicyFrameOptions { override_origin, frame_option });
        }
        "referrer-policy" => {
            let referrer_policy = words.take("a word")?.as_str().into();
            block.referrer_policy =
                Some(ResponseHeadersPolicyReferrerPolicy { override_origin, referrer_policy });
        }
        "strict-transport-security" => {
            block.strict_transport_security = Some(ResponseHeadersPolicyStrictTransportSecurity {
                override_origin,
                access_control_max_age_sec: words.number("seconds")?,
                include_subdomains: Some(words.next_is("subdomains")),
                preload: Some(words.next_is("preload")),
            });
        }
        "xss-protection" => block.xss_protection = Some(xss_protection(words, override_origin)?),
        other => return words.mistake(format!("`{other}` is not a setting of a response headers policy")),
    }
    Ok(())
}

fn xss_protection(
    words: &mut Words,
    override_origin: bool,
) -> Result<ResponseHeadersPolicyXSSProtection, Mistake> {
    let mut protection = ResponseHeadersPolicyXSSProtection {
        override_origin,
        ..ResponseHeadersPolicyXSSProtection::default()
    };
    match words.take("on, off, block or report")?.as_str() {
        "off" => return Ok(protection),
        "on" => {}
        "block" => protection.mode_block = Some(true),
        "report" => protection.report_uri = Some(words.take("an address")?),
        other => return words.mistake(format!("protection is on, off, block or report, not `{other}`")),
    }
    protection.protection = true;
    Ok(protection)
}

#[cfg(test)]
mod tests {
    use super::super::words::blocks;
    use super::*;

    fn policy(source: &str) -> Result<PolicyLines, Mistake> {
        let mut block = blocks(source)?.remove(0);
        let kind = block.head.take("a statement")?;
        match read(&kind, &mut block.head, block.items)? {
            Statement::Policy(policy) => Ok(*policy),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_alone_are_a_whitelist_and_other_choices_are_words() {
        let source = "request-policy told\n  headers all-viewer-and CloudFront-Viewer-Address\n  cookies a,b\n  query all-except c\n";
        let Ok(PolicyLines::Request(config)) = policy(source) else { panic!("no request policy") };
        assert_eq!(config.headers_config.header_behavior.as_str(), "allViewerAndWhitelistCloudFront");
        assert_eq!(config.cookies_config.cookie_behavior.as_str(), "whitelist");
        assert_eq!(config.cookies_config.cookies, Some(list("a,b")));
        assert_eq!(config.query_strings_config.query_string_behavior.as_str(), "allExcept");
    }

    #[test]
    fn an_unknown_setting_is_a_mistake() {
        let wrong = policy("headers-policy h\n  alow-origins *\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 2: `alow-origins` is not a setting of a response headers policy");
    }
}
