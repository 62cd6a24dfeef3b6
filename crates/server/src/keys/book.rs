//! The keys as they are written down, and what may be done to them. Time is an argument; what is sealed stays sealed.

use control::Role;
use serde::{Deserialize, Serialize};

/// How the file is written.
const VERSION: u8 = 1;
/// Keys that are kept at most.
const MAX_KEYS: usize = 500;
/// The longest name of a key, in characters.
const MAX_NAME: usize = 100;

/// All keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Book {
    version: u8,
    /// In the order in which they were made.
    pub keys: Vec<Entry>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Entry {
    /// Its public half.
    pub access_key_id: String,
    /// What people call it; may be empty.
    pub name: String,
    /// What it may do.
    #[serde(with = "role_as_text")]
    pub role: Role,
    /// When it was made, in seconds since the Unix epoch.
    pub created_s: u64,
    /// Whether it was not disabled.
    pub enabled: bool,
    /// From when on it is not accepted any more, because another one took its place.
    pub ends_s: Option<u64>,
    /// Grows whenever the sessions that began with it must end.
    pub epoch: u64,
    /// Its secret, sealed.
    pub sealed: String,
}

/// Why something cannot be done to the keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has ended.
    #[error("the key {0} was rotated away and has ended; use the key that took its place, or create one")]
    Ended(String),
    /// Nobody could change anything any more.
    #[error(
        "{0} is the last enabled key with the role admin; create or enable another one first, or add --force"
    )]
    LastAdmin(String),
    /// A name that cannot be shown.
    #[error("the name of a key has at most {MAX_NAME} characters, all of them printable")]
    Name,
    /// Too many keys.
    #[error("there are {MAX_KEYS} keys already; delete one first")]
    TooMany,
    /// No such key.
    #[error("there is no key {0}; `warmfront keys list` shows all")]
    Unknown(String),
}

/// What can be said about a key at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not accepted until it is enabled.
    Disabled,
    /// Not accepted any more.
    Ended,
    /// Accepted.
    Enabled,
    /// Accepted for some time yet.
    Ending,
}

// === impl Book ===

impl Default for Book {
    fn default() -> Self {
        Self { version: VERSION, keys: Vec::new() }
    }
}

impl Book {
    /// Reads what [`Self::to_text`] wrote; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let book: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if book.version == VERSION {
            Ok(book)
        } else {
            Err(format!("its version is {}, and this program knows version {VERSION}", book.version))
        }
    }

    /// The file.
    pub fn to_text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    /// A key.
    pub fn find(&self, id: &str) -> Result<&Entry, Refusal> {
        self.keys.iter().find(|entry| entry.access_key_id == id).ok_or_else(|| Refusal::Unknown(id.into()))
    }

    /// Takes up a key. Keys that have ended are forgotten then.
    pub fn add(&mut self, entry: Entry, now_s: u64) -> Result<(), Refusal> {
        if entry.name.chars().count() > MAX_NAME || entry.name.chars().any(char::is_control) {
            return Err(Refusal::Name);
        }
        self.keys.retain(|kept| kept.state(now_s) != State::Ended);
        if self.keys.len() >= MAX_KEYS {
            return Err(Refusal::TooMany);
        }
        self.keys.push(entry);
        Ok(())
    }

    /// Lets a key end at a moment: another one takes its place.
    pub fn retire(&mut self, id: &str, ends_s: u64, now_s: u64) -> Result<(), Refusal> {
        let entry = self.living(id, now_s)?;
        entry.ends_s = Some(entry.ends_s.map_or(ends_s, |earlier| earlier.min(ends_s)));
        Ok(())
    }

    /// Accepts a key again.
    pub fn enable(&mut self, id: &str, now_s: u64) -> Result<(), Refusal> {
        self.living(id, now_s)?.enabled = true;
        Ok(())
    }

    /// Accepts a key no more until it is enabled, and ends its sessions for good.
    pub fn disable(&mut self, id: &str, now_s: u64, force: bool) -> Result<(), Refusal> {
        self.must_leave_an_admin(id, now_s, force)?;
        let entry = self.living(id, now_s)?;
        entry.enabled = false;
        entry.epoch += 1;
        Ok(())
    }

    /// Forgets a key.
    pub fn delete(&mut self, id: &str, now_s: u64, force: bool) -> Result<(), Refusal> {
        self.find(id)?;
        self.must_leave_an_admin(id, now_s, force)?;
        self.keys.retain(|entry| entry.access_key_id != id);
        Ok(())
    }

    fn living(&mut self, id: &str, now_s: u64) -> Result<&mut Entry, Refusal> {
        let entry = self.keys.iter_mut().find(|entry| entry.access_key_id == id);
        let entry = entry.ok_or_else(|| Refusal::Unknown(id.into()))?;
        if entry.state(now_s) == State::Ended { Err(Refusal::Ended(id.into())) } else { Ok(entry) }
    }

    /// A key that ends by itself is no admin to count on, nor is its end a loss.
    fn must_leave_an_admin(&self, id: &str, now_s: u64, force: bool) -> Result<(), Refusal> {
        let mut lasting = self.keys.iter().filter(|entry| entry.is_lasting_admin(now_s));
        let is_last =
            lasting.next().is_some_and(|entry| entry.access_key_id == id) && lasting.next().is_none();
        if is_last && !force { Err(Refusal::LastAdmin(id.into())) } else { Ok(()) }
    }
}

