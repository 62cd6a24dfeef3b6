//! What a response says about its own lifetime: `Cache-Control`, `Expires` and `Pragma` (RFC 9111 section 5).

use std::time::Duration;

use http::header::{CACHE_CONTROL, EXPIRES, PRAGMA, VARY};

use crate::{Fields, Moment};

/// The largest lifetime that is believed: 100 years (C05).
pub const MAX_AGE_LIMIT: Duration = Duration::from_secs(3_153_600_000);

/// The caching statements of one response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheControl {
    /// Whether a `Cache-Control` field exists at all (C41).
    pub present: bool,
    /// `no-store`.
    pub no_store: bool,
    /// `no-cache` without field names (C23), or `Pragma: no-cache` without `Cache-Control` (C25).
    pub no_cache: bool,
    /// `private` without field names (C23).
    pub private: bool,
    /// `max-age`.
    pub max_age: Option<Duration>,
    /// `s-maxage`.
    pub s_maxage: Option<Duration>,
    /// `stale-if-error` (B40).
    pub stale_if_error: Option<Duration>,
    /// `stale-while-revalidate` (B45).
    pub stale_while_revalidate: Option<Duration>,
    /// When the `Expires` date is; the epoch when it cannot be read (C18).
    pub expires: Option<Moment>,
}

/// Which header a lifetime came from (C20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifetimeSource {
    /// `Expires`.
    Expires,
    /// `Cache-Control: max-age`.
    MaxAge,
    /// `Cache-Control: s-maxage`.
    SMaxAge,
}

impl CacheControl {
    /// Reads the caching statements of a response. Several `Cache-Control` lines count as one list and the
    /// first valid value of a directive wins (C24).
    pub fn of(fields: &Fields) -> Self {
        let mut read = Self {
            expires: fields.first(&EXPIRES).map(|value| expires(value.as_bytes())),
            ..Self::default()
        };
        let mut ages = Ages::default();
        for line in fields.all(&CACHE_CONTROL) {
            read.present = true;
            for (name, argument) in directives(line.as_bytes()) {
                read.note(&name, argument.as_deref(), &mut ages);
            }
        }
        read.max_age = ages.max_age.value();
        read.s_maxage = ages.s_maxage.value();
        read.stale_if_error = ages.stale_if_error.valid;
        read.stale_while_revalidate = ages.stale_while_revalidate.valid;
        if !read.present {
            read.no_cache = fields
                .all(&PRAGMA)
                .any(|line| directives(line.as_bytes()).any(|(name, _)| name == "no-cache"));
        }
        read
    }

    fn note(&mut self, name: &str, argument: Option<&str>, ages: &mut Ages) {
        match name {
            "no-store" => self.no_store = true,
            // Field-qualified forms do not forbid storing (C23).
            "no-cache" if argument.is_none() => self.no_cache = true,
            "private" if argument.is_none() => self.private = true,
            "max-age" => ages.max_age.note(argument),
            "s-maxage" => ages.s_maxage.note(argument),
            "stale-if-error" => ages.stale_if_error.note(argument),
            "stale-while-revalidate" => ages.stale_while_revalidate.note(argument),
            _ => {}
        }
    }

    /// Whether one of `no-store`, `no-cache`, `private` is said.
    pub const fn forbids_sharing(&self) -> bool {
        self.no_store || self.no_cache || self.private
    }

    /// The winning lifetime and where it came from: `s-maxage`, else `max-age`, else `Expires` (C20).
    pub fn lifetime(&self, now: Moment) -> Option<(Duration, LifetimeSource)> {
        if let Some(s_maxage) = self.s_maxage {
            return Some((s_maxage, LifetimeSource::SMaxAge));
        }
        if let Some(max_age) = self.max_age {
            return Some((max_age, LifetimeSource::MaxAge));
        }
        // Compared with our own time, not with the Date header (C19).
        self.expires.map(|date| (date.since(now).min(MAX_AGE_LIMIT), LifetimeSource::Expires))
    }
}

/// Whether `Vary` contains `*` (C53).
pub fn varies_on_everything(fields: &Fields) -> bool {
    fields
        .all(&VARY)
        .any(|line| line.as_bytes().split(|byte| *byte == b',').any(|name| name.trim_ascii() == b"*"))
}

/// Values of the directives that carry seconds.
#[derive(Default)]
struct Ages {
    max_age: Age,
    s_maxage: Age,
    stale_if_error: Age,
    stale_while_revalidate: Age,
}

