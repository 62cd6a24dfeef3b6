//! How a distribution is configured: `distribution d1 origin o1` and its lines.
//!
//! The words become a `DistributionConfig` in `play::configuration`; whether that makes sense is for `compile`
//! to say.

use super::Statement;
use super::words::{Mistake, Words};

/// A distribution.
#[derive(Debug, Clone, Default)]
pub struct DistributionLines {
    /// The script's name for it; its domain name is `NAME.cloudfront.localhost`.
    pub name: String,
    /// Alternate domain names.
    pub aliases: Vec<String>,
    /// Whether viewers are served.
    pub disabled: bool,
    /// Default root object.
    pub default_root_object: Option<String>,
    /// Whether the snapshot holds a default root object that cannot be used.
    pub unusable_root_object: bool,
    /// Custom error responses.
    pub errors: Vec<ErrorLine>,
    /// Settings of origins; origins without a line have CloudFront's defaults.
    pub origins: Vec<OriginLine>,
    /// Origin groups.
    pub groups: Vec<GroupLine>,
    /// Cache behaviors in order.
    pub behaviors: Vec<BehaviorLines>,
    /// The default cache behavior.
    pub default: BehaviorLines,
}

/// A custom error response.
#[derive(Debug, Clone, Default)]
pub struct ErrorLine {
    /// The error code.
    pub code: i32,
    /// Error caching minimum TTL in seconds.
    pub caching_min_ttl: Option<i64>,
    /// Path of the page and the status shown with it.
    pub page: Option<(String, String)>,
}

/// Settings of an origin.
#[derive(Debug, Clone, Default)]
pub struct OriginLine {
    /// The id that behaviors name.
    pub id: String,
    /// The origin of the script that is behind it: the id itself unless `at` names another.
    pub at: Option<String>,
    /// Origin path.
    pub path: Option<String>,
    /// Origin custom headers.
    pub headers: Vec<(String, String)>,
    /// Connection attempts.
    pub attempts: Option<i32>,
    /// Seconds for each connection attempt.
    pub connection_timeout: Option<i32>,
    /// Seconds for the first byte and between packets.
    pub response_timeout: Option<i32>,
    /// Seconds for everything.
    pub completion_timeout: Option<i32>,
    /// Seconds that idle connections are kept.
    pub keepalive_timeout: Option<i32>,
    /// Origin protocol policy.
    pub protocol: Option<String>,
    /// Whether it is an S3-type bucket.
    pub s3: bool,
    /// Signing behavior of its origin access control.
    pub signed: Option<String>,
    /// A name to connect to instead of the scripted origin's.
    pub named: Option<String>,
}

/// An origin group.
#[derive(Debug, Clone, Default)]
pub struct GroupLine {
    /// Its id.
    pub id: String,
    /// Asked first.
    pub primary: String,
    /// Asked after a failure.
    pub secondary: String,
    /// Status codes that count as failure.
    pub codes: Vec<i32>,
}

/// Minimum, default and maximum TTL; `-` leaves one out.
#[derive(Debug, Clone, Copy, Default)]
pub struct TtlLine {
    /// Minimum TTL in seconds.
    pub minimum: Option<i64>,
    /// Default TTL in seconds.
    pub default: Option<i64>,
    /// Maximum TTL in seconds.
    pub maximum: Option<i64>,
}

/// Which names of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Names {
    /// None.
    #[default]
    None,
    /// Every one.
    All,
    /// These.
    Only(Vec<String>),
}

