//! The form of a document: XML, as CloudFront has it, or JSON for whoever asks for it by name.
//!
//! SDKs accept everything or say nothing, and get XML. JSON is sent to those who name `application/json` and do not name XML
//! with the same or a higher weight (RFC 9110, 12.5.1); it is read when a request says that it is JSON.

use ::http::HeaderMap;
use ::http::header::{ACCEPT, CONTENT_TYPE};
use shapes::{ReadError, Shape, json, xml};

/// What is JSON.
const JSON: &str = "application/json";
/// What is XML.
const XML: [&str; 2] = ["text/xml", "application/xml"];

/// The form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// CloudFront's own.
    Xml,
    /// The form that the AWS CLI prints.
    Json,
}

// === impl Form ===

impl Form {
    /// The form of the answer that the caller wants.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let (mut json, mut xml) = (0, 0);
        for range in lines.flat_map(|line| line.split(',')) {
            if is_one_of(range, &[JSON]) {
                json = json.max(weight(range));
            } else if is_one_of(range, &XML) {
                xml = xml.max(weight(range));
            }
        }
        if json > xml { Self::Json } else { Self::Xml }
    }

    /// The form of the document that the caller sends.
    pub(crate) fn sent(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| is_one_of(kind, &[JSON])) { Self::Json } else { Self::Xml }
    }

    /// The `Content-Type`.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml",
            Self::Json => JSON,
        }
    }

    /// Writes a document.
    pub(crate) fn write<T: Shape>(self, value: &T) -> String {
        match self {
            Self::Xml => xml::write(value),
            Self::Json => json::write(value),
        }
    }

    /// Reads a document.
    pub(crate) fn read<T: Shape>(self, document: &[u8]) -> Result<T, ReadError> {
        match self {
            Self::Xml => xml::read(document),
            Self::Json => json::read(document),
        }
    }
}

/// Whether a media type with its parameters is one of these.
fn is_one_of(media: &str, known: &[&str]) -> bool {
    let kind = media.split(';').next().unwrap_or_default().trim();
    known.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// The weight of a range in thousandths; one that cannot be read counts for nothing.
fn weight(range: &str) -> u16 {
    let mut parameters = range.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let Some((_, weight)) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("q")) else {
        return 1000;
    };
    let weight = weight.trim().parse::<f64>().ok().filter(|weight| (0.0..=1.0).contains(weight));
    weight.map_or(0, |weight| (weight * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use ::http::HeaderValue;

    use super::*;

    fn headers(name: ::http::HeaderName, lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (name.clone(), HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn json_is_for_those_who_ask_for_it_by_name() {
        for (lines, expected) in [
            (&[][..], Form::Xml),
            (&["*/*"], Form::Xml),
            (&["application/*"], Form::Xml),
            (&["text/html, application/xml;q=0.9, */*;q=0.8"], Form::Xml),
            (&["application/json"], Form::Json),
            (&["Application/JSON; charset=utf-8"], Form::Json),
            (&["application/json, text/plain, */*"], Form::Json),
            (&["text/plain", "application/json;q=0.1"], Form::Json),
            (&["application/json;q=0"], Form::Xml),
            (&["application/json;q=many"], Form::Xml),
            (&["application/json, text/xml"], Form::Xml),
            (&["application/json, application/xml; q=0.5"], Form::Json),
            (&["application/jsonp", "application/json-patch+json"], Form::Xml),
        ] {
            assert_eq!(Form::wanted(&headers(ACCEPT, lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_sent_is_json_when_it_says_so() {
        for (lines, expected) in [
            (&[][..], Form::Xml),
            (&["application/xml"], Form::Xml),
            (&["application/x-www-form-urlencoded"], Form::Xml),
            (&["application/json"], Form::Json),
            (&["application/json;charset=UTF-8"], Form::Json),
        ] {
            assert_eq!(Form::sent(&headers(CONTENT_TYPE, lines)), expected, "{lines:?}");
        }
    }
}
