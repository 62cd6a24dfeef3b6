//! Documents of any value that a shape can have, spelled in any way that XML allows.

use fuzz::{Unstructured, arbitrary::Result};
use shapes::{Kind, Member, NAMESPACE, Timestamp};

/// A document with this root.
pub fn document(bytes: &mut Unstructured<'_>, name: &str, members: &[Member]) -> Result<String> {
    let mut out = String::new();
    if bytes.arbitrary()? {
        out.push_str("<?xml version='1.0' encoding='utf-8' ?>\r\n");
    }
    let namespace = if bytes.arbitrary()? { format!(" xmlns = '{NAMESPACE}'") } else { String::new() };
    out.push_str(&format!("<{name}{namespace}>"));
    structure(bytes, members, &mut out)?;
    out.push_str(&format!("</{name}>\n"));
    Ok(out)
}

fn structure(bytes: &mut Unstructured<'_>, members: &[Member], out: &mut String) -> Result<()> {
    let mut parts = Vec::new();
    for member in members {
        let mut part = String::new();
        if let ("", Kind::Structure { members, .. }) = (member.name, member.kind) {
            structure(bytes, members, &mut part)?;
        } else if member.required || bytes.ratio(1, 3)? {
            element(bytes, member.name, member.kind, member.item, &mut part)?;
        }
        parts.push(part);
    }
    // The order of members does not count.
    if bytes.arbitrary()? {
        parts.reverse();
    }
    out.push_str(&parts.concat());
    Ok(())
}

fn element(
    bytes: &mut Unstructured<'_>,
    name: &str,
    kind: Kind,
    item: Option<&str>,
    out: &mut String,
) -> Result<()> {
    out.push_str(&format!("<{name} >"));
    match kind {
        Kind::Text => text(bytes, out)?,
        Kind::Boolean => out.push_str(if bytes.arbitrary()? { "true" } else { " false\n" }),
        Kind::Integer => out.push_str(&bytes.arbitrary::<i32>()?.to_string()),
        Kind::Long => out.push_str(&bytes.arbitrary::<i64>()?.to_string()),
        Kind::Double => out.push_str(&finite(bytes)?.to_string()),
        Kind::Timestamp => out.push_str(&Timestamp::from_unix_milliseconds(bytes.arbitrary()?).to_string()),
        Kind::Enumeration(words) => out.push_str(bytes.choose(words)?),
        Kind::Structure { members, .. } => structure(bytes, members, out)?,
        Kind::Entries(entry) => entries(bytes, *entry, item, out)?,
        Kind::Counted(entry) => {
            out.push_str(&format!("<Quantity>{}</Quantity>", bytes.arbitrary::<i32>()?));
            if bytes.arbitrary()? {
                out.push_str("<Items>");
                entries(bytes, *entry, item, out)?;
                out.push_str("</Items>");
            }
        }
    }
    out.push_str(&format!("</{name}\n>"));
    Ok(())
}

fn entries(bytes: &mut Unstructured<'_>, entry: Kind, item: Option<&str>, out: &mut String) -> Result<()> {
    let name = item.expect("lists have an item name");
    while !bytes.is_empty() && bytes.ratio(1, 3)? {
        element(bytes, name, entry, None, out)?;
    }
    Ok(())
}

fn finite(bytes: &mut Unstructured<'_>) -> Result<f64> {
    let number: f64 = bytes.arbitrary()?;
    Ok(if number.is_finite() { number } else { 0.0 })
}

/// Any characters that XML can carry, plainly, as references, or in sections.
fn text(bytes: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    while !bytes.is_empty() && bytes.ratio(3, 4)? {
        let character = *bytes.choose(&[
            'a',
            'Z',
            '0',
            ' ',
            '\t',
            '\n',
            '\r',
            '<',
            '&',
            '>',
            '"',
            ']',
            '\u{85}',
            '\u{fffd}',
            '\u{10ffff}',
        ])?;
        match (bytes.int_in_range(0..=2)?, character) {
            (0, _) => out.push_str(&format!("&#{};", u32::from(character))),
            (1, '\r') => out.push_str("<![CDATA[\r\n]]>"),
            (1, _) => out.push_str(&format!("<![CDATA[{character}]]><!-- - -->")),
            (_, '<' | '&' | '>') => out.push_str(&format!("&#x{:x};", u32::from(character))),
            _ => out.push(character),
        }
    }
    Ok(())
}