/// A cache behavior.
#[derive(Debug, Clone, Default)]
pub struct BehaviorLines {
    /// Path pattern; empty for the default behavior.
    pub pattern: String,
    /// Id of the origin or group.
    pub target: String,
    /// TTLs of legacy settings.
    pub ttl: Option<TtlLine>,
    /// Name of a cache policy of the script or a managed one; without one the behavior has legacy settings.
    pub policy: Option<String>,
    /// Name of an origin request policy.
    pub request_policy: Option<String>,
    /// Name of a response headers policy.
    pub headers_policy: Option<String>,
    /// Query parameters of legacy settings.
    pub query: Names,
    /// Cookies of legacy settings.
    pub cookies: Names,
    /// Headers of legacy settings.
    pub forward: Names,
    /// Allowed methods; `None` for GET and HEAD.
    pub methods: Option<Vec<String>>,
    /// Whether answers to OPTIONS are cached.
    pub cached_options: bool,
    /// Viewer protocol policy.
    pub viewers: Option<String>,
    /// Whether the edge compresses.
    pub compress: bool,
}

/// Reads `distribution NAME origin ID` or `distribution NAME group ID` and its items.
pub(super) fn read(head: &mut Words, items: Vec<Words>) -> Result<Statement, Mistake> {
    let name = head.take("the distribution's name")?;
    if !head.next_is("origin") {
        head.expect("group")?;
    }
    let target = head.take("the origin or group of the default behavior")?;
    let mut lines = DistributionLines { name, ..DistributionLines::default() };
    lines.default.target = target;
    for mut words in items {
        line(&mut words, &mut lines)?;
        words.end()?;
    }
    Ok(Statement::Distribution(Box::new(lines)))
}

fn line(words: &mut Words, lines: &mut DistributionLines) -> Result<(), Mistake> {
    match words.take("a setting")?.as_str() {
        "alias" => lines.aliases.extend(words.take_all()),
        "disabled" => lines.disabled = true,
        "unusable-root-object" => lines.unusable_root_object = true,
        "default-root-object" => lines.default_root_object = Some(words.take("an object")?),
        "error" => lines.errors.push(error(words)?),
        "origin" => lines.origins.push(origin(words)?),
        "group" => lines.groups.push(group(words)?),
        "behavior" => {
            let pattern = words.take("a path pattern")?;
            if !words.next_is("origin") {
                words.expect("group")?;
            }
            let target = words.take("an origin or group")?;
            let mut behavior = BehaviorLines { pattern, target, ..BehaviorLines::default() };
            settings(words, &mut behavior)?;
            lines.behaviors.push(behavior);
        }
        "default" => settings(words, &mut lines.default)?,
        other => return words.mistake(format!("`{other}` is not a setting of a distribution")),
    }
    Ok(())
}

fn error(words: &mut Words) -> Result<ErrorLine, Mistake> {
    let mut error = ErrorLine { code: words.number("an error code")?, ..ErrorLine::default() };
    while !words.is_empty() {
        if words.next_is("caching-min-ttl") {
            error.caching_min_ttl = Some(words.number("seconds")?);
            continue;
        }
        words.expect("page")?;
        let path = words.take("the page's path")?;
        words.expect("as")?;
        error.page = Some((path, words.take("a status")?));
    }
    Ok(error)
}

fn origin(words: &mut Words) -> Result<OriginLine, Mistake> {
    let mut origin = OriginLine { id: words.take("the origin's id")?, ..OriginLine::default() };
    while !words.is_empty() {
        match words.take("a setting")?.as_str() {
            "at" => origin.at = Some(words.take("an origin")?),
            "named" => origin.named = Some(words.take("a domain name")?),
            "path" => origin.path = Some(words.take("the origin path")?),
            "header" => origin.headers.push(words.header()?),
            "attempts" => origin.attempts = Some(words.number("attempts")?),
            "connection-timeout" => origin.connection_timeout = Some(words.number("seconds")?),
            "response-timeout" => origin.response_timeout = Some(words.number("seconds")?),
            "completion-timeout" => origin.completion_timeout = Some(words.number("seconds")?),
            "keepalive-timeout" => origin.keepalive_timeout = Some(words.number("seconds")?),
            "protocol" => origin.protocol = Some(words.take("a protocol policy")?),
            "s3" => origin.s3 = true,
            "signed" => origin.signed = Some(words.take("a signing behavior")?),
            other => return words.mistake(format!("`{other}` is not a setting of an origin")),
        }
    }
    Ok(origin)
}

