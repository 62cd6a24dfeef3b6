//! Executes `docs/rules/ttl.md`.

use std::time::Duration;

use http::{Method, StatusCode};
use proptest::prelude::*;
use rules::model::TtlBounds;
use rules::ttl::{self, Ttl};
use rules::{Fields, Moment};

use crate::{given, tables};

const NOW: Moment = Moment::from_epoch_s(1_000_000);

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn every_row_of_ttl_holds() {
    for row in tables::read("ttl.md") {
        let (method, status, mut behavior) = if row.has("method") {
            let method = row.cell("method").parse().unwrap();
            (method, row.count("status"), given::behavior_with(&row.lines("behavior")))
        } else {
            (Method::GET, 200, given::behavior())
        };
        behavior.caching.ttl =
            TtlBounds { minimum: seconds(0), default: seconds(600), maximum: seconds(3600) };
        if row.has("minimum") {
            behavior.caching.ttl = TtlBounds {
                minimum: seconds(row.count("minimum")),
                default: seconds(row.count("default")),
                maximum: seconds(row.count("maximum")),
            };
        }
        let status = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
        let fields = given::fields(&row.lines("response"));
        let ttl = ttl::decide(status, &fields, &method, &behavior, NOW);
        assert_eq!(matches!(ttl, Ttl::Keep { .. }), row.yes("kept"), "{row}: {}", ttl.because());
        assert_eq!(ttl.fresh_for(), seconds(row.count("fresh for")), "{row}: {}", ttl.because());
        assert_eq!(ttl.because().text, row.cell("because"), "{row}");
        assert!(row.cell("number").contains(ttl.because().number), "{row}: {}", ttl.because());
    }
}

proptest! {
    #[test]
    fn a_lifetime_is_always_within_the_bounds(
        bounds in proptest::array::uniform3(0_u64..100_000),
        max_age in proptest::option::of(0_u64..200_000),
        directives in proptest::sample::subsequence(vec!["no-store", "no-cache", "private", "public"], 0..4),
    ) {
        let mut bounds = bounds;
        bounds.sort_unstable();
        let [minimum, default, maximum] = bounds.map(seconds);
        let mut behavior = given::behavior();
        behavior.caching.ttl = TtlBounds { minimum, default, maximum };
        let age = max_age.map(|age| format!("max-age={age}"));
        let said: Vec<String> = directives.iter().map(|said| (*said).to_owned()).chain(age).collect();
        let fields = given::fields(&[format!("cache-control: {}", said.join(", "))]);
        let ttl = ttl::decide(StatusCode::OK, &fields, &Method::GET, &behavior, NOW);
        if let Ttl::Keep { .. } = ttl {
            prop_assert!(ttl.fresh_for() >= minimum, "{}", ttl.because());
            prop_assert!(ttl.fresh_for() <= maximum, "{}", ttl.because());
        } else {
            prop_assert!(minimum.is_zero());
        }
    }

    #[test]
    fn no_response_header_makes_the_rules_panic(value in "[ -~]{0,80}") {
        let fields: Fields = given::fields(&[format!("cache-control: {value}"), format!("expires: {value}")]);
        ttl::decide(StatusCode::OK, &fields, &Method::GET, &given::behavior(), NOW);
    }
}
