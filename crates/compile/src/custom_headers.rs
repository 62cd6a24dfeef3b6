//! Origin custom headers (F41, F42).

use std::collections::HashSet;

use http::header::{HeaderName, HeaderValue};
use shapes::{Counted, OriginCustomHeader};

use crate::problems::{INVALID_ARGUMENT, Quoted, Report, Stage};
use crate::quotas::Quotas;

/// Names that cannot be added (F42), lower-case.
const FORBIDDEN: [&str; 23] = [
    "cache-control",
    "connection",
    "content-length",
    "cookie",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "request-range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];

/// What names that cannot be added begin with.
const FORBIDDEN_PREFIXES: [&str; 2] = ["x-amz-", "x-edge-"];

/// Checks the list at `path` and gives what the edge gets.
pub(crate) fn compile(
    report: &mut Report,
    path: &str,
    list: Option<&Counted<OriginCustomHeader>>,
    quotas: &Quotas,
) -> Box<[(HeaderName, HeaderValue)]> {
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    let mut seen = HashSet::new();
    let mut total = 0;
    let count = list.map_or(0, Counted::len);
    report.limit("TooManyOriginCustomHeaders", path, count, quotas.max_origin_custom_headers);
    for (index, header) in list.into_iter().flatten().enumerate() {
        total += header.header_name.len() + header.header_value.len();
        let path = format!("{path}.Items[{index}]");
        let Some((name, value)) = compile_one(report, &path, header, quotas) else { continue };
        report.require(
            seen.insert(name.clone()),
            Stage::Field,
            INVALID_ARGUMENT,
            &format!("{path}.HeaderName"),
            || format!("{path}.HeaderName {name} is there already. Accepted: each name once."),
        );
        headers.push((name, value));
    }
    let most = quotas.max_origin_custom_headers_total;
    report.require(total <= most, Stage::Field, INVALID_ARGUMENT, path, || {
        format!("{path} has {total} characters in names and values. Accepted: at most {most}.")
    });
    headers.into()
}

fn compile_one(
    report: &mut Report,
    path: &str,
    header: &OriginCustomHeader,
    quotas: &Quotas,
) -> Option<(HeaderName, HeaderValue)> {
    let (name_path, value_path) = (format!("{path}.HeaderName"), format!("{path}.HeaderValue"));
    report.length(&name_path, &header.header_name, quotas.max_origin_custom_header_name);
    report.length(&value_path, &header.header_value, quotas.max_origin_custom_header_value);
    let name = HeaderName::from_bytes(header.header_name.as_bytes()).ok();
    let value = HeaderValue::from_str(&header.header_value).ok().filter(|value| value.to_str().is_ok());
    report.require(name.is_some(), Stage::Field, INVALID_ARGUMENT, &name_path, || {
        format!(
            "{name_path} is {}. Accepted: letters, digits and !#$%&'*+-.^_`|~.",
            Quoted(&header.header_name)
        )
    });
    report.require(value.is_some(), Stage::Field, INVALID_ARGUMENT, &value_path, || {
        format!("{value_path} has a character that no header value can have. Accepted: visible ASCII.")
    });
    let is_short = header.header_name.len() <= quotas.max_origin_custom_header_name;
    let allowed = !is_short || name.as_ref().is_none_or(|name| !is_forbidden(name.as_str()));
    if !allowed {
        let words = format!("The parameter HeaderName : {} is not allowed.", header.header_name);
        let explanation = format!(
            "{name_path} is {}, which cannot be added. Accepted: any header but {}, and those that \
             begin with {}.",
            Quoted(&header.header_name),
            FORBIDDEN.join(", "),
            FORBIDDEN_PREFIXES.join(" or ")
        );
        report.add_known(Stage::Field, INVALID_ARGUMENT, &name_path, words, explanation);
    }
    Some((name?, value?))
}

fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.contains(&name) || FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
