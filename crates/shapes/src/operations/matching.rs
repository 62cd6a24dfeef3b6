//! Which operation a request asks for: method, path segments, and the query parameters that belong to a path.

use std::{borrow::Cow, sync::LazyLock};

use percent_encoding::percent_decode_str;

use super::Operation;
use crate::API_VERSION;

/// The operation that a request asks for, and what its path and query say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The operation.
    pub operation: Operation,
    labels: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
}

impl Match {
    /// The path segment in the place of `{name}`, decoded. `None` when the operation's path has no such label.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| *label == name).map(|(_, value)| value.as_str())
    }

    /// The first query parameter of this name, decoded; empty when it stands there without a value.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Finds the operation for a method, a path as it stands in the request line, and the query string without its `?`.
///
/// `None` when no operation has this method and path, or when something in them does not decode to UTF-8.
#[must_use]
pub fn find(method: &str, path: &str, query: Option<&str>) -> Option<Match> {
    let segments: Vec<&str> =
        path.strip_prefix('/')?.strip_prefix(API_VERSION)?.strip_prefix('/')?.split('/').collect();
    let query = parameters(query.unwrap_or_default())?;
    let template = TEMPLATES.iter().find(|template| template.accepts(method, &segments, &query))?;
    let labels = template.labels(&segments)?;
    Some(Match { operation: template.operation, labels, query })
}

/// The table prepared for matching; rows with a query parameter of their own come before those without.
static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let mut templates: Vec<_> = Operation::ALL.iter().copied().map(Template::of).collect();
    templates.sort_by_key(|template| template.query.is_none());
    templates
});

struct Template {
    operation: Operation,
    segments: Vec<Segment>,
    /// The parameter that must be there, and its value if that matters.
    query: Option<(&'static str, Option<&'static str>)>,
}

enum Segment {
    Literal(&'static str),
    Label(&'static str),
}

impl Template {
    fn of(operation: Operation) -> Self {
        let (path, query) = match operation.row().path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (operation.row().path, None),
        };
        let segments = path.trim_start_matches('/').split('/').map(Segment::of).collect();
        let query = query.map(|query| match query.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (query, None),
        });
        Self { operation, segments, query }
    }

    fn accepts(&self, method: &str, segments: &[&str], query: &[(String, String)]) -> bool {
        self.operation.row().method.as_str() == method
            && self.segments.len() == segments.len()
            && self.segments.iter().zip(segments).all(|(expected, segment)| expected.accepts(segment))
            && self.query.is_none_or(|(key, value)| {
                query.iter().any(|(k, v)| k == key && value.is_none_or(|value| value == v))
            })
    }

    fn labels(&self, segments: &[&str]) -> Option<Vec<(&'static str, String)>> {
        let labels = self.segments.iter().zip(segments).filter_map(|(expected, segment)| match expected {
            Segment::Label(name) => Some((*name, *segment)),
            Segment::Literal(_) => None,
        });
        labels.map(|(name, segment)| decode(segment).map(|value| (name, value))).collect()
    }
}

impl Segment {
    fn of(segment: &'static str) -> Self {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(label) => Self::Label(label),
            None => Self::Literal(segment),
        }
    }

    fn accepts(&self, segment: &str) -> bool {
        match self {
            Self::Literal(literal) => *literal == segment,
            Self::Label(_) => !segment.is_empty(),
        }
    }
}

