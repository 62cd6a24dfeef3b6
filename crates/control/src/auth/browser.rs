//! What a browser sends beside a request: the cookie of its session, and where the page comes from that asks.
//!
//! A cookie goes along with whatever a page makes the browser ask, so a session counts for a call only with a header that other
//! sites' pages cannot set, and not when the browser itself says that another site asks.

use ::http::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use ::http::request::Parts;

/// The cookie that stands for a session.
pub(crate) const COOKIE_NAME: &str = "warmfront-session";
/// The header that a call by session needs: [`CSRF_VALUE`].
pub(crate) const CSRF_HEADER: &str = "x-warmfront-csrf";
/// Its value.
const CSRF_VALUE: &[u8] = b"1";

/// The token of the session that the request comes with.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies =
        lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value)
}

/// Whether the request has the header that only our own pages can set.
pub(crate) fn has_csrf_header(headers: &HeaderMap) -> bool {
    headers.get(CSRF_HEADER).is_some_and(|value| value.as_bytes() == CSRF_VALUE)
}

/// Whether the browser says that the page is of this very site, or no browser says anything. Behind whoever ends TLS for
/// us the page is `https` where we see `http`; it is never the other way round.
pub(crate) fn is_same_origin(request: &Parts, is_encrypted: bool) -> bool {
    let site = request.headers.get("sec-fetch-site");
    if site.is_some_and(|site| site.as_bytes() != b"same-origin") {
        return false;
    }
    let Some(origin) = request.headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().unwrap_or_default();
    let secure = origin.strip_prefix("https://");
    let plain = origin.strip_prefix("http://").filter(|_| !is_encrypted);
    secure.or(plain).zip(host(request)).is_some_and(|(of_page, ours)| of_page.eq_ignore_ascii_case(ours))
}

/// Whether the browser speaks TLS, with us or with whoever stands in front of us.
pub(crate) fn is_secure(headers: &HeaderMap, is_encrypted: bool) -> bool {
    is_encrypted || headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

fn host(request: &Parts) -> Option<&str> {
    // HTTP/2 carries the host in the authority.
    let authority = request.uri.authority().map(::http::uri::Authority::as_str);
    request.headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority)
}

#[cfg(test)]
mod tests {
    use ::http::Request;

    use super::*;

    fn with(headers: &[(&str, &str)]) -> Parts {
        let request = Request::get("/").header("host", "console.example:9080");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = |value: &str| session_token(&with(&[("cookie", value)]).headers).map(str::to_owned);
        assert_eq!(token("a=b; warmfront-session=token; c=d").as_deref(), Some("token"));
        assert_eq!(token("xwarmfront-session=token; warmfront-sessionx=token; warmfront-session"), None);
        let two = with(&[("cookie", "a=b"), ("cookie", "warmfront-session=token")]);
        assert_eq!(session_token(&two.headers), Some("token"));
    }

    #[test]
    fn only_pages_of_the_same_scheme_host_and_port_may_ask() {
        let ours = |headers: &[(&str, &str)]| is_same_origin(&with(headers), false);
        assert!(ours(&[]));
        assert!(ours(&[("origin", "http://console.example:9080"), ("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "https://Console.example:9080")]));
        for origin in
            ["http://console.example", "http://console.example:9081", "null", "", "http://evil.example"]
        {
            assert!(!ours(&[("origin", origin)]), "{origin}");
        }
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!ours(&[("sec-fetch-site", site)]), "{site}");
        }
        assert!(!is_same_origin(&with(&[("origin", "http://console.example:9080")]), true));
        assert!(is_same_origin(&with(&[("origin", "https://console.example:9080")]), true));
    }
}
