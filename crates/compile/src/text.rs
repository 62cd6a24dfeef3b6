//! Character rules of names, paths and patterns.

/// Whether `text` is a host name: labels of letters, digits, `-` and `_`, joined by dots.
pub(crate) fn is_host_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !label.is_empty()
        && label.len() <= 63
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether every character may stand in a path pattern (E43).
pub(crate) fn is_path_pattern(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.*?$/~\"'@:+&".contains(&byte))
}

/// Whether every character may stand in a default root object (E31).
pub(crate) fn is_default_root_object(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.*$/~\"'&".contains(&byte))
}

/// Whether `path` has exactly the percent-encoding it needs: unsafe characters are encoded, nothing else is
/// (rule 5 of CustomErrorResponses).
pub(crate) fn is_encoded_as_needed(path: &str) -> bool {
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let Some(decoded) = decoded_octet(after) else { return false };
            if decoded.is_ascii_alphanumeric() || b"-._~".contains(&decoded) {
                return false;
            }
            rest = after.get(2..).unwrap_or_default();
        } else if !is_safe(byte) {
            return false;
        } else {
            rest = after;
        }
    }
    true
}

/// Whether `path` has no character that must be percent-encoded in a URL; `?` and `#` count as they are.
pub(crate) fn is_free_of_unsafe(path: &str) -> bool {
    path.bytes().all(|byte| is_safe(byte) || b"%?#".contains(&byte))
}

fn is_safe(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>#?%{}|\\^[]`".contains(&byte)
}

fn decoded_octet(digits: &[u8]) -> Option<u8> {
    let pair = std::str::from_utf8(digits.get(..2)?).ok()?;
    if pair.starts_with('+') { None } else { u8::from_str_radix(pair, 16).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_have_no_scheme_port_or_path() {
        assert!(is_host_name("www.example.com"));
        assert!(is_host_name("127.0.0.1"));
        assert!(is_host_name("my_bucket.s3.amazonaws.com"));
        for wrong in ["", "http://a", "a:80", "a/b", "a..b", "a.", "-a.b", "a b", "\u{e9}.com"] {
            assert!(!is_host_name(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn paths_are_encoded_where_needed_and_only_there() {
        assert!(is_encoded_as_needed("/errors/404.html"));
        assert!(is_encoded_as_needed("/caf%C3%A9%20bar"));
        assert!(is_encoded_as_needed("/~user/a+b,c;d=e&f@g:h!$'()*"));
        for wrong in ["/a b", "/caf\u{e9}", "/%41", "/%7E", "/%", "/%4", "/%zz", "/%+1", "/a?b", "/a#b"] {
            assert!(!is_encoded_as_needed(wrong), "{wrong:?}");
        }
    }
}
