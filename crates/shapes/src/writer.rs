//! Writes a shape, as elements or as a JSON object: declared order, exact escaping, no white space of its own.

use crate::content::{Content, Kind, List};

/// What replaces a character that XML 1.0 cannot carry.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A document that is being written.
#[derive(Debug)]
pub struct Writer {
    out: String,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Xml,
    Json,
}

impl Writer {
    /// Writes an XML document: declaration, root with its namespace, and what `content` writes.
    #[must_use]
    pub fn xml(root: &str, namespace: &str, content: impl FnOnce(&mut Self)) -> String {
        let out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
        let mut writer = Self { out, form: Form::Xml };
        writer.out.push_str(root);
        writer.out.push_str(" xmlns=\"");
        writer.text(namespace);
        writer.out.push_str("\">");
        content(&mut writer);
        writer.close(root);
        writer.out
    }

    /// Writes a JSON object with the members that `content` writes.
    #[must_use]
    pub fn json(content: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self { out: String::new(), form: Form::Json };
        writer.enclosed(('{', '}'), content);
        writer.out
    }

    /// Writes a member with this content.
    pub fn element<T: Content>(&mut self, name: &str, value: &T) {
        self.member(name, T::KIND, |writer| value.write(writer));
    }

    /// Writes a member with the entries of a list.
    pub fn list<L: List>(&mut self, name: &str, item: &str, list: &L) {
        self.member(name, L::KIND, |writer| list.write(writer, item));
    }

    /// Writes an entry of a list, whose name only XML has.
    pub fn entry<T: Content>(&mut self, item: &str, value: &T) {
        match self.form {
            Form::Xml => self.tagged(item, |writer| value.write(writer)),
            Form::Json => {
                self.separate();
                self.value(T::KIND, |writer| value.write(writer));
            }
        }
    }

    /// Writes a structure around the members that `content` writes.
    pub fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.member(name, Kind::Structure { name: "", members: &[] }, content);
    }

    /// Writes a member that is text.
    pub fn text_member(&mut self, name: &str, text: &str) {
        self.member(name, Kind::Text, |writer| writer.text(text));
    }

    /// Writes a list of structures, for JSON: its entries have no names.
    pub(crate) fn structures<T>(
        &mut self,
        name: &str,
        entries: impl IntoIterator<Item = T>,
        mut content: impl FnMut(&mut Self, T),
    ) {
        self.member(name, Kind::Entries(&Kind::Text), |writer| {
            for entry in entries {
                writer.separate();
                writer.enclosed(('{', '}'), |writer| content(writer, entry));
            }
        });
    }

    /// Writes text so that reading it gives the same text. A character that XML 1.0 cannot carry becomes U+FFFD in XML.
    pub fn text(&mut self, text: &str) {
        match self.form {
            Form::Xml => text.chars().for_each(|character| self.xml_character(character)),
            Form::Json => {
                self.out.push('"');
                text.chars().for_each(|character| self.json_character(character));
                self.out.push('"');
            }
        }
    }

    /// Writes a number or a truth value, which JSON has without quotation marks.
    pub fn literal(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn member(&mut self, name: &str, kind: Kind, content: impl FnOnce(&mut Self)) {
        match self.form {
            Form::Xml => self.tagged(name, content),
            Form::Json => {
                self.separate();
                self.text(name);
                self.out.push(':');
                self.value(kind, content);
            }
        }
    }

    /// Writes a JSON value of a kind.
    fn value(&mut self, kind: Kind, content: impl FnOnce(&mut Self)) {
        match kind {
            Kind::Structure { .. } | Kind::Counted(_) => self.enclosed(('{', '}'), content),
            Kind::Entries(_) => self.enclosed(('[', ']'), content),
            Kind::Text
            | Kind::Boolean
            | Kind::Integer
            | Kind::Long
            | Kind::Double
            | Kind::Timestamp
            | Kind::Enumeration(_) => content(self),
        }
    }

    fn enclosed(&mut self, (open, close): (char, char), content: impl FnOnce(&mut Self)) {
        self.out.push(open);
        content(self);
        self.out.push(close);
    }

    /// A comma, unless this is the first. A text never ends the output with a bracket: its quotation mark does.
    fn separate(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    fn tagged(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        content(self);
        self.close(name);
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn xml_character(&mut self, character: char) {
        match character {
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '&' => self.out.push_str("&amp;"),
            '"' => self.out.push_str("&quot;"),
            // A literal carriage return would be read as a line feed (XML 1.0, 2.11).
            '\r' => self.out.push_str("&#13;"),
            character if is_xml_character(character) => self.out.push(character),
            _ => self.out.push(REPLACEMENT),
        }
    }

    /// RFC 8259, section 7.
    fn json_character(&mut self, character: char) {
        match character {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\0'..='\u{1f}' => self.out.push_str(&format!("\\u{:04x}", u32::from(character))),
            character => self.out.push(character),
        }
    }
}

/// The production `Char` of XML 1.0, section 2.2.
pub fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
