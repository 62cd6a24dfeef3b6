//! Writes elements: declared order, exact escaping, no white space of its own.

use crate::content::{Content, List};

/// What replaces a character that XML 1.0 cannot carry.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A document that is being written.
#[derive(Debug)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// Writes a document: declaration, root with its namespace, and what `content` writes.
    #[must_use]
    pub fn document(root: &str, namespace: &str, content: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<") };
        writer.out.push_str(root);
        writer.out.push_str(" xmlns=\"");
        writer.text(namespace);
        writer.out.push_str("\">");
        content(&mut writer);
        writer.close(root);
        writer.out
    }

    /// Writes an element with this content.
    pub fn element<T: Content>(&mut self, name: &str, value: &T) {
        self.within(name, |writer| value.write(writer));
    }

    /// Writes an element with the entries of a list.
    pub fn list<L: List>(&mut self, name: &str, item: &str, list: &L) {
        self.within(name, |writer| list.write(writer, item));
    }

    /// Writes an element around what `content` writes.
    pub fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        content(self);
        self.close(name);
    }

    /// Writes text so that reading it gives the same text. A character that XML 1.0 cannot carry becomes U+FFFD.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
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
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// The production `Char` of XML 1.0, section 2.2.
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
