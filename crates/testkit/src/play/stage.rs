//! What all actors of a script share: the clock, the conversation, who waits for whom.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::{Duration, SystemTime};

use observe::Clock;
use tokio::sync::watch;

use crate::script;

/// Real time after which a script has failed because something did not happen.
pub const GUARD: Duration = Duration::from_secs(10);

/// When scripts begin: 1 January 2026, midnight UTC.
const BEGIN_MS: u64 = 1_767_225_600_000;

/// How often everybody gets a turn before the script goes on; see [`Stage::settle`].
const TURNS: usize = 1_500;

/// Shared by all actors of one script.
pub struct Stage {
    /// Time as the edge sees it.
    pub clock: Clock,
    conversation: RefCell<Vec<String>>,
    wrongs: RefCell<Vec<String>>,
    released: RefCell<BTreeSet<String>>,
    names: RefCell<BTreeMap<String, String>>,
    changes: watch::Sender<u64>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            clock: Clock::standing_at_ms(BEGIN_MS),
            conversation: RefCell::default(),
            wrongs: RefCell::default(),
            released: RefCell::default(),
            names: RefCell::default(),
            changes: watch::Sender::new(0),
        }
    }
}

impl Stage {
    /// Adds a line to the conversation.
    pub fn say(&self, line: String) {
        self.conversation.borrow_mut().push(line);
        self.changed();
    }

    /// The conversation so far.
    pub fn conversation(&self) -> String {
        self.conversation.borrow().join("\n")
    }

    /// Notes something that must not happen, such as a request that no origin expects.
    pub fn wrong(&self, what: String) {
        self.say(format!("!! {what}"));
        self.wrongs.borrow_mut().push(what);
    }

    /// The first thing that must not happen and did.
    pub fn first_wrong(&self) -> Option<String> {
        self.wrongs.borrow().first().cloned()
    }

    /// Lets go on whoever waits for `name`, now and later.
    pub fn release(&self, name: &str) {
        self.released.borrow_mut().insert(name.to_owned());
        self.changed();
    }

    /// Waits for a release.
    pub async fn released(&self, name: &str) {
        self.wait_until(|| self.released.borrow().contains(name)).await;
    }

    /// Tells the waiting that something has changed.
    pub fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Waits until `condition` holds; whoever makes it hold calls [`Stage::changed`].
    pub async fn wait_until(&self, condition: impl Fn() -> bool) {
        let mut changes = self.changes.subscribe();
        while !condition() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Gives everybody many turns. Edge, origins and viewers share one thread, and what is written to a
    /// loopback socket can be read at once: after so many turns everybody waits for something that is not
    /// going to happen by itself. It replaces every sleep.
    pub async fn settle(&self) {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }

    /// Gives `{name}` a meaning in texts.
    pub fn name(&self, name: &str, meaning: String) {
        self.names.borrow_mut().insert(name.to_owned(), meaning);
    }

    /// Resolves `{now+30s}`, `{now-30s}`, `{now}`, `{a*1000}` and names in braces.
    pub fn fill_in(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}').and_then(|(inner, rest)| Some((self.meaning(inner)?, rest))) {
                Some((meaning, after)) => {
                    filled.push_str(&meaning);
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    fn meaning(&self, inner: &str) -> Option<String> {
        if let Some(shift) = inner.strip_prefix("now") {
            return self.date(shift);
        }
        if let Some((unit, times)) = inner.rsplit_once('*') {
            return Some(unit.repeat(times.parse().ok()?));
        }
        self.names.borrow().get(inner).cloned()
    }

    fn date(&self, shift: &str) -> Option<String> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(self.clock.now_ms());
        let moment = match (shift.strip_prefix('+'), shift.strip_prefix('-')) {
            (Some(ahead), _) => now + script::duration(ahead)?,
            (None, Some(back)) => now - script::duration(back)?,
            (None, None) => now,
        };
        Some(httpdate::fmt_http_date(moment))
    }
}

/// Runs `future` for at most [`GUARD`] of real time.
pub async fn guarded<T>(what: &str, future: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(GUARD, future).await.map_err(|_| format!("{what} did not happen within {GUARD:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_filled_in_and_unknown_ones_stay() {
        let stage = Stage::default();
        stage.name("o1", "o1.localhost:1234".to_owned());
        stage.clock.advance_ms(1_000);
        assert_eq!(stage.fill_in("{o1}/{ab*3} {x} {"), "o1.localhost:1234/ababab {x} {");
        assert_eq!(stage.fill_in("{now+9s}"), "Thu, 01 Jan 2026 00:00:10 GMT");
        assert_eq!(stage.fill_in("{now-1s}"), "Thu, 01 Jan 2026 00:00:00 GMT");
    }
}
