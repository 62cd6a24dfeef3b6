//! How a value is written: a line of JSON, then the XML document. A line feed inside JSON text is escaped, so the first
//! one ends the line.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shapes::ReadError;

/// A document of the store does not say what it should. Only damage or a newer version can cause it.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The first line cannot be understood.
    #[error("the document {key} cannot be understood")]
    Header {
        /// Where it is kept.
        key: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The text or its division into two parts is damaged.
    #[error("the document {key} is damaged")]
    Text {
        /// Where it is kept.
        key: String,
    },
    /// The XML document cannot be read.
    #[error("the configuration in the document {key} cannot be read")]
    Xml {
        /// Where it is kept.
        key: String,
        /// Why.
        #[source]
        source: ReadError,
    },
}

/// Writes a value.
pub(crate) fn encode(header: &impl Serialize, xml: &str) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_vec(header)?;
    value.push(b'\n');
    value.extend_from_slice(xml.as_bytes());
    Ok(value)
}

/// Takes a value apart.
pub(crate) fn decode<H: DeserializeOwned>(key: &str, value: &[u8]) -> Result<(H, String), RecordError> {
    let text = decode_text(key, value)?;
    let (header, xml) = text.split_once('\n').ok_or_else(|| RecordError::Text { key: key.to_owned() })?;
    let header =
        serde_json::from_str(header).map_err(|source| RecordError::Header { key: key.to_owned(), source })?;
    Ok((header, xml.to_owned()))
}

/// A value that is a name: an id in an index.
pub(crate) fn decode_text<'a>(key: &str, value: &'a [u8]) -> Result<&'a str, RecordError> {
    std::str::from_utf8(value).map_err(|_| RecordError::Text { key: key.to_owned() })
}

/// A value that is a number: a counter.
pub(crate) fn decode_number(key: &str, value: &[u8]) -> Result<u64, RecordError> {
    decode_text(key, value)?.parse().map_err(|_| RecordError::Text { key: key.to_owned() })
}
