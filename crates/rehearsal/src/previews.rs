//! Pages that were fetched for a check, kept for a moment so that a person can look at them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::rand;
use bytes::Bytes;

/// How long a page can be looked at, in milliseconds.
const LIFETIME_MS: u64 = 5 * 60 * 1000;
/// Pages that are kept at the same time; the oldest goes first.
const MAX_PAGES: usize = 64;
/// Bytes that they may take together.
const MAX_BYTES: usize = 16 << 20;

/// A page as its origin sent it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its first bytes.
    pub body: Bytes,
}

/// Pages by token.
#[derive(Debug, Default)]
pub struct Previews(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    token: String,
    until_ms: u64,
    preview: Preview,
}

// === impl Previews ===

impl Previews {
    /// Keeps a page; answers its token, which nobody can guess, or `None` without randomness.
    pub fn keep(&self, preview: Preview, now_ms: u64) -> Option<String> {
        let token = token()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Kept { token: token.clone(), until_ms: now_ms.saturating_add(LIFETIME_MS), preview });
        while kept.len() > MAX_PAGES || bytes(&kept) > MAX_BYTES {
            kept.pop_front();
        }
        Some(token)
    }

    /// The page with this token, while it is kept.
    pub fn find(&self, token: &str, now_ms: u64) -> Option<Preview> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|page| page.until_ms > now_ms);
        kept.iter().find(|page| page.token == token).map(|page| page.preview.clone())
    }
}

fn bytes(kept: &VecDeque<Kept>) -> usize {
    kept.iter().map(|page| page.preview.body.len()).sum()
}

/// 128 random bits; `None` when there is no randomness, and then no preview.
fn token() -> Option<String> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &'static [u8]) -> Preview {
        Preview { content_type: "text/html".into(), body: Bytes::from_static(body) }
    }

    #[test]
    fn a_page_can_be_looked_at_for_five_minutes() {
        let previews = Previews::default();
        let token = previews.keep(page(b"one"), 1000).unwrap();
        assert_eq!(&previews.find(&token, 300_999).unwrap().body[..], b"one");
        assert!(previews.find("other", 1000).is_none());
        assert!(previews.find(&token, 301_000).is_none());
    }

    #[test]
    fn the_oldest_page_goes_when_there_are_too_many() {
        let previews = Previews::default();
        let first = previews.keep(page(b"one"), 0).unwrap();
        for _ in 0..MAX_PAGES {
            previews.keep(page(b"more"), 0);
        }
        assert!(previews.find(&first, 1).is_none());
    }
}