/// The first valid value of one directive, and whether an invalid one was seen (C24).
#[derive(Default)]
struct Age {
    valid: Option<Duration>,
    invalid: bool,
}

impl Age {
    fn note(&mut self, argument: Option<&str>) {
        match argument.map(str::trim).and_then(seconds) {
            Some(value) if self.valid.is_none() => self.valid = Some(value),
            Some(_) => {}
            None => self.invalid = true,
        }
    }

    /// An invalid value alone counts as 0: the cautious reading (C24, RFC 9111 section 4.2.1).
    fn value(&self) -> Option<Duration> {
        self.valid.or(self.invalid.then_some(Duration::ZERO))
    }
}

/// Delta-seconds; too large a number is the limit (C05, RFC 9111 section 1.2.2).
fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)).min(MAX_AGE_LIMIT))
}

/// The date, or the epoch for anything that is not a date: already expired (C18).
fn expires(value: &[u8]) -> Moment {
    let date = std::str::from_utf8(value).ok().and_then(|text| httpdate::parse_http_date(text.trim()).ok());
    let since_epoch = date.and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok());
    Moment::from_epoch_s(since_epoch.map_or(0, |passed| passed.as_secs()))
}

/// Splits a list of directives at commas outside quoted strings; names in lower case, arguments unquoted.
fn directives(line: &[u8]) -> impl Iterator<Item = (String, Option<String>)> + '_ {
    let mut rest = line;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (item, tail) = split_item(rest);
            rest = tail;
            let item = item.trim_ascii();
            if !item.is_empty() {
                return Some(directive(item));
            }
        }
        None
    })
}

fn split_item(line: &[u8]) -> (&[u8], &[u8]) {
    let (mut quoted, mut escaped) = (false, false);
    for (position, byte) in line.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                let (item, tail) = line.split_at(position);
                return (item, tail.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (line, &[])
}

fn directive(item: &[u8]) -> (String, Option<String>) {
    let text = String::from_utf8_lossy(item);
    match text.split_once('=') {
        None => (text.to_ascii_lowercase(), None),
        Some((name, argument)) => {
            (name.trim().to_ascii_lowercase(), Some(argument.trim().trim_matches('"').to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::HeaderName;

    fn read(lines: &[(&'static str, &'static str)]) -> CacheControl {
        let fields = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        CacheControl::of(&fields)
    }

    #[test]
    fn several_lines_are_one_list_and_the_first_valid_value_wins() {
        let read = read(&[
            ("cache-control", "max-age=soon, Max-Age=7"),
            ("cache-control", "max-age=9, S-MAXAGE=\"3\""),
        ]);
        assert_eq!(read.max_age, Some(Duration::from_secs(7)));
        assert_eq!(read.s_maxage, Some(Duration::from_secs(3)));
    }

    #[test]
    fn a_value_that_is_no_number_counts_as_zero() {
        assert_eq!(read(&[("cache-control", "max-age=soon")]).max_age, Some(Duration::ZERO));
        assert_eq!(read(&[("cache-control", "max-age")]).max_age, Some(Duration::ZERO));
        assert_eq!(read(&[("cache-control", "max-age=-1")]).max_age, Some(Duration::ZERO));
    }

    #[test]
    fn a_huge_value_is_clamped_to_a_hundred_years() {
        assert_eq!(
            read(&[("cache-control", "max-age=99999999999999999999999")]).max_age,
            Some(MAX_AGE_LIMIT)
        );
    }

    #[test]
    fn commas_inside_quotes_do_not_separate() {
        let read = read(&[("cache-control", "private=\"a, no-store\", no-cache=\"set-cookie\", max-age=4")]);
        assert!(!read.forbids_sharing());
        assert_eq!(read.max_age, Some(Duration::from_secs(4)));
    }

    #[test]
    fn pragma_counts_only_without_cache_control() {
        assert!(read(&[("pragma", "no-cache")]).no_cache);
        assert!(!read(&[("pragma", "no-cache"), ("cache-control", "max-age=1")]).no_cache);
    }

    #[test]
    fn an_unreadable_expires_is_in_the_past() {
        let now = Moment::from_epoch_s(1_000);
        for text in ["0", "-1", "soon", ""] {
            let lifetime = read(&[("expires", text)]).lifetime(now);
            assert_eq!(lifetime, Some((Duration::ZERO, LifetimeSource::Expires)), "{text:?}");
        }
        let later = read(&[("expires", "Thu, 01 Jan 1970 00:17:10 GMT")]).lifetime(now);
        assert_eq!(later, Some((Duration::from_secs(30), LifetimeSource::Expires)));
    }
}