fn group(words: &mut Words) -> Result<GroupLine, Mistake> {
    let id = words.take("the group's id")?;
    words.expect("primary")?;
    let primary = words.take("an origin")?;
    words.expect("secondary")?;
    let secondary = words.take("an origin")?;
    words.expect("on")?;
    let mut codes = Vec::new();
    while !words.is_empty() {
        codes.push(words.number("a status")?);
    }
    Ok(GroupLine { id, primary, secondary, codes })
}

fn settings(words: &mut Words, behavior: &mut BehaviorLines) -> Result<(), Mistake> {
    while !words.is_empty() {
        match words.take("a setting")?.as_str() {
            "ttl" => {
                let minimum = seconds(words)?;
                let default = seconds(words)?;
                behavior.ttl = Some(TtlLine { minimum, default, maximum: seconds(words)? });
            }
            "policy" => behavior.policy = Some(words.take("a cache policy")?),
            "request-policy" => behavior.request_policy = Some(words.take("an origin request policy")?),
            "headers-policy" => behavior.headers_policy = Some(words.take("a response headers policy")?),
            "query" => behavior.query = names(words)?,
            "cookies" => behavior.cookies = names(words)?,
            "forward" => behavior.forward = names(words)?,
            "methods" => behavior.methods = Some(list(&words.take("methods")?)),
            "cached" => {
                words.expect("OPTIONS")?;
                behavior.cached_options = true;
            }
            "compress" => behavior.compress = true,
            "viewers" => behavior.viewers = Some(words.take("a viewer protocol policy")?),
            other => return words.mistake(format!("`{other}` is not a setting of a behavior")),
        }
    }
    Ok(())
}

fn seconds(words: &mut Words) -> Result<Option<i64>, Mistake> {
    if words.next_is("-") {
        return Ok(None);
    }
    words.number("seconds or `-`").map(Some)
}

fn names(words: &mut Words) -> Result<Names, Mistake> {
    Ok(match words.take("names, `all` or `none`")?.as_str() {
        "all" => Names::All,
        "none" => Names::None,
        names => Names::Only(list(names)),
    })
}

fn list(names: &str) -> Vec<String> {
    names.split(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::blocks;
    use super::*;

    fn distribution(source: &str) -> Result<DistributionLines, Mistake> {
        let mut block = blocks(source)?.remove(0);
        block.head.expect("distribution")?;
        match read(&mut block.head, block.items)? {
            Statement::Distribution(lines) => Ok(*lines),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_setting_is_read() {
        let lines = distribution(concat!(
            "distribution d1 group g1\n",
            "  error 404 caching-min-ttl 30 page /e/404.html as 200\n",
            "  group g1 primary o1 secondary o2 on 500 503\n",
            "  origin o1 path /prod header \"x-a: b\" attempts 1\n",
            "  behavior /img/* origin o2 ttl 0 5 - query color,size\n",
            "  default policy CachingOptimized viewers https-only\n",
        ))
        .unwrap();
        assert_eq!(lines.errors[0].page, Some(("/e/404.html".to_owned(), "200".to_owned())));
        assert_eq!(lines.groups[0].codes, [500, 503]);
        assert_eq!(lines.origins[0].headers, [("x-a".to_owned(), "b".to_owned())]);
        assert_eq!(lines.behaviors[0].ttl.unwrap().maximum, None);
        assert_eq!(lines.behaviors[0].query, Names::Only(vec!["color".to_owned(), "size".to_owned()]));
        assert_eq!(lines.default.target, "g1");
    }

    #[test]
    fn an_unknown_setting_is_a_mistake() {
        let wrong = distribution("distribution d1 origin o1\n  default tll 0 0 0\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 2: `tll` is not a setting of a behavior");
    }
}
