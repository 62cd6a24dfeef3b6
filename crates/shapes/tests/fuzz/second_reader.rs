//! A reader of XML that shares nothing with ours but the language, and what it means that two documents say the same.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use shapes::{Kind, Member, Timestamp};

/// An element.
#[derive(Debug, Default)]
pub struct Tree {
    name: String,
    text: String,
    children: Vec<Tree>,
}

impl Tree {
    /// The root of a document; `None` when this reader does not understand it.
    pub fn read(document: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(document).ok()?;
        // XML 1.0, 2.11: line ends are line feeds before anything else is looked at.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = Reader::from_str(&text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => open.push(Self::named(tag.local_name().as_ref())?),
                Event::Empty(tag) => {
                    let element = Self::named(tag.local_name().as_ref())?;
                    open.last_mut()?.children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop()?;
                    open.last_mut()?.children.push(element);
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::CData(text) => open.last_mut()?.text.push_str(&text.decode().ok()?),
                Event::GeneralRef(reference) => open.last_mut()?.text.push(character(&reference)?),
                Event::Eof => return open.pop()?.children.pop(),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        Some(Self { name: String::from_utf8(name.to_vec()).ok()?, ..Self::default() })
    }

    /// Whether two elements with content of this kind mean the same.
    pub fn says_the_same(&self, other: &Self, kind: Kind) -> bool {
        let (one, two) = (self.text.as_str(), other.text.as_str());
        let (trimmed, other_trimmed) = (one.trim(), two.trim());
        match kind {
            Kind::Text | Kind::Enumeration(_) => one == two,
            Kind::Boolean => trimmed == other_trimmed,
            Kind::Integer | Kind::Long => trimmed.parse::<i64>() == other_trimmed.parse::<i64>(),
            Kind::Double => trimmed.parse::<f64>() == other_trimmed.parse::<f64>(),
            Kind::Timestamp => Timestamp::parse(one) == Timestamp::parse(two),
            Kind::Structure { members, .. } => self.same_members(other, members),
            Kind::Entries(entry) => same_entries(Some(self), Some(other), *entry),
            Kind::Counted(entry) => {
                self.same_member(other, "Quantity", Kind::Integer)
                    && same_entries(self.child("Items"), other.child("Items"), *entry)
            }
        }
    }

    fn same_members(&self, other: &Self, members: &[Member]) -> bool {
        members.iter().all(|member| match (member.name, member.kind) {
            ("", Kind::Structure { members, .. }) => self.same_members(other, members),
            (name, Kind::Entries(entry)) => same_entries(self.child(name), other.child(name), *entry),
            (name, kind) => self.same_member(other, name, kind),
        })
    }

    fn same_member(&self, other: &Self, name: &str, kind: Kind) -> bool {
        match (self.child(name), other.child(name)) {
            (Some(one), Some(two)) => one.says_the_same(two, kind),
            (None, None) => true,
            _ => false,
        }
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// A list that is empty and one that is absent are the same.
fn same_entries(one: Option<&Tree>, two: Option<&Tree>, entry: Kind) -> bool {
    let entries = |tree: Option<&'_ Tree>| tree.map_or(0, |tree| tree.children.len());
    let (left, right) =
        (one.into_iter().flat_map(|tree| &tree.children), two.into_iter().flat_map(|tree| &tree.children));
    entries(one) == entries(two)
        && left.zip(right).all(|(one, two)| one.name == two.name && one.says_the_same(two, entry))
}

fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &*reference.decode().ok()? {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
