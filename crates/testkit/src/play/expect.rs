//! Whether an answer is what the script expects.

use super::origin::short;
use super::stage::Stage;
use super::viewer::{Outcome, TIMELINE};
use super::wire::Message;
use crate::script::{Expectation, Matching, SawLine};

/// Checks one expectation on one answer.
///
/// Expectations on origins and on the results of many viewers need more than one answer; they hold here.
pub fn check(expectation: &Expectation, outcome: &Outcome, stage: &Stage) -> Result<(), String> {
    let Some(answer) = &outcome.answer else {
        return match expectation {
            Expectation::NoAnswer | Expectation::Closed | Expectation::Origin(..) => Ok(()),
            _ => Err("the connection ended without an answer".to_owned()),
        };
    };
    match expectation {
        Expectation::Status(status) => equal("the status", answer.word(1), &status.to_string()),
        Expectation::Phrase(phrase) => {
            let found = answer.first.splitn(3, ' ').nth(2).unwrap_or_default();
            equal("the reason phrase", found, phrase)
        }
        Expectation::Header(name, matching) => matches(name, answer.header(name).as_deref(), matching, stage),
        Expectation::Body(matching) => matches("the body", Some(&answer.body), matching, stage),
        Expectation::BodyLength(length) => {
            equal("the body's length", &answer.body.chars().count().to_string(), &length.to_string())
        }
        Expectation::Unpacked(text) => {
            let found = super::wire::unpacked(answer)?;
            match found.len() < answer.body.chars().count() {
                true => Err("the body is longer than without its coding".to_owned()),
                false => equal("the unpacked body", &found, &stage.fill_in(text)),
            }
        }
        Expectation::Steps(steps) => in_order(&timeline(answer), steps),
        Expectation::NoStep(step) => match timeline(answer).iter().find(|entry| entry.starts_with(step)) {
            Some(entry) => Err(format!("there must be no step `{step}`, but there is `{entry}`")),
            None => Ok(()),
        },
        Expectation::Broken if answer.complete => {
            Err("the answer is complete, but should break off".to_owned())
        }
        Expectation::NoAnswer => Err("there is an answer, but there should be none".to_owned()),
        Expectation::Closed => known(outcome.closed, true),
        Expectation::KeptOpen => known(outcome.closed, false),
        Expectation::Broken | Expectation::Origin(..) | Expectation::Results(..) => Ok(()),
    }
}

/// Unless the script expects it, no answer may break off.
pub fn check_complete(expectations: &[Expectation], outcome: &Outcome) -> Result<(), String> {
    let complete = outcome.answer.as_ref().is_none_or(|answer| answer.complete);
    match complete || expectations.contains(&Expectation::Broken) {
        true => Ok(()),
        false => Err("the answer broke off".to_owned()),
    }
}

/// Checks what an origin saw.
pub fn check_saw(saw: &SawLine, request: &Message, stage: &Stage) -> Result<(), String> {
    for (name, matching) in &saw.headers {
        matches(name, request.header(name).as_deref(), matching, stage)?;
    }
    if let Some(version) = &saw.version {
        equal("the HTTP version", request.word(2), version)?;
    }
    match &saw.body {
        Some(body) => equal("the request's body", &short(&request.body), &short(&stage.fill_in(body))),
        None => Ok(()),
    }
}

fn known(closed: Option<bool>, expected: bool) -> Result<(), String> {
    match closed == Some(expected) {
        true => Ok(()),
        false if expected => Err("the connection stayed open".to_owned()),
        false => Err("the connection was closed".to_owned()),
    }
}

fn equal(what: &str, found: &str, expected: &str) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what} is `{}`, expected `{}`", short(found), short(expected))),
    }
}

fn matches(name: &str, found: Option<&str>, matching: &Matching, stage: &Stage) -> Result<(), String> {
    let missing = || format!("{name} is missing");
    match matching {
        Matching::Absent => match found {
            Some(found) => Err(format!("{name} must be absent, but is `{}`", short(found))),
            None => Ok(()),
        },
        Matching::Any => found.map(|_| ()).ok_or_else(missing),
        Matching::Is(expected) => equal(name, found.ok_or_else(missing)?, &stage.fill_in(expected)),
        Matching::Contains(part) => {
            let (found, part) = (found.ok_or_else(missing)?, stage.fill_in(part));
            match found.contains(&part) {
                true => Ok(()),
                false => Err(format!("{name} is `{}`, which does not contain `{part}`", short(found))),
            }
        }
    }
}

fn timeline(answer: &Message) -> Vec<String> {
    let text = answer.header(TIMELINE).unwrap_or_default();
    text.split(" | ").map(str::to_owned).collect()
}

fn in_order(entries: &[String], steps: &[String]) -> Result<(), String> {
    let mut rest = entries.iter();
    for step in steps {
        if !rest.any(|entry| entry.starts_with(step.as_str())) {
            return Err(format!("the timeline has no step `{step}` there: {}", entries.join(" | ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(timeline: &str) -> Outcome {
        let headers = vec![(TIMELINE.to_owned(), timeline.to_owned()), ("age".to_owned(), "3".to_owned())];
        let answer = Message {
            first: "HTTP/1.1 404 Not Found".to_owned(),
            headers,
            body: "gone".to_owned(),
            complete: true,
        };
        Outcome { answer: Some(answer), closed: None }
    }

    fn steps(steps: &[&str]) -> Expectation {
        Expectation::Steps(steps.iter().map(|step| (*step).to_owned()).collect())
    }

    #[test]
    fn steps_are_compared_by_their_beginnings_and_in_order() {
        let stage = Stage::default();
        let found = outcome("lookup:nothing | fetch:answered status=404 | judge:remember ttl=10s");
        assert!(check(&steps(&["lookup:nothing", "judge:remember"]), &found, &stage).is_ok());
        assert!(check(&steps(&["judge:remember", "lookup:nothing"]), &found, &stage).is_err());
        assert!(check(&Expectation::NoStep("fetch:".to_owned()), &found, &stage).is_err());
    }

    #[test]
    fn an_expectation_that_does_not_hold_says_what_was_found() {
        let stage = Stage::default();
        let wrong = check(&Expectation::Status(200), &outcome(""), &stage).unwrap_err();
        assert_eq!(wrong, "the status is `404`, expected `200`");
        let absent = Expectation::Header("age".to_owned(), Matching::Absent);
        assert_eq!(check(&absent, &outcome(""), &stage).unwrap_err(), "age must be absent, but is `3`");
        let nothing = Outcome::default();
        assert!(check(&Expectation::Status(200), &nothing, &stage).is_err());
        assert!(check(&Expectation::NoAnswer, &outcome(""), &stage).is_err());
    }
}
