//! Conditions: what must also be true of a request.
//!
//! All operators of a statement must hold; of several values, one must (for the negated operators: none may).

use std::net::IpAddr;

use super::Malformed;
use super::pattern::Pattern;

/// What a condition looks at. Names are compared without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// `aws:PrincipalArn`.
    PrincipalArn,
    /// `aws:Referer`.
    Referer,
    /// `aws:SecureTransport`.
    SecureTransport,
    /// `aws:SourceAccount`: the account of the distribution.
    SourceAccount,
    /// `aws:SourceArn`: the distribution (G30).
    SourceArn,
    /// `aws:SourceIp`.
    SourceIp,
    /// `aws:UserAgent`.
    UserAgent,
    /// `s3:delimiter` of a list.
    Delimiter,
    /// `s3:prefix` of a list.
    Prefix,
}

const KEYS: [(&str, Key); 9] = [
    ("aws:PrincipalArn", Key::PrincipalArn),
    ("aws:Referer", Key::Referer),
    ("aws:SecureTransport", Key::SecureTransport),
    ("aws:SourceAccount", Key::SourceAccount),
    ("aws:SourceArn", Key::SourceArn),
    ("aws:SourceIp", Key::SourceIp),
    ("aws:UserAgent", Key::UserAgent),
    ("s3:delimiter", Key::Delimiter),
    ("s3:prefix", Key::Prefix),
];

/// What is known about a request; a key that is not there is absent from the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context(Vec<(Key, String)>);

/// One key below one operator.
#[derive(Debug)]
pub(super) struct Condition {
    key: Key,
    test: Test,
    negated: bool,
    /// `...IfExists`: also true when the key is absent.
    or_absent: bool,
}

#[derive(Debug)]
enum Test {
    Equals(Vec<String>),
    EqualsIgnoreCase(Vec<String>),
    /// Strings as a whole, or ARNs.
    Like(Vec<Pattern>),
    ArnLike(Vec<Pattern>),
    Bool(bool),
    Networks(Vec<Network>),
    IsAbsent(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

// === impl Context ===

impl Context {
    /// Adds what is known.
    pub(crate) fn set(&mut self, key: Key, value: impl Into<String>) {
        self.0.push((key, value.into()));
    }

    fn value(&self, key: Key) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }
}

// === impl Condition ===

impl Condition {
    /// Reads `operator: { key: values }`.
    pub(super) fn read(operator: &str, key: &str, values: &[String]) -> Result<Self, Malformed> {
        let key =
            KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, key)| *key).ok_or_else(
                || {
                    let known: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
                    Malformed(format!(
                        "Policy has an invalid condition key: \"{key}\" is not known. Accepted: {}.",
                        known.join(", ")
                    ))
                },
            )?;
        let (name, or_absent) = match operator.strip_suffix("IfExists") {
            Some(name) if name != "Null" => (name, true),
            _ => (operator, false),
        };
        let (test, negated) = test(name, operator, values)?;
        Ok(Self { key, test, negated, or_absent })
    }

    /// Whether it is true of a request. Of an absent key only negated operators are.
    pub(super) fn holds(&self, context: &Context) -> bool {
        let value = context.value(self.key);
        if let Test::IsAbsent(absent) = self.test {
            return value.is_none() == absent;
        }
        match value {
            None => self.or_absent || self.negated,
            Some(value) => self.test.holds(value) != self.negated,
        }
    }

    /// Whether it says who asks or from where, so that not everybody is meant.
    pub(super) fn narrows_down_who_asks(&self) -> bool {
        let says_who =
            matches!(self.key, Key::PrincipalArn | Key::SourceAccount | Key::SourceArn | Key::SourceIp);
        let is_wide = match &self.test {
            Test::Like(patterns) | Test::ArnLike(patterns) => {
                patterns.iter().any(|pattern| pattern.text() == "*")
            }
            Test::Networks(networks) => networks.iter().any(|network| network.bits == 0),
            Test::Equals(_) | Test::EqualsIgnoreCase(_) => false,
            Test::Bool(_) | Test::IsAbsent(_) => true,
        };
        says_who && !is_wide && !self.negated && !self.or_absent
    }
}

fn test(name: &str, operator: &str, values: &[String]) -> Result<(Test, bool), Malformed> {
    let patterns = || values.iter().map(|value| Pattern::new(value)).collect();
    Ok(match name {
        "StringEquals" => (Test::Equals(values.to_vec()), false),
        "StringNotEquals" => (Test::Equals(values.to_vec()), true),
        "StringEqualsIgnoreCase" => (Test::EqualsIgnoreCase(values.to_vec()), false),
        "StringNotEqualsIgnoreCase" => (Test::EqualsIgnoreCase(values.to_vec()), true),
        "StringLike" => (Test::Like(patterns()), false),
        "StringNotLike" => (Test::Like(patterns()), true),
        // Both kinds take wildcards.
        "ArnEquals" | "ArnLike" => (Test::ArnLike(patterns()), false),
        "ArnNotEquals" | "ArnNotLike" => (Test::ArnLike(patterns()), true),
        "Bool" => (Test::Bool(truth(operator, values)?), false),
        "Null" => (Test::IsAbsent(truth(operator, values)?), false),
        "IpAddress" => (Test::Networks(networks(values)?), false),
        "NotIpAddress" => (Test::Networks(networks(values)?), true),
        _ => {
            return Err(Malformed(format!(
                "Invalid condition type: \"{operator}\" is not known. Accepted: StringEquals, StringNotEquals, \
                 StringEqualsIgnoreCase, StringNotEqualsIgnoreCase, StringLike, StringNotLike, ArnEquals, \
                 ArnNotEquals, ArnLike, ArnNotLike, Bool, IpAddress, NotIpAddress, all of them also with IfExists, \
                 and Null."
            )));
        }
    })
}

fn truth(operator: &str, values: &[String]) -> Result<bool, Malformed> {
    match values {
        [value] if value.eq_ignore_ascii_case("true") => Ok(true),
        [value] if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Malformed(format!(
            "The value of the condition {operator} is not understood. Accepted: true or false."
        ))),
    }
}

fn networks(values: &[String]) -> Result<Vec<Network>, Malformed> {
    values
        .iter()
        .map(|value| {
            Network::parse(value).ok_or_else(|| {
                Malformed(format!(
                    "Invalid value for IpAddress: \"{value}\". Accepted: an address, or one with a prefix length, such as \
                     192.0.2.0/24."
                ))
            })
        })
        .collect()
}

impl Test {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equals(wanted) => wanted.iter().any(|wanted| wanted == value),
            Self::EqualsIgnoreCase(wanted) => wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(value)),
            Self::Like(patterns) => patterns.iter().any(|pattern| pattern.matches(value)),
            Self::ArnLike(patterns) => patterns.iter().any(|pattern| is_like(pattern, value)),
            Self::Bool(wanted) => value.eq_ignore_ascii_case("true") == *wanted,
            Self::Networks(networks) => {
                value.parse().is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
            }
            Self::IsAbsent(absent) => !absent,
        }
    }
}

/// ARNs are compared part by part: a wildcard does not reach over a colon, but in the last part.
fn is_like(pattern: &Pattern, arn: &str) -> bool {
    let pattern: Vec<&str> = pattern.text().splitn(6, ':').collect();
    let arn: Vec<&str> = arn.splitn(6, ':').collect();
    pattern.len() == arn.len()
        && pattern.iter().zip(&arn).all(|(pattern, part)| Pattern::new(pattern).matches(part))
}

// === impl Network ===

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let width = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits })
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}
