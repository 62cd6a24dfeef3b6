//! Bodies as people can look at them.

/// The first `limit` characters, when the bytes are text; an end that was cut within a character is no fault.
pub fn excerpt(bytes: &[u8], limit: usize) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = |character: char| !character.is_control() || character.is_whitespace();
    text.chars().all(is_text).then(|| text.chars().take(limit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_in_part_and_other_bytes_are_not() {
        assert_eq!(excerpt("Größe".as_bytes(), 3).as_deref(), Some("Grö"));
        assert_eq!(excerpt(&"Größe".as_bytes()[..3], 9).as_deref(), Some("Gr"));
        assert_eq!(excerpt(&[0x89, b'P', b'N', b'G'], 9), None);
        assert_eq!(excerpt(b"a\0b", 9), None);
    }
}
