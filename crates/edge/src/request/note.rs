//! Writes decisions into the timeline and, when wanted, into the debug log.

use observe::timeline::Entry;
use observe::{Step, Timeline, Value};
use rules::Because;
use rules::request::Text;

/// Named inputs or results of a decision.
pub type Inputs = [Option<(&'static str, Value)>; 3];

/// No inputs worth a word.
pub const NOTHING: Inputs = [None, None, None];

/// Notes a decision with its inputs and its reason.
pub fn push(timeline: &mut Timeline, step: Step, decision: &'static str, inputs: Inputs, because: Because) {
    timeline.push(Entry { step, decision, inputs, number: because.number, reason: because.text });
}

/// A named number.
pub fn number(name: &'static str, number: u64) -> Option<(&'static str, Value)> {
    Some((name, Value::Number(number)))
}

/// A named time in whole seconds.
pub fn seconds(name: &'static str, time: std::time::Duration) -> Option<(&'static str, Value)> {
    Some((name, Value::Seconds(time.as_secs())))
}

/// A named piece of text.
pub fn text(name: &'static str, text: &std::sync::Arc<str>) -> Option<(&'static str, Value)> {
    Some((name, Value::Text(std::sync::Arc::clone(text))))
}

/// A named piece of a request.
pub fn said(name: &'static str, text: &Text) -> Option<(&'static str, Value)> {
    Some((name, Value::Said(text.clone())))
}

/// A named constant word.
pub fn word(name: &'static str, word: &'static str) -> Option<(&'static str, Value)> {
    Some((name, Value::Word(word)))
}
