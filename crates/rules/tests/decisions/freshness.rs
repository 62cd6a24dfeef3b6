//! Executes `docs/rules/freshness.md`.

use std::time::Duration;

use http::StatusCode;
use rules::Moment;
use rules::failure::OriginFailure;
use rules::freshness::{self, ErrorTimes, Failure, Freshness, ObjectTimes, Remembers, Stale, StaleUse};

use crate::tables::{self, Row};

#[test]
fn every_row_of_freshness_holds() {
    for row in tables::read("freshness.md") {
        if row.has("answers") { answers(&row) } else { stands_in(&row) }
    }
}

fn answers(row: &Row) {
    let (object, error) = (object(row), error(row));
    let freshness = freshness::decide(object.as_ref(), error.as_ref(), moment(row, "now"));
    let word = match freshness {
        Freshness::Expired(_) => "origin, object held",
        Freshness::Fresh(_) => "object",
        Freshness::HeldOff(_) => "object, held off",
        Freshness::Nothing(_) => "origin",
        Freshness::RememberedError(_) => "error",
        Freshness::WhileRevalidate(_) => "object, refreshing",
    };
    assert_eq!(word, row.cell("answers"), "{row}: {}", freshness.because());
    assert_eq!(freshness.because().text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(freshness.because().number), "{row}: {}", freshness.because());
}

fn stands_in(row: &Row) {
    let failure = match row.cell("failure") {
        "5xx" => Failure::Received5xx,
        "unreachable" => Failure::Unreachable,
        _ => row.unreadable("failure"),
    };
    let object = object(row).unwrap_or_else(|| row.unreadable("object fresh until"));
    let (serves, because) = match freshness::on_failure(&object, failure, moment(row, "now")) {
        Stale::Serve(because) => (true, because),
        Stale::Refuse(because) => (false, because),
    };
    assert_eq!(serves, row.yes("stands in"), "{row}: {because}");
    assert_eq!(because.text, row.cell("because"), "{row}");
    assert!(row.cell("number").contains(because.number), "{row}: {because}");
}

/// Seconds with tenths, as a moment.
fn moment(row: &Row, column: &str) -> Moment {
    let seconds: f64 = row.text(column).parse().unwrap_or_else(|_| row.unreadable(column));
    Moment::from_epoch_ms((seconds * 1000.0).round() as u64)
}

fn object(row: &Row) -> Option<ObjectTimes> {
    let says = row.text("object says").to_owned();
    if row.text("object fresh until").is_empty() {
        return None;
    }
    let mut times = ObjectTimes {
        received_at: Moment::from_epoch_s(0),
        fresh_until: moment(row, "object fresh until"),
        stale_limit: Duration::from_secs(3600),
        stale_if_error: None,
        stale_while_revalidate: None,
        stale_use: StaleUse::AnyFailure,
    };
    for phrase in says.split(", ").filter(|phrase| !phrase.is_empty()) {
        match phrase.split_once(['=']).or_else(|| phrase.rsplit_once(' ')).unwrap_or((phrase, "")) {
            ("no-cache", "") => times.stale_use = StaleUse::Unreachable,
            ("maximum TTL", count) => times.stale_limit = Duration::from_secs(count.parse().unwrap()),
            ("stale-if-error", count) => {
                times.stale_if_error = Some(Duration::from_secs(count.parse().unwrap()))
            }
            ("stale-while-revalidate", count) => {
                times.stale_while_revalidate = Some(Duration::from_secs(count.parse().unwrap()));
            }
            _ => row.unreadable("object says"),
        }
    }
    Some(times)
}

fn error(row: &Row) -> Option<ErrorTimes> {
    let text = row.text("error").to_owned();
    let _ = row.text("error until");
    let (code, kind) = text.split_once(' ').unwrap_or((&text, ""));
    if code.is_empty() {
        return None;
    }
    let (failure, remembers) = match kind {
        "" => (None, Remembers::Answer),
        "hold-off only" => (None, Remembers::HoldOff),
        "unreachable" => (Some(OriginFailure::ConnectTimeout), Remembers::Answer),
        _ => row.unreadable("error"),
    };
    let status: StatusCode = code.parse().unwrap();
    let until = moment(row, "error until");
    Some(ErrorTimes { status, received_at: Moment::from_epoch_s(0), until, failure, remembers })
}
