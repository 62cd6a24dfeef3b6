//! The ways in which an origin fails without sending a usable response, and what each counts as.

use http::StatusCode;

use crate::Because;

/// Why no usable response came from an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OriginFailure {
    /// The connection ended before a status line (J35).
    ClosedEarly,
    /// The response completion timeout ran out (J34).
    CompletionTimeout,
    /// The connection was refused or the network is unreachable (J22).
    Connect,
    /// Every connection attempt ran into the connection timeout (J20, J22).
    ConnectTimeout,
    /// A part's `Content-Range` and `Content-Length` contradict each other (I13).
    ContentRangeLength,
    /// The origin's name has no address (J23).
    Dns,
    /// The response header block is larger than 32,768 bytes (C68).
    HeaderTooBig,
    /// Garbage instead of a response, or a contradictory one (J36, C47, Q41).
    InvalidResponse,
    /// No byte came within the response timeout (J30, J31).
    ResponseTimeout,
    /// TLS could not be established or the certificate is not acceptable (F51, F52, J24).
    Tls,
    /// The declared length exceeds what may be stored (C64).
    TooLarge,
}

impl OriginFailure {
    /// The status that this failure counts as: 504 for "too slow", 502 for "cannot talk properly" (A12, J37).
    pub const fn status(self) -> StatusCode {
        match self {
            Self::CompletionTimeout | Self::ConnectTimeout | Self::ResponseTimeout => {
                StatusCode::GATEWAY_TIMEOUT
            }
            Self::ClosedEarly
            | Self::Connect
            | Self::ContentRangeLength
            | Self::Dns
            | Self::HeaderTooBig
            | Self::InvalidResponse
            | Self::Tls
            | Self::TooLarge => StatusCode::BAD_GATEWAY,
        }
    }

    /// The detailed result type of access logs (A83 to A85, J36).
    pub const fn detailed_result_type(self) -> &'static str {
        match self {
            Self::ClosedEarly => "OriginReadError",
            Self::CompletionTimeout | Self::ConnectTimeout | Self::ResponseTimeout => "OriginCommError",
            Self::Connect | Self::Tls => "OriginConnectError",
            Self::ContentRangeLength => "OriginContentRangeLengthError",
            Self::Dns => "OriginDnsError",
            Self::HeaderTooBig => "OriginHeaderTooBigError",
            Self::InvalidResponse | Self::TooLarge => "OriginInvalidResponseError",
        }
    }

    /// Whether the origin could not be reached at all: the case of B44.
    pub const fn is_unreachable(self) -> bool {
        match self {
            Self::CompletionTimeout
            | Self::Connect
            | Self::ConnectTimeout
            | Self::Dns
            | Self::ResponseTimeout
            | Self::Tls => true,
            Self::ClosedEarly
            | Self::ContentRangeLength
            | Self::HeaderTooBig
            | Self::InvalidResponse
            | Self::TooLarge => false,
        }
    }

    /// What happened, in words, with the behavior number.
    pub const fn because(self) -> Because {
        match self {
            Self::ClosedEarly => Because::new("J35", "connection closed before the status line"),
            Self::CompletionTimeout => Because::new("J34", "response completion timeout"),
            Self::Connect => Because::new("J22", "connection refused"),
            Self::ConnectTimeout => Because::new("J20", "connection timeout in every attempt"),
            Self::ContentRangeLength => Because::new("I13", "Content-Length contradicts Content-Range"),
            Self::Dns => Because::new("J23", "name has no address"),
            Self::HeaderTooBig => Because::new("C68", "response header block too big"),
            Self::InvalidResponse => Because::new("J36", "answer is not valid HTTP"),
            Self::ResponseTimeout => Because::new("J31", "response timeout"),
            Self::Tls => Because::new("J24", "TLS failed"),
            Self::TooLarge => Because::new("C64", "larger than what may be stored"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OriginFailure::*;

    // proves: J37
    #[test]
    fn what_cannot_be_talked_to_is_a_502_and_what_is_too_slow_a_504() {
        for failure in
            [ClosedEarly, Connect, ContentRangeLength, Dns, HeaderTooBig, InvalidResponse, Tls, TooLarge]
        {
            assert_eq!(failure.status(), 502, "{failure:?}");
        }
        for failure in [CompletionTimeout, ConnectTimeout, ResponseTimeout] {
            assert_eq!(failure.status(), 504, "{failure:?}");
        }
    }
}
