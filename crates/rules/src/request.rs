//! A viewer's request head, as every rule sees it: the seam behind which no HTTP library type is known.

use std::net::IpAddr;

use bytestring::ByteString;
use http::{Method, Version};

use crate::Fields;

/// Text of a request: usually a part of the buffer that it arrived in, so that nothing is copied.
pub type Text = ByteString;

/// Scheme of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The head of a viewer's request, or of a request that the edge makes for itself (an error page).
#[derive(Debug, Clone)]
pub struct RequestHead {
    /// The method as sent.
    pub method: Method,
    /// How the viewer came.
    pub scheme: Scheme,
    /// The viewer's protocol version.
    pub version: Version,
    /// Host without port, lower-case.
    pub host: Text,
    /// `Host` as sent, with its port.
    pub authority: Text,
    /// The path as received, percent-encoding untouched (D05, F05); after default root object rewriting (E30).
    pub path: Text,
    /// The query without `?`; `None` when there is none or it is empty (D15).
    pub query: Option<Text>,
    /// Header fields without `Host`.
    pub fields: Fields,
    /// The viewer's TCP address.
    pub viewer_ip: IpAddr,
    /// The viewer's TCP port.
    pub viewer_port: u16,
}
