//! CloudFront's error codes and the document that carries one.

mod catalogue;

use std::{fmt, str::FromStr};

pub use catalogue::ErrorCode;

use crate::{NAMESPACE, Writer};

impl ErrorCode {
    /// Whose fault it is, as the answer says: `Sender` for statuses below 500, else `Receiver`.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        if self.status() < 500 { "Sender" } else { "Receiver" }
    }

    /// The body of the answer. Whatever is in the texts, the document is well-formed.
    #[must_use]
    pub fn document(self, message: &str, request_id: &str) -> String {
        Writer::xml("ErrorResponse", NAMESPACE, |writer| {
            writer.within("Error", |writer| {
                writer.text_member("Type", self.fault());
                writer.text_member("Code", self.as_str());
                writer.text_member("Message", message);
            });
            writer.text_member("RequestId", request_id);
        })
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an error code of CloudFront")]
pub struct UnknownErrorCode;

impl FromStr for ErrorCode {
    type Err = UnknownErrorCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut codes = Self::MODELLED.iter().chain(Self::OBSERVED);
        codes.find(|code| code.as_str() == text).copied().ok_or(UnknownErrorCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_code_message_fault_and_request() {
        assert_eq!(
            ErrorCode::NoSuchOrigin.document("It does not exist.", "0f2a"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ErrorResponse xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
             <Error><Type>Sender</Type><Code>NoSuchOrigin</Code><Message>It does not exist.</Message></Error>\
             <RequestId>0f2a</RequestId></ErrorResponse>"
        );
    }

    #[test]
    fn a_message_with_markup_and_control_characters_does_not_break_the_document() {
        let document =
            ErrorCode::InvalidArgument.document("</Message><x a='1'>&amp;\u{0}\u{1b}\u{ffff}]]>\r", "<id>");
        let parsed = roxmltree::Document::parse(&document).expect("well-formed");
        let text = |name| {
            parsed
                .descendants()
                .find(|node| node.has_tag_name((NAMESPACE, name)))
                .and_then(|node| node.text())
        };
        assert_eq!(text("Message"), Some("</Message><x a='1'>&amp;\u{fffd}\u{fffd}\u{fffd}]]>\r"));
        assert_eq!(text("RequestId"), Some("<id>"));
    }

    #[test]
    fn statuses_follow_the_catalogue_not_the_name() {
        assert_eq!(ErrorCode::NoSuchOrigin.status(), 404);
        assert_eq!(ErrorCode::RealtimeLogConfigInUse.status(), 400);
        assert_eq!(ErrorCode::RealtimeLogConfigOwnerMismatch.status(), 401);
        assert_eq!(ErrorCode::PreconditionFailed.status(), 412);
        assert_eq!(ErrorCode::BatchTooLarge.status(), 413);
        assert_eq!(ErrorCode::TestFunctionFailed.fault(), "Receiver");
        assert_eq!(ErrorCode::InternalFailure.fault(), "Receiver");
        assert_eq!(ErrorCode::SignatureDoesNotMatch.fault(), "Sender");
    }

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in ErrorCode::MODELLED.iter().chain(ErrorCode::OBSERVED) {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("NoSuchThing".parse::<ErrorCode>(), Err(UnknownErrorCode));
        assert_eq!(ErrorCode::MODELLED.len(), 152);
    }
}