// === impl Entry ===

impl Entry {
    /// What can be said about it at a moment.
    pub fn state(&self, now_s: u64) -> State {
        match self.ends_s {
            Some(ends_s) if ends_s <= now_s => State::Ended,
            _ if !self.enabled => State::Disabled,
            Some(_) => State::Ending,
            None => State::Enabled,
        }
    }

    /// Whether it may change things now and until somebody decides otherwise.
    pub fn is_lasting_admin(&self, now_s: u64) -> bool {
        self.role == Role::Admin && self.state(now_s) == State::Enabled
    }
}

// === impl State ===

impl State {
    /// Whether the key is accepted.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Enabled | Self::Ending)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Ended => "ended",
            Self::Enabled => "enabled",
            Self::Ending => "ending",
        }
    }
}

mod role_as_text {
    use control::Role;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(role.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: u64 = 1_000_000;

    fn key(id: &str, role: Role) -> Entry {
        Entry {
            access_key_id: id.into(),
            name: String::new(),
            role,
            created_s: NOW_S,
            enabled: true,
            ends_s: None,
            epoch: 0,
            sealed: "sealed".into(),
        }
    }

    fn book(keys: &[(&str, Role)]) -> Book {
        let mut book = Book::default();
        keys.iter().for_each(|(id, role)| book.add(key(id, *role), NOW_S).unwrap());
        book
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let book = book(&[("A", Role::Admin), ("B", Role::ReadOnly)]);
        let text = book.to_text().unwrap();
        assert_eq!(Book::read(&text), Ok(book));
        for (from, to) in [
            ("\"Version\": 1", "\"Version\": 2"),
            ("read-only", "owner"),
            ("\"Epoch\"", "\"Unknown\""),
            ("{", ""),
        ] {
            assert!(Book::read(&text.replacen(from, to, 1)).is_err(), "{from}");
        }
    }

    #[test]
    fn the_last_admin_stays_unless_forced() {
        let mut book = book(&[("A", Role::Admin), ("B", Role::Admin), ("R", Role::ReadOnly)]);
        book.disable("R", NOW_S, false).unwrap();
        book.disable("A", NOW_S, false).unwrap();
        assert_eq!(book.disable("B", NOW_S, false), Err(Refusal::LastAdmin("B".into())));
        assert_eq!(book.delete("B", NOW_S, false), Err(Refusal::LastAdmin("B".into())));
        book.delete("A", NOW_S, false).unwrap();
        book.enable("R", NOW_S).unwrap();
        book.disable("B", NOW_S, true).unwrap();
        book.delete("B", NOW_S, false).unwrap();
        assert_eq!(book.keys.len(), 1);
    }

    #[test]
    fn an_admin_that_is_about_to_end_is_none_to_count_on() {
        let mut book = book(&[("A", Role::Admin), ("B", Role::Admin)]);
        book.retire("A", NOW_S + 60, NOW_S).unwrap();
        assert_eq!(book.find("A").unwrap().state(NOW_S), State::Ending);
        assert_eq!(book.disable("B", NOW_S, false), Err(Refusal::LastAdmin("B".into())));
        book.disable("A", NOW_S, false).unwrap();
    }

    #[test]
    fn a_key_that_was_rotated_away_ends_stays_ended_and_is_forgotten() {
        let mut book = book(&[("A", Role::Admin), ("B", Role::Admin)]);
        book.retire("A", NOW_S + 60, NOW_S).unwrap();
        book.retire("A", NOW_S + 90, NOW_S).unwrap();
        assert!(book.find("A").unwrap().state(NOW_S + 59).is_usable());
        assert_eq!(book.find("A").unwrap().state(NOW_S + 60), State::Ended);
        assert_eq!(book.enable("A", NOW_S + 60), Err(Refusal::Ended("A".into())));
        assert_eq!(book.retire("A", NOW_S + 70, NOW_S + 60), Err(Refusal::Ended("A".into())));
        book.add(key("C", Role::Admin), NOW_S + 60).unwrap();
        assert_eq!(book.find("A"), Err(Refusal::Unknown("A".into())));
    }

    #[test]
    fn disabling_ends_sessions_for_good() {
        let mut book = book(&[("A", Role::Admin), ("B", Role::Admin)]);
        book.disable("A", NOW_S, false).unwrap();
        assert_eq!(book.find("A").unwrap().state(NOW_S), State::Disabled);
        book.enable("A", NOW_S).unwrap();
        assert_eq!(book.find("A").map(|entry| (entry.enabled, entry.epoch)), Ok((true, 1)));
    }

    #[test]
    fn names_and_their_number_are_limited() {
        let mut book = Book::default();
        for name in ["x".repeat(101), "line\nbreak".into(), "\u{1b}[31m".into()] {
            assert_eq!(book.add(Entry { name, ..key("A", Role::Admin) }, NOW_S), Err(Refusal::Name));
        }
        for number in 0..MAX_KEYS {
            book.add(key(&number.to_string(), Role::ReadOnly), NOW_S).unwrap();
        }
        assert_eq!(book.add(key("X", Role::Admin), NOW_S), Err(Refusal::TooMany));
    }
}
