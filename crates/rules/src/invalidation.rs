//! Which stored objects an invalidation path covers (K03 to K08).
//!
//! Paths are compared with [`crate::cache_key::CacheKey::path_and_query`]: the raw path and those query
//! parameters that are in the key. All header, cookie and encoding variants of a path go together (K06).

use std::fmt;

use crate::limits::MAX_INVALIDATION_PATH_BYTES;

/// A parsed invalidation path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InvalidationPath {
    /// This path and query exactly; without a query, only the variant without one (K05).
    Exact(Box<str>),
    /// Everything that begins so, across `/` and query strings (K03). Stored without the final `*`.
    Prefix(Box<str>),
}

/// Why a text is not an invalidation path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidPath {
    /// It does not begin with `/` (K01).
    NoLeadingSlash,
    /// It holds a character that a URL carries only percent-encoded (K07).
    NotEncoded,
    /// It is longer than [`MAX_INVALIDATION_PATH_BYTES`] (K02).
    TooLong,
}

impl InvalidationPath {
    /// Parses a path. Only a final `*` is a wildcard; elsewhere it is taken literally (K04).
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        if text.len() > MAX_INVALIDATION_PATH_BYTES {
            return Err(InvalidPath::TooLong);
        }
        if !text.starts_with('/') {
            return Err(InvalidPath::NoLeadingSlash);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidPath::NotEncoded);
        }
        Ok(match text.strip_suffix('*') {
            Some(start) => Self::Prefix(start.into()),
            None => Self::Exact(text.into()),
        })
    }

    /// Whether an object with this path and query goes.
    pub fn covers(&self, path_and_query: &str) -> bool {
        match self {
            Self::Exact(whole) => **whole == *path_and_query,
            Self::Prefix(start) => path_and_query.starts_with(&**start),
        }
    }
}

impl fmt::Display for InvalidationPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(whole) => out.write_str(whole),
            Self::Prefix(start) => write!(out, "{start}*"),
        }
    }
}

impl fmt::Display for InvalidPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLeadingSlash => out.write_str("the path does not begin with a slash"),
            Self::NotEncoded => out.write_str("the path holds a character that must be percent-encoded"),
            Self::TooLong => write!(out, "the path is longer than {MAX_INVALIDATION_PATH_BYTES} characters"),
        }
    }
}

impl std::error::Error for InvalidPath {}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(path: &str, object: &str) -> bool {
        InvalidationPath::parse(path).unwrap().covers(object)
    }

    #[test]
    fn a_final_star_covers_any_tail_across_slashes_and_queries() {
        assert!(covers("/*", "/"));
        assert!(covers("/*", "/a/b?x=1"));
        assert!(covers("/images/*", "/images/a/b.jpg"));
        assert!(!covers("/images/*", "/images"));
        assert!(covers("/images*", "/images"));
        assert!(covers("/a.jpg*", "/a.jpg?x=1"));
    }

    #[test]
    fn a_star_elsewhere_is_an_ordinary_character() {
        assert!(!covers("/*/a.jpg", "/x/a.jpg"));
        assert!(covers("/*/a.jpg", "/*/a.jpg"));
        assert!(covers("/a*b*", "/a*bc"));
        assert!(!covers("/a*b*", "/axbc"));
    }

    #[test]
    fn a_path_without_query_covers_only_the_variant_without_query() {
        assert!(covers("/a.jpg", "/a.jpg"));
        assert!(!covers("/a.jpg", "/a.jpg?x=1"));
        assert!(covers("/a.jpg?x=1", "/a.jpg?x=1"));
        assert!(!covers("/a.jpg?x=1", "/a.jpg?x=2"));
    }

    #[test]
    fn case_trailing_slash_and_encoding_are_compared_as_they_are() {
        assert!(!covers("/A", "/a"));
        assert!(!covers("/dir", "/dir/"));
        assert!(!covers("/%7Euser", "/~user"));
        assert!(covers("/~user", "/~user"));
    }

    #[test]
    fn what_cannot_be_a_path_is_refused_with_its_reason() {
        assert_eq!(InvalidationPath::parse(""), Err(InvalidPath::NoLeadingSlash));
        assert_eq!(InvalidationPath::parse("a.jpg"), Err(InvalidPath::NoLeadingSlash));
        assert_eq!(InvalidationPath::parse("/é"), Err(InvalidPath::NotEncoded));
        assert_eq!(InvalidationPath::parse("/a b"), Err(InvalidPath::NotEncoded));
        assert_eq!(InvalidationPath::parse(&format!("/{}", "a".repeat(4000))), Err(InvalidPath::TooLong));
        assert!(InvalidationPath::parse(&format!("/{}", "a".repeat(3999))).is_ok());
    }

    #[test]
    fn printing_gives_back_what_was_parsed() {
        for text in ["/a.jpg?x=1", "/images/*", "/*"] {
            assert_eq!(InvalidationPath::parse(text).unwrap().to_string(), text);
        }
    }
}
