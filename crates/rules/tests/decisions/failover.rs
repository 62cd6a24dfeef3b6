//! Executes `docs/rules/failover.md`.

use http::Method;
use rules::failover::{Failover, Outcome, decide};
use rules::failure::OriginFailure;
use rules::model::{Methods, StatusSet};

use crate::tables;

#[test]
fn every_row_of_failover_holds() {
    for row in tables::read("failover.md") {
        let method: Method = row.cell("method").parse().unwrap();
        let codes = row.cell("failover codes").split(", ").map(|code| code.parse().unwrap());
        let codes = codes.fold(StatusSet::default(), StatusSet::with);
        let (asked, because) = match decide(outcome(&row), &method, cached_methods(&row), codes) {
            Failover::AskSecondary(because) => (true, because),
            Failover::Stay(because) => (false, because),
        };
        assert_eq!(asked, row.yes("secondary asked"), "{because}");
        assert_eq!(because.number, row.cell("number"), "{because}");
    }
}

fn cached_methods(row: &tables::Row) -> Methods {
    match row.cell("cached methods") {
        "GET, HEAD" => Methods::GetHead,
        "GET, HEAD, OPTIONS" => Methods::GetHeadOptions,
        _ => row.unreadable("cached methods"),
    }
}

fn outcome(row: &tables::Row) -> Outcome {
    let column = "outcome of the primary";
    Outcome::Failed(match row.cell(column) {
        "closed early" => OriginFailure::ClosedEarly,
        "completion timeout" => OriginFailure::CompletionTimeout,
        "connection refused" => OriginFailure::Connect,
        "connection timeout" => OriginFailure::ConnectTimeout,
        "DNS failure" => OriginFailure::Dns,
        "header too big" => OriginFailure::HeaderTooBig,
        "contradicting lengths" => OriginFailure::ContentRangeLength,
        "invalid response" => OriginFailure::InvalidResponse,
        "response timeout" => OriginFailure::ResponseTimeout,
        "TLS failure" => OriginFailure::Tls,
        "too large" => OriginFailure::TooLarge,
        _ => return Outcome::Status(u16::try_from(row.count(column)).unwrap()),
    })
}
