//! Executes `docs/rules/advice.md`.

use std::time::Duration;

use http::StatusCode;
use rules::advice::advise;
use rules::model::*;
use rules::path_pattern::{PathPattern, normalize};

use crate::{given, tables};

#[test]
fn every_row_of_advice_holds() {
    for row in tables::read("advice.md") {
        let distribution = distribution(&row);
        let found = advise(&distribution);
        let words: Vec<String> =
            found.iter().map(|advice| format!("{} {}", advice.error_code, advice.concern.word())).collect();
        assert_eq!(words, row.lines("warnings"));
        for advice in found {
            let sentence = advice.concern.to_string();
            assert!(sentence.ends_with('.') && sentence.len() > 60, "a sentence: {sentence}");
        }
    }
}

fn distribution(row: &tables::Row) -> Distribution {
    let origins: Vec<Origin> = row.lines("origins").iter().map(|line| origin(line)).collect();
    let mut listed: Vec<CacheBehavior> =
        row.lines("behaviors").iter().map(|line| behavior(line, &origins)).collect();
    let default = listed.pop().unwrap();
    let mut distribution = given::distribution_of(given::origin(), listed, default);
    distribution.origins = origins.into();
    let responses = row.lines("custom error responses");
    let responses = responses.iter().map(|line| response(line, &distribution.behaviors)).collect();
    distribution.error_responses = ErrorResponses::new(responses);
    distribution
}

fn origin(line: &str) -> Origin {
    let (id, phrases) = parts(line);
    Origin { id: id.into(), ..given::origin_with(&phrases) }
}

/// `PATTERN ORIGIN [ORIGIN], PHRASE, ...`
fn behavior(line: &str, origins: &[Origin]) -> CacheBehavior {
    let (place, mut phrases) = parts(line);
    let writes = phrases.iter().any(|phrase| phrase == "writes");
    phrases.retain(|phrase| phrase != "writes");
    let index = |id: &str| origins.iter().position(|origin| &*origin.id == id).unwrap();
    let words: Vec<&str> = place.split(' ').collect();
    let target = match words[1..] {
        [only] => Target::Origin(index(only)),
        [first, second] => Target::Group {
            primary: index(first),
            secondary: index(second),
            fail_over_on: StatusSet::default(),
        },
        _ => panic!("not a behavior: {line}"),
    };
    CacheBehavior {
        pattern: PathPattern::new(words[0]),
        target,
        allowed_methods: if writes { Methods::All } else { Methods::GetHead },
        ..given::behavior_with(&phrases)
    }
}

/// `CODE PAGE RESPONSE-CODE`, with dashes for no page.
fn response(line: &str, behaviors: &Behaviors) -> ErrorResponse {
    let words: Vec<&str> = line.split(' ').collect();
    let page = (words[1] != "–").then(|| ErrorPage {
        path: words[1].into(),
        behavior: behaviors.find(&normalize(words[1])),
        response_code: StatusCode::from_bytes(words[2].as_bytes()).unwrap(),
    });
    ErrorResponse { error_code: words[0].parse().unwrap(), caching_min_ttl: Duration::from_secs(10), page }
}

fn parts(line: &str) -> (String, Vec<String>) {
    let mut parts = line.split(", ").map(str::to_owned);
    (parts.next().unwrap(), parts.collect())
}