/// A plus sign is a plus sign: clients of this API write a blank as `%20`.
fn parameters(query: &str) -> Option<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(key)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A request for the row: every label is `v-` and its name, every parameter that the row needs is there.
    fn request(operation: Operation) -> (String, Option<String>) {
        let row = operation.row();
        let (path, query) =
            row.path.split_once('?').map_or((row.path, None), |(path, query)| (path, Some(query)));
        let path = path.replace('{', "v-").replace('}', "");
        (format!("/{API_VERSION}{path}"), query.map(str::to_owned))
    }

    #[test]
    fn every_row_is_found_by_its_own_request_with_its_labels() {
        for operation in Operation::ALL.iter().copied() {
            let row = operation.row();
            let (path, query) = request(operation);
            let found = find(row.method.as_str(), &path, query.as_deref());
            let found = found.unwrap_or_else(|| panic!("{} is not found at {path}", row.name));
            assert_eq!(found.operation, operation, "{path}");
            for label in row.path.split(['{', '}']).skip(1).step_by(2) {
                assert_eq!(found.label(label), Some(format!("v-{label}").as_str()), "{}", row.name);
            }
        }
    }

    #[test]
    fn rows_differ_in_method_path_or_query() {
        let mut seen = HashSet::new();
        for operation in Operation::ALL.iter().copied() {
            let segments: Vec<_> = operation
                .row()
                .path
                .split('/')
                .map(|segment| if segment.starts_with('{') { "{}" } else { segment })
                .collect();
            assert!(seen.insert((operation.row().method, segments)), "{}", operation.row().name);
        }
        assert_eq!(seen.len(), 167);
    }

    #[test]
    fn a_bare_query_key_tells_operations_apart() {
        let find = |query| find("POST", "/2020-05-31/distribution", query).map(|found| found.operation);
        assert_eq!(find(None), Some(Operation::CreateDistribution));
        assert_eq!(find(Some("")), Some(Operation::CreateDistribution));
        assert_eq!(find(Some("WithTags")), Some(Operation::CreateDistributionWithTags));
        assert_eq!(find(Some("WithTags=")), Some(Operation::CreateDistributionWithTags));
        assert_eq!(find(Some("a=b&WithTags=true")), Some(Operation::CreateDistributionWithTags));
        assert_eq!(find(Some("withtags")), Some(Operation::CreateDistribution));
    }

    #[test]
    fn the_tagging_operations_are_told_apart_by_a_query_value_and_see_a_decoded_resource() {
        let arn = "arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2FE1";
        let query = format!("Operation=Untag&Resource={arn}");
        let found = find("POST", "/2020-05-31/tagging", Some(&query)).expect("found");
        assert_eq!(found.operation, Operation::UntagResource);
        assert_eq!(found.query("Resource"), Some("arn:aws:cloudfront::123456789012:distribution/E1"));
        assert_eq!(found.query("Marker"), None);
        assert_eq!(find("POST", "/2020-05-31/tagging", Some("Operation=Paint")), None);
        assert_eq!(find("POST", "/2020-05-31/tagging", None), None);
    }

    #[test]
    fn a_label_is_one_segment_and_is_decoded() {
        let found =
            find("GET", "/2020-05-31/distributionsByOwnedResource/arn%3Aaws%3Ax%2Fy", None).expect("found");
        assert_eq!(found.label("ResourceArn"), Some("arn:aws:x/y"));
        assert_eq!(find("GET", "/2020-05-31/distributionsByOwnedResource/arn:aws:x/y", None), None);
    }

    #[test]
    fn other_paths_methods_versions_and_encodings_are_nothing() {
        for (method, path) in [
            ("PATCH", "/2020-05-31/distribution"),
            ("get", "/2020-05-31/distribution"),
            ("GET", "/2019-03-26/distribution"),
            ("GET", "/2020-05-31distribution"),
            ("GET", "/2020-05-31/distribution/"),
            ("GET", "/2020-05-31//distribution"),
            ("GET", "/2020-05-31/distribution/E1/config/"),
            ("GET", "/2020-05-31/Distribution"),
            ("GET", "/2020-05-31/distribution/%ff"),
            ("GET", "/2020-05-31"),
            ("GET", "/"),
            ("GET", ""),
            ("GET", "*"),
        ] {
            assert_eq!(find(method, path, None), None, "{method} {path}");
        }
        assert_eq!(find("GET", "/2020-05-31/distribution", Some("Marker=%ff")), None);
    }
}
