//! The request headers that the edge itself derives from a request: `CloudFront-*` (F.6).
//!
//! Location and TLS headers need knowledge that a request head does not carry; they are absent. What a viewer
//! sends under these names is never used (F22).

use std::cell::OnceCell;
use std::net::IpAddr;

use http::Version;
use http::header::{HeaderName, HeaderValue, USER_AGENT};

use crate::limits::MAX_HEADER_ORDER_BYTES;
use crate::names::X_FORWARDED_FOR;
use crate::request::RequestHead;

/// The headers that "all except" origin request policies add besides those of the viewer (M28, M29).
pub(crate) fn every_policy_header() -> impl Iterator<Item = HeaderName> {
    EVERY_POLICY_HEADER.into_iter().map(HeaderName::from_static)
}

const EVERY_POLICY_HEADER: [&str; 9] = [
    "cloudfront-forwarded-proto",
    "cloudfront-is-android-viewer",
    "cloudfront-is-desktop-viewer",
    "cloudfront-is-ios-viewer",
    "cloudfront-is-mobile-viewer",
    "cloudfront-is-smarttv-viewer",
    "cloudfront-is-tablet-viewer",
    "cloudfront-viewer-address",
    "cloudfront-viewer-http-version",
];

/// Computes generated headers of one request; the device is looked at once at most.
pub(crate) struct Generated<'a> {
    head: &'a RequestHead,
    device: OnceCell<Device>,
}

impl<'a> Generated<'a> {
    /// For the request `head`.
    pub(crate) const fn of(head: &'a RequestHead) -> Self {
        Self { head, device: OnceCell::new() }
    }

    /// The value of the generated header `name`; `None` when it is not known here.
    pub(crate) fn value(&self, name: &HeaderName) -> Option<HeaderValue> {
        match name.as_str().strip_prefix("cloudfront-")? {
            "forwarded-proto" => Some(HeaderValue::from_static(self.head.scheme.as_str())),
            "is-android-viewer" => Some(yes_or_no(self.device().android)),
            "is-desktop-viewer" => Some(yes_or_no(self.device().desktop)),
            "is-ios-viewer" => Some(yes_or_no(self.device().ios)),
            "is-mobile-viewer" => Some(yes_or_no(self.device().mobile)),
            "is-smarttv-viewer" => Some(yes_or_no(self.device().smart_tv)),
            "is-tablet-viewer" => Some(yes_or_no(self.device().tablet)),
            "viewer-address" => self.address(),
            "viewer-header-count" => HeaderValue::try_from((self.head.fields.len() + 1).to_string()).ok(),
            "viewer-header-order" => HeaderValue::try_from(self.header_order()).ok(),
            "viewer-http-version" => Some(HeaderValue::from_static(version_text(self.head.version))),
            _ => None,
        }
    }

    fn device(&self) -> Device {
        *self.device.get_or_init(|| {
            let user_agent = self.head.fields.first(&USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
            Device::of(&String::from_utf8_lossy(user_agent))
        })
    }

    /// `ip:port`, without brackets around IPv6 (F65).
    fn address(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}:{}", viewer_ip(self.head), self.head.viewer_port)).ok()
    }

    /// Names joined by `:`; `Host`, which a request head keeps apart, is named first.
    fn header_order(&self) -> String {
        let mut order = String::from("host");
        for (name, _) in self.head.fields.iter() {
            if order.len() + 1 + name.as_str().len() > MAX_HEADER_ORDER_BYTES {
                break;
            }
            order.push(':');
            order.push_str(name.as_str());
        }
        order
    }
}

/// The viewer's address, an IPv4 address that came through an IPv6 socket as IPv4.
pub(crate) fn viewer_ip(head: &RequestHead) -> IpAddr {
    head.viewer_ip.to_canonical()
}

/// `X-Forwarded-For` as origins get it: the addresses that the viewer reported, its lines joined without a space,
/// and the viewer's own behind them (F20); only the latter without the former.
pub(crate) fn forwarded_for(head: &RequestHead, with_reported: bool) -> Vec<u8> {
    let lines = head.fields.iter().filter(|(name, _)| with_reported && **name == X_FORWARDED_FOR);
    let mut value = Vec::new();
    for (_, line) in lines.filter(|(_, line)| !line.is_empty()) {
        value.extend_from_slice(line.as_bytes());
        value.push(b',');
    }
    value.extend_from_slice(viewer_ip(head).to_string().as_bytes());
    value
}

/// `1.0`, `1.1`, `2.0` or `3.0` (F64, H03).
pub(crate) fn version_text(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "2.0",
        Version::HTTP_3 => "3.0",
        Version::HTTP_10 | Version::HTTP_09 => "1.0",
        _ => "1.1",
    }
}

const fn yes_or_no(answer: bool) -> HeaderValue {
    HeaderValue::from_static(if answer { "true" } else { "false" })
}

/// What a `User-Agent` says about the viewer's device; more than one may be true (F60).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Device {
    android: bool,
    desktop: bool,
    ios: bool,
    mobile: bool,
    smart_tv: bool,
    tablet: bool,
}

const IOS: [&str; 3] = ["iphone", "ipad", "ipod"];
const MOBILE: [&str; 6] = ["mobi", "iphone", "ipod", "blackberry", "opera mini", "windows phone"];
const SMART_TV: [&str; 14] = [
    "smart-tv",
    "smarttv",
    "smart tv",
    "appletv",
    "apple tv",
    "googletv",
    "android tv",
    "hbbtv",
    "netcast",
    "web0s",
    "bravia",
    "crkey",
    "roku",
    "aftt",
];
const TABLET: [&str; 5] = ["ipad", "tablet", "kindle", "silk/", "playbook"];

impl Device {
    fn of(user_agent: &str) -> Self {
        let user_agent = user_agent.to_ascii_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| user_agent.contains(word));
        let smart_tv = names(&SMART_TV);
        let android = user_agent.contains("android");
        let mobile = !smart_tv && names(&MOBILE);
        // Android says "Mobile" on telephones and leaves it out on tablets.
        let tablet = !smart_tv && (names(&TABLET) || android && !mobile);
        Self { android, desktop: !(smart_tv || mobile || tablet), ios: names(&IOS), mobile, smart_tv, tablet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(user_agent: &str) -> Vec<&'static str> {
        let device = Device::of(user_agent);
        [
            (device.android, "android"),
            (device.desktop, "desktop"),
            (device.ios, "ios"),
            (device.mobile, "mobile"),
            (device.smart_tv, "tv"),
            (device.tablet, "tablet"),
        ]
        .into_iter()
        .filter_map(|(is, kind)| is.then_some(kind))
        .collect()
    }

    #[test]
    fn telephones_tablets_televisions_and_desktops_are_told_apart() {
        assert_eq!(kinds("Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0"), ["desktop"]);
        assert_eq!(kinds("curl/8.5.0"), ["desktop"]);
        assert_eq!(kinds(""), ["desktop"]);
        assert_eq!(kinds("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"), ["ios", "mobile"]);
        assert_eq!(kinds("Mozilla/5.0 (iPad; CPU OS 12_0) Mobile/15E148"), ["ios", "mobile", "tablet"]);
        assert_eq!(
            kinds("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537"),
            ["android", "mobile"]
        );
        assert_eq!(kinds("Mozilla/5.0 (Linux; Android 13; SM-X700) Safari/537"), ["android", "tablet"]);
        assert_eq!(kinds("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) TV Safari/537"), ["tv"]);
    }
}
